"""The search at the cursor: type, arrows, Enter; Esc leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.specs.node import GROUPS, NodeSpec
from core.words import Text, say
from studio.canvas.kinds import ranked
from studio.canvas.signs import NO_PEN
from studio.parts import label
from studio.theme import Theme, ui_font

SPEC = Qt.ItemDataRole.UserRole
WIDTH, HEIGHT = 320, 360
PROMPT = Text("Add a node…", "Añadir un nodo…")
FOUND = Text("Kinds of nodes", "Tipos de nodos")
NOTHING = Text("Nothing by that name.", "Nada con ese nombre.")
NOTHING_FITS = Text(
    "Nothing by that name fits this wire. Shift-drop shows everything.",
    "Nada con ese nombre encaja en este cable. Suelte con Mayús para ver todo.",
)


class KindRow(QStyledItemDelegate):
    """One kind: a dot in its group's colour, its name, and its group in quiet letters."""

    def __init__(self, parent: QObject, tokens: Theme, with_group: bool = True) -> None:
        super().__init__(parent)
        self.tokens, self._with_group = tokens, with_group

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, 28)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        spec = index.data(SPEC)
        if not isinstance(spec, NodeSpec):
            super().paint(painter, option, index)
            return
        t = self.tokens
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(NO_PEN)
        if chosen or hover:
            painter.setBrush(t.accent if chosen else t.raised)
            painter.drawRoundedRect(box.adjusted(2, 1, -2, -1), 6, 6)
        painter.setBrush(t.group(spec.group))
        painter.drawRoundedRect(QRect(box.left() + 11, box.center().y() - 4, 9, 9), 3, 3)
        painter.setPen(t.on_accent if chosen else t.text)
        painter.setFont(ui_font(9.5))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box.adjusted(30, 0, -8, 0), middle, say(spec.name))
        if self._with_group:
            painter.setPen(t.on_accent if chosen else t.muted)
            painter.setFont(ui_font(8.0))
            group = say(GROUPS.get(spec.group, Text(spec.group, spec.group)))
            painter.drawText(box.adjusted(30, 0, -12, 0), middle | Qt.AlignmentFlag.AlignRight, group)
        painter.restore()


class Search(QFrame):
    """A child of the canvas, so that it lives and dies with it. `chosen` carries the NodeSpec."""

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget, tokens: Theme) -> None:
        super().__init__(parent)
        self._specs: list[NodeSpec] = []
        self._filtered = False
        self.field = QLineEdit(self)
        self.list = QListWidget(self)
        self.help = label("", "muted", wrap=True)
        self._row = KindRow(self.list, tokens)
        self._build()
        self.hide()

    def _build(self) -> None:
        self.setObjectName("canvasSearch")
        self.list.setItemDelegate(self._row)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(lambda _: self._choose())
        self.list.currentItemChanged.connect(lambda *_: self._explain())
        self.help.setFont(ui_font(8.5))
        self.help.setMinimumHeight(36)
        self.field.textChanged.connect(lambda _: self._fill())
        self.field.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self.field, self.list, self.help):
            layout.addWidget(widget)

    def set_theme(self, tokens: Theme) -> None:
        self._row.tokens = tokens

    def open(self, at: QPoint, specs: list[NodeSpec], filtered: bool = False) -> None:
        """Show at a point of the parent, with these kinds to choose from."""
        self._specs, self._filtered = specs, filtered
        self.field.setPlaceholderText(say(PROMPT))
        self.field.setAccessibleName(say(PROMPT))
        self.list.setAccessibleName(say(FOUND))
        self.field.clear()
        self._fill()
        room = self.parentWidget().rect()
        self.setGeometry(
            max(6, min(at.x(), room.right() - WIDTH - 6)),
            max(6, min(at.y(), room.bottom() - HEIGHT - 6)),
            min(WIDTH, room.width() - 12),
            min(HEIGHT, room.height() - 12),
        )
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_search(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            act = self._keys().get(Qt.Key(event.key()))
            if act is not None:
                act()
                return True
        if event.type() == QEvent.Type.FocusOut:
            self.close_search()
        return False

    def _keys(self) -> dict[Qt.Key, Callable[[], None]]:
        key = Qt.Key
        return {
            key.Key_Escape: self.close_search,
            key.Key_Return: self._choose, key.Key_Enter: self._choose,
            key.Key_Down: lambda: self._step(1), key.Key_Up: lambda: self._step(-1),
            key.Key_Tab: lambda: self._step(1), key.Key_Backtab: lambda: self._step(-1),
            key.Key_PageDown: lambda: self._step(8), key.Key_PageUp: lambda: self._step(-8),
        }  # fmt: skip

    def _fill(self) -> None:
        self.list.clear()
        for spec in ranked(self._specs, self.field.text()):
            item = QListWidgetItem()
            item.setData(SPEC, spec)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, say(spec.name))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._explain()

    def _step(self, by: int) -> None:
        count = self.list.count()
        if count:
            self.list.setCurrentRow(min(max(self.list.currentRow() + by, 0), count - 1))

    def _explain(self) -> None:
        item = self.list.currentItem()
        if item is None:
            self.help.setText(say(NOTHING_FITS if self._filtered else NOTHING))
            return
        words = say(item.data(SPEC).help)
        self.help.setText(words.split(". ")[0].rstrip(".") + "." if words else "")

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        spec = item.data(SPEC)
        self.hide()
        self.chosen.emit(spec)
        self.closed.emit()
