"""What a program is known by: the names of its outputs, the keys of its probes, its hash."""

from dataclasses import replace

import pytest

from core.compile.pipeline import check, compile_graph
from core.data.open import fields_of
from core.graph import edit
from core.graph.body import inside
from core.graph.codec import read_graph, write_graph
from core.graph.model import Frame, Graph, Node, Port, frozen
from core.problems import Refused
from core.project.gallery import shipped
from core.specs.registry import default_registry
from core.train.module import load_class, make

REGISTRY = default_registry()
PROJECT = shipped("hello").project
FIELDS = fields_of(REGISTRY, PROJECT.data)


def program(graph: Graph, mode="train"):
    return compile_graph(graph, FIELDS, REGISTRY, mode)


@pytest.mark.parametrize(
    ("name", "key"),
    [("", "shown"), ("Hidden State", "hidden_state"), ("'); exec('1", "exec_1"), ("ñ\n", "shown"), ("next", "next_2")],
)
def test_an_output_has_the_name_the_person_gave_it(name, key):
    graph = edit.add_node(PROJECT.graph, Node("shown", "output", params=frozen({"name": name})))
    graph = edit.connect(graph, Port("memory", "h"), Port("shown", "x"))
    both = [o.name for o in program(graph).outputs]
    assert sorted(both) == sorted({"next", "next_2"} if key == "next_2" else {"next", key})


def test_the_hash_is_of_the_model_and_not_of_its_layout():
    graph = PROJECT.graph
    memory = replace(graph.nodes["memory"], title="La memoria", collapsed=True)
    tidy = edit.put_frame(edit.move(edit.put_node(graph, memory), {"scores": (1.0, 2.0)}), Frame("f", "note"))
    wire = next(iter(tidy.edges))
    tidy = edit.set_edge(tidy, wire, points=((1.0, 1.0),))
    assert tidy != graph and program(tidy).hash == program(graph).hash
    assert program(edit.set_params(graph, "memory", units=5)).hash != program(graph).hash
    assert program(edit.set_flags(graph, ["memory"], bypass=True)).hash != program(graph).hash


def test_what_is_muted_is_as_though_it_were_not_drawn():
    graph = edit.add_node(PROJECT.graph, Node("extra", "tanh"))
    graph = edit.connect(graph, Port("memory", "h"), Port("extra", "x"))
    graph = edit.add_node(graph, Node("more", "output"))
    graph = edit.connect(graph, Port("extra", "y"), Port("more", "x"))
    muted = edit.set_flags(graph, ["extra", "more"], muted=True)
    without = program(PROJECT.graph)
    assert program(graph).source != without.source
    assert (program(muted).source, program(muted).hash) == (without.source, without.hash)
    assert read_graph(write_graph(muted)) == muted
    alone = check(edit.set_flags(graph, ["extra"], muted=True), FIELDS, REGISTRY)
    assert [p.code for p in alone.problems if p.severity == "error"] == ["wire.missing"]


def test_muting_reaches_into_cells_but_not_their_doors():
    body = chain("tanh")
    graph = edit.add_node(PROJECT.graph, Node("c", "cell", body=body))
    graph = edit.connect(graph, Port("memory", "h"), Port("c", "p" * 200))
    graph = edit.connect(graph, Port("c", "q" * 200), Port("scores", "x"))
    doors = inside(graph, ("c",), lambda g: edit.set_flags(g, ["p" * 200, "q" * 200], muted=True))
    assert program(doors).source == program(graph).source
    deaf = inside(graph, ("c",), lambda g: edit.set_flags(g, ["c" * 200], muted=True))
    with pytest.raises(Refused, match=r"wire\.missing"):
        program(deaf)


def test_the_deepest_cell_with_the_longest_names_has_its_probes():
    """A key is the whole way to a node: sixteen cells, each called as long as a file allows."""
    body = chain("tanh")
    for _ in range(14):
        body = chain("cell", body)
    graph = edit.add_node(PROJECT.graph, Node("c" * 200, "cell", body=body))
    graph = edit.connect(graph, Port("memory", "h"), Port("c" * 200, "p" * 200))
    graph = edit.connect(graph, Port("c" * 200, "q" * 200), Port("scores", "x"))
    twin = program(graph, "twin")
    assert max(len(p.key) for p in twin.probes) > 700
    load_class(twin)()


def chain(kind: str, body: Graph | None = None) -> Graph:
    """A cell that passes its input through one node."""
    node = Node("c" * 200, kind, body=body)
    into, out = ("p" * 200, "q" * 200) if body is not None else ("x", "y")
    graph = Graph()
    for each in (Node("p" * 200, "cell_input"), node, Node("q" * 200, "cell_output")):
        graph = edit.add_node(graph, each)
    graph = edit.connect(graph, Port("p" * 200, "x"), Port(node.id, into))
    return edit.connect(graph, Port(node.id, out), Port("q" * 200, "x"))


@pytest.mark.parametrize("rule", ["fan_in", "xavier_uniform", "xavier_normal", "orthogonal", "identity"])
def test_a_gain_of_zero_starts_at_zero(rule):
    graph = edit.set_params(PROJECT.graph, "scores", init=rule, init_gain=0.0)
    assert not make(program(graph)).get_parameter("scores.weight").any()
