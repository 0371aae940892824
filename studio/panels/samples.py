"""Text written by the model as it learns: each symbol shaded by how surprising it was, with what else it might have been."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QSlider, QStackedLayout, QTextEdit, QWidget

from core.problems import Refused
from core.train.messages import Floats, Sample
from core.train.sampling import can_generate, sample_text, symbols_of
from core.words import Text, say
from studio.panels.problemcard import ProblemCard
from studio.parts import GAP, Empty, boxed, button, clear, column, label, named, row
from studio.state import State
from studio.theme import Theme, faded, mono_font

LIKELY = 10  # symbols shown of a distribution
SHADES = 6.0  # nats of surprise that give the strongest shade


class Likely(QWidget):
    """The likeliest symbols at one place, as bars."""

    def __init__(self, tokens: Theme) -> None:
        super().__init__()
        self._tokens = tokens
        self._rows: list[tuple[str, float]] = []
        self._chosen = ""
        self.setMinimumSize(180, 80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        named(self, say(Text("Likeliest symbols", "Símbolos más probables")))

    def show_step(self, symbols: Sequence[str], probabilities: Floats, chosen: str) -> None:
        order = np.argsort(probabilities)[::-1][:LIKELY]
        self._rows = [(symbols[i] if i < len(symbols) else str(i), float(probabilities[i])) for i in order]
        self._chosen = chosen
        self.setAccessibleDescription(", ".join(f"{visible(s)} {p:.0%}" for s, p in self._rows))
        self.update()

    def forget(self) -> None:
        self._rows = []
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(mono_font(9.0))
        height = min(20.0, self.height() / max(1, LIKELY))
        for at, (symbol, share) in enumerate(self._rows):
            self._paint_row(painter, QRectF(0, at * height, self.width(), height), symbol, share)

    def _paint_row(self, painter: QPainter, box: QRectF, symbol: str, share: float) -> None:
        t = self._tokens
        bar = QRectF(box.left() + 44, box.top() + 3, max(1.0, (box.width() - 100) * share), box.height() - 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.accent if symbol == self._chosen else faded(t.accent, 0.35))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(t.text if symbol == self._chosen else t.muted)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, box.top(), 40, box.height()), middle | Qt.AlignmentFlag.AlignRight, visible(symbol))
        painter.drawText(
            QRectF(bar.right() + 6, box.top(), 60, box.height()), middle | Qt.AlignmentFlag.AlignLeft, f"{share:.0%}"
        )


class SamplesPanel(QWidget):
    """Shows the sample of the step looked at, or the one just asked for."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._sample: Sample | None = None
        self._own: Sample | None = None
        self._busy = False
        self.setProperty("role", "panel")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("role", "code")
        self.text.setFont(mono_font(10.0))
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)  # fmt: skip
        named(self.text, say(Text("Sampled text", "Texto muestreado")))
        self.text.cursorPositionChanged.connect(self._look_closer)
        self.likely = Likely(state.tokens)
        self._where = label("", "muted")
        self._make_controls()
        self._news = column()
        aside = QWidget()
        aside.setLayout(
            column(
                label(say(Text("Likeliest next", "Lo más probable")), "section"),
                self.likely,
                gap=4,
                margins=(GAP, GAP, GAP, GAP),
            )
        )
        aside.setFixedWidth(220)
        full = QWidget()
        body = row(self.text, aside, gap=0)
        body.setStretch(0, 1)
        full.setLayout(column(self._controls, self._news, body, gap=0))
        self._empty = Empty(state.tokens, "sample", "")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(full)
        state.bridge.framed.connect(self._live)
        state.bridge.changed.connect(lambda _: self._enable())
        state.scrubbed.connect(lambda _: self._live())
        state.found.connect(lambda _: self.refresh())
        self.refresh()

    def _make_controls(self) -> None:
        state = self._state
        self.prompt = QLineEdit()
        self.prompt.setPlaceholderText(say(Text("Begin with …", "Empezar con …")))
        self.prompt.setMaxLength(500)
        named(self.prompt, say(Text("Prompt", "Texto inicial")))
        self.prompt.returnPressed.connect(self.generate)
        self.heat = QSlider(Qt.Orientation.Horizontal)
        self.heat.setRange(5, 200)
        self.heat.setValue(round(100 * state.session.project.training.temperature))
        self.heat.setFixedWidth(120)
        named(self.heat, say(Text("Temperature", "Temperatura")))
        self._heat_text = label("", "muted")
        self._heat_text.setMinimumWidth(32)
        self.heat.valueChanged.connect(lambda v: self._heat_text.setText(f"{v / 100:.2f}"))
        self._heat_text.setText(f"{self.heat.value() / 100:.2f}")
        self.go = button(say(Text("Write", "Escribir")), self.generate, "primary")
        self.go.setObjectName("generate")
        temperature = label(say(Text("Temperature", "Temperatura")), "muted")
        self._controls = boxed(row(self._where, self.prompt, temperature, self.heat, self._heat_text, self.go, margins=(GAP, 4, GAP, 4)), "head")  # fmt: skip

    def refresh(self) -> None:
        """Whether this project writes text at all, and the text."""
        program = self._state.program
        able = program is not None and can_generate(program)
        if not able and self._state.session.recording.samples == ():
            self._empty.say(
                say(Text("This network does not write.", "Esta red no escribe.")),
                say(Text("Text is sampled from a network that predicts the next symbol of what it reads: one token input and a softmax head.",
                         "Se muestrea texto de una red que predice el símbolo siguiente de lo que lee: una entrada de símbolos y una cabeza softmax.")),
            )  # fmt: skip
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentIndex(1)
        self._enable()
        self._live()

    def generate(self) -> None:
        """Write with the weights last saved, in the background."""
        run_dir = self._state.session.run_dir
        if self._busy or run_dir is None:
            return
        self._busy = True
        self._enable()
        clear(self._news)
        prompt, heat = self.prompt.text(), self.heat.value() / 100
        length = self._state.session.project.training.sample_length

        def work() -> Sample | Refused:
            from core.export.bundle import load_bundle

            try:
                bundle = load_bundle(run_dir)
                seed = int(np.random.default_rng().integers(2**31))
                return sample_text(bundle.program, bundle.weights, prompt, length, heat, seed)
            except Refused as refused:
                return refused

        self._state.background.run(work, self._written)

    def _written(self, answer: Sample | Refused) -> None:
        self._busy = False
        self._enable()
        if isinstance(answer, Refused):
            for problem in answer.problems[:2]:
                self._news.addWidget(ProblemCard(problem, self._state.tokens, self._state.mend))
            return
        self._own = answer
        self._show(answer, own=True)

    def _enable(self) -> None:
        there = self._state.session.run_dir is not None and bool(self._state.bridge.view.done or self._saved())
        self.go.setEnabled(there and not self._busy)

    def _saved(self) -> bool:
        run_dir = self._state.session.run_dir
        return run_dir is not None and (run_dir / "weights.safetensors").exists()

    def _live(self) -> None:
        """The recording's sample at the step looked at; an own one stays until a newer comes."""
        recording = self._state.session.recording
        found = recording.sample(self._state.step)
        if found is not None and found is not self._sample:
            self._show(found)
        elif found is None and self._own is None:
            self.text.setPlainText("")
            hint = Text("Set “Sample every” in the project to see text while it trains.", "Ponga «Muestrear cada» en el proyecto para ver texto mientras entrena.")  # fmt: skip
            self.text.setPlaceholderText(say(hint))

    def _show(self, sample: Sample, own: bool = False) -> None:
        if not own:
            self._sample = sample
        self._shown = sample
        self.text.setPlainText(sample.text)
        self._where.setText(say(Text("just now", "ahora")) if own else say(Text("step {s}", "paso {s}"), s=sample.step))
        self.text.setExtraSelections(self._shades(sample))
        self.likely.forget()

    def _shades(self, sample: Sample) -> list[QTextEdit.ExtraSelection]:
        """Each symbol's background by its surprise, -log p."""
        if sample.logp is None:
            return []
        made = []
        for (start, end), logp in zip(places(sample), sample.logp, strict=False):
            strength = min(1.0, float(-logp) / SHADES) if np.isfinite(logp) else 1.0
            if strength > 0.05:
                made.append(self._shade(start, end, faded(self._state.tokens.warning, 0.45 * strength)))
        return made

    def _shade(self, start: int, end: int, colour: QColor) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.text.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        shape = QTextCharFormat()
        shape.setBackground(colour)
        selection.cursor, selection.format = cursor, shape  # type: ignore[attr-defined]
        return selection

    def _look_closer(self) -> None:
        """The distribution at the symbol under the cursor."""
        sample = getattr(self, "_shown", None)
        if sample is None or sample.distribution is None:
            return
        at = self.text.textCursor().position()
        found = next((i for i, (a, b) in enumerate(places(sample)) if a <= at < b), None)
        if found is not None and found < len(sample.distribution):
            self.likely.show_step(self._vocabulary(), sample.distribution[found], sample.symbols[found])

    def _vocabulary(self) -> tuple[str, ...]:
        program = self._state.program
        return symbols_of(program) if program is not None and can_generate(program) else ()


def places(sample: Sample) -> list[tuple[int, int]]:
    """Where each symbol of a sample stands in its text, (start, end)."""
    found, at = [], len(sample.text) - len(_glued(sample))
    gap = 0 if _glued(sample) == "".join(sample.symbols) else 1
    for symbol in sample.symbols:
        found.append((at, at + len(symbol)))
        at += len(symbol) + gap
    return found


def _glued(sample: Sample) -> str:
    together = "".join(sample.symbols)
    return together if sample.text.endswith(together) else " ".join(sample.symbols)


def visible(symbol: str) -> str:
    """Spaces and line ends as signs."""
    return {" ": "␣", "\n": "⏎", "\t": "⇥"}.get(symbol, "".join(c if c.isprintable() else "·" for c in symbol)[:6])
