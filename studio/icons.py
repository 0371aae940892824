"""Icons by what they are for, drawn from one icon font in the colours of the theme."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap

from studio.theme import Theme

SIZES = (12, 14, 16, 18, 24, 32)  # px; each also for screens of twice the density

NAMES = {
    "new": "file-plus-outline", "open": "folder-open-outline", "save": "content-save-outline", "gallery": "view-gallery-outline",
    "export": "export", "undo": "undo", "redo": "redo", "cut": "content-cut", "copy": "content-copy",
    "paste": "content-paste", "delete": "delete-outline", "train": "play", "pause": "pause", "step": "step-forward",
    "stop": "stop", "error": "alert-circle", "warning": "alert", "info": "information", "good": "check-circle",
    "search": "magnify", "theme": "theme-light-dark", "language": "translate", "reset": "restore", "jump": "crosshairs-gps",
    "watch": "eye-outline", "chart": "chart-line", "tune": "tune-variant", "code": "code-tags", "fix": "wrench-outline",
    "idea": "lightbulb-on-outline", "browse": "folder-search-outline", "live": "broadcast", "close": "close",
    "sample": "text-box-outline", "generate": "creation", "cursor": "cursor-default-click-outline", "wire": "vector-polyline",
    "more": "chevron-right", "less": "chevron-down", "data": "database-outline", "project": "file-document-outline",
    "node": "vector-square", "find": "text-search", "help": "help-circle-outline", "picture": "image-outline",
    "first": "skip-previous", "last": "skip-next", "back": "chevron-left", "forward": "chevron-right", "clock": "timer-outline",
    "palette": "shape-plus-outline", "rename": "pencil-outline", "frame": "fit-to-page-outline",
    "dot": "circle-small", "history": "history", "outline": "file-tree-outline",
    "unroll": "unfold-more-vertical", "film": "filmstrip", "loop": "repeat",
}  # fmt: skip


def icon(name: str, tokens: Theme, colour: QColor | None = None) -> QIcon:
    """The icon for a purpose, in the theme's text colour unless another is given; disabled ones are faint."""
    return _drawn(NAMES[name], (colour or tokens.text).name(), tokens.faint.name())


@lru_cache(maxsize=512)
def _drawn(glyph: str, colour: str, faint: str) -> QIcon:
    made = QIcon()
    for size in SIZES:
        for scale in (1, 2):
            made.addPixmap(_picture(glyph, QColor(colour), size, scale), QIcon.Mode.Normal)
            made.addPixmap(_picture(glyph, QColor(faint), size, scale), QIcon.Mode.Disabled)
    return made


def _picture(glyph: str, colour: QColor, size: int, scale: int) -> QPixmap:
    picture = QPixmap(size * scale, size * scale)
    picture.fill(Qt.GlobalColor.transparent)
    family, letters = _font()
    font = QFont(family)
    font.setPixelSize(round(size * scale * 0.96))
    painter = QPainter(picture)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QRectF(QRect(0, 0, size * scale, size * scale)), Qt.AlignmentFlag.AlignCenter, letters[glyph])
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


@lru_cache(maxsize=1)
def _font() -> tuple[str, dict[str, str]]:
    """Family and letters of the icon font that qtawesome ships. The package itself is not imported: that alone takes a
    fifth of the time to the first window."""
    spec = find_spec("qtawesome")
    assert spec is not None and spec.origin is not None, "qtawesome is a dependency"
    fonts = Path(spec.origin).parent / "fonts"
    file, letters = (
        next(fonts.glob("materialdesignicons6-webfont-*.ttf")),
        next(fonts.glob("materialdesignicons6-*.json")),
    )
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))
    codes: dict[str, str] = json.loads(letters.read_text("utf-8"))
    return families[0], {name: chr(int(codes[name], 16)) for name in NAMES.values()}
