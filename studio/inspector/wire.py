"""The page of one wire: what it carries, how many steps late, and what it carries before its first value."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from core.graph.edit import remove, set_edge
from core.graph.model import Edge, Graph, Init, Path, Port
from core.specs.params import ParamSpec
from core.specs.sig import Sig
from core.words import Text, say
from studio.canvas.ports import end_name, ports_of, wire_name
from studio.canvas.ways import ALONG, offered, way_name
from studio.inspector.form import Form
from studio.inspector.node import probe_key
from studio.inspector.sections import section
from studio.parts import GAP, button, column, label, row
from studio.state import State

DELAY = ParamSpec(
    "delay", "int", 0, Text("Delay", "Retardo"),
    Text("Steps that a value arrives late. 0 carries this step's value; a loop needs at least 1.",
         "Pasos que el valor llega tarde. 0 lleva el valor de este paso; un lazo necesita al menos 1."),
    0, 10_000, unit="steps",
)  # fmt: skip
KINDS = (
    ("zeros", Text("Zeros", "Ceros")),
    ("learned", Text("Learned vector", "Vector aprendido")),
    ("fed", Text("Fed from a port", "Desde un puerto")),
)
INIT = ParamSpec(
    "init", "choice", "zeros", Text("Initial value", "Valor inicial"),
    Text("What the wire carries before its first value.", "Lo que lleva el cable antes de su primer valor."),
    choices=KINDS,
)  # fmt: skip
SOURCE = ParamSpec("source", "text", "", Text("Fed from", "Alimentado por"),
                   Text("A static value: one per sequence.", "Un valor estático: uno por secuencia."))  # fmt: skip


WAY = ParamSpec(
    "along", "choice", "", ALONG,
    Text("On a grid, which neighbour's value arrives; on a tree, which child's.",
         "En una rejilla, de qué vecino llega el valor; en un árbol, de qué hijo."),
)  # fmt: skip


class WirePage(QWidget):
    def __init__(self, state: State, path: Path, edge: Edge) -> None:
        super().__init__()
        self._state, self.path, self.id = state, path, edge.id
        graph = state.graph_at(path)
        self._delayed, self._fed = edge.delay > 0, edge.init.kind == "fed"
        self._sources = static_ports(state, graph)
        specs = [DELAY]
        self._ways = self._offered(edge)
        if self._ways:
            specs.append(WAY)
        if self._delayed:
            specs.append(INIT)
        if self._delayed and self._fed:
            specs.append(SOURCE)
        choices = {
            "init": [(k, say(t)) for k, t in KINDS if k != "fed" or self._sources or self._fed],
            "source": self._sources,
            "along": [(way, way_name(way)) for way in self._ways],
        }
        self._form = Form(specs, values(edge), state.tokens, state.settings.folder, choices)
        self._form.changed.connect(self._set)
        self._form.left.connect(state.document.close_merge)
        self._shape = label("", "mono", wrap=True)
        drop = button(say(Text("Delete the wire", "Borrar el cable")), self._drop)
        look = button(say(Text("Watch", "Observar")), self._watch, help=say(Text("Show what it carries over time", "Mostrar lo que lleva en el tiempo")))  # fmt: skip
        look.setObjectName("watch-wire")
        self.setLayout(
            column(
                label(say(Text("Wire", "Cable")), "title"),
                label(wire_name(graph, edge, state.registry), "muted", wrap=True),
                section(Text("Carries", "Lleva"), self._shape),
                section(Text("Time", "Tiempo"), self._form),
                row(look, drop, None),
                None,
                gap=GAP,
                margins=(12, 12, 12, 12),
            )
        )
        self.refresh()

    def same(self, path: Path, edge: Edge) -> bool:
        now = (path, edge.id, edge.delay > 0, edge.init.kind == "fed", self._offered(edge))
        return now == (self.path, self.id, self._delayed, self._fed, self._ways)

    def _offered(self, edge: Edge) -> tuple[str, ...]:
        return offered(self._sig(), edge.along) if edge.delay else ()

    def _sig(self) -> Sig | None:
        wire = next((w for w in self._state.checked.wires if w.path == self.path and w.edge == self.id), None)
        return wire.sig if wire is not None else None

    def refresh(self) -> None:
        edge = self._state.graph_at(self.path).edges.get(self.id)
        if edge is None:
            return
        self._form.show_values(values(edge))
        sig = self._sig()
        self._shape.setText(sig.show() if sig is not None else say(Text("not known yet", "aún no se sabe")))

    def _set(self, name: str, value: Any) -> None:
        id = self.id
        match name:
            case "delay":
                label_, change = DELAY.label, lambda g: set_edge(g, id, delay=int(value or 0))
            case "along":
                label_, change = ALONG, lambda g: set_edge(g, id, along=str(value or ""))
            case "init":
                init = self._init(str(value or "zeros"))
                label_, change = INIT.label, lambda g: set_edge(g, id, init=init)
            case _:
                node, _, port = str(value or "").partition("\x1f")
                label_, change = SOURCE.label, lambda g: set_edge(g, id, init=Init("fed", Port(node, port)))
        title = Text(f"Set {label_.en}", f"Cambiar {label_.es}")
        self._state.edit(title, change, f"{id}.{name}", self.path)

    def _init(self, kind: str) -> Init:
        if kind == "fed" and self._sources:
            node, _, port = self._sources[0][0].partition("\x1f")
            return Init("fed", Port(node, port))
        return Init("learned") if kind == "learned" else Init()

    def _watch(self) -> None:
        edge = self._state.graph_at(self.path).edges.get(self.id)
        if edge is not None:
            self._state.watch(probe_key((*self.path, edge.source.node), edge.source.port))

    def _drop(self) -> None:
        id = self.id
        self._state.edit(Text("Delete wire", "Borrar cable"), lambda g: remove(g, (), (id,)), "", self.path)


def values(edge: Edge) -> dict[str, Any]:
    fed = edge.init.source
    return {
        "delay": edge.delay,
        "along": edge.along,
        "init": edge.init.kind,
        "source": f"{fed.node}\x1f{fed.port}" if fed else "",
    }


def static_ports(state: State, graph: Graph) -> list[tuple[str, str]]:
    """Output ports that hold one value per sequence: what an initial value may be fed from."""
    found = []
    for node in graph.nodes.values():
        spec = state.registry.node(node.kind)
        for port in ports_of(node, state.registry, graph)[1]:
            static = port.static or (spec is not None and spec.role == "cell_input" and bool(node.params.get("static")))
            sig = state.checked.ports.get(((*state.selection.path, node.id), port.name))
            if static or (sig is not None and not sig.axes):
                at = Port(node.id, port.name)
                found.append((f"{at.node}\x1f{at.port}", end_name(graph, at, "out", state.registry)))
    return found
