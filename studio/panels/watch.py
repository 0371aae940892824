"""Charts side by side, each chosen from what the plugins offer, all at the same training step and probe."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import cast

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QToolButton, QWidget

from core.compile.program import ProbePoint
from core.observe.chart import ChartSpec
from core.observe.later import drawn
from core.observe.recording import Recording
from core.observe.times import TRAINING, Moment
from core.words import Text, say
from studio.inspector.editors import QuietCombo
from studio.panels.charts import chart_view
from studio.panels.scrubber import Scrubber
from studio.parts import GAP, boxed, column, listen, named, row, tip, tool
from studio.state import State

BEAT = 40  # ms; each beat draws at most one chart, so that no beat is long
PACE = 0.2  # s between two drawings of the same chart while a run goes on
MOST = 4
LEGIBLE = 260  # px that a chart should have
ROOMY = 1440  # px of screen from which the window begins with three charts: then each has some 330
HEAT = "heat"
MATRIX = "matrix"  # the chart of values over two axes
FIRST = ("loss", HEAT, "gradient_flow", "metrics")
ALL = ""


def same(a: object, b: object) -> bool:
    """Whether two charts (or parts of them) show the same."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and _same_values(a, b)
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple) and isinstance(b, tuple) and not isinstance(a, Text):
        return len(a) == len(b) and all(map(same, a, b))
    if is_dataclass(a):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return a == b


def _same_values(a: np.ndarray, b: np.ndarray) -> bool:
    """Recorded values are never written over: a view of the same memory holds the same."""
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    one, other = a.__array_interface__, b.__array_interface__
    if one["data"] == other["data"] and one["strides"] == other["strides"]:
        return True
    return a.tobytes() == b.tobytes()


