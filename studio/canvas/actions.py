"""Every command of the canvas as a row: id, words, keys, place in the menus. Menus, keys and the command list read it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from core.words import Text, say


@dataclass(frozen=True)
class Row:
    """`menu` is "edit", "node", "arrange", "view", "select" or "" (a key only). `needs` names what has to be selected (see
    `suited`)."""

    id: str
    title: Text
    keys: tuple[str, ...] = ()
    menu: str = ""
    checkable: bool = False
    needs: str = ""


ROWS = (
    Row("add", Text("Add a node…", "Añadir un nodo…"), ("Tab",), "edit"),
    Row("cut", Text("Cut", "Cortar"), ("Ctrl+X",), "edit", needs="thing"),
    Row("copy", Text("Copy", "Copiar"), ("Ctrl+C",), "edit", needs="thing"),
    Row("paste", Text("Paste", "Pegar"), ("Ctrl+V",), "edit"),
    Row("duplicate", Text("Duplicate", "Duplicar"), ("Ctrl+D",), "edit", needs="thing"),
    Row("duplicate_wired", Text("Duplicate with input wires", "Duplicar con los cables de entrada"), ("Ctrl+Shift+D",), "node", needs="thing"),
    Row("delete", Text("Delete", "Borrar"), ("Del", "Backspace"), "edit", needs="any"),
    Row("delete_keep_wires", Text("Delete and reconnect", "Borrar y reconectar"), ("Ctrl+Del",), "node", needs="node"),
    Row("pull_out", Text("Pull out of the wire", "Sacar del cable"), ("Ctrl+Shift+X",), "node", needs="node"),
    Row("rename", Text("Rename", "Cambiar el nombre"), ("F2",), "node", needs="name"),
    Row("bypass", Text("Bypass", "Puentear"), ("Ctrl+B",), "node", needs="node"),
    Row("mute", Text("Mute", "Silenciar"), ("Ctrl+M",), "node", needs="node"),
    Row("collapse", Text("Collapse", "Contraer"), ("Alt+C",), "node", needs="node"),
    Row("enter", Text("Open the cell", "Abrir la celda"), ("Ctrl+Down",), "node", needs="cell"),
    Row("leave", Text("Leave the cell", "Salir de la celda"), ("Ctrl+Up",), "node", needs="inside"),
    Row("pack", Text("Group into a cell", "Agrupar en una celda"), ("Ctrl+G",), "arrange", needs="node"),
    Row("unpack", Text("Ungroup", "Desagrupar"), ("Ctrl+Shift+G", "Ctrl+Alt+G"), "arrange", needs="cells"),
    Row("frame_selection", Text("Add a comment frame", "Añadir un marco"), ("C", "Ctrl+Shift+C"), "arrange"),
    Row("arrange", Text("Arrange automatically", "Ordenar automáticamente"), ("Ctrl+Shift+L",), "arrange", needs="drawn"),
    Row("align_left", Text("Align left", "Alinear a la izquierda"), ("Shift+A",), "arrange", needs="two"),
    Row("align_right", Text("Align right", "Alinear a la derecha"), ("Shift+D",), "arrange", needs="two"),
    Row("align_top", Text("Align top", "Alinear arriba"), ("Shift+W",), "arrange", needs="two"),
    Row("align_bottom", Text("Align bottom", "Alinear abajo"), ("Shift+S",), "arrange", needs="two"),
    Row("align_centre", Text("Align centres in a column", "Centrar en columna"), (), "arrange", needs="two"),
    Row("align_middle", Text("Align centres in a row", "Centrar en fila"), (), "arrange", needs="two"),
    Row("distribute_across", Text("Distribute across", "Repartir a lo ancho"), (), "arrange", needs="three"),
    Row("distribute_down", Text("Distribute down", "Repartir a lo alto"), (), "arrange", needs="three"),
    Row("straighten", Text("Straighten the wires", "Enderezar los cables"), ("Q",), "arrange", needs="drawn"),
    Row("select_all", Text("Select all", "Seleccionar todo"), ("Ctrl+A",), "select", needs="there"),
    Row("select_ahead", Text("Select what follows", "Seleccionar lo que sigue"), ("L",), "select", needs="node"),
    Row("select_behind", Text("Select what leads here", "Seleccionar lo que llega aquí"), ("Shift+L",), "select", needs="node"),
    *(
        Row(f"walk_{name.lower()}", Text(f"Go along the wires: {en}", f"Seguir los cables: {es}"), (f"Alt+{name}",), "select", needs="drawn")
        for name, en, es in (("Right", "ahead", "adelante"), ("Left", "back", "atrás"), ("Up", "up", "arriba"), ("Down", "down", "abajo"))
    ),
    Row("select_frame", Text("Select the comment frame", "Seleccionar el marco"), ("Shift+C",), "select"),
    Row("connect", Text("Connect by keys", "Conectar con el teclado"), ("Ctrl+L",), "select", needs="drawn"),
    Row("edit", Text("Set its values", "Fijar sus valores"), ("Return", "Enter"), "select", needs="value"),
    Row("find", Text("Find a node…", "Buscar un nodo…"), ("Ctrl+F",), "select", needs="drawn"),
    Row("unroll", Text("Unroll in time", "Desplegar en el tiempo"), ("U",), "view"),
    Row("beside", Text("Taught, and below it by itself", "Con maestro y, debajo, por sí sola"), ("Shift+U",), "view"),
    Row("zoom_in", Text("Zoom in", "Acercar"), ("Ctrl++", "Ctrl+="), "view"),
    Row("zoom_out", Text("Zoom out", "Alejar"), ("Ctrl+-",), "view"),
    Row("zoom_one", Text("Actual size", "Tamaño real"), ("Ctrl+0",), "view"),
    Row("show_selection", Text("Show the selection", "Mostrar la selección"), ("F",), "view"),
    Row("show_all", Text("Show everything", "Mostrar todo"), ("Home", "Shift+1"), "view"),
    Row("minimap", Text("Map of the whole drawing", "Mapa del dibujo entero"), ("M",), "view", checkable=True),
    *(Row(f"nudge_{name.lower()}", Text("Move a step", "Mover un paso"), (name,)) for name in ("Left", "Right", "Up", "Down")),
    *(
        Row(f"nudge_far_{name.lower()}", Text("Move ten steps", "Mover diez pasos"), (f"Shift+{name}",), needs="thing")
        for name in ("Left", "Right", "Up", "Down")
    ),
)  # fmt: skip


def make_actions(owner: QWidget) -> dict[str, QAction]:
    """One QAction per row. Its keys work while the canvas itself has the focus: a search, a name or a number that is
    typed into a field laid over it keeps its arrows and its Enter."""
    out: dict[str, QAction] = {}
    for row in ROWS:
        action = QAction(owner)
        action.setObjectName(f"canvas.{row.id}")
        action.setCheckable(row.checkable)
        action.setShortcuts([QKeySequence(k) for k in row.keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setProperty("menu", row.menu)
        owner.addAction(action)
        out[row.id] = action
    speak(out)
    return out


def speak(actions: dict[str, QAction]) -> None:
    """Put the words of the current language on every action."""
    for row in ROWS:
        actions[row.id].setText(say(row.title))
