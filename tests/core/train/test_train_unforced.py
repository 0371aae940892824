"""A model with teachers, taught and by itself, on the same sequence: what probes show is what decoding says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.observe.recording import Recording
from core.project.document import Document
from core.project.gallery import shipped
from core.session import Session
from core.train.answers import answer, trained
from core.train.decoding import Choice, write
from core.train.examples import asked, one_of
from core.train.generation import loop_of
from core.train.learner import Learner
from core.train.module import answering
from core.train.probe import Prober
from core.train.requests import UNFORCED


def taught(name: str, folder, steps: int = 6):
    """A learner after a few steps, its prober, and the example that is shown as a batch of one."""
    project = shipped(name).project
    project = replace(project, training=replace(project.training, threads=1))
    job = Session(Document(project)).job(folder)
    learner = Learner(job)
    for _ in range(steps):
        learner.learn()
    twin = learner.twin()
    assert twin is not None
    return learner, Prober(job, learner.module, twin), one_of(job.dataset.examples(4), 0)


@pytest.mark.parametrize("name", ["reverse", "dates-attention", "digit-names-bernoulli", "recall-jordan"])
def test_what_is_shown_of_a_model_by_itself_is_what_decoding_writes(name, tmp_path) -> None:
    learner, prober, example = taught(name, tmp_path)
    program = learner.job.program
    (teacher,) = program.teachers
    frame = prober.frame(1, beside=(UNFORCED, "encoder.h", "decoder.h", "decoder/hidden.y"))
    assert frame.free is not None and prober.frame(2).free is None  # only where somebody asks
    shown = frame.free.outputs[teacher.said]
    loop = loop_of(program)
    steps = (
        int(example.lengths[teacher.field.sig.axes[0]][0]) if teacher.field.sig.axes[0] in example.lengths else 10**6
    )
    steps = min(steps, example.arrays[teacher.field.name].shape[1])
    inputs, lengths = asked(program, example)
    with answering(learner.module):
        written = write(learner.module, loop, inputs, steps, Choice(temperature=0), 0, (), lengths)
    said = shown.argmax(1)
    ends = loop.end is not None and written.ended
    assert said.tolist() == [*written.symbols, *([loop.end] if ends else [])]
    np.testing.assert_allclose(np.log(shown.max(1)), written.logp, atol=1e-4)
    truth = example.arrays[teacher.field.name][0][: len(said)]
    if len(program.outputs) == 1:  # the loss of the truth, by a model that did not hear it
        costs = -np.log(shown[np.arange(len(said)), truth])
        np.testing.assert_allclose(frame.free.losses, costs, rtol=1e-3, atol=1e-4)
    assert all(len(v) == len(said) for k, v in frame.free.values.items() if k.startswith("decoder"))


def test_where_both_have_heard_the_same_they_are_the_same_and_part_after_the_first_mistake(tmp_path) -> None:
    learner, prober, _ = taught("reverse", tmp_path, steps=40)
    frame = prober.frame(1, beside=(UNFORCED,))
    assert frame.free is not None
    (teacher,) = learner.job.program.teachers
    forced, free = frame.outputs[teacher.said], frame.free.outputs[teacher.said]
    words = teacher.field.vocabulary
    right = [words[i] == s for i, s in zip(free.argmax(1), frame.symbols["target"], strict=False)]
    first = right.index(False) if False in right else len(right) - 1
    np.testing.assert_allclose(free[: first + 1], forced[: first + 1], atol=1e-5)
    if first + 1 < len(free):
        assert np.abs(free[first + 1] - forced[first + 1]).max() > 1e-3


def test_numbers_are_heard_again_too_after_those_that_are_given(tmp_path) -> None:
    learner, prober, example = taught("mackey-scheduled", tmp_path)
    frame = prober.frame(1, beside=(UNFORCED,))
    assert frame.free is not None
    job = learner.job
    model = trained(job.program, learner.module, job.twin)
    (said,) = answer(model, example).answers
    np.testing.assert_allclose(frame.free.outputs["next"], said.said.values, atol=1e-5)
    given = job.program.teachers[0].given
    np.testing.assert_allclose(frame.free.outputs["next"][: given + 1], frame.outputs["next"][: given + 1], atol=1e-5)


def test_it_is_kept_with_a_recording(tmp_path) -> None:
    _, prober, _ = taught("digit-names", tmp_path, steps=1)
    recording = Recording()
    recording.add(prober.frame(1, beside=(UNFORCED,)))
    recording.save(tmp_path / "recording.npz")
    assert Recording.load(tmp_path / "recording.npz") == recording
    kept = Recording.load(tmp_path / "recording.npz").frame()
    assert kept is not None and kept.free is not None and kept.free.outputs["letters"].size
