"""The scene listens: it is shown one graph after another and keeps one item per node, wire and frame, by id.

It never writes. Gestures may shift items for a preview; the next graph shown puts everything where it belongs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Signal
from PySide6.QtWidgets import QGraphicsScene

from core.compile.program import Checked
from core.graph.diff import Diff, diff
from core.graph.model import Edge, Graph, Path, Port
from core.specs.registry import Registry
from core.specs.sig import Sig
from studio.canvas.findings import Findings, findings
from studio.canvas.frame import FrameItem
from studio.canvas.look import Looks, Side
from studio.canvas.node import NodeItem, Wired, around
from studio.canvas.places import Places
from studio.canvas.route import Route, forward
from studio.canvas.wire import HEAD, WireItem
from studio.canvas.wiring import Wiring
from studio.theme import Theme

NONE: frozenset[str] = frozenset()
ROOM = 2000.0  # of paper kept ready around the nodes
NO_SIGS: Mapping[str, Sig] = {}
ABOUT_WINDOW = (QEvent.Type.WindowActivate, QEvent.Type.WindowDeactivate)
UNWIRED: Wired = frozenset()


def _ends(graph: Graph) -> tuple[Mapping[str, Wired], Mapping[Port, str]]:
    """The ports of each node where wires are; and of each port's wires the first."""
    ends: dict[str, set[tuple[Side, str]]] = defaultdict(set)
    first: dict[Port, str] = {}
    for e in graph.edges.values():
        ends[e.source.node].add(("out", e.source.port))
        first.setdefault(e.source, e.id)
        ends[e.target.node].add(("in", e.target.port))
        if e.init.source is not None:
            ends[e.init.source.node].add(("out", e.init.source.port))
    return {id: frozenset(ports) for id, ports in ends.items()}, first


@dataclass(frozen=True)
class Picked:
    """What is selected, by id."""

    nodes: frozenset[str] = NONE
    wires: frozenset[str] = NONE
    frames: frozenset[str] = NONE

    def __bool__(self) -> bool:
        return bool(self.nodes or self.wires or self.frames)

    def __or__(self, other: Picked) -> Picked:
        return Picked(self.nodes | other.nodes, self.wires | other.wires, self.frames | other.frames)

    def __and__(self, other: Picked) -> Picked:
        return Picked(self.nodes & other.nodes, self.wires & other.wires, self.frames & other.frames)

    def __xor__(self, other: Picked) -> Picked:
        return Picked(self.nodes ^ other.nodes, self.wires ^ other.wires, self.frames ^ other.frames)

    def within(self, graph: Graph) -> Picked:
        """Only what is still there."""
        return Picked(
            frozenset(id for id in self.nodes if id in graph.nodes),
            frozenset(id for id in self.wires if id in graph.edges),
            frozenset(id for id in self.frames if id in graph.frames),
        )


