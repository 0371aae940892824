"""One line at the foot: what just happened, problems, device, step, loss, and what watching costs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QStatusBar, QToolButton

from core.words import Text, say
from studio.bridge import RunView
from studio.icons import icon
from studio.panels.figures import machine
from studio.panels.numbers import amount, count, percent
from studio.panels.problems import counts, standing
from studio.panels.training import PHASES
from studio.parts import GAP, escaped, label, listen, named, tip
from studio.state import State

SHOWN = 6000  # ms a sentence stays


ERRORS = Text("{n} error", "{n} error"), Text("{n} errors", "{n} errores")
WARNINGS = Text("{n} warning", "{n} aviso"), Text("{n} warnings", "{n} avisos")


def numbered(n: int, one: Text, more: Text) -> Text:
    return one if n == 1 else more


class StatusBar(QStatusBar):
    def __init__(self, state: State, show_problems: Callable[[], None]) -> None:
        super().__init__()
        self._state = state
        self.setSizeGripEnabled(False)
        self._failed = False
        self._problems = QToolButton()
        self._problems.setObjectName("problem-count")
        self._problems.clicked.connect(lambda _=False: show_problems())
        self._writing, self._busy = label(), QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedWidth(56)
        self._run, self._device, self._step = label(), label(), label()
        self._loss, self._share = label(), label()
        self._facts = (self._run, self._device, self._step, self._loss, self._share)
        self._long = False
        tip(self._share, say(Text("What watching costs", "Lo que cuesta observar")))
        self._problems.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for widget in (
            self._writing,
            self._busy,
            *self._facts,
            self._problems,
        ):
            self.addPermanentWidget(widget)
        state.status.connect(self._say)
        self.messageChanged.connect(self._said)
        listen(state.found, self, self._show_problems)
        listen(state.pending.changed, self, self._show_writing)
        state.bridge.changed.connect(self._show_run)
        self._show_problems()
        self._show_run(state.bridge.view)
        self._show_writing()

    def _say(self, text: str) -> None:
        """A sentence; where there is no room for all of it the facts of the run, which the training panel has too, give way."""
        others = sum(w.sizeHint().width() + GAP for w in (*self._facts, self._problems) if not w.isHidden())
        self._long = self.fontMetrics().horizontalAdvance(text) > self.width() - others - 2 * GAP
        self._show_run(self._state.bridge.view)
        room = self.width() - self._problems.sizeHint().width() - 4 * GAP
        self.showMessage(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room), SHOWN)
        self.setToolTip(escaped(text))

    def _said(self, text: str) -> None:
        if not text:
            self.setToolTip("")
            self._long = False
            self._show_run(self._state.bridge.view)

    def _show_writing(self) -> None:
        """What is on its way to a file."""
        what = next(map(say, self._state.pending.now), "")
        self._writing.setText(say(Text("Writing {w} …", "Escribiendo {w} …"), w=what) if what else "")
        named(self._busy, self._writing.text())
        for widget in (self._writing, self._busy):
            widget.setVisible(bool(what))

    def _show_problems(self) -> None:
        self._problems.setVisible(self._state.verdict.project is not None)  # nothing is said before the first check
        errors, warnings = counts(standing(self._state))
        tokens = self._state.tokens
        if errors:
            words, picture, colour = numbered(errors, *ERRORS), "error", tokens.error
        elif warnings:
            words, picture, colour = numbered(warnings, *WARNINGS), "warning", tokens.warning
        else:
            words, picture, colour = Text("No problems", "Sin problemas"), "good", tokens.good
        self._problems.setIcon(icon(picture, tokens, colour))
        self._problems.setText(say(words, n=errors or warnings))
        named(self._problems, self._problems.text())

    def _show_run(self, view: RunView) -> None:
        running = view.phase != "idle"
        if (view.phase == "failed") != self._failed:
            self._failed = view.phase == "failed"
            self._show_problems()
        self._run.setText(say(PHASES[view.phase]) if running else "")
        self._device.setText(machine(view))
        self._step.setText(say(Text("step {a}/{b}", "paso {a}/{b}"), a=count(view.at), b=count(view.total)) if view.started else "")  # fmt: skip
        self._loss.setText(say(Text("training loss {l}", "pérdida de entren. {l}"), l=amount(view.latest["loss"])) if view.latest else "")  # fmt: skip
        self._share.setText(
            say(Text("probes {s}", "sondas {s}"), s=percent(view.probed.overall)) if view.probed else ""
        )
        for widget in self._facts:
            widget.setVisible(bool(widget.text()) and not self._long)
