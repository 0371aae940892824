"""A form made from parameter specs: label, editor, unit, and a way back to the default."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from core.graph.model import Ref
from core.specs.params import ParamSpec
from core.words import Text, say
from studio.inspector.editors import Editor, help_text, make_editor
from studio.parts import GAP, Fold, column, label, named, tip, tool
from studio.theme import Theme

Choices = Mapping[str, Sequence[tuple[str, str]]]


class Form(QWidget):
    """`changed(name, value)` when a field was agreed on, value None where the default is wanted again; `left` when the
    person leaves a field."""

    changed = Signal(str, object)
    left = Signal()

    def __init__(
        self,
        specs: Sequence[ParamSpec],
        values: Mapping[str, Any],
        tokens: Theme,
        folder: Path,
        choices: Choices | None = None,
        advanced: bool = False,
        on_advanced: Callable[[bool], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._tokens, self._folder, self._choices = tokens, folder, choices or {}
        self._rows: dict[str, tuple[ParamSpec, Editor | None, QToolButton]] = {}
        self._notes: dict[str, QLabel] = {}
        plain = [s for s in specs if not s.advanced]
        rare = [s for s in specs if s.advanced]
        layout = column(self._grid(plain, values), gap=GAP)
        if rare:
            more = self._grid(rare, values)
            layout.addWidget(Fold(tokens, say(Text("More settings", "Más ajustes")), more, advanced, on_advanced))
        self.setLayout(layout)

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show other values in the same fields, without telling."""
        for name, (spec, editor, back) in self._rows.items():
            value = values.get(name, spec.default)
            if editor is not None and not isinstance(value, Ref):
                editor.show_value(value)
            back.setVisible(value != spec.default)

    def show_note(self, name: str, words: str) -> None:
        """Say something about a value under its field; "" says nothing."""
        if name not in self._rows:
            return
        note = self._notes.get(name)
        if note is None and words:
            spec, editor, _ = self._rows[name]
            holder = editor.parentWidget() if editor is not None else None
            grid = holder.layout() if holder is not None else None
            if not isinstance(grid, QGridLayout) or editor is None:
                return
            line, *_ = grid.getItemPosition(grid.indexOf(editor))
            note = self._notes[name] = label("", "muted", wrap=True)
            note.setObjectName(f"note-{name}")
            named(note, say(spec.label))
            grid.addWidget(note, line + 1, 0, 1, 3)
        if note is not None:
            note.setText(words)
            note.setVisible(bool(words))

    def names(self) -> tuple[str, ...]:
        return tuple(self._rows)

    def _grid(self, specs: Sequence[ParamSpec], values: Mapping[str, Any]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GAP // 2)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        for at, spec in enumerate(specs):
            self._add(grid, 2 * at, spec, values.get(spec.name, spec.default))
        return made

    def _add(self, grid: QGridLayout, at: int, spec: ParamSpec, value: Any) -> None:
        name = say(spec.label) + (f" ({spec.unit})" if spec.unit else "")
        caption = label(name, "muted", wrap=True)
        tip(caption, help_text(spec))
        back = tool(self._tokens, "reset", say(Text("Back to the default: {n}", "Volver al valor por defecto: {n}"), n=name),
                    lambda: self.changed.emit(spec.name, None), 14)  # fmt: skip
        back.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        policy = back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        back.setSizePolicy(policy)
        back.setVisible(value != spec.default)
        back.setObjectName(f"reset-{spec.name}")
        grid.addWidget(caption, at, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(back, at, 2)
        if isinstance(value, Ref):
            bound = label(say(Text("from the cell: {p}", "de la celda: {p}"), p=value.param), "chip")
            grid.addWidget(bound, at, 1)
            self._rows[spec.name] = (spec, None, back)
            return
        editor = make_editor(spec, self._tokens, self._folder, self._choices.get(spec.name, ()))
        editor.show_value(value)
        editor.changed.connect(lambda new: self.changed.emit(spec.name, new))
        editor.left.connect(self.left)
        caption.setBuddy(editor)
        grid.addWidget(editor, at, 1)
        self._rows[spec.name] = (spec, editor, back)
