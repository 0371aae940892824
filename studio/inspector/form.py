"""A form made from parameter specs: label, editor, unit, and a way back to the default."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from core.graph.model import Ref
from core.specs.params import ParamSpec, acts
from core.words import Text, say
from studio.inspector.editors import Editor, help_text, make_editor
from studio.parts import GAP, Fold, column, label, named, tip, tool
from studio.theme import Theme

Choices = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Line:
    """One parameter on the form. Where it is bound to the cell there is a chip instead of an editor."""

    spec: ParamSpec
    caption: QLabel
    field: QWidget
    editor: Editor | None
    back: QToolButton
    note: QLabel
    wrong: QLabel

    def show(self, on: bool) -> None:
        """A hidden line takes no room: nor may its button, which keeps its place beside a shown field."""
        self.caption.setVisible(on)
        self.field.setVisible(on)
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(on)
        self.back.setSizePolicy(policy)
        self.note.setVisible(on and bool(self.note.text()))
        self.wrong.setVisible(on and bool(self.wrong.text()))


class Form(QWidget):
    """`changed(name, value)` when a field was agreed on, value None where the default is wanted again; `left` when the
    person leaves a field. A parameter that changes nothing beside the others' values is not shown."""

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
        self._specs = {s.name: s for s in specs}
        self._lines: dict[str, Line] = {}
        plain = [s for s in specs if not s.advanced]
        self._rare = [s for s in specs if s.advanced]
        layout = column(self._grid(plain, values), gap=GAP)
        self._fold: Fold | None = None
        if self._rare:
            more = self._grid(self._rare, values)
            self._fold = Fold(tokens, say(Text("More settings", "Más ajustes")), more, advanced, on_advanced)
            layout.addWidget(self._fold)
        self.setLayout(layout)
        self._show_lines(values)

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show other values in the same fields, without telling."""
        for name, line in self._lines.items():
            value = values.get(name, line.spec.default)
            if line.editor is not None and not isinstance(value, Ref):
                line.editor.show_value(value)
        self._show_lines(values)

    def show_note(self, name: str, words: str) -> None:
        """Say something about a value under its field; "" says nothing."""
        line = self._lines.get(name)
        if line is not None:
            line.note.setText(words)
            named(line.note, f"{line.caption.text()}: {words}")
            line.note.setVisible(bool(words) and not line.field.isHidden())

    def names(self) -> tuple[str, ...]:
        return tuple(self._lines)

    def shown(self, spec: ParamSpec, values: Mapping[str, Any]) -> bool:
        """Whether a parameter has a line beside these values."""
        return acts(spec, self._specs, values)

    def _show_lines(self, values: Mapping[str, Any]) -> None:
        seen = {name for name, line in self._lines.items() if self.shown(line.spec, values)}
        for name, line in self._lines.items():
            line.show(name in seen)
            line.back.setVisible(name in seen and values.get(name, line.spec.default) != line.spec.default)
        if self._fold is not None:
            self._fold.setVisible(any(s.name in seen for s in self._rare))

    def _grid(self, specs: Sequence[ParamSpec], values: Mapping[str, Any]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GAP // 2)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        for at, spec in enumerate(specs):
            self._add(grid, 3 * at, spec, values.get(spec.name, spec.default))
        return made

    def _add(self, grid: QGridLayout, at: int, spec: ParamSpec, value: Any) -> None:
        name = say(spec.label) + (f" ({spec.unit})" if spec.unit else "")
        caption = label(name, "muted", wrap=True)
        tip(caption, help_text(spec))
        note = label("", "muted", wrap=True)
        note.setObjectName(f"note-{spec.name}")
        named(note, name)
        back = tool(self._tokens, "reset", say(Text("Back to the default: {n}", "Volver al valor por defecto: {n}"), n=name),
                    lambda: self.changed.emit(spec.name, None), 14)  # fmt: skip
        back.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        back.setObjectName(f"reset-{spec.name}")
        editor = None if isinstance(value, Ref) else self._editor(spec, value)
        field = editor or label(say(Text("from the cell: {p}", "de la celda: {p}"), p=value.param), "chip")
        caption.setBuddy(field)
        grid.addWidget(caption, at, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(field, at, 1)
        grid.addWidget(back, at, 2)
        wrong = fault(editor, name) if editor is not None else label()
        grid.addWidget(wrong, at + 1, 0, 1, 3)
        grid.addWidget(note, at + 2, 0, 1, 3)
        self._lines[spec.name] = Line(spec, caption, field, editor, back, note, wrong)

    def _editor(self, spec: ParamSpec, value: Any) -> Editor:
        made = make_editor(spec, self._tokens, self._folder, self._choices.get(spec.name, ()))
        made.show_value(value)
        made.changed.connect(lambda new: self.changed.emit(spec.name, new))
        made.left.connect(self.left)
        return made


def fault(editor: Editor, name: str) -> QLabel:
    """The line under a field that says what is wrong with what is typed into it, aloud too; hidden while nothing is."""
    made = label("", "bad", wrap=True)
    made.setObjectName("wrong")
    made.hide()

    def tell(words: str) -> None:
        if words and words != made.text():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(editor, f"{name}: {words}"))
        made.setText(words)
        made.setVisible(bool(words))
        named(made, f"{name}: {words}")

    editor.wrong.connect(tell)
    return made
