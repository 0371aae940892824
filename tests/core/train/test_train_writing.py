"""What is written: one step at a time equals all at once, draws follow their shares, nobody's random numbers move."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from training_double import SYMBOLS, char_program

from core.compile.pipeline import compile_graph
from core.data.stream import Generated
from core.problems import Refused
from core.specs.fields import Fields
from core.specs.registry import default_registry
from core.train.decoding import Choice
from core.train.examples import example_for
from core.train.messages import Sample
from core.train.module import make
from core.train.writing import write_ids, write_text
from tests.core.compile.taught import TAGGED, tagger

WORDS = tuple("vwxyz")
FIELDS = Fields((replace(TAGGED.items[0], vocabulary=WORDS), TAGGED.items[1]))


@pytest.fixture
def module() -> torch.nn.Module:
    torch.manual_seed(2)
    module = make(char_program())
    with torch.no_grad():
        module.scores.weight.mul_(20)  # opinions worth following
    return module


def written(module: torch.nn.Module, prompt: list[int], most: int, temperature: float, seed: int) -> Sample:
    return write_ids(char_program(), module, prompt, most, Choice(temperature), seed)


def ids_in(sample: Sample) -> list[int]:
    return [SYMBOLS.index(s) for s in sample.symbols]


def test_each_row_is_what_the_whole_sequence_gives(module: torch.nn.Module) -> None:
    """What it was drawn from is tempered; log p is the model's own."""
    found = written(module, [1, 2], 6, 0.7, seed=4)
    ids = ids_in(found)
    module.eval()
    with torch.no_grad():
        logits = module(torch.tensor([[1, 2, *ids[:-1]]]))[0]["next"][0, 1:].double()
    drawn_from, own = torch.softmax(logits / 0.7, -1).numpy(), torch.log_softmax(logits, -1).numpy()
    assert found.distribution is not None and found.logp is not None
    assert found.distribution.shape == (6, 5) and np.allclose(found.distribution, drawn_from, atol=1e-6)
    assert np.allclose(found.logp, own[range(6), ids], atol=1e-5)


def test_draws_follow_the_distribution(module: torch.nn.Module) -> None:
    found = [written(module, [0], 1, 1.0, seed) for seed in range(1500)]
    seen = np.bincount([ids_in(f)[0] for f in found], minlength=5) / 1500
    assert found[0].distribution is not None
    assert np.abs(seen - found[0].distribution[0]).max() < 0.05


def test_a_cold_draw_takes_the_most_probable(module: torch.nn.Module) -> None:
    found = written(module, [0], 8, 0.01, seed=1)
    assert found.distribution is not None
    assert ids_in(found) == found.distribution.argmax(1).tolist()


def test_the_seed_decides_and_nothing_else_moves(module: torch.nn.Module) -> None:
    module.train()
    before = torch.get_rng_state()
    once = written(module, [0], 20, 1.0, seed=9).symbols
    torch.rand(3)
    torch.set_rng_state(before)
    again = written(module, [0], 20, 1.0, seed=9).symbols
    assert once == again and torch.equal(torch.get_rng_state(), before) and module.training
    assert written(module, [0], 20, 1.0, seed=10).symbols != once


def test_text_in_text_out(module: torch.nn.Module) -> None:
    sample = write_text(char_program(), module, "ab", 9, Choice(), 3)
    assert len(sample.text) == 9 and set(sample.text) <= set(SYMBOLS)
    assert sample.symbols == written(module, [0, 1], 9, 1.0, seed=3).symbols
    with pytest.raises(Refused) as refused:
        write_text(char_program(), module, "ax", 9, Choice(), 3)
    assert refused.value.problems[0].code == "data.unknown_symbol"


def sequences(rng: np.random.Generator, count: int) -> dict[str, Any]:
    return {"words": rng.integers(0, 5, (count, 6)), "tags": rng.integers(0, 4, (count, 6))}


def test_a_person_types_what_it_answers_to() -> None:
    program = compile_graph(tagger()[0], FIELDS, default_registry())
    torch.manual_seed(6)
    module, data = make(program).eval(), Generated(FIELDS, sequences, 4, 0, 3)
    sample = write_text(program, module, "", 50, Choice(temperature=0), 0, example_for(program, data, "zwx", 0))
    free = module(torch.tensor([[4, 1, 2]]))[0]["head"][0].argmax(-1).tolist()
    vocabulary = TAGGED.items[1].vocabulary or ()
    assert sample.text == "".join(vocabulary[i] for i in free) and len(sample.symbols) == 3
    with pytest.raises(Refused) as refused:
        example_for(program, data, None, 99)
    assert refused.value.problems[0].code == "sample.no_example"
