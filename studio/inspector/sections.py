"""The parts an inspector page is put together from: heading with title, section, port list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLayout,
    QLineEdit,
    QStyle,
    QStyleOptionFrame,
    QStylePainter,
    QWidget,
)

from core.specs.node import PortSpec
from core.words import Text, say
from studio.oneline import two_lines
from studio.parts import GAP, boxed, column, escaped, label, named, row, tool
from studio.theme import Theme


class Dot(QWidget):
    """A small coloured sign of a kind; what it means stands beside it in words."""

    def __init__(self, colour: QColor, square: bool = False) -> None:
        super().__init__()
        self._colour, self._square = colour, square
        self.setFixedSize(10, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour)
        if self._square:
            painter.drawRoundedRect(0, 0, 10, 10, 3, 3)
        else:
            painter.drawEllipse(1, 1, 8, 8)


INSET = 9  # px from a line's edge to its text


class TitleLine(QLineEdit):
    """A heading that is edited by clicking it. `agree` gets the new text once."""

    def __init__(self, text: str, shown_when_empty: str, agree: Callable[[str], None]) -> None:
        super().__init__(text)
        self._agree, self._text = agree, text
        self.setProperty("role", "heading")
        self.setPlaceholderText(shown_when_empty)
        self.setMaxLength(200)
        self.setObjectName("title")
        self.setCursorPosition(0)
        named(self, say(Text("Title", "Título")))
        self.editingFinished.connect(self._finish)

    def show_text(self, text: str, when_empty: str = "") -> None:
        if when_empty:
            self.setPlaceholderText(when_empty)
        if text == self._text and self.hasFocus() and self.isModified():
            return  # somebody is typing
        self._text = text
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def _broken(self) -> str:
        """The title in the lines that it takes here."""
        return two_lines(self.text(), self.fontMetrics(), self.width() - 2 * INSET)

    def _fit(self) -> None:
        """As high as its lines; what two have no room for is in the tip."""
        lines = self._broken
        self.setMinimumHeight(self.fontMetrics().height() * (lines.count("\n") + 1) + 8)
        self.setToolTip(escaped(self.text()) if "…" in lines else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Where the title is longer than its line and nobody edits it, it goes on in a second one."""
        lines = self._broken
        if self.hasFocus() or lines == self.text() or not self.text():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option)
        painter.setPen(self.palette().text().color())
        room = self.rect().adjusted(INSET, 0, -INSET, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, lines)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setCursorPosition(0)

    def _finish(self) -> None:
        if self.text() != self._text:
            self._text = self.text()
            self._agree(self._text)


def section(title: Text, *content: QWidget | QLayout, gap: int = GAP // 2) -> QWidget:
    """A titled part of a page."""
    return boxed(column(label(say(title), "section"), *content, gap=gap))


def line() -> QWidget:
    return boxed(row(), "line")


def ports_list(
    ports: Sequence[PortSpec], shape: Callable[[str], str], tokens: Theme, watch: Callable[[str], None] | None = None
) -> QWidget:
    """Ports with kind, whether they may stay free, and the signature that arrives or leaves; with `watch`, a button that
    shows the port's values over time."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(GAP)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(1, 1)
    for at, port in enumerate(ports):
        grid.addWidget(Dot(tokens.port(port.kind)), at, 0)
        grid.addWidget(label(say(port.label) or port.name), at, 1)
        if watch is not None:
            text = say(Text("Watch {p}", "Observar {p}"), p=say(port.label) or port.name)
            eye = tool(tokens, "watch", text, lambda name=port.name: watch(name), 14)
            eye.setObjectName(f"eye-{port.name}")
            eye.setCheckable(True)
            grid.addWidget(eye, at, 3)
        grid.addWidget(label(shape(port.name) or _note(port), "muted"), at, 2, Qt.AlignmentFlag.AlignRight)
    return made


KINDS = {
    "features": Text("features", "características"),
    "tokens": Text("tokens", "símbolos"),
    "scalar": Text("scalar", "escalar"),
    "any": Text("any", "cualquiera"),
}


def _note(port: PortSpec) -> str:
    parts = [say(KINDS[port.kind])]
    if port.optional:
        parts.append(say(Text("optional", "opcional")))
    if port.many:
        parts.append(say(Text("several", "varios")))
    return " · ".join(parts)
