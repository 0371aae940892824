"""Generation: one step at a time equals all at once, draws follow the distribution, nobody's random numbers move."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from training_double import SYMBOLS, char_program, line_program

from core.problems import Refused
from core.train.generate import generate, log_probabilities
from core.train.module import make
from core.train.sampling import sample_text


@pytest.fixture
def module() -> torch.nn.Module:
    torch.manual_seed(2)
    module = make(char_program())
    with torch.no_grad():
        module.scores.weight.mul_(20)  # opinions worth following
    return module


def test_each_row_is_what_the_whole_sequence_gives(module: torch.nn.Module) -> None:
    ids, rows, logp = generate(module, char_program(), [1, 2], 6, 0.7, seed=4)
    module.eval()
    with torch.no_grad():
        logits = module(torch.tensor([[1, 2, *ids[:-1]]]))[0]["next"][0, 1:]
    expected = torch.softmax(logits.double() / 0.7, -1).numpy()
    assert rows.shape == (6, 5) and np.allclose(rows, expected, atol=1e-6)
    assert np.allclose(logp, np.log(expected[range(6), ids]), atol=1e-5)


def test_draws_follow_the_distribution(module: torch.nn.Module) -> None:
    first = np.array([generate(module, char_program(), [0], 1, 1.0, seed)[0][0] for seed in range(1500)])
    rows = generate(module, char_program(), [0], 1, 1.0, 0)[1]
    seen = np.bincount(first, minlength=5) / 1500
    assert np.abs(seen - rows[0]).max() < 0.05


def test_a_cold_draw_takes_the_most_probable(module: torch.nn.Module) -> None:
    ids, rows, _ = generate(module, char_program(), [0], 8, 0.01, seed=1)
    assert ids == rows.argmax(1).tolist()


def test_the_seed_decides_and_nothing_else_moves(module: torch.nn.Module) -> None:
    module.train()
    before = torch.get_rng_state()
    once = generate(module, char_program(), [0], 20, 1.0, seed=9)[0]
    torch.rand(3)
    torch.set_rng_state(before)
    again = generate(module, char_program(), [0], 20, 1.0, seed=9)[0]
    assert once == again and torch.equal(torch.get_rng_state(), before) and module.training
    assert generate(module, char_program(), [0], 20, 1.0, seed=10)[0] != once


def test_probabilities_of_all_sequences_sum_to_one(module: torch.nn.Module) -> None:
    total = sum(np.exp(log_probabilities(module, char_program(), [0, a, b]).sum()) for a in range(5) for b in range(5))
    assert total == pytest.approx(1.0, abs=1e-4)
    ids, _, logp = generate(module, char_program(), [3], 6, 1.0, seed=0)
    assert np.allclose(log_probabilities(module, char_program(), [3, *ids]), logp, atol=1e-5)


def test_what_cannot_generate_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        generate(make(line_program()), line_program(), [0], 1, 1.0, 0)
    assert refused.value.problems[0].code == "sample.impossible"


def test_text_in_text_out(module: torch.nn.Module) -> None:
    sample = sample_text(char_program(), module.state_dict(), "ab", 9, 1.0, 3)
    assert len(sample.text) == 9 and set(sample.text) <= set(SYMBOLS)
    with pytest.raises(Refused) as refused:
        sample_text(char_program(), module.state_dict(), "ax", 9, 1.0, 3)
    assert refused.value.problems[0].code == "data.unknown_symbol"
