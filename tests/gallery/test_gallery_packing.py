"""A selection grouped into a cell and ungrouped again leaves the compiled program as it was.

Compared are, for random selections of gallery projects: the names and shapes of all weights; the emitted lines, in whatever
order they stand (nodes come out of a cell behind the others, and lines follow the drawing's order); and, once nodes and
wires are put in their old order, the whole source byte for byte and the fingerprint by which kept runs know their model.
"""

import random
import re

import pytest

from core.graph.model import Edge, Graph, Port, frozen
from core.graph.pack import pack, unpack
from core.project.document import Document
from core.project.gallery import shipped
from core.session import Session
from core.specs.registry import default_registry

PROJECTS = (
    "adding-lstm", "char-lm-stacked", "dates-attention", "digit-names", "grid-both", "lstm-drawn", "mackey-scheduled",
    "names-language", "parity-jordan", "recall-jordan", "tag-future", "tree-parse", "words-lm",
)  # fmt: skip
EACH = 3


def signals(session: Session) -> dict[Port, str]:
    """What every output at the top carries, as the canvas tells the command."""
    found = session.checked().ports
    return {Port(path[0], port): sig.kind for (path, port), sig in found.items() if len(path) == 1}


def there_and_back(graph: Graph, chosen: list[str], of: dict[Port, str]) -> Graph:
    packed, cell = pack(graph, chosen, signals=frozen(of))
    assert cell in packed.nodes and not set(chosen) & packed.nodes.keys()
    return unpack(packed, cell, default_registry())[0]


def lines(source: str) -> list[list[str]]:
    """The words of each line, without the one that only takes any weight at hand for its device. Masks are named in the
    order of their use."""
    kept = (line for line in source.splitlines() if not line.strip().startswith("like = self."))
    return sorted(sorted(re.findall(r"\w+|\S", re.sub(r"\b(valid|length)(_\w+)?\b", r"\1", line))) for line in kept)


def ends(edge: Edge) -> tuple[object, ...]:
    return edge.source, edge.target, edge.delay, edge.init, edge.along


def as_drawn(graph: Graph, old: Graph) -> Graph:
    """With nodes and wires in the order, and wires under the ids, that they had."""
    wires = {ends(edge): edge for edge in graph.edges.values()}
    assert len(wires) == len(graph.edges) == len(old.edges)
    return Graph(
        frozen({id: graph.nodes[id] for id in old.nodes}),
        frozen({id: Edge(id, *ends(wires[ends(edge)])[:4], along=edge.along) for id, edge in old.edges.items()}),
        graph.frames,
    )


def program(session: Session, graph: Graph):
    from core.compile.pipeline import compile_graph

    return compile_graph(graph, session.fields()[0], session.registry)


@pytest.mark.parametrize("name", PROJECTS)
def test_grouping_and_ungrouping_leave_the_program_as_it_was(name):
    session, chance = Session(Document(shipped(name).project)), random.Random(name)
    graph, of = session.project.graph, signals(session)
    before = program(session, graph)
    for _ in range(EACH):
        chosen = sorted(chance.sample(sorted(graph.nodes), chance.randint(1, len(graph.nodes) - 1)))
        graph_after = there_and_back(graph, chosen, of)
        after = program(session, graph_after)
        assert {(w.name, w.shape) for w in after.weights} == {(w.name, w.shape) for w in before.weights}, chosen
        assert lines(after.source) == lines(before.source), chosen
        again = program(session, as_drawn(graph_after, graph))
        assert (again.source, again.hash) == (before.source, before.hash), chosen
