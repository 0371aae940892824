"""Everything that can be put on the canvas, by group, found by typing. Drag it there, or press Enter to add it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from core.specs.node import GROUPS, NodeSpec
from core.words import Text, say
from studio.canvas.kinds import offered, ranked
from studio.icons import icon
from studio.parts import GAP, column, escaped, listen, named
from studio.state import State
from studio.theme import Theme

MIME = "application/x-unfold-kind"
KIND = Qt.ItemDataRole.UserRole
GROUP = Qt.ItemDataRole.UserRole + 1
ROW = QSize(0, 22)
HEAD = QSize(0, 28)


class PaletteTree(QTreeWidget):
    """Groups and kinds. A drag carries the kind's name."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setObjectName("palette-tree")
        self.setDragEnabled(True)
        self.setRootIsDecorated(False)
        self.setIconSize(QSize(12, 12))
        named(self, say(Text("Nodes", "Nodos")))

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        data = QMimeData()
        kind = items[0].data(0, KIND) if items else None
        if kind:
            data.setData(MIME, QByteArray(str(kind).encode()))
        return data


class SearchLine(QLineEdit):
    """Down goes to the list, Enter takes the first hit, Escape clears."""

    down = Signal()
    taken = Signal()

    def show_lens(self, tokens: Theme) -> None:
        """The sign of a search before its words."""
        sign = self.addAction(icon("search", tokens, tokens.muted), QLineEdit.ActionPosition.LeadingPosition)
        sign.setText(say(Text("Search", "Buscar")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class PalettePanel(QWidget):
    """`chosen` carries the kind to add to the canvas."""

    chosen = Signal(str)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.setProperty("role", "panel")
        self.search = SearchLine()
        self.search.setPlaceholderText(say(Text("Search nodes", "Buscar nodos")))
        self.search.setClearButtonEnabled(True)
        self.search.show_lens(state.tokens)
        named(self.search, say(Text("Search nodes", "Buscar nodos")))
        self.tree = PaletteTree()
        self.tree.itemActivated.connect(self._take)
        self.tree.itemClicked.connect(self._turn)
        self.search.textChanged.connect(self.filter)
        self.search.down.connect(self._into_tree)
        self.search.taken.connect(self._take_first)
        top = column(self.search, margins=(GAP, GAP, GAP, 4))
        self.setLayout(column(top, self.tree, gap=0))
        self._ranked: list[str] = []
        self._folded = set(state.settings.folded)
        self._inside = False
        self._fill()
        self.filter("")
        listen(state.selected, self, self._moved)

    def _moved(self) -> None:
        """Other kinds may be added inside a cell than outside."""
        if self._inside != bool(self._state.selection.path):
            self._inside = not self._inside
            self.filter(self.search.text())

    def filter(self, text: str) -> None:
        """Show the kinds that fit what was typed, of those that may be added where the canvas is."""
        specs = offered(self._state.registry, bool(self._state.selection.path))
        self._ranked = [s.kind for s in ranked(specs, text)]
        allowed = set(self._ranked)
        for group in self._groups():
            children = [group.child(i) for i in range(group.childCount())]
            for item in children:
                item.setHidden(item.data(0, KIND) not in allowed)
            group.setHidden(all(item.isHidden() for item in children))
            self._fold(group, not text.strip() and group.data(0, GROUP) in self._folded)  # a search looks everywhere

    def hits(self) -> list[str]:
        """The kinds that are shown."""
        return [
            str(group.child(i).data(0, KIND))
            for group in self._groups()
            for i in range(group.childCount())
            if not group.child(i).isHidden()
        ]

    def _groups(self) -> list[QTreeWidgetItem]:
        found = (self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount()))
        return [g for g in found if g is not None]

    def _fill(self) -> None:
        by_group: dict[str, list[NodeSpec]] = {}
        for spec in offered(self._state.registry, inside=True):
            by_group.setdefault(spec.group, []).append(spec)
        for group, text in GROUPS.items():
            specs = by_group.get(group)
            if not specs:
                continue
            head = QTreeWidgetItem([say(text)])
            head.setData(0, GROUP, group)
            head.setToolTip(0, say(Text("Click to fold or unfold", "Pulse para plegar o desplegar")))
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = self.font()
            font.setBold(True)
            head.setFont(0, font)
            head.setSizeHint(0, HEAD)
            head.setForeground(0, self._state.tokens.muted)
            self.tree.addTopLevelItem(head)
            for spec in specs:
                head.addChild(self._item(spec))
            self._fold(head, group in self._folded)

    def _turn(self, item: QTreeWidgetItem) -> None:
        """A click on a heading folds its group away, or back."""
        group = item.data(0, GROUP)
        if group and not self.search.text().strip():
            self._folded ^= {group}
            self._state.settings.folded = tuple(sorted(self._folded))
            self._fold(item, group in self._folded)

    def _fold(self, head: QTreeWidgetItem, away: bool) -> None:
        head.setExpanded(not away)
        head.setIcon(0, icon("more" if away else "less", self._state.tokens, self._state.tokens.faint))

    def _item(self, spec: NodeSpec) -> QTreeWidgetItem:
        item = QTreeWidgetItem([say(spec.name)])
        item.setData(0, KIND, spec.kind)
        item.setSizeHint(0, ROW)
        item.setIcon(0, _swatch(self._state.tokens.group(spec.group), spec.body is not None))
        item.setToolTip(0, escaped(f"{say(spec.name)}\n{say(spec.help)}"))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
        return item

    def _take(self, item: QTreeWidgetItem) -> None:
        if kind := item.data(0, KIND):
            self.chosen.emit(str(kind))

    def _take_first(self) -> None:
        if self._ranked:
            self.chosen.emit(self._ranked[0])

    def _into_tree(self) -> None:
        for group in self._groups():
            for at in range(group.childCount()):
                item = group.child(at)
                if item is not None and not item.isHidden():
                    self.tree.setCurrentItem(item)
                    self.tree.setFocus()
                    return


def _swatch(colour: QColor, cell: bool) -> QIcon:
    """A small sign of the group's colour; cells have a hollow one."""
    picture = QPixmap(24, 24)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(colour)
    painter.setBrush(Qt.BrushStyle.NoBrush if cell else colour)
    painter.drawRoundedRect(0, 2, 8, 8, 2, 2)
    painter.end()
    return QIcon(picture)
