"""What the keys and menus do to the selection: each command is one pure edit of the level shown, one undo step."""

from __future__ import annotations

import json
from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication

from core.graph import edit
from core.graph.codec import read_graph, write_graph
from core.graph.edit import Names
from core.graph.fragment import extract, merge, paste, with_inputs
from core.graph.model import Frame, Graph, Port
from core.graph.mute import DOORS
from core.graph.pack import pack, unpack
from core.problems import Refused, filled
from core.shapes.flatten import no_bypass
from core.specs.called import name_of
from core.words import Text
from studio.canvas.board import Board
from studio.canvas.look import GRID
from studio.canvas.passage import hangs_on, pulled, without
from studio.canvas.ports import is_cell, ports_of
from studio.canvas.scene import Picked

FRAME_PAD = (24.0, 44.0)
NO_BYPASS = Text("{node} cannot be bypassed: {why}.", "{node} no se puede puentear: {why}.")
SMALL = Text(
    "What is selected shows nothing beyond its name, so it cannot be made smaller.",
    "Lo seleccionado no muestra más que su nombre, así que no se puede hacer más pequeño.",
)
NO_DRAWING = Text("The clipboard holds no drawing.", "El portapapeles no contiene un dibujo.")
NO_MUTE = Text(
    "The doors of a cell cannot be muted: without them it would be another cell.",
    "Las puertas de una celda no se silencian: sin ellas sería otra celda.",
)
PULL = Text("Pull out of the wire", "Sacar del cable")
NO_PULL = Text(
    "What is selected stands in no wire that could go on without it.",
    "Lo seleccionado no está en ningún cable que pueda seguir sin ello.",
)
LOST = Text(
    "Its wires could not be joined and went with it: what arrived does not fit what it fed.",
    "Sus cables no se podían unir y se fueron con él: lo que llegaba no encaja en lo que alimentaba.",
)


