"""The journal: replay equals the document, torn ends are cut off, and kill -9 loses nothing that was acknowledged."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from core.graph.model import Node, frozen
from core.problems import Refused
from core.project.atomic import System
from core.project.document import Document
from core.project.file import save_project
from core.project.journal import RECORDS, Journal, read_records
from core.project.owner import LOCK, owner_is_dead
from core.project.patch import patch, patched
from core.project.recovery import discard, lost, replayed, restore
from core.project.schema import data_of, project_of
from core.project.upgrades import FORMAT
from core.words import Text
from tests.core.project.strange import projects, sample

EDIT = Text("Edit", "Editar")


def dead(folder):
    """Make it look as if the writer had died before the machine started."""
    lock = folder / LOCK
    claim = json.loads(lock.read_text())
    lock.write_text(json.dumps({**claim, "boot": "another"}))


def crash(journal):
    """Stop without closing, as a killed process does."""
    for stop in journal._stop_listening:
        stop()
    dead(journal.folder)


def titled(project, text):
    return replace(project, title=Text(text, text))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(projects(), projects())
def test_a_patch_turns_one_project_into_the_other(before, after):
    data = json.loads(json.dumps(data_of(before, FORMAT)))
    change = json.loads(json.dumps(patch(before, after)))
    again = project_of(patched(data, change))
    assert again == after
    assert list(again.graph.nodes) == list(after.graph.nodes)
    assert list(again.graph.edges) == list(after.graph.edges)
    assert patch(after, after) == {}


def test_moving_one_node_of_many_is_a_small_record():
    nodes = {f"n{i}": Node(f"n{i}", "dense") for i in range(1000)}
    before = replace(sample(), graph=replace(sample().graph, nodes=frozen({**sample().graph.nodes, **nodes})))
    moved = frozen({**before.graph.nodes, "n500": Node("n500", "dense", at=(1.0, 1.0))})
    assert len(json.dumps(patch(before, replace(before, graph=replace(before.graph, nodes=moved))))) < 120


def test_edits_undo_and_opening_are_replayed(tmp_path):
    document = Document()
    journal = Journal(document, tmp_path)
    document.apply_project(EDIT, sample())
    document.apply_project(EDIT, titled(sample(), "two"))
    document.undo()
    document.redo()
    document.undo()
    crash(journal)
    (item,) = lost(tmp_path)
    assert item.project == sample() and item.path == "" and item.edits == 1  # as undo counts them


def test_every_way_of_tearing_the_end_gives_an_earlier_state(tmp_path):
    document = Document(sample())
    journal = Journal(document, tmp_path)
    states = [document.project]
    for n in range(4):
        document.apply_project(EDIT, titled(sample(), f"edit {n}"))
        states.append(document.project)
    data = (journal.folder / RECORDS).read_bytes()
    journal.close()
    starts = [0, *(i + 1 for i, b in enumerate(data) if b == 10)]
    for end in range(starts[1], len(data) + 1):
        whole = sum(s <= end for s in starts) - 1
        assert replayed(list(read_records(data[:end]))) == states[whole - 1]
    for at in range(0, len(data), 7):  # one byte changed anywhere: never a wrong state, only an earlier one
        broken = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert replayed(list(read_records(broken))) in (None, *states)


def test_saving_starts_over_and_nothing_is_lost_then(tmp_path):
    file = tmp_path / "p.unfold"
    document = Document(sample(), file)
    journal = Journal(document, tmp_path / "r")
    document.apply_project(EDIT, titled(sample(), "x"))
    save_project(document.project, file)
    document.mark_saved(file)
    assert len(list(read_records((journal.folder / RECORDS).read_bytes()))) == 1
    crash(journal)
    assert lost(tmp_path / "r") == ()
    assert not journal.folder.exists()


def test_undoing_back_to_the_saved_state_loses_nothing(tmp_path):
    document = Document(sample())
    journal = Journal(document, tmp_path)
    document.apply_project(EDIT, titled(sample(), "x"))
    document.undo()
    crash(journal)
    assert lost(tmp_path) == ()


def test_a_new_window_asks_nothing(tmp_path):
    Journal(Document(), tmp_path).close()
    assert lost(tmp_path) == ()
    journal = Journal(Document(), tmp_path)
    crash(journal)
    assert lost(tmp_path) == ()


def test_a_living_owner_is_left_alone(tmp_path):
    document = Document()
    journal = Journal(document, tmp_path)
    document.apply_project(EDIT, sample())
    assert not owner_is_dead(journal.folder)
    assert lost(tmp_path) == ()
    journal.close()


def test_another_machine_or_a_used_again_number_are_told_apart(tmp_path):
    document = Document()
    journal = Journal(document, tmp_path)
    lock = journal.folder / LOCK
    claim = json.loads(lock.read_text())
    for change, gone in (({"host": "elsewhere", "boot": "b"}, False), ({"started": "1"}, bool(claim["started"]))):
        lock.write_text(json.dumps({**claim, **change}))
        assert owner_is_dead(journal.folder) is gone
    journal.close()


def test_restored_work_is_modified_has_no_path_and_survives_a_second_crash(tmp_path):
    file = tmp_path / "p.unfold"
    save_project(sample(), file)
    before = file.read_bytes()
    document = Document(sample(), file)
    journal = Journal(document, tmp_path / "r")
    document.apply_project(EDIT, titled(sample(), "unsaved"))
    crash(journal)
    for _ in range(3):
        (item,) = lost(tmp_path / "r")
        assert item.project.title.en == "unsaved" and item.path == str(file) and not item.file_changed
        window = Document()
        again = Journal(window, tmp_path / "r")
        restore(item, window, again)
        assert window.dirty and window.path is None and window.project == item.project
        assert not item.folder.exists()
        crash(again)
        file_after = file.read_bytes()
        assert file_after == before
        # the second time the suggestion is gone with the path, the work is not
        (second,) = lost(tmp_path / "r")
        assert second.project.title.en == "unsaved"
        discard(second)
        document = Document(sample(), file)
        journal = Journal(document, tmp_path / "r")
        document.apply_project(EDIT, titled(sample(), "unsaved"))
        crash(journal)


def test_kept_for_later_is_offered_again_and_discarded_is_not(tmp_path):
    journal = Journal(Document(), tmp_path)
    journal._document.apply_project(EDIT, sample())
    crash(journal)
    assert len(lost(tmp_path)) == len(lost(tmp_path)) == 1
    discard(lost(tmp_path)[0])
    assert lost(tmp_path) == ()


def test_of_two_windows_one_gets_it(tmp_path):
    journal = Journal(Document(), tmp_path)
    journal._document.apply_project(EDIT, sample())
    crash(journal)
    (first,), (second,) = lost(tmp_path), lost(tmp_path)
    one, other = Document(), Document()
    a, b = Journal(one, tmp_path), Journal(other, tmp_path)
    restore(first, one, a)
    with pytest.raises(Refused) as caught:
        restore(second, other, b)
    assert caught.value.problems[0].code == "recovery.taken"
    assert not other.dirty and one.project == sample()
    a.close()
    b.close()


def test_a_file_changed_by_somebody_else_is_told(tmp_path):
    file = tmp_path / "p.unfold"
    save_project(sample(), file)
    document = Document(sample(), file)
    journal = Journal(document, tmp_path / "r")
    document.apply_project(EDIT, titled(sample(), "mine"))
    save_project(titled(sample(), "a colleague's"), file)
    crash(journal)
    assert lost(tmp_path / "r")[0].file_changed


class Full(System):
    """A disk that is full while `full` holds, taking half of what is written."""

    full = False

    def write(self, handle, data):
        if self.full:
            return os.write(handle, data[: len(data) // 2]) if len(data) > 100 else 0
        return super().write(handle, data)


def test_a_full_disk_is_told_once_and_later_edits_are_kept_again(tmp_path):
    told, disk = [], Full()
    document = Document()
    journal = Journal(document, tmp_path, told.append, disk)
    document.apply_project(EDIT, sample())
    disk.full = True
    for n in range(3):
        document.apply_project(EDIT, titled(sample(), f"lost? {n}"))
    assert [p.code for p in told] == ["journal.failed"]
    assert replayed(list(read_records((journal.folder / RECORDS).read_bytes()))) == sample()
    disk.full = False
    document.apply_project(EDIT, titled(sample(), "kept"))
    crash(journal)
    assert lost(tmp_path)[0].project.title.en == "kept"


def test_a_long_session_stays_small(tmp_path, monkeypatch):
    monkeypatch.setattr("core.project.journal.COMPACT_BYTES", 20_000)
    document = Document(sample())
    journal = Journal(document, tmp_path)
    for n in range(400):
        document.apply_project(EDIT, titled(sample(), "x" * 50 + str(n)))
    assert (journal.folder / RECORDS).stat().st_size < 30_000
    crash(journal)
    assert lost(tmp_path)[0].project == document.project


def test_an_edit_is_written_before_it_is_acknowledged_and_quickly(tmp_path):
    document = Document(sample())
    journal = Journal(document, tmp_path)
    times = []
    for n in range(200):
        start = time.perf_counter()
        document.apply_project(EDIT, titled(sample(), str(n)))
        times.append(time.perf_counter() - start)
    assert replayed(list(read_records((journal.folder / RECORDS).read_bytes()))) == document.project
    assert sorted(times)[100] < 2e-3
    journal.close()


EDITOR = """
import os, sys
from dataclasses import replace
from pathlib import Path
from core.project.document import Document
from core.project.journal import Journal
from core.words import Text

