"""What a wire of the drawing carries, by the recording: at the step that is marked, else over the whole sequence; of the
training step that is looked at. The words of a tip on the canvas."""

from __future__ import annotations

import numpy as np

from core.graph.model import Path
from core.observe.times import place_on, steps_axis
from core.words import Text, say
from studio.inspector.node import probe_key
from studio.state import State

FEW = 8  # units whose values are listed
AT = Text("{axis} = {t}, training step {n}: {values}", "{axis} = {t}, paso de entrenamiento {n}: {values}")
OVER = Text("training step {n}, {t} steps: {values}", "paso de entrenamiento {n}, {t} pasos: {values}")
MANY = Text("{n} values, {low} … {high}, mean {mean}", "{n} valores, {low} … {high}, media {mean}")


def carried(state: State, path: Path, node: str, port: str) -> list[str]:
    """One line, or none where nothing was recorded of this output."""
    recording, key = state.session.recording, probe_key((*path, node), port)
    frame = recording.frame(state.step)
    values = frame.values.get(key) if frame is not None else None
    if frame is None or values is None or not values.size or recording.plane(key):
        return []
    place = place_on(steps_axis(recording, None, key, len(values)), state.moment)
    if place is not None and state.moment is not None and 0 <= place < len(values):
        axis, step = state.moment
        return [say(AT, axis=axis.lower(), t=step, n=frame.step, values=listed(values[place]))]
    return [say(OVER, n=frame.step, t=len(values), values=listed(values.ravel()))]


def listed(values: np.ndarray) -> str:
    if len(values) <= FEW:
        return "  ".join(f"{v:.3g}" for v in values.tolist())
    told = {"low": np.nanmin(values), "high": np.nanmax(values), "mean": np.nanmean(values)}
    return say(MANY, n=len(values), **{k: f"{v:.3g}" for k, v in told.items()})
