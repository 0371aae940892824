"""The whole model as one ONNX file: inputs by name, free batch and time, an optional input for lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.compile.fuse import Fused, fuse
from core.compile.names import Names
from core.compile.plan import Flow, FusedStep, PackedStep, Result, ScanStep, WeightKey, number, weight_key
from core.compile.program import Argument, Program
from core.compile.specialise import specialise
from core.compile.split import Split
from core.export.hears import refuse_teachers
from core.export.mark import MARK
from core.export.onnx.recurrent import write_recurrent
from core.export.onnx.rules import write_op
from core.export.onnx.scan import write_scan
from core.export.onnx.sheet import Array, Sheet
from core.export.onnx.timewise import RULES as TIME
from core.export.onnx.timewise import masked, write_time
from core.export.onnx.value import Tensor
from core.export.symbols import written
from core.problems import Place, Problem, Refused
from core.specs.ops import Op, Weight
from core.words import Text

OPSET = 18
IR = 8
FULL = 2**31 - 1  # the length of a sequence of which nothing else was said


def lengths_name(axis: str) -> str:
    """The optional input (B,) with the true lengths along an axis."""
    return f"lengths_{axis}"


def model_bytes(program: Program, weights: Mapping[WeightKey, Array]) -> bytes:
    """The serialised model. `weights` are the drawn parameters, float32. Raises Refused for what ONNX cannot say."""
    return bytes(Model(program, weights).proto().SerializeToString())


class Model:
    """One export in the making; the Room that rules see."""

    def __init__(self, program: Program, weights: Mapping[WeightKey, Array]) -> None:
        self.sheet = Sheet()
        self._program, self._weights = program, weights
        self._known: dict[int, Tensor] = {}
        self._asked: dict[tuple[str, str], str] = {}
        self._inputs: dict[str, Argument] = {a.field.name: a for a in program.inputs}
        self._axes = tuple(dict.fromkeys(axis for a in program.inputs for axis in a.field.sig.axes))

    def proto(self) -> Any:
        """The checked model."""
        import onnx
        from onnx import helper

        refuse_teachers(self._program, "ONNX")
        flow = forward(self._program)
        _refuse_shapes(flow)
        fused = fuse(flow, Names())
        self._weights = {**pieces(fused.split, self._weights), **self._weights}
        self._write(fused)
        outputs = [self._output(n, o.name) for n, o in zip(flow.results, self._program.outputs, strict=True)]
        graph = helper.make_graph(
            self.sheet.nodes, "model", self._declared(), outputs, [*self.sheet.initializers, *self._defaults()]
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR, producer_name=MARK
        )
        helper.set_model_props(model, {"symbols": written(self._program)})
        onnx.checker.check_model(model, full_check=True)
        return model

    # what rules may ask for

    def weight(self, weight: Weight) -> Array:
        return self._weights[weight_key(weight)]

    def batch(self) -> str:
        return self._once("batch", "", lambda: self._dimension(next(iter(self._inputs.values())).name, 0))

    def time(self, axis: str) -> str:
        owner = next(a for a in self._inputs.values() if axis in a.field.sig.axes)
        return self._once("time", axis, lambda: self._dimension(owner.name, 1 + owner.field.sig.axes.index(axis)))

    def lengths(self, axis: str) -> str:
        def make() -> str:
            shortest = self.sheet.add("Min", lengths_name(axis), self.time(axis))
            return self.sheet.add("Expand", shortest, self.batch())

        return self._once("lengths", axis, make)

    def mask(self, axis: str) -> str:
        def make() -> str:
            sheet = self.sheet
            zero, one = sheet.constant(np.array(0, np.int64)), sheet.constant(np.array(1, np.int64))
            end = sheet.add("Squeeze", self.time(axis), sheet.integers(0))
            steps = sheet.add("Range", zero, end, one)
            return sheet.add("Less", steps, sheet.add("Unsqueeze", self.lengths(axis), sheet.integers(1)))

        return self._once("mask", axis, make)

    def _once(self, what: str, axis: str, make: Any) -> str:
        if (what, axis) not in self._asked:
            self._asked[what, axis] = make()
        return self._asked[what, axis]

    def _dimension(self, name: str, at: int) -> str:
        return self.sheet.add("Shape", name, start=at, end=at + 1)

    # the steps

    def _write(self, fused: Fused) -> None:
        by_id = {op.output.id: op for op in fused.ops}
        for step in fused.steps:
            match step:
                case FusedStep():
                    sources = [self._known[v] for v in step.sources]
                    starts = [(op, self._fed(op)) for op in step.delays]
                    found = fused.matches[step.module]
                    name, end = write_recurrent(self, step, found, sources, starts, self._weights)
                    self._known[step.hidden] = Tensor(name, by_id[step.hidden].output.sig)
                    self._known |= {v: Tensor(end, by_id[v].output.sig) for v in step.ended}
                case ScanStep():
                    fed = {op.output.id: self._fed(op) for op in step.delays}
                    for value, name in write_scan(self, step, self._known, fed).items():
                        self._known[value] = Tensor(name, by_id[value].output.sig)
                case PackedStep():
                    for op in step.ops:
                        self._vector(op)
                case _:
                    self._vector(step.op)

    def _vector(self, op: Op) -> None:
        inputs: Sequence[Tensor] = [self._known[i] for i in op.inputs]
        if op.name == "input":
            name = self._inputs[str(op.attrs["field"])].name
        elif op.name in TIME:
            name = write_time(self, op, inputs)
        else:
            name = write_op(self, op, inputs)
        self._known[op.output.id] = Tensor(name, op.output.sig)

    def _fed(self, op: Op) -> Sequence[Tensor]:
        """A delay reads its loop, which is not known yet, then what it starts from, which is."""
        return [Tensor("", op.output.sig), *(self._known[i] for i in op.inputs[1:])]

    # the frame

    def _declared(self) -> list[Any]:
        from onnx import helper

        out = []
        for a in self._program.inputs:
            sig = a.field.sig
            shape: list[Any] = ["B", *sig.axes, *([number(sig.size)] if sig.kind == "features" else [])]
            out.append(helper.make_tensor_value_info(a.name, 7 if sig.kind == "tokens" else 1, shape))
        return out + [helper.make_tensor_value_info(lengths_name(x), 7, [f"lengths of {x}"]) for x in self._axes]

    def _defaults(self) -> list[Any]:
        """Lengths that nobody gives are full: an initializer that an input of the same name overrides."""
        from onnx import numpy_helper

        return [numpy_helper.from_array(np.array([FULL], np.int64), lengths_name(axis)) for axis in self._axes]

    def _output(self, result: Result, name: str) -> Any:
        from onnx import helper

        x = self._known[result.value]
        clean = x.name
        for axis in x.sig.axes:
            clean = masked(self, Tensor(clean, x.sig), axis)
        self.sheet.nodes.append(helper.make_node("Identity", [clean], [name]))
        shape: list[Any] = ["B", *x.sig.axes, *([x.size] if x.sig.kind == "features" else [])]
        return helper.make_tensor_value_info(name, 7 if x.sig.kind == "tokens" else 1, shape)


def _refuse_shapes(flow: Flow) -> None:
    """Grids and trees run level by level, which ONNX's Scan cannot say. Raises Refused."""
    for op in flow.ops:
        if op.name == "delay" and op.attrs.get("along"):
            grid = str(op.attrs["along"]) in op.output.sig.axes
            en, es = ("a grid", "una rejilla") if grid else ("a tree", "un árbol")
            raise Refused(
                Problem(
                    "export.onnx_shape",
                    Text(f"A recurrence over {en} cannot be written as ONNX.", f"Una recurrencia sobre {es} no se puede escribir en ONNX."),
                    Place(path=op.path, label="/".join(op.path)),
                    Text("Export the model as source: it runs with torch alone.",
                         "Exporte el modelo como fuente: funciona solo con torch."),
                    got=op.output.sig.show(),
                )
            )  # fmt: skip


def forward(program: Program) -> Flow:
    """The live ops that lead to the program's outputs, in its order of outputs; the loss part is left out."""
    ports = {(o.path, o.port): o.value for o in program.outputs}
    flow = specialise(program.ops, ports, tuple(ports))
    results = tuple(Result(flow.value(o.value), o.path, o.port, o.loss, o.target) for o in program.outputs)
    ops = tuple(op for op in flow.ops if op.output.id not in flow.late)
    return Flow(ops, frozenset(), results, flow.alias)


def pieces(split: Split, weights: Mapping[WeightKey, Array]) -> dict[WeightKey, Array]:
    """The parts of weights that the compiler split, where the weight is given as a whole."""
    found = split.columns.items()
    return {
        (w.path, str(key[1])): weights[weight_key(w)][:, a:b] for key, (w, (a, b)) in found if weight_key(w) in weights
    }
