"""The drawing taken along: a picture on the clipboard, or a file for paper, screen or LaTeX."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF
from PySide6.QtGui import QGuiApplication, QPageSize, QPaintDevice, QPainter, QPdfWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from core.oswords import reason
from core.problems import Place, Problem, Refused, filled
from core.words import Text, say
from studio.canvas.scene import CanvasScene
from studio.picture import Hints, drawn, image, paper
from studio.state import State
from studio.theme import theme

KINDS = Text(
    "SVG (*.svg);;PNG (*.png);;PDF (*.pdf);;TikZ for LaTeX (*.tex)",
    "SVG (*.svg);;PNG (*.png);;PDF (*.pdf);;TikZ para LaTeX (*.tex)",
)
SAVE = Text("Save the drawing as a picture", "Guardar el dibujo como imagen")
INCH = 72.0  # points


class Drawing:
    """Takes the level that the canvas shows. `complain` is told what could not be written."""

    def __init__(self, state: State, window: QWidget, complain: Callable[[tuple[Problem, ...]], None]) -> None:
        self._state, self._window, self._complain = state, window, complain

    def copy(self) -> None:
        """As it looks on the screen, at twice its density."""
        scene = self._scene(self._state.tokens.name)
        QGuiApplication.clipboard().setImage(image(scene))
        self._state.status.emit(say(Text("Copied a picture of the drawing", "Imagen del dibujo copiada")))

    def save(self, stem: str) -> None:
        """Ask where, and write: light, since paper is."""
        settings = self._state.settings
        name, chosen = QFileDialog.getSaveFileName(self._window, say(SAVE), str(settings.folder / f"{stem}.svg"), say(KINDS))  # fmt: skip
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(f".{chosen.rpartition('*.')[2].rstrip(')')}")
        settings.folder = path.parent
        try:
            write(self._scene("light"), path)
        except Refused as refused:
            self._complain(refused.problems)
            return
        self._state.status.emit(say(Text("Saved {f}", "Guardado {f}"), f=path.name))

    def _scene(self, scheme: str) -> CanvasScene:
        state = self._state
        tokens = theme("light" if scheme == "light" else "dark")
        return drawn(state.open_graph, state.registry, tokens, state.checked, state.selection.path)


def write(scene: CanvasScene, path: Path) -> None:
    """Write the drawing to `path`, its kind told by the suffix. Raises Refused."""
    kind = path.suffix.lower()
    if kind not in MAKERS:
        raise Refused(_unknown(path))
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_bytes(MAKERS[kind](scene))
        os.replace(partial, path)  # noqa: PTH105 - atomic on every system
    except OSError as error:
        raise Refused(_unwritten(path, error)) from None
    finally:
        partial.unlink(missing_ok=True)


def _svg(scene: CanvasScene) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    size, buffer = paper(scene).size(), QBuffer()
    made = QSvgGenerator()
    made.setTitle("Unfold")
    made.setDescription("")
    made.setOutputDevice(buffer)
    made.setResolution(_density())
    made.setSize(size.toSize())
    made.setViewBox(QRectF(QPointF(), size))
    _onto(scene, made)
    return bytes(buffer.data().data())


def _pdf(scene: CanvasScene) -> bytes:
    buffer, density = QBuffer(), _density()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QPdfWriter(buffer)
    made.setCreator("Unfold")
    made.setResolution(density)
    page = paper(scene).size() * (INCH / density)
    made.setPageSize(QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    made.setPageMargins(QMarginsF())
    _onto(scene, made)
    return bytes(buffer.data().data())


def _onto(scene: CanvasScene, device: QPaintDevice) -> None:
    """Shapes and words, no ground."""
    painter = QPainter(device)
    painter.setRenderHints(Hints)
    area = paper(scene)
    scene.render(painter, QRectF(QPointF(), area.size()), area)
    painter.end()


def _png(scene: CanvasScene) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image(scene, clear=True).save(buffer, "PNG")  # type: ignore[call-overload]  # its stub knows no devices
    return bytes(buffer.data().data())


def _tex(scene: CanvasScene) -> bytes:
    from studio.tikz import tikz

    return tikz(scene).encode()


MAKERS: dict[str, Callable[[CanvasScene], bytes]] = {".svg": _svg, ".png": _png, ".pdf": _pdf, ".tex": _tex}


def _density() -> int:
    """Dots per inch that the canvas's words were measured with."""
    screen = QGuiApplication.primaryScreen()
    return round(screen.logicalDotsPerInch()) if screen is not None else 96


def _unknown(path: Path) -> Problem:
    return Problem(
        "drawing.format",
        filled(Text("{n} ends in no kind of picture.", "{n} no termina en ningún tipo de imagen."), n=path.name),
        Place(file=str(path), label=path.name),
        Text("Use .svg, .png, .pdf or .tex.", "Use .svg, .png, .pdf o .tex."),
        got=path.suffix,
        expected=" ".join(MAKERS),
    )


def _unwritten(path: Path, error: OSError) -> Problem:
    return Problem(
        "drawing.unwritten",
        filled(Text("{n} could not be written: {why}.", "No se pudo escribir {n}: {why}."), n=path.name, why=reason(error)),
        Place(file=str(path), label=path.name),
        Text("Choose another folder.", "Elija otra carpeta."),
    )  # fmt: skip
