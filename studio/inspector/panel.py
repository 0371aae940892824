"""The inspector: the page of what is selected, rebuilt only when another thing is."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QLineEdit, QStackedLayout, QWidget

from core.graph.model import Node, Path
from core.words import Text, say
from studio.inspector.frame import FramePage
from studio.inspector.node import NodePage
from studio.inspector.project import ProjectPage
from studio.inspector.wire import WirePage
from studio.parts import Empty, scrolled
from studio.state import Selection, State

FIELDS = (QLineEdit, QAbstractSpinBox, QComboBox, QCheckBox)
NAME = Text("Values of what is selected", "Valores de lo seleccionado")
Page = NodePage | WirePage | FramePage


class InspectorPanel(QWidget):
    """Project when nothing is selected, in a cell the cell; else node, wire or frame; several things at once only counted."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.setProperty("role", "panel")
        self.project = ProjectPage(state)
        self.page: Page | None = None
        self._many = Empty(state.tokens, "cursor", "")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(scrolled(self.project, say(NAME)))
        self._stack.addWidget(self._many)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.refresh)
        state.selected.connect(self._soon)
        state.project_changed.connect(self._soon)
        state.found.connect(self._soon)
        state.saved.connect(self._soon)
        self.refresh()

    def edit(self) -> None:
        """Put the keyboard into the first field of what is selected."""
        self._later.stop()
        self.refresh()
        fields = [w for w in self.findChildren(QWidget) if isinstance(w, FIELDS) and w.isVisible() and w.isEnabled()]
        first = next((w for w in fields if w.objectName() != "title"), next(iter(fields), None))
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _soon(self, _: object = None) -> None:
        """Once per turn of the event loop, however much was told: a form must not vanish inside its own signal."""
        self._later.start(0)

    def refresh(self) -> None:
        state = self._state
        wire, frame = state.wire(), state.frame()
        (path, node), inside = self._node(), state.node() is None
        if node is not None:
            same = isinstance(self.page, NodePage) and self.page.inside == inside and self.page.same(path, node)
            if not same:
                self._turn(NodePage(state, path, node, inside))
        elif wire is not None:
            if not (isinstance(self.page, WirePage) and self.page.same(state.selection.path, wire)):
                self._turn(WirePage(state, state.selection.path, wire))
        elif frame is not None:
            if not (isinstance(self.page, FramePage) and self.page.same(state.selection.path, frame)):
                self._turn(FramePage(state, state.selection.path, frame))
        else:
            self._turn(None)
            self._show_rest()
            return
        assert self.page is not None
        self.page.refresh()
        self._stack.setCurrentIndex(2)

    def _node(self) -> tuple[Path, Node | None]:
        """The selected node, or where nothing is selected the cell that one is in, and its path."""
        chosen = self._state.selection
        if chosen == Selection(chosen.path) and chosen.path:
            return chosen.path, self._state.graph_at(chosen.path[:-1]).nodes.get(chosen.path[-1])
        node = self._state.node()
        return (*chosen.path, node.id) if node is not None else (), node

    def _show_rest(self) -> None:
        chosen = self._state.selection
        many = len(chosen.nodes) + len(chosen.edges) + len(chosen.frames)
        if many:
            count = say(Text("{n} things selected", "{n} elementos seleccionados"), n=many)
            self._many.say(count, say(Text("Select one to see and set its parameters.", "Seleccione uno para ver y cambiar sus parámetros.")))  # fmt: skip
            self._stack.setCurrentIndex(1)
        else:
            self.project.refresh()
            self._stack.setCurrentIndex(0)

    def _turn(self, page: Page | None) -> None:
        """Put another page in the place of the old one."""
        self.page = page
        while self._stack.count() > 2:
            old = self._stack.widget(2)
            assert old is not None
            self._stack.removeWidget(old)
            old.deleteLater()
        if page is not None:
            self._stack.addWidget(scrolled(page, say(NAME)))
