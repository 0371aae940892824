"""One open project with everything derived from it and its run: what the window and the command line both stand on.

No Qt, and torch only once a run or an export starts.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from core.compile.program import Checked, Mode, Program
from core.data.open import fields_of
from core.observe.recording import Recording
from core.problems import Place, Problem, Refused
from core.process.asking import do_apart, do_here
from core.process.crew import Crew
from core.process.errands import Errand, Export
from core.process.run import ProcessRun, Task
from core.project.document import Document
from core.project.file import load_project, save_project, write_project
from core.project.model import DataChoice, Project
from core.project.rundir import check_place
from core.project.running import Listener, keeper, located, make_job, new_run_dir, seen_before
from core.specs.fields import Fields
from core.specs.registry import Registry, default_registry
from core.train.controls import Controls
from core.train.job import Job
from core.train.messages import Message
from core.train.run import Run
from core.words import Text

if TYPE_CHECKING:
    from core.export.exporter import Verified


class Session:
    """A document, what can be said about it (cached by value), and its latest run with the recording of it."""

    def __init__(self, document: Document | None = None, registry: Registry | None = None) -> None:
        self.document = document or Document()
        self.registry = registry or default_registry()
        self.crew: Crew | None = None  # where there is one, its children train and answer, else this process does
        self.run: Run | ProcessRun | None = None
        self.run_dir: FilePath | None = None
        self.recording = Recording()
        self._fields: tuple[DataChoice, Fields, tuple[Problem, ...]] | None = None

    @property
    def project(self) -> Project:
        return self.document.project

    def fields(self) -> tuple[Fields, tuple[Problem, ...]]:
        """What the chosen data offers, and what is wrong with the choice. The answer is kept until the choice changes
        or a project is opened."""
        choice = located(self.project.data, self.document.path)
        if self._fields is None or self._fields[0] != choice:
            try:
                self._fields = (choice, fields_of(self.registry, choice), ())
            except Refused as refused:
                self._fields = (choice, Fields(), refused.problems)
        return self._fields[1:]

    @property
    def knows_fields(self) -> bool:
        """Whether `fields` answers without opening the data."""
        return self._fields is not None and self._fields[0] == located(self.project.data, self.document.path)

    def checked(self) -> Checked:
        """Problems of data and graph, and the signature of every wire. Pure apart from reading the data's head."""
        from core.compile.pipeline import check

        fields, problems = self.fields()
        checked = check(self.project.graph, fields, self.registry)
        if problems:  # without fields every input would complain: the data's own problem says it once
            rest = tuple(p for p in checked.problems if not p.code.startswith("field."))
            return replace(checked, problems=problems + rest)
        return checked

    def program(self, mode: Mode = "train") -> Program:
        """The emitted program. Raises Refused with every error."""
        from core.compile.pipeline import compile_graph  # with networkx, too slow for the way to the first window

        fields, problems = self.fields()
        if problems:
            raise Refused(*problems)
        return compile_graph(self.project.graph, fields, self.registry, mode)

    def job(self, run_dir: FilePath) -> Job:
        """Everything a new run needs, opened from the project as it stands now. Raises Refused."""
        return make_job(self.project, self.registry, self.document.path, run_dir, False)

    def start(self, run_dir: FilePath | None = None, resume: bool = False, listener: Listener | None = None) -> None:
        """Begin training, in a child of the crew or a worker thread. The project is taken as it stands; later edits do not
        touch the run. `listener` is called in another thread with every message. Raises Refused at once where graph or
        data are wrong."""
        home = self.document.path
        target = run_dir or new_run_dir(home, self.project.title)
        check_place(target, self.program(), resume)
        recording, told = self._seen_of(target) if resume else (Recording(), ())
        run = (
            self._apart(target, resume, recording, listener)
            if self.crew
            else self._here(target, resume, recording, told, listener)
        )
        run.start()
        self.run, self.run_dir, self.recording = run, target, recording

    def _seen_of(self, target: FilePath) -> tuple[Recording, tuple[Text, ...]]:
        """What a run left to look at; what lies here of it already is not read again."""
        return (self.recording, ()) if self.run_dir == target and self.recording.started else seen_before(target)

    def _here(
        self, target: FilePath, resume: bool, recording: Recording, told: tuple[Text, ...], listener: Listener | None
    ) -> Run:
        project, registry, home = self.project, self.registry, self.document.path
        keep = keeper(recording, target, listener)
        return Run(lambda: make_job(project, registry, home, target, resume, told), keep)

    def _apart(self, target: FilePath, resume: bool, recording: Recording, listener: Listener | None) -> ProcessRun:
        """The child keeps the recording on the disk; this one is to look at."""
        assert self.crew is not None

        def see(message: Message) -> None:
            recording.add(message)
            if listener is not None:
                listener(message)

        text, program = write_project(self.project), self.program()
        lines = {n: Place(path=path, label=program.called(path)) for n, path in program.lines.items()}
        return ProcessRun(self.crew, Task(text, self.document.path, target, resume, lines), see)

    def poll(self) -> list[Message]:
        """Messages since the last call; the recording holds them already."""
        return self.run.poll() if self.run is not None else []

    @property
    def controls(self) -> Controls | None:
        return self.run.controls if self.run is not None else None

    def stop(self, timeout: float = 2.0) -> bool:
        """Ask the run to stop and wait at most `timeout` seconds. True when it ended."""
        if self.run is None or not self.run.alive:
            return True
        self.run.controls.stop()
        return self.run.wait(timeout)

    def new(self, project: Project | None = None) -> None:
        self.document.reset(project or Project(), None)
        self._fields = None

    def open(self, path: FilePath) -> None:
        """Open a project file. Raises Refused; then the open document stays as it was."""
        project = load_project(path)
        self.document.reset(project, path)
        self._fields = None

    def save(self, path: FilePath | None = None) -> FilePath:
        """Save to `path` or where it came from. Raises Refused; then the old file is untouched."""
        target = path or self.document.path
        if target is None:
            raise ValueError("a project that was never saved needs a path")
        save_project(self.project, target)
        self.document.mark_saved(target)
        return target

    def export(self, format: str, target: FilePath, run_dir: FilePath | None = None) -> Verified:
        """Export the trained model of a run directory and verify it. Raises Refused."""
        chosen = run_dir or self.run_dir
        assert chosen is not None, "the export action is only offered once a run exists"
        found: Verified = self.ask(Export(chosen, format, target))
        return found

    def ask(self, errand: Errand) -> Any:
        """What trained weights answer, from a child where there is a crew. Takes a while. Raises Refused."""
        return do_apart(self.crew, errand) if self.crew else do_here(errand, self.registry)
