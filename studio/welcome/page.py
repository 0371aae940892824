"""The welcome page: lies over the whole window below its tools, so that nothing behind it has to move or be built again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from core.project.recovery import Lost
from core.words import Text, say
from studio.parts import named, row
from studio.state import State
from studio.welcome.begin import Begin
from studio.welcome.learn import Learn


class Welcome(QWidget):
    """Tab goes round inside it; Escape and `left` lead to the canvas."""

    left = Signal()

    def __init__(self, window: QMainWindow, state: State, lost: Sequence[Lost] = ()) -> None:
        super().__init__(window)
        self.setObjectName("welcome")
        named(self, say(Text("Welcome", "Bienvenida")))
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._window = window
        self.begin, self.learn = Begin(state), Learn(state)
        self.begin.left.connect(self.left)
        self.begin.show_lost(lost)
        body = row(self.begin, self.learn, gap=24, margins=(24, 20, 24, 16))
        body.setStretch(1, 1)
        self.setLayout(body)
        window.installEventFilter(self)
        self.place()
        self.show()
        self.raise_()
        self.learn.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Below menu and tools, down to the foot of the window."""
        top = max((w.geometry().bottom() + 1 for w in self._heads() if w.isVisibleTo(self._window)), default=0)
        self.setGeometry(0, top, self._window.width(), self._window.height() - top)

    def _heads(self) -> list[QWidget]:
        bars = self._window.findChildren(QWidget, "commands", Qt.FindChildOption.FindDirectChildrenOnly)
        return [self._window.menuBar(), *bars]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self.place()
            self.raise_()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, ahead: bool) -> bool:
        """What lies behind cannot be seen, so Tab does not go there."""
        start: QWidget | None = QApplication.focusWidget() or self
        widget = start
        while widget is not None:
            widget = widget.nextInFocusChain() if ahead else widget.previousInFocusChain()
            if widget is None or widget is start:
                return False
            if self.isAncestorOf(widget) and _takes_tab(widget):
                widget.setFocus(Qt.FocusReason.TabFocusReason if ahead else Qt.FocusReason.BacktabFocusReason)
                return True
        return False


def _takes_tab(widget: QWidget) -> bool:
    return (
        bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value) and widget.isVisible() and widget.isEnabled()
    )
