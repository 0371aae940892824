"""Every command of the window as one row of data: name, menu, shortcut, icon, and when it can be used.

Menus, toolbar, panels and help are made from these rows; a row's id is the name by which panels ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from core.words import Text, say
from studio.docks import TITLES
from studio.icons import icon
from studio.shortcuts import TIP, tipped
from studio.theme import Theme

Std = QKeySequence.StandardKey

MENUS: Mapping[str, Text] = {
    "file": Text("&File", "&Archivo"),
    "edit": Text("&Edit", "&Edición"),
    "view": Text("&View", "&Ver"),
    "run": Text("&Run", "E&jecutar"),
    "go": Text("&Go", "&Ir"),
    "help": Text("&Help", "A&yuda"),
}
PANES = {"canvas": Text("Canvas", "Lienzo"), **TITLES}


@dataclass(frozen=True)
class Action:
    """One command. `ready` names the condition under which it can be used (see `conditions` of the window)."""

    id: str
    text: Text
    menu: str
    shortcut: str | QKeySequence.StandardKey = ""
    icon: str = ""
    ready: str = ""
    rule: bool = False  # a line above it in the menu
    checkable: bool = False
    bar: bool = False  # also on the toolbar
    help: Text = Text("", "")


ROWS: tuple[Action, ...] = (
    Action("new", Text("New", "Nuevo"), "file", Std.New, "new", bar=True, help=Text("Start an empty project", "Empezar un proyecto vacío")),
    Action("open", Text("Open …", "Abrir …"), "file", Std.Open, "open", bar=True, help=Text("Open a project file", "Abrir un archivo de proyecto")),
    Action("gallery", Text("Gallery …", "Galería …"), "file", "Ctrl+Shift+N", "gallery", bar=True, help=Text("Projects to start from", "Proyectos para empezar")),
    Action("own_text", Text("Train on my own text …", "Entrenar con mi propio texto …"), "file", help=Text("A text file becomes a project that learns to write like it", "Un archivo de texto se vuelve un proyecto que aprende a escribir como él")),
    Action("own_table", Text("Train on my own table …", "Entrenar con mi propia tabla …"), "file", help=Text("A CSV, TSV, NumPy or Parquet file becomes a project", "Un archivo CSV, TSV, NumPy o Parquet se vuelve un proyecto")),
    Action("save", Text("Save", "Guardar"), "file", Std.Save, "save", "dirty", rule=True, bar=True, help=Text("Save the project", "Guardar el proyecto")),
    Action("save_as", Text("Save as …", "Guardar como …"), "file", "Ctrl+Shift+S"),
    Action("export", Text("Export the model …", "Exportar el modelo …"), "file", "Ctrl+E", "export", "trained", rule=True, bar=True, help=Text("Export the trained model and verify it", "Exportar el modelo entrenado y verificarlo")),
    Action("report", Text("Write a report …", "Escribir un informe …"), "file", "Ctrl+Shift+E", "project", "reportable", help=Text("The run on one page: results, charts, settings, source", "La ejecución en una página: resultados, gráficos, ajustes, código")),
    Action("save_picture", Text("Save the drawing as a picture …", "Guardar el dibujo como imagen …"), "file", "Ctrl+Alt+S", "picture", "drawn", help=Text("SVG, PNG, PDF or TikZ of what the canvas shows", "SVG, PNG, PDF o TikZ de lo que muestra el lienzo")),
    Action("save_film", Text("Save the film …", "Guardar la película …"), "file", "Ctrl+Alt+F", "film", "filmed", help=Text("A chart or the unrolled drawing over the whole training, as GIF", "Un gráfico o el dibujo desplegado a lo largo del entrenamiento, en GIF")),
    Action("open_run", Text("Open a run folder …", "Abrir una carpeta de ejecución …"), "file", "", "", "idle"),
    Action("quit", Text("Quit", "Salir"), "file", "Ctrl+Q", rule=True),
    Action("undo", Text("Undo", "Deshacer"), "edit", "Ctrl+Z", "undo", "undo", bar=True),
    Action("redo", Text("Redo", "Rehacer"), "edit", "Ctrl+Shift+Z", "redo", "redo", bar=True),
    Action("copy_picture", Text("Copy a picture of the drawing", "Copiar una imagen del dibujo"), "edit", "Ctrl+Alt+C", "picture", "drawn"),
    Action("train", Text("Train", "Entrenar"), "run", "F5", "train", "startable", help=Text("Train, or go on after a pause", "Entrenar, o seguir tras una pausa")),
    Action("pause", Text("Pause", "Pausar"), "run", "F6", "pause", "running", help=Text("Pause after this step", "Pausar tras este paso")),
    Action("step", Text("Step", "Paso"), "run", "F7", "step", "steppable", help=Text("Make one step, then pause", "Dar un paso y pausar")),
    Action("stop", Text("Stop", "Detener"), "run", "Shift+F5", "stop", "stoppable", help=Text("Stop and keep a checkpoint", "Detener y guardar un punto de control")),
    Action("resume", Text("Resume the last run", "Reanudar la última ejecución"), "run", "", "", "resumable", rule=True),
    Action("apart", Text("Train in a process of its own", "Entrenar en un proceso propio"), "run", "", "", "idle", rule=True, checkable=True, help=Text("Whatever a training breaks by, the window stays; off: it trains inside the window", "Se rompa lo que se rompa al entrenar, la ventana sigue; si no: entrena dentro de la ventana")),
    Action("play", Text("Play the recording", "Reproducir la grabación"), "run", "F8", "film", "filmed", rule=True, help=Text("Show the training as a film: all charts and the unrolled view, frame by frame", "Mostrar el entrenamiento como una película: todos los gráficos y la vista desplegada, cuadro a cuadro")),
    Action("frame_back", Text("One frame back", "Un cuadro atrás"), "run", "Ctrl+,", "", "filmed"),
    Action("frame_on", Text("One frame on", "Un cuadro adelante"), "run", "Ctrl+.", "", "filmed"),
    Action("moment_back", Text("One step of the sequence back", "Un paso de la secuencia atrás"), "run", ",", "", "recorded"),
    Action("moment_on", Text("One step of the sequence on", "Un paso de la secuencia adelante"), "run", ".", "", "recorded"),
    Action("watch", Text("Watch what is selected", "Observar lo seleccionado"), "run", "Ctrl+W", "watch", "watchable", rule=True, help=Text("Show the values of the selected wire or node over time", "Mostrar los valores del cable o nodo seleccionado en el tiempo")),
    Action("compare", Text("Compare runs …", "Comparar ejecuciones …"), "run", "Ctrl+Shift+R", "chart", help=Text("Finished runs in a table, their curves laid over each other", "Ejecuciones terminadas en una tabla, con sus curvas superpuestas")),
    Action("theme", Text("Dark theme", "Tema oscuro"), "view", "Ctrl+Shift+T", "theme", checkable=True, rule=True),
    Action("english", Text("English", "English"), "view", "", "language", checkable=True, rule=True, help=Text("Everything in English", "Todo en inglés")),
    Action("spanish", Text("Español", "Español"), "view", checkable=True, help=Text("Everything in Spanish", "Todo en español")),
    Action("layout", Text("Reset the layout", "Restablecer la disposición"), "view", rule=True),
    Action("full_screen", Text("Full screen", "Pantalla completa"), "view", "F11", checkable=True),
    *(Action(f"go_{id}", text, "go", f"Alt+{at}" if at < 10 else "Alt+S") for at, (id, text) in enumerate(PANES.items())),
    Action("next_panel", Text("Next panel", "Panel siguiente"), "go", "Ctrl+F6", rule=True),
    Action("previous_panel", Text("Panel before", "Panel anterior"), "go", "Ctrl+Shift+F6"),
    Action("commands", Text("Find a command …", "Buscar una orden …"), "help", "Ctrl+Shift+P", "search", help=Text("Do anything by typing its name", "Hacer cualquier cosa escribiendo su nombre")),
    Action("welcome", Text("Welcome page", "Página de bienvenida"), "help", "Ctrl+Shift+H", "", help=Text("Where to begin, recent projects, the gallery", "Por dónde empezar, proyectos recientes, la galería")),
    Action("shortcuts", Text("Keys and mouse", "Teclas y ratón"), "help", "F1", "help"),
    Action("edit_keys", Text("Keyboard shortcuts …", "Atajos de teclado …"), "help", help=Text("Change the keys of any command", "Cambiar las teclas de cualquier orden")),
    Action("about", Text("About Unfold", "Acerca de Unfold"), "help"),
)  # fmt: skip


def make_actions(
    window: QMainWindow, tokens: Theme, callbacks: Mapping[str, Callable[[], object]]
) -> dict[str, QAction]:
    """A QAction for every row, on the window. A row without a callback is a bug and raises KeyError."""
    made: dict[str, QAction] = {}
    for row in ROWS:
        action = QAction(say(row.text), window)
        action.setObjectName(row.id)
        action.setCheckable(row.checkable)
        if row.shortcut:
            action.setShortcut(QKeySequence(row.shortcut))
        if row.id == "redo":
            action.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        if row.icon:
            action.setIcon(icon(row.icon, tokens))
            action.setIconVisibleInMenu(not row.checkable)  # it would stand where the tick belongs
        action.setProperty(TIP, say(row.help) if any(row.help) else say(row.text))
        tipped(action)
        callback = callbacks[row.id]
        action.triggered.connect(lambda _=False, run=callback: run())
        window.addAction(action)
        made[row.id] = action
    return made


def enable(actions: Mapping[str, QAction], conditions: Mapping[str, bool]) -> None:
    """Each action as its row's condition says."""
    for row in ROWS:
        if row.ready:
            actions[row.id].setEnabled(conditions[row.ready])
