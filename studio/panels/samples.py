"""The model put to use while it learns and after: what it writes, and how probable it finds what a person types."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QStackedLayout, QToolButton, QWidget

from core.train.sampling import can_generate
from core.words import Text, say
from studio.panels.scoring import ScorePage
from studio.panels.writing import WritingPage
from studio.parts import GAP, Empty, boxed, column, row
from studio.state import State


class SamplesPanel(QWidget):
    """A rail of pages; a network that does not write gets words instead."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.setProperty("role", "panel")
        self.writing, self.scoring = WritingPage(state), ScorePage(state)
        self._pages = QStackedLayout()
        self.rail = QButtonGroup(self)
        buttons = [self._page(page, text) for page, text in (
            (self.writing, Text("Write", "Escribir")), (self.scoring, Text("Probability", "Probabilidad")))]  # fmt: skip
        full = QWidget()
        side = boxed(column(*buttons, None, gap=2, margins=(4, GAP, 4, GAP)), "rail")
        body = row(side, self._pages, gap=0)
        body.setStretch(1, 1)
        full.setLayout(body)
        self._empty = Empty(state.tokens, "sample", "")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(full)
        self.rail.idClicked.connect(self._pages.setCurrentIndex)
        state.found.connect(lambda _: self.refresh())
        self.refresh()

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
        self.writing.enable()
        self.scoring.enable()
        self.writing.live()

    def _page(self, page: QWidget, text: Text) -> QWidget:
        at = self._pages.addWidget(page)
        made = QToolButton()
        made.setText(say(text))
        made.setCheckable(True)
        made.setChecked(at == 0)
        made.setProperty("kind", "page")
        made.setAutoRaise(True)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.rail.addButton(made, at)
        return made
