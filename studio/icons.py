"""Icons by what they are for, drawn from one icon font in the colours of the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QColor, QIcon

from studio.theme import Theme

NAMES = {
    "new": "file-plus-outline", "open": "folder-open-outline", "save": "content-save-outline", "gallery": "view-gallery-outline",
    "export": "export", "undo": "undo", "redo": "redo", "cut": "content-cut", "copy": "content-copy",
    "paste": "content-paste", "delete": "delete-outline", "train": "play", "pause": "pause", "step": "step-forward",
    "stop": "stop", "error": "alert-circle", "warning": "alert", "info": "information", "good": "check-circle",
    "search": "magnify", "theme": "theme-light-dark", "language": "translate", "reset": "restore", "jump": "crosshairs-gps",
    "watch": "eye-outline", "chart": "chart-line", "tune": "tune-variant", "code": "code-tags", "fix": "wrench-outline",
    "idea": "lightbulb-on-outline", "browse": "folder-search-outline", "live": "broadcast", "close": "close",
    "sample": "text-box-outline", "generate": "creation", "cursor": "cursor-default-click-outline", "wire": "vector-polyline",
    "more": "chevron-down", "less": "chevron-up", "data": "database-outline", "project": "file-document-outline",
    "node": "vector-square", "find": "text-search", "help": "help-circle-outline", "picture": "image-outline",
    "first": "skip-previous", "last": "skip-next", "back": "chevron-left", "forward": "chevron-right", "clock": "timer-outline",
    "palette": "shape-plus-outline", "rename": "pencil-outline", "frame": "fit-to-page-outline",
}  # fmt: skip


def icon(name: str, tokens: Theme, colour: QColor | None = None, active: QColor | None = None) -> QIcon:
    """The icon for a purpose, in the theme's text colour unless another is given; disabled states are faint."""
    chosen = colour or tokens.text
    return _drawn(NAMES[name], chosen.name(), tokens.faint.name(), (active or chosen).name())


@lru_cache(maxsize=512)
def _drawn(glyph: str, colour: str, faint: str, active: str) -> QIcon:
    import qtawesome

    return qtawesome.icon(f"mdi6.{glyph}", color=colour, color_disabled=faint, color_active=active)
