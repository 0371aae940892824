"""The level of the drawing that the canvas shows, and the one door through which the canvas edits it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.graph.body import body_at, inside
from core.graph.diff import diff
from core.graph.model import Graph, Path
from core.problems import Fix, Place, Problem
from core.project.document import Change, Document
from core.specs.fields import Fields
from core.specs.registry import Registry
from core.words import Text
from studio.canvas.ports import is_cell
from studio.canvas.scene import CanvasScene, Picked
from studio.theme import Theme

Edit = Callable[[Graph], Graph]
AskFields = Callable[[], Fields]
"""What the chosen data offers, asked when a wire is tried."""

Carried = Callable[[str, str], list[str]]
"""What an output of a node on this level carried in the run that is looked at, in words."""

Mend = Callable[[Fix], None]
"""Apply a repair, as one undo step, where what it was found for is still there."""


class Board(QObject):
    """Follows the document at a cell path. `message` carries a Problem or words already in the person's language."""

    path_changed = Signal(object)
    message = Signal(object)
    changing = Signal()  # the document is another one; the scene still shows the graph before
    shown = Signal()  # the scene shows the newest graph

    def __init__(self, document: Document, registry: Registry, tokens: Theme, fields: AskFields = Fields) -> None:
        super().__init__()
        self.fields = fields
        self.carried: Carried = lambda node, port: []
        self.mend: Mend = lambda fix: document.apply(fix.title, fix.apply(document.graph))
        self.document, self.registry = document, registry
        self.scene = CanvasScene(registry, tokens)
        self.path: Path = ()
        self._stop = document.subscribe(self._follow)
        self._show()

    def close(self) -> None:
        self._stop()

    @property
    def graph(self) -> Graph:
        return body_at(self.document.graph, self.path, self.registry)

    def edit(self, label: Text, change: Edit, merge: str = "") -> None:
        """One undo step on the level shown. Inside a library cell the first edit makes the project's own copy."""
        self.document.apply(label, inside(self.document.graph, self.path, change, self.registry), merge)

    def go(self, path: Path) -> None:
        """Show another level; as much of the path as exists."""
        path = self._existing(path)
        if path != self.path:
            self.path = path
            self.scene.pick(Picked())
            self._show()
            self.path_changed.emit(path)

    def enter(self, id: str) -> bool:
        """Go into a cell. False where the node has no body."""
        node = self.graph.nodes.get(id)
        if node is None or not is_cell(node, self.registry):
            return False
        self.go((*self.path, id))
        return True

    def leave(self) -> None:
        """Go out to where the cell stands, with the cell selected."""
        if self.path:
            cell = self.path[-1]
            self.go(self.path[:-1])
            self.scene.pick(Picked(nodes=frozenset({cell})))

    def borrowed(self) -> bool:
        """Whether the level shown belongs to the library, so that an edit makes an own copy."""
        graph = self.document.graph
        for step in self.path:
            node = graph.nodes[step]
            if node.body is None:
                return True
            graph = node.body
        return False

    def refuse(self, words: Text, node: str = "") -> None:
        """Say why something was not done."""
        where = Place(path=(*self.path, node) if node else self.path)
        self.message.emit(Problem("canvas.refused", words, where, severity="info"))

    def _follow(self, change: Change) -> None:
        self.changing.emit()
        path = self._existing(self.path)
        moved, before = path != self.path, self.scene.graph
        self.path = path
        self._show()
        if moved:
            self.path_changed.emit(path)
        elif change.travelled:
            self._pick_back(before, self.scene.graph)

    def _pick_back(self, before: Graph, now: Graph) -> None:
        """What undo and redo bring back is selected: the next key means it. A wire is, where nothing else would be."""
        came = diff(before, now)
        things = Picked(nodes=frozenset(came.added_nodes), frames=frozenset(came.added_frames))
        if things:
            self.scene.pick(things)
        elif not self.scene.picked:
            self.scene.pick(Picked(wires=frozenset(came.added_edges)))

    def _existing(self, path: Path) -> Path:
        for depth in range(len(path)):
            try:
                body_at(self.document.graph, path[: depth + 1], self.registry)
            except KeyError:
                return path[:depth]
        return path

    def _show(self) -> None:
        self.scene.show_graph(self.graph, self.path)
        self.shown.emit()
