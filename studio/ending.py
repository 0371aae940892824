"""Tells that a run has ended wherever the person is: in the window, on the task bar, and through the system's own
notifications where it has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QFrame, QMainWindow, QSystemTrayIcon

from core.train.messages import Done, Failed
from core.words import Text, say
from studio.files import title_of
from studio.icons import icon
from studio.panels.numbers import amount, clock, metric_name
from studio.parts import GAP, button, column, label, named, row, sign, tool
from studio.state import State

STAYS = 12_000  # ms a note stays, longer while the mouse rests on it
EDGE, LIFT = 16, 44  # px from the paper's side, and from its foot, where the legend of the unrolled drawing is
WIDEST = 340  # px


class Note(QFrame):
    """A few words in the lower right corner of the paper that take nothing away: no focus, no question, no slider or button
    under them, gone by themselves."""

    def __init__(self, window: QMainWindow, state: State, severity: str, title: str, text: str, acts: Mapping[str, Callable[[], object]]) -> None:  # fmt: skip
        self._paper = window.centralWidget()
        super().__init__(self._paper)  # so that no panel which comes to the front lies over it
        self.setObjectName("note")
        self.setProperty("role", "card")
        named(self, f"{title}. {text}")
        close = tool(state.tokens, "close", say(Text("Close", "Cerrar")), self.leave, 12)
        buttons = [button(name, lambda act=act: self._do(act)) for name, act in acts.items()]
        for one in (close, *buttons):
            one.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        head = row(sign(state.tokens, severity), label(title, "strong"), None, close)
        self.setLayout(column(head, label(text, "muted", wrap=True), row(None, *buttons), gap=4, margins=(12, GAP, GAP, GAP)))  # fmt: skip
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)
        self._timer.start(STAYS)
        self._paper.installEventFilter(self)
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        paper = self._paper
        wide = min(WIDEST, paper.width() - 2 * EDGE)
        self.resize(wide, self.heightForWidth(wide))
        self.move(paper.width() - wide - EDGE, paper.height() - self.height() - LIFT)

    def leave(self) -> None:
        self.hide()
        self.deleteLater()

    def _do(self, act: Callable[[], object]) -> None:
        self.leave()
        act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Enter:
            self._timer.stop()
        elif event.type() == QEvent.Type.Leave:
            self._timer.start(STAYS)
        return super().event(event)


class Ending(QObject):
    """One per window. `act` does what an action of the window does."""

    def __init__(self, window: QMainWindow, state: State, act: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window, self._state, self._act = window, state, act
        self._tray: QSystemTrayIcon | None = None
        self.note: Note | None = None
        state.bridge.ended.connect(self._ended)

    def _ended(self, message: Done | Failed) -> None:
        """Who stopped a run knows that it ended."""
        if isinstance(message, Done) and message.stopped:
            return
        title, text = told(message, title_of(self._state))
        severity = "error" if isinstance(message, Failed) else "good"
        self._show(severity, title, text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, f"{title}. {text}"))
        if not self._window.isActiveWindow():
            QApplication.alert(self._window)
            self._notify(severity, title, text)

    def _show(self, severity: str, title: str, text: str) -> None:
        acts = {"export": Text("Export …", "Exportar …"), "report": Text("Report …", "Informe …")}
        offered = {say(t): partial(self._act, id) for id, t in acts.items()} if severity == "good" else {}
        self.note = Note(self._window, self._state, severity, title, text, offered)
        self.note.destroyed.connect(self._forget)

    def _forget(self) -> None:
        self.note = None

    def _notify(self, severity: str, title: str, text: str) -> None:
        """Through the system tray, where there is one; a click brings the window back."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon("chart", self._state.tokens), self)
            self._tray.messageClicked.connect(self._come_back)
            self._tray.activated.connect(self._come_back)
        self._tray.show()
        kind = QSystemTrayIcon.MessageIcon.Critical if severity == "error" else QSystemTrayIcon.MessageIcon.Information
        self._tray.showMessage(title, text, kind)
        QTimer.singleShot(STAYS, self._tray, self._tray.hide)

    def _come_back(self, *_: object) -> None:
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.raise_()
        self._window.activateWindow()


def told(message: Done | Failed, project: str) -> tuple[str, str]:
    """A headline and a sentence: how it ended, how long it took, what it reached."""
    if isinstance(message, Failed):
        return say(Text("The training failed", "El entrenamiento falló")), f"{project}: {say(message.problem.message)}"
    held = {k: v for k, v in message.metrics.items() if k != "train_loss"}
    named_ = [f"{metric_name(k).lower()} {amount(v)}" for k, v in list(held.items())[:2]]
    took = say(Text("took {t}", "tardó {t}"), t=clock(message.seconds))
    return say(Text("The training has finished", "El entrenamiento ha terminado")), " · ".join([f"{project}: {took}", *named_])  # fmt: skip
