"""Cards: every mistake at once, each with its place; a band holds for the numbers it says and for no NaN."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from core.problems import Refused
from core.project.card import Band, load_card, read_card

GOOD = {
    "bands": {"mse": "<= 5e-4"},
    "figure": {"en": "a paper", "es": "un artículo"},
    "page": {"en": "## What", "es": "## Qué"},
}


def test_a_card_with_only_what_it_must_have() -> None:
    card = read_card(GOOD)
    assert card.bands == (Band("mse", "<=", 5e-4),) and card.metric == "mse"
    assert card.chance is None and card.baseline is None and not card.sequences and not any(card.needs)


def test_two_comparisons_of_one_metric_both_count() -> None:
    card = read_card({**GOOD, "bands": {"accuracy": ">= 0.4, <= .6", "loss": "<= 1"}})
    assert [b.show() for b in card.bands] == ["accuracy >= 0.4", "accuracy <= 0.6", "loss <= 1"]


@pytest.mark.parametrize(("sign", "score", "holds"), [
    ("<=", 5e-4, True), ("<=", 5.1e-4, False), (">=", 5e-4, True), (">=", 4.9e-4, False),
    ("<=", math.nan, False), (">=", math.nan, False), ("<=", math.inf, False),
])  # fmt: skip
def test_what_a_band_holds_for(sign: str, score: float, holds: bool) -> None:
    assert Band("mse", sign, 5e-4).holds(score) is holds


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    with pytest.raises(Refused) as refused:
        read_card(
            {
                "bands": {"mse": "below 1"},
                "page": {"en": "an equation $$ x", "es": ""},
                "chance": "none",
                "sequences": -1,
                "colour": "red",
            },
            "x.toml",
        )
    told = {p.where.pointer: p for p in refused.value.problems}
    assert set(told) == {"/bands/mse", "/page/en", "/page/es", "/chance", "/sequences", "/colour", "/figure"}
    assert "comparisons" in told["/bands/mse"].message.en and "comparaciones" in told["/bands/mse"].message.es
    assert "not closed" in told["/page/en"].message.en
    assert all(p.where.label.startswith("x.toml/") and all(p.message) for p in told.values())


@pytest.mark.parametrize("text", ["bands = {", "\xff", ""])
def test_what_is_no_card_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(Refused) as refused:
        load_card(file)
    assert all("x.toml" in p.where.label for p in refused.value.problems)


def test_a_missing_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load_card(tmp_path / "x.toml")
    assert refused.value.problems[0].code == "card.unreadable"
