"""The page of one comment frame: its words and its colour."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from core.graph.edit import put_frame, remove
from core.graph.model import Frame, Path
from core.specs.params import ParamSpec
from core.words import Text, reworded, say, worded
from studio.inspector.form import Form
from studio.parts import GAP, button, column, label, row
from studio.state import State

TEXT = ParamSpec("text", "text", "", Text("Text", "Texto"), Text("Stands at the top of the frame.", "Aparece arriba en el marco."))  # fmt: skip
COLOUR = ParamSpec(
    "color", "choice", "", Text("Colour", "Color"),
    choices=(
        ("", Text("Grey", "Gris")),
        ("#5b8def", Text("Blue", "Azul")),
        ("#3aa98f", Text("Green", "Verde")),
        ("#e0a030", Text("Yellow", "Amarillo")),
        ("#d9655f", Text("Red", "Rojo")),
        ("#9a78d0", Text("Violet", "Violeta")),
    ),
)  # fmt: skip


WIDTH, HEIGHT = (
    ParamSpec(
        name, "int", 200, text, Text("In pixels of the drawing.", "En píxeles del dibujo."), least, 100_000, unit="px"
    )
    for name, text, least in (("width", Text("Width", "Ancho"), 80), ("height", Text("Height", "Alto"), 48))
)


class FramePage(QWidget):
    """A frame says something to people only; the network does not see it."""

    def __init__(self, state: State, path: Path, frame: Frame) -> None:
        super().__init__()
        self._state, self.path, self.id = state, path, frame.id
        self._form = Form((TEXT, COLOUR, WIDTH, HEIGHT), values(frame), state.tokens, state.settings.folder)
        self._form.changed.connect(self._set)
        self._form.left.connect(state.document.close_merge)
        note = Text(
            "A comment for whoever reads the drawing; the network does not see it. Drag its title to move it, its lower right corner to size it.",
            "Un comentario para quien lea el dibujo; la red no lo ve. Se mueve por su título y cambia de tamaño por la esquina inferior derecha.",
        )  # fmt: skip
        drop = button(say(Text("Delete the frame", "Borrar el marco")), self._drop)
        drop.setObjectName("drop-frame")
        self.setLayout(
            column(
                label(say(Text("Comment frame", "Marco de comentario")), "title"),
                label(say(note), "muted", wrap=True),
                self._form,
                row(drop, None),
                None,
                gap=GAP,
                margins=(12, 12, 12, 12),
            )
        )

    def same(self, path: Path, frame: Frame) -> bool:
        return (path, frame.id) == (self.path, self.id)

    def refresh(self) -> None:
        """Show the frame as it is now."""
        frame = self._state.graph_at(self.path).frames.get(self.id)
        if frame is not None:
            self._form.show_values(values(frame))

    def _set(self, name: str, value: Any) -> None:
        title = Text("Edit the frame", "Editar el marco")
        frame = self._state.graph_at(self.path).frames[self.id]
        match name:
            case "color":
                changed = replace(frame, color=str(value or ""))
            case "width":
                changed = replace(frame, size=(float(value or WIDTH.default), frame.size[1]))
            case "height":
                changed = replace(frame, size=(frame.size[0], float(value or HEIGHT.default)))
            case _:
                changed = replace(frame, text=reworded(frame.text, str(value or "")))
        self._state.edit(title, lambda g: put_frame(g, changed), f"{self.id}.{name}", self.path)

    def _drop(self) -> None:
        title = Text("Delete the frame", "Borrar el marco")
        self._state.edit(title, lambda g: remove(g, (), (), (self.id,)), "", self.path)


def values(frame: Frame) -> dict[str, Any]:
    width, height = map(round, frame.size)
    return {"text": worded(frame.text), "color": frame.color, "width": width, "height": height}
