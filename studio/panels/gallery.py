"""The shipped projects to start from, grouped by what they show, each with its page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from core.problems import Refused
from core.project.gallery import Shipped
from core.project.systems import groups, meaning, systems
from core.words import Text, say
from studio.panels.guide import facts, short_page
from studio.panels.page import PageView
from studio.parts import GAP, Empty, button, column, label, named, row, shown
from studio.state import State

ENTRY = Qt.ItemDataRole.UserRole
TALL = 28  # px of a line in the list
ELSEWHERE = 3  # how near a project is that was not meant


class GalleryDialog(QDialog):
    """Choose one; `take` gets it."""

    def __init__(
        self, parent: QWidget | None, projects: tuple[Shipped, ...], state: State, take: Callable[[Shipped], None]
    ) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setWindowTitle(say(Text("Gallery", "Galería")))
        self.resize(_size(parent))
        self._take, self._muted = take, state.tokens.muted
        self.list = QTreeWidget()
        named(self.list, say(Text("Projects", "Proyectos")))
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(2)
        head = self.list.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setIndentation(14)
        self.list.setMinimumWidth(300)
        self.list.setUniformRowHeights(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText(say(Text("Find: LSTM, attention, tree …", "Buscar: LSTM, atención, árbol …")))
        self.search.setClearButtonEnabled(True)
        named(self.search, say(Text("Find a project", "Buscar un proyecto")))
        self._facts = label("", "muted", wrap=True)
        self._systems = label("", "muted", wrap=True)
        self.page = PageView(state.tokens, state.background)
        named(self.page, say(Text("Page", "Página")))
        self.open_button = button(say(Text("Start from this", "Empezar con este")), self._open, "primary")
        close = button(say(Text("Cancel", "Cancelar")), self.reject)
        left = column(self.search, self.list, gap=GAP)
        right = column(self.page, self._systems, self._facts, row(None, close, self.open_button), gap=GAP)
        if projects:
            body = row(left, right, gap=16, margins=(16, 16, 16, 16))
            body.setStretch(0, 1)
            body.setStretch(1, 1)
        else:
            body = row(
                Empty(state.tokens, "gallery", say(Text("The gallery is empty.", "La galería está vacía."))),
                margins=(16, 16, 16, 16),
            )
        self.setLayout(body)
        self._fill(projects)
        self.list.currentItemChanged.connect(lambda item, _: self._show(item))
        self.list.itemActivated.connect(lambda item, _: self._open() if item.data(0, ENTRY) else None)
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self._open)
        self._narrow("")

    def entries(self) -> list[QTreeWidgetItem]:
        """The lines that are projects."""
        heads = [self.list.topLevelItem(i) for i in range(self.list.topLevelItemCount())]
        rows = [head.child(i) for head in heads if head is not None for i in range(head.childCount())]
        return [row for row in rows if row is not None]

    def _fill(self, projects: tuple[Shipped, ...]) -> None:
        for letter, name in groups().items():
            self._add_group(say(name), letter, [p for p in projects if served(p, letter)])
        self._add_group(say(Text("More", "Más")), "", [p for p in projects if not p.project.systems])
        self.list.expandAll()

    def _add_group(self, name: str, letter: str, inside: list[Shipped]) -> None:
        """A project stands in every group that it shows something of, by the ids there."""
        if not inside:
            return
        head = QTreeWidgetItem([name])
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = head.font(0)
        font.setWeight(font.Weight.DemiBold)
        head.setFont(0, font)
        head.setSizeHint(0, QSize(0, TALL))
        self.list.addTopLevelItem(head)
        head.setFirstColumnSpanned(True)
        for entry in sorted(inside, key=lambda p: [int(i[1:]) for i in served(p, letter)]):
            title = say(entry.project.title) or entry.name
            item = QTreeWidgetItem(head, [shown(title), entry.name])
            item.setData(0, ENTRY, entry)
            item.setForeground(1, self._muted)
            for side in (0, 1):
                item.setToolTip(side, shown(f"{title}\n{explained(entry)}"))

    def _narrow(self, text: str) -> None:
        """Leave only what has every word somewhere in its title, name or systems; choose what was named best."""
        for item in self.entries():
            item.setHidden(nearness(item.data(0, ENTRY), text) == ELSEWHERE)
        for i in range(self.list.topLevelItemCount()):
            head = self.list.topLevelItem(i)
            if head is not None:
                head.setHidden(all(head.child(k).isHidden() for k in range(head.childCount())))
        left = [item for item in self.entries() if not item.isHidden()]
        if left:
            was = self.list.currentItem()
            self.list.setCurrentItem(min(left, key=lambda i: (nearness(i.data(0, ENTRY), text), i is not was)))
        self.open_button.setEnabled(bool(left))

    def _show(self, item: QTreeWidgetItem | None) -> None:
        entry: Shipped | None = item.data(0, ENTRY) if item is not None else None
        if entry is None:
            return
        self._systems.setText(shown(explained(entry)))
        try:
            self._facts.setText(shown(facts(entry)))
            self.page.show_page(short_page(entry))
        except Refused as refused:
            self._facts.setText(shown("\n".join(p.line() for p in refused.problems)))
            self.page.show_page(say(entry.project.notes))

    def _open(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(0, ENTRY) is not None and self.open_button.isEnabled():
            self.accept()
            self._take(item.data(0, ENTRY))


def explained(entry: Shipped) -> str:
    """What it shows, in words."""
    return " · ".join(say(meaning(id)) for id in entry.project.systems)


def served(entry: Shipped, letter: str) -> tuple[str, ...]:
    """Its ids in a group, as they are counted there."""
    return tuple(id for id in systems() if letter and id[0] == letter and id in entry.project.systems)


def searched(entry: Shipped) -> str:
    """What a person may type to find it."""
    title = entry.project.title
    return f"{entry.name} {title.en} {title.es} {explained(entry)} {' '.join(entry.project.systems)}".casefold()


def nearness(entry: Shipped, text: str) -> int:
    """How well it answers what was typed: 0 that is its name or title, 1 one of them begins so, 2 every word is found
    somewhere, or ELSEWHERE."""
    words = text.casefold().split()
    if not all(w in searched(entry) for w in words):
        return ELSEWHERE
    names = [" ".join(n.casefold().replace("-", " ").split()) for n in (entry.name, *entry.project.title)]
    typed = " ".join(" ".join(words).replace("-", " ").split())
    return 0 if typed in names else 1 if any(n.startswith(typed) for n in names) else 2


def _size(parent: QWidget | None) -> QSize:
    """Most of the window, so that a page reads like one."""
    if parent is None:
        return QSize(900, 600)
    return QSize(min(1180, parent.width() - 80), min(860, parent.height() - 60))