def edit(folder):
    document = Document()
    journal = Journal(document, Path(folder))
    told = os.open(folder + ".told", os.O_WRONLY | os.O_CREAT)
    n = 0
    while True:
        n += 1
        title = Text(f"edit {n} " + "x" * (n % 500), str(n))
        document.apply_project(Text("e", "e"), replace(document.project, title=title))
        os.write(told, b"%d\\n" % n)

for line in sys.stdin:  # a fresh process for every folder, without importing again
    child = os.fork()
    if child == 0:
        edit(line.strip())
    print(child, flush=True)
    os.waitpid(child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no kill -9")
def test_twenty_kills_lose_no_acknowledged_edit(tmp_path):
    rng = random.Random(5)
    root = Path(__file__).resolve().parents[3]
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", EDITOR], cwd=root, stdin=pipe, stdout=pipe, text=True) as editor:
        for k in range(20):
            folder, told = tmp_path / str(k), tmp_path / f"{k}.told"
            print(folder, file=editor.stdin, flush=True)
            child = int(editor.stdout.readline())
            while not told.exists() or not told.stat().st_size:
                time.sleep(0.001)
            time.sleep(rng.uniform(0.0, 0.05))
            os.kill(child, signal.SIGKILL)
            while _runs(child):
                time.sleep(0.001)
            acknowledged = int(told.read_text().split("\n")[-2])
            (item,) = lost(folder)
            found = int(item.project.title.es)
            assert found in (acknowledged, acknowledged + 1)
            assert item.project.title.en == f"edit {found} " + "x" * (found % 500)
        editor.stdin.close()


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
