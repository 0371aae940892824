"""Files that are being written while the window goes on: shown at its foot, and not lost by closing it unawares."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from core.words import Text, say
from studio.panels.ask import Answer, ask

ASKED = Text("{what} is still being written. Close when it is done?", "Aún se está escribiendo {what}. ¿Cerrar al terminar?")  # fmt: skip
LOST = Text("Closing now loses it.", "Si se cierra ahora, se pierde.")
BEAT = 100  # ms
WAIT, LEAVE = Text("Close when it is done", "Cerrar al terminar"), Text("Close now", "Cerrar ahora")


class Pending(QObject):
    """What is on its way to a file, by what it is called in a sentence: "the report"."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.now: tuple[Text, ...] = ()
        self._closing = QTimer(self)
        self._closing.setInterval(BEAT)

    def begin(self, what: Text) -> None:
        self.now = (*self.now, what)
        self.changed.emit()

    def end(self, what: Text) -> None:
        at = self.now.index(what)
        self.now = self.now[:at] + self.now[at + 1 :]
        self.changed.emit()

    def may_close(self, window: QWidget) -> bool:
        """Whether nothing is under way, or may be lost. Who wants to wait sees the window close by itself."""
        if not self.now:
            return True
        what = say(self.now[0])
        question = say(ASKED, what=what)
        answer = ask(window, question[0].upper() + question[1:], say(LOST), say(WAIT), say(LEAVE))
        if answer is Answer.YES:
            self._closing.timeout.connect(lambda: self._close(window))
            self._closing.start()
        return answer is Answer.NO

    def _close(self, window: QWidget) -> None:
        """Once nothing is left to wait for, and what came of it has been read."""
        if not self.now and QApplication.activeModalWidget() is None:
            self._closing.stop()
            self._closing.timeout.disconnect()
            window.close()
