"""Programs written by hand to the compiler's contract, and small datasets, for the tests of training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.compile.program import Argument, DrawnWeight, Output, ProbePoint, Program, State
from core.data.dataset import Batch
from core.specs.fields import DataField, Fields
from core.specs.ops import InitRule
from core.specs.sig import Sig
from core.train.job import Job
from core.train.settings import Training

SYMBOLS = tuple("abcde")
TOKENS = Sig("tokens", 5, ("T",))
TEXT = DataField("text", TOKENS, SYMBOLS)
NEXT = DataField("next", TOKENS, SYMBOLS, target=True)

CHAR_SOURCE = """import torch
from torch import nn
from torch.nn import functional as F


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 8)
        self.memory = nn.LSTM(8, 16, batch_first=True)
        self.scores = nn.Linear(16, 5)

    def reset_parameters(self):
        self.embed.reset_parameters()
        self.memory.reset_parameters()
        self.scores.reset_parameters()

    def forward(self, text, lengths=None, state=None{taps_argument}):
        x = F.dropout(self.embed(text), 0.1, self.training)
        old = (state["h"].transpose(0, 1), state["c"].transpose(0, 1)) if state else None
        hidden, new = self.memory(x, old)
        logits = self.scores(hidden){spoil}{taps_body}
        return {"next": logits}, {"h": new[0].transpose(0, 1), "c": new[1].transpose(0, 1)}

    def loss(self, outputs, answer, lengths=None):
        part = F.cross_entropy(outputs["next"].flatten(0, 1), answer.flatten(), reduction="none")
        return part.mean(), {"next": part.view_as(answer)}
"""
TAPS = """
        if taps is not None:
            taps["embed.y"] = [x]
            taps["memory.h"] = [v for v in hidden.unbind(1)]
            taps["scores.y"] = [logits]"""
PROBES = (
    ProbePoint("embed.y", ("embed",), "y", Sig("features", 8, ("T",)), False),
    ProbePoint("memory.h", ("memory",), "h", Sig("features", 16, ("T",)), True),
    ProbePoint("scores.y", ("scores",), "y", Sig("features", 5, ("T",)), False, "Scores"),
)


def char_program(mode: str = "train", spoil: str = "") -> Program:
    """An LSTM over five symbols; `spoil` is added to the line that makes the logits."""
    taps = mode == "twin"
    source = (
        CHAR_SOURCE.replace("{taps_argument}", ", taps=None" if taps else "")
        .replace("{taps_body}", TAPS if taps else "")
        .replace("{spoil}", spoil)
    )
    size = Sig("features", 16)
    rule = InitRule("fan_in")
    return Program(
        mode="twin" if taps else "train",
        source=source,
        class_name="Model",
        inputs=(Argument("text", TEXT, ("text",)),),
        targets=(Argument("answer", NEXT, ("answer",)),),
        outputs=(Output("next", Sig("features", 5, ("T",)), ("scores",), "y", "cross_entropy", "next"),),
        states=(State("h", size, 1, ("memory",), "h"), State("c", size, 1, ("memory",), "c")),
        weights=(
            DrawnWeight(("embed",), "table", (5, 8), rule, "embed.weight"),
            DrawnWeight(("memory", "forget"), "w", (16, 8), rule, "memory.weight_ih_l0", rows=(16, 32)),
            DrawnWeight(("scores",), "w", (5, 16), rule, "scores.weight"),
        ),
        probes=PROBES if taps else (),
        fused={("memory",): "LSTM"},
        lines={n: ("scores",) for n, text in enumerate(source.splitlines(), 1) if "self.scores(hidden)" in text},
        hash=f"char{spoil}",
    )


MEAN_SOURCE = """import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(2, 1)

    def reset_parameters(self):
        self.out.reset_parameters()

    def forward(self, x, lengths=None, state=None):
        return {"sum": self.out(x)}, {}

    def loss(self, outputs, y, lengths=None):
        part = (outputs["sum"] - y).square().mean(-1)
        return part.mean(), {"sum": part}
"""


def line_program() -> Program:
    """A linear regression of two numbers, static."""
    x = DataField("x", Sig("features", 2))
    y = DataField("y", Sig("features", 1), target=True)
    return Program(
        "train", MEAN_SOURCE, "Model", (Argument("x", x, ("x",)),), (Argument("y", y, ("y",)),),
        (Output("sum", Sig("features", 1), ("out",), "y", "mse", "y"),), (),
        (DrawnWeight(("out",), "w", (1, 2), InitRule("fan_in"), "out.weight"),), (), hash="line",
    )  # fmt: skip


class CharStream:
    """Windows of a random walk over the symbols, their state carried on three times out of four."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.count = 0

    def next(self) -> Batch:
        self.count += 1
        return char_batch(self.random, carry=self.count % 4 != 1)

    def position(self) -> dict[str, Any]:
        return {"count": self.count, "random": self.random.bit_generator.state}

    def restore(self, position: Mapping[str, Any]) -> None:
        self.count = position["count"]
        self.random.bit_generator.state = position["random"]


def char_batch(random: np.random.Generator, carry: bool = False, rows: int = 4, length: int = 9) -> Batch:
    walk = (random.integers(0, 5, (rows, 1)) + np.arange(length + 1) + (random.random((rows, length + 1)) < 0.1)) % 5
    walk = walk.astype(np.int64)
    return Batch({"text": walk[:, :-1], "next": walk[:, 1:]}, carry=carry)


class CharData:
    fields = Fields((TEXT, NEXT))
    chance: Mapping[str, float] = {"loss": 1.609}
    steps_per_epoch = 0

    def stream(self, seed: int) -> CharStream:
        return CharStream(seed)

    def validation(self) -> Iterator[Batch]:
        random = np.random.default_rng(99)
        for i in range(3):
            yield char_batch(random, carry=i > 0)

    def examples(self, count: int) -> Batch:
        return char_batch(np.random.default_rng(7), rows=count)


class LineStream(CharStream):
    def next(self) -> Batch:
        x = self.random.random((8, 2)).astype(np.float32)
        return Batch({"x": x, "y": x.sum(1, keepdims=True)})


class LineData(CharData):
    def stream(self, seed: int) -> LineStream:
        return LineStream(seed)

    def validation(self) -> Iterator[Batch]:
        yield LineStream(1).next()


FAST = Training(steps=12, learning_rate=0.01, validate_every=0, checkpoint_every=0, probe_budget=0.0, device="cpu")


def char_job(run_dir: Path, resume: bool = False, spoil: str = "", **settings: Any) -> Job:
    training = replace(FAST, **settings)
    names = ("accuracy", "bits_per_char", "perplexity")
    return Job(char_program("train", spoil), char_program("twin", spoil), CharData(), names, training, run_dir, resume)


def line_job(run_dir: Path, **settings: Any) -> Job:
    return Job(line_program(), None, LineData(), ("mse",), replace(FAST, **settings), run_dir)
