"""The right side of the welcome page: the gallery to look through, by words and by what a project shows."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QPushButton, QWidget

from core.problems import Refused
from core.project.gallery import Shipped, gallery
from core.project.systems import groups, systems
from core.words import Text, say
from studio.panels.gallery import explained
from studio.panels.guide import facts
from studio.panels.palette import SearchLine
from studio.parts import GAP, boxed, button, column, label, named, row, shown
from studio.state import State
from studio.welcome.cards import Cards
from studio.welcome.thumbnails import Thumbnails

DETAILS = 112  # px; the same for all, so that the cards stay where they are
EVERY = Text("All", "Todo")
ANY = Text("Everything these show", "Todo lo que muestran")
NOTHING = Text("Nothing in the gallery fits. Try fewer words, or All.", "Nada de la galería encaja. Pruebe con menos palabras, o Todo.")  # fmt: skip


class Learn(QWidget):
    """`taken` carries the Shipped project to begin with."""

    taken = Signal(object)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state, self._filled = state, False
        thumbnails = Thumbnails(state, state.settings.cache / "thumbnails", self.devicePixelRatioF(), self)
        self.cards = Cards(state, thumbnails)
        self.search = self._search()
        self.chips = QButtonGroup(self)
        self.which = QComboBox()
        named(self.which, say(Text("What a project shows", "Qué muestra un proyecto")))
        self.which.setMaxVisibleItems(24)
        self.which.setMinimumWidth(230)
        self._none = label(say(NOTHING), "muted")
        self._none.hide()
        top = row(label(say(Text("Learn from a project", "Aprender de un proyecto")), "title"), None, self.search)
        filters = row(*self._chips(), None, self.which, gap=6)
        body = column(top, filters, self._none, self.cards, self._details(), gap=GAP)
        body.setStretchFactor(self.cards, 1)
        self.setLayout(body)
        self.cards.currentItemChanged.connect(lambda *_: self._tell())
        self.cards.itemActivated.connect(lambda _: self._take())
        self.which.currentIndexChanged.connect(lambda _: self._narrow())
        self._offer_systems("")
        state.background.run(gallery, self._fill, self._unread)

    @property
    def group(self) -> str:
        """The letter of the chosen group, "" for all."""
        return str(self.chips.checkedButton().property("group"))

    def _search(self) -> SearchLine:
        made = SearchLine()
        tokens = self._state.tokens
        made.setPlaceholderText(say(Text("Search: LSTM, attention, tree …", "Buscar: LSTM, atención, árbol …")))
        made.setClearButtonEnabled(True)
        made.setMinimumWidth(260)
        made.show_lens(tokens)
        named(made, say(Text("Search the gallery", "Buscar en la galería")))
        made.textChanged.connect(lambda _: self._narrow())
        made.down.connect(self.cards.setFocus)
        made.taken.connect(self._take)
        return made

    def _chips(self) -> list[QPushButton]:
        made = []
        for letter, name in {"": EVERY, **groups()}.items():
            chip = button(say(name), lambda: None, "chip")
            chip.setCheckable(True)
            chip.setProperty("group", letter)
            chip.setChecked(not letter)
            chip.clicked.connect(lambda _=False, letter=letter: self._offer_systems(letter))
            self.chips.addButton(chip)
            made.append(chip)
        return made

    def _details(self) -> QWidget:
        self._title = label("", "strong", wrap=True)
        self._systems = label("", "", wrap=True)
        self._facts = label("", "muted", wrap=True)
        self.start = button(say(Text("Start from this", "Empezar con este")), self._take, "primary")
        self.start.setObjectName("start-from")
        words = column(self._title, self._systems, self._facts, gap=3)
        inner = row(words, column(None, self.start), gap=16, margins=(12, GAP, 12, GAP))
        inner.setStretch(0, 1)
        made = boxed(inner, "card")
        made.setFixedHeight(DETAILS)
        return made

    def _fill(self, projects: tuple[Shipped, ...]) -> None:
        self._filled = True
        self.cards.fill(projects)
        self._narrow()

    def _unread(self, error: Exception) -> None:
        if not isinstance(error, Refused):
            raise error
        self._none.setText(shown("\n".join(p.line() for p in error.problems)))
        self._none.show()

    def _offer_systems(self, letter: str) -> None:
        """What projects of the group show."""
        with QSignalBlocker(self.which):
            self.which.clear()
            self.which.addItem(say(ANY), "")
            for id, meaning in systems().items():
                if id.startswith(letter):
                    self.which.addItem(say(meaning), id)
        self._narrow()

    def _narrow(self) -> None:
        left = self.cards.narrow(self.search.text(), self.group, str(self.which.currentData() or ""))
        self._none.setVisible(self._filled and not left)
        self._tell()

    def _tell(self) -> None:
        entry = self.cards.chosen()
        self.start.setEnabled(entry is not None)
        self._title.setText(shown(say(entry.project.title)) if entry else "")
        self._systems.setText(shown(explained(entry)) if entry else "")
        try:
            self._facts.setText(shown(facts(entry)) if entry else "")
        except Refused as refused:
            self._facts.setText(shown(refused.problems[0].line()))

    def _take(self) -> None:
        entry = self.cards.chosen()
        if entry is not None:
            self.taken.emit(entry)
