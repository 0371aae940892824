"""One editor per kind of parameter. Each shows a value, checks what is typed, and tells once when it is agreed on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from core.specs.params import ParamSpec
from core.words import Text, say
from studio import parts
from studio.parts import named, styled_by, tip, tool
from studio.theme import Theme, ui_font

Plain = bool | int | float | str
WIDEST = 200  # px a list takes by itself
ARROW = 44  # px beside a list's words
NOT_TAKEN = Text("“{t}” was not taken. {e}", "No se ha tomado «{t}». {e}")


def number_text(value: float | int) -> str:
    """As a person would write it."""
    if isinstance(value, int):
        return str(value)
    return f"{value:.10g}" if abs(value) >= 1e-4 or value == 0 else f"{value:.6g}"


def range_text(spec: ParamSpec, whole: bool = False) -> str:
    """ "1 to 512", "at least 0", "" where anything goes. A limit that hardly anybody meets is left out unless `whole`."""
    low, high = spec.minimum, spec.maximum
    if low is not None and high is not None and (whole or high < 1e6):
        return say(Text("{a} to {b}", "de {a} a {b}"), a=number_text(low), b=number_text(high))
    if low is not None:
        return say(Text("at least {a}", "al menos {a}"), a=number_text(low))
    return say(Text("at most {b}", "como mucho {b}"), b=number_text(high)) if high is not None else ""


def help_text(spec: ParamSpec) -> str:
    """Help, range and default of a parameter."""
    default = dict(spec.choices).get(str(spec.default), None)
    shown = say(default) if default else number_text(spec.default) if not isinstance(spec.default, (bool, str)) else ""
    parts = [say(spec.help), range_text(spec) if spec.kind in ("int", "float") else ""]
    if shown:
        parts.append(say(Text("default {v}", "por defecto {v}"), v=shown))
    return "\n".join(p for p in parts if p)


def expected_text(spec: ParamSpec) -> str:
    """ "Expected: a whole number, 1 to 512." """
    kind = Text("a whole number", "un número entero") if spec.kind == "int" else Text("a number", "un número")
    wanted = ", ".join(filter(None, (say(kind), range_text(spec, whole=True))))
    return say(Text("Expected: {w}.", "Se espera: {w}."), w=wanted)


def read_number(text: str, spec: ParamSpec) -> int | float | None:
    """The number in a text, None where it is none or out of range. Whole numbers may be written 1e6."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    if not math.isfinite(value) or (spec.kind == "int" and value != int(value)):
        return None
    if (spec.minimum is not None and value < spec.minimum) or (spec.maximum is not None and value > spec.maximum):
        return None
    return int(value) if spec.kind == "int" else value


def stepped(value: float, spec: ParamSpec, up: bool, big: bool) -> int | float:
    """The next value by the arrow keys: whole numbers by 1 (10), small ranges by a twentieth, others 1-2-5."""
    sign = 1 if up else -1
    if spec.kind == "int":
        new: float = int(value) + sign * (10 if big else 1)
    elif spec.minimum is not None and spec.maximum is not None and spec.maximum - spec.minimum <= 1:
        new = round(value + sign * (spec.maximum - spec.minimum) / (4 if big else 20), 6)
    elif value > 0:
        new = _one_two_five(value, up) if not big else value * 10.0**sign
        new = float(f"{new:.6g}")
    else:
        new = 0.01 if up else value - 1.0
    low = spec.minimum if spec.minimum is not None else -math.inf
    high = spec.maximum if spec.maximum is not None else math.inf
    clamped = min(max(new, low), high)
    return int(clamped) if spec.kind == "int" else float(clamped)


def _one_two_five(value: float, up: bool) -> float:
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    ladder = [power * m for m in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)]
    near = value * 1e-6
    return min(s for s in ladder if s > value + near) if up else max(s for s in ladder if s < value - near)


