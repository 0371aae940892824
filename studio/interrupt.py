"""Ctrl+C in the terminal that opened the studio closes its window, with the questions that closing asks."""

from __future__ import annotations

import signal

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

BEAT = 250  # ms; Qt waits in C, and Python hears a signal only when some of its own code runs


def close_on_interrupt(window: QWidget) -> None:
    """While a question is open already, one more Ctrl+C asks nothing new."""

    def close(*_: object) -> None:
        if QApplication.activeModalWidget() is None:
            QTimer.singleShot(0, window, window.close)

    signal.signal(signal.SIGINT, close)
    beat = QTimer(window)
    beat.timeout.connect(lambda: None)
    beat.start(BEAT)
