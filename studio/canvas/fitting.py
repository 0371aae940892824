"""May this wire be drawn? Answered in words while the hand still holds it, from what the check already knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.graph.body import body_at
from core.graph.model import Graph, Port
from core.problems import filled, sentence
from core.shapes.fit import fits
from core.shapes.kinds import ACCEPTS
from core.specs.node import PortKind, PortSpec
from core.specs.registry import Registry
from core.specs.sig import Sig, SigKind
from core.words import Text
from studio.canvas.ports import end_name, node_name, ports_of

if TYPE_CHECKING:
    from studio.canvas.board import Board

KINDS: Mapping[str, Text] = {
    "features": Text("features (numbers)", "características (números)"),
    "tokens": Text("tokens (symbols)", "símbolos"),
    "scalar": Text("one number per step", "un número por paso"),
    "any": Text("anything", "cualquier cosa"),
}
HELP: Mapping[tuple[str, str], Text] = {
    ("tokens", "features"): Text(" Put an Embedding or One-hot between them.", " Ponga Embedding o One-hot en medio."),
    ("features", "tokens"): Text(
        " Only an input or a target gives tokens.", " Solo una entrada o un objetivo da símbolos."
    ),
}
CLOSES = Text(
    "Closes a loop: the wire will carry the value of the step before (z⁻¹).",
    "Cierra un ciclo: el cable llevará el valor del paso anterior (z⁻¹).",
)
LOOP = Text(
    "This makes a loop: {ring}. It needs a delay (z⁻¹) on this wire. {why} With Shift it is drawn with z⁻¹ all the same.",
    "Esto forma un bucle: {ring}. Necesita un retardo (z⁻¹) en este cable. {why} Con Mayús se dibuja igualmente con z⁻¹.",
)
WITH_IT = Text("With it: {words}", "Con él: {words}")
ALONE = Text(
    "But {to} takes one wire only, and the one that is there drives the loop: join both with Add or Concat before it.",
    "Pero {to} admite un solo cable, y el que está ahí alimenta el bucle: una antes los dos con Suma o Concatenar.",
)
TAKEN = Text("Replaces the wire that is there.", "Reemplaza el cable que está ahí.")
TWICE = Text("They are connected already.", "Ya están conectados.")
MOST_TRIED = 400
OF_THE_WIRE = ("wire.", "size.mismatch", "size.split", "size.sum", "axis.", "loop.over_time", "loop.empty")
"""What a wire itself can get wrong; other problems are only those of an unfinished drawing."""
Known = Mapping[str, Mapping[str, Sig]]


@dataclass(frozen=True)
class Verdict:
    """Whether a wire fits; `words` say why not, or what will happen. `delay` is what it must carry to be legal."""

    ok: bool
    words: Text = Text("", "")
    delay: int = 0
    many: bool = False
    soft: bool = False


def verdict(graph: Graph, source: Port, target: Port, registry: Registry, known: Known) -> Verdict:
    """Judge a wire from an output to an input of the graph shown. `known` are the signatures of output ports."""
    start, end = spec_of(graph, source, "out", registry), spec_of(graph, target, "in", registry)
    if start is None or end is None:
        return Verdict(False, Text("There is no such port.", "No existe ese puerto."))
    sig = known.get(source.node, {}).get(source.port)
    carried: PortKind = sig.kind if sig is not None else start.kind
    if not accepts(end.kind, carried):
        return Verdict(False, _wrong_kind(graph, source, target, carried, end.kind, registry))
    if end.static and sig is not None and sig.axes:
        return Verdict(False, _wrong_time(graph, target, sig, registry))
    if any(e.source == source for e in graph.into(target)):
        return Verdict(False, TWICE)
    if ring(graph, source, target):
        return Verdict(True, CLOSES, delay=1, many=end.many)
    return Verdict(True, TAKEN if graph.into(target) and not end.many else Text("", ""), many=end.many)


def tried(judged: Verdict, board: Board, source: Port, target: Port) -> Verdict:
    """The compiler's own answer for a wire that looked well: sizes and time axes too. `soft` where only those differ,
    which a person may want to mend afterwards."""
    if not judged.ok or len(board.document.graph.nodes) > MOST_TRIED:
        return judged
    problem = fits(board.document.graph, source, target, board.path, board.fields(), board.registry, judged.delay)
    taken = _taken(board, target) if judged.delay and not judged.many else False
    if problem is None or not problem.code.startswith((*OF_THE_WIRE, "loop.no_time") if taken else OF_THE_WIRE):
        return judged
    words = Text(
        f"{sentence(problem.message.en)} {problem.hint.en}", f"{sentence(problem.message.es)} {problem.hint.es}"
    )
    if judged.delay:
        words = _of_the_loop(board, source, target, words, taken)
    return Verdict(False, words, judged.delay, judged.many, soft=True)


def accepts(expected: PortKind, carried: PortKind) -> bool:
    """Whether a port of one kind takes a value of another; what is not known yet is given the benefit of the doubt."""
    if carried == "any":
        return True
    kind: SigKind = carried
    return kind in ACCEPTS[expected]


def spec_of(graph: Graph, port: Port, side: str, registry: Registry) -> PortSpec | None:
    node = graph.nodes.get(port.node)
    if node is None:
        return None
    inputs, outputs = ports_of(node, registry, graph)
    return next((p for p in (inputs if side == "in" else outputs) if p.name == port.port), None)


def ring(graph: Graph, source: Port, target: Port) -> tuple[str, ...]:
    """The nodes over which this step's value already goes from the wire's end to its start, where it does: without a
    delay the loop would never settle."""
    ahead: dict[str, list[str]] = {}
    for e in graph.edges.values():
        if not e.delay:
            ahead.setdefault(e.source.node, []).append(e.target.node)
    came, todo = {target.node: ""}, [target.node]
    while todo:
        here = todo.pop(0)
        if here == source.node:
            return _back(came, here)
        fresh = [n for n in dict.fromkeys(ahead.get(here, ())) if n not in came]
        came.update(dict.fromkeys(fresh, here))
        todo += fresh
    return ()


def _back(came: Mapping[str, str], last: str) -> tuple[str, ...]:
    way = [last]
    while came[way[-1]]:
        way.append(came[way[-1]])
    return tuple(reversed(way))


def _of_the_loop(board: Board, source: Port, target: Port, words: Text, taken: bool) -> Text:
    """That there would be a loop comes before what the compiler says of it: the hand may not have meant one."""
    graph, registry = _shown(board), board.registry
    around = ring(graph, source, target)
    names = [node_name(graph, id, registry) for id in (*around, around[0])]
    why = filled(ALONE, to=end_name(graph, target, "in", registry)) if taken else filled(WITH_IT, words=words)
    return filled(LOOP, ring=" → ".join(names), why=why)


def _taken(board: Board, target: Port) -> bool:
    return bool(_shown(board).into(target))


def _shown(board: Board) -> Graph:
    return body_at(board.document.graph, board.path, board.registry)


def _wrong_kind(
    graph: Graph, source: Port, target: Port, carried: PortKind, expected: PortKind, registry: Registry
) -> Text:
    said = Text(
        "{to} takes {expected}; {start} carries {got}.{help}", "{to} recibe {expected}; {start} lleva {got}.{help}"
    )
    ends = {"to": end_name(graph, target, "in", registry), "start": end_name(graph, source, "out", registry)}
    help = HELP.get((carried, expected), Text("", ""))
    return Text(
        said.en.format(**ends, expected=KINDS[expected].en, got=KINDS[carried].en, help=help.en),
        said.es.format(**ends, expected=KINDS[expected].es, got=KINDS[carried].es, help=help.es),
    )


def _wrong_time(graph: Graph, target: Port, sig: Sig, registry: Registry) -> Text:
    return filled(
        Text(
            "{to} is an initial value, without time; {got} arrives. Take its Last step first.",
            "{to} es un valor inicial, sin tiempo; llega {got}. Tome antes su último paso.",
        ),
        to=end_name(graph, target, "in", registry),
        got=sig.show(),
    )