def typing(line: QLineEdit) -> bool:
    """Whether somebody is in the middle of a word there: what is told meanwhile must not take it away."""
    return line.hasFocus() and line.isModified()


class Editor(QWidget):
    """`changed` carries the new value once it is agreed on; `left` says that the person is done with this field; `wrong` what
    is expected instead of what is typed, "" where that is right."""

    changed = Signal(object)
    left = Signal()
    wrong = Signal(str)

    def show_value(self, value: Plain) -> None:
        raise NotImplementedError


class NumberEditor(Editor):
    """A line that takes a number. Arrow keys step; Enter or leaving agrees; Escape takes back; wrong input is marked, said
    to be wrong, and never told."""

    def __init__(self, spec: ParamSpec) -> None:
        super().__init__()
        self.spec, self._value = spec, spec.default
        self.line = QLineEdit()
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.textEdited.connect(self._mark)
        self.line.editingFinished.connect(self._agree)
        self.line.installEventFilter(self)
        _alone(self, self.line)

    def show_value(self, value: Plain) -> None:
        if value != self._value or not typing(self.line):
            self._show(value)

    def _show(self, value: Plain) -> None:
        self._value = value
        if not isinstance(value, (bool, str)) and self.line.text() != number_text(value):
            self.line.setText(number_text(value))  # the same once more would drop what is selected
        self._mark(self.line.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._step(event.key() == Qt.Key.Key_Up, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
                return True
            if event.key() == Qt.Key.Key_Escape and self.line.text() != self._text():
                self._show(self._value)
                return True
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self._back_if_wrong()
            self.left.emit()
        return super().eventFilter(watched, event)

    def _text(self) -> str:
        return number_text(self._value) if not isinstance(self._value, (bool, str)) else ""

    def _step(self, up: bool, big: bool) -> None:
        now = read_number(self.line.text(), self.spec)
        if now is not None:
            self.line.setText(number_text(stepped(now, self.spec, up, big)))
            self._agree()

    def _mark(self, text: str) -> None:
        good = read_number(text, self.spec) is not None
        styled_by(self.line, "state", "" if good else "bad")
        tip(self.line, help_text(self.spec) if good else expected_text(self.spec))
        self.wrong.emit("" if good else expected_text(self.spec))

    def _agree(self) -> None:
        self.line.setModified(False)
        value = read_number(self.line.text(), self.spec)
        if value is not None and value != self._value:
            self._value = value
            self.changed.emit(value)

    def _back_if_wrong(self) -> None:
        """What was typed in vain is gone from the field, so it is said once more."""
        typed = self.line.text()
        if read_number(typed, self.spec) is None:
            self._show(self._value)
            self.wrong.emit(say(NOT_TAKEN, t=parts.shown(typed), e=expected_text(self.spec)) if typed.strip() else "")


class FlagEditor(Editor):
    def __init__(self, spec: ParamSpec) -> None:
        super().__init__()
        self.line = QCheckBox()
        self.line.clicked.connect(lambda on: self.changed.emit(bool(on)))
        tip(self.line, help_text(spec))
        _alone(self, self.line)

    def show_value(self, value: Plain) -> None:
        self.line.setChecked(bool(value))


class QuietCombo(QComboBox):
    """The wheel scrolls the form unless the list was clicked first. Words without room end in an ellipsis, and the open
    list is as wide as they are. With `letters` it may shrink until it shows so many."""

    def __init__(self, letters: int = 0) -> None:
        super().__init__()
        if letters:
            self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            self.setMinimumContentsLength(letters)

    def add_heading(self, words: str) -> None:
        """A line over the entries that follow, which cannot be chosen."""
        self.addItem(words)
        head = self.count() - 1
        self.model().setData(self.model().index(head, 0), 0, Qt.ItemDataRole.UserRole - 1)
        self.setItemData(head, ui_font(bold=True), Qt.ItemDataRole.FontRole)

    def sizeHint(self) -> QSize:
        """As wide as the longest entry, within reason; it may shrink to the least that was asked for."""
        hint = super().sizeHint()
        words = [self.fontMetrics().horizontalAdvance(self.itemText(i)) for i in range(min(self.count(), 40))]
        return QSize(max(hint.width(), min(WIDEST, max(words, default=0) + ARROW)), hint.height())

    def showPopup(self) -> None:
        self.view().setMinimumWidth(min(2 * WIDEST, self.view().sizeHintForColumn(0) + ARROW))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        words = option.currentText.strip()  # entries under a heading are indented
        option.currentText = self.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, self.width() - ARROW + 10
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceEditor(Editor):
    """One of named choices; a value that is none of them (an older file) is shown as it is."""

    def __init__(self, spec: ParamSpec, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.line = QuietCombo(6)
        self.line.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # the form says how wide
        for value, shown in choices:
            self.line.addItem(shown, value)
        self.line.activated.connect(lambda _: self.changed.emit(str(self.line.currentData())))
        tip(self.line, help_text(spec))
        _alone(self, self.line)

    def show_value(self, value: Plain) -> None:
        at = self.line.findData(str(value))
        if at < 0:
            self.line.addItem(str(value), str(value))
            at = self.line.count() - 1
        self.line.setCurrentIndex(at)


class TextEditor(Editor):
    def __init__(self, spec: ParamSpec) -> None:
        super().__init__()
        self._value = ""
        self.line = QLineEdit()
        self.line.setMaxLength(10_000)
        self.line.editingFinished.connect(self._agree)
        self.line.installEventFilter(self)
        tip(self.line, help_text(spec))
        _alone(self, self.line)

    def show_value(self, value: Plain) -> None:
        if str(value) == self._value and (typing(self.line) or self.line.text() == self._value):
            return
        self._value = str(value)
        self.line.setText(self._value)
        self.line.setCursorPosition(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)

    def _agree(self) -> None:
        if self.line.text() != self._value:
            self._value = self.line.text()
            self.changed.emit(self._value)


class PathEditor(TextEditor):
    """A path, typed or chosen. Where it has no room its end is seen, the file's name; the whole is in its tip."""

    def __init__(self, spec: ParamSpec, tokens: Theme, folder: Path) -> None:
        super().__init__(spec)
        self._spec, self._folder = spec, folder
        browse = tool(tokens, "browse", say(Text("Choose a file", "Elegir un archivo")), self._browse)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(browse)

    def show_value(self, value: Plain) -> None:
        super().show_value(value)
        if not typing(self.line):
            self.line.end(False)
            tip(self.line, "\n".join(filter(None, (self._value, help_text(self._spec)))))

    def _browse(self) -> None:
        start = Path(self._value).parent if self._value and Path(self._value).parent.is_dir() else self._folder
        chosen, _ = QFileDialog.getOpenFileName(
            self.window(), say(Text("Choose a file", "Elegir un archivo")), str(start)
        )
        if chosen:
            self.line.setText(chosen)
            self._agree()


def make_editor(spec: ParamSpec, tokens: Theme, folder: Path, choices: Sequence[tuple[str, str]] = ()) -> Editor:
    """The editor for a parameter. `choices` (value, label) stand in where only the project knows what can be chosen."""
    made: Editor
    if choices or spec.kind == "choice":
        made = ChoiceEditor(spec, choices or [(value, say(text)) for value, text in spec.choices])
    elif spec.kind in ("int", "float"):
        made = NumberEditor(spec)
    elif spec.kind == "bool":
        made = FlagEditor(spec)
    elif spec.kind == "path":
        made = PathEditor(spec, tokens, folder)
    else:
        made = TextEditor(spec)
    named(made.line, say(spec.label))
    made.line.setObjectName(f"edit-{spec.name}")
    return made


def _alone(editor: QWidget, inner: QWidget) -> None:
    layout = QHBoxLayout(editor)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    layout.addWidget(inner, 1)
    editor.setFocusProxy(inner)
