"""What a typed sequence scores: the chain rule, worked out over every sequence there is."""

import itertools

import numpy as np
import pytest

from core.data.open import open_dataset
from core.problems import Refused
from core.project.document import Document
from core.project.gallery import shipped
from core.session import Session
from core.specs.registry import default_registry
from core.train.module import make
from core.train.scoring import read_tables, score_text


@pytest.fixture(scope="module")
def hello():
    session = Session(Document(shipped("hello").project))
    program = session.program()
    return program, make(program).state_dict(), open_dataset(default_registry(), session.project.data, 0)


def test_all_sequences_after_a_symbol_share_one(hello):
    program, weights, data = hello
    tables = read_tables(program, data, 2)
    letters = "helo"
    scored = [
        score_text(program, weights, "h" + "".join(rest), tables) for rest in itertools.product(letters, repeat=3)
    ]
    assert sum(np.exp(s.total) for s in scored) == pytest.approx(1.0, rel=1e-5)
    for order in range(3):
        assert sum(np.exp(s.counted_total(order)) for s in scored) == pytest.approx(1.0, rel=1e-5)


def test_each_step_is_a_row_of_its_distribution(hello):
    program, weights, _ = hello
    scored = score_text(program, weights, "hello")
    vocabulary = program.inputs[0].field.vocabulary
    picked = [row[vocabulary.index(s)] for row, s in zip(scored.distribution, "ello", strict=True)]
    assert np.log(picked) == pytest.approx(scored.logp, rel=1e-5)
    assert scored.distribution.sum(1) == pytest.approx(np.ones(4), rel=1e-5)


def test_counts_know_what_the_training_data_says(hello):
    """In "hello" e follows h always, l or o follows l: one symbol of history says no more, two do."""
    program, weights, data = hello
    tables = read_tables(program, data, 2)
    scored = score_text(program, weights, "hello", tables)
    one, two = (np.exp(scored.counted[k].astype(float)) for k in (1, 2))
    assert one[3] < 0.6 < two[3], "l is followed by l or o; after ll comes o"


@pytest.mark.parametrize("text", ["", "h"])
def test_nothing_to_score_is_refused(hello, text):
    program, weights, _ = hello
    with pytest.raises(Refused) as refused:
        score_text(program, weights, text)
    assert refused.value.problems[0].code == "sample.too_short"
