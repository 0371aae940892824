"""Text written by the model as it learns, or on demand: each symbol shaded by its surprise, with what else it might have
been."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QSlider, QSpinBox, QWidget

from core.problems import Refused
from core.process.errands import Write
from core.train.generation import answers, can_generate, symbols_of
from core.train.messages import Sample
from core.words import Text, say
from studio.inspector.editors import QuietCombo
from studio.oneline import yielding
from studio.panels.likely import Likely, beside
from studio.panels.problemcard import ProblemCard
from studio.panels.shaded import ShadedText, meaning
from studio.panels.waiting import when
from studio.parts import GAP, boxed, button, clear, column, label, listen, named, row
from studio.state import State

TRAIN = Text(
    "Train the network, then it writes here. With “Sample every”, in the project's settings, it writes while it trains too.",
    "Entrene la red y escribirá aquí. Con «Muestrear cada», en los ajustes del proyecto, escribe también mientras entrena.",
)
PRESS = Text(
    "Press Write: the network goes on from the words you begin with, as far as it has learnt.",
    "Pulse Escribir: la red continúa las palabras con que usted empiece, según lo que haya aprendido.",
)

LETTERS = 5  # that a list shows at least
MODES = {
    "draw": Text("Chance", "Al azar"),
    "greedy": Text("Most probable", "Más probable"),
    "top_k": Text("Top k", "Top k"),
    "top_p": Text("Nucleus (top p)", "Núcleo (top p)"),
    "beams": Text("Beam search", "Búsqueda en haz"),
}


class WritingPage(QWidget):
    """Shows the sample of the step looked at, or the one just asked for."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._sample: Sample | None = None
        self._own: Sample | None = None
        self._shown: Sample | None = None
        self._recording = self._asked = state.session.recording
        self._busy = False
        self._alone = True
        self.text = ShadedText(state.tokens, Text("Sampled text", "Texto muestreado"))
        self.text.looked.connect(self._look_closer)
        self._meaning = meaning()
        self.likely = Likely(state.tokens)
        self._where = yielding("")  # what comes while it trains asks for no room
        self._make_controls()
        self._news = column()
        left = QWidget()
        left.setLayout(column(self.text, self._meaning, gap=0))
        body = row(left, beside(self.likely), gap=0)
        body.setStretch(0, 1)
        self.setLayout(column(self._controls, self._news, body, gap=0))
        state.bridge.framed.connect(self.live)
        listen(state.bridge.changed, self, self.enable)
        listen(state.scrubbed, self, self.live)

    def _make_controls(self) -> None:
        state = self._state
        self.prompt = QLineEdit()
        self.prompt.setPlaceholderText(say(Text("Begin with …", "Empezar con …")))
        self.prompt.setMaxLength(500)
        self.prompt.setMinimumWidth(56)
        named(self.prompt, say(Text("Prompt", "Texto inicial")))
        self.prompt.returnPressed.connect(self.generate)
        self.heat = QSlider(Qt.Orientation.Horizontal)
        self.heat.setRange(5, 200)
        self.heat.setValue(round(100 * state.session.project.training.temperature))
        self.heat.setMinimumWidth(40)
        self.heat.setMaximumWidth(120)
        named(self.heat, say(Text("Temperature", "Temperatura")))
        self._heat_text = label("", "muted")
        self._heat_text.setMinimumWidth(32)
        self.heat.valueChanged.connect(lambda v: self._heat_text.setText(f"{v / 100:.2f}"))
        self._heat_text.setText(f"{self.heat.value() / 100:.2f}")
        self.go = button(say(Text("Write", "Escribir")), self.generate, "primary")
        self.go.setObjectName("generate")
        self.modes = QuietCombo(LETTERS)
        named(self.modes, say(Text("How a symbol is chosen", "Cómo se elige un símbolo")))
        for mode, text in MODES.items():
            self.modes.addItem(say(text), mode)
        self.modes.currentIndexChanged.connect(lambda _: self._suit())
        self.many = QSpinBox()
        self.many.setMinimumWidth(56)
        named(self.many, say(Text("How many", "Cuántos")))
        temperature = self._warm = yielding(say(Text("Temperature", "Temperatura")))
        line = row(self._where, self.prompt, self.modes, self.many, temperature, self.heat, self._heat_text, self.go, margins=(GAP, 4, GAP, 4))  # fmt: skip
        self.prompt.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # takes what the others leave
        line.setStretchFactor(self.prompt, 1)
        self._controls = boxed(line, "head")
        self._suit()

    def offer(self, alone: bool) -> None:
        """Whether a person may ask for more; else there is only what came while it trained."""
        self._alone = alone
        for part in (self.prompt, self.modes, self.go):
            part.setVisible(alone)
        self._suit()

    def _suit(self) -> None:
        """Show what the way of choosing asks for."""
        mode = str(self.modes.currentData())
        limits = {"top_k": (1, 1000, 20), "top_p": (1, 100, 90), "beams": (2, 64, 5)}.get(mode)
        self.many.setVisible(self._alone and limits is not None)
        self.many.setSuffix(" %" if mode == "top_p" else "")
        if limits is not None:
            self.many.setRange(limits[0], limits[1])
            self.many.setValue(limits[2])
        for part in (self._warm, self.heat, self._heat_text):
            part.setVisible(self._alone and mode not in ("greedy", "beams"))

    def how(self) -> tuple[float, dict[str, Any]]:
        """(temperature, what else is chosen by)."""
        mode, heat = str(self.modes.currentData()), self.heat.value() / 100
        match mode:
            case "greedy":
                return 0.0, {}
            case "top_p":
                return heat, {"top_p": self.many.value() / 100}
            case "top_k":
                return heat, {"top_k": self.many.value()}
            case "beams":
                return 1.0, {"beams": self.many.value()}
            case _:
                return heat, {}

    def generate(self) -> None:
        """Write with the weights last saved, in the background."""
        run_dir = self._state.session.run_dir
        if self._busy or run_dir is None:
            return
        self._busy, self._asked = True, self._state.session.recording
        self.enable()
        clear(self._news)
        prompt, (heat, more) = self.prompt.text(), self.how()
        length = self._state.session.project.training.sample_length

        seed = int(np.random.default_rng().integers(2**31))
        self._state.send(Write(run_dir, prompt, length, seed, heat, **more), self._written)

    def _written(self, answer: Sample | Refused) -> None:
        self._busy = False
        self.enable()
        if self._asked is not self._state.session.recording:  # by then another run is looked at
            return
        if isinstance(answer, Refused):
            for problem in answer.problems[:2]:
                self._news.addWidget(ProblemCard(problem, self._state.tokens))
            return
        self._own = answer
        self._show(answer, own=True)

    def enable(self) -> None:
        there = self._state.weights_kept()
        self.go.setEnabled(there and not self._busy)
        if there and self._shown is None:
            self._say_empty()

    def live(self) -> None:
        """The recording's sample at the step looked at; an own one stays until a newer comes."""
        recording = self._state.session.recording
        if recording is not self._recording:  # another run: what the last one wrote is not of it
            self._recording, self._own, self._sample = recording, None, None
        found = recording.sample(self._state.step)
        if found is not None and found is not self._sample:
            self._show(found)
        elif found is None and self._own is None:
            self._say_empty()

    def _say_empty(self) -> None:
        """What to do, or to wait for, until there is text."""
        self._shown = self._sample = None
        self._where.setText("")
        self._meaning.hide()
        self.likely.forget()
        if self._alone and self._state.weights_kept():
            self.text.say_empty(PRESS)
        else:
            self.text.say_empty(when(self._state) or TRAIN)

    def _show(self, sample: Sample, own: bool = False) -> None:
        if not own:
            self._sample = sample
        self._shown = sample
        self.text.show_symbols(sample.symbols, sample.text, sample.logp)
        self._where.setText(say(Text("just now", "ahora")) if own else say(Text("step {s}", "paso {s}"), s=sample.step))
        self._meaning.setVisible(sample.logp is not None)
        self.likely.forget(offered=sample.distribution is not None)

    def _look_closer(self, at: int) -> None:
        """The distribution at the symbol under the cursor."""
        sample = self._shown
        if sample is not None and sample.distribution is not None and 0 <= at < len(sample.distribution):
            self.likely.show_step(self.vocabulary(), sample.distribution[at], sample.symbols[at])

    def vocabulary(self) -> tuple[str, ...]:
        program = self._state.program
        return symbols_of(program) if program is not None and (answers(program) or can_generate(program)) else ()
