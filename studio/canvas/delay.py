"""The popover of a z⁻ᵏ chip: how many steps back, and what the wire starts from."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QLabel, QSpinBox, QVBoxLayout, QWidget

from core.graph.edit import set_edge
from core.graph.model import Edge, Graph, Init, Port
from core.words import Text, say
from studio.canvas.board import Board
from studio.canvas.ports import end_name, ports_of
from studio.canvas.ways import ALONG, offered, way_name
from studio.theme import ui_font

LABEL = Text("Delay", "Retardo")
STEPS = Text("Steps back", "Pasos atrás")
START = Text("Starts from", "Empieza en")
ZEROS = Text("zeros", "ceros")
LEARNED = Text("a learned vector", "un vector aprendido")
NOW = Text("0: this step's value", "0: el valor de este paso")
MOST = 10_000


class DelayPopover(QFrame):
    """Edits one bundle of wires; each change is applied at once, all of them together are one undo step."""

    def __init__(self, parent: QWidget, board: Board) -> None:
        super().__init__(parent)
        self._board = board
        self._wires: tuple[str, ...] = ()
        self._filling = False
        self.steps = QSpinBox()
        self.steps.setRange(0, MOST)
        self.start = QComboBox()
        self.along = QComboBox()
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFont(ui_font(9.5, True))
        self._labels = (QLabel(), QLabel(), QLabel())
        self._build()
        self.hide()

    def _build(self) -> None:
        self.setObjectName("delayPopover")
        self._form = form = QFormLayout()
        for label, field in zip(self._labels, (self.steps, self.along, self.start), strict=True):
            form.addRow(label, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addWidget(self.title)
        layout.addLayout(form)
        self.steps.valueChanged.connect(lambda _: self._write())
        self.start.currentIndexChanged.connect(lambda _: self._write())
        self.along.currentIndexChanged.connect(lambda _: self._write())
        self._speak()

    def open(self, at: QPoint, wires: tuple[str, ...]) -> None:
        """Show beside a chip, for the wires that run through it."""
        self._wires = wires
        edge = self._board.graph.edges[wires[0]]
        self._filling = True
        self._speak()
        self.steps.setValue(edge.delay)
        self.start.clear()
        self.start.addItem(say(ZEROS), Init())
        self.start.addItem(say(LEARNED), Init("learned"))
        for port in static_ports(self._board):
            self.start.addItem(end_name(self._board.graph, port, "out", self._board.registry), Init("fed", port))
        found = [i for i in range(self.start.count()) if self.start.itemData(i) == edge.init]
        if not found:
            self.start.addItem("?", edge.init)
        self.start.setCurrentIndex(found[0] if found else self.start.count() - 1)
        self.start.setEnabled(edge.delay > 0)
        self._offer_ways(edge)
        self._filling = False
        self.adjustSize()
        room = self.parentWidget().rect()
        x = max(6, min(at.x() - self.width() // 2, room.right() - self.width() - 6))
        fits_below = at.y() + 24 + self.height() < room.bottom()
        self.move(x, max(6, at.y() + 18 if fits_below else at.y() - 18 - self.height()))
        self.show()
        self.raise_()
        self.steps.setFocus(Qt.FocusReason.PopupFocusReason)
        self.steps.selectAll()

    def _offer_ways(self, edge: Edge) -> None:
        """Up or left on a grid, children of a tree; nothing to choose along plain time."""
        self.along.clear()
        found = offered(self._board.scene.findings.wires.get(edge.id), edge.along)
        for way in found:
            self.along.addItem(way_name(way), way)
        self.along.setCurrentIndex(max(0, self.along.findData(edge.along)))
        self._form.setRowVisible(1, bool(found))

    def close_popover(self) -> None:
        if self.isVisible():
            self.hide()
            self._board.document.close_merge()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_popover()
            self.parentWidget().setFocus()
        else:
            super().keyPressEvent(event)

    def _speak(self) -> None:
        count = len(self._wires)
        words = Text("Delay of {n} wires", "Retardo de {n} cables") if count > 1 else LABEL
        self.title.setText(say(words, n=count))
        for label, text in zip(self._labels, (STEPS, ALONG, START), strict=True):
            label.setText(say(text))
        self.steps.setAccessibleName(say(STEPS))
        self.start.setAccessibleName(say(START))
        self.along.setAccessibleName(say(ALONG))
        self.steps.setSpecialValueText(say(NOW))

    def _write(self) -> None:
        wires = [w for w in self._wires if w in self._board.graph.edges]
        if self._filling or not wires:
            return
        steps, init, along = self.steps.value(), self.start.currentData(), self.along.currentData()
        self.start.setEnabled(steps > 0)

        def change(graph: Graph) -> Graph:
            for wire in wires:
                graph = set_edge(graph, wire, delay=steps, init=init, along=along)
            return graph

        self._board.edit(Text("Change a delay", "Cambiar un retardo"), change, merge=f"delay:{'/'.join(wires)}")


def static_ports(board: Board) -> list[Port]:
    """Output ports of the level shown whose value has no time axis: what a delayed wire can start from."""
    out: list[Port] = []
    for id, node in board.graph.nodes.items():
        known = board.scene.findings.ports.get(id, {})
        for spec in ports_of(node, board.registry, board.graph)[1]:
            sig = known.get(spec.name)
            static_door = node.kind == "cell_input" and node.params.get("static") is True
            if static_door or (sig is not None and not sig.axes and sig.kind == "features"):
                out.append(Port(id, spec.name))
    return out
