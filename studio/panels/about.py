"""What Unfold is, with the licences of what it stands on; and the keys, listed from the actions themselves."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, metadata, version

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from core.words import Text, say
from studio.canvas.gestures.words import MOUSE
from studio.parts import GAP, button, column, label, row, scrolled

PACKAGES = ("PySide6-Essentials", "pyqtgraph", "torch", "lightning-fabric", "numpy", "networkx", "pydantic", "safetensors",
            "matplotlib", "ziamath", "qtawesome", "superqt", "jinja2", "click", "platformdirs", "onnx", "onnxruntime")  # fmt: skip


class AboutDialog(QDialog):
    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(say(Text("About Unfold", "Acerca de Unfold")))
        self.resize(520, 520)
        what = Text("A studio for networks with memory: draw them rolled, watch them unrolled.",
                    "Un estudio para redes con memoria: dibújelas plegadas, véalas desplegadas.")  # fmt: skip
        grid = _grid([(f"{name} {v}", licence) for name, v, licence in licences()])
        close = button(say(Text("Close", "Cerrar")), self.accept, "primary")
        self.setLayout(
            column(
                label(f"Unfold {_version('unfold-studio')}", "title"),
                label(say(what), "", wrap=True),
                label(say(Text("MIT licence. It stands on:", "Licencia MIT. Se apoya en:")), "muted"),
                scrolled(grid),
                row(None, close),
                gap=GAP,
                margins=(16, 16, 16, 16),
            )
        )


class KeysDialog(QDialog):
    """Every shortcut there is: of the window's actions and of the canvas."""

    def __init__(self, parent: QWidget | None, actions: Iterable[QAction]) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setWindowTitle(say(Text("Keys and mouse", "Teclas y ratón")))
        self.resize(520, 600)
        rows = [(keys, a.text().replace("&", "")) for a in actions if (keys := _keys(a))]
        mouse = [(say(gesture), say(meaning)) for gesture, meaning in MOUSE]
        close = button(say(Text("Close", "Cerrar")), self.accept, "primary")
        self.setLayout(column(scrolled(_grid(mouse + rows)), row(None, close), gap=GAP, margins=(16, 16, 16, 16)))


def licences() -> list[tuple[str, str, str]]:
    """(package, version, licence) of what is installed."""
    found = []
    for name in PACKAGES:
        try:
            about = metadata(name)
        except PackageNotFoundError:
            continue
        licence = about.get("License-Expression") or about.get("License") or ""
        if not licence or len(licence) > 60:
            classed = [c for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
            licence = classed[0].rpartition("::")[2].strip() if classed else licence.splitlines()[0] if licence else ""
        found.append((name, _version(name), licence))
    return found


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _keys(action: QAction) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(k.toString(native) for k in action.shortcuts())


def _grid(rows: list[tuple[str, str]]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, GAP, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for at, (left, right) in enumerate(rows):
        grid.addWidget(label(left, "strong"), at, 0)
        grid.addWidget(label(right, "muted", wrap=True), at, 1)
    grid.setRowStretch(len(rows), 1)
    return made
