"""The gallery as cards: a picture, a title, and what it shows. A list for keyboard and screen readers alike."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (  # fmt: skip
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from core.project.gallery import Shipped
from core.words import Text, say
from studio.oneline import two_lines
from studio.panels.gallery import ELSEWHERE, explained, nearness, served
from studio.parts import escaped, named, shown
from studio.state import State
from studio.theme import Theme, ui_font
from studio.welcome.thumbnails import SIZE, Thumbnails

ENTRY, PICTURE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
SHOWS = Qt.ItemDataRole.UserRole + 2
PAD, LINE = 8, 17
TALL = SIZE.height() + 3 * LINE + 3 * PAD
BETWEEN = 10
LEAST = 206  # px of a card's width; as many stand side by side as fit
FIRST = (
    "char-lm",
    "hello",
    "adding-lstm",
    "names-language",
    "dates-attention",
    "sunspots-rnn",
    "tree-parse",
    "lstm-drawn",
)
Any_ = QModelIndex | QPersistentModelIndex


class CardPainter(QStyledItemDelegate):
    """One card: the picture above, two lines of title, its name and what it shows below."""

    def __init__(self, tokens: Theme) -> None:
        super().__init__()
        self._tokens = tokens
        self._title, self._shows = ui_font(9.5, True), ui_font(8.5)
        self.wide = LEAST

    def sizeHint(self, option: QStyleOptionViewItem, index: Any_) -> QSize:
        return QSize(self.wide + BETWEEN, TALL + BETWEEN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any_) -> None:
        t, state = self._tokens, option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        card = QRect(option.rect.topLeft(), QSize(self.wide, TALL))
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(t.accent if chosen else t.card_hover if over else t.border, 2.0 if chosen else 1.0))
        painter.setBrush(t.raised)
        painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), 6, 6)
        picture = index.data(PICTURE)
        top = QRect(card.left() + 2, card.top() + 2, card.width() - 4, SIZE.height())
        painter.fillRect(top, t.canvas)
        if isinstance(picture, QImage):
            painter.drawImage(inside(top, SIZE), picture)
        words = QRect(card.left() + PAD, top.bottom() + PAD, card.width() - 2 * PAD, 2 * LINE)
        painter.setPen(t.text)
        painter.setFont(self._title)
        title = two_lines(str(index.data(Qt.ItemDataRole.DisplayRole)), QFontMetrics(self._title), words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
        painter.setPen(t.muted)
        painter.setFont(self._shows)
        below = QRect(words.left(), words.bottom() + 4, words.width(), LINE)
        line = QFontMetrics(self._shows).elidedText(str(index.data(SHOWS)), Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, line)
        painter.restore()


def inside(area: QRect, size: QSize) -> QRect:
    """As much of the area as has the size's proportions, in the middle."""
    made = QRect(area.topLeft(), size.scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio))
    made.moveCenter(area.center())
    return made


class Cards(QListWidget):
    """Every project of the gallery that fits. Enter or a double click opens; pictures come when a card can be seen."""

    def __init__(self, state: State, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        self._all: tuple[Shipped, ...] = ()
        self._pictures: dict[str, QImage] = {}
        self.setObjectName("cards")
        named(self, say(Text("Projects to learn from", "Proyectos para aprender")))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # or its coming would change the columns
        self.verticalScrollBar().setSingleStep(40)
        self._painter = CardPainter(state.tokens)
        self.setItemDelegate(self._painter)
        self.verticalScrollBar().valueChanged.connect(self.picture_shown)

    def fill(self, projects: tuple[Shipped, ...]) -> None:
        """The ones for a beginning first, then by title."""
        self._all = tuple(sorted(projects, key=_place))

    def narrow(self, text: str, group: str, system: str) -> int:
        """Leave only what has every word, and shows something of the group, or that system. How many are left."""
        was = self.chosen()
        self._thumbnails.forget()
        self.clear()
        for entry in self._all:
            fits = nearness(entry, text) < ELSEWHERE and (not group or bool(served(entry, group)))
            if fits and (not system or system in entry.project.systems):
                self._add(entry)
        left = [i.data(ENTRY) for i in self.items_()]
        if left:
            best = min(left, key=lambda entry: (nearness(entry, text), entry is not was))
            self.setCurrentRow(left.index(best))
        self.picture_shown()
        return len(left)

    def _add(self, entry: Shipped) -> None:
        item = QListWidgetItem(shown(say(entry.project.title) or entry.name))
        item.setData(ENTRY, entry)
        item.setData(SHOWS, shown(f"{entry.name} · {explained(entry)}"))
        item.setData(PICTURE, self._pictures.get(entry.name))
        item.setToolTip(escaped(explained(entry)))
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, shown(explained(entry)))
        self.addItem(item)

    def items_(self) -> list[QListWidgetItem]:
        return [self.item(i) for i in range(self.count())]

    def chosen(self) -> Shipped | None:
        item = self.currentItem()
        return item.data(ENTRY) if item is not None else None

    def picture_shown(self) -> None:
        """Ask for the pictures of the cards in sight, and of those a little further down."""
        sight = self.viewport().rect().adjusted(0, 0, 0, TALL)
        self._thumbnails.forget()
        for item in self.items_():
            entry: Shipped = item.data(ENTRY)
            if entry.name not in self._pictures and self.visualItemRect(item).intersects(sight):
                self._thumbnails.ask(entry.path, entry.project, lambda made, name=entry.name: self._got(name, made))

    def _got(self, name: str, made: QImage) -> None:
        self._pictures[name] = made
        for item in self.items_():
            if item.data(ENTRY).name == name:
                item.setData(PICTURE, made)

    def resizeEvent(self, event: QResizeEvent) -> None:
        room = self.viewport().width() - 1
        columns = max(1, room // (LEAST + BETWEEN))
        self._painter.wide = room // columns - BETWEEN
        self.setGridSize(QSize(self._painter.wide + BETWEEN, TALL + BETWEEN))
        super().resizeEvent(event)
        self.picture_shown()


def _place(entry: Shipped) -> tuple[int, str]:
    at = FIRST.index(entry.name) if entry.name in FIRST else len(FIRST)
    return at, say(entry.project.title).casefold()
