"""A chart as panels and dialogs show it: on their ground, and what became of a picture that was asked for is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication

from core.observe.colors import PALETTES, Palette
from core.problems import Problem
from core.words import Text, say
from studio.panels.ask import tell_problems
from studio.plot.view import ChartView
from studio.state import State
from studio.theme import Theme

SAVED = Text("Saved {f}", "Guardado {f}")


def chart_palette(tokens: Theme) -> Palette:
    """The charts' own colours on the panel's ground."""
    return replace(PALETTES[tokens.name], background=tokens.surface.name(), text=tokens.text.name(),
                   muted=tokens.muted.name(), grid=tokens.border.name())  # fmt: skip


def chart_view(state: State, palette: Palette | None = None) -> ChartView:
    """`palette`: where the ground is not a panel's."""
    made = ChartView(palette or chart_palette(state.tokens))

    def refused(problem: Problem) -> None:
        tell_problems(QApplication.activeWindow(), (problem,), state.tokens)

    made.exported.connect(lambda path: state.status.emit(say(SAVED, f=Path(path).name)))
    made.failed.connect(refused)
    return made
