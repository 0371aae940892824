"""Runs that are over, side by side: what each reached in a table, their curves laid over each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (  # fmt: skip
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from core.observe.colors import PALETTES
from core.problems import Refused
from core.project.ran import Ran, alike, curve_names, curve_of, curve_title, overlaid, read_run, run_folders, table_of
from core.project.rundir import CONFIG
from core.project.running import runs_root
from core.words import Text, say
from studio.clipboard import copy_table
from studio.panels.charts import chart_view
from studio.parts import GAP, button, column, escaped, label, named, row, shown
from studio.state import State

SWATCH = QSize(24, 12)
CURVES = 6  # runs whose curves are shown at first
NUMBER = Qt.ItemDataRole.UserRole
RUN = Qt.ItemDataRole.UserRole + 1
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Cell(QTableWidgetItem):
    """Sorted by its number where it has one."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        mine, theirs = self.data(NUMBER), other.data(NUMBER)
        if isinstance(mine, float) and isinstance(theirs, float):
            return mine < theirs
        return self.text() < other.text()


class CompareDialog(QDialog):
    """`look` opens the run of a folder in the window."""

    def __init__(self, parent: QWidget | None, state: State, look: Callable[[Path], object]) -> None:
        super().__init__(parent)
        self.setObjectName("compare")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(Text("Compare runs", "Comparar ejecuciones")))
        self.resize(_size(parent))
        self._state, self._look = state, look
        self._runs: list[Ran] = []
        self._told = label(say(Text("Reading …", "Leyendo …")), "muted", wrap=True)
        self.table = self._table()
        self.curve = QComboBox()
        named(self.curve, say(Text("Curve", "Curva")))
        self.curve.setMinimumWidth(220)
        self.curve.currentIndexChanged.connect(lambda _: self._draw())
        self.chart = chart_view(state, PALETTES[state.tokens.name])
        named(self.chart, say(Text("Curves of the runs", "Curvas de las ejecuciones")))
        below = QWidget()
        below.setLayout(column(row(label(say(Text("Curve", "Curva")), "muted"), self.curve, None), self.chart, gap=GAP))
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self.table)
        both.addWidget(below)
        both.setStretchFactor(1, 2)
        body = column(self._told, both, self._buttons(), gap=GAP, margins=(16, 12, 16, 16))
        body.setStretchFactor(both, 1)
        self.setLayout(body)
        self.add(runs_root(state.document.path))
        for folder in (
            *state.earlier,
            state.session.run_dir,
        ):  # they may lie elsewhere: begun before the project was saved
            if folder is not None:
                self.add(folder)

    def _buttons(self) -> Any:
        self.open_button = button(say(Text("Look at this run", "Ver esta ejecución")), self._open)
        self.open_button.setEnabled(False)
        more = button(say(Text("Add a folder of runs …", "Añadir una carpeta …")), self._choose)
        self.copy_button = button(say(Text("Copy the table", "Copiar la tabla")), self._copy)
        close = button(say(Text("Close", "Cerrar")), self.close, "primary")
        return row(more, self.copy_button, None, self.open_button, close)

    def _table(self) -> QTableWidget:
        made = QTableWidget()
        made.setObjectName("runs")
        named(made, say(Text("Runs", "Ejecuciones")))
        made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        made.setShowGrid(False)
        made.setWordWrap(False)  # a name with a space would be cut behind its first word
        made.setTabKeyNavigation(False)
        made.setIconSize(SWATCH)
        made.verticalHeader().hide()
        made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        made.horizontalHeader().setMinimumSectionSize(60)
        made.itemChanged.connect(lambda _: self._draw())
        made.itemSelectionChanged.connect(lambda: self.open_button.setEnabled(bool(made.selectedItems())))
        made.itemDoubleClicked.connect(lambda _: self._open())
        return made

    def add(self, root: Path) -> None:
        """Read every run in a folder, or the one that it is; in the background, since ledgers may be long."""

        def work() -> tuple[list[Ran], list[str]]:
            found, wrong = [], []
            for folder in (root,) if (root / CONFIG).is_file() else run_folders(root):
                try:
                    found.append(read_run(folder))
                except Refused as refused:
                    wrong.append(say(refused.problems[0].message))
            return found, wrong

        self._state.background.run(work, self._read)

    def _read(self, answer: tuple[list[Ran], list[str]]) -> None:
        found, wrong = answer
        known = {run.folder.resolve() for run in self._runs}
        self._runs += [run for run in found if run.folder.resolve() not in known]
        self._told.setText(shown("\n".join([self._summary(), *wrong[:3]])))
        self._fill()

    def _summary(self) -> str:
        if not self._runs:
            root = runs_root(self._state.document.path)
            return say(Text("There are no runs in {d} yet. Train, or add another folder.", "Todavía no hay ejecuciones en {d}. Entrene, o añada otra carpeta."), d=root)  # fmt: skip
        if len(self._runs) == 1:
            return say(Text("One run. Tick it to draw its curves.", "Una ejecución. Márquela para dibujar sus curvas."))
        return say(Text("{n} runs, the newest first. Click a head to sort; ticked ones are drawn.",
                        "{n} ejecuciones, la más nueva primero. Pulse una cabecera para ordenar; se dibujan las marcadas."), n=len(self._runs))  # fmt: skip

    def _fill(self) -> None:
        """The table anew, ticks kept; those of this project that measure the same are ticked at first."""
        ticked = {run.folder for _, run in self.drawn()}
        heads, rows = table_of(self._runs)
        mine = [run.folder for run in self._comparable()]
        with QSignalBlocker(self.table):
            self.table.setSortingEnabled(False)
            self.table.setColumnCount(len(heads))
            for at, words in enumerate(heads):
                head = QTableWidgetItem(words)
                head.setTextAlignment(LEFT if at < 2 else RIGHT)  # as what stands below
                self.table.setHorizontalHeaderItem(at, head)
            self.table.setRowCount(len(rows))
            for at, (run, cells) in enumerate(zip(self._runs, rows, strict=True)):
                on = run.folder in ticked or (not ticked and run.folder in mine[:CURVES])
                self._put_row(at, run, cells, on)
            self.table.setSortingEnabled(True)
            self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._give_room()
        with QSignalBlocker(self.curve):
            was = self.curve.currentData()
            self.curve.clear()
            for name in curve_names(self._runs):
                self.curve.addItem(say(curve_title(name)), name)
            self.curve.setCurrentIndex(max(0, self.curve.findData(was)))
        self.copy_button.setEnabled(bool(self._runs))
        self._draw()

    def _give_room(self) -> None:
        """Every column as wide as its words; names get what is left over, and never less than can be read."""
        table = self.table
        table.resizeColumnsToContents()
        others = sum(table.columnWidth(at) for at in range(1, table.columnCount()))
        room = table.viewport().width()
        names = table.columnWidth(0) + SWATCH.width()  # which is not counted there beside the tick
        table.setColumnWidth(0, max(min(names, room // 2), room - others))

    def _comparable(self) -> list[Ran]:
        """Those of this project, or else all, that are like the one at hand, or else the newest."""
        mine = [run for run in self._runs if self._is_mine(run)] or self._runs
        at_hand = self._state.session.run_dir
        known = next((r for r in mine if at_hand is not None and r.folder.resolve() == at_hand.resolve()), None)
        return [run for run in mine if alike(run, known or mine[0])]

    def _put_row(self, at: int, run: Ran, cells: Sequence[str], on: bool) -> None:
        for place, text in enumerate(cells):
            item = Cell(shown(text))
            number = _number(text)
            if number is not None:
                item.setData(NUMBER, number)
                item.setTextAlignment(RIGHT)
            self.table.setItem(at, place, item)
        first = self.table.item(at, 0)
        first.setData(RUN, at)
        first.setFlags(first.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        first.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        first.setIcon(_swatch(run.name, at, QColor(PALETTES[self._state.tokens.name].color(at))))
        first.setToolTip(escaped(f"{say(run.title)}\n{run.folder}"))

    def _is_mine(self, run: Ran) -> bool:
        path = self._state.document.path
        return path is None or run.name.startswith(f"{path.stem}-")

    def drawn(self) -> list[tuple[int, Ran]]:
        """The ticked runs with the numbers of their colours."""
        items = [self.table.item(i, 0) for i in range(self.table.rowCount())]
        at = [int(i.data(RUN)) for i in items if i is not None and i.checkState() == Qt.CheckState.Checked]
        return [(i, self._runs[i]) for i in sorted(at)]

    def _draw(self) -> None:
        name = self.curve.currentData()
        if name:
            self.chart.show_chart(overlaid(self.drawn(), name))

    def _chosen(self) -> Ran | None:
        at = self.table.currentRow()
        item = self.table.item(at, 0) if at >= 0 else None
        return self._runs[int(item.data(RUN))] if item is not None else None

    def _open(self) -> None:
        run = self._chosen()
        if run is not None:
            self.close()
            self._look(run.folder)

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, say(Text("A folder of runs", "Una carpeta de ejecuciones")), str(self._state.settings.folder))  # fmt: skip
        if folder:
            self.add(Path(folder))

    def _copy(self) -> None:
        """As it is sorted now."""
        heads = [self.table.horizontalHeaderItem(c).text() for c in range(self.table.columnCount())]
        rows = [[self.table.item(r, c).text() for c in range(len(heads))] for r in range(self.table.rowCount())]
        copy_table(heads, rows)
        self._state.status.emit(say(Text("Copied the table", "Tabla copiada")))


def _number(text: str) -> float | None:
    """Steps are sorted by those that were made."""
    try:
        return float(text.partition("/")[0])
    except ValueError:
        return None


def _swatch(name: str, at: int, colour: QColor) -> QIcon:
    """The curve of a run as the legend has it, its sign too."""
    from studio.plot.legend import entry_of, paint_swatch  # with the library of the charts

    picture = QPixmap(SWATCH * 2)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_swatch(painter, entry_of(curve_of(at, name)), colour, QRectF(QPoint(0, 0), SWATCH))
    painter.end()
    return QIcon(picture)


def _size(parent: QWidget | None) -> QSize:
    if parent is None:
        return QSize(900, 640)
    return QSize(min(1180, parent.width() - 80), min(860, parent.height() - 60))
