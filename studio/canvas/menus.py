"""What a right click offers: first the repairs of what is wrong there, then the commands that mean something for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from core.graph.mute import DOORS
from core.problems import Problem
from core.words import Text, say
from studio.canvas.board import Board
from studio.canvas.commands import Commands
from studio.canvas.hit import Hit
from studio.canvas.look import elide
from studio.canvas.passage import pulled
from studio.canvas.ports import is_cell
from studio.canvas.scene import Picked
from studio.icons import icon
from studio.parts import shown

WORDS = 420.0  # px of a problem's sentence in a menu; the rest is in its tip
SAID = 4  # problems told in one menu
Row = tuple[Text, Callable[[], object]]
"""The words of a command, and what it does."""


class Menus:
    """Opens a menu for what was caught. `of_wire` says what can be done with a wire at a global place."""

    def __init__(
        self,
        owner: QWidget,
        board: Board,
        commands: Commands,
        actions: Mapping[str, QAction],
        of_wire: Callable[[str, QPoint], Iterable[Row]],
    ) -> None:
        self._owner, self._board, self._commands = owner, board, commands
        self._actions, self._of_wire = actions, of_wire

    def open(self, caught: Hit, at: QPoint) -> QMenu:
        menu = self._begun(caught)
        if not menu.isEmpty():
            menu.addSeparator()
        picked = self._board.scene.picked
        if picked.wires and not picked.nodes and caught.id in self._board.scene.wires:
            for words, act in self._of_wire(caught.id, at):
                menu.addAction(say(words)).triggered.connect(lambda _=False, act=act: act())
        for id in self._offered():
            menu.addSeparator() if id is None else menu.addAction(self._actions[id])
        menu.popup(at)
        return menu

    def open_repairs(self, caught: Hit, at: QPoint) -> QMenu:
        """What a badge says, and what mends it: Enter takes the first repair."""
        menu = self._begun(caught)
        menu.popup(at)
        mends = [action for action in menu.actions() if action.property("mends")]
        if mends:
            menu.setActiveAction(mends[0])
        return menu

    def _begun(self, caught: Hit) -> QMenu:
        """A menu about what was caught, with what is wrong there."""
        self._pick(caught)
        menu = QMenu(self._owner)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        self._add_repairs(menu)
        return menu

    def repairs(self) -> tuple[Problem, ...]:
        """What is wrong with what is selected."""
        found, picked = self._board.scene.findings, self._board.scene.picked
        of_nodes = [p for id in sorted(picked.nodes) for p in found.of_nodes.get(id, ())]
        return tuple(of_nodes + [p for id in sorted(picked.wires) for p in found.of_wires.get(id, ())])[:SAID]

    def _add_repairs(self, menu: QMenu) -> None:
        tokens = self._board.scene.tokens
        for problem in self.repairs():
            words = shown(say(problem.message))
            picture = icon(
                problem.severity, tokens, {"error": tokens.error, "warning": tokens.warning}.get(problem.severity)
            )
            told = menu.addAction(picture, elide(words, 9.5, WORDS).replace("&", "&&"))
            told.setToolTip(f"{words} {shown(say(problem.hint))}")
            told.triggered.connect(lambda _=False, problem=problem: self._board.message.emit(problem))
            for fix in problem.fixes:
                words = shown(say(fix.title)).replace("&", "&&")
                mend = menu.addAction(icon("fix", tokens, tokens.accent), words)
                mend.setProperty("mends", True)
                mend.triggered.connect(lambda _=False, fix=fix: self._board.mend(fix))

    def _offered(self) -> tuple[str | None, ...]:
        picked = self._board.scene.picked
        if picked.nodes or picked.frames:
            cell = any(is_cell(self._board.graph.nodes[id], self._board.registry) for id in picked.nodes)
            ids = (
                *("enter",) * cell,
                "rename",
                "edit",
                None,
                "cut",
                "copy",
                "paste",
                "duplicate",
                "delete",
                "delete_keep_wires",
                *("pull_out",) * self._in_wire(picked.nodes),
                None,
            )
            more = (*("unpack",) * cell, "frame_selection", "arrange", "straighten")
            return (*ids, *self.ways_out(picked.nodes), "collapse", None, "pack", *more)
        if picked.wires:
            return ("delete", "straighten")
        return ("add", "paste", None, "select_all", "arrange", "find", None, "show_all", "zoom_one", "minimap", "leave")

    def _in_wire(self, nodes: frozenset[str]) -> bool:
        return any(pulled(self._board, self._board.graph, id) is not None for id in nodes)

    def ways_out(self, nodes: frozenset[str]) -> tuple[str, ...]:
        """Bypass and mute, where they mean something."""
        chosen = [self._board.graph.nodes[id] for id in nodes]
        bypass = any(n.bypass or self._commands.no_bypass(n.id) is None for n in chosen)
        mute = any(n.kind not in DOORS for n in chosen)
        return ("bypass",) * bypass + ("mute",) * mute

    def _pick(self, caught: Hit) -> None:
        """What is under the mouse is what the menu is about; a selection that it belongs to stays."""
        scene, one = self._board.scene, frozenset({caught.id})
        if caught.id in scene.nodes and caught.id not in scene.picked.nodes:
            scene.pick(Picked(nodes=one))
        elif caught.id in scene.wires and caught.id not in scene.picked.wires:
            scene.pick(Picked(wires=one))
        elif caught.id in scene.frames and caught.id not in scene.picked.frames:
            scene.pick(Picked(frames=one))
        elif caught.kind == "":
            scene.pick(Picked())
