"""The page of one node: title, parameters, what is wrong with it, its ports with shapes, equation and help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QToolButton, QWidget

from core.compile.program import Program
from core.graph.edit import put_node, rename, set_params
from core.graph.model import Node, Path
from core.specs.called import kind_name
from core.specs.node import GROUPS
from core.words import Text, grouped, say, worded
from studio.canvas.ports import ports_of
from studio.inspector.equation import Equation
from studio.inspector.form import Form
from studio.inspector.sections import Dot, TitleLine, ports_list, section
from studio.inspector.sizes import size_note
from studio.inspector.uses import elsewhere
from studio.panels.problemcard import ProblemCard
from studio.parts import GAP, button, clear, column, label, listen, row, tool
from studio.state import State

IN, OUT = Text("Open the cell", "Abrir la celda"), Text("Leave the cell", "Salir de la celda")
ONLY = Text("It stands here only.", "Solo está aquí.")
ALSO = Text("It also stands at {p}; what you change in here changes this one alone.", "También está en {p}; lo que se cambia aquí solo cambia esta.")  # fmt: skip
ONLY_FIELD = Text("{f} · the only one that fits", "{f} · el único que sirve")
NO_FIELD = Text("none chosen", "ninguno elegido")
MANY = 6  # other places that are listed


class NodePage(QWidget):
    """Built once per selected node; `refresh` shows new values, shapes and problems in place. A cell has the same page
    while one is `inside` it: then it says where else it stands, and leads out instead of in."""

    def __init__(self, state: State, path: Path, node: Node, inside: bool = False) -> None:
        super().__init__()
        self._state, self.path, self._node, self.inside = state, path, node, inside
        self.spec = state.registry.node(node.kind)
        self._inputs, self._outputs = ports_of(node, state.registry, state.graph_at(path[:-1]))
        self._title = TitleLine(worded(node.title), kind_name(node, self.spec), self._rename)
        self._form = self._make_form()
        self._problems = column(gap=GAP // 2)
        self._ports = column(gap=GAP)
        self._facts, self._others = label("", "muted", wrap=True), label("", "muted", wrap=True)
        parts: list[QWidget] = [self._head()]
        content = column(*parts, self._problems, gap=GAP, margins=(12, 12, 12, 12))
        if self._form is not None:
            content.addWidget(section(Text("Parameters", "Parámetros"), self._form))
        if node.body is not None or (self.spec is not None and self.spec.body is not None):
            content.addWidget(self._body_section())
        content.addLayout(self._ports)
        content.addWidget(self._facts)
        content.addLayout(self._about())
        content.addStretch(1)
        self.setLayout(content)
        listen(state.watched, self, self._show_eyes)
        self.refresh()

    def refresh(self) -> None:
        """Show the node as it is now."""
        node = self._state.graph_at(self.path[:-1]).nodes.get(self.path[-1])
        if node is None:
            return
        self._node = node
        self._title.show_text(worded(node.title))
        if self._form is not None:
            self._form.show_values(node.params)
            for param in self.spec.params if self.spec is not None else ():
                self._form.show_note(param.name, size_note(self._state, self.path, node, param))
        self._show_problems()
        self._show_ports()
        self._facts.setText(facts(self._state.program, self.path))
        self._facts.setVisible(bool(self._facts.text()))
        self._show_others(node)

    def same(self, path: Path, node: Node) -> bool:
        """Whether this page can go on showing that node."""
        ports = ports_of(node, self._state.registry, self._state.graph_at(path[:-1]))
        bound = {n for n, v in node.params.items() if not isinstance(v, (bool, int, float, str))}
        old = {n for n, v in self._node.params.items() if not isinstance(v, (bool, int, float, str))}
        return (
            path == self.path
            and node.kind == self._node.kind
            and ports == (self._inputs, self._outputs)
            and bound == old
            and (node.body is None) == (self._node.body is None)
            and self._field_choices() == self._fields
        )

    def _head(self) -> QWidget:
        tokens = self._state.tokens
        group = self.spec.group if self.spec else "cell" if self._node.body is not None else "structure"
        kind = kind_name(self._node, self.spec)
        under = row(Dot(tokens.group(group), square=True), label(f"{say(GROUPS[group])} · {kind}", "muted"), None)
        made = QWidget()
        made.setLayout(column(self._title, under, gap=2))
        return made

    def _make_form(self) -> Form | None:
        self._fields = self._field_choices()
        if self.spec is None or not self.spec.params:
            return None
        settings = self._state.settings
        choices = {"field": self._fields} if self._fields else {}
        form = Form(self.spec.params, self._node.params, self._state.tokens, settings.folder, choices,
                    settings.advanced, lambda on: setattr(settings, "advanced", on))  # fmt: skip
        form.changed.connect(self._set)
        form.left.connect(self._state.document.close_merge)
        return form

    def _field_choices(self) -> Sequence[tuple[str, str]]:
        """The data's fields, for nodes that name one; first what is read where none is named."""
        if self.spec is None or self.spec.role not in ("input", "target") or self.spec.param("field") is None:
            return ()
        kinds = {p.kind for p in self.spec.outputs}
        there = [f for f in self._state.verdict.fields.items if "any" in kinds or f.sig.kind in kinds]
        if not there:
            return ()
        fit = [f.name for f in there if f.target == (self.spec.role == "target")]
        alone = say(ONLY_FIELD, f=fit[0]) if len(fit) == 1 else say(NO_FIELD)
        return (("", alone), *((f.name, f.name) for f in there))

    def _set(self, name: str, value: Any) -> None:
        spec = self.spec.param(name) if self.spec else None
        what = say(spec.label) if spec else name
        title = Text(f"Set {spec.label.en if spec else name}", f"Cambiar {spec.label.es if spec else name}")
        id = self.path[-1]
        kept = None if spec is not None and value == spec.default else value
        self._state.edit(title, lambda g: set_params(g, id, **{name: kept}), f"{id}.{name}", self.path[:-1])
        self._state.status.emit(f"{what}: {value if value is not None else say(Text('default', 'por defecto'))}")

    def _rename(self, title: str) -> None:
        id = self.path[-1]
        self._state.edit(Text("Rename", "Renombrar"), lambda g: rename(g, id, title), "", self.path[:-1])

    def _body_section(self) -> QWidget:
        own = self._node.body is not None
        words = (
            Text("This cell has its own drawing in this project.", "Esta celda tiene su propio dibujo en este proyecto.")
            if own
            else Text("Drawn in the library; editing it makes a copy for this project.", "Dibujada en la biblioteca; al editarla se hace una copia para este proyecto.")
        )  # fmt: skip
        way, to = (OUT, self.path[:-1]) if self.inside else (IN, self.path)
        through = button(say(way), lambda: self._state.enter.emit(to))
        through.setObjectName("through")
        buttons = row(through)
        if own and self.spec is not None and self.spec.body is not None:
            buttons.addWidget(button(say(Text("Back to the library's", "Volver a la biblioteca")), self._unlink))
        buttons.addStretch(1)
        return section(Text("Inside", "Interior"), label(say(words), "muted", wrap=True), self._others, buttons)

    def _show_others(self, node: Node) -> None:
        """Where else the same cell stands, while one is in it."""
        others = elsewhere(self._state.document.graph, self.path, node, self._state.registry) if self.inside else []
        some = ", ".join(others[:MANY]) + (" …" if len(others) > MANY else "")
        self._others.setText(say(ALSO, p=some) if others else say(ONLY) if self.inside else "")
        self._others.setVisible(self.inside)

    def _unlink(self) -> None:
        id = self.path[-1]
        self._state.edit(Text("Use the library's drawing", "Usar el dibujo de la biblioteca"),
                         lambda g: put_node(g, replace(g.nodes[id], body=None)), "", self.path[:-1])  # fmt: skip

    def _show_problems(self) -> None:
        problems = self._state.problems_at(self.path)
        if problems == getattr(self, "_told", None):
            return
        self._told = problems
        clear(self._problems)
        for problem in problems[:5]:
            self._problems.addWidget(ProblemCard(problem, self._state.tokens, self._state.mend))

    def _show_ports(self) -> None:
        shapes = {**self._incoming(), **self._outgoing()}
        if shapes == getattr(self, "_shapes", None):
            return
        self._shapes = shapes
        clear(self._ports)
        for title, ports, side in (
            (Text("Inputs", "Entradas"), self._inputs, "in"),
            (Text("Outputs", "Salidas"), self._outputs, "out"),
        ):
            if ports:
                watch = self._watch if side == "out" else None
                list_ = ports_list(ports, lambda name, s=side: shapes.get((s, name), ""), self._state.tokens, watch)
                self._ports.addWidget(section(title, list_))
        self._show_eyes()

    def _watch(self, port: str) -> None:
        self._state.watch(probe_key(self.path, port))
        self._show_eyes()  # a click on an open eye does not close it

    def _show_eyes(self) -> None:
        """Open where the charts look."""
        for port in self._outputs:
            for eye in self.findChildren(QToolButton, f"eye-{port.name}"):
                eye.setChecked(self._state.key == probe_key(self.path, port.name))

    def _outgoing(self) -> dict[tuple[str, str], str]:
        found = self._state.checked.ports
        return {("out", p.name): found[self.path, p.name].show() for p in self._outputs if (self.path, p.name) in found}

    def _incoming(self) -> dict[tuple[str, str], str]:
        mine = [w for w in self._state.checked.wires if w.path == self.path[:-1] and w.target.node == self.path[-1]]
        return {("in", w.target.port): w.sig.show() for w in mine}

    def _about(self) -> Any:
        made = column(gap=GAP)
        if self.spec is None and self._node.body is not None:
            return made
        if self.spec is None:
            unknown = Text("This kind of node is not installed here. Its data is kept.", "Este tipo de nodo no está instalado aquí. Sus datos se conservan.")  # fmt: skip
            made.addWidget(label(say(unknown), "muted", wrap=True))
            return made
        if self.spec.equation:
            self.equation = Equation(self.spec.equation, self._state.tokens, self._state.background)
            copy = tool(self._state.tokens, "copy", say(Text("Copy the equation as LaTeX", "Copiar la ecuación como LaTeX")), self._copy, 14)  # fmt: skip
            made.addWidget(section(Text("Equation", "Ecuación"), row(self.equation, copy)))
        if any(self.spec.help):
            made.addWidget(section(Text("About", "Acerca de"), label(say(self.spec.help), "", wrap=True, select=True)))
        return made

    def _copy(self) -> None:
        from PySide6.QtGui import QGuiApplication

        QGuiApplication.clipboard().setText(self.spec.equation if self.spec else "")


def probe_key(path: Path, port: str) -> str:
    """How the probes name an output port (ProbePoint.key)."""
    return "/".join(path) + "." + port


def facts(program: Program | None, path: Path) -> str:
    """Number of parameters at a node and inside it, and whether it runs as one fused kernel."""
    if program is None:
        return ""
    count = 0
    for weight in program.weights:
        if weight.path[: len(path)] == path and weight.trainable:
            size = 1
            for n in weight.shape:
                size *= n
            count += size
    fused = program.fused.get(path, "")
    parts = [say(Text("{n} parameters", "{n} parámetros"), n=grouped(count))] if count else []
    if fused:
        parts.append(say(Text("runs as one fused {k}", "corre como un solo {k} fusionado"), k=fused))
    return " · ".join(parts)
