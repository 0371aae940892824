"""What a model answers to one example: without padding, and what the truth cost by the chain rule and by torch's own loss."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.data.open import open_dataset
from core.problems import Refused
from core.project.document import Document
from core.project.gallery import shipped
from core.session import Session
from core.train.answers import answer, spelt, trained
from core.train.examples import asked, held_out, one_of, typeable, typed
from core.train.module import make
from core.train.scoring import score_text


def model_of(name: str, **params: object):
    project = shipped(name).project
    data = replace(project.data, params={**project.data.params, **params})
    session = Session(Document(replace(project, data=data)))
    program = session.program()
    torch.manual_seed(4)
    model = trained(program, make(program).eval(), session.program("twin"))
    return model, held_out(open_dataset(session.registry, data, 0), 12)


def test_the_truth_costs_what_the_chain_rule_says():
    model, examples = model_of("hello")
    (told,) = answer(model, examples[0]).answers
    scored = score_text(model.program, model.module, "hello")
    assert "".join(spelt(told.true)) == "ello"
    assert told.losses == pytest.approx(-scored.logp, rel=1e-5)
    assert told.said.shares.sum(-1) == pytest.approx(np.ones(4), rel=1e-5)
    assert told.said.values.tolist() == told.said.shares.argmax(-1).tolist()


def test_a_class_is_judged_by_its_cross_entropy():
    model, examples = model_of("temporal-order-lstm")
    for example in examples[:4]:
        found = answer(model, example)
        (told,) = found.answers
        inputs = torch.tensor(example.arrays[model.program.inputs[0].field.name])
        lengths = {a: torch.tensor(n) for a, n in example.lengths.items()} or None
        outputs, _ = model.module(inputs, lengths=lengths)
        wanted = torch.tensor(example.arrays[model.program.targets[0].field.name])
        assert float(told.losses) == pytest.approx(functional.cross_entropy(*outputs.values(), wanted).item(), rel=1e-5)


def test_what_is_shown_of_a_padded_example_is_its_own_length():
    model, examples = model_of("hello")
    batch = examples[0]
    wider = {k: np.pad(a, [(0, 0), (0, 3)]) for k, a in batch.arrays.items()}
    padded = one_of(replace(batch, arrays=wider, lengths={"T": np.array([4])}), 0)
    for alone, beside in zip(answer(model, batch).answers, answer(model, padded).answers, strict=True):
        assert beside.said.values.shape == alone.said.values.shape == (4,)
        assert beside.losses == pytest.approx(alone.losses, rel=1e-6)


def test_what_a_person_types_is_answered_without_a_truth():
    model, examples = model_of("hello")
    assert typeable(model.program)
    found = answer(model, typed(model.program, "hel", examples[0]))
    assert ["".join(spelt(s)) for s in found.given] == ["hel"]
    assert found.answers[0].true is None and len(found.answers[0].said.values) == 3
    for unreadable in ("hex", ""):
        with pytest.raises(Refused):
            typed(model.program, unreadable, examples[0])


def test_numbers_cannot_be_typed():
    assert not typeable(model_of("adding-lstm")[0].program)


@pytest.mark.parametrize("name", ["dates-attention", "numbers"])
def test_a_model_that_answers_by_itself_shows_where_it_looked(name: str):
    """Rows as many as symbols said, each one a distribution over what was read; and they are those of the free run itself:
    told what it said, the twin says it again."""
    model, examples = model_of(name)
    for example in examples[:3]:
        found = answer(model, example)
        read = found.given[0].values.shape[0]
        (said,) = found.answers
        assert found.maps
        for rows in found.maps.values():
            assert rows.shape == (len(said.said.values), read)
            np.testing.assert_allclose(rows.sum(1), 1, rtol=1e-5)
        inputs, lengths = asked(model.program, example)
        chosen = torch.from_numpy(np.asarray(said.said.values))[None]
        teacher = model.program.teachers[0].name
        again, _ = model.twin_module(*inputs, lengths=lengths, truth={teacher: chosen})
        assert again[model.program.teachers[0].said][0].argmax(-1).tolist() == chosen[0].tolist()
