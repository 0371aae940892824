"""Going back and forth over the recorded frames; follows the run until it is moved."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSlider, QWidget

from core.words import Text, say
from studio.icons import icon
from studio.panels.numbers import count
from studio.parts import GAP, label, listen, named, row, tip, tool
from studio.state import State


class Scrubber(QWidget):
    """One slider position per recorded frame. "Live" follows the newest."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        tokens = state.tokens
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self.slider, say(Text("Training step looked at", "Paso de entrenamiento que se mira")))
        self.slider.valueChanged.connect(self._moved)
        self.live = QPushButton(say(Text("Live", "En vivo")))
        self.live.setCheckable(True)
        self.live.setChecked(True)
        self.live.setIcon(icon("live", tokens))
        self.live.setObjectName("live")
        named(self.live, say(Text("Follow the run", "Seguir la ejecución")))
        tip(self.live, say(Text("Follow the run", "Seguir la ejecución")))
        self.live.clicked.connect(self._follow)
        back = tool(
            tokens,
            "back",
            say(Text("Frame before", "Cuadro anterior")),
            lambda: self.slider.setValue(self.slider.value() - 1),
        )
        forth = tool(
            tokens,
            "forward",
            say(Text("Next frame", "Cuadro siguiente")),
            lambda: self.slider.setValue(self.slider.value() + 1),
        )
        self._words = label("", "muted")
        self._words.setMinimumWidth(130)
        self.setLayout(row(back, self.slider, forth, self._words, self.live, gap=GAP, margins=(GAP, 4, GAP, 4)))
        state.bridge.framed.connect(self.refresh)
        listen(state.bridge.changed, self, self.refresh)
        listen(state.scrubbed, self, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """As many positions as there are frames; the place stays where it was, or follows."""
        frames = self._state.session.recording.frames
        step = self._state.step
        at = len(frames) - 1 if step is None else max(0, bisect_right(frames, step) - 1)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(frames) - 1))
        self.slider.setValue(max(0, at))
        self.slider.blockSignals(False)
        self.slider.setEnabled(len(frames) > 1)
        self.live.setChecked(step is None)
        self.live.setEnabled(bool(frames))
        self._words.setText(say(Text("step {s}", "paso {s}"), s=count(frames[at])) if frames else say(Text("no frames yet", "aún sin cuadros")))  # fmt: skip

    def _moved(self, at: int) -> None:
        frames = self._state.session.recording.frames
        if 0 <= at < len(frames):
            self._state.scrub(frames[at])

    def _follow(self) -> None:
        self._state.scrub(None if self.live.isChecked() else (self._state.session.recording.frames or (None,))[-1])
        self.refresh()
