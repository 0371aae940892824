"""How probable is what a person types: ln p step by step and its sum, by the model and by counted histories."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QLineEdit, QWidget

from core.observe.chart import Axis, Chart, Line
from core.observe.recording import Recording
from core.observe.symbols import symbol_ticks
from core.problems import Refused
from core.process.errands import ORDERS, Weigh, Weighed
from core.train.generation import can_generate, symbols_of
from core.train.scoring import Scored
from core.words import Text, say
from studio.inspector.editors import QuietCombo
from studio.panels.charts import chart_view
from studio.panels.likely import Likely, beside
from studio.panels.numbers import amount, count
from studio.panels.problemcard import ProblemCard
from studio.panels.shaded import ShadedText
from studio.panels.waiting import when
from studio.parts import GAP, boxed, button, clear, column, label, listen, named, row, tip
from studio.state import State

TITLE = Text("Surprise at each symbol", "Sorpresa de cada símbolo")
SYMBOL, SURPRISE = Axis(Text("symbol", "símbolo")), Axis(Text("−ln p", "−ln p"))
LETTERS = 10  # that a list shows at least
ASK = Text("Type a sequence to see how probable it is.", "Escriba una secuencia para ver lo probable que es.")
TRAIN = Text(
    "Train the network, then it says here how probable it finds what you type.",
    "Entrene la red y aquí dirá lo probable que encuentra lo que usted escriba.",
)
RIVAL = Text(
    "The counts beside it are a rival that learns nothing: how often each symbol followed the last k in the training data, "
    "k being the order.",
    "Los conteos de al lado son un rival que no aprende nada: cuántas veces siguió cada símbolo a los k últimos en los datos de "
    "entrenamiento, siendo k el orden.",
)


class ScorePage(QWidget):
    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._scored: Scored | None = None
        self._rows: tuple[tuple[int, float], ...] = ()
        self._busy = False
        self._asked: Recording | None = None
        self.line = QLineEdit()
        self.line.setPlaceholderText(say(Text("Sequence …", "Secuencia …")))
        self.line.setMaxLength(500)
        named(self.line, say(Text("Sequence", "Secuencia")))
        self.line.returnPressed.connect(self.score)
        self.orders = QuietCombo(LETTERS)
        named(self.orders, say(Text("Order of the counts", "Orden de los conteos")))
        tip(self.orders, say(RIVAL))
        for k in range(ORDERS):
            self.orders.addItem(say(Text("counts, order {k}", "conteos, orden {k}"), k=k), k)
        self.orders.setCurrentIndex(2)
        self.orders.currentIndexChanged.connect(lambda _: self._draw())
        self.go = button(say(Text("Score", "Calcular")), self.score, "primary")
        self.go.setObjectName("score")
        self.text = ShadedText(state.tokens, Text("The typed sequence", "La secuencia escrita"))
        self.text.looked.connect(self._look_closer)
        self.chart = chart_view(state)
        self.likely = Likely(state.tokens)
        self.sums = label("", "", wrap=True, select=True)
        self._news = column()
        self._lay_out()
        listen(state.bridge.changed, self, self.enable)
        listen(state.opened, self, self._forget)
        self._draw()

    def _lay_out(self) -> None:
        head = boxed(row(self.line, self.orders, self.go, margins=(GAP, 4, GAP, 4)), "head")
        self.text.setFixedHeight(52)
        left = QWidget()
        left.setLayout(column(self.text, self.chart, gap=0))
        body = row(left, beside(self.likely, self.sums), gap=0)
        body.setStretch(0, 1)
        self.setLayout(column(head, self._news, body, gap=0))

    def enable(self) -> None:
        self.go.setEnabled(self._state.weights_kept() and not self._busy)
        if self._scored is None:
            self._draw()

    def score(self) -> None:
        """With the weights last saved, in the background."""
        run_dir, text = self._state.session.run_dir, self.line.text()
        if self._busy or run_dir is None or not self._state.weights_kept():
            return
        self._busy, self._asked = True, self._state.session.recording
        self.enable()
        clear(self._news)
        self._state.send(Weigh(run_dir, text), self._told)

    def _forget(self) -> None:
        self._scored = None
        clear(self._news)
        self.text.clear()
        self.sums.clear()
        self.likely.forget()
        self._draw()

    def _told(self, answer: Weighed | Refused) -> None:
        self._busy = False
        self.enable()
        if self._asked is not self._state.session.recording:  # by then another run is looked at
            return
        if isinstance(answer, Refused):
            for problem in answer.problems[:2]:
                self._news.addWidget(ProblemCard(problem, self._state.tokens))
            return
        self._scored, self._rows = answer.scored, answer.rows
        self.text.show_symbols(self._scored.symbols, self._scored.text, self._scored.logp)
        self.likely.forget(offered=True)
        self._draw()

    def _draw(self) -> None:
        scored, order = self._scored, int(self.orders.currentData() or 0)
        self.text.setVisible(scored is not None)
        if scored is None:
            self.chart.show_chart(empty_chart(self._what_first()))
            return
        order = min(order, max(scored.counted, default=0))
        self.chart.show_chart(score_chart(scored, order))
        self.sums.setText(self._sums(scored, order))

    def _what_first(self) -> Text:
        """What a person has to do, or to wait for, before there is anything to see."""
        ask = Text(f"{ASK.en} {RIVAL.en}", f"{ASK.es} {RIVAL.es}")
        return ask if self._state.weights_kept() else when(self._state) or TRAIN

    def _sums(self, scored: Scored, order: int) -> str:
        lines = [say(Text("model: ln p = {p}", "modelo: ln p = {p}"), p=amount(scored.total))]
        if order in scored.counted:
            seen, possible = self._rows[order]
            lines.append(say(Text("order {k}: ln p = {p}", "orden {k}: ln p = {p}"), k=order, p=amount(scored.counted_total(order))))  # fmt: skip
            lines.append(
                say(
                    Text("{n} of {m} histories seen", "{n} de {m} historias vistas"),
                    n=count(seen),
                    m=count(int(possible)) if possible < 1e6 else f"{possible:.0e}",
                )
            )
        return "\n".join(lines)

    def _look_closer(self, at: int) -> None:
        scored = self._scored
        if scored is not None and 0 <= at < len(scored.likely):
            program = self._state.program
            symbols = symbols_of(program) if program is not None and can_generate(program) else ()
            self.likely.show_step(symbols, scored.likely[at], scored.symbols[at])


def empty_chart(note: Text) -> Chart:
    return Chart(TITLE, SYMBOL, SURPRISE, (), note=note)


def score_chart(scored: Scored, order: int) -> Chart:
    """-ln p at each step, by the model and by the table of an order."""
    x = np.arange(len(scored.logp), dtype=np.float64)
    marks = [Line(x, -scored.logp, say(Text("model", "modelo")))]
    if order in scored.counted:
        said = say(Text("counts, order {k}", "conteos, orden {k}"), k=order)
        marks.append(Line(x, -scored.counted[order].astype(np.float64), said, color=1, dashed=True))
    return Chart(TITLE, replace(SYMBOL, ticks=symbol_ticks(scored.symbols)), SURPRISE, tuple(marks))