class Slot(QWidget):
    """One chart with its choosers."""

    def __init__(self, state: State, kind: str, close: Callable[[], object]) -> None:
        super().__init__()
        self._state = state
        self._seen: tuple[object, ...] = ()
        self._drawn = 0.0
        self._specs = cast("dict[str, ChartSpec]", dict(state.registry.of("chart")))
        self.kinds, self.keys = QuietCombo(), QuietCombo()
        for chooser, text in (
            (self.kinds, Text("Chart", "Gráfico")),
            (self.keys, Text("What to watch", "Qué observar")),
        ):
            chooser.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            chooser.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.setMinimumContentsLength(6)
            named(chooser, say(text))
        for name, spec in self._specs.items():
            self.kinds.addItem(say(spec.name), name)
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(kind)))
        self.kinds.currentIndexChanged.connect(lambda _: self.choose_anew())
        self.keys.activated.connect(self._take_key)
        self.view = chart_view(state)
        self.view.chosen.connect(self._take_moment)
        for signal in (state.marked, state.scrubbed):
            listen(signal, self, self._show_moment)
        listen(state.found, self, self._offer_keys)
        self.closer: QToolButton = tool(
            state.tokens, "close", say(Text("Take this chart away", "Quitar este gráfico")), close, 12
        )
        bar = row(self.kinds, self.keys, None, self.closer, gap=4, margins=(GAP, 4, 4, 0))
        self.setLayout(column(bar, self.view, gap=0))
        self.setMinimumWidth(184)  # four beside both side panels in 1280 px
        self.choose_anew()

    @property
    def kind(self) -> str:
        return str(self.kinds.currentData() or "")

    @property
    def spec(self) -> ChartSpec | None:
        return self._specs.get(self.kind)

    def draw(self) -> bool:
        """Draw if anything changed; True when it drew."""
        spec, recording = self.spec, self._state.session.recording
        key = str(self.keys.currentData() or "")
        wanted = (self.kind, key, recording, self._state.step)
        seen = (*wanted, recording.version)
        clock = time.monotonic()
        if spec is None or seen == self._seen or not self.isVisible():
            return False
        if wanted == self._seen[:-1] and clock - self._drawn < PACE:
            return False
        self._seen, self._drawn = seen, clock
        self._offer_keys()
        self._ask(recording, key)
        chart = drawn(spec, recording, self._state.step, key)
        if same(chart, self.view.chart):  # most messages change one chart of several
            return False
        self.view.show_chart(chart)
        self._show_moment()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """A chart is there with its words when it is first painted."""
        super().showEvent(event)
        self.draw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.rest()

    def rest(self) -> None:
        """Nobody sees it: ask for nothing, and draw anew when somebody does."""
        self._seen = ()
        self._ask(None)

    def choose_key(self, key: str) -> bool:
        """Look at this key where the chart can; True when it does."""
        self._offer_keys()
        at = self.keys.findData(key)
        if at >= 0:
            self.keys.setCurrentIndex(at)
        return at >= 0

    def choose_anew(self) -> None:
        """What is watched where this chart shows that, else automatic."""
        spec = self.spec
        self.keys.clear()
        self._seen = ()
        if spec is not None:
            tip(self.kinds, say(spec.help))
        self._offer_keys()
        self.keys.setVisible(spec is not None and spec.keyed)
        self._ask(None)
        if self.watches and self._state.key:
            self.choose_key(self._state.key)

    @property
    def watches(self) -> bool:
        """Whether it shows the values of any probe that is watched."""
        spec = self.spec
        return spec is not None and spec.keyed and spec.ask is None and (spec.watches or spec.keys is None)

    def _offer_keys(self) -> None:
        """The keys that the recording has for this chart, and every other probe where any can be shown. What is neither in
        the recording nor on the canvas any more is not offered: where it was chosen, the chart is automatic again."""
        spec, recording = self.spec, self._state.session.recording
        if spec is None or not spec.keyed:
            return
        labels = {k: recording.label(k) for k in (spec.keys(recording) if spec.keys is not None else recording.keys())}
        if spec.watches or spec.keys is None:
            labels = {**labels, **self._probes()}
        if not self.keys.count():
            self.keys.addItem(say(Text("automatic", "automático")), ALL)
        known = {self.keys.itemData(i) for i in range(self.keys.count())}
        told = labels and (self._state.program is not None or not self.watches)  # else nobody knows what there is
        for key in known - {ALL, *labels} if told else ():
            if key == self.keys.currentData():
                self.keys.setCurrentIndex(self.keys.findData(ALL))
            self.keys.removeItem(self.keys.findData(key))
        for key, text in labels.items():
            words = " ".join(text.split())
            if key not in known:
                self.keys.addItem(words, key)
            elif words != self.keys.itemText(at := self.keys.findData(key)):
                self.keys.setItemText(at, words)

    def _probes(self) -> dict[str, str]:
        """Everything over one axis, or over two, that this chart can show, with its label: gates first, then what stands on
        the canvas, then what is inside cells."""
        program, axes = self._state.program, 2 if self.kind == MATRIX else 1
        if program is None:
            return {}
        points = [p for p in program.probes if len(p.sig.axes) == axes]
        return {p.key: offered(p) for p in sorted(points, key=lambda p: 0 if p.bounds else len(p.path))}

    def _show_moment(self) -> None:
        """On a chart over training the step that is looked at, on one over time the one that is marked."""
        state = self._state
        training = self.view.chart.x.along == TRAINING
        self.view.show_moment((Moment(TRAINING, state.step) if state.step is not None else None) if training else state.moment)  # fmt: skip

    def _take_moment(self, moment: Moment | None) -> None:
        """A person pointed at a step: of the training, whose nearest frame is looked at, or of the sequence."""
        if self.view.chart.x.along != TRAINING:
            self._state.mark(moment)
            return
        frames = self._state.session.recording.frames
        nearest = min(frames, key=lambda step: abs(step - moment.step), default=None) if moment is not None else None
        self._state.scrub(nearest)

    def _take_key(self, _: int) -> None:
        key = str(self.keys.currentData() or "")
        self._seen = ()
        if self.watches and key in self._probes():
            self._state.watch(key)

    def _ask(self, recording: Recording | None, key: str = "") -> None:
        """Have a run tell what this chart needs, as long as somebody can see it."""
        asked = self.spec.ask if self.spec is not None and recording is not None else None
        self._state.ask(id(self), asked(recording, key) if asked is not None and recording is not None else "")


SQUASHED = {(0.0, 1.0): "σ", (-1.0, 1.0): "tanh"}


def offered(point: ProbePoint) -> str:
    """How a probe reads in the list: a gate says that it is one."""
    label = point.label or point.key
    return f"{label} · {SQUASHED[point.bounds]}" if point.bounds in SQUASHED else label


