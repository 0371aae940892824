"""What is wrong with the project or ended its last run, most severe first: a click shows the place, another is the
repair."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from core.problems import Problem
from core.words import Text, say
from studio.panels.otherfile import other_file
from studio.panels.problemcard import ProblemCard, face
from studio.parts import GAP, Empty, clear, column, label, listen, scrolled
from studio.state import State

SHOWN = 100
ORDER = {"error": 0, "warning": 1, "info": 2}


class ProblemsPanel(QWidget):
    """Follows the latest check while it is in front."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._told: tuple[Problem, ...] | None = None
        self._seen = True
        self.cards: list[ProblemCard] = []
        self.setProperty("role", "panel")
        self._fine = Empty(state.tokens, "good", say(Text("No problems.", "Ningún problema.")),
                           say(Text("The network can be trained.", "La red se puede entrenar.")))  # fmt: skip
        self._list = QVBoxLayout()
        self._list.setContentsMargins(GAP, GAP, GAP, GAP)
        self._list.setSpacing(GAP // 2)
        content = QWidget()
        content.setLayout(column(self._list, None))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._fine)
        self._stack.addWidget(scrolled(content, say(Text("Problems", "Problemas"))))
        listen(state.found, self, self.refresh)
        listen(state.bridge.changed, self, self.refresh)
        self.refresh()

    def seen(self, on: bool) -> None:
        """The dock has come to the front, or gone behind another."""
        self._seen = on
        self.refresh()

    def refresh(self) -> None:
        problems = standing(self._state)
        if not self._seen or problems == self._told:
            return
        self._told = problems
        first = sorted(problems, key=lambda p: ORDER[p.severity])[:SHOWN]
        self._deal(first)
        if len(problems) > SHOWN:
            rest = say(Text("and {n} more", "y {n} más"), n=len(problems) - SHOWN)
            self._list.addWidget(label(rest, "muted"))
        self._stack.setCurrentIndex(1 if problems else 0)

    def _deal(self, problems: list[Problem]) -> None:
        """One card for each; of those that stand, the ones that show the same stay."""
        alike: dict[object, list[ProblemCard]] = defaultdict(list)
        for card in self.cards:
            alike[face(card.problem)].append(card)
        self.cards = []
        for at, problem in enumerate(problems):
            stay = alike[face(problem)]
            card = stay.pop(0) if stay else self._card(problem)
            card.problem = problem
            self.cards.append(card)
            if self._list.indexOf(card) != at:
                self._list.insertWidget(at, card)
        clear(self._list, len(problems))

    def _card(self, problem: Problem) -> ProblemCard:
        other = other_file(self._state, self, problem)
        return ProblemCard(problem, self._state.tokens, self._state.mend, self._jump, other)

    def _jump(self, problem: Problem) -> None:
        self._state.show_place(problem.where)


def standing(state: State) -> tuple[Problem, ...]:
    """What the latest check found, and first what the last run failed from, until another begins."""
    view, found = state.bridge.view, state.checked.problems
    if view.phase != "failed" or view.failed is None or view.failed.problem in found:
        return found
    return (view.failed.problem, *found)


def counts(problems: tuple[Problem, ...]) -> tuple[int, int]:
    """Errors and warnings."""
    return (sum(p.severity == "error" for p in problems), sum(p.severity == "warning" for p in problems))
