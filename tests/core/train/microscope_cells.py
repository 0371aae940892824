"""Small networks of many cells, drawn by hand, with a loss at every step: what the microscope's tests look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from core.compile.program import Program
from core.data.dataset import Batch
from core.train.gradient_matrix import itemised, moments, scales_of
from core.train.module import make, share
from core.train.probe import Prober
from core.train.settings import Training
from tests.core.compile.drawing import Drawing, gru, lstm, rnn

UNITS = 4


def leaky(d: Drawing, x: int) -> int:
    """h_t = 0.7 h_{t-1} + 0.3 tanh(W x + U h_{t-1})."""
    h = d.delay(UNITS, ("memory", "keep"))
    pre = d.binary(
        "add", d.linear(x, UNITS, ("memory", "x")), d.linear(h, UNITS, ("memory", "h"), bias=False), ("memory", "sum")
    )
    new = d.unary("tanh", pre, ("memory", "squash"))
    kept = d.put("affine", (h,), d.sig(h), ("memory", "left"), scale=0.7, offset=0.0)
    moved = d.put("affine", (new,), d.sig(new), ("memory", "move"), scale=0.3, offset=0.0)
    out = d.binary("add", kept, moved, ("memory", "keep"))
    d.close(h, out)
    d.ports[("memory",), "h"] = out
    return out


def odd(d: Drawing, x: int) -> int:
    """Nobody's cell: two states, each of which hears the other's past, one through a product with itself."""
    a, b = d.delay(UNITS, ("memory", "a")), d.delay(UNITS, ("memory", "b"))
    heard = d.binary(
        "add", d.linear(x, UNITS, ("memory", "x")), d.linear(b, UNITS, ("memory", "u"), bias=False), ("memory", "sum")
    )
    new_a = d.binary(
        "mul",
        d.unary("sigmoid", heard, ("memory", "gate")),
        d.unary("softsign", b, ("memory", "soft")),
        ("memory", "a"),
    )
    mixed = d.binary(
        "add",
        d.linear(a, UNITS, ("memory", "w"), bias=False),
        d.binary("mul", b, b, ("memory", "square")),
        ("memory", "mix"),
    )
    new_b = d.unary("tanh", d.binary("add", mixed, heard, ("memory", "all")), ("memory", "b"))
    d.close(a, new_a)
    d.close(b, new_b)
    d.ports[("memory",), "h"] = new_b
    return d.binary("add", new_a, new_b, ("both",))


def stacked(d: Drawing, x: int) -> int:
    return gru(d, lstm(d, x, UNITS, ("first",))[0], UNITS, ("second",), "lecture")


CELLS: dict[str, Callable[[Drawing, int], int]] = {
    "lstm": lambda d, x: lstm(d, x, UNITS, ("memory",))[0],
    "gru": lambda d, x: gru(d, x, UNITS, ("memory",)),
    "tanh": lambda d, x: rnn(d, x, UNITS, ("memory",)),
    "leaky": leaky,
    "odd": odd,
    "stacked": stacked,
}
STATES = {
    "lstm": ("memory.h", "memory.c"),
    "odd": ("memory/a.y", "memory.h"),
    "stacked": ("first.h", "first.c", "second.h"),
}


def drawn(cell: Callable[[Drawing, int], int]) -> Drawing:
    d = Drawing()
    y = d.linear(cell(d, d.source("series", "features", 3)), 2, ("dense",))
    d.loss("mse", y, d.source("answer", "features", 2, target=True), ("mse",))
    return d


def numbers(lengths: tuple[int, ...] = (), t: int = 7, n: int = 3) -> Batch:
    rng = np.random.default_rng(1)
    arrays = {"series": rng.normal(size=(n, t, 3)), "answer": rng.normal(size=(n, t, 2))}
    return Batch(arrays, {"T": np.array(lengths)} if lengths else {})


@dataclass
class Fixed:
    batch: Batch

    def examples(self, count: int) -> Batch:
        return self.batch


@dataclass
class Job:
    twin: Program
    dataset: Fixed
    training: Training = field(default_factory=Training)


@dataclass
class Looked:
    """A network in float64, with all that a test may ask."""

    prober: Prober
    module: nn.Module
    twin: nn.Module
    program: Program
    batch: Batch

    def run(self, taps: dict[str, list[Tensor]] | None = None) -> tuple[Tensor, dict[str, Tensor]]:
        x, answer = (torch.as_tensor(self.batch.arrays[k]) for k in ("series", "answer"))
        lengths = {k: torch.as_tensor(v) for k, v in self.batch.lengths.items()} or None
        outputs = self.twin(x, lengths=lengths, taps={} if taps is None else taps)[0]
        return self.twin.loss(outputs, answer, lengths=lengths)

    def rows(self, example: int, keys: Sequence[str]) -> dict[str, list[Tensor]]:
        """Of each state, at every step s, what the loss of each step says to it: (rows, units)."""
        self.prober.seen.example = example
        total, parts = self.run()
        scales = {n: s[example] for n, s in scales_of(total, parts).items()}
        found = moments(scales, self.prober.seen.answered(scales))
        assert found is not None
        taps: dict[str, list[Tensor]] = {}
        alone = self.prober._alone(taps, len(found.at), True)
        gradients = iter(itemised(found, found.at, alone, [s for k in keys for s in taps[k]]))
        return {k: [next(gradients) for _ in taps[k]] for k in keys}


def looked(d: Drawing, batch: Batch, training: Training | None = None) -> Looked:
    torch.manual_seed(0)
    program, twin_program = d.compile(), d.compile("twin")
    module = make(program, torch.float64)
    twin = share(make(twin_program, torch.float64), module)
    job = Job(twin_program, Fixed(batch), training or Training())
    return Looked(Prober(job, module, twin), module, twin, program, batch)
