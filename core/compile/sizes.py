"""Names for the sizes at the top of an emitted module: TEXT = 65, MEMORY = 256, and which value has which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.compile.names import Names
from core.compile.plan import Part, number
from core.compile.writer import Code, Writer, lit, name
from core.specs.ops import Op

SAME = frozenset(
    """identity sigmoid tanh relu leaky_relu elu gelu softplus softsign exp log abs square sqrt sin cos sign hard_sigmoid
    neg step atanh noise add sub mul div affine softmax log_softmax dropout layer_norm reverse last first mean_time max_time sum_time
    repeat delay""".split()  # noqa: SIM905
)


class Sizes:
    """Hands out a named constant, or a literal where a size has no name of its own, and remembers what was used."""

    def __init__(
        self, ops: Mapping[int, Op], parts: Mapping[str, Part], arguments: Mapping[int, str], axes: Iterable[str]
    ) -> None:
        names = Names("B", "T", "F", *axes)
        self._ops = ops
        self._values: dict[int, tuple[Code, int]] = {}
        self._parts: dict[str, tuple[Code, int]] = {}
        self._used: dict[Code, int] = {}
        for value, argument in arguments.items():
            constant = name(names.fresh(argument.rstrip("_").upper()))
            self._values[value] = (constant, number(ops[value].output.sig.size))
        for part in parts.values():
            if part.kind != "layer_norm":
                made = (name(names.fresh(part.name.rstrip("_").upper())), part.sizes[-1])
                self._parts[part.name] = made
                if part.makes is not None:
                    self._values[part.makes] = made

    def of(self, value: int) -> Code:
        """The size of a value."""
        found = self._find(value, set())
        return self._use(found) if found else lit(number(self._ops[value].output.sig.size))

    def out(self, part: Part) -> Code:
        """The size of what a part makes."""
        return self._use(self._parts[part.name]) if part.name in self._parts else lit(part.sizes[-1])

    def into(self, part: Part) -> Code:
        """The size of what a part reads."""
        widths = [number(self._ops[v].output.sig.size) for v in part.reads]
        if not part.reads or sum(widths) != part.sizes[0]:
            return lit(part.sizes[0])
        return Code(" + ".join(self.of(v) for v in part.reads))

    def write(self, out: Writer) -> None:
        """The constants that were used."""
        for constant, value in self._used.items():
            out.say("{c} = {v}", c=constant, v=lit(value))

    def _use(self, found: tuple[Code, int]) -> Code:
        self._used[found[0]] = found[1]
        return found[0]

    def _find(self, value: int, seen: set[int]) -> tuple[Code, int] | None:
        if value in self._values or value in seen:
            return self._values.get(value)
        seen.add(value)
        op = self._ops.get(value)
        for i in op.inputs if op is not None and op.name in SAME else ():
            found = self._find(i, seen)
            if found and op is not None and found[1] == op.output.sig.size:
                return found
        return None