class Commands:
    """Acts on what is selected. `at` gives the place for pasted things (the mouse)."""

    def __init__(self, board: Board, at: Callable[[], QPointF]) -> None:
        self._board, self._scene, self._at = board, board.scene, at

    @property
    def _ids(self) -> frozenset[str]:
        return self._scene.picked.nodes | self._scene.picked.frames

    # clipboard

    def copy(self) -> None:
        if not self._ids:
            return
        QGuiApplication.clipboard().setText(json.dumps(write_graph(extract(self._board.graph, self._ids))))

    def cut(self) -> None:
        if self._ids:
            self.copy()
            self._delete(Text("Cut", "Cortar"))

    def paste(self) -> None:
        fragment = self._clipboard()
        if fragment is None:
            return
        at = self._at()
        place = (round(at.x() / GRID) * GRID, round(at.y() / GRID) * GRID)
        graph, ids = paste(self._board.graph, fragment, place)
        self._board.edit(Text("Paste", "Pegar"), lambda _: graph)
        self._pick(ids)

    def duplicate(self, with_wires: bool = False) -> None:
        """Copy what is selected; with `with_wires` the copies are fed from where the originals are."""
        if not self._ids:
            return
        graph = self._board.graph
        made, names = merge(graph, extract(graph, self._ids), (3 * GRID, 3 * GRID))
        made = with_inputs(made, names) if with_wires else made
        self._board.edit(Text("Duplicate", "Duplicar"), lambda _: made)
        self._pick((*names.values(), *(f for f in made.frames if f not in graph.frames)))

    def _clipboard(self) -> Graph | None:
        """The drawing on the clipboard. Text that is none is refused in words, never half pasted."""
        try:
            found = read_graph(json.loads(QGuiApplication.clipboard().text()))
            if found.nodes or found.frames:
                return found
            self._board.refuse(NO_DRAWING)
        except (ValueError, RecursionError):
            self._board.refuse(NO_DRAWING)
        except Refused as refused:
            self._board.message.emit(refused.problems[0])
        return None

    # come and go

    def delete(self) -> None:
        if self._scene.picked:
            self._delete(Text("Delete", "Borrar"))

    def _delete(self, label: Text) -> None:
        p = self._scene.picked
        self._board.edit(label, lambda g: edit.remove(g, p.nodes, p.wires, p.frames))

    def delete_keep_wires(self) -> None:
        """Take nodes away and join the wires on both sides where that says the same; else their wires go with them."""
        graph, lost = self._board.graph, []
        for id in self._scene.picked.nodes:
            between = hangs_on(graph, id)
            graph, joined = without(self._board, graph, id)
            lost += [id] if between and not joined else []
        if self._scene.picked.nodes:
            self._board.edit(Text("Delete and reconnect", "Borrar y reconectar"), lambda _: graph)
        if lost:
            self._board.refuse(LOST)

    def pull_out(self) -> None:
        """Take nodes out of their wires, which go on without them; they stand below, wired to nothing."""
        graph = self._board.graph
        out: list[str] = []
        for id in sorted(self._scene.picked.nodes):
            if (bridged := pulled(self._board, graph, id)) is not None:
                graph, out = bridged, [*out, id]
        if out:
            down = 2 * GRID + self._scene.content(out).height()
            places = {id: (graph.nodes[id].at[0], _snap(graph.nodes[id].at[1] + down)) for id in out}
            self._board.edit(PULL, lambda _: edit.move(graph, places))
        elif self._scene.picked.nodes:
            self._board.refuse(NO_PULL)

    def bypass(self) -> None:
        """Let nodes pass their input through, or stop doing so. What cannot be bypassed is left as it is, in words."""
        graph, chosen = self._board.graph, self._scene.picked.nodes
        why = {id: self.no_bypass(id) for id in chosen if not graph.nodes[id].bypass}
        ids = [id for id in chosen if why.get(id) is None]
        if ids:
            on = not all(graph.nodes[i].bypass for i in ids)
            self._board.edit(Text("Bypass", "Puentear"), lambda g: edit.set_flags(g, ids, bypass=on))
        for id, words in why.items():
            if words is not None:
                self._board.refuse(filled(NO_BYPASS, node=self._name(id), why=words), id)
                break

    def no_bypass(self, id: str) -> Text | None:
        """Why a node cannot be bypassed; None where it can."""
        graph = self._board.graph
        return no_bypass(*ports_of(graph.nodes[id], self._board.registry, graph))

    def mute(self) -> None:
        """Take nodes out of the model with their wires while they stay drawn, or bring them back."""
        graph, chosen = self._board.graph, self._scene.picked.nodes
        ids = [id for id in chosen if graph.nodes[id].kind not in DOORS]
        if ids:
            on = not all(graph.nodes[i].muted for i in ids)
            self._board.edit(Text("Mute", "Silenciar"), lambda g: edit.set_flags(g, ids, muted=on))
        elif chosen:
            self._board.refuse(NO_MUTE)

    def _name(self, id: str) -> str:
        node = self._board.graph.nodes[id]
        return name_of(node, self._board.registry.node(node.kind))

    def collapse(self) -> None:
        """Cards to their names, or all of them open again."""
        ids = {i for i in self._scene.picked.nodes if self._scene.nodes[i].look.shape == "card"}
        if ids:
            on = not all(self._board.graph.nodes[i].collapsed for i in ids)
            label = Text("Collapse", "Contraer") if on else Text("Open up", "Desplegar")
            self._board.edit(label, lambda g: edit.set_flags(g, ids, collapsed=on))
        elif self._scene.picked.nodes:
            self._board.refuse(SMALL)

    # cells and frames

    def pack(self) -> None:
        ids = self._ids
        if not self._scene.picked.nodes:
            return
        signals = {
            Port(node, port): sig.kind
            for node, found in self._scene.findings.ports.items()
            for port, sig in found.items()
        }
        graph, cell = pack(self._board.graph, ids, signals=signals)
        self._board.edit(Text("Group into a cell", "Agrupar en una celda"), lambda _: graph)
        self._pick((cell,))

    def unpack(self) -> None:
        graph, cells = self._board.graph, [i for i in self._scene.picked.nodes if self._is_cell(i)]
        out: tuple[str, ...] = ()
        for id in cells:
            graph, made = unpack(graph, id, self._board.registry)
            out += made
        self._board.edit(Text("Ungroup", "Desagrupar"), lambda _: graph)
        self._pick(out)

    def _is_cell(self, id: str) -> bool:
        return is_cell(self._board.graph.nodes[id], self._board.registry)

    def enter(self) -> None:
        cells = [i for i in self._scene.picked.nodes if self._is_cell(i)]
        if len(cells) == 1:
            self._board.enter(cells[0])

    def frame_selection(self) -> None:
        """Put a comment frame round what is selected, or an empty one at the mouse."""
        area, at = self._scene.content(self._scene.picked.nodes), self._at()
        side, head = FRAME_PAD
        where = (area.left() - side, area.top() - head) if self._scene.picked.nodes else (at.x(), at.y())
        size = (area.width() + 2 * side, area.height() + head + side) if self._scene.picked.nodes else (240.0, 160.0)
        id = Names(self._board.graph).take("frame")
        frame = Frame(id, "", (_snap(where[0]), _snap(where[1])), (_snap(size[0]), _snap(size[1])))
        self._board.edit(Text("Add a frame", "Añadir un marco"), lambda g: edit.put_frame(g, frame))
        self._scene.pick(Picked(frames=frozenset({id})))

    # selection

    def select_all(self) -> None:
        graph = self._board.graph
        self._scene.pick(Picked(frozenset(graph.nodes), frozenset(), frozenset(graph.frames)))

    def select_frame(self) -> None:
        """The smallest frame round what is selected, else the first; once more the next one."""
        boxes = {id: item.box for id, item in self._scene.frames.items()}
        if not boxes:
            self._board.refuse(Text("There is no comment frame here.", "Aquí no hay ningún marco."))
            return
        picked, ids = self._scene.picked, list(boxes)
        at = self._scene.content(picked.nodes).center()
        around = sorted((b.width() * b.height(), id) for id, b in boxes.items() if picked.nodes and b.contains(at))
        last = next((id for id in reversed(ids) if id in picked.frames), ids[-1])
        found = around[0][1] if around and not picked.frames else ids[(ids.index(last) + 1) % len(ids)]
        self._scene.pick(Picked(frames=frozenset({found})))

    def select_flow(self, ahead: bool) -> None:
        """Add everything that the selection feeds (ahead), or that feeds it."""
        import networkx as nx

        net: nx.DiGraph = nx.DiGraph()
        net.add_nodes_from(self._board.graph.nodes)
        net.add_edges_from((e.source.node, e.target.node) for e in self._board.graph.edges.values())
        reach = nx.descendants if ahead else nx.ancestors
        found = set(self._scene.picked.nodes).union(*(reach(net, id) for id in self._scene.picked.nodes))
        self._scene.pick(Picked(frozenset(found)))

    def _pick(self, ids: tuple[str, ...]) -> None:
        graph = self._board.graph
        nodes, frames = frozenset(i for i in ids if i in graph.nodes), frozenset(i for i in ids if i in graph.frames)
        self._scene.pick(Picked(nodes, frames=frames))


def _snap(value: float) -> float:
    return round(value / GRID) * GRID