class WatchPanel(QWidget):
    """A row of slots over a scrubber. `film_wanted` carries the slot."""

    film_wanted = Signal(object)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._turn = 0
        self._in_front = True
        self.setProperty("role", "panel")
        self.slots_: list[Slot] = []
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self.add = tool(state.tokens, "chart", say(Text("One more chart", "Un gráfico más")), self.add_slot)
        self.add.setObjectName("add-chart")
        self.scrubber = Scrubber(state)
        foot = row(self.scrubber, self.add, gap=0, margins=(0, 0, GAP, 0))
        self.setLayout(column(self._split, boxed(foot), gap=0))
        layout = self.layout()
        assert layout is not None
        layout.setStretch(0, 1)  # type: ignore[attr-defined]
        self._begin(state.settings.charts or self._first())
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT)
        self._beat.timeout.connect(self._draw_next)
        self._beat.start()
        state.watched.connect(self._watched)
        listen(state.opened, self, self._opened)

    def _begin(self, kinds: tuple[str, ...]) -> None:
        old, self.slots_ = self.slots_, []
        for kind in kinds:
            self.add_slot(kind)
        for slot in old:
            self._remove(slot)

    def _opened(self) -> None:
        """A project that has no file yet is new to the person: it begins with the charts that guides speak of. To one that is
        known, or a run that is looked at, come the charts that were open."""
        session, kinds = self._state.session, tuple(s.kind for s in self.slots_)
        if session.document.path is None and session.run_dir is None and kinds != self._first():
            self._begin(self._first())

    def add_slot(self, kind: str = "") -> None:
        if len(self.slots_) >= MOST:
            return
        shown = {s.kind for s in self.slots_}
        kinds = [k for k in (*FIRST, *self._state.registry.of("chart")) if k in self._state.registry.of("chart")]
        slot: Slot = Slot(self._state, kind or next((k for k in kinds if k not in shown), ""), lambda: self._drop(slot))
        slot.kinds.currentIndexChanged.connect(lambda _: self._keep())
        slot.view.filmable = True
        slot.view.film_wanted.connect(lambda: self.film_wanted.emit(slot))
        self.slots_.append(slot)
        self._split.addWidget(slot)
        self._keep()

    def show_kind(self, kind: str, key: str = "") -> None:
        """A chart that somebody asks for by name: where it is open, else beside the others, else in the last one's place."""
        slot = next((s for s in self.slots_ if s.kind == kind), None)
        if slot is None and len(self.slots_) < min(MOST, max(2, self.width() // LEGIBLE)):
            self.add_slot(kind)
        elif slot is None:
            self.slots_[-1].kinds.setCurrentIndex(self.slots_[-1].kinds.findData(kind))
        slot = slot or self.slots_[-1]
        if key:
            slot.choose_key(key)
        slot.kinds.setFocus()

    def _drop(self, slot: Slot) -> None:
        if len(self.slots_) > 1:
            self.slots_.remove(slot)
            self._remove(slot)
            self._keep()

    @staticmethod
    def _remove(slot: Slot) -> None:
        slot.hide()
        slot.deleteLater()

    def _first(self) -> tuple[str, ...]:
        there = self._state.registry.of("chart")
        many = 3 if self.screen().availableGeometry().width() >= ROOMY else 2
        return tuple(k for k in FIRST if k in there)[:many] or tuple(there)[:2]

    def _keep(self) -> None:
        self._state.settings.charts = tuple(s.kind for s in self.slots_)
        self.add.setEnabled(len(self.slots_) < MOST)
        for slot in self.slots_:
            slot.closer.setVisible(len(self.slots_) > 1)

    def set_seen(self, seen: bool) -> None:
        """Whether the panel is in front."""
        self._in_front = seen
        if not seen:
            for slot in self.slots_:
                slot.rest()

    def _draw_next(self) -> None:
        """One chart per beat, in turn."""
        if not self.isVisible() or not self._in_front or not self.slots_:
            return
        for _ in range(len(self.slots_)):
            self._turn = (self._turn + 1) % len(self.slots_)
            if self.slots_[self._turn].draw():
                return

    def _watched(self, key: str) -> None:
        """What is to be watched shows in the first chart that can; where none can, one that does is opened for it."""
        if not key:
            for slot in self.slots_:
                slot.choose_anew()
        if not key or any(s.keys.currentData() == key for s in self.slots_):
            return
        if any(s.choose_key(key) for s in self.slots_ if s.watches):
            return
        program = self._state.program
        flat = program is not None and any(p.key == key and len(p.sig.axes) == 2 for p in program.probes)
        kind = MATRIX if flat else HEAT
        if kind in self._state.registry.of("chart") and len(self.slots_) < MOST:
            self.add_slot(kind)
            self.slots_[-1].choose_key(key)
