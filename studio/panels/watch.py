"""Charts side by side, each chosen from what the plugins offer, all at the same training step and probe."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from core.words import Text, say
from studio.panels.scrubber import Scrubber
from studio.panels.slot import MATRIX, Slot
from studio.parts import GAP, boxed, column, listen, row, tool
from studio.state import State

BEAT = 40  # ms; each beat draws at most one chart, so that no beat is long
MOST = 4
LEGIBLE = 260  # px that a chart should have
ROOMY = 1440  # px of screen from which the window begins with three charts: then each has some 330
HEAT = "heat"
FIRST = ("loss", HEAT, "gradient_flow", "metrics")


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
