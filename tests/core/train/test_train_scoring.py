"""What a typed sequence scores: the chain rule, worked out over every sequence there is."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.compile.pipeline import compile_graph
from core.data.dataset import Batch
from core.data.open import open_dataset
from core.problems import Refused
from core.project.document import Document
from core.project.gallery import shipped
from core.session import Session
from core.specs.fields import Fields
from core.specs.registry import default_registry
from core.train.examples import typed
from core.train.module import make
from core.train.scoring import read_tables, score_text
from tests.core.compile.taught import TAGGED, tagger


@pytest.fixture(scope="module")
def hello():
    session = Session(Document(shipped("hello").project))
    program = session.program()
    return program, make(program), open_dataset(default_registry(), session.project.data, 0)


def test_all_sequences_after_a_symbol_share_one(hello):
    program, module, data = hello
    tables = read_tables(program, data, 2)
    letters = "helo"
    texts = ["h" + "".join(rest) for rest in itertools.product(letters, repeat=3)]
    scored = [score_text(program, module, text, tables=tables) for text in texts]
    assert sum(np.exp(s.total) for s in scored) == pytest.approx(1.0, rel=1e-5)
    for order in range(3):
        assert sum(np.exp(s.counted_total(order)) for s in scored) == pytest.approx(1.0, rel=1e-5)


def test_each_step_is_a_row_of_what_was_likely(hello):
    program, module, _ = hello
    scored = score_text(program, module, "hello")
    vocabulary = program.inputs[0].field.vocabulary
    picked = [row[vocabulary.index(s)] for row, s in zip(scored.likely, "ello", strict=True)]
    assert np.log(picked) == pytest.approx(scored.logp, rel=1e-5)
    assert scored.likely.sum(1) == pytest.approx(np.ones(4), rel=1e-5)


def test_counts_know_what_the_training_data_says(hello):
    """In "hello" e follows h always, l or o follows l: one symbol of history says no more, two do."""
    program, module, data = hello
    tables = read_tables(program, data, 2)
    scored = score_text(program, module, "hello", tables=tables)
    one, two = (np.exp(scored.counted[k].astype(float)) for k in (1, 2))
    assert one[3] < 0.6 < two[3], "l is followed by l or o; after ll comes o"


@pytest.mark.parametrize("text", ["", "h"])
def test_the_first_symbol_is_given_so_it_is_certain(hello, text):
    program, module, _ = hello
    scored = score_text(program, module, text)
    assert scored.symbols == () and scored.total == 0 and scored.likely.shape == (0, 4)


TAGS = "sabc"


@pytest.fixture(scope="module")
def answering():
    """A tagger that hears its own tags, and words to tag."""
    words, tags = TAGGED.items
    fields = Fields((replace(words, vocabulary=tuple("vwxyz")), replace(tags, vocabulary=tuple(TAGS))))
    program = compile_graph(tagger()[0], fields, default_registry())
    torch.manual_seed(6)
    like = Batch({"words": np.zeros((1, 4), np.int64)}, {"T": np.array([4])})
    return program, make(program).eval(), typed(program, "zwxv", like)


def test_an_answer_s_log_p_is_the_chain_rule(answering):
    """Each symbol's log p against stepping by hand, the state told each symbol."""
    program, module, example = answering
    scored = score_text(program, module, "abca", example)
    state = {}
    (teacher,) = program.teachers
    for t, (word, tag) in enumerate(zip([4, 1, 2, 0], [1, 2, 3, 1], strict=True)):
        outputs, state = module(torch.tensor([[word]]), state=state)
        assert scored.logp[t] == pytest.approx(outputs["head"][0, -1].log_softmax(-1)[tag].item(), abs=1e-5)
        for name in teacher.states:
            state[name] = torch.cat([state[name][:, :-1], torch.tensor([[tag]])], 1)
    assert scored.symbols == tuple("abca") and scored.total == pytest.approx(sum(scored.logp))


def test_all_answers_share_one(answering):
    program, module, example = answering
    scored = [score_text(program, module, "".join(tags), example) for tags in itertools.product(TAGS, repeat=4)]
    assert sum(np.exp(s.total) for s in scored) == pytest.approx(1.0, rel=1e-5)


def test_what_cannot_be_read_is_refused(answering):
    program, module, example = answering
    with pytest.raises(Refused):
        score_text(program, module, "a?", example)
