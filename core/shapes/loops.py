"""Orders and cycles of the flat network: who must be worked out first, and which nodes feed themselves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from heapq import heappop, heappush
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def drawing_order(nodes: Sequence[N], needs: Callable[[N], Iterable[N]]) -> tuple[list[N], list[N]]:
    """The nodes, each after those it needs and else in drawing order; and those left over, in or behind a cycle."""
    rank = {n: i for i, n in enumerate(nodes)}
    waiting = {n: {m for m in needs(n) if m in rank} for n in nodes}
    users: dict[N, list[N]] = {}
    for n, wanted in waiting.items():
        for m in wanted:
            users.setdefault(m, []).append(n)
    ready = [rank[n] for n in nodes if not waiting[n]]
    order: list[N] = []
    while ready:
        done = nodes[heappop(ready)]
        order.append(done)
        for n in users.get(done, ()):
            waiting[n].discard(done)
            if not waiting[n]:
                heappush(ready, rank[n])
    placed = set(order)
    return order, [n for n in nodes if n not in placed]


def cycle_among(left: Sequence[N], needs: Callable[[N], Iterable[N]]) -> list[N]:
    """One cycle among nodes that each need another of them, in the direction the values flow."""
    inside = set(left)
    trail: dict[N, None] = {}
    here = left[0]
    while here not in trail:
        trail[here] = None
        here = next(m for m in needs(here) if m in inside)
    around = list(trail)
    return around[around.index(here) :][::-1]


def loops(nodes: Sequence[N], needs: Callable[[N], Iterable[N]]) -> list[list[N]]:
    """The strongly connected groups of more than one node, or of one that needs itself (Tarjan 1972, iterative)."""
    index: dict[N, int] = {}
    low: dict[N, int] = {}
    stack: list[N] = []
    on_stack: set[N] = set()
    found: list[list[N]] = []
    for root in nodes:
        if root in index:
            continue
        work = [(root, iter(tuple(needs(root))))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            step = next(rest, None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = _popped(stack, on_stack, node)
                    if len(group) > 1 or node in needs(node):
                        found.append(group)
            elif step not in index:
                index[step] = low[step] = len(index)
                stack.append(step)
                on_stack.add(step)
                work.append((step, iter(tuple(needs(step)))))
            elif step in on_stack:
                low[node] = min(low[node], index[step])
    return found


def _popped(stack: list[N], on_stack: set[N], last: N) -> list[N]:
    group: list[N] = []
    while not group or group[-1] != last:
        group.append(stack.pop())
        on_stack.discard(group[-1])
    return group
