"""Which weights are told apart in a frame, unasked and asked, and at which of their steps."""

from __future__ import annotations

import pytest

from core.compile.pipeline import compile_graph
from core.compile.program import Mode
from core.data.open import fields_of
from core.project.gallery import shipped
from core.specs.registry import default_registry
from core.train import shares
from core.train.module import weight_name
from core.train.probe import Prober
from tests.core.compile.drawing import Drawing
from tests.core.train.microscope_cells import CELLS, UNITS, drawn, looked, numbers

REGISTRY = default_registry()
NAME, STEPS = "memory/h.weight", 7
SIZE = UNITS * UNITS * STEPS  # numbers of all its shares


def told(prober: Prober, whole: bool, *asked: str) -> dict[str, int]:
    return {name: found.shape[1] for name, found in prober.frame(1, asked, whole).shares.items()}


def test_in_passing_nothing_is_told_but_what_was_asked_for() -> None:
    prober = looked(drawn(CELLS["tanh"]), numbers()).prober
    assert told(prober, False) == {} and told(prober, False, NAME) == {NAME: STEPS}
    assert told(prober, True).keys() == {NAME, "memory/x.weight", "memory/x.bias", "dense.weight", "dense.bias"}


@pytest.mark.parametrize(("limit", "enough"), [("FEW", SIZE), ("LONG", STEPS)])
def test_what_is_large_or_long_is_told_to_who_asks_alone(
    limit: str, enough: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    prober = looked(drawn(CELLS["tanh"]), numbers()).prober
    monkeypatch.setattr(shares, limit, enough - 1)
    assert NAME not in told(prober, True) and told(prober, True, NAME)[NAME] == STEPS
    monkeypatch.setattr(shares, limit, enough)
    assert told(prober, True)[NAME] == STEPS


def test_what_is_too_large_is_told_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    prober = looked(drawn(CELLS["tanh"]), numbers()).prober
    monkeypatch.setattr(shares, "MANY", SIZE - 1)
    assert told(prober, False, NAME, "memory/x.bias") == {NAME: 0, "memory/x.bias": STEPS}


def test_of_a_single_step_there_is_nothing_to_tell_apart() -> None:
    assert told(looked(drawn(CELLS["tanh"]), numbers(t=1)).prober, False, NAME) == {NAME: 0}


def test_a_step_that_nothing_comes_of_adds_nothing() -> None:
    """What is said last is heard by no step."""
    d = Drawing()
    heard = d.delay(UNITS, ("memory", "delay"))
    read = d.linear(d.source("series", "features", 3), UNITS, ("memory", "x"))
    h = d.unary("tanh", d.binary("add", read, heard, ("memory", "sum")), ("memory", "hidden"))
    d.close(heard, d.linear(h, UNITS, ("memory", "say")))
    d.loss("mse", d.linear(h, 2, ("dense",)), d.source("answer", "features", 2, target=True), ("mse",))
    alone = looked(d, numbers()).prober.frame(1, whole=True).shares["memory/say.weight"][0]
    assert alone.shape == (STEPS,) and alone[-1] == 0 and (alone[:-1] > 0).all()


READ = {
    "adding-gru": {
        "memory/h_reset.weight": ("T", True),
        "memory/x_reset.weight": ("T", False),
        "sum.weight": ("", False),
    },
    "grid-both": {"down/upper.weight": ("IJ", True), "scores.weight": ("IJ", False)},
    "tree-balanced": {"fold/h_i.weight.0": ("N", True), "vector.weight": ("N", False)},
    "dates-attention": {"read.weight": ("S", False), "encoder/h_reset.weight": ("S", True)},
}


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("mode", ["train", "twin"])
def test_a_weight_knows_at_which_steps_it_is_read(name: str, mode: Mode) -> None:
    """Also one that a fused module goes through: its twin reads it step by step."""
    project = shipped(name).project
    program = compile_graph(project.graph, fields_of(REGISTRY, project.data), REGISTRY, mode)
    found = {weight_name(w): ("".join(w.along), w.in_scan) for w in program.weights}
    assert {n: found[n] for n in READ[name]} == READ[name]
