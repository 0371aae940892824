"""Going back and forth over what was recorded: the training step that is looked at, which can be played as a film, and the
step of the sequence. Follows the run until it is moved."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QSlider, QToolButton, QWidget

from core.observe.symbols import visible
from core.observe.times import Moment, axes_of, axis_name, length_of
from core.words import Text, say
from studio.icons import icon
from studio.panels.numbers import count
from studio.parts import GAP, label, listen, named, row, tip, tool
from studio.player import PAUSE, PLAY, RATES
from studio.state import State

UNMARKED = Text("Mark a step of the sequence on every chart", "Marcar un paso de la secuencia en todos los gráficos")
MARKED = Text("Take the mark away", "Quitar la marca")


class Scrubber(QWidget):
    """Training steps to the left, steps of the sequence to the right."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.training, self.sequence = TrainingSteps(state), SequenceSteps(state)
        self.slider, self.live, self.play = self.training.slider, self.training.live, self.training.play
        made = row(self.training, self.sequence, gap=GAP, margins=(GAP, 4, GAP, 4))
        made.setStretch(0, 5)
        made.setStretch(1, 2)
        self.setLayout(made)

    def refresh(self) -> None:
        self.training.refresh()
        self.sequence.refresh()


class TrainingSteps(QWidget):
    """One slider position per recorded frame. "Live" follows the newest."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        tokens = state.tokens
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self.slider, say(Text("Training step looked at", "Paso de entrenamiento que se mira")))
        self.slider.valueChanged.connect(self._moved)
        self.play, self.speed = self._player(), self._speeds()
        self.live = QPushButton(say(Text("Live", "En vivo")))
        self.live.setCheckable(True)
        self.live.setChecked(True)
        self.live.setIcon(icon("live", tokens))
        self.live.setObjectName("live")
        named(self.live, say(Text("Follow the run", "Seguir la ejecución")))
        tip(self.live, say(Text("Follow the run", "Seguir la ejecución")))
        self.live.clicked.connect(self._follow)
        self.back = tool(
            tokens, "back", say(Text("Frame before", "Cuadro anterior")), lambda: state.player.frame_by(-1)
        )
        self.forth = tool(
            tokens, "forward", say(Text("Next frame", "Cuadro siguiente")), lambda: state.player.frame_by(1)
        )
        self._words = label("", "muted")
        self.setLayout(row(self.play, self.speed, self.back, self.slider, self.forth, self._words, self.live, gap=4))
        state.bridge.framed.connect(self.refresh)
        listen(state.bridge.changed, self, self.refresh)
        listen(state.scrubbed, self, self.refresh)
        listen(state.player.changed, self, self._show_player)
        self.refresh()

    def _player(self) -> QToolButton:
        made = tool(self._state.tokens, "train", say(PLAY), self._state.player.toggle)
        made.setObjectName("play")
        return made

    def _speeds(self) -> QToolButton:
        """How fast, and whether over and over."""
        made = QToolButton()
        made.setObjectName("film-speed")
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        words = say(Text("Speed of the film", "Velocidad de la película"))
        named(made, words)
        tip(made, words)
        menu, player = QMenu(made), self._state.player
        group = QActionGroup(menu)
        for rate in RATES:
            action = QAction(say(Text("{n} frames a second", "{n} cuadros por segundo"), n=rate), menu)
            action.setCheckable(True)
            action.setChecked(rate == player.rate)
            action.triggered.connect(lambda _=False, rate=rate: player.set_rate(rate))
            group.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        loop = menu.addAction(icon("loop", self._state.tokens), say(Text("Over and over", "En bucle")))
        loop.setCheckable(True)
        loop.setChecked(player.loop)
        loop.setIconVisibleInMenu(False)
        loop.toggled.connect(player.set_loop)
        made.setMenu(menu)
        return made

    def _show_player(self) -> None:
        player = self._state.player
        words = say(PAUSE if player.playing else PLAY)
        self.play.setIcon(icon("pause" if player.playing else "train", self._state.tokens))
        named(self.play, words)
        tip(self.play, f"{words} (F8)")
        self.speed.setText(f"{player.rate}/s" + (" ∞" if player.loop else ""))

    def refresh(self) -> None:
        """As many positions as there are frames; the place stays where it was, or follows."""
        frames = self._state.session.recording.frames
        step = self._state.step
        at = len(frames) - 1 if step is None else max(0, bisect_right(frames, step) - 1)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(frames) - 1))
        self.slider.setValue(max(0, at))
        self.slider.blockSignals(False)
        several = len(frames) > 1
        for part in (self.slider, self.back, self.forth, self.play, self.speed):
            part.setEnabled(several)
        self.live.setChecked(step is None)
        self.live.setEnabled(bool(frames))
        words = say(Text("step {s}", "paso {s}"), s=count(frames[at])) if frames else say(Text("no frames yet", "aún sin cuadros"))  # fmt: skip
        self._words.setText(words)
        # as wide as the last step will be: the sliders stand still while a film is played
        self._words.setMinimumWidth(self._words.fontMetrics().horizontalAdvance(f"{words}0") if frames else 0)
        self._show_player()

    def _moved(self, at: int) -> None:
        frames = self._state.session.recording.frames
        if 0 <= at < len(frames):
            self._state.scrub(frames[at])

    def _follow(self) -> None:
        self._state.scrub(None if self.live.isChecked() else (self._state.session.recording.frames or (None,))[-1])
        self.refresh()


class SequenceSteps(QWidget):
    """The step of the sequence that is marked on the charts and in the unrolled view, with the symbol read there."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._axis = "T"
        self.mark = QPushButton("t")
        self.mark.setCheckable(True)
        self.mark.setObjectName("mark")
        self.mark.clicked.connect(self._toggle)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self.slider, say(Text("Step of the sequence looked at", "Paso de la secuencia que se mira")))
        self.slider.valueChanged.connect(lambda at: self._state.mark(Moment(self._axis, at)))
        self.setLayout(row(self.mark, self.slider, gap=4))
        state.bridge.framed.connect(self.refresh)
        listen(state.bridge.changed, self, self.refresh)
        listen(state.scrubbed, self, self.refresh)
        listen(state.marked, self, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """As many positions as the sequence of the frame has steps, along the axis of the mark or the first there is."""
        recording, moment = self._state.session.recording, self._state.moment
        frame = recording.frame(self._state.step)
        axes = axes_of(recording, frame)
        if moment is not None and moment.axis in axes:
            self._axis = moment.axis
        elif self._axis not in axes:
            self._axis = next(iter(axes), "T")
        steps = length_of(recording, frame, self._axis)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, steps - 1))
        self.slider.setValue(moment.step if moment is not None and moment.axis == self._axis else 0)
        self.slider.blockSignals(False)
        self.setEnabled(bool(axes))
        self.mark.setChecked(moment is not None)
        self.mark.setText(self._named(moment))
        words = say(UNMARKED if moment is None else MARKED)
        named(self.mark, words)
        tip(self.mark, f"{words}: {say(axis_name(self._axis))}")

    def _named(self, moment: Moment | None) -> str:
        letter = self._axis.lower()
        if moment is None:
            return letter
        recording = self._state.session.recording
        frame = recording.frame(self._state.step)
        read = next((s for n, s in frame.symbols.items() if recording.along(n) == moment.axis), ()) if frame else ()
        symbol = f"  {visible(read[moment.step])}" if moment.step < len(read) else ""
        return f"{letter} = {moment.step}{symbol}".replace("&", "&&")

    def _toggle(self) -> None:
        self._state.mark(Moment(self._axis, self.slider.value()) if self.mark.isChecked() else None)
        self.refresh()
