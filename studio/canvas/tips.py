"""What a resting mouse is told: the equation's words, a port's shape, what is wrong. Names are escaped, never markup."""

from __future__ import annotations

import html

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolTip, QWidget

from core.problems import Problem
from core.specs.called import kind_name, name_of
from core.words import Text, say
from studio.canvas.board import Board
from studio.canvas.delay import START
from studio.canvas.fitting import KINDS
from studio.canvas.hit import Hit
from studio.canvas.ports import end_name, wire_name
from studio.canvas.signs import BYPASSED, MUTED, tag_of
from studio.canvas.ways import way_name

STATES = {
    BYPASSED: Text(
        "Bypassed: its first input passes through to its first output.",
        "Puenteado: su primera entrada pasa a su primera salida.",
    ),
    MUTED: Text(
        "Muted: as though it and its wires were not drawn.",
        "Silenciado: como si él y sus cables no estuvieran dibujados.",
    ),
}


def tip_of(widget: QWidget, board: Board, caught: Hit, at: QPoint) -> None:
    """Show the tip of what is under the mouse, or hide the one that is there."""
    lines = tip_lines(board, caught) + _carried(board, caught)
    body = "<br>".join(_plain(line) for line in lines)
    QToolTip.showText(at, f"<div style='max-width: 320px'>{body}</div>" if body else "", widget)


def tip_lines(board: Board, caught: Hit) -> list[str]:
    """The lines of a tip, as plain text."""
    if caught.kind == "port":
        return _port(board, caught)
    if caught.kind in ("node", "title"):
        return _node(board, caught.id)
    if caught.kind in ("wire", "chip", "point"):
        return _wire(board, caught.id)
    return []


def _carried(board: Board, caught: Hit) -> list[str]:
    """What ran through it, where a run is looked at."""
    if caught.kind in ("wire", "chip", "point"):
        source = board.graph.edges[caught.id].source
        return board.carried(source.node, source.port)
    return board.carried(caught.id, caught.port) if caught.kind == "port" and caught.side == "out" else []


def _node(board: Board, id: str) -> list[str]:
    node = board.graph.nodes[id]
    spec = board.registry.node(node.kind)
    kind = kind_name(node, spec)
    name = name_of(node, spec)
    head = [f"{name} · {kind}" if name != kind else kind]
    if spec is None and node.body is None:
        head.append(
            say(
                Text(
                    "This kind is not installed; its data is kept.",
                    "Este tipo no está instalado; se conservan sus datos.",
                )
            )
        )
    head += [say(STATES[tag])] if (tag := tag_of(node)) else []
    problems = _said(board.scene.findings.of_nodes.get(id, ()))
    return head + (problems or ([say(spec.help)] if spec is not None else []))


def _port(board: Board, caught: Hit) -> list[str]:
    mark = board.scene.nodes[caught.id].look.mark(caught.side, caught.port)
    if mark is None:
        return []
    sig = board.scene.findings.ports.get(caught.id, {}).get(caught.port) if caught.side == "out" else None
    if sig is None and caught.side == "in":
        sig = next((board.scene.findings.wires.get(e.id) for e in board.graph.into(caught.end)), None)
    notes = [say(KINDS[mark.spec.kind])]
    if mark.spec.many and caught.side == "in":
        notes.append(say(Text("takes several wires", "admite varios cables")))
    if mark.spec.optional:
        notes.append(say(Text("may stay unwired", "puede quedar sin cable")))
    head = f"{say(mark.spec.label)} ({caught.port})" if say(mark.spec.label) != caught.port else caught.port
    return [head, ", ".join(notes)] + ([sig.show()] if sig is not None else [])


def _wire(board: Board, id: str) -> list[str]:
    edge, graph = board.graph.edges[id], board.graph
    lines = [wire_name(graph, edge, board.registry)]
    sig = board.scene.findings.wires.get(id)
    if sig is not None:
        lines.append(sig.show())
    if edge.delay:
        back = Text("carries the value of {k} steps before", "lleva el valor de {k} pasos antes")
        lines.append(say(back, k=edge.delay) + (f", {way_name(edge.along)}" if edge.along else ""))
        if (fed := edge.init.source) is not None:
            lines.append(f"{say(START)}: {end_name(graph, fed, 'out', board.registry)}")
    return lines + _said(board.scene.findings.of_wires.get(id, ()))


def _said(problems: tuple[Problem, ...]) -> list[str]:
    return [line for p in problems[:3] for line in (say(p.message), say(p.hint)) if line]


def _plain(text: str) -> str:
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:400])
    return html.escape(shown)
