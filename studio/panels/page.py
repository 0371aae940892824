"""A page of prose with equations: Markdown as text, LaTeX between $ or $$ as pictures in the theme's colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QByteArray, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextImageFormat,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QTextBrowser

from studio.background import Background
from studio.inspector.equation import equation_svg
from studio.theme import Theme

MATHS = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)
SCHEME = "equation"
INLINE = 0.86  # size of an equation inside a line, beside one that stands alone
SHARP = 2.0  # pixels of the picture per pixel of the page, so that it stays sharp on dense screens
EDGE = 14.0
INDENT = 20.0
TALL = "t"
FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectCommonMark | QTextDocument.MarkdownFeature.MarkdownNoHTML


@dataclass(frozen=True)
class Prepared:
    """Markdown in which every equation is an image `equation:N`, and those equations."""

    markdown: str
    equations: tuple[str, ...]
    alone: frozenset[int]


def prepared(page: str) -> Prepared:
    """Part a page into prose and equations."""
    equations: list[str] = []
    alone: set[int] = set()

    def picture(match: re.Match[str]) -> str:
        at = len(equations)
        equations.append((match.group(1) or match.group(2)).strip())
        if match.group(1):
            alone.add(at)
            return f"\n\n![f]({SCHEME}:{at})\n\n"
        return f"![f]({SCHEME}:{at})"

    return Prepared(MATHS.sub(picture, page), tuple(equations), frozenset(alone))


class PageView(QTextBrowser):
    """Shows one page. Until an equation is set, and where it cannot be, there is its LaTeX."""

    def __init__(self, tokens: Theme, background: Background) -> None:
        super().__init__()
        self._tokens, self._background = tokens, background
        self._page = prepared("")
        self._pictures: dict[str, tuple[QImage, QSizeF]] = {}
        self.setProperty("role", "page")
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(EDGE)
        self.document().setIndentWidth(INDENT)

    def show_page(self, page: str) -> None:
        """Show Markdown; marks of HTML in it stay text."""
        self._page = prepared(page)
        self._pictures = {}
        self.verticalScrollBar().setValue(0)
        self._write()
        colour = self._tokens.text.name()
        wanted = self._page.equations
        self._background.run(lambda: self._drawings(wanted, colour), lambda made: self._draw(wanted, made))

    @property
    def drawn(self) -> int:
        """How many equations are pictures by now."""
        return sum(not name.endswith(TALL) for name in self._pictures)

    def loadResource(self, kind: int, url: QUrl | str) -> object:
        """Only our own pictures: nothing is fetched from anywhere."""
        url = QUrl(url)
        found = self._pictures.get(url.path()) if url.scheme() == SCHEME else None
        return found[0] if found is not None else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _drawings(self, wanted: tuple[str, ...], colour: str) -> list[tuple[bytes, bytes]]:
        """In the background; nothing where another page was asked for meanwhile."""
        return [_svgs(latex, colour) for latex in wanted if wanted == self._page.equations]

    def _draw(self, wanted: tuple[str, ...], made: list[tuple[bytes, bytes]]) -> None:
        if not shiboken6.isValid(self) or wanted != self._page.equations:
            return
        for at, svgs in enumerate(made):
            for svg, end in zip(svgs, ("", TALL), strict=True):
                if svg:
                    self._pictures[f"{at}{end}"] = _picture(svg, 1.0 if at in self._page.alone else INLINE)
        self._write()

    def _write(self) -> None:
        place, text = self.verticalScrollBar().value(), self._page.markdown
        for at, latex in enumerate(self._page.equations):
            if str(at) not in self._pictures:
                text = text.replace(f"![f]({SCHEME}:{at})", f"`{latex}`")
        self.document().setDefaultFont(self.font())
        self.document().setMarkdown(text, FEATURES)
        self._dress()
        self._fit()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(place)

    def _dress(self) -> None:
        """Headings in this window's measure, Qt's own are made for a letter; links underlined, not by their colour alone."""
        self._underline()
        for block in _blocks(self.document()):
            level = block.blockFormat().headingLevel()
            cursor = QTextCursor(block)
            shape = block.blockFormat()
            shape.setLineHeight(118.0, 1)  # proportional
            shape.setTopMargin(16.0 if level else 4.0)
            shape.setBottomMargin(4.0)
            cursor.setBlockFormat(shape)
            if level:
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                bold = QTextCharFormat()
                bold.setFontWeight(600)
                bold.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
                bold.setFontPointSize(self.font().pointSizeF() * (1.35 if level == 1 else 1.12))
                bold.setForeground(self._tokens.text if level == 1 else self._tokens.accent)
                cursor.mergeCharFormat(bold)

    def _underline(self) -> None:
        line = QTextCharFormat()
        line.setFontUnderline(True)
        for block in _blocks(self.document()):
            for start, length, shape in _fragments(block):
                if shape.isAnchor():
                    cursor = QTextCursor(self.document())
                    cursor.setPosition(start)
                    cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
                    cursor.mergeCharFormat(line)

    def _fit(self) -> None:
        """Every picture in its own size; where the page is narrower than it, its parts under each other, or smaller."""
        room = self.viewport().width() - 2 * EDGE - 8.0
        for block in _blocks(self.document()):
            for start, length, shape in _images(block):
                name = shape.name().rpartition(":")[2].removesuffix(TALL)
                size = self._pictures[name][1]
                if size.width() > room and name + TALL in self._pictures:
                    name += TALL
                    size = self._pictures[name][1]
                shape.setName(f"{SCHEME}:{name}")
                scale = min(1.0, room / max(1.0, size.width()))
                shape.setWidth(size.width() * scale)
                shape.setHeight(size.height() * scale)
                shape.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
                cursor = QTextCursor(self.document())
                cursor.setPosition(start)
                cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.setCharFormat(shape)


def _svgs(latex: str, colour: str) -> tuple[bytes, bytes]:
    """The equation as it was written, and with its parts under each other for a narrow page."""
    parts = latex.replace(r"\qquad", r"\\")
    return _svg(latex, colour), _svg(parts, colour) if parts != latex and r"\begin" not in latex else b""


def _svg(latex: str, colour: str) -> bytes:
    try:
        return equation_svg(latex, colour)
    except ValueError:  # it stays as it was written
        return b""


def _picture(svg: bytes, scale: float) -> tuple[QImage, QSizeF]:
    renderer = QSvgRenderer(QByteArray(svg))
    size = QSizeF(renderer.defaultSize()) * scale
    image = QImage((size * SHARP).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image, size


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _fragments(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Where each stretch of one format begins, how long it is, and the format."""
    found = []
    walk = block.begin()
    while not walk.atEnd():
        fragment = walk.fragment()
        if fragment.isValid():
            found.append((fragment.position(), fragment.length(), fragment.charFormat()))
        walk += 1
    return found


def _images(block: QTextBlock) -> list[tuple[int, int, QTextImageFormat]]:
    shapes = [(at, length, f.toImageFormat()) for at, length, f in _fragments(block) if f.isImageFormat()]
    return [found for found in shapes if found[2].name().startswith(SCHEME)]
