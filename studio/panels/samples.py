"""The model put to use while it learns and after: what it writes, how probable it finds what a person types, and what it
answers to examples it never trained on."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QStackedLayout, QToolButton, QWidget

from core.train.generation import goes_on
from core.words import Text, say
from studio.panels.examples import ExamplesPage
from studio.panels.scoring import ScorePage
from studio.panels.waiting import UNTRAINED, headline, when
from studio.panels.writing import WritingPage
from studio.parts import GAP, Empty, boxed, column, listen, row
from studio.state import State

HINT = Text(
    "Train the network: here it answers examples that it never saw, and writes where it can.",
    "Entrene la red: aquí responde a ejemplos que no ha visto, y escribe si puede.",
)
WRITE, SAMPLES = Text("Write", "Escribir"), Text("Samples", "Muestras")


class SamplesPanel(QWidget):
    """A rail of pages. Writing and weighing are there for networks that need no more than a prompt; of others that write, what
    they wrote while training is shown."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._alone, self._begun = False, False
        self.setProperty("role", "panel")
        self.writing, self.scoring, self.examples = WritingPage(state), ScorePage(state), ExamplesPage(state)
        pages = QWidget()
        self._pages = QStackedLayout(pages)  # a page without a parent would flash as a window of its own
        self.rail = QButtonGroup(self)
        self._buttons = [self._page(page, text) for page, text in (
            (self.writing, WRITE), (self.scoring, Text("Probability", "Probabilidad")),
            (self.examples, Text("Examples", "Ejemplos")))]  # fmt: skip
        full = QWidget()
        self._side = side = boxed(column(*self._buttons, None, gap=2, margins=(4, GAP, 4, GAP)), "rail")
        body = row(side, pages, gap=0)
        body.setStretch(1, 1)
        full.setLayout(body)
        self._empty = Empty(state.tokens, "sample", say(UNTRAINED), say(HINT))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(full)
        self.rail.idClicked.connect(self.turn)
        listen(state.found, self, self.refresh)
        listen(state.bridge.changed, self, self.refresh)
        listen(state.opened, self, self._forget)
        self.refresh()

    def _forget(self) -> None:
        """Another project begins with its first page."""
        self._begun = False
        self.refresh()

    def turn(self, page: int) -> None:
        self._buttons[page].setChecked(True)
        self._pages.setCurrentIndex(page)

    def refresh(self) -> None:
        """Which pages this network has, and whether there is anything to show."""
        program = self._state.program
        if program is not None:  # else as it was before the drawing was broken
            self._alone = goes_on(program)
        writes = self._alone or bool(self._state.session.recording.samples)
        for button, there in zip(self._buttons, (writes, self._alone, True), strict=True):
            button.setVisible(there)
        self._buttons[0].setText(say(WRITE if self._alone else SAMPLES))
        self.writing.offer(self._alone)
        self._side.setVisible(writes)  # one page needs no rail
        if program is not None and self._state.verdict.project is self._state.session.project:
            self._choose((writes, self._alone, True))
        there = writes or self._state.weights_kept()
        self._stack.setCurrentIndex(1 if there else 0)
        if not there:
            self._empty.say(say(headline(self._state)), say(when(self._state) or HINT))
        if there:
            self.writing.enable()
            self.scoring.enable()
            self.examples.enable()
            self.writing.live()

    def _choose(self, pages: tuple[bool, ...]) -> None:
        """The first page that there is, at the beginning and where the chosen one is no more."""
        if not self._begun or not pages[self._pages.currentIndex()]:
            self.turn(pages.index(True))
        self._begun = True

    def _page(self, page: QWidget, text: Text) -> QToolButton:
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
