"""What every panel of the window shares: the session, what is selected, the latest check, and the step looked at.

Panels listen to these signals and never to each other. Signals carry frozen values.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.compile.program import Checked, Program
from core.data.room import free_memory
from core.graph.body import body_at, inside
from core.graph.model import Edge, Frame, Graph, Node, Path
from core.observe.recording import Recording
from core.observe.times import Moment
from core.problems import Fix, Place, Problem, Refused
from core.process.crew import Crew
from core.process.errands import Errand
from core.project.document import Change, Document
from core.session import Session
from core.specs.registry import Registry
from core.words import Text
from studio.background import Background
from studio.bridge import Bridge, RunView
from studio.canvas.ports import ports_of
from studio.checker import Checker, Verdict
from studio.pending import Pending
from studio.player import Player
from studio.settings import Settings
from studio.theme import Theme, theme

ROOM = 2 << 30  # bytes that have to be free before a process is made to wait
KEYS = 6  # probe keys a person may watch at once, besides those that are always watched


@dataclass(frozen=True)
class Selection:
    """What is selected on the canvas: in the cell at `path`, these nodes, wires and frames."""

    path: Path = ()
    nodes: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


class State(QObject):
    """One per window. `tokens` are the colours everything is drawn in."""

    project_changed = Signal(object)  # Change
    found = Signal(object)  # Verdict: checked, program
    selected = Signal(object)  # Selection
    reveal = Signal(object)  # Place: show it on the canvas
    enter = Signal(object)  # Path: open this cell on the canvas
    watched = Signal(str)  # probe key; "": none any more
    scrubbed = Signal(object)  # step of the recording, or None: follow live
    marked = Signal(object)  # Moment that is looked at, or None
    opened = Signal()  # another project: what was answered by the last one's run is not of it
    saved = Signal()
    status = Signal(str)  # a sentence for the status bar

    def __init__(self, session: Session, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.settings = settings
        self.tokens: Theme = theme(settings.theme)
        self.background = Background(self)
        self._errands = Background(self)  # what weights answer may take minutes, and nobody else waits for it
        self.pending = Pending(self)
        self._crew = Crew()
        self.train_apart(settings.apart)
        self.bridge = Bridge(session, self)
        self.verdict = Verdict()
        self.selection = Selection()
        self.key = ""
        self._keys: tuple[str, ...] = ()
        self._asked: dict[int, str] = {}
        self._beside: dict[str, tuple[str, ...]] = {}
        self.step: int | None = None
        self.earlier: tuple[FilePath, ...] = ()  # runs of this project that gave way to newer ones
        self.moment: Moment | None = None
        self.covered = False  # the welcome page stands before the drawing
        self.player = Player(self)
        self._checker = Checker(session, self.background, self)
        self._checker.found.connect(self._keep)
        self._stop_listening = session.document.subscribe(self._heard_change)
        QTimer.singleShot(0, self._checker.check)

    @property
    def document(self) -> Document:
        return self.session.document

    @property
    def registry(self) -> Registry:
        return self.session.registry

    @property
    def checked(self) -> Checked:
        return self.verdict.checked

    @property
    def program(self) -> Program | None:
        return self.verdict.program

    @property
    def open_graph(self) -> Graph:
        """The graph that the canvas shows: the project's, or the body of the cell that is open."""
        return self.graph_at(self.selection.path)

    def graph_at(self, path: Path) -> Graph:
        """The graph in the cell at a path; empty where it is no more."""
        try:
            return body_at(self.document.graph, path, self.registry)
        except KeyError:
            return Graph()

    def node(self) -> Node | None:
        """The one selected node."""
        chosen = self.selection
        return self.open_graph.nodes.get(chosen.nodes[0]) if len(chosen.nodes) == 1 and not chosen.edges else None

    def wire(self) -> Edge | None:
        """The one selected wire, where no node is selected."""
        chosen = self.selection
        return self.open_graph.edges.get(chosen.edges[0]) if len(chosen.edges) == 1 and not chosen.nodes else None

    def frame(self) -> Frame | None:
        """The one selected comment frame."""
        chosen = self.selection
        alone = len(chosen.frames) == 1 and not chosen.nodes and not chosen.edges
        return self.open_graph.frames.get(chosen.frames[0]) if alone else None

    def selected_output(self) -> tuple[Path, str] | None:
        """Node path and output port of the selected wire, or of the one selected node's first output."""
        wire, node = self.wire(), self.node()
        if wire is not None:
            return (*self.selection.path, wire.source.node), wire.source.port
        if node is None:
            return None
        outputs = ports_of(node, self.registry, self.open_graph)[1]
        return ((*self.selection.path, node.id), outputs[0].name) if outputs else None

    def select(self, selection: Selection) -> None:
        if selection != self.selection:
            self.document.close_merge()
            self.selection = selection
            self.selected.emit(selection)

    def show_place(self, place: Place) -> None:
        """Ask the canvas to show a place."""
        self.reveal.emit(place)

    def edit(self, label: Text, change: Callable[[Graph], Graph], merge: str = "", path: Path | None = None) -> None:
        """One edit of the open graph (or of the one at `path`) as one undo step; `merge` joins those of one field."""
        where = self.selection.path if path is None else path
        key = f"{'/'.join(where)}:{merge}" if merge else ""
        self.document.apply(label, inside(self.document.graph, where, change, self.registry), key)

    def mend(self, fix: Fix) -> None:
        """Apply a problem's repair, as one undo step. It was found for a drawing: once that is another, the check says anew
        what can be repaired (a second click comes too late). A node that came is brought into sight."""
        checked, before = self.verdict.project, self.document.graph
        if checked is not None and checked.graph == before:
            self.document.apply(fix.title, fix.apply(before))
            new = next((id for id in self.document.graph.nodes if id not in before.nodes), None)
            if new is not None:
                self.show_place(Place((new,)))

    def watch(self, key: str) -> None:
        """Look at a probe key, here and in the run."""
        self.key = key
        if key:  # the run goes on with those chosen before, so that other charts keep theirs
            self._keys = tuple(dict.fromkeys((key, *self._keys)))[:KEYS]
        self._tell_watched()
        self.watched.emit(key)

    def _watch_nothing(self) -> None:
        """Names of one project mean nothing in another."""
        self.key, self._keys = "", ()
        self._tell_watched()
        self.watched.emit("")

    def ask(self, who: int, request: str) -> None:
        """What somebody needs told while it can be seen, and costs too much else; "" when it cannot."""
        if request != self._asked.get(who, ""):
            self._asked[who] = request
            self._tell_watched()

    def attend(self, who: str, keys: tuple[str, ...]) -> None:
        """What a view shows while it is open, besides what a person watches; () when it is closed."""
        if keys != self._beside.get(who, ()):
            self._beside[who] = keys
            self._tell_watched()

    def _tell_watched(self) -> None:
        keys = dict.fromkeys((*self._keys, *filter(None, self._asked.values())))
        beside = dict.fromkeys(k for some in self._beside.values() for k in some)
        self.bridge.watch(tuple(keys), tuple(beside))

    def scrub(self, step: int | None) -> None:
        """Look at an earlier training step; None follows the run."""
        if step != self.step:
            self.step = step
            self.scrubbed.emit(step)

    def mark(self, moment: Moment | None) -> None:
        """Look at one step of the sequence, in every view that shows it; None at none."""
        if moment != self.moment:
            self.moment = moment
            self.marked.emit(moment)

    def forget_run(
        self, run_dir: FilePath | None = None, recording: Recording | None = None, same: bool = False
    ) -> None:
        """Another project is open, or another run of the `same` one: the last run is not of it, nor what was watched. A
        finished run may be given to look at instead."""
        self.session.run_dir, self.session.recording = run_dir, recording or Recording()
        self.earlier = ()
        self.select(Selection())  # ids may be the same in both
        self.scrub(None)
        self.mark(None)
        if not same:
            self._watch_nothing()
        self.bridge.forget()
        self.bridge.framed.emit()
        self.opened.emit()

    def look_back(self, run_dir: FilePath, recording: Recording, view: RunView) -> None:
        """A run that is over, of the project that is open."""
        self.session.run_dir, self.session.recording = run_dir, recording
        self.bridge.show(view)
        self.bridge.framed.emit()

    def weights_kept(self) -> bool:
        """Whether the run has weights on disk to answer with, also while it goes on."""
        run_dir = self.session.run_dir
        return run_dir is not None and (run_dir / "weights.safetensors").exists()

    def train_apart(self, apart: bool) -> None:
        """From the next run on, train in a process of its own, or in this one."""
        self.session.crew = self._crew if apart else None

    def warm(self) -> None:
        """Have a process ready that has loaded what training needs, where memory allows one to wait."""
        free = free_memory()
        if self.session.crew is None or (free is not None and free < ROOM):
            return
        with contextlib.suppress(OSError):  # it is told when somebody needs one
            self.session.crew.warm()

    def send(self, errand: Errand, then: Callable[[Any], None], writes: Text | None = None) -> None:
        """Have something answered by the weights last saved, in the background. `then` gets the answer, or Refused. `writes`:
        what comes of it is a file, pending until `then` has heard of it, whatever became of it."""
        self._errands.run(lambda: self._answer(errand), then)
        if writes is not None:
            self.pending.begin(writes)
            self._errands.run(lambda: None, lambda _: self.pending.end(writes))

    def _answer(self, errand: Errand) -> Any:
        try:
            return self.session.ask(errand)
        except Refused as refused:
            return refused

    def check_soon(self) -> None:
        self._checker.soon()

    def close(self) -> None:
        """Stop listening and working; the window is going."""
        self._stop_listening()
        self.player.stop()
        self._checker.stop()
        self.bridge.close()
        self._crew.close()
        self.background.close()
        self._errands.close()

    def problems_at(self, path: Path) -> tuple[Problem, ...]:
        """What is wrong at a node or inside it."""
        return tuple(p for p in self.checked.problems if path and p.where.path[: len(path)] == path)

    def _keep(self, verdict: Any) -> None:
        self.verdict = verdict
        self.found.emit(verdict)

    def _heard_change(self, change: Change) -> None:
        self.selection = self._still_there()
        if change.before.graph != change.after.graph or change.before.data != change.after.data:
            self._checker.soon()
        self.project_changed.emit(change)
        self.selected.emit(self.selection)

    def _still_there(self) -> Selection:
        """The selection without what the edit took away."""
        old, path = self.selection, self.selection.path
        while path and not self.graph_at(path).nodes and path[-1] not in self.graph_at(path[:-1]).nodes:
            path = path[:-1]
        if path != old.path:
            return Selection(path)
        graph = self.graph_at(path)
        return Selection(
            path,
            tuple(n for n in old.nodes if n in graph.nodes),
            tuple(e for e in old.edges if e in graph.edges),
            tuple(f for f in old.frames if f in graph.frames),
        )
