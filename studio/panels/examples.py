"""One example at a time, held out or typed: what went in, what is true, what the model says, and what there is to see."""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QSpinBox, QWidget

from core.data.spelling import of_words
from core.observe.recording import Recording
from core.problems import Refused
from core.process.errands import Say, Spoken
from core.train.answers import Answer, Said, Signal, spelt
from core.train.messages import Floats
from core.words import Text, say
from studio.inspector.editors import QuietCombo
from studio.oneline import yielding
from studio.panels.charts import chart_view
from studio.panels.numbers import amount
from studio.panels.pictures import likeliest, pictures
from studio.panels.problemcard import ProblemCard
from studio.panels.shaded import ShadedText
from studio.parts import GAP, boxed, button, clear, column, label, listen, named, row, scrolled, tool
from studio.state import State

MOST_NUMBERS = 8
THUMB = 72  # px of a small image
MOST_LINES = 3
LETTERS = 7  # that a list shows at least


class ExamplesPage(QWidget):
    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._answer: Answer | None = None
        self._busy = False
        self._asked: Recording | None = None
        self.number = QSpinBox()
        self.number.setRange(1, 200)
        self.number.setMinimumWidth(64)
        named(self.number, say(Text("Number of the example", "Número del ejemplo")))
        self.number.valueChanged.connect(lambda _: self.ask())
        back = tool(state.tokens, "back", say(Text("The example before", "El ejemplo anterior")), self.number.stepDown)
        on = tool(state.tokens, "forward", say(Text("The next example", "El ejemplo siguiente")), self.number.stepUp)
        self.line = QLineEdit()
        self.line.setPlaceholderText(say(Text("… or type an input", "… o escriba una entrada")))
        self.line.setMaxLength(2000)
        named(self.line, say(Text("Input", "Entrada")))
        self.line.returnPressed.connect(self.ask_typed)
        self.go = button(say(Text("Answer", "Responder")), self._go, "primary")
        self.go.setObjectName("answer")
        self._rows = QGridLayout()
        self._rows.setContentsMargins(GAP, GAP, GAP, GAP)
        self._rows.setColumnStretch(1, 1)
        self._rows.setHorizontalSpacing(2 * GAP)
        self._rows.setVerticalSpacing(4)
        self._news = column()
        self.kinds = QuietCombo(LETTERS)
        named(self.kinds, say(Text("What to see", "Qué ver")))
        self.kinds.currentIndexChanged.connect(lambda _: self._draw())
        self.chart = chart_view(state)
        self._push = QWidget()  # takes the room of the line where nothing can be typed
        self._push.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._push.hide()
        held = yielding(say(Text("Held out", "Reservado")))
        head = boxed(row(held, back, self.number, on, self.line, self._push, self.go, margins=(GAP, 4, GAP, 4)), "head")
        words = QWidget()
        words.setLayout(column(self._rows, None, gap=0))
        seen = QWidget()
        seen.setLayout(column(row(self.kinds, None, margins=(GAP, 4, 4, 0)), self.chart, gap=0))
        self._seen = seen
        body = row(scrolled(words, say(Text("The answer", "La respuesta"))), seen, gap=0)
        body.setStretch(0, 1)
        body.setStretch(1, 1)
        self.setLayout(column(head, self._news, body, gap=0))
        listen(state.bridge.changed, self, self.enable)
        listen(state.bridge.ended, self, self._refresh_shown)
        listen(state.opened, self, self._forget)
        self._show_nothing()

    def enable(self) -> None:
        self.go.setEnabled(self._state.weights_kept() and not self._busy)

    def ask(self) -> None:
        """Answer the chosen held-out example, in the background."""
        self._send(self.number.value() - 1)

    def ask_typed(self) -> None:
        if self.line.text():
            self._send(text=self.line.text())

    def _go(self) -> None:
        if self.line.text():
            self.ask_typed()
        else:
            self.ask()

    def _refresh_shown(self) -> None:
        """The run ended: what is looked at is answered by its last weights."""
        if self.isVisible() and self._answer is not None:
            self._go()

    def _send(self, number: int = 0, text: str = "") -> None:
        run_dir = self._state.session.run_dir
        if self._busy or run_dir is None or not self._state.weights_kept():
            return
        self._busy, self._asked = True, self._state.session.recording
        self.enable()
        clear(self._news)
        self._state.send(Say(run_dir, number, text), self._told)

    def _forget(self) -> None:
        self._answer = None
        clear(self._news)
        self.line.clear()
        self._show_nothing()

    def _told(self, found: Spoken | Refused) -> None:
        self._busy = False
        self.enable()
        if self._asked is not self._state.session.recording:  # by then another run is looked at
            return
        if isinstance(found, Refused):
            for problem in found.problems[:2]:
                self._news.addWidget(ProblemCard(problem, self._state.tokens))
            return
        self._answer = found.answer
        self.number.blockSignals(True)
        self.number.setMaximum(max(1, found.examples))
        self.number.blockSignals(False)
        self.line.setVisible(found.typeable)
        self._push.setVisible(not found.typeable)
        self._show(self._answer)

    def _show_nothing(self) -> None:
        clear(self._rows)
        hint = Text(
            "An example that the model never trained on: what goes in, what is true, what the model says.",
            "Un ejemplo con el que el modelo no entrenó: qué entra, qué es verdad y qué dice el modelo.",
        )
        self._rows.addWidget(label(say(hint), "muted", wrap=True), 0, 0, 1, 2)
        self._seen.hide()

    def _show(self, answer: Answer) -> None:
        clear(self._rows)
        for signal in answer.given:
            self._line(Text("in", "entra"), signal.name, self._shown(signal))
        for told in answer.answers:
            if told.true is not None:
                self._line(Text("true", "verdad"), told.true.name, self._shown(told.true))
            self._line(Text("said", "dicho"), told.said.name if told.true is None else "", self._said(told))
            self._line(Text("", ""), "", label(verdict(told), "muted", wrap=True))
        self._offer(answer)

    def _line(self, what: Text, name: str, content: QWidget) -> None:
        at = self._rows.rowCount()
        head = " · ".join(p for p in (say(what), name) if p)
        self._rows.addWidget(label(head, "muted"), at, 0, Qt.AlignmentFlag.AlignTop)
        self._rows.addWidget(content, at, 1)

    def _shown(self, signal: Signal) -> QWidget:
        if signal.symbols and np.ndim(signal.values):
            return self._symbols(signal)
        if signal.symbols:
            return label(joined(signal), "mono", wrap=True, select=True)
        small = thumbnail(signal)
        if small is None:
            return label(numbers_text(signal), "mono", wrap=True, select=True)
        picture = label()
        picture.setPixmap(small)
        named(picture, numbers_text(signal))
        return picture

    def _said(self, told: Said) -> QWidget:
        """Symbols shaded by how unsure the model was; a click shows what else it thought of."""
        said = told.said
        if not said.symbols or said.values.ndim != 1 or said.shares is None:
            return self._shown(said)
        logp = np.log(np.maximum(said.shares[np.arange(len(said.values)), said.values], 1e-30))
        text = self._symbols(said, logp.astype(np.float32))
        text.looked.connect(lambda at: self._look_closer(said, at))
        return text

    def _symbols(self, signal: Signal, logp: Floats | None = None) -> ShadedText:
        """A sequence, as high as its lines need where that is not too much."""
        text = ShadedText(self._state.tokens, Text(signal.name, signal.name))
        words = joined(signal)
        text.show_symbols(tuple(spelt(signal)), words, logp)
        text.fit(MOST_LINES)
        return text

    def _look_closer(self, said: Signal, at: int) -> None:
        chart = likeliest(said, at) if at >= 0 else None
        if chart is not None:
            self._seen.show()
            self.chart.show_chart(chart)

    def _offer(self, answer: Answer) -> None:
        """The pictures of this example; the kind looked at before stays."""
        before = self.kinds.currentText()
        found = pictures(answer)
        self.kinds.blockSignals(True)
        self.kinds.clear()
        for name, chart in found:
            self.kinds.addItem(name, chart)
        self.kinds.setCurrentIndex(max(0, self.kinds.findText(before)))
        self.kinds.blockSignals(False)
        self._seen.setVisible(bool(found))
        self._draw()

    def _draw(self) -> None:
        chart: Any = self.kinds.currentData()
        if chart is not None:
            self.chart.show_chart(chart)


