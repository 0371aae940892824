"""Where we are: the way from the network into the cell that is shown, one button a level, and the zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from core.graph.model import Path
from core.specs.called import name_of
from core.words import Text, language, percent, say
from studio.canvas.board import Board
from studio.canvas.look import elide, metrics
from studio.parts import escaped, label
from studio.theme import ui_font

HOME = Text("Network", "Red")
LIBRARY = Text(
    "Library cell: an edit makes your own copy", "Celda de la biblioteca: al editarla se hace una copia propia"
)


class Crumbs(QWidget):
    """`chosen` carries the path to go to."""

    chosen = Signal(object)

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._board = board
        self.buttons: list[QToolButton] = []
        self._told: tuple[object, ...] = ()
        self._bar = QHBoxLayout(self)
        self._bar.setContentsMargins(8, 3, 12, 3)
        self._bar.setSpacing(2)
        self.library, self.zoom = label("", "muted"), label("", "muted")
        for words in (self.library, self.zoom):
            words.setFont(ui_font(8.5))
        self.library.setContentsMargins(0, 0, 14, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def refresh(self) -> None:
        """Follow the path, the titles on it and the language. Where none is another, nothing is built anew: that would
        move the canvas under the hand."""
        told = (self._board.path, self._names(), self._board.borrowed(), language())
        if told != self._told:
            self._told = told
            self._build()

    def _build(self) -> None:
        while (item := self._bar.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget not in (self.library, self.zoom):
                widget.hide()
                widget.deleteLater()
        self.buttons = []
        for depth in range(len(self._board.path) + 1):
            if depth:
                self._bar.addWidget(label("›", "muted"))
            self._bar.addWidget(self._button(self._board.path[:depth]))
        self._bar.addStretch(1)
        self.library.setText(say(LIBRARY) if self._board.borrowed() else "")
        self._bar.addWidget(self.library)
        self._bar.addWidget(self.zoom)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Names whole where there is room; else the longest are cut first."""
        names = self._names()
        wide = sorted(metrics(9.5, True).horizontalAdvance(" ".join(name.split())) + 2.0 for name in names)
        beside = sum(p.sizeHint().width() for p in (self.library, self.zoom) if p.text())
        room = self.width() - beside - 48.0 - 36.0 * len(names)
        share = room
        for at, width in enumerate(wide):
            share = room / (len(wide) - at)
            if width > share:
                break
            room -= width
            share = width
        for button, name in zip(self.buttons, names, strict=True):
            button.setText(elide(name, 9.5, max(64.0, share), bold=True).replace("&", "&&"))
            button.setToolTip(escaped(name) if "…" in button.text() else "")

    def show_zoom(self, zoom: float) -> None:
        self.zoom.setText(percent(zoom))

    def _button(self, path: Path) -> QToolButton:
        button = QToolButton()
        last = path == self._board.path
        button.setMinimumWidth(40)
        button.setFont(ui_font(9.5, bold=last))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("kind", "here" if last else "way")
        button.clicked.connect(lambda: self.chosen.emit(path))
        self.buttons.append(button)
        return button

    def _names(self) -> tuple[str, ...]:
        return tuple(self._name(self._board.path[:depth]) for depth in range(len(self._board.path) + 1))

    def _name(self, path: Path) -> str:
        if not path:
            title = say(self._board.document.project.title)
            return title or say(HOME)
        graph = self._board.document.graph
        node = None
        for step in path:
            node = graph.nodes[step]
            spec = self._board.registry.node(node.kind)
            body = node.body if node.body is not None else (spec.body if spec is not None else None)
            if body is None:
                break
            graph = body
        assert node is not None
        return name_of(node, self._board.registry.node(node.kind))
