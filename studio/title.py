"""What the title of the window says, and so the task bar: how far a run is, how long it will take, what is open."""

from __future__ import annotations

from core.words import Text, percent, say
from studio.bridge import RunView
from studio.files import title_of
from studio.panels.numbers import LEFT, roughly
from studio.state import State


def window_title(state: State) -> str:
    """Progress first, since task bars cut the end; "[*]" stands where Qt marks unsaved changes."""
    return f"{''.join(f'{p} · ' for p in progress(state.bridge.view))}{title_of(state)}[*] – Unfold".replace("\n", " ")


def progress(view: RunView) -> list[str]:
    """Phase where it is not plain training, percent, and roughly the time left; nothing where no run goes on."""
    if not view.busy:
        return []
    if view.phase == "starting":
        return [say(Text("Starting", "Empezando"))]
    told = [percent(100 * view.at // view.total / 100)] if view.total else []
    if view.phase == "paused":
        return [say(Text("Paused", "En pausa")), *told]
    if view.phase == "stopping":
        return [say(Text("Stopping", "Deteniendo")), *told]
    left = roughly(view.left)
    return [*told, say(LEFT, t=left)] if left else told
