"""The guide beside the canvas: what a gallery project shows, its equations, the figure to expect, what to try next."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from core.problems import Refused
from core.project.gallery import Shipped, origin
from core.project.model import Project
from core.project.systems import meaning
from core.words import Text, grouped, say
from studio.docks import TITLES
from studio.panels.named import PANEL, linked, meant
from studio.panels.numbers import metric_name
from studio.panels.page import PageView
from studio.parts import Empty, listen, named
from studio.state import State


class GuidePanel(QWidget):
    """Follows the open project, also once it was changed and saved under another name. `chart_wanted` carries the chart, and
    its key or "", that a person clicked in the page; `panel_wanted` the panel."""

    chart_wanted = Signal(str, str)
    panel_wanted = Signal(str)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._shown: tuple[Text, Text] | None = None
        self.setProperty("role", "panel")
        self.view = PageView(state.tokens, state.background)
        named(self.view, say(Text("Guide", "Guía")))
        self.view.anchorClicked.connect(self._follow)
        nothing = Text("This project has no guide.", "Este proyecto no tiene guía.")
        hint = Text("Projects from the gallery bring one.", "Los proyectos de la galería traen una.")
        self._empty = Empty(state.tokens, "gallery", say(nothing), say(hint))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        listen(state.project_changed, self, self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the page of the project as it is open now; behind other panels it costs nothing."""
        project = self._state.session.project
        if not self.isVisible() or (project.title, project.notes) == self._shown:
            return
        self._shown = (project.title, project.notes)
        page = page_of(project)
        self._stack.setCurrentWidget(self.view if page else self._empty)
        if page:
            self.view.show_page(linked(page, self._state.registry))

    def _follow(self, link: QUrl) -> None:
        kind, key = meant(link.toString())
        if kind in self._state.registry.of("chart"):
            self.chart_wanted.emit(kind, key)
        panel, _ = meant(link.toString(), PANEL)
        if panel in TITLES:  # a stranger's page may link to anything
            self.panel_wanted.emit(panel)


def page_of(project: Project) -> str:
    """Markdown in the current language: of the gallery project it was begun from, else its own notes; "" without any."""
    try:
        entry = origin(project)
        return full_page(entry) if entry is not None else say(project.notes)
    except Refused:  # a card that was damaged; the drawing is not
        return say(project.notes)


def full_page(entry: Shipped) -> str:
    """Title, page, and where the figure comes from."""
    served = "\n".join(f"- {say(meaning(id))}" for id in entry.project.systems)
    return "\n\n".join(
        (
            short_page(entry),
            f"## {say(Text('Where the figure comes from', 'De dónde sale la cifra'))}",
            facts(entry),
            say(entry.card.figure),
            f"## {say(Text('What it shows', 'Qué muestra'))}",
            served,
        )
    )


def short_page(entry: Shipped) -> str:
    """Title and page."""
    return f"# {say(entry.project.title)}\n\n{say(entry.card.page)}"


def facts(entry: Shipped) -> str:
    """Band, chance, baseline and what it takes, on one line."""
    card = entry.card
    signs = {"<=": "≤", ">=": "≥"}
    said = [", ".join(f"{metric_name(b.metric)} {signs[b.sign]} {b.value:g}" for b in card.bands)]
    if card.chance is not None:
        said.append(say(Text("chance: {v:g}", "azar: {v:g}"), v=card.chance))
    if card.baseline is not None:
        said.append(f"{say(card.baseline.name)}: {card.baseline.value:g}")
    if card.sequences:
        number = grouped(card.sequences)
        said.append(say(Text("{n} sequences", "{n} secuencias"), n=number))
    if any(card.needs):
        said.append(say(card.needs))
    return " · ".join(said)