class CanvasScene(QGraphicsScene):
    """Items by id for the graph it was last shown."""

    picked_changed = Signal(object)

    def __init__(self, registry: Registry, tokens: Theme) -> None:
        super().__init__()
        self.setSceneRect(-ROOM, -ROOM, 2 * ROOM, 2 * ROOM)
        self.registry, self.tokens = registry, tokens
        self.graph = Graph()
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[str, WireItem] = {}
        self.frames: dict[str, FrameItem] = {}
        self.picked = Picked()
        self.findings = Findings()
        self._path: Path = ()
        self._checked = Checked(())
        self._boxes: Places[str] = Places()
        self._looks = Looks(registry)
        self._wiring = Wiring(self.graph, self.nodes, self._boxes)
        self._wired: Mapping[str, Wired] = {}
        self._first_of: Mapping[Port, str] = {}
        self.form = 0  # counts changes of what is drawn, and of what is held: for whoever keeps a picture of it
        self.version = 0  # the same with how things are marked: selected, offered, dimmed
        self.held = Picked()  # what a hand is moving: shown elsewhere than the graph says

    def event(self, event: QEvent) -> bool:
        """Qt would tell each item that the window came to the front, or went. None wants to know."""
        return event.type() in ABOUT_WINDOW or super().event(event)

    # what is shown

    def show_graph(self, graph: Graph, path: Path) -> None:
        """Show a graph. Within one path only what differs is touched; another path starts anew."""
        if path != self._path:
            self._path = path
            self._follow(Graph())
            self.findings = findings(self._checked, path)
        self._follow(graph)
        self.pick(self.picked)

    def set_checked(self, checked: Checked) -> None:
        """Shapes on the wires, badges where something is wrong."""
        if checked is not self._checked:
            self._checked = checked
            self.findings = findings(checked, self._path)
            self._judge(self.nodes, self.wires)

    def _judge(self, nodes: Iterable[str], wires: Iterable[str]) -> None:
        """Tell items what was found about them."""
        found, heard = self.findings, False
        for id in nodes:
            heard |= self.nodes[id].judge(found.worst_of_node(id), found.ports.get(id, NO_SIGS))
        for id in wires:
            sig = found.wires.get(id)
            heard |= self.wires[id].judge(found.worst_of_wire(id), sig, self._kind(id, sig))
        if heard:
            self._touch()

    def glow(self, id: str, strength: float) -> None:
        """A node or a wire, where it still is, drawn to the eye."""
        if id in self.nodes:
            self.nodes[id].put(flash=strength)
        elif id in self.wires:
            self.mark_wire(id, flash=strength)

    def mark_wire(self, id: str, **state: object) -> None:
        """A wire in another paint state."""
        self.wires[id].put(**state)
        self.version += 1

    def set_theme(self, tokens: Theme) -> None:
        self.tokens = tokens
        items: tuple[NodeItem | WireItem | FrameItem, ...] = (
            *self.nodes.values(), *self.wires.values(), *self.frames.values())  # fmt: skip
        for item in items:
            item.set_theme(tokens)

    def remeasure(self) -> None:
        """Words have changed (another language): measure every node anew."""
        self._looks.forget()
        for item in self.nodes.values():
            item.show_node(item.node, self._looks.of(item.node, self.graph))
        self._wiring.moved(self.nodes)
        self._reroute(self.wires)

    def _follow(self, graph: Graph) -> None:
        change = diff(self.graph, graph)
        self.graph = graph
        self._hold(Picked())
        if not change:
            return
        for id in change.removed_edges:
            self.removeItem(self.wires.pop(id))
        for id in change.removed_nodes:
            self.removeItem(self.nodes.pop(id))
            self._boxes.drop(id)
        for id in change.removed_frames:
            self.removeItem(self.frames.pop(id))
        for id in (*change.added_frames, *change.changed_frames):
            self._put_frame(id)
        nodes = (*change.added_nodes, *change.changed_nodes)
        if change.rewires:
            self._wired, self._first_of = _ends(graph)
        for id in nodes:
            self._put_node(id)
        self._make_room(nodes)
        again = self._rewire(change, nodes).union(change.changed_edges).difference(change.added_edges)
        self._reroute((*change.added_edges, *again))  # new wires lie over each other in drawing order
        if self.findings:
            self._judge(change.added_nodes, change.added_edges)
        self._show_picked(
            self.picked & Picked(*map(frozenset, (change.added_nodes, change.added_edges, change.added_frames)))
        )

    def _make_room(self, nodes: Iterable[str]) -> None:
        """The scene's own rectangle, by which Qt sorts items to find them: wide around what is there, so that it seldom
        grows. Were it not set, Qt would measure everything to know it."""
        area = around(self.nodes[id] for id in nodes)
        if not self.sceneRect().contains(area):
            known = self.sceneRect() if self.graph.nodes.keys() - set(nodes) else QRectF()
            self.setSceneRect(known.united(area.adjusted(-ROOM, -ROOM, ROOM, ROOM)))

    def _rewire(self, change: Diff, nodes: Collection[str]) -> set[str]:
        """Learn which wires there are now; the ids of those that may run elsewhere for it."""
        if not change.rewires:
            self._wiring.graph = self.graph
            return self._wiring.moved(nodes)
        for id in nodes:
            self._boxes.put(id, self.nodes[id].box)
        before = self._wiring.inner
        self._wiring = Wiring(self.graph, self.nodes, self._boxes)
        self._mark_wired()
        return (before & self.graph.edges.keys()) | self._wiring.inner | self._wiring.at(nodes)

    def _touch(self) -> None:
        self.version += 1
        self.form += 1

    def _put_node(self, id: str) -> None:
        node = self.graph.nodes[id]
        look = self._looks.of(node, self.graph)
        item = self.nodes.get(id)
        if item is None:
            item = self.nodes[id] = NodeItem(node, look, self.tokens, self._wired.get(id, UNWIRED))
            self.addItem(item)
        else:
            item.show_node(node, look)

    def _put_frame(self, id: str) -> None:
        frame = self.graph.frames[id]
        if id in self.frames:
            self.frames[id].show_frame(frame)
        else:
            self.frames[id] = FrameItem(frame, self.tokens)
            self.addItem(self.frames[id])

    def _reroute(self, ids: Iterable[str]) -> None:
        self._touch()
        self._put_wires(ids)

    def _put_wires(self, ids: Iterable[str]) -> None:
        for id, (route, whole) in self._wiring.routes(ids).items():
            self._put_wire(id, route, whole)

    def _put_wire(self, id: str, route: Route, whole: bool) -> None:
        edge, kind = self.graph.edges[id], self._kind(id, self.findings.wires.get(id))
        item, fed = self.wires.get(id), edge.init.source
        start = None if fed is None or fed.node not in self.nodes else self.nodes[fed.node].anchor("out", fed.port)[0]
        speaks, quiet = self._first_of.get(edge.source) == id, self._quiet(edge)
        if item is not None:
            item.show_edge(edge, route, kind, start)
            if (item.loose, item.speaks, item.quiet) != (not whole, speaks, quiet):
                item.put(loose=not whole, speaks=speaks, quiet=quiet)
            return
        item = self.wires[id] = WireItem(edge, route, kind, self.tokens, start)
        item.loose, item.speaks, item.quiet = not whole, speaks, quiet
        self.addItem(item)

    def _quiet(self, edge: Edge) -> bool:
        return self.graph.nodes[edge.source.node].muted or self.graph.nodes[edge.target.node].muted

    def _kind(self, id: str, sig: Sig | None) -> str:
        """The kind a wire is coloured by: what was inferred, else what its port says."""
        if sig is not None:
            return sig.kind
        edge = self.graph.edges[id]
        mark = self.nodes[edge.source.node].look.mark("out", edge.source.port)
        return "any" if mark is None else mark.spec.kind

    def _mark_wired(self) -> None:
        for id, item in self.nodes.items():
            if item.wired != (wired := self._wired.get(id, UNWIRED)):
                item.put(wired=wired)
        for id, wire in self.wires.items():
            speaks = self._first_of.get(self.graph.edges[id].source) == id
            if wire.speaks != speaks:
                wire.put(speaks=speaks)

    # what is selected

    def pick(self, picked: Picked) -> None:
        """Select exactly this, as far as it is there: who asks may look at an older drawing."""
        picked = picked.within(self.graph)
        changed, self.picked = self.picked ^ picked, picked
        if changed:
            self._show_picked(changed)
            self.picked_changed.emit(picked)

    def _show_picked(self, some: Picked) -> None:
        """Show of these whether they are selected."""
        self.version += 1
        for id in some.nodes & self.nodes.keys():
            self.nodes[id].put(selected=id in self.picked.nodes)
        for id in some.wires & self.wires.keys():
            self.wires[id].put(selected=id in self.picked.wires)
        for id in some.frames & self.frames.keys():
            self.frames[id].put(selected=id in self.picked.frames)

    # previews of gestures

    def preview(self, shift: QPointF, nodes: Collection[str], frames: Collection[str] = ()) -> None:
        """Show nodes and frames as if they had been moved. Nothing is written; `put_back` ends it."""
        for id in nodes:
            x, y = self.graph.nodes[id].at
            self.nodes[id].stand(x + shift.x(), y + shift.y())
        for id in frames:
            self.frames[id].setPos(QPointF(*self.graph.frames[id].at) + shift)
        again = self._wiring.moved(nodes)
        self._put_wires(again)
        self._hold(self.held | Picked(frozenset(nodes), frozenset(again), frozenset(frames)))

    def put_back(self, nodes: Collection[str], frames: Collection[str] = ()) -> None:
        """Show nodes and frames where they are; the hand has let go."""
        self.preview(QPointF(), nodes, frames)
        self._hold(Picked())

    def _hold(self, held: Picked) -> None:
        """Pictures of the drawing leave out what a hand holds, so that they stay true while it moves."""
        if held != self.held:
            self.held = held
            self._touch()

    def preview_points(self, wire: str, points: tuple[tuple[float, float], ...]) -> None:
        """Show a wire as if it ran through these points."""
        edge, item = replace(self.graph.edges[wire], points=points), self.wires[wire]
        start = self.nodes[edge.source.node].anchor("out", edge.source.port)[0]
        end = self.nodes[edge.target.node].anchor("in", edge.target.port)[0]
        item.show_edge(edge, forward(start, end, [QPointF(*p) for p in points]), item.kind, item.fed)

    def bundle(self, wire: str) -> tuple[str, ...]:
        return self._wiring.bundle(wire)

    def standing(self, area: QRectF) -> set[str]:
        """The nodes whose boxes meet an area."""
        return self._boxes.within(area)

    def content(self, nodes: Collection[str] | None = None) -> QRectF:
        """The area that nodes (all, and all frames and wires, where None is given) cover."""
        if nodes is not None:
            return around(self.nodes[id] for id in nodes if id in self.nodes)
        area = around(self.nodes.values())
        for extra in self.frames.values():
            area = area.united(extra.box)
        inner = area.adjusted(HEAD, HEAD, -HEAD, -HEAD)  # where a wire's air lies inside too
        for wire in self.wires.values():
            if not inner.contains(wire.boundingRect()):
                area = area.united(wire.extent)
        return area

    def places(self) -> Mapping[str, tuple[float, float]]:
        """Where the node items stand: equal to the graph's places whenever no gesture is under way."""
        return {id: (item.x(), item.y()) for id, item in self.nodes.items()}
