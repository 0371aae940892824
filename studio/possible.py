"""What can be done now: which commands are enabled, why others are not, and what those are called whose name depends on what
they would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QToolButton, QWidget

from core.words import Text, language, say
from studio.actions import ROWS, enable
from studio.canvas.suited import EMPTY
from studio.panels.report import REPORT
from studio.panels.training import PHASES
from studio.player import PAUSE, PLAY
from studio.shortcuts import explained, refusal
from studio.state import State


def tell(state: State, actions: Mapping[str, QAction], go: QToolButton, buttons: Mapping[str, QAbstractButton]) -> None:
    """Bring the commands up to date, and what does the same as one: the button that trains, and others by its id."""
    now = conditions(state)
    enable(actions, now)
    for row in ROWS:
        if row.ready:
            explained(actions[row.id], "" if now[row.ready] else say(why_not(row.ready, state)))
    _tick(state, actions)
    _name_undo(state, actions)
    phase = state.bridge.view.phase
    words = say(Text("Go on", "Seguir") if phase == "paused" else Text("Train", "Entrenar"))
    actions["train"].setText(words)
    go.setText(say(PHASES[phase]) if phase in ("starting", "stopping") else words)
    for id, same in (("train", go), *buttons.items()):
        same.setEnabled(actions[id].isEnabled())
        same.setToolTip(actions[id].toolTip())


def conditions(state: State) -> dict[str, bool]:
    """By the names that rows of `actions` use in `ready`."""
    view, document, ready = state.bridge.view, state.document, state.program is not None and not state.covered
    run_dir = state.session.run_dir
    ended = view.phase in ("idle", "stopped", "failed")
    answers = view.phase == "stopping" or (not view.busy and state.weights_kept())  # it waits for the end by itself
    return {
        "dirty": document.dirty or document.path is None,
        "undo": document.undo_label is not None,
        "redo": document.redo_label is not None,
        "drawn": bool(state.open_graph.nodes),
        "idle": not view.busy,
        "startable": (ready and not view.busy) or view.phase == "paused",
        "running": view.phase == "running",
        "steppable": view.phase in ("running", "paused") or (ready and not view.busy),
        "stoppable": view.busy and view.phase != "stopping",
        "resumable": ended and run_dir is not None and (run_dir / "checkpoint").exists(),
        "filmed": state.player.ready,
        "recorded": bool(state.session.recording.frames),
        "watchable": state.selected_output() is not None,
        "trained": answers,
        "reportable": answers and REPORT not in state.pending.now,
    }


WHY: Mapping[str, Text] = {
    "dirty": Text("nothing has changed since it was saved", "nada ha cambiado desde que se guardó"),
    "undo": Text("there is nothing to undo", "no hay nada que deshacer"),
    "redo": Text("there is nothing to redo", "no hay nada que rehacer"),
    "drawn": EMPTY,
    "running": Text("no training is running", "no hay ningún entrenamiento en marcha"),
    "stoppable": Text("no training is running", "no hay ningún entrenamiento en marcha"),
    "resumable": Text("there is no stopped run to resume", "no hay ninguna ejecución detenida que reanudar"),
    "filmed": Text("nothing is recorded yet: train first", "aún no hay nada grabado: entrene primero"),
    "recorded": Text("nothing is recorded yet: train first", "aún no hay nada grabado: entrene primero"),
    "watchable": Text("select a wire or a node first", "seleccione antes un cable o un nodo"),
    "trained": Text("nothing is trained yet: train first", "aún no hay nada entrenado: entrene primero"),
    "reportable": Text("nothing is trained yet: train first", "aún no hay nada entrenado: entrene primero"),
}
BROKEN = Text("the drawing cannot be trained yet: see Problems", "el dibujo aún no se puede entrenar: vea Problemas")
COVERED = Text(
    "begin or open a project first: what would train is behind this page",
    "empiece o abra antes un proyecto: lo que se entrenaría está detrás de esta página",
)
STOPPING = Text("the training is being stopped; in a moment", "se está deteniendo el entrenamiento; enseguida")
TRAINS = Text("the network is training: stop it first", "la red se está entrenando: deténgala antes")
ALREADY = Text("it is being written already", "ya se está escribiendo")


def why_not(ready: str, state: State) -> Text:
    """Why what waits for this condition cannot be done, as the end of a sentence."""
    view, of_runs = state.bridge.view, ("idle", "startable", "steppable", "trained", "reportable")
    if view.phase == "stopping" and ready in (*of_runs, "running", "stoppable"):
        return STOPPING
    if view.busy and ready in of_runs:
        return TRAINS
    if ready in ("startable", "steppable"):
        return COVERED if state.covered else BROKEN
    return ALREADY if ready == "reportable" and REPORT in state.pending.now else WHY[ready]


def refused(actions: Iterable[QAction], key: QKeySequence, focus: QWidget | None) -> str:
    """What to say to keys that would do something if it could be done now; "" where they mean nothing: an Enter typed into
    a field is not the canvas's."""
    near = Qt.ShortcutContext.WidgetShortcut
    heard = (a for a in actions if key in a.shortcuts())
    heard = (a for a in heard if a.shortcutContext() != near or focus in a.associatedObjects())
    return next(filter(None, map(refusal, heard)), "")


def _tick(state: State, actions: Mapping[str, QAction]) -> None:
    actions["apart"].setChecked(state.settings.apart)
    actions["theme"].setChecked(state.tokens.name == "dark")
    actions["english"].setChecked(language() == "en")
    actions["spanish"].setChecked(language() == "es")
    actions["play"].setText(say(PAUSE if state.player.playing else PLAY))


def _name_undo(state: State, actions: Mapping[str, QAction]) -> None:
    document = state.document
    for id, plain, label in (
        ("undo", Text("Undo", "Deshacer"), document.undo_label),
        ("redo", Text("Redo", "Rehacer"), document.redo_label),
    ):
        actions[id].setText(say(plain) + (f": {say(label)}" if label else ""))
