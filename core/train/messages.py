"""What a run tells, as plain frozen data: the same in a thread, a process, the terminal and metrics.jsonl."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Baseline
from core.problems import Problem
from core.words import Text

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Started:
    """First message. steps: total; start: the step it begins from (resume)."""

    steps: int
    start: int
    device: str
    precision: str
    parameters: int
    run_dir: str
    fused: Mapping[str, str]
    chance: Mapping[str, float]
    labels: Mapping[str, str] = field(default_factory=dict)  # probe key or weight -> how it reads on the canvas
    differs: tuple[str, ...] = ()  # on resume: what changed since the checkpoint, so that the bits may differ
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # data field -> its symbols, index = id
    told: tuple[Text, ...] = ()  # what a person should know of how it began: word vectors found and missed
    planes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # probe key -> its axes, where it has two
    backward: tuple[str, ...] = ()  # probe keys and weights whose steps run from the end: what they read was reversed
    along: Mapping[str, str] = field(default_factory=dict)  # probe key, weight or data field -> its axis
    loops: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # loop (its first state) -> all its states
    recurrent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # loop -> the recurrent weights it reads
    baselines: tuple[Baseline, ...] = ()  # what something simple scores on the same held-out data
    seconds: float = 0.0  # spent training up to `start`, on resume


@dataclass(frozen=True)
class Step:
    """After an optimizer step. Norms of the whole gradient before and after clipping; seconds of training since the first step,
    those before an interruption included."""

    step: int
    loss: float
    learning_rate: float
    grad_norm: float
    clipped_norm: float
    seconds: float
    sequences: int
    metrics: Mapping[str, float] = field(default_factory=dict)
    told: float | None = None  # the share of the truth that a model with teachers heard


@dataclass(frozen=True)
class Validation:
    step: int
    metrics: Mapping[str, float]  # "loss" and the dataset's metrics
    seconds: float
    tables: Mapping[str, Floats] = field(default_factory=dict)  # output -> confusion matrix (V, V), rows what was right


@dataclass(frozen=True)
class Frame:
    """What the probes saw at one training step, on the fixed examples.

    values[key]: (T, units) of example `example` for every chosen probe key; norms[key]: (T,) of ‖dL/d·_t‖ over all
    examples; gradients[key]: (T, units) of that example; weights[name]: norms before/after clipping; eigen[name]:
    complex eigenvalues as (n, 2); shares[name]: of the contribution of each step to the gradient its norm, the norm of
    all from that step to the last, and how far it reaches along the gradient (core.train.contributions); symbols: what was read and what was to be answered, per input/target field.
    Of the example, where asked for: matrices[key]: a row for the loss of a step, its number (NaN: the loss of the whole sequence)
    and then ‖dL_t/dh_s‖ for each s; jacobians[key], roots[key]: of the loop of that state, core.train.jacobian.told.
    Always: saturation[key], of a squashed value, the shares of units within 5 % of its lower and of its upper bound (2, T);
    and of steps that were looked at while they were made, updates[name]: how far a weight moved, as a share of its norm.
    `cuts`: before which steps training cuts the gradient; `free` is the example as a model with teachers answers it by itself; `trees` is its shape, where it is a tree.
    """

    step: int
    values: Mapping[str, Floats]
    norms: Mapping[str, Floats]
    gradients: Mapping[str, Floats] = field(default_factory=dict)
    losses: Floats | None = None  # (T,) loss of the example at each step; (1,) where it is answered once
    weight_norms: Mapping[str, tuple[float, float]] = field(
        default_factory=dict
    )  # gradient norm before, after clipping
    eigen: Mapping[str, Floats] = field(default_factory=dict)
    symbols: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: Mapping[str, Floats] = field(default_factory=dict)  # (T, size) of each model output
    cost: float = 0.0  # seconds this frame took
    shares: Mapping[str, Floats] = field(default_factory=dict)  # drawn weight -> what each step adds to dL/dW: (3, T)
    matrices: Mapping[str, Floats] = field(default_factory=dict)  # state -> (rows, 1 + S)
    jacobians: Mapping[str, Floats] = field(default_factory=dict)  # loop -> (4, T)
    roots: Mapping[str, Floats] = field(default_factory=dict)  # loop -> (eigenvalues, 3): step, real, imaginary
    saturation: Mapping[str, Floats] = field(default_factory=dict)  # squashed value -> (2, T)
    updates: Mapping[str, float] = field(default_factory=dict)  # drawn weight -> ‖ΔW‖ / ‖W‖
    trees: Mapping[str, Floats] = field(default_factory=dict)  # axis -> left and right child of each node, -1: none
    cells: Mapping[str, Floats] = field(
        default_factory=dict
    )  # what was asked of a grid: (I, J, units), logits as chances
    answers: Mapping[str, Floats] = field(
        default_factory=dict
    )  # data field -> what is right, where it is not in `symbols`
    cuts: tuple[int, ...] | None = None  # None: recorded before it was told
    free: Frame | None = None  # values, outputs and losses where the model hears what it said, up to its own end


ARRAYS: Mapping[str, tuple[int | None, ...]] = {
    "values": (None, None), "norms": (None,), "gradients": (None, None), "eigen": (None, 2), "outputs": (None, None),
    "shares": (3, None), "matrices": (None, None), "jacobians": (4, None), "roots": (None, 3), "saturation": (2, None),
    "trees": (None, 2), "cells": (None, None, None), "answers": (None, None),
}  # the parts of a frame that hold an array for each key, and the shape of these; None: as many as there are  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Text or symbols written by the model. `distribution` (length, V): what each symbol was chosen from, after temperature and
    what else narrows the choice; a search chooses from the model's own. `logp` (length,): ln p of each by the model itself,
    at temperature 1, whatever it was chosen from."""

    step: int
    symbols: tuple[str, ...]
    text: str
    temperature: float
    distribution: Floats | None = None
    logp: Floats | None = None


@dataclass(frozen=True)
class Saved:
    step: int
    path: str


@dataclass(frozen=True)
class Paused:
    step: int


@dataclass(frozen=True)
class Probed:
    """The probe meter: share of training time spent watching since the last one, and frames made and dropped since;
    then the share and the frames of the whole run."""

    step: int
    share: float
    frames: int
    dropped: int
    overall: float = 0.0
    made: int = 0


@dataclass(frozen=True)
class Failed:
    """The run ended by a Problem (NaN, out of memory, bad data, a bug in own code). The app goes on."""

    step: int
    problem: Problem
    detail: str = ""  # traceback text for the report, never the headline
    refused: bool = False  # what the run was given does not do: nothing was trained by it


@dataclass(frozen=True)
class Done:
    """Last message of a run that ended well or was stopped. metrics: every final one."""

    step: int
    metrics: Mapping[str, float]
    seconds: float
    stopped: bool
    run_dir: str
    kept: int = 0  # the step whose weights are published, and whose metrics these are


Message = Started | Step | Validation | Frame | Sample | Saved | Paused | Probed | Failed | Done


def plain(message: Message) -> dict[str, Any]:
    """A message as one JSON object (`kind` first). Arrays become lists; a Problem its code, place, message, hint."""
    out: dict[str, Any] = {"kind": type(message).__name__.lower()}
    for name in message.__dataclass_fields__:
        out[name] = _plain(getattr(message, name))
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Problem):
        return {"code": value.code, "place": value.where.label, "message": value.message.en, "hint": value.hint.en}
    if isinstance(value, Text):
        return {"en": value.en, "es": value.es}
    if isinstance(value, Baseline):
        return {"name": value.name._asdict(), "scores": _plain(value.scores)}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value
