"""The emitted PyTorch, read-only: the lines of what is selected are marked, a double click selects what a line comes from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QTextEdit, QWidget

from core.compile.program import Program
from core.graph.model import Path
from core.problems import Place
from core.words import Text, grouped, say
from studio.panels.highlight import PythonHighlighter
from studio.parts import GAP, Empty, boxed, column, label, listen, named, row, tool
from studio.state import State
from studio.theme import faded, mono_font


class SourceView(QPlainTextEdit):
    """Plain source with marked lines."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.setReadOnly(True)
        self.setProperty("role", "code")
        self.setFont(mono_font(9.0))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._colours = PythonHighlighter(self.document(), state.tokens)
        named(self, say(Text("Source", "Código fuente")))

    def mark(self, lines: list[int]) -> None:
        """Mark these lines (1-based) and scroll to the first where none of them is in sight."""
        colour = faded(self._state.tokens.accent, 0.16)
        self.setExtraSelections([self._whole_line(n, colour) for n in lines])
        if lines and not any(self._in_sight(n) for n in lines):
            at = QTextCursor(self.document().findBlockByNumber(lines[0] - 1))
            self.setTextCursor(at)
            self.centerCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        line = self.cursorForPosition(event.position().toPoint()).blockNumber() + 1
        program = self._state.program
        path = program.lines.get(line) if program is not None else None
        if path:
            self._state.show_place(Place(path=path))
        else:
            super().mouseDoubleClickEvent(event)

    def _in_sight(self, line: int) -> bool:
        block = self.document().findBlockByNumber(line - 1)
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        return bool(box.top() >= 0 and box.bottom() <= self.viewport().height())

    def _whole_line(self, line: int, colour: QColor) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        shape = QTextCharFormat()
        shape.setBackground(colour)
        shape.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
        made.format = shape
        made.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        return made


class SourcePanel(QWidget):
    """Follows check and selection."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._shown: Program | None = None
        self.setProperty("role", "panel")
        self.view = SourceView(state)
        self._head = label("", "muted")
        copy = tool(state.tokens, "copy", say(Text("Copy the source", "Copiar el código")), self._copy)
        bar = boxed(row(self._head, None, copy, margins=(GAP, 2, GAP, 2)), "head")
        full = QWidget()
        full.setLayout(column(bar, self.view, gap=0))
        self._empty = Empty(state.tokens, "code", say(Text("No source yet.", "Aún no hay código.")))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(full)
        listen(state.found, self, self.refresh)
        listen(state.selected, self, self._mark)
        self.refresh()

    def refresh(self) -> None:
        program = self._state.program
        if program is None:
            self._explain()
            return
        if self._shown is None or program.source != self._shown.source:
            at = self.view.verticalScrollBar().value()
            self.view.setPlainText(program.source)
            self.view.verticalScrollBar().setValue(at)
        self._shown = program
        count = say(
            Text("{c} · {n} lines · {p} parameters", "{c} · {n} líneas · {p} parámetros"),
            c=program.class_name,
            n=program.source.count("\n"),
            p=grouped(program.parameter_count),
        )
        fused = sorted(set(program.fused.values()))
        self._head.setText(
            count + (" · " + say(Text("fused: {f}", "fusionado: {f}"), f=", ".join(fused)) if fused else "")
        )
        self._stack.setCurrentIndex(1)
        self._mark()

    def _explain(self) -> None:
        self._shown = None
        errors = sum(p.severity == "error" for p in self._state.checked.problems)
        if errors:
            hint = say(Text("It appears once the problems are solved ({n}).", "Aparece al resolver los problemas ({n})."), n=errors)  # fmt: skip
        else:
            hint = say(Text("Draw a network with inputs and a loss.", "Dibuje una red con entradas y una pérdida."))
        self._empty.say(say(Text("No source yet.", "Aún no hay código.")), hint)
        self._stack.setCurrentIndex(0)

    def _mark(self) -> None:
        if self._shown is None:
            return
        chosen = self._state.selection
        paths = [(*chosen.path, id) for id in chosen.nodes]
        self.view.mark(lines_of(self._shown, paths))

    def _copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.source)
            self._state.status.emit(say(Text("Source copied.", "Código copiado.")))


def lines_of(program: Program, paths: list[Path]) -> list[int]:
    """The lines that come from these nodes or from inside them."""
    return sorted(line for line, at in program.lines.items() if any(at[: len(p)] == p for p in paths))
