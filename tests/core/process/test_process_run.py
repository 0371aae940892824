"""A run in a child: the same numbers as in a thread, and whatever the child dies of, this process is told and goes on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.observe.recording import Recording
from core.problems import Refused
from core.process.child import environment
from core.process.crew import Crew
from core.process.errands import Say, Weigh, Write
from core.process.run import FORCE, ProcessRun
from core.project.document import Document
from core.project.gallery import shipped
from core.project.model import DataChoice, Project
from core.session import Session
from core.specs.registry import HOME, OWN, discover
from core.train.messages import Done, Failed, Frame, Message, Paused, Started, Step
from core.words import Text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

ODD = os.fsdecode(b"caf\xe9") if sys.platform == "linux" else "run"  # names of folders are bytes: this one is no text
FAULTY = Path(__file__).with_name("faulty.py")
FAULTS = {
    "crash": "segfault",
    "leave": "open leave",
    "hang": "open hang",
    "deaf": "deaf",
    "kill": "open hang",
    "slow": "slow",
}


def hello(**training: Any) -> Project:
    project = shipped("hello").project
    return replace(project, training=replace(project.training, **{"steps": 30, "validate_every": 10, **training}))


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "never happened"
        time.sleep(0.005)


def told_by(session: Session) -> list[Message]:
    assert session.run is not None and session.run.wait(90)
    return session.poll()


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    made = Crew()
    yield made
    made.close()


@pytest.fixture(scope="module")
def both(crew: Crew, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Session, list[Message]]]:
    """The same project trained in a thread, in a child, and in that child once more."""
    found = {}
    for name in ("thread", "process", "again"):
        session = Session(Document(hello(checkpoint_every=20, probe_budget=1.0)))
        session.crew = None if name == "thread" else crew
        session.start(tmp_path_factory.mktemp(name) / ODD)
        found[name] = (session, told_by(session))
    return found


def test_a_child_makes_the_same_numbers_bit_for_bit(both: dict[str, tuple[Session, list[Message]]]) -> None:
    thread, here = both["thread"]
    for name in ("process", "again"):
        process, there = both[name]
        assert isinstance(process.run, ProcessRun) and isinstance(there[-1], Done), there[-1]
        losses = [[(m.step, m.loss, m.grad_norm) for m in told if isinstance(m, Step)] for told in (here, there)]
        assert len(losses[0]) == 30 and losses[0] == losses[1]
        assert here[-1].metrics == there[-1].metrics  # type: ignore[union-attr]
        weights = [(s.run_dir / "weights.safetensors").read_bytes() for s in (thread, process)]  # type: ignore[operator]
        assert weights[0] == weights[1]


def test_the_run_folder_has_one_writer_and_all_that_was_shown(both: dict[str, tuple[Session, list[Message]]]) -> None:
    for session, _ in both.values():
        assert session.run_dir is not None
        kept = Recording.load(session.run_dir / "recording.npz")
        assert kept == session.recording and len(kept.frames) > 1 and len(kept.series("loss")[0]) == 30
        assert not list(session.run_dir.glob("*.part")) and not (session.run_dir / "crash.txt").exists()
    assert len({tuple(sorted(p.name for p in s.run_dir.iterdir())) for s, _ in both.values() if s.run_dir}) == 1


def test_it_is_steered_like_a_thread(crew: Crew, tmp_path: Path) -> None:
    session = Session(Document(hello(steps=10**6)))
    session.crew = crew
    session.start(tmp_path / "run")
    heard: list[Message] = []

    def seen(true: Callable[[Message], bool]) -> None:
        def look() -> bool:
            heard.extend(session.poll())
            return any(true(m) for m in heard)

        until(look)

    controls = session.controls
    assert controls is not None
    controls.step_once()
    seen(lambda m: isinstance(m, Paused))
    at = max(m.step for m in heard if isinstance(m, (Paused, Step)))
    controls.step_once()
    seen(lambda m: isinstance(m, Paused) and m.step == at + 1)
    controls.set_learning_rate(0.25)
    controls.watch(("memory.h",))
    controls.step_once()
    seen(lambda m: isinstance(m, Frame) and m.step == at + 2)
    frame = next(m for m in heard if isinstance(m, Frame) and m.step == at + 2)
    assert "memory.h" in frame.gradients
    assert next(m.learning_rate for m in heard if isinstance(m, Step) and m.step == at + 2) == 0.25
    controls.go()
    seen(lambda m: isinstance(m, Step) and m.step > at + 10)
    controls.stop()
    last = told_by(session)[-1]
    assert isinstance(last, Done) and last.stopped and session.recording.frames


def test_what_is_asked_of_weights_is_answered_alike(
    both: dict[str, tuple[Session, list[Message]]], tmp_path: Path
) -> None:
    (thread, _), (process, _) = both["thread"], both["again"]
    run_dir = thread.run_dir
    assert run_dir is not None
    for errand in (Write(run_dir, "h", 12, 3, 0.7), Weigh(run_dir, "hello"), Say(run_dir, 0), Say(run_dir, text="hel")):
        assert repr(process.ask(errand)) == repr(thread.ask(errand))
    assert process.export("source", tmp_path / "model").largest < 1e-6
    wrongs = (Write(run_dir, "xyz", 12, 3, 0.7), Weigh(run_dir, "h"), Write(tmp_path, "h", 1, 1, 1.0), Say(tmp_path))
    for wrong in wrongs:
        codes = []
        for session in (thread, process):
            with pytest.raises(Refused) as refused:
                session.ask(wrong)
            codes.append([p.line() for p in refused.value.problems])
        assert codes[0] == codes[1]


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Session, float]]]:
    """A run per fault, all at once; those that hang are told to stop. With the seconds this took."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "datasets").mkdir()
    shutil.copy(FAULTY, folder / "datasets")
    crew, begun = Crew(), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(OWN, str(folder))
        registry = discover(HOME, folder)
        for fault, how in FAULTS.items():
            data = DataChoice("faulty", {"fault": how})
            given = hello(checkpoint_every=1) if fault != "slow" else hello(steps=10**6)
            session = Session(Document(replace(given, data=data)), registry)
            session.crew = crew
            session.start(folder / fault)
            begun[fault] = session
    found = {}
    for fault, session in begun.items():
        run = session.run
        assert isinstance(run, ProcessRun)
        if fault in ("deaf", "slow"):
            until(lambda run=run: run._pace.step >= 2)
        time.sleep(0.2)
        at = time.monotonic()
        if fault == "kill":
            assert run._child is not None
            os.kill(run._child.id, signal.SIGKILL)
        elif fault in ("hang", "deaf", "slow"):
            run.controls.stop()
        assert run.wait(60)
        found[fault] = (session, time.monotonic() - at)
    yield found
    crew.close()


