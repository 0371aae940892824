"""The kinds of node to choose from: ranked by what was typed, filtered by the wire in the hand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from core.graph.model import Node, frozen
from core.specs.node import GROUPS, NodeSpec, PortKind, PortSpec
from core.specs.registry import Registry
from core.words import say
from studio.canvas.fitting import accepts
from studio.canvas.look import Side

ONLY_INSIDE = ("cell_input", "cell_output")
PART = 20  # points of a word that occurs within a name
NEVER = ("cell",)  # an own cell comes from packing a selection


def offered(registry: Registry, inside: bool) -> list[NodeSpec]:
    """What may be added here, by group and name. The doors of a cell only exist inside one."""
    order = {group: i for i, group in enumerate(GROUPS)}
    found = [s for s in registry.nodes.values() if s.kind not in NEVER and (inside or s.kind not in ONLY_INSIDE)]
    return sorted(found, key=lambda s: (order.get(s.group, 99), say(s.name).lower()))


def ranked(specs: Iterable[NodeSpec], typed: str) -> list[NodeSpec]:
    """Those that match what was typed in either language, best first; in their order where nothing was typed. Letters
    that merely occur in order count only where nothing else does."""
    words = plain(typed).split()
    scored = [(score(s, words), i, s) for i, s in enumerate(specs)]
    enough = PART if any(_each(s, words) >= PART for _, _, s in scored) else 1
    found = [(points, i, s) for points, i, s in scored if points > 0 and _each(s, words) >= enough]
    return [s for _, _, s in sorted(found, key=lambda t: (-t[0], t[1]))]


def _each(spec: NodeSpec, words: list[str]) -> int:
    """How well the worst met word is met."""
    return min((_word_score(spec, word) for word in words), default=100)


def score(spec: NodeSpec, words: list[str]) -> int:
    """How well every typed word is met: a name that begins so, a word in it, a keyword, a part, letters in order."""
    if not words:
        return 1
    points = [_word_score(spec, word) for word in words]
    return min(points) and sum(points)


def _word_score(spec: NodeSpec, word: str) -> int:
    here, names = plain(say(spec.name)), [*(plain(n) for n in spec.name), spec.kind]
    near = [plain(k) for k in spec.keywords] + [plain(g) for g in GROUPS.get(spec.group, ())]
    if word in (here, spec.kind):
        return 100
    if here.startswith(word):
        return 80
    if any(n.startswith(word) for n in names):
        return 70
    if any(part.startswith(word) for n in names for part in n.replace("_", " ").replace("-", " ").split()):
        return 60
    if any(k.startswith(word) for k in near):
        return 40
    if any(word in n for n in (*names, *near)):
        return PART
    return 5 if len(word) > 1 and any(_in_order(word, n) for n in names) else 0


def _in_order(word: str, name: str) -> bool:
    letters = iter(name)
    return all(c in letters for c in word)


def plain(text: str) -> str:
    """Lower case without accents, so that "perdida" finds "Pérdida"."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in apart if not unicodedata.combining(c))


def door_for(spec: NodeSpec, side: Side, kind: PortKind) -> PortSpec | None:
    """The port by which a new node takes the loose end of a wire held by its `side`."""
    inputs, outputs = spec.ports(spec.defaults())
    if side == "out":
        ready = [p for p in inputs if accepts(p.kind, kind)]
        return next((p for p in ready if not p.static), None) or next(iter(ready), None)
    return next((p for p in outputs if accepts(kind, p.kind)), None)


def fresh(spec: NodeSpec, id: str, at: tuple[float, float]) -> Node:
    """A new node of a kind. Library cells remember the body they were linked to."""
    return Node(id, spec.kind, params=frozen(), pin=spec.pin, at=at)
