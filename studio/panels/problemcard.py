"""One problem as a card: what is wrong, where, what to do, and its one-click repairs. Used by list and inspector. The code
by which programs know it is for those who copy it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from core.problems import Fix, Problem
from core.words import Text, say
from studio.parts import GAP, button, column, label, named, row, sign
from studio.theme import Theme


def face(problem: Problem) -> tuple[object, ...]:
    """All that a card shows of a problem. Each check finds the repairs anew, so no problem equals one found before."""
    p = problem
    return p.severity, p.code, p.message, p.hint, p.quote, p.where, *(fix.title for fix in p.fixes)


SEVERITY = {
    "error": Text("Error", "Error"),
    "warning": Text("Warning", "Aviso"),
    "info": Text("Note", "Nota"),
}
OTHER_FILE = Text("Choose another file …", "Elegir otro archivo …")
COPY = Text("Copy the message, with its code", "Copiar el mensaje, con su código")


class ProblemCard(QFrame):
    """A click or Enter shows the place; each repair is one undo step, offered where `mend` can make it; `other` asks for
    another file."""

    def __init__(
        self,
        problem: Problem,
        tokens: Theme,
        mend: Callable[[Fix], None] | None = None,
        jump: Callable[[Problem], None] | None = None,
        other: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.problem, self._jump = problem, jump
        self.setProperty("role", "card")
        words = [label(say(problem.message), "strong", wrap=True)]
        if any(problem.hint):
            words.append(label(say(problem.hint), "muted", wrap=True))
        if problem.quoted():
            words.append(label(problem.quoted(), "quote", wrap=True, select=True))
        place = problem.where.label or problem.where.file or problem.where.pointer
        body: list[QWidget] = list(words)
        fixes = [self._fix(at, f, mend) for at, f in enumerate(problem.fixes)] if mend is not None else []
        if other is not None:
            fixes.append(button(say(OTHER_FILE), other))
            fixes[-1].setObjectName("other-file")
        where = [label(place, "muted", wrap=True)] if place else []
        inner = column(*where, *body, gap=3)
        for fix in fixes:
            inner.addLayout(row(fix, None))
        picture = sign(tokens, problem.severity)
        self.setLayout(row(column(picture, None), inner, gap=GAP, margins=(GAP, 6, GAP, 6)))
        copy = QAction(say(COPY), self)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.problem.line()))
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        if jump is not None:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        named(self, f"{say(SEVERITY[problem.severity])}: {say(problem.message)} {place}")
        self.setAccessibleDescription(say(problem.hint))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._show()
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        if self._jump is not None:
            self._jump(self.problem)

    def _fix(self, at: int, fix: Fix, mend: Callable[[Fix], None]) -> QWidget:
        made = button(say(fix.title), lambda: mend(self.problem.fixes[at]), help=say(fix.title))
        made.setObjectName("fix")
        return made
