"""New, open, save: what happens to the person's work, asked before anything of it could be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from core.problems import Problem, Refused
from core.project.model import Project
from core.project.running import stem_of
from core.words import Text, say
from studio.bridge import RunView
from studio.lookback import same_drawing, view_of
from studio.panels.ask import Answer, ask, tell_problems
from studio.state import State
from studio.typed import agreed

FILTER = Text("Unfold projects (*.unfold)", "Proyectos de Unfold (*.unfold)")
CHANGED = Text("Save the changes to “{n}”?", "¿Guardar los cambios de «{n}»?")
NEVER_SAVED = Text("Save “{n}”? It has no file yet.", "¿Guardar «{n}»? Aún no tiene archivo.")
LOST = Text("What is not saved is lost.", "Lo que no se guarda se pierde.")
LEFT_AS_RUN = Text(
    "What it learnt stays among the last runs on the welcome page; edits made since are lost otherwise.",
    "Lo aprendido queda entre las últimas ejecuciones de la página de bienvenida; lo editado después se pierde.",
)


class Files:
    """The file commands of one window. `settle` ends a running training first; False means the person said no. `opened` is
    called when another project is there to look at."""

    def __init__(self, state: State, window: QWidget, settle: Callable[[], bool], opened: Callable[[], None]) -> None:
        self._state, self._window, self._settle, self._opened = state, window, settle, opened
        self.suggestion: Path | None = None  # where restored work was once saved

    def new(self) -> None:
        if self.may_leave():
            self._replace(self._state.session.new)

    def open(self, path: Path | None = None) -> None:
        """Open a file, chosen in a dialog where none is given."""
        chosen = path or self._ask_open()
        if chosen is not None and self.may_leave():
            self._replace(lambda: self._state.session.open(chosen), chosen)

    def start_from(self, project: Project, own: bool = False) -> bool:
        """A gallery project: a copy without a file. What was made of one's `own` data is found nowhere else, so that it
        counts as unsaved. False where the person stayed with what was open."""
        leaves = self.may_leave()
        if leaves:
            self._replace(lambda: self._state.session.new(project))
            if own:
                self._state.document.mark_unsaved()
                self._state.saved.emit()
        return leaves

    def open_run(self, folder: Path) -> bool:
        """A finished run: its recording, and its project where another is open. False where it could not be read, or the
        person stayed."""
        from core.project.ran import read_run
        from core.project.rundir import METRICS, run_project
        from core.project.running import load_recording

        same = same_drawing(self._state, folder)
        if not (self._settle() if same else self.may_leave()):
            return False
        try:
            project, recording = run_project(folder), load_recording(folder)
            view = view_of(read_run(folder), recording) if (folder / METRICS).exists() else RunView()
        except Refused as refused:
            self._complain(refused.problems)
            return False
        if not same:
            self._state.session.new(project)
        self._state.forget_run(folder, recording, same)
        self._state.look_back(folder, recording, view)
        if not same:
            self._opened()
        return True

    def save(self) -> bool:
        """Save where it came from; True when it was written."""
        agreed()
        path = self._state.document.path
        return self._write(path) if path is not None else self.save_as()

    def save_as(self) -> bool:
        agreed()
        settings, document = self._state.settings, self._state.document
        stem = stem_of(say(document.project.title)) or say(Text("untitled", "sin-titulo"))
        start = document.path or self.suggestion or settings.folder / f"{stem}.unfold"
        name, _ = QFileDialog.getSaveFileName(self._window, say(Text("Save the project", "Guardar el proyecto")), str(start), say(FILTER))  # fmt: skip
        if not name:
            return False
        path = Path(name)
        return self._write(path if path.suffix == ".unfold" else path.with_name(path.name + ".unfold"))

    def may_leave(self) -> bool:
        """Ask for unsaved work and a running training; True where the project may be closed."""
        agreed()
        if not self._settle():
            return False
        if not self._state.document.dirty:
            return True
        name = title_of(self._state)
        new = self._state.document.path is None
        answer = ask(
            self._window,
            say(NEVER_SAVED if new else CHANGED, n=name),
            say(LEFT_AS_RUN if new and self._state.weights_kept() else LOST),
            say(Text("Save", "Guardar")),
            say(Text("Don't save", "No guardar")),
        )
        if answer is Answer.YES:
            return self.save()
        return answer is Answer.NO

    def _ask_open(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._window, say(Text("Open a project", "Abrir un proyecto")),
                                              str(self._state.settings.folder), say(FILTER))  # fmt: skip
        return Path(name) if name else None

    def _replace(self, open_: Callable[[], None], path: Path | None = None) -> None:
        try:
            open_()
        except Refused as refused:
            self._complain(refused.problems)
            return
        if path is not None:
            self._remember(path)
        self._state.forget_run()
        self._opened()

    def _write(self, path: Path) -> bool:
        try:
            self._state.session.save(path)
        except Refused as refused:
            self._complain(refused.problems)
            return False
        self.suggestion = None
        self._remember(path)
        self._state.saved.emit()
        self._state.status.emit(say(Text("Saved {f}", "Guardado {f}"), f=path.name))
        return True

    def _remember(self, path: Path) -> None:
        self._state.settings.add_recent(path)
        self._state.settings.folder = path.parent

    def _complain(self, problems: tuple[Problem, ...]) -> None:
        tell_problems(self._window, problems, self._state.tokens)


def title_of(state: State) -> str:
    """How the project is called: its title, else its file, else untitled."""
    document = state.document
    title = say(document.project.title).strip()
    return title or (document.path.stem if document.path else say(Text("Untitled", "Sin título")))
