"""Texts from a model with a teacher, and log p of what a person types."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from core.compile.pipeline import compile_graph
from core.data.stream import Generated
from core.problems import Refused
from core.specs.fields import Fields
from core.specs.registry import default_registry
from core.train.decoding import Choice
from core.train.module import make
from core.train.writing import example_for, weigh_text, write_text
from tests.core.compile.taught import TAGGED, tagger

WORDS = tuple("vwxyz")
FIELDS = Fields((replace(TAGGED.items[0], vocabulary=WORDS), TAGGED.items[1]))


def sequences(rng: np.random.Generator, count: int) -> dict[str, Any]:
    return {"words": rng.integers(0, 5, (count, 6)), "tags": rng.integers(0, 4, (count, 6))}


@pytest.fixture
def ready() -> tuple[Any, Any, Any]:
    program = compile_graph(tagger()[0], FIELDS, default_registry())
    torch.manual_seed(6)
    return program, make(program).state_dict(), Generated(FIELDS, sequences, 4, 0, 3)


def test_a_person_types_what_it_answers_to(ready: Any) -> None:
    program, weights, data = ready
    example = example_for(program, data, "zwx", 0)
    text, written = write_text(program, weights, example, "", 50, Choice(temperature=0), 0)
    module = make(program)
    module.load_state_dict(weights)
    free = module.eval()(torch.tensor([[4, 1, 2]]))[0]["head"][0].argmax(-1).tolist()
    assert list(written.symbols) == free and text


def test_log_p_is_the_chain_rule(ready: Any) -> None:
    """Each symbol's log p against stepping by hand, the state told each symbol."""
    program, weights, data = ready
    example = example_for(program, data, "zwxv", 0)
    weighed = weigh_text(program, weights, example, "abca")
    module = make(program)
    module.load_state_dict(weights)
    state: dict[str, Any] = {}
    (teacher,) = program.teachers
    for t, (word, tag) in enumerate(zip([4, 1, 2, 0], [1, 2, 3, 1], strict=True)):
        outputs, state = module.eval()(torch.tensor([[word]]), state=state)
        logp = outputs["head"][0, -1].log_softmax(-1)[tag].item()
        assert weighed.logp[t] == pytest.approx(logp, abs=1e-5)
        for name in teacher.states:
            state[name] = torch.cat([state[name][:, :-1], torch.tensor([[tag]])], 1)
    assert weighed.symbols == tuple("abca") and weighed.total == pytest.approx(sum(weighed.logp))


def test_what_cannot_be_read_is_refused(ready: Any) -> None:
    program, weights, data = ready
    with pytest.raises(Refused) as refused:
        example_for(program, data, None, 99)
    assert refused.value.problems[0].code == "sample.no_example"
    with pytest.raises(Refused):
        weigh_text(program, weights, example_for(program, data, None, 1), "a?")
