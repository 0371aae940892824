"""The few small widgets that every panel is made of: plain labels, headings, buttons, empty states, chips."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QSize, Qt, SignalInstance
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from studio.icons import icon
from studio.theme import Theme

Lines = TypeVar("Lines", QHBoxLayout, QVBoxLayout)
GAP = 8  # px; every distance is a multiple or half of it


def shown(text: str) -> str:
    """A person's text with control characters escaped; newlines and the fixed spaces of numbers and dates kept."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\u00a0\u202f" else c.encode("unicode_escape").decode() for c in text)


def escaped(text: str) -> str:
    """For the few places of Qt that take markup (tool tips): the text as it is, never as markup."""
    import html

    return html.escape(shown(text)).replace("\n", "<br>")


def label(text: str = "", role: str = "", wrap: bool = False, select: bool = False) -> QLabel:
    """A label that never takes its text for markup. Roles are styled by the sheet: muted, strong, section, mono, title."""
    made = Wrapped() if wrap else QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(shown(text))
    if role:
        made.setProperty("role", role)
    if select:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def tip(widget: QWidget, text: str) -> None:
    """A tool tip, and the same text as description for screen readers."""
    widget.setToolTip(escaped(text))
    widget.setAccessibleDescription(shown(text))


def styled_by(widget: QWidget, property: str, value: object) -> None:
    """Set what the sheet chooses a look by."""
    if widget.property(property) != value:
        widget.setProperty(property, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def named(widget: QWidget, name: str) -> QWidget:
    widget.setAccessibleName(shown(name))
    return widget


def button(text: str, run: Callable[[], object], kind: str = "", help: str = "") -> QPushButton:
    """A push button. Kinds: "" quiet, "primary" the one thing to do here, "link" like text."""
    made = Elastic(shown(text).replace("&", "&&"))
    made.setAccessibleName(shown(text))
    made.setAutoDefault(False)
    made.clicked.connect(lambda _=False: run())
    if kind:
        made.setProperty("kind", kind)
    if help:
        tip(made, help)
    return made


def tool(tokens: Theme, name: str, text: str, run: Callable[[], object], size: int = 16) -> QToolButton:
    """A small button that shows only an icon; its text is its name and tool tip."""
    made = QToolButton()
    made.setIcon(icon(name, tokens))
    made.setIconSize(QSize(size, size))
    made.setAutoRaise(True)
    made.setToolTip(escaped(text))
    made.setAccessibleName(shown(text))
    made.clicked.connect(lambda _=False: run())
    return made


def sign(tokens: Theme, severity: str, size: int = 16) -> QLabel:
    """The icon of a severity; shape and colour both differ."""
    colour: QColor = {"error": tokens.error, "warning": tokens.warning, "good": tokens.good}.get(severity, tokens.info)
    made = QLabel()
    made.setPixmap(icon(severity if severity in ("error", "warning", "good") else "info", tokens, colour).pixmap(size))
    made.setFixedSize(size, size)
    return made


def row(
    *items: QWidget | QLayout | int | None, gap: int = GAP, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """A horizontal layout. None is a stretch, a number a space."""
    return _filled(QHBoxLayout(), items, gap, margins)


def column(
    *items: QWidget | QLayout | int | None, gap: int = GAP, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """A vertical layout. None is a stretch, a number a space."""
    return _filled(QVBoxLayout(), items, gap, margins)


def boxed(layout: QLayout, role: str = "") -> QFrame:
    """A frame around a layout; role "card" is a raised box."""
    made = QFrame()
    made.setLayout(layout)
    if role:
        made.setProperty("role", role)
    return made


def scrolled(content: QWidget, name: str = "") -> QScrollArea:
    """Content that scrolls vertically and takes the width it gets. Keys can scroll it, so it has a name."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    named(area, name)
    return area


def listen(signal: SignalInstance, receiver: QObject, act: Callable[[], object]) -> None:
    """Call `act` at each signal as long as the receiver lives: what is built anew leaves nothing behind that still hears."""

    def heard(*_: object) -> None:
        if isValid(receiver):
            act()

    def leave(*_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the sender may be gone already
            signal.disconnect(heard)

    signal.connect(heard)
    receiver.destroyed.connect(leave)


def clear(layout: QLayout, first: int = 0) -> None:
    """Take everything, or everything from the first so many on, out of a layout and delete it."""
    while (item := layout.takeAt(first)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


class Elastic(QPushButton):
    """A button whose words are painted cut where there is no room for them; the tool tip has them whole. Those of a primary
    one always have room."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        wide, least = super().sizeHint().width(), super().minimumSizeHint().height()
        return QSize(wide if self.property("kind") == "primary" else min(72, wide), least)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        chrome = super().sizeHint().width() - option.fontMetrics.horizontalAdvance(option.text)
        if self.width() < super().sizeHint().width():
            option.text = option.fontMetrics.elidedText(
                option.text, Qt.TextElideMode.ElideMiddle, self.width() - chrome
            )
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


class Wrapped(QLabel):
    """Text over several lines that never asks for more height than its width needs."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().height())


class Empty(QScrollArea):
    """What a panel shows when it has nothing to show: an icon, one sentence, and what to do. It scrolls, so that it never
    asks for more room than the panel has."""

    def __init__(self, tokens: Theme, name: str, text: str, hint: str = "", action: QPushButton | None = None) -> None:
        super().__init__()
        picture = QLabel()
        picture.setPixmap(icon(name, tokens, tokens.faint).pixmap(32))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text = label(text, "strong", wrap=True)
        self.hint = label(hint, "muted", wrap=True)
        for text_label in (self.text, self.hint):
            text_label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        buttons = row(None, action, None) if action is not None else row()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        words = column(None, picture, self.text, self.hint, buttons, None, margins=(2 * GAP, GAP, 2 * GAP, GAP))
        self.setWidget(boxed(words))
        self.hint.setVisible(bool(hint))  # here at last: what has no parent yet would be shown as a window of its own
        named(self, text)

    def say(self, text: str, hint: str = "") -> None:
        self.text.setText(shown(text))
        self.hint.setText(shown(hint))
        self.hint.setVisible(bool(hint))
        named(self, text)


class Fold(QWidget):
    """A heading that shows and hides what is under it."""

    def __init__(
        self, tokens: Theme, text: str, content: QWidget, unfolded: bool, told: Callable[[bool], None]
    ) -> None:
        super().__init__()
        self._tokens, self._told, self.content = tokens, told, content
        self.head = QToolButton()
        self.head.setProperty("kind", "fold")
        self.head.setText(shown(text))
        self.head.setAccessibleName(shown(text))
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setCheckable(True)
        self.head.setChecked(unfolded)
        self.head.toggled.connect(self._toggle)
        self.setLayout(column(self.head, content, gap=GAP // 2))
        self._toggle(unfolded, tell=False)

    def _toggle(self, on: bool, tell: bool = True) -> None:
        self.head.setIcon(icon("less" if on else "more", self._tokens, self._tokens.muted))
        self.content.setVisible(on)
        if tell:
            self._told(on)


def _filled(
    layout: Lines, items: tuple[QWidget | QLayout | int | None, ...], gap: int, margins: tuple[int, int, int, int]
) -> Lines:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)
    return layout
