"""The left side of the welcome page: begin with one's own file, go on with earlier work, bring back what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.project.latest import unsaved_runs
from core.project.recovery import Lost, discard
from core.words import Text, say
from studio.icons import icon
from studio.panels.recovery import name_of, story_of
from studio.parts import GAP, boxed, button, column, escaped, label, named, row, scrolled, shown
from studio.state import State

RUNS = 3  # that are listed at most
FILE = Qt.ItemDataRole.UserRole
WAYS = {
    "text": (Text("Train on my own text …", "Entrenar con mi propio texto …"), Text("A .txt or any UTF-8 text: it learns to write like it", "Un .txt o cualquier texto UTF-8: aprende a escribir como él")),
    "table": (Text("Train on my own table …", "Entrenar con mi propia tabla …"), Text("CSV, TSV, NumPy or Parquet; or pairs with a tab between them", "CSV, TSV, NumPy o Parquet; o pares separados por un tabulador")),
    "new": (Text("Draw a network", "Dibujar una red"), Text("Begin with an empty canvas", "Empezar con un lienzo vacío")),
    "open": (Text("Open a project …", "Abrir un proyecto …"), Text("A .unfold file", "Un archivo .unfold")),
}  # fmt: skip
PICTURES = {"text": "sample", "table": "data", "new": "new", "open": "open"}


class Begin(QWidget):
    """`wanted` carries one of WAYS, `opened` a recent file, `restored` lost work, `ran` the folder of a run."""

    wanted = Signal(str)
    opened = Signal(object)
    restored = Signal(object)
    ran = Signal(object)
    left = Signal()

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        what = Text("A studio for networks with memory: drawn rolled, seen unrolled, trained live.",
                    "Un estudio para redes con memoria: dibujadas plegadas, vistas desplegadas, entrenadas en vivo.")  # fmt: skip
        self._lost = QVBoxLayout()
        self._lost.setSpacing(6)
        self._lost.setContentsMargins(0, 0, 0, 0)
        self._found = boxed(self._lost)
        self._found.hide()
        self.recent = self._recent()
        self.always = QCheckBox(say(Text("Show this page at every start", "Mostrar esta página al empezar")))
        self.always.setChecked(state.settings.welcome)
        self.always.toggled.connect(lambda on: setattr(state.settings, "welcome", on))
        leave = button(say(Text("Go to the canvas (Esc)", "Ir al lienzo (Esc)")), self.left.emit, "link")
        leave.setObjectName("leave")
        drop = Text("Or drop a file on this window.", "O suelte un archivo en esta ventana.")
        inner = column(
            label("Unfold", "hero"), label(say(what), "muted", wrap=True), GAP, self._found,
            label(say(Text("Begin", "Empezar")), "section"), *self._ways(), label(say(drop), "muted", wrap=True), GAP,
            label(say(Text("Recent projects", "Proyectos recientes")), "section"), self.recent,
            *self._runs(), None,
            gap=6, margins=(0, 0, GAP, 0),
        )  # fmt: skip
        area = scrolled(boxed(inner), say(Text("Begin", "Empezar")))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(column(area, self.always, leave, gap=6))
        self.setFixedWidth(300)

    def show_lost(self, found: Sequence[Lost]) -> None:
        """What an earlier crash left, each with its two answers; leaving the page keeps it for the next start."""
        while (item := self._lost.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if found:
            self._lost.addWidget(
                label(say(Text("Unsaved work was found", "Se encontró trabajo sin guardar")), "section")
            )
        for one in found[:3]:
            self._lost.addWidget(self._lost_card(one, found))
        self._found.setVisible(bool(found))

    def _lost_card(self, one: Lost, found: Sequence[Lost]) -> QWidget:
        back = button(say(Text("Bring it back", "Recuperar")), lambda: self.restored.emit(one), "primary")
        back.setObjectName("restore")
        away = button(say(Text("Throw away", "Descartar")), lambda: self._throw_away(one, found))
        away.setObjectName("discard")
        words = [label(name_of(one), "strong", wrap=True), label(story_of(one), "muted", wrap=True)]
        if one.file_changed:
            words.append(label(say(Text("The file on the disk has changed since.", "El archivo en el disco ha cambiado desde entonces.")), "bad", wrap=True))  # fmt: skip
        return boxed(column(*words, row(None, away, back), gap=4, margins=(10, 6, 10, GAP)), "card")

    def _throw_away(self, one: Lost, found: Sequence[Lost]) -> None:
        discard(one)
        self.show_lost([f for f in found if f is not one])

    def _ways(self) -> list[QWidget]:
        made: list[QWidget] = []
        for id, (text, help) in WAYS.items():
            one = button(say(text), lambda id=id: self.wanted.emit(id), "way", say(help))
            one.setObjectName(f"begin-{id}")
            one.setIcon(icon(PICTURES[id], self._state.tokens, self._state.tokens.accent))
            made.append(one)
        return made

    def _recent(self) -> QListWidget:
        made = QListWidget()
        made.setObjectName("recent")
        named(made, say(Text("Recent projects", "Proyectos recientes")))
        for path in self._state.settings.recent:
            item = QListWidgetItem(f"{shown(path.stem)}\n{shown(short(path))}")
            item.setData(FILE, path)
            item.setToolTip(escaped(str(path)))
            made.addItem(item)
        if not made.count():
            item = QListWidgetItem(say(Text("None yet: what you save is listed here.", "Aún ninguno: guarde y saldrá aquí.")))  # fmt: skip
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            made.addItem(item)
        made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setFixedHeight(sum(made.sizeHintForRow(i) for i in range(made.count())) + 4)
        made.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        made.itemClicked.connect(self._open)
        made.itemActivated.connect(self._open)
        return made

    def _runs(self) -> list[QWidget]:
        """What was trained without ever being saved is found again here; nothing where there is none."""
        made: list[QWidget] = []
        for folder, title in unsaved_runs(RUNS):
            when = QDateTime.fromSecsSinceEpoch(int(folder.stat().st_mtime)).toString("yyyy-MM-dd HH:mm")
            name = shown(say(title).strip() or folder.name)
            one = button(f"{name} · {when}", lambda f=folder: self.ran.emit(f), "link", escaped(str(folder)))
            one.setObjectName("ran")
            made.append(one)
        return (
            [label(say(Text("Last runs begun without a file", "Últimas ejecuciones sin archivo")), "section"), *made]
            if made
            else []
        )

    def _open(self, item: QListWidgetItem) -> None:
        path = item.data(FILE)
        if isinstance(path, Path):
            self.opened.emit(path)


def short(path: Path) -> str:
    """The folder, seen from the person's own."""
    try:
        return f"~/{path.parent.relative_to(Path.home())}".removesuffix("/.")
    except ValueError:
        return str(path.parent)
