"""How probable is what a person types: ln p step by step and its sum, by the model and by counted histories."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QLineEdit, QWidget

from core.data.history import Histories
from core.observe.chart import Axis, Chart, Line
from core.observe.symbols import symbol_ticks
from core.problems import Place, Problem, Refused
from core.train.generation import can_generate, symbols_of
from core.train.scoring import Scored, read_tables, score_text
from core.words import Text, say
from studio.inspector.editors import QuietCombo
from studio.panels.likely import Likely, beside
from studio.panels.numbers import amount, count
from studio.panels.problemcard import ProblemCard
from studio.panels.shaded import ShadedText
from studio.panels.watch import chart_palette
from studio.parts import GAP, boxed, button, clear, column, label, listen, named, row, tip
from studio.plot.view import ChartView
from studio.state import State

ORDERS = 4  # tables of 0 to 3 symbols of history
ASK = Text("Type a sequence to see how probable it is.", "Escriba una secuencia para ver lo probable que es.")


class ScorePage(QWidget):
    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._scored: Scored | None = None
        self._tables: tuple[Path, Histories] | None = None
        self._busy = False
        self.line = QLineEdit()
        self.line.setPlaceholderText(say(ASK))
        self.line.setMaxLength(500)
        named(self.line, say(Text("Sequence", "Secuencia")))
        self.line.returnPressed.connect(self.score)
        self.orders = QuietCombo()
        named(self.orders, say(Text("Order of the counts", "Orden de los conteos")))
        tip(self.orders, say(Text("Symbols of history that the counted table looks back on.", "Símbolos de historia que mira la tabla contada.")))  # fmt: skip
        for k in range(ORDERS):
            self.orders.addItem(say(Text("counts, order {k}", "conteos, orden {k}"), k=k), k)
        self.orders.setCurrentIndex(2)
        self.orders.currentIndexChanged.connect(lambda _: self._draw())
        self.go = button(say(Text("Score", "Calcular")), self.score, "primary")
        self.go.setObjectName("score")
        self.text = ShadedText(state.tokens, Text("The typed sequence", "La secuencia escrita"))
        self.text.setPlaceholderText(say(ASK))
        self.text.looked.connect(self._look_closer)
        self.chart = ChartView(chart_palette(state.tokens))
        self.likely = Likely(state.tokens)
        self.sums = label("", "", wrap=True, select=True)
        self._news = column()
        self._lay_out()
        listen(state.bridge.changed, self, self.enable)
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

    def score(self) -> None:
        """With the weights last saved, in the background."""
        run_dir, text = self._state.session.run_dir, self.line.text()
        if self._busy or run_dir is None or not self._state.weights_kept():
            return
        self._busy = True
        self.enable()
        clear(self._news)
        kept = self._tables[1] if self._tables is not None and self._tables[0] == run_dir else None

        def work() -> tuple[Path, Scored, Histories] | Refused:
            from core.data.open import open_dataset
            from core.export.bundle import load_bundle

            try:
                bundle = load_bundle(run_dir)
                tables = kept
                if tables is None:
                    data = open_dataset(self._state.registry, bundle.project.data, 0)
                    tables = read_tables(bundle.program, data, ORDERS - 1)
                scored = score_text(bundle.program, bundle.module(), text, tables=tables)
                if not scored.symbols:
                    raise Refused(_too_short())
                return run_dir, scored, tables
            except Refused as refused:
                return refused

        self._state.background.run(work, self._told)

    def _told(self, answer: tuple[Path, Scored, Histories] | Refused) -> None:
        self._busy = False
        self.enable()
        if isinstance(answer, Refused):
            for problem in answer.problems[:2]:
                self._news.addWidget(ProblemCard(problem, self._state.tokens, self._state.mend))
            return
        run_dir, self._scored, tables = answer
        self._tables = (run_dir, tables)
        self.text.show_symbols(self._scored.symbols, self._scored.text, self._scored.logp)
        self.likely.forget()
        self._draw()

    def _draw(self) -> None:
        scored, order = self._scored, int(self.orders.currentData() or 0)
        if scored is None:
            self.chart.show_chart(score_chart(None, order))
            return
        order = min(order, max(scored.counted, default=0))
        self.chart.show_chart(score_chart(scored, order))
        self.sums.setText(self._sums(scored, order))

    def _sums(self, scored: Scored, order: int) -> str:
        lines = [say(Text("model: ln p = {p}", "modelo: ln p = {p}"), p=amount(scored.total))]
        if order in scored.counted and self._tables is not None:
            seen, possible = self._tables[1].rows(order)
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


def score_chart(scored: Scored | None, order: int) -> Chart:
    """-ln p at each step, by the model and by the table of an order."""
    title = Text("Surprise at each symbol", "Sorpresa de cada símbolo")
    y = Axis(Text("−ln p", "−ln p"))
    if scored is None:
        return Chart(title, Axis(Text("symbol", "símbolo")), y, (), note=ASK)
    x = np.arange(len(scored.logp), dtype=np.float64)
    marks = [Line(x, -scored.logp, say(Text("model", "modelo")))]
    if order in scored.counted:
        said = say(Text("counts, order {k}", "conteos, orden {k}"), k=order)
        marks.append(Line(x, -scored.counted[order].astype(np.float64), said, color=1, dashed=True))
    return Chart(title, Axis(Text("symbol", "símbolo"), ticks=symbol_ticks(scored.symbols)), y, tuple(marks))


def _too_short() -> Problem:
    return Problem(
        "sample.too_short",
        Text("A sequence of at least two symbols is needed.", "Hace falta una secuencia de al menos dos símbolos."),
        Place(label="text"),
        Text("The first symbol is given; the model answers for those after it.",
             "El primer símbolo se da por sabido; el modelo responde por los siguientes."),
    )  # fmt: skip