def joined(signal: Signal) -> str:
    """Symbols as a person reads them: letters run together, words apart."""
    return (" " if of_words(signal.symbols) else "").join(spelt(signal))


def numbers_text(signal: Signal) -> str:
    values = np.asarray(signal.values, np.float64).reshape(-1)
    if values.size <= MOST_NUMBERS:
        return "  ".join(amount(v) for v in values)
    return f"{' × '.join(map(str, np.shape(signal.values)))}: {amount(values.min())} … {amount(values.max())}"


def thumbnail(signal: Signal) -> QPixmap | None:
    """An image of numbers, small; None where they are none."""
    values = np.asarray(signal.values, np.float64)
    side = isqrt(values.size)
    if values.ndim == 1 and not signal.sig.axes and side * side == values.size >= 16:
        values = values.reshape(side, side)
    if values.ndim != 2 or min(values.shape) < 4 or max(values.shape) > 4 * min(values.shape):
        return None
    low, high = values.min(), values.max()
    grey = np.ascontiguousarray(255 * (values - low) / ((high - low) or 1.0), np.uint8)
    image = QImage(grey.data, grey.shape[1], grey.shape[0], grey.shape[1], QImage.Format.Format_Grayscale8)
    return QPixmap.fromImage(image.copy()).scaled(THUMB, THUMB, Qt.AspectRatioMode.KeepAspectRatio)


def verdict(told: Said) -> str:
    """Whether it is right, and what the truth cost."""
    parts = []
    if told.true is not None and told.said.symbols:
        right = np.array_equal(np.atleast_1d(told.said.values), np.atleast_1d(told.true.values))
        parts.append(say(Text("✓ right", "✓ correcto") if right else Text("✗ not right", "✗ incorrecto")))
    if told.losses is not None and told.losses.size:
        total = float(np.asarray(told.losses, np.float64).sum())
        if told.kind == "cross_entropy":
            parts.append(say(Text("ln p of the truth = {p}", "ln p de la verdad = {p}"), p=amount(-total)))
        elif told.losses.ndim == 0:
            parts.append(say(Text("loss {p}", "pérdida {p}"), p=amount(total)))
    return " · ".join(parts)