@pytest.mark.parametrize(("fault", "says"), [("leave", "it left with code 3"), ("kill", "Most often memory ran out")])
def test_a_process_that_dies_is_told_as_a_problem(
    faults: dict[str, tuple[Session, float]], fault: str, says: str
) -> None:
    (last,) = faults[fault][0].poll()
    assert isinstance(last, Failed) and last.problem.code == "process.died"
    assert says in last.problem.line() and "No checkpoint had been written yet" in last.problem.line()


@pytest.mark.parametrize(("fault", "step"), [("hang", 0), ("deaf", 2)])
def test_stop_always_works(faults: dict[str, tuple[Session, float]], fault: str, step: int) -> None:
    """What was learnt is kept, so nothing is lost: it has stopped, and that is all there is to say."""
    session, took = faults[fault]
    last, run = session.poll()[-1], session.run
    assert isinstance(last, Done) and last.stopped and last.step == step, last
    assert isinstance(run, ProcessRun) and took < run._pace.patience + FORCE + 1.5, took


def test_who_heeds_a_stop_has_time_to_save(faults: dict[str, tuple[Session, float]]) -> None:
    session, took = faults["slow"]
    last = session.poll()[-1]
    assert took > 4.5 and isinstance(last, Done) and last.stopped and last.metrics, last
    assert session.run_dir is not None and (session.run_dir / "weights.safetensors").exists()


def test_after_a_crash_the_next_run_goes_on_from_the_checkpoint(
    faults: dict[str, tuple[Session, float]], crew: Crew
) -> None:
    session, _ = faults["crash"]
    last = session.poll()[-1]
    assert isinstance(last, Failed) and "SIGSEGV" in last.problem.line() and "ctypes" in last.detail, last
    assert (last.problem.where.path, last.problem.where.label) == (("scores",), "Dense"), last.detail
    assert "The checkpoint of step 2 is whole" in last.problem.line()
    session.document.apply_project(Text("Mend", "Reparar"), replace(session.project, data=DataChoice("hello", {})))
    session.crew = crew
    session.start(session.run_dir, resume=True)
    messages = told_by(session)
    assert isinstance(messages[0], Started) and messages[0].start == 2, messages[0]
    assert isinstance(messages[-1], Done) and messages[-1].step == 30
    assert session.run_dir is not None
    kept = Recording.load(session.run_dir / "recording.npz")
    assert len(kept.series("loss")[0]) == 30 and len(session.recording.series("loss")[0]) == 30


