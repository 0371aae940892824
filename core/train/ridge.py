"""A readout in closed form: the Dense right before a squared error, solved by least squares over everything read so far.

The rows [x 1 | y] of each batch are folded into the triangle of a QR decomposition (never into XᵀX, which would square the
condition and lose half the digits), in float64. Whatever lies before the readout stays as it is: a reservoir.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.compile.before import before
from core.compile.program import DrawnWeight, Output, Program
from core.problems import Place, Problem, Refused
from core.specs.ops import Op
from core.train.judged import mask_of
from core.words import Text

PASSED = ("identity", "output")


@dataclass(frozen=True)
class Readout:
    """One Dense and what it answers: the module that holds it, whether it has a bias, the output it makes."""

    module: str
    bias: bool
    output: Output


class Ridge:
    """Least squares for every readout of a program. `strength` is added to XᵀX, the bias left out: 0 is plain least
    squares. Raises Refused where no Dense stands right before a squared error."""

    def __init__(self, program: Program, module: nn.Module, strength: float) -> None:
        self._module, self._strength = module, strength
        self._readouts = tuple(readouts(program))
        if not self._readouts:
            raise Refused(_no_readout())
        self._triangles: dict[str, Tensor] = {}
        self._heard: dict[str, Tensor] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Keep what each readout is given in a forward pass, which needs no gradient."""

        def keeper(name: str) -> Any:
            def keep(_: nn.Module, given: tuple[Tensor, ...]) -> None:
                self._heard[name] = given[0].detach()

            return keep

        hooks = [
            self._module.get_submodule(r.module).register_forward_pre_hook(keeper(r.module)) for r in self._readouts
        ]
        try:
            with torch.no_grad():
                yield
        finally:
            for hook in hooks:
                hook.remove()

    def learn(
        self, outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor], lengths: Mapping[str, Tensor] | None
    ) -> float:
        """Take in one batch and solve. The mean squared error over what counts of it."""
        errors = [self._one(r, outputs[r.output.name], targets[r.output.target], lengths) for r in self._readouts]
        self._heard.clear()
        return sum(errors)

    def _one(self, r: Readout, said: Tensor, target: Tensor, lengths: Mapping[str, Tensor] | None) -> float:
        mask = mask_of(r.output.sig, said, lengths, r.output.skip).cpu()
        x, y = self._heard[r.module].cpu().double()[mask], target.cpu().double()[mask]
        if r.bias:
            x = torch.cat([x, x.new_ones(len(x), 1)], 1)
        before = self._triangles.get(r.module)
        rows = torch.cat([x, y], 1)
        triangle = torch.linalg.qr(rows if before is None else torch.cat([before, rows]), mode="r").R
        self._triangles[r.module] = triangle
        weights = solve(triangle, x.shape[1], self._strength, r.bias)
        linear = self._module.get_submodule(r.module)
        with torch.no_grad():
            linear.get_parameter("weight").copy_(weights[: x.shape[1] - r.bias].T)
            if r.bias:
                linear.get_parameter("bias").copy_(weights[-1])
        return float((x @ weights - y).square().mean())

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint keeps."""
        return {f"ridge/{name}": triangle for name, triangle in self._triangles.items()}

    def restore(self, kept: Mapping[str, Tensor]) -> None:
        self._triangles = {n.removeprefix("ridge/"): t.double() for n, t in kept.items() if n.startswith("ridge/")}


def solve(triangle: Tensor, width: int, strength: float, bias: bool) -> Tensor:
    """Weights (width, answers) that minimise |X w - Y|² + strength |w|², from the triangle of [X Y]."""
    if strength > 0:
        held = torch.eye(width, dtype=triangle.dtype) * strength**0.5
        if bias:
            held = held[:-1]
        nothing = triangle.new_zeros(len(held), triangle.shape[1] - width)
        triangle = torch.linalg.qr(torch.cat([triangle, torch.cat([held, nothing], 1)]), mode="r").R
    left, right = triangle[:width, :width], triangle[:width, width:]
    found: Tensor = torch.linalg.lstsq(left, right, rcond=1e-15, driver="gelsd").solution
    return found


def readouts(program: Program) -> Iterator[Readout]:
    """Every Dense that alone makes an output judged by a squared error, learns, and does not hear its own answer: that
    would make every answer a function of the ones before it, which no linear equation solves."""
    ops = {op.output.id: op for op in program.ops}
    drawn = {(w.path, w.name): w for w in program.weights}
    untaught = [op for op in program.ops if op.name != "teacher"]  # what passes a teacher is the truth here
    for output in program.outputs:
        op = ops.get(output.value)
        while op is not None and op.name in PASSED:
            op = ops.get(op.inputs[0])
        if output.loss != "mse" or not output.target or op is None or op.name != "linear":
            continue
        if op.output.id in before(untaught, op.inputs):
            continue
        weights = [drawn.get((w.path, w.name)) for w in op.weights]
        if _alone(op, weights):
            assert weights[0] is not None
            yield Readout(weights[0].tensor.rpartition(".")[0], len(weights) > 1, output)


def _alone(op: Op, weights: list[DrawnWeight | None]) -> bool:
    """Whether the module holds this Dense and nothing else, and it learns."""
    own = all(w is not None and w.trainable and w.rows is None and w.columns is None for w in weights)
    return own and op.weights[0].path == op.path and weights[0] is not None and "." in weights[0].tensor


def _no_readout() -> Problem:
    return Problem(
        "train.no_readout",
        Text("Ridge regression finds no readout to solve for.", "La regresión ridge no encuentra ninguna lectura que resolver."),
        Place(param="optimizer", label="training.optimizer"),
        Text("Wire a Dense straight into a Squared error, and that to a target; what it says may only be fed back through a "
             "Teacher. Or choose another optimizer.",
             "Conecte una Densa directamente a un Error cuadrático, y este a un objetivo; lo que dice solo puede volver a través "
             "de un Profesor. O elija otro optimizador."),
        got="ridge",
    )  # fmt: skip
