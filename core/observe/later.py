"""A chart of the training step that is looked at, also where what it shows was recorded only later: then it says when."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from core.observe.chart import Chart, ChartSpec
from core.observe.recording import Recording
from core.problems import filled
from core.words import Text

LATER = Text(
    "Nothing of this was recorded up to training step {n}, which you are looking at. Go to step {m} or later, or to Live.",
    "Nada de esto se había grabado hasta el paso de entrenamiento {n}, que es el que mira. Vaya al paso {m} o después, o a En vivo.",
)


def drawn(spec: ChartSpec, recording: Recording, step: int | None, key: str) -> Chart:
    """The chart at a training step (None = the newest). Its own note is about the run as it stands: where an older step is
    looked at and there is something now, the note says from when on."""
    chart = spec.draw(recording, step, key)
    if chart.marks or step is None:
        return chart
    after = [s for s in _told(recording) if s > step]
    if not after or not spec.draw(recording, after[-1], key).marks:
        return chart
    first = after[bisect_left(after, True, hi=len(after) - 1, key=lambda s: bool(spec.draw(recording, s, key).marks))]
    return replace(chart, note=filled(LATER, n=step, m=first))


def _told(recording: Recording) -> list[int]:
    """The steps at which anything but numbers was recorded."""
    tables, samples = (v.step for v in recording.tables), (s.step for s in recording.samples)
    return sorted({*recording.frames, *tables, *samples})
