"""The sheet an ONNX graph is written on: fresh names, constants kept once, one nested sheet per Scan."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Sheet:
    """Nodes of one ONNX graph in order. A nested sheet shares names and constants with the one around it."""

    def __init__(self, around: Sheet | None = None) -> None:
        self.nodes: list[Any] = []
        self.around = around
        self._count: count[int] = around._count if around else count(1)
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = around._constants if around else {}
        self.initializers: list[Any] = around.initializers if around else []

    def fresh(self, stem: str) -> str:
        """With a dot, which no name of an input or output has."""
        return f"{stem}.{next(self._count)}"

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """One node with one output, whose name is given back."""
        return self.several(operator, inputs, 1, **attributes)[0]

    def several(self, operator: str, inputs: Sequence[str], outputs: int, **attributes: Any) -> tuple[str, ...]:
        from onnx import helper

        names = tuple(self.fresh(operator.lower()) for _ in range(outputs))
        self.nodes.append(helper.make_node(operator, list(inputs), list(names), **attributes))
        return names

    def constant(self, value: Array) -> str:
        """The name of a constant tensor; equal ones are stored once."""
        from onnx import numpy_helper

        key = (value.dtype.str, value.shape, value.tobytes())
        if key not in self._constants:
            self._constants[key] = self.fresh("constant")
            self.initializers.append(numpy_helper.from_array(np.array(value, order="C"), self._constants[key]))
        return self._constants[key]

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def number(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))
