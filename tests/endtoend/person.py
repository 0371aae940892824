"""A person at the keyboard: keys go to whatever has the focus, as from the system; nothing is called.

A story is a generator. It yields keys to press, things to click and things to wait for; each press is made from the event loop, so that a
dialog which waits for its answer is answered by the next key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import NamedTuple

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

BETWEEN = 15  # ms from one key to the next
FARTHEST = 80  # presses of Tab


class Press(NamedTuple):
    """One key, as in a menu: "Ctrl+Shift+Z", "Tab", "F5"."""

    keys: str


class Write(NamedTuple):
    text: str


class Until(NamedTuple):
    """Wait until this is true."""

    true: Callable[[], object]
    what: str
    seconds: float = 60.0


class Click(NamedTuple):
    """With the left button, in the middle of a widget."""

    widget: QWidget


Deed = Press | Write | Until | Click
Story = Generator[Deed, None, None]


def hand() -> QWidget:
    """Who hears the keyboard now."""
    if QApplication.activeWindow() is None:  # as a desktop does when a dialog has gone, and this platform does not
        below = QApplication.activeModalWidget() or next(w for w in QApplication.topLevelWidgets() if w.isVisible())
        below.activateWindow()
        QTest.qWaitForWindowActive(below)
    found = QApplication.activePopupWidget() or QApplication.focusWidget() or QApplication.activeWindow()
    assert found is not None, "nothing hears the keyboard"
    return found


def heard() -> str:
    """What a screen reader says of the thing that has the focus."""
    widget = hand()
    found = QAccessible.queryAccessibleInterface(widget)
    return widget.accessibleName() or (found.text(QAccessible.Text.Name) if found is not None else "")


def to(name: str, key: str = "Tab") -> Story:
    """Press Tab until that is heard."""
    passed = []
    while not heard().startswith(name):
        passed.append(heard())
        assert len(passed) < FARTHEST, f"no {name} among {list(dict.fromkeys(passed))}"
        yield Press(key)


def press(keys: str) -> None:
    combination = QKeySequence(keys)[0]
    QTest.keyClick(hand(), combination.key(), combination.keyboardModifiers())


def live(story: Story, seconds: float = 240.0) -> None:
    """Let the story happen."""
    loop, failed = QEventLoop(), []
    end, waiting, since = time.monotonic() + seconds, [], time.monotonic()

    def turn() -> None:
        nonlocal since
        try:
            assert time.monotonic() < end, "the story took too long"
            if waiting:
                assert time.monotonic() < since + waiting[0].seconds, (
                    f"never happened: {waiting[0].what}; keys: {_told()}"
                )
                if not waiting[0].true():
                    QTimer.singleShot(BETWEEN, turn)
                    return
                waiting.clear()
            deed = next(story)
        except StopIteration:
            loop.quit()
            return
        except BaseException as error:
            failed.append(error)
            _leave_all()
            loop.quit()
            return
        QTimer.singleShot(BETWEEN, turn)
        if isinstance(deed, Until):
            waiting.append(deed)
            since = time.monotonic()
        elif isinstance(deed, Click):
            QTest.mouseClick(deed.widget, Qt.MouseButton.LeftButton)
        elif isinstance(deed, Write):
            QTest.keyClicks(hand(), deed.text)
        else:
            press(deed.keys)

    QTimer.singleShot(0, turn)
    loop.exec()
    if failed:
        raise failed[0]


def _told() -> str:
    at = hand()
    return f"{type(at).__name__} “{at.accessibleName()}” in {type(at.window()).__name__} “{at.window().windowTitle()}”"


def _leave_all() -> None:
    """A failed story leaves no question open behind it."""
    while (
        dialog := QApplication.activeModalWidget() or QApplication.activePopupWidget()
    ) is not None and dialog.close():
        pass
