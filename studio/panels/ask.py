"""Small questions and messages, in plain text and our own look."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.problems import Problem
from core.words import Text, say
from studio.fitted import Fitted
from studio.panels.problemcard import ProblemCard
from studio.parts import GAP, button, column, label, row
from studio.theme import Theme


class Answer(Enum):
    YES = "yes"
    NO = "no"
    CANCEL = "cancel"


class Question(Fitted):
    """One sentence, what it means, and buttons named by what they do."""

    def __init__(
        self, parent: QWidget | None, text: str, detail: str, yes: str, no: str = "", cancel: bool = True
    ) -> None:
        super().__init__(parent)
        self.setObjectName("question")
        self.setWindowTitle("Unfold")
        self.setMinimumWidth(420)
        self.answer = Answer.CANCEL
        self.yes = button(yes, lambda: self._choose(Answer.YES), "primary")
        self.yes.setObjectName("yes")
        buttons = row(None, gap=GAP)
        if cancel:
            self.cancel = button(say(Text("Cancel", "Cancelar")), self.reject)
            self.cancel.setObjectName("cancel")
            buttons.addWidget(self.cancel)
        if no:
            self.no = button(no, lambda: self._choose(Answer.NO))
            self.no.setObjectName("no")
            buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        parts = [label(text, "title", wrap=True)]
        if detail:
            parts.append(label(detail, "muted", wrap=True))
        self.setLayout(column(*parts, buttons, gap=12, margins=(16, 16, 16, 16)))
        self.yes.setDefault(True)
        self.yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, answer: Answer) -> None:
        self.answer = answer
        self.accept()


def ask(parent: QWidget | None, text: str, detail: str, yes: str, no: str = "") -> Answer:
    """Ask and wait."""
    question = Question(parent, text, detail, yes, no)
    question.exec()
    question.deleteLater()
    return question.answer


class ProblemsDialog(Fitted):
    """Problems that stopped a command."""

    def __init__(self, parent: QWidget | None, problems: tuple[Problem, ...], tokens: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("problems")
        self.setWindowTitle("Unfold")
        self.setMinimumWidth(520)
        cards = [ProblemCard(p, tokens) for p in problems[:8]]
        close = button(say(Text("Close", "Cerrar")), self.accept, "primary")
        close.setObjectName("close")
        head = label(say(Text("This could not be done", "No se pudo hacer")), "title")
        self.setLayout(column(head, *cards, row(None, close), gap=GAP, margins=(16, 16, 16, 16)))
        close.setDefault(True)
        close.setFocus(Qt.FocusReason.OtherFocusReason)


def tell_problems(parent: QWidget | None, problems: tuple[Problem, ...], tokens: Theme) -> None:
    dialog = ProblemsDialog(parent, problems, tokens)
    dialog.exec()
    dialog.deleteLater()
