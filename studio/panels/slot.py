"""One chart of the row: which it is, what it looks at, and drawing it anew when anything of that has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import cast

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QToolButton, QWidget

from core.compile.program import ProbePoint
from core.observe.chart import CHART_GROUPS, ChartSpec
from core.observe.later import drawn
from core.observe.recording import Recording
from core.observe.times import TRAINING, Moment
from core.words import Text, say
from studio.inspector.editors import QuietCombo
from studio.panels.charts import chart_view
from studio.parts import GAP, column, listen, named, row, tip, tool
from studio.state import State

PACE = 0.2  # s between two drawings of the same chart while a run goes on
MATRIX = "matrix"  # the chart of values over two axes
ALL = ""
OTHERS = Text("Others", "Otros")


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
        offer_charts(self.kinds, self._specs)
        self.kinds.setCurrentIndex(max(1, self.kinds.findData(kind)))  # above the first is its heading
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


def offer_charts(chooser: QuietCombo, specs: Mapping[str, ChartSpec]) -> None:
    """The charts under headings of what they are about, each group in the order in which a person looks for them."""
    for group, title in {**CHART_GROUPS, "": OTHERS}.items():
        members = {k: s for k, s in specs.items() if (s.group if s.group in CHART_GROUPS else "") == group}
        if members:
            chooser.add_heading(say(title))
        for kind, spec in sorted(members.items(), key=lambda pair: (pair[1].rank, say(pair[1].name))):
            chooser.addItem(say(spec.name), kind)
