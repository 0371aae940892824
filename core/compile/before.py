"""What a value is computed from, followed through the flat list of operations. It needs no graph library, so the window may
ask it on the way to its first paint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.specs.ops import Op


def before(ops: Sequence[Op], values: Iterable[int]) -> set[int]:
    """The values and everything they are computed from."""
    return reach({op.output.id: list(op.inputs) for op in ops}, values)


def reach(next_of: Mapping[int, Sequence[int]], values: Iterable[int]) -> set[int]:
    """The values and everything that follows from one to the next."""
    found: set[int] = set()
    todo = list(values)
    while todo:
        value = todo.pop()
        if value not in found:
            found.add(value)
            todo.extend(next_of.get(value, ()))
    return found
