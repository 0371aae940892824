"""The command palette: every entry of every menu, found by its words in either language, and done with Enter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QMenu,
    QWidget,
)
from shiboken6 import isValid

from core.words import Text, say
from studio import actions, shortcuts
from studio.canvas import actions as canvas_actions
from studio.panels.palette import SearchLine
from studio.parts import GAP, column, escaped, named, shown
from studio.state import State

ENTRY = Qt.ItemDataRole.UserRole
WIDE, ROWS = 620, 12
TALL, HEAD = 30, 62  # px of a row, and of what stands around the rows
STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)  # another window, a context menu


@dataclass(frozen=True)
class Entry:
    """An action and the menus it stands in."""

    action: QAction
    where: tuple[str, ...]

    @property
    def title(self) -> str:
        return " › ".join((*self.where, self.action.text().replace("&", "")))

    @property
    def searched(self) -> str:
        """Its words in both languages, its explanation and its keys."""
        known = _words().get(self.action.objectName(), ())
        return " ".join((self.title, *known, shortcuts.keys_of(self.action))).casefold()


def entries(window: QMainWindow) -> list[Entry]:
    """Every action of the menu bar, through all submenus, each once."""
    found: dict[int, Entry] = {}
    for entry in _walk(window.menuBar().actions(), ()):
        found.setdefault(id(entry.action), entry)
    return list(found.values())


def _walk(listed: list[QAction], where: tuple[str, ...]) -> Iterator[Entry]:
    for action in listed:
        menu = action.menu()
        if isinstance(menu, QMenu):
            menu.aboutToShow.emit()  # some are filled when they open
            yield from _walk(menu.actions(), (*where, action.text().replace("&", "")))
        elif not action.isSeparator() and action.text() and action.isVisible():
            yield Entry(action, where)


def ranked(listed: list[Entry], text: str) -> list[Entry]:
    """Those with every word, the ones that begin with what was typed first; what cannot be done now comes last. Menus that are
    filled when they open may have been since."""
    words = text.casefold().split()
    fits = [e for e in listed if isValid(e.action) and all(w in e.searched for w in words)]

    def place(entry: Entry) -> tuple[bool, bool, bool]:
        name = entry.action.text().replace("&", "").casefold()
        first = words[0] if words else ""
        return not entry.action.isEnabled(), not name.startswith(first), first not in name

    return sorted(fits, key=place)


class CommandPalette(QFrame):
    """Up, Down and Enter from the line itself; Escape or a click elsewhere closes. It lies in the window, not over it, so
    that every desktop shows it in the same place."""

    def __init__(self, window: QMainWindow, state: State) -> None:
        super().__init__(window)
        self.setObjectName("command-palette")
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        named(self, say(Text("Commands", "Órdenes")))
        self._state, self._window = state, window
        self._before = QApplication.focusWidget()
        self._entries = entries(window)
        self.line = SearchLine()
        self.line.setPlaceholderText(say(Text("Type what you want to do", "Escriba lo que quiere hacer")))
        self.line.show_lens(state.tokens)
        named(self.line, self.line.placeholderText())
        self.list = QListWidget()
        self.list.setObjectName("commands-found")
        named(self.list, say(Text("Commands", "Órdenes")))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.line.textChanged.connect(self._show)
        self.line.taken.connect(self._take)
        self.line.down.connect(lambda: self._step(1))
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self._take())
        self.setLayout(column(self.line, self.list, gap=GAP, margins=(GAP, GAP, GAP, GAP)))
        self.setFixedWidth(WIDE)
        self._show("")
        self.move((window.width() - WIDE) // 2, 72)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Up:
                self._step(-1)
                return True
            if event.key() == Qt.Key.Key_Escape and not self.line.text():
                self._leave()
                return True
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in STAYS:
            self.close()
        return False

    def _leave(self) -> None:
        """Whoever had the focus has it back."""
        before = self._before
        self.close()
        if before is not None and isValid(before):
            before.setFocus()

    def found(self) -> list[Entry]:
        return [self.list.item(i).data(ENTRY) for i in range(self.list.count())]

    def _show(self, text: str) -> None:
        self.list.clear()
        for entry in ranked(self._entries, text):
            self._add(entry)
        self.list.setCurrentRow(0)
        self.setFixedHeight(min(ROWS, max(1, self.list.count())) * TALL + HEAD)

    def _add(self, entry: Entry) -> None:
        action = entry.action
        keys = shortcuts.keys_of(action)
        mark = "✓ " if action.isCheckable() and action.isChecked() else ""
        item = QListWidgetItem(shown(mark + entry.title))
        item.setData(ENTRY, entry)
        item.setSizeHint(QSize(0, TALL))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, shown(f"{entry.title} {keys}".strip()))
        if not action.isEnabled():
            item.setForeground(self._state.tokens.faint)
            item.setToolTip(escaped(_refusal(action)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, shown(_refusal(action)))
        self.list.addItem(item)
        if keys:
            right = QLabel(keys)
            right.setProperty("role", "muted")
            right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            right.setContentsMargins(0, 0, 10, 0)
            right.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.list.setItemWidget(item, right)

    def _step(self, by: int) -> None:
        if count := self.list.count():
            self.list.setCurrentRow((self.list.currentRow() + by) % count)

    def _take(self) -> None:
        """Once the palette is gone and whoever had the focus has it back. What cannot be done now says why instead."""
        item = self.list.currentItem()
        action: QAction | None = item.data(ENTRY).action if item is not None else None
        if action is None or not isValid(action):
            return
        if not action.isEnabled():
            self._state.status.emit(_refusal(action))
            return
        self._leave()
        QTimer.singleShot(0, self._window, lambda: action.trigger() if isValid(action) else None)


def _refusal(action: QAction) -> str:
    return shortcuts.refusal(action) or f"{action.text()}: {say(Text('not possible now', 'ahora no es posible'))}."


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    """An action's object name -> its words and explanation in both languages."""
    rows = {r.id: (*r.text, *r.help) for r in actions.ROWS}
    return rows | {f"canvas.{r.id}": tuple(r.title) for r in canvas_actions.ROWS}


def open_palette(window: QMainWindow, state: State) -> QWidget:
    made = CommandPalette(window, state)
    made.show()
    made.raise_()
    made.line.setFocus()
    return made
