"""Orders and cycles against networkx and brute force."""

from __future__ import annotations

import networkx
from hypothesis import assume, given
from hypothesis import strategies as st

from core.shapes.loops import cycle_among, drawing_order, loops
from core.shapes.unify import Sum, known, unify
from core.specs.sig import Dim

Links = set[tuple[int, int]]
LINKS = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20)
NODES = list(range(8))


def needs(links: Links):  # type: ignore[no-untyped-def]
    return lambda n: [a for a, b in sorted(links) if b == n]


@given(LINKS)
def test_loops_are_the_strongly_connected_groups(links: Links) -> None:
    graph = networkx.DiGraph(list(links))
    expected = {frozenset(c) for c in networkx.strongly_connected_components(graph) if len(c) > 1}
    expected |= {frozenset([a]) for a, b in links if a == b and not any(a in c for c in expected)}
    assert {frozenset(g) for g in loops(NODES, needs(links))} == expected


@given(LINKS)
def test_everything_comes_after_what_it_needs(links: Links) -> None:
    order, left = drawing_order(NODES, needs(links))
    assert sorted(order + left) == NODES
    place = {n: i for i, n in enumerate(order)}
    assert all(a in place and place[a] < place[b] for a, b in links if b in place)
    acyclic = networkx.is_directed_acyclic_graph(networkx.DiGraph(list(links)))
    assert (not left) == acyclic


@given(LINKS)
def test_a_cycle_among_those_left_is_one(links: Links) -> None:
    _, left = drawing_order(NODES, needs(links))
    assume(left)
    around = cycle_among(left, needs(links))
    assert all((a, b) in links for a, b in zip(around, [*around[1:], around[0]], strict=True))
    assert len(set(around)) == len(around)


def test_the_order_is_the_drawing_order_where_nothing_speaks_against_it() -> None:
    assert drawing_order(["c", "a", "b"], lambda n: [])[0] == ["c", "a", "b"]
    assert drawing_order(["c", "a", "b"], lambda n: ["b"] if n == "c" else [])[0] == ["a", "b", "c"]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 3), st.integers(1, 40))
def test_a_sum_with_one_unknown_is_solved_or_refused(parts: list[int], repeats: int, total: int) -> None:
    unknown = Dim()
    equation = Sum(total, (*parts, *[unknown] * repeats))
    solutions = [n for n in range(1, 41) if sum(parts) + repeats * n == total]
    if repeats:
        assert bool(equation.solve()) == bool(solutions)
        assert not solutions or known(unknown) == solutions[0]
    else:
        assert equation.solve() == (sum(parts) == total)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8), st.integers(1, 9))
def test_equal_sizes_are_equal_whatever_the_order(pairs: list[tuple[int, int]], value: int) -> None:
    dims = [Dim(str(i)) for i in range(6)]
    assert all(unify(dims[a], dims[b]) for a, b in pairs)
    assert unify(dims[0], value)
    together = networkx.node_connected_component(networkx.Graph([(0, 0), *pairs]), 0)
    assert [known(d) == value for d in dims] == [i in together for i in range(6)]
    assert not unify(dims[0], value + 1)
