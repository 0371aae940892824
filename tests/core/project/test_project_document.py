"""The document: exact undo, merged gestures, the dirty mark, and a journal that replays to every state."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.project.document import Document
from core.project.journal import RECORDS, Journal, read_records
from core.project.model import Project
from core.project.recovery import replayed
from core.words import Text
from tests.core.project.strange import projects, sample

EDIT = Text("Edit", "Editar")
STEPS = st.lists(projects() | st.sampled_from(["undo", "redo", "saved", "open"]), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(STEPS)
def test_the_journal_replays_to_the_document_after_every_step(steps):
    with tempfile.TemporaryDirectory() as root:
        document = Document()
        journal = Journal(document, Path(root))
        for step in steps:
            if isinstance(step, Project):
                document.apply_project(EDIT, step)
            elif step == "undo":
                document.undo()
            elif step == "redo":
                document.redo()
            elif step == "saved":
                document.mark_saved(None)
            else:
                document.reset(sample(), None)
            records = list(read_records((journal.folder / RECORDS).read_bytes()))
            assert replayed(records) == document.project
            assert records[-1].dirty == document.dirty
        journal.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(projects(), max_size=6))
def test_undo_to_the_start_and_redo_to_the_end(steps):
    document = Document()
    states = [document.project]
    for step in steps:
        document.apply_project(EDIT, step)
        if document.project != states[-1]:
            states.append(document.project)
    for state in reversed(states[:-1]):
        document.undo()
        assert document.project == state
    assert document.undo_label is None and not document.dirty
    for state in states[1:]:
        document.redo()
        assert document.project == state
    assert document.redo_label is None


def titled(text):
    return replace(sample(), title=Text(text, text))


def test_a_gesture_is_one_step_and_ends_when_told():
    document = Document()
    for text in ("a", "b", "c"):
        document.apply_project(EDIT, titled(text), merge="typing")
    document.close_merge()
    document.apply_project(EDIT, titled("d"), merge="typing")
    assert len(document.history) == 2
    document.undo()
    assert document.project == titled("c")
    document.undo()
    assert document.project == Project()


def test_an_edit_after_undo_does_not_join_what_was_before():
    document = Document()
    document.apply_project(EDIT, titled("a"), merge="m")
    document.apply_project(EDIT, titled("b"), merge="n")
    document.undo()
    document.apply_project(EDIT, titled("c"))
    document.undo()
    assert document.project == titled("a") and document.redo_label == EDIT


def test_marks_are_told_and_nothing_after_leaving():
    document, told = Document(), []
    leave = document.subscribe_marks(lambda: told.append(document.dirty))
    document.apply_project(EDIT, sample())
    document.mark_saved(None)
    document.mark_unsaved()
    leave()
    document.mark_saved(None)
    assert told == [False, True]


def test_edits_are_counted_from_what_was_saved_also_backwards(tmp_path: Path):
    document = Document()
    for n in range(3):
        document.apply_project(EDIT, replace(sample(), title=Text(f"{n}", f"{n}")))
    assert document.edits == 3
    document.mark_saved(tmp_path / "p.unfold")
    document.undo()
    document.undo()
    assert document.edits == 2
    document.travel(3)
    assert document.edits == 0
    document.mark_unsaved(5)
    document.undo()
    assert document.edits == 7, "five before this history, and two of its own that still stand"


def test_listeners_hear_whether_an_edit_is_new_or_was_travelled_to():
    document, heard = Document(), []
    document.subscribe(lambda change: heard.append(change.travelled))
    document.apply_project(EDIT, sample())
    document.apply_project(EDIT, Project())
    document.undo()
    document.redo()
    document.travel(0)
    document.reset(sample(), None)
    assert heard == [False, False, True, True, True, False]
