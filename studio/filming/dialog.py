"""Asks what to film, how large and where to; says what it will come to before it is made; stays open for another one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLocale, QSize, Qt, QTimer
from PySide6.QtWidgets import QDialog, QFileDialog, QFormLayout, QLineEdit, QProgressBar, QSpinBox, QVBoxLayout, QWidget

from core.observe.chart import ChartSpec
from core.observe.filming import MOST, RATE, check_film
from core.observe.gif import evenly
from core.problems import Problem, Refused
from core.words import Text, say
from studio.filming.making import LARGEST, Estimate, Making, estimate
from studio.filming.sources import ChartSource, Source, UnrolledSource
from studio.inspector.editors import QuietCombo
from studio.panels.charts import chart_palette
from studio.panels.numbers import clock, roughly
from studio.panels.problemcard import ProblemCard
from studio.panels.slot import Slot
from studio.parts import button, clear, column, label, named, row, tool
from studio.player import RATES
from studio.state import State
from studio.unrolled.room import Room

SIZES = ((480, 320), (640, 420), (960, 600), (1280, 800))
SOON = 120  # ms from a choice to what it would come to
UNROLLED = -1
FILTER = Text("Moving pictures (*.gif)", "Imágenes en movimiento (*.gif)")
FILM = Text("the film", "la película")
COMES_TO = Text(
    "{n} pictures, {t} long · about {mb} MB, made in about {s}. A film ends at {most} MB.",
    "{n} imágenes, {t} de duración · unos {mb} MB, hecha en unos {s}. Una película acaba a los {most} MB.",
)


@dataclass(frozen=True)
class Offered:
    """A chart as it was open when the dialog came up; it may be closed meanwhile."""

    title: str
    spec: ChartSpec
    key: str


def offered(slot: Slot) -> Offered:
    assert slot.spec is not None  # its list offers nothing else
    key = slot.keys.currentText() if slot.keys.isVisibleTo(slot) and slot.keys.currentData() else ""
    title = " · ".join(filter(None, (slot.kinds.currentText(), key)))
    return Offered(title, slot.spec, str(slot.keys.currentData() or ""))


class FilmDialog(QDialog):
    """`charts`: those that are open. `room`: where the drawing is unrolled."""

    def __init__(
        self, parent: QWidget, state: State, charts: tuple[Offered, ...], room: Room | None, stem: str
    ) -> None:
        super().__init__(parent)
        self.setObjectName("film")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(Text("Save the film", "Guardar la película")))
        self.setMinimumWidth(520)
        self._state, self._charts, self._room = state, charts, room
        self._recording = state.session.recording
        self._making: Making | None = None
        self._source: Source | None = None
        self.what, self.size_, self.rate, self.most = QuietCombo(), QuietCombo(), QuietCombo(), QSpinBox()
        self._fill()
        self.path = QLineEdit(str(state.settings.folder / f"{stem}.gif"))
        self._told = label("", "muted", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._result = QVBoxLayout()
        self.go = button(say(Text("Make the film", "Hacer la película")), self._make, "primary")
        self.close_ = button(say(Text("Close", "Cerrar")), self.reject)
        self._lay_out()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self._estimate)
        for combo in (self.what, self.size_, self.rate):
            combo.currentIndexChanged.connect(lambda _: self._changed())
        self.most.valueChanged.connect(lambda _: self._changed())
        self.path.textChanged.connect(lambda _: self._ready())
        self._changed()

    def _fill(self) -> None:
        for at, chart in enumerate(self._charts):
            self.what.addItem(chart.title, at)
        if self._room is not None and self._room.open and self._room.plan.blocks:
            self.what.addItem(say(Text("The unrolled drawing", "El dibujo desplegado")), UNROLLED)
            self.what.setCurrentIndex(self.what.count() - 1)
        for wide, high in SIZES:
            self.size_.addItem(f"{wide} × {high}", QSize(wide, high))
        self.size_.setCurrentIndex(1)
        for rate in RATES:
            self.rate.addItem(say(Text("{n} a second", "{n} por segundo"), n=rate), rate)
        self.rate.setCurrentIndex(self.rate.findData(RATE))
        self.most.setRange(2, 1000)
        self.most.setValue(MOST)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        place = row(
            self.path, tool(self._state.tokens, "browse", say(Text("Choose where to", "Elegir dónde")), self._browse)
        )
        fields: tuple[tuple[Text, QWidget], ...] = (
            (Text("What", "Qué"), self.what), (Text("Size", "Tamaño"), self.size_),
            (Text("Speed", "Velocidad"), self.rate), (Text("Pictures at most", "Imágenes como mucho"), self.most),
        )  # fmt: skip
        for text, widget in fields:
            named(widget, say(text))
            form.addRow(say(text), widget)
        named(self.path, say(Text("Where to", "Dónde")))
        form.addRow(say(Text("Where to", "Dónde")), place)
        buttons = row(None, self.close_, self.go)
        self.setLayout(
            column(form, self._told, self._bar, self._result, None, buttons, gap=12, margins=(16, 16, 16, 16))
        )

    def begin_with(self, chart: int) -> None:
        """The number of a chart."""
        self.what.setCurrentIndex(chart)

    # --- what it will come to ---

    @property
    def steps(self) -> tuple[int, ...]:
        return evenly(self._recording.frames, self.most.value())

    def _changed(self) -> None:
        self._soon.start()
        self._ready()

    def _estimate(self) -> None:
        if self._making is not None or len(self.steps) < 2:
            return
        source = self._open()
        try:
            self._tell(estimate(source, self.steps))
        finally:
            source.close()

    def _tell(self, found: Estimate) -> None:
        count = len(self.steps)
        self._told.setText(
            say(
                COMES_TO, n=count, t=lasting(count / self.rate.currentData()), mb=f"{max(found.size / 1e6, 0.1):.1f}",
                s=roughly(found.seconds), most=LARGEST // 1_000_000,
            )
        )  # fmt: skip

    def _open(self) -> Source:
        size: QSize = self.size_.currentData()
        if self.what.currentData() == UNROLLED and self._room is not None:
            return UnrolledSource(self._room, self._recording, size)
        chart = self._charts[int(self.what.currentData())]
        palette = chart_palette(self._state.tokens)
        return ChartSource(self._recording, chart.spec, chart.key, palette, size, self._state.moment)

    # --- making it ---

    def _ready(self) -> None:
        self.go.setEnabled(self._making is None and self.what.count() > 0 and bool(self.path.text().strip()))
        for widget in (self.what, self.size_, self.rate, self.most, self.path):
            widget.setEnabled(self._making is None)
        self.close_.setText(say(Text("Close", "Cerrar") if self._making is None else Text("Cancel", "Cancelar")))
        self.close_.setAccessibleName(self.close_.text())

    def _make(self) -> None:
        clear(self._result)
        path, steps = Path(self.path.text().strip()).expanduser(), self.steps
        path = path if path.suffix else path.with_suffix(".gif")
        try:
            check_film(path, steps)
        except Refused as refused:
            self._fail(refused.problems[0])
            return
        self._state.settings.folder = path.parent
        self._source = self._open()
        self._making = Making(self._source, steps, path, float(self.rate.currentData()), self)
        self._making.progressed.connect(lambda made, size: self._bar.setValue(made))
        self._making.failed.connect(self._fail)
        self._making.finished.connect(self._done)
        self._bar.setRange(0, len(steps))
        self._bar.setValue(0)
        self._bar.show()
        named(self._bar, say(Text("Pictures made", "Imágenes hechas")))
        self._ready()
        self._state.pending.begin(FILM)
        self._making.start()

    def _done(self, path: Path) -> None:
        self._end()
        words = Text("The film is written: {p} ({s}).", "La película está escrita: {p} ({s}).")
        size = QLocale.c().formattedDataSize(path.stat().st_size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
        self._result.addWidget(label(say(words, p=path, s=size), "strong", wrap=True, select=True))

    def _fail(self, problem: Problem) -> None:
        self._end()
        self._result.addWidget(ProblemCard(problem, self._state.tokens))

    def _end(self) -> None:
        self._bar.hide()
        if self._making is not None:
            self._state.pending.end(FILM)
        if self._source is not None:
            self._source.close()
        self._making = self._source = None
        self._ready()

    def reject(self) -> None:
        """The first time it cancels what is under way."""
        if self._making is not None:
            self._making.cancel()
            self._end()
            return
        super().reject()

    def closeEvent(self, event: object) -> None:
        if self._making is not None:
            self._making.cancel()
            self._end()
        super().closeEvent(event)  # type: ignore[arg-type]

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.windowTitle(), self.path.text(), say(FILTER))
        if name:
            self.path.setText(name)


def lasting(seconds: float) -> str:
    """A short film by tenths of a second, a long one like a clock."""
    return f"{seconds:.1f} s" if seconds < 60 else clock(seconds)
