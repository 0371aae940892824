"""What can be done now: which commands are enabled, and what those are called whose name depends on what they would do."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from core.words import Text, language, say
from studio.actions import enable
from studio.player import PAUSE, PLAY
from studio.state import State


def tell(state: State, actions: Mapping[str, QAction], go: QToolButton) -> None:
    """Bring the commands, and the button that trains, up to date."""
    enable(actions, conditions(state))
    _tick(state, actions)
    _name_undo(state, actions)
    go_on = state.bridge.view.phase == "paused"
    for widget in (actions["train"], go):
        widget.setText(say(Text("Go on", "Seguir") if go_on else Text("Train", "Entrenar")))
    go.setEnabled(actions["train"].isEnabled())


def conditions(state: State) -> dict[str, bool]:
    """By the names that rows of `actions` use in `ready`."""
    view, document, ready = state.bridge.view, state.document, state.program is not None
    run_dir = state.session.run_dir
    ended = view.phase in ("idle", "stopped", "failed")
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
        "trained": not view.busy and run_dir is not None and (run_dir / "weights.safetensors").exists(),
    }


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
