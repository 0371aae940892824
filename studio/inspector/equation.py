"""An equation as vector graphics in the theme's text colour: LaTeX to SVG without a TeX installation, kept once made."""

from __future__ import annotations

from functools import lru_cache

import shiboken6
from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.words import Text, say
from studio.background import Background
from studio.parts import column, label, named
from studio.theme import Theme

SIZE = 17  # px of the letters


@lru_cache(maxsize=512)
def equation_svg(latex: str, colour: str) -> bytes:
    """The lines of an equation (parted by a double backslash or a line break) under each other. Raises ValueError where
    the LaTeX cannot be read."""
    import ziamath

    ziamath.config.svg2 = False
    try:
        return str(ziamath.Latex(_stacked(latex), size=SIZE, color=colour).svg()).encode()
    except Exception as error:  # a parser of strangers' text may raise anything
        raise ValueError(f"equation {latex!r}: {error}") from error


def _stacked(latex: str) -> str:
    lines = [line.strip() for line in latex.replace("\n", r"\\").split(r"\\") if line.strip()]
    if len(lines) < 2 or r"\begin" in latex:
        return latex
    return r"\begin{aligned}" + r"\\".join(line if "&" in line else "&" + line for line in lines) + r"\end{aligned}"


class Equation(QWidget):
    """Shows an equation, shrunk where the panel is narrower than it. Until it is drawn, and where it cannot be, the
    LaTeX is its accessible text."""

    def __init__(self, latex: str, tokens: Theme, background: Background) -> None:
        super().__init__()
        self._renderer: QSvgRenderer | None = None
        self.latex = latex
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(2 * SIZE)
        named(self, say(Text("Equation", "Ecuación")))
        self.setAccessibleDescription(latex)
        colour = tokens.text.name()
        background.run(lambda: equation_svg(latex, colour), self._show, self._tell_plain)

    @property
    def drawn(self) -> bool:
        return self._renderer is not None

    def sizeHint(self) -> QSize:
        return self._renderer.defaultSize() if self._renderer is not None else QSize(120, 2 * SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._renderer is None:
            return
        natural = self._renderer.defaultSize()
        scale = min(1.0, self.width() / max(1, natural.width()))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderer.render(painter, QRectF(0, 0, natural.width() * scale, natural.height() * scale))

    def _show(self, svg: bytes) -> None:
        if not shiboken6.isValid(self):
            return
        self._renderer = QSvgRenderer(QByteArray(svg), self)
        self._renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        self.setFixedHeight(min(self._renderer.defaultSize().height() + 2, 400))
        self.updateGeometry()
        self.update()

    def _tell_plain(self, error: Exception) -> None:
        """An equation that cannot be set is shown as it was written."""
        if shiboken6.isValid(self):
            words = label(self.latex, "mono", wrap=True)
            self.setLayout(column(words))
            self.setMaximumHeight(400)
            self.setMinimumHeight(words.sizeHint().height())
