"""The drawing as a tree, kept in step with the canvas: for screen readers, for the keyboard, and for finding one's way."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QFontMetrics, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem, QWidget

from core.compile.program import Checked
from core.graph.model import Graph, Node, Path
from core.problems import Place
from core.words import Text, say
from studio.icons import icon
from studio.panels.outlined import Line, node_line, port_lines, worst
from studio.parts import column, listen, named
from studio.state import Selection, State
from studio.theme import Theme

PATH, WIRES, DETAIL = (Qt.ItemDataRole.UserRole + n for n in range(3))
Index = QModelIndex | QPersistentModelIndex
ROW = QSize(0, 22)
ONLY = QItemSelectionModel.SelectionFlag.ClearAndSelect
NAME = Text("Outline of the drawing", "Esquema del dibujo")
HELP = Text(
    "Arrows move, Right opens a node's ports and inside, Enter shows it on the canvas.",
    "Las flechas mueven, Derecha abre los puertos y el interior de un nodo, Intro lo muestra en el lienzo.",
)


class RowPainter(QStyledItemDelegate):
    """A row with its shape or state at the right, in quiet letters, where the name leaves room for it."""

    def __init__(self, parent: QObject, tokens: Theme) -> None:
        super().__init__(parent)
        self._tokens = tokens

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        detail = str(index.data(DETAIL) or "")
        box: QRect = option.rect
        words = QFontMetrics(option.font)
        picture = 0 if index.data(Qt.ItemDataRole.DecorationRole) is None else 20
        if detail and words.horizontalAdvance(f"{index.data()}{detail}") + picture + 18 <= box.width():
            painter.save()
            painter.setPen(self._tokens.muted)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box.adjusted(0, 0, -8, 0), flags, detail)
            painter.restore()


class OutlineTree(QTreeWidget):
    """Enter goes to the canvas."""

    def __init__(self, panel: OutlinePanel, tokens: Theme) -> None:
        super().__init__()
        self._panel = panel
        self.setObjectName("outline-tree")
        self.setItemDelegate(RowPainter(self, tokens))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(12)
        self.setIconSize(QSize(14, 14))
        self.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        named(self, say(NAME))
        self.setAccessibleDescription(say(HELP))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._panel.go()
        else:
            super().keyPressEvent(event)


class OutlinePanel(QWidget):
    """Rows are made when they are opened; behind other panels nothing is done at all."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.setProperty("role", "panel")
        self.tree = OutlineTree(self, state.tokens)
        self._graphs: dict[Path, Graph] = {}  # what each opened level shows
        self._rows: dict[Path, QTreeWidgetItem] = {}
        self._lines: dict[Path, Line] = {}
        self._said: dict[Path, tuple[Node, Checked]] = {}  # what each row was last said from
        self._quiet = self._seen = False
        self._told = Selection()  # what was last chosen here, also the ports that only this tree knows
        self.setLayout(column(self.tree))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.refresh)
        self.tree.itemExpanded.connect(self._open)
        self.tree.itemSelectionChanged.connect(self._chosen)
        self.tree.itemDoubleClicked.connect(lambda *_: self.go())
        for signal in (state.project_changed, state.found):
            listen(signal, self, self._soon)
        listen(state.selected, self, self._follow_selection)

    def seen(self, on: bool) -> None:
        """The dock has come to the front, or gone behind another (where Qt still calls it visible)."""
        self._seen = on
        if on:
            self.refresh()
        else:
            self._later.stop()

    def _soon(self) -> None:
        if self._seen:
            self._later.start(0)

    # rows

    def refresh(self) -> None:
        """Bring the opened levels up to the drawing."""
        self._quiet = True
        self._wrong = worst(self._state.checked)
        for path in sorted({(), *self._graphs}, key=len):
            if path == () or path in self._rows:
                self._show_level(path)
            else:
                del self._graphs[path]
        self._quiet = False
        self._follow_selection()

    def _show_level(self, path: Path) -> None:
        """The rows of one level; those of nodes that stayed are kept, with what is opened under them."""
        graph, parent = self._state.graph_at(path), self._parent(path)
        before = self._graphs.get(path)
        if before is None or list(before.nodes) != list(graph.nodes):
            self._take_gone(path, before, graph)
            first = 0 if path == () else self._ports_under(parent)
            for at, id in enumerate(graph.nodes):
                if (*path, id) not in self._rows:
                    self._insert(parent, first + at, (*path, id))
        self._graphs[path] = graph
        checked = self._state.checked
        for id, node in graph.nodes.items():
            here = (*path, id)
            said = self._said.get(here)
            if said is None or said[0] is not node or said[1] is not checked:
                self._said[here] = (node, checked)
                self._say(here, node_line(node, here, self._state.registry, checked, self._wrong))
            if self._rows[here].data(0, WIRES) == "open":
                self._show_ports(here)

    def _take_gone(self, path: Path, before: Graph | None, graph: Graph) -> None:
        for id in () if before is None else [n for n in before.nodes if n not in graph.nodes]:
            row = self._rows[(*path, id)]
            self._parent(path).removeChild(row)
            depth = len(path) + 1
            for old in [p for p in self._rows if p[:depth] == (*path, id)]:
                del self._rows[old], self._lines[old], self._said[old]

    def _insert(self, parent: QTreeWidgetItem, at: int, path: Path) -> None:
        row = self._rows[path] = QTreeWidgetItem()
        row.setData(0, PATH, "\x1f".join(path))
        row.setSizeHint(0, ROW)
        row.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        parent.insertChild(at, row)

    def _say(self, path: Path, line: Line) -> None:
        """Put a line into a node's row, where it differs."""
        if self._lines.get(path) == line:
            return
        self._lines[path], row = line, self._rows[path]
        row.setText(0, line.name)
        row.setData(0, DETAIL, line.detail)
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, line.spoken)
        row.setToolTip(0, line.spoken)
        tokens = self._state.tokens
        if line.severity is not None:
            colour = {"error": tokens.error, "warning": tokens.warning}.get(line.severity, tokens.info)
            row.setIcon(0, icon(line.severity, tokens, colour))
        else:
            row.setIcon(0, icon("node", tokens, tokens.faint) if line.inside else QIcon())

    def _open(self, row: QTreeWidgetItem) -> None:
        """Fill a node's row when it is opened first: its ports, then what is inside."""
        path = path_of(row)
        if path is None or row.data(0, WIRES) == "open":
            return
        row.setData(0, WIRES, "open")
        self._quiet = True
        self._show_ports(path)
        if self._lines[path].inside:
            self._show_level(path)
        self._quiet = False

    def _show_ports(self, path: Path) -> None:
        row, graph = self._rows[path], self._state.graph_at(path[:-1])
        node = graph.nodes[path[-1]]
        lines = list(port_lines(graph, node, path, self._state.registry, self._state.checked))
        while self._ports_under(row) > len(lines):
            row.takeChild(self._ports_under(row) - 1)
        for at in range(self._ports_under(row), len(lines)):
            port = QTreeWidgetItem()
            port.setSizeHint(0, ROW)
            row.insertChild(at, port)
        for at, line in enumerate(lines):
            here = row.child(at)
            assert here is not None
            port = here
            port.setData(0, WIRES, "\x1f".join(line.wires))
            port.setText(0, line.name)
            port.setData(0, DETAIL, line.detail)
            port.setForeground(0, self._state.tokens.muted)
            port.setData(0, Qt.ItemDataRole.AccessibleTextRole, line.spoken)
            port.setToolTip(0, line.spoken)

    def _ports_under(self, row: QTreeWidgetItem) -> int:
        """How many rows of ports come before those of nodes."""
        at = 0
        while at < row.childCount() and path_of(row.child(at)) is None:
            at += 1
        return at

    def _parent(self, path: Path) -> QTreeWidgetItem:
        return self._rows[path] if path else self.tree.invisibleRootItem()

    # selection

    def _chosen(self) -> None:
        """What is selected here is selected on the canvas: nodes of one level, or the wires of a port."""
        if self._quiet:
            return
        rows = self.tree.selectedItems()
        nodes = [p for p in map(path_of, rows) if p is not None]
        if nodes:
            level = nodes[-1][:-1]
            self._tell(Selection(level, tuple(p[-1] for p in nodes if p[:-1] == level)))
        elif rows and (path := path_of(rows[-1].parent())) is not None:
            wires = tuple(filter(None, str(rows[-1].data(0, WIRES)).split("\x1f")))
            self._tell(Selection(path[:-1], () if wires else (path[-1],), wires))

    def _tell(self, chosen: Selection) -> None:
        self._told = chosen
        self._state.select(chosen)

    def _follow_selection(self) -> None:
        """Show here what is selected elsewhere."""
        chosen = self._state.selection
        wanted = [(*chosen.path, id) for id in chosen.nodes]
        if not self._seen or self._quiet or chosen == self._told:
            return
        if [path_of(r) for r in self.tree.selectedItems()] == wanted:
            return
        rows = [row for path in wanted if (row := self._reach(path)) is not None]
        self._quiet, self._told = True, chosen
        if rows:
            self.tree.setCurrentItem(rows[0])
            self.tree.scrollToItem(rows[0])
        self.tree.selectionModel().select(self._runs(rows), ONLY)
        self._quiet = False

    def _runs(self, rows: list[QTreeWidgetItem]) -> QItemSelection:
        """Rows of one level as a selection of few pieces: Qt compares each piece with each."""
        runs, places = QItemSelection(), sorted(map(self.tree.indexFromItem, rows), key=QModelIndex.row)
        for _, run in groupby(enumerate(places), key=lambda pair: pair[1].row() - pair[0]):
            piece = [index for _, index in run]
            runs.append(QItemSelectionRange(piece[0], piece[-1]))
        return runs

    def _reach(self, path: Path) -> QTreeWidgetItem | None:
        """The row of a node, the cells around it opened."""
        for depth in range(1, len(path)):
            if (around := self._rows.get(path[:depth])) is not None:
                around.setExpanded(True)
        return self._rows.get(path)

    def go(self) -> None:
        """Show what is current on the canvas."""
        row = self.tree.currentItem()
        path = None if row is None else path_of(row) or path_of(row.parent())
        if path is not None:
            self._state.show_place(Place(path))


def path_of(row: QTreeWidgetItem | None) -> Path | None:
    """The path of a node's row; None for a row of a port."""
    text = row.data(0, PATH) if row is not None else None
    return tuple(str(text).split("\x1f")) if text else None
