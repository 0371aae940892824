"""The open project with its history. One door writes: `apply`; everything else listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from core.graph.model import Graph
from core.project.model import Project
from core.words import Text


@dataclass(frozen=True)
class Change:
    """What listeners are told: the project before and after, the name of the edit, and whether it was undone or done
    again."""

    before: Project
    after: Project
    label: Text
    travelled: bool = False


@dataclass(frozen=True)
class Entry:
    """One undoable edit. Snapshots share everything that did not change."""

    label: Text
    before: Project
    after: Project
    merge: str = ""


Listener = Callable[[Change], None]


class Document:
    """A project being edited. Undo is a list of snapshots; `merge` joins edits of one gesture or one field."""

    def __init__(self, project: Project | None = None, path: FilePath | None = None) -> None:
        self._project = project or Project()
        self._saved: Project | None = self._project
        self._saved_at = 0  # so many edits of the history were done then
        self._done: list[Entry] = []
        self._undone: list[Entry] = []
        self._listeners: list[Listener] = []
        self._mark_listeners: list[Callable[[], None]] = []
        self.path = path

    @property
    def project(self) -> Project:
        return self._project

    @property
    def graph(self) -> Graph:
        return self._project.graph

    @property
    def dirty(self) -> bool:
        """Differs from what was last saved."""
        return self._saved is None or self._project != self._saved

    @property
    def edits(self) -> int:
        """How many edits of the history lie between what was last saved and now."""
        return abs(len(self._done) - self._saved_at)

    @property
    def history(self) -> tuple[Text, ...]:
        return tuple(e.label for e in self._done)

    @property
    def future(self) -> tuple[Text, ...]:
        """What was undone, the next to be done again first."""
        return tuple(e.label for e in reversed(self._undone))

    @property
    def undo_label(self) -> Text | None:
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> Text | None:
        return self._undone[-1].label if self._undone else None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def subscribe_marks(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever the document is marked as saved or unsaved; returns the way to stop."""
        self._mark_listeners.append(listener)
        return lambda: self._mark_listeners.remove(listener)

    def apply(self, label: Text, graph: Graph, merge: str = "") -> None:
        """Make `graph` the project's graph, as one undo step. An edit that changes nothing leaves no step."""
        self.apply_project(label, replace(self._project, graph=graph), merge)

    def apply_project(self, label: Text, project: Project, merge: str = "") -> None:
        """Make `project` the current one, as one undo step. Edits with the same non-empty `merge` that follow each
        other become one step."""
        before = self._project
        if project == before:
            return
        top = self._done[-1] if self._done else None
        if top is not None and merge and top.merge == merge:
            self._done[-1] = replace(top, after=project)
        else:
            self._done.append(Entry(label, before, project, merge))
        self._undone.clear()
        self._become(project, label)

    def close_merge(self) -> None:
        """End the current gesture: the next edit starts a step of its own."""
        if self._done and self._done[-1].merge:
            self._done[-1] = replace(self._done[-1], merge="")

    def undo(self) -> None:
        if self._done:
            entry = self._done.pop()
            self._undone.append(replace(entry, merge=""))
            self._become(entry.before, entry.label, travelled=True)

    def redo(self) -> None:
        if self._undone:
            entry = self._undone.pop()
            self._done.append(entry)
            self._become(entry.after, entry.label, travelled=True)

    def travel(self, done: int) -> None:
        """Undo or redo until so many edits of the history are done; listeners are told once."""
        before, label = self._project, None
        while len(self._done) > max(done, 0):
            entry = self._done.pop()
            self._undone.append(replace(entry, merge=""))
            self._project, label = entry.before, entry.label
        while len(self._done) < done and self._undone:
            entry = self._undone.pop()
            self._done.append(entry)
            self._project, label = entry.after, entry.label
        if label is not None:
            self._tell(Change(before, self._project, label, travelled=True))

    def mark_saved(self, path: FilePath | None) -> None:
        self._saved, self._saved_at = self._project, len(self._done)
        self.path = path
        self._tell_marked()

    def mark_unsaved(self, edits: int = 0) -> None:
        """What has no file of its own counts as modified until it is saved: `edits` were made before this history."""
        self._saved, self._saved_at = None, -edits
        self._tell_marked()

    def reset(self, project: Project, path: FilePath | None) -> None:
        """Open another project in this document: a new history."""
        before = self._project
        self._done.clear()
        self._undone.clear()
        self._project = project
        self._saved, self._saved_at = project, 0
        self.path = path
        self._tell(Change(before, project, Text("Open", "Abrir")))

    def _become(self, project: Project, label: Text, travelled: bool = False) -> None:
        before, self._project = self._project, project
        self._tell(Change(before, project, label, travelled))

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)

    def _tell_marked(self) -> None:
        for listener in tuple(self._mark_listeners):
            listener()