@pytest.mark.parametrize("apart", [False, True], ids=["thread", "process"])
def test_a_damaged_recording_keeps_nobody_from_the_checkpoint(apart: bool, crew: Crew, tmp_path: Path) -> None:
    session = Session(Document(hello(steps=4)))
    session.crew = crew if apart else None
    session.start(tmp_path / "run")
    assert isinstance(told_by(session)[-1], Done)
    (tmp_path / "run" / "recording.npz").write_bytes(b"half of it")
    more = Session(Document(hello(steps=6)))
    more.crew = session.crew
    more.start(tmp_path / "run", resume=True)
    first, *_, last = told_by(more)
    assert isinstance(first, Started) and first.start == 4 and "damaged" in first.told[0].en
    assert isinstance(last, Done) and last.step == 6
    assert Recording.load(tmp_path / "run" / "recording.npz").steps().tolist() == [5, 6]


def test_a_listener_that_raises_ends_the_run_and_keeps_what_it_learnt(crew: Crew, tmp_path: Path) -> None:
    session = Session(Document(hello(steps=10**6)))
    session.crew = crew

    def listen(message: Message) -> None:
        if isinstance(message, Step) and message.step > 5:
            raise BrokenPipeError

    session.start(tmp_path / "run", listener=listen)
    assert isinstance(told_by(session)[-1], Failed)
    until((tmp_path / "run" / "weights.safetensors").exists)
    assert isinstance(session.run, ProcessRun) and session.run._child is not None
    assert session.run._child.ended(20) is not None and session.run._child not in crew._out


LEFT = """
import os, sys, time
from dataclasses import replace
from pathlib import Path
from core.process.crew import Crew
from core.project.document import Document
from core.project.gallery import shipped
from core.session import Session
from core.train.messages import Step

project = shipped("hello").project
session = Session(Document(replace(project, training=replace(project.training, steps=10**7))))
session.crew = Crew()
session.start(Path(sys.argv[1]))
while not any(isinstance(m, Step) and m.step > 5 for m in session.poll()):
    assert session.run.alive
    time.sleep(0.01)
print(session.run._child.id, flush=True)
os._exit(1)
"""


def test_a_child_ends_with_who_started_it_and_leaves_a_checkpoint(tmp_path: Path) -> None:
    """As after a crash of the window: nobody said a word."""
    command = [sys.executable, "-c", LEFT, str(tmp_path / "run")]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HOME.parent)
    assert said.stdout, said.stderr
    until(lambda: not alive(int(said.stdout)), 20)
    assert (tmp_path / "run" / "checkpoint" / "latest").exists()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_an_idle_child_is_kept_a_while_and_then_dropped() -> None:
    crew = Crew(kept_seconds=0.3)
    child = crew.take()
    crew.give(child)
    assert crew.take() is child
    crew.give(child)
    until(lambda: not child.alive, 10)
    assert crew.children == 0
    crew.close()


def test_a_child_is_told_nothing_that_changes_what_code_means(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONSTARTUP", "PYTHONPATH", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "LD_PRELOAD", "SECRET_TOKEN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("UNFOLD_PLUGINS", "/p")
    told = environment()
    assert told["UNFOLD_PLUGINS"] == "/p" and "PATH" in told
    assert (
        not {"PYTHONSTARTUP", "PYTHONPATH", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "LD_PRELOAD", "SECRET_TOKEN"}
        & told.keys()
    )


def test_a_child_that_talks_nonsense_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import core.process.child as room

    monkeypatch.setattr(
        room, "BOOT", "import sys; sys.stdout.write('hello, this is no letter at all'); sys.stdout.flush(); input()"
    )
    session = Session(Document(hello()))
    session.crew = Crew()
    session.start(tmp_path / "run")
    last = told_by(session)[-1]
    assert isinstance(last, Failed) and last.problem.code == "process.garbled" and session.crew.children == 0
