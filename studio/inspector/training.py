"""The training settings as a form in groups: rare ones unfold in their place, idle ones are not shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.specs.params import ParamSpec, acts
from core.train.groups import grouped
from core.train.settings import FIELDS
from core.words import Text, say
from studio.inspector.form import Form
from studio.parts import GAP, Fold, column, label
from studio.theme import Theme


class Part(Form):
    """One group. A rare setting has a line where rare ones are wanted, and where it is not at its default."""

    def __init__(self, fields: tuple[ParamSpec, ...], values: Mapping[str, Any], tokens: Theme, folder: Path) -> None:
        self._uncommon = {f.name for f in fields if f.advanced}
        self.rare = False
        self.idle: frozenset[str] = frozenset()
        super().__init__([replace(f, advanced=False) for f in fields], values, tokens, folder)

    def shown(self, spec: ParamSpec, values: Mapping[str, Any]) -> bool:
        common = spec.name not in self._uncommon
        changed = values.get(spec.name, spec.default) != spec.default
        return spec.name not in self.idle and acts(spec, ALL, values) and (common or self.rare or changed)

    def empty(self, values: Mapping[str, Any]) -> bool:
        return not any(self.shown(line.spec, values) for line in self._lines.values())


ALL = {f.name: f for f in FIELDS}


class TrainingForm(QWidget):
    """Like `Form`, over every field of a run."""

    changed = Signal(str, object)
    left = Signal()

    def __init__(
        self,
        values: Mapping[str, Any],
        tokens: Theme,
        folder: Path,
        rare: bool,
        on_rare: Callable[[bool], None],
    ) -> None:
        super().__init__()
        self._values = values
        self._parts: list[tuple[QWidget, Part]] = []
        layout = column(gap=GAP)
        for title, fields in grouped():
            part = Part(fields, values, tokens, folder)
            part.changed.connect(self.changed)
            part.left.connect(self.left)
            holder = QWidget()
            head = label(say(title), "group")
            head.setIndent(0)
            holder.setLayout(column(head, part, gap=GAP // 2))
            self._parts.append((holder, part))
            layout.addWidget(holder)

        def turn(on: bool) -> None:
            on_rare(on)
            self._show_rare(on)

        self.more = Fold(tokens, "", QWidget(), rare, turn)
        layout.addWidget(self.more)
        self.setLayout(layout)
        self._show_rare(rare)

    def show_values(self, values: Mapping[str, Any]) -> None:
        self._values = values
        for holder, part in self._parts:
            part.show_values(values)
            holder.setVisible(not part.empty(values))

    def leave_out(self, names: frozenset[str]) -> None:
        """Fields that mean nothing to the network as it is drawn."""
        for _, part in self._parts:
            part.idle = names

    def names(self) -> tuple[str, ...]:
        return tuple(name for _, part in self._parts for name in part.names())

    def _show_rare(self, on: bool) -> None:
        words = say(Text("Fewer settings", "Menos ajustes") if on else Text("More settings", "Más ajustes"))
        self.more.head.setText(words)
        self.more.head.setAccessibleName(words)
        for _, part in self._parts:
            part.rare = on
        self.show_values(self._values)
