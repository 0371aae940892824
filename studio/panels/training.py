"""Steering a run and reading how it goes: buttons, progress and time left, metrics against chance, what watching costs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QPushButton, QWidget

from core.train.settings import FIELDS
from core.words import Text, say
from studio.bridge import Phase, RunView
from studio.icons import icon
from studio.inspector.editors import make_editor
from studio.inspector.form import fault
from studio.inspector.sections import section
from studio.panels.figures import machine, metric_table, run_facts, steps_told
from studio.panels.numbers import LEFT, amount, clock, count, metric_name, percent, roughly
from studio.panels.problemcard import ProblemCard
from studio.panels.report import REPORT
from studio.parts import GAP, button, clear, column, label, listen, named, row, scrolled, shown, styled_by, tip
from studio.state import State

PHASES: dict[Phase, Text] = {
    "idle": Text("Not started", "Sin empezar"),
    "starting": Text("Starting …", "Empezando …"),
    "running": Text("Training", "Entrenando"),
    "paused": Text("Paused", "En pausa"),
    "stopping": Text("Stopping …", "Deteniendo …"),
    "done": Text("Finished", "Terminado"),
    "stopped": Text("Stopped", "Detenido"),
    "failed": Text("Failed", "Falló"),
}

WIDEST = "0.0000"  # columns of numbers keep their width while these change

FINISHED = Text(
    "The model is trained and kept. Next: export it, or write a report of the run. Scrub the charts to look back.",
    "El modelo está entrenado y guardado. Ahora: expórtelo o escriba un informe. Con el deslizador puede mirar atrás.",
)
STOPPED = Text(
    "What it learnt so far is kept: export it, write a report, or go on with Run › Resume the last run.",
    "Lo aprendido queda guardado: expórtelo, escriba un informe, o siga con Ejecutar › Reanudar la última ejecución.",
)
MEANWHILE = Text("Stop whenever you like: what it has learnt by then is kept.", "Deténgalo cuando quiera: lo aprendido hasta entonces se guarda.")  # fmt: skip
NOTHING = Text("It was stopped before its first step: nothing was learnt.", "Se detuvo antes del primer paso: no aprendió nada.")  # fmt: skip

EARLIER_ONE = Text("The run before, {name}, is kept.", "La ejecución anterior, {name}, está guardada.")
FRAMES = Text("{s} of the training time · {f} frames", "{s} del tiempo de entrenamiento · {f} cuadros")
ONE_FRAME = Text("{s} of the training time · 1 frame", "{s} del tiempo de entrenamiento · 1 cuadro")
EARLIER = Text("The {n} runs before are kept; the last of them is {name}.", "Las {n} ejecuciones anteriores están guardadas; la última es {name}.")  # fmt: skip

RATE = Text("{r} steps/s", "{r} pasos/s")

GO_ON = Text("Go on from the checkpoint", "Seguir desde el punto de control")


class TrainingPanel(QWidget):
    """`buttons` do the same as the commands of their ids, and are enabled with them by whoever has those (`possible`)."""

    def __init__(self, state: State, act: Callable[[str], None]) -> None:
        super().__init__()
        self._state, self._act = state, act
        self.setProperty("role", "panel")
        self._phase = label("", "strong")
        self._machine = label("", "muted")
        self.buttons = {name: self._button(name, text, act, kind) for name, text, kind in (
            ("train", Text("Train", "Entrenar"), "primary"), ("pause", Text("Pause", "Pausar"), ""),
            ("step", Text("Step", "Paso"), ""), ("stop", Text("Stop", "Detener"), ""))}  # fmt: skip
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximum(1000)
        named(self._bar, say(Text("Progress of the training", "Avance del entrenamiento")))
        self._progress, self._left = label("", ""), label("", "muted")
        self._rows = QGridLayout()
        self._told: list[str] = []
        self._cells: dict[tuple[str, str], QLabel] = {}
        self._when = label("", "muted", wrap=True)
        self._meter, self._facts = label("", "muted", wrap=True), label("", "muted", wrap=True)
        tip(self._meter, say(Text("Share of the training time that watching takes.", "Parte del tiempo de entrenamiento que cuesta observar.")))  # fmt: skip
        self._news = column(gap=GAP // 2)
        self._export = button(say(Text("Export the model …", "Exportar el modelo …")), lambda: act("export"))
        self._report = button(say(Text("Report …", "Informe …")), lambda: act("report"), "", say(Text("Write the run on one page", "Escribir la ejecución en una página")))  # fmt: skip
        self._next = label("", "", wrap=True)
        self._earlier = label("", "muted", wrap=True)
        self._compare = button(say(Text("Compare runs …", "Comparar ejecuciones …")), lambda: act("compare"))
        self._rate = make_editor(
            next(f for f in FIELDS if f.name == "learning_rate"), state.tokens, state.settings.folder
        )
        self._rate_shown = -1.0
        self._rate.changed.connect(self._set_rate)
        self._lay_out()
        state.bridge.changed.connect(self._show)
        listen(state.pending.changed, self, lambda: self._show_buttons(state.bridge.view))
        listen(state.project_changed, self, lambda: self._show(state.bridge.view))
        self._show(state.bridge.view)

    def _lay_out(self) -> None:
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(GAP)
        self._rows.setVerticalSpacing(4)
        self._rows.setColumnStretch(0, 1)
        name = say(Text("Learning rate", "Tasa de aprendizaje"))
        rate = column(row(label(name, "muted"), self._rate, gap=GAP), fault(self._rate, name), gap=GAP // 2)
        content = QWidget()
        content.setLayout(
            column(
                row(self._phase, None, self._machine),
                row(*self.buttons.values(), None, gap=GAP // 2),
                column(self._bar, self._progress, self._left, gap=GAP // 2),
                self._news,
                column(self._next, self._export, self._report),
                column(self._earlier, row(self._compare, None)),
                column(section(Text("Metrics", "Métricas"), self._rows), self._when, gap=GAP // 2),
                rate,
                section(Text("Watching", "Observación"), self._meter),
                self._facts,
                None,
                gap=12,
                margins=(12, 12, 12, 12),
            )
        )
        self.setLayout(column(scrolled(content, say(Text("Training", "Entrenamiento"))), gap=0))

    def _button(self, name: str, text: Text, act: Callable[[str], None], kind: str) -> QPushButton:
        made = button(say(text), lambda: act(name), kind)
        made.setObjectName(name)
        if not kind:  # only the main one has room for words
            made.setText("")
            made.setAccessibleName(say(text))
            made.setProperty("kind", "icon")
            made.setFixedWidth(34)
        colour = self._state.tokens.on_accent if kind == "primary" else None
        made.setIcon(icon(name, self._state.tokens, colour))
        return made

    def _set_rate(self, value: float) -> None:
        """Live in the run, and kept in the project."""
        from dataclasses import replace

        project = self._state.session.project
        training = replace(project.training, learning_rate=float(value))
        self._state.document.apply_project(
            Text("Set Learning rate", "Cambiar Tasa de aprendizaje"),
            replace(project, training=training),
            "training.learning_rate",
        )
        self._state.bridge.set_learning_rate(float(value))

    def _show(self, view: RunView) -> None:
        self._phase.setText(say(PHASES[view.phase]))
        self._machine.setText(machine(view))
        self._show_buttons(view)
        self._show_progress(view)
        self._show_metrics(view)
        self._show_news(view)
        self._show_earlier()
        probed = view.probed
        shown = say(
            ONE_FRAME if probed is not None and probed.made == 1 else FRAMES,
            s=percent(probed.overall if probed else None),
            f=probed.made if probed else 0,
        )
        self._meter.setText(shown if probed else say(Text("What watching costs is shown while it trains.", "Aquí se ve lo que cuesta observar mientras entrena.")))  # fmt: skip
        self._facts.setText(run_facts(view))
        self._facts.setVisible(bool(view.started))
        rate = self._state.session.project.training.learning_rate
        if rate != self._rate_shown:
            self._rate_shown = rate
            self._rate.show_value(rate)

    def _show_buttons(self, view: RunView) -> None:
        self.buttons["train"].setText(
            say(Text("Go on", "Seguir") if view.phase == "paused" else Text("Train", "Entrenar"))
        )
        learnt = view.done is not None and view.done.step > 0
        self._report.setEnabled(REPORT not in self._state.pending.now)
        for part in (self._export, self._report):
            part.setVisible(learnt)
        under_way = view.phase in ("running", "paused")
        self._next.setVisible(under_way or view.done is not None)
        styled_by(self._next, "role", "muted" if under_way else "")
        self._next.setText(say(MEANWHILE if under_way else NOTHING if not learnt else STOPPED if view.phase == "stopped" else FINISHED))  # fmt: skip

    def _show_progress(self, view: RunView) -> None:
        total = view.total
        if view.phase in ("starting", "stopping"):  # nobody knows how long, and a still bar would look stuck
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * view.at / total) if total else 0)
        steps = total or self._state.session.project.training.steps
        self._progress.setText(say(Text("step {a} of {b}", "paso {a} de {b}"), a=count(view.at), b=count(steps)))
        if view.done is not None:
            self._left.setText(say(Text("took {t}", "tardó {t}"), t=clock(view.done.seconds)))
        elif view.rate and view.phase == "running":
            rate = f"{view.rate:.1f}" if view.rate < 100 else f"{view.rate:.0f}"
            told = [say(RATE, r=rate), say(LEFT, t=roughly(view.left)) if view.left else ""]
            self._left.setText(" · ".join(filter(None, told)))
        else:
            self._left.setText("")

    def _show_metrics(self, view: RunView) -> None:
        table = metric_table(view)
        if [name for name, *_ in table] != self._told:
            self._told = [name for name, *_ in table]
            self._rebuild_rows(table)
        for name, *values in table:
            for column_, value in zip(("train", "validation", "chance"), values, strict=True):
                self._cells[name, column_].setText(amount(value))
        self._when.setText(steps_told(view))
        self._when.setVisible(bool(self._when.text()))

    def _rebuild_rows(self, table: list[tuple[str, float | None, float | None, float | None]]) -> None:
        clear(self._rows)
        self._cells = {}
        heads = (Text("training", "entren."), Text("held out", "reserva"), Text("chance", "azar"))
        for at, text in enumerate(heads, 1):
            head = label(say(text), "muted")
            self._rows.addWidget(head, 0, at, Qt.AlignmentFlag.AlignRight)
        for line, (name, *_) in enumerate(table, 1):
            told = label(metric_name(name), "", wrap=True)
            told.setMinimumWidth(max(map(told.fontMetrics().horizontalAdvance, told.text().split())))
            self._rows.addWidget(told, line, 0)
            for at, part in enumerate(("train", "validation", "chance"), 1):
                cell = label("–", "strong" if part == "validation" else "muted" if part == "chance" else "")
                cell.setMinimumWidth(cell.fontMetrics().horizontalAdvance(WIDEST))
                cell.setAlignment(Qt.AlignmentFlag.AlignRight)
                named(cell, f"{metric_name(name)} {say(heads[at - 1])}")
                self._cells[name, part] = cell
                self._rows.addWidget(cell, line, at)

    def _show_news(self, view: RunView) -> None:
        news = (view.failed, view.done)
        if news == getattr(self, "_last_news", None):
            return
        self._last_news = news
        clear(self._news)
        if view.failed is not None:
            self._news.addWidget(ProblemCard(view.failed.problem, self._state.tokens, jump=lambda p: self._state.show_place(p.where)))  # fmt: skip
            if not view.failed.refused and self._checkpoint_kept():
                go_on = button(say(GO_ON), lambda: self._act("resume"))
                go_on.setObjectName("go-on")
                self._news.addLayout(row(go_on, None))
            if view.failed.detail:
                self._news.addWidget(
                    button(say(Text("Copy the report", "Copiar el informe")), self._copy_report, "link")
                )
        if view.done is not None and view.done.step > 0:
            self._news.addWidget(label(say(Text("Kept in {d}", "Guardado en {d}"), d=view.done.run_dir), "muted", wrap=True, select=True))  # fmt: skip

    def _checkpoint_kept(self) -> bool:
        run_dir = self._state.session.run_dir
        return run_dir is not None and (run_dir / "checkpoint").exists()

    def _show_earlier(self) -> None:
        """The runs that this one followed are not gone: where they are."""
        kept = self._state.earlier
        for part in (self._earlier, self._compare):
            part.setVisible(bool(kept))
        if kept:
            words = EARLIER if len(kept) > 1 else EARLIER_ONE
            self._earlier.setText(say(words, n=len(kept), name=shown(kept[-1].name)))

    def _copy_report(self) -> None:
        from PySide6.QtGui import QGuiApplication

        failed = self._state.bridge.view.failed
        if failed is not None:
            QGuiApplication.clipboard().setText(f"{failed.problem.line()}\n\n{failed.detail}")
