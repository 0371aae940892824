"""Every command with its keys, to be changed by pressing others: conflicts are told, and everything can be had back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QHeaderView, QKeySequenceEdit, QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from core.words import Text, say
from studio import shortcuts
from studio.panels.ask import Answer, ask
from studio.parts import GAP, button, column, label, named, row, shown
from studio.state import State

ACTION = Qt.ItemDataRole.UserRole
CHANGED = Text("changed", "cambiada")


class ShortcutEditor(QDialog):
    def __init__(self, parent: QWidget | None, actions: Sequence[QAction], state: State) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut-editor")
        self.setWindowTitle(say(Text("Keyboard shortcuts", "Atajos de teclado")))
        self.resize(720, 640)
        self._actions, self._settings = actions, state.settings
        self.search = QLineEdit()
        self.search.setPlaceholderText(say(Text("Search commands and keys", "Buscar órdenes y teclas")))
        self.search.setClearButtonEnabled(True)
        named(self.search, self.search.placeholderText())
        self.search.textChanged.connect(self._narrow)
        self.list = self._list()
        self.key = QKeySequenceEdit()
        self.key.setMaximumSequenceLength(1)
        self.key.setMinimumWidth(220)  # Qt's own words of invitation in Spanish
        named(self.key, say(Text("New keys", "Teclas nuevas")))
        self.key.keySequenceChanged.connect(lambda _: self._judge())
        self.set_button = button(say(Text("Set", "Asignar")), self._set, "primary")
        self.none_button = button(say(Text("No keys", "Sin teclas")), self._remove)
        self.back_button = button(say(Text("As shipped", "Original")), self._reset)
        self.told = label("", "", wrap=True)
        self.told.setMinimumHeight(36)
        every = button(say(Text("Everything as shipped …", "Restablecer todo …")), self._reset_all)
        close = button(say(Text("Close", "Cerrar")), self.close)
        keys = label(say(Text("Press the new keys", "Pulse las teclas nuevas")), "muted")
        edit = row(keys, self.key, self.set_button, self.none_button, self.back_button)
        body = column(
            self.search, self.list, edit, self.told, row(every, None, close), gap=GAP, margins=(16, 16, 16, 16)
        )
        body.setStretchFactor(self.list, 1)
        self.setLayout(body)
        self._fill()

    def _list(self) -> QTreeWidget:
        made = QTreeWidget()
        named(made, say(Text("Commands", "Órdenes")))
        made.setHeaderLabels([say(t) for t in (Text("Command", "Orden"), Text("Keys", "Teclas"), Text("", ""))])
        made.setRootIsDecorated(False)
        made.header().setStretchLastSection(False)
        made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in (1, 2):
            made.header().setSectionResizeMode(at, QHeaderView.ResizeMode.ResizeToContents)
        made.currentItemChanged.connect(lambda *_: self._choose())
        made.itemActivated.connect(lambda _: self.key.setFocus())
        return made

    def _fill(self) -> None:
        for action in self._actions:
            item = QTreeWidgetItem([shown(action.text().replace("&", ""))])
            item.setData(0, ACTION, action)
            self.list.addTopLevelItem(item)
        self._refresh()
        self.list.setCurrentIndex(self.list.model().index(0, 0))

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.list.topLevelItem(i) for i in range(self.list.topLevelItemCount()))
        return [i for i in found if i is not None]

    def _refresh(self) -> None:
        for item in self._items():
            action = item.data(0, ACTION)
            item.setText(1, shortcuts.keys_of(action))
            item.setText(2, say(CHANGED) if shortcuts.changed(action) else "")
        self._judge()

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        for item in self._items():
            said = f"{item.text(0)} {item.text(1)}".casefold()
            item.setHidden(not all(w in said for w in words))

    def chosen(self) -> QAction | None:
        item = self.list.currentItem()
        return item.data(0, ACTION) if item is not None else None

    def _choose(self) -> None:
        self.key.clear()
        self._judge()

    def _judge(self) -> None:
        """What the keys that were pressed would do."""
        action, key = self.chosen(), self.key.keySequence()
        taken = shortcuts.users_of(key, self._actions, action) if action is not None else []
        self.set_button.setEnabled(action is not None and not key.isEmpty() and key not in action.shortcuts())
        self.none_button.setEnabled(action is not None and bool(action.shortcuts()))
        self.back_button.setEnabled(action is not None and shortcuts.changed(action))
        if not taken:
            self.told.setText("")
            return
        names = ", ".join(a.text().replace("&", "") for a in taken)
        words = Text("{k} is used by “{n}”. Setting it here takes it away there.", "{k} ya es de «{n}». Si la asigna aquí, allí se quita.")  # fmt: skip
        self.told.setText(shown(say(words, k=key.toString(shortcuts.Native), n=names)))

    def _set(self) -> None:
        action, key = self.chosen(), self.key.keySequence()
        if action is None:
            return
        for other in shortcuts.users_of(key, self._actions, action):
            shortcuts.take(key, other, self._settings)
        shortcuts.choose(action, key, self._settings)
        self.key.clear()
        self._refresh()
        self.list.setFocus()

    def _remove(self) -> None:
        if (action := self.chosen()) is not None:
            shortcuts.choose(action, QKeySequence(), self._settings)
            self._refresh()

    def _reset(self) -> None:
        """As it shipped; who has that key now gives it back."""
        action = self.chosen()
        if action is None:
            return
        shortcuts.reset(action, self._settings)
        for key in action.shortcuts():
            for other in shortcuts.users_of(key, self._actions, action):
                shortcuts.take(key, other, self._settings)
        self._refresh()

    def _reset_all(self) -> None:
        text = say(Text("Give all commands the keys they shipped with?", "¿Devolver a todas las órdenes sus teclas originales?"))  # fmt: skip
        if ask(self, text, "", say(Text("Reset", "Restablecer"))) is Answer.YES:
            for action in self._actions:
                shortcuts.reset(action, self._settings)
            self._refresh()
