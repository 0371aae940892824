"""The canvas as one widget: breadcrumb, paper, search, popovers, and the actions for menus and keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.compile.program import Checked
from core.graph import edit
from core.graph.model import Path
from core.project.document import Document
from core.specs.called import name_of
from core.specs.fields import Fields
from core.specs.registry import Registry
from core.words import Text, reworded, say, worded
from studio.canvas.actions import make_actions, speak
from studio.canvas.adding import Adding
from studio.canvas.board import AskFields, Board
from studio.canvas.commands import Commands
from studio.canvas.crumbs import Crumbs
from studio.canvas.delay import DelayPopover
from studio.canvas.finder import Finder
from studio.canvas.gestures.bend import BEND, with_point
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.glide import Glide
from studio.canvas.hit import Hit
from studio.canvas.inline import InlineEdit
from studio.canvas.levels import Levels
from studio.canvas.menus import Menus, Row
from studio.canvas.placing import Placing
from studio.canvas.scene import Picked
from studio.canvas.search import Search
from studio.canvas.suited import suit
from studio.canvas.tips import tip_lines, tip_of
from studio.canvas.view import CanvasView
from studio.canvas.walking import walked
from studio.paper import PaperView
from studio.parts import label
from studio.theme import Theme, ui_font

NAME = Text("Canvas", "Lienzo")
EMPTY = Text(
    "Press Tab or double-click to add a node.\nDrag from a port to draw a wire.",
    "Pulse Tab o haga doble clic para añadir un nodo.\nArrastre desde un puerto para trazar un cable.",
)
NO_ROOM = Text("There is no room for a map, or nothing to map yet.", "No hay sitio para un mapa, o aún no hay nada que mostrar.")  # fmt: skip
INSERT = Text("Insert a node…", "Insertar un nodo…")
BEND_HERE = Text("Bend it here", "Doblarlo aquí")
DELAY = Text("Delay…", "Retardo…")
FRAME = Text("Comment frame", "Marco de comentario")
STRAIGHT = Text("Take a bend out of a wire", "Quitar un codo de un cable")
DELAYED = Text(
    "The wire closes a loop, so it carries the step before: z⁻¹. Click the chip to change it.",
    "El cable cierra un ciclo, así que lleva el paso anterior: z⁻¹. Pulse la ficha para cambiarlo.",
)


class Canvas(QWidget):
    """Shows one level of the document's graph. `message` carries a Problem or words already said."""

    selection_changed = Signal(object)  # tuple of node paths
    path_changed = Signal(object)  # cell path
    message = Signal(object)
    open_requested = Signal(
        object
    )  # path of a node whose values are to be set: Enter, or a double click where nothing is inside

    def __init__(self, document: Document, registry: Registry, theme: Theme, fields: AskFields = Fields) -> None:
        super().__init__()
        self._registry, self._tokens = registry, theme
        self.board = Board(document, registry, theme, fields)
        self.view = CanvasView(self.board, theme, self)
        self.levels = Levels(self.view)
        self.crumbs = Crumbs(self.board)
        self.search = Search(self.view, theme)
        self.delay = DelayPopover(self.view, self.board)
        self.line = InlineEdit(self.view)
        self.finder = Finder(self.view, self.board)
        self._hint = label("", "muted")
        self._hint.setParent(self.view)
        self.adding = Adding(self.board, self.view, self.search)
        self._framed = False
        self.commands = Commands(self.board, self._mouse)
        self.placing = Placing(self.board)
        self._actions = make_actions(self.view)
        self.menus = Menus(self, self.board, self.commands, self._actions, self._of_wire)
        self._build()
        self._connect()
        self._refresh()

    # what the window uses

    @property
    def path(self) -> Path:
        """The cell that is shown; () is the project's graph."""
        return self.board.path

    @property
    def selection(self) -> tuple[Path, ...]:
        """The paths of the selected nodes, in drawing order."""
        chosen = self.board.scene.picked.nodes
        return tuple((*self.path, id) for id in self.board.graph.nodes if id in chosen)

    @property
    def selected_wires(self) -> tuple[str, ...]:
        return tuple(sorted(self.board.scene.picked.wires))

    def select(self, paths: tuple[Path, ...]) -> None:
        """Select nodes, going into the cell where the first of them lies."""
        if paths:
            self.board.go(paths[0][:-1])
        here = frozenset(p[-1] for p in paths if p and p[:-1] == self.path and p[-1] in self.board.graph.nodes)
        self.board.scene.pick(Picked(nodes=here))

    def set_checked(self, checked: Checked) -> None:
        self.board.scene.set_checked(checked)

    def reveal(self, path: Path, edge: str = "") -> None:
        """Go to a node, or a wire of its level, select it, bring it into sight and let it flash."""
        self.board.go(path[:-1])
        scene = self.board.scene
        wire = scene.wires.get(edge) if edge else None
        node = scene.nodes.get(path[-1]) if path else None
        if wire is not None:
            scene.pick(Picked(wires=frozenset({edge})))
            self._show(wire.boundingRect())
            self.view.flash(lambda strength: scene.glow(edge, strength))
        elif node is not None:
            id = path[-1]
            scene.pick(Picked(nodes=frozenset({id})))
            self._show(node.box)
            self.view.flash(lambda strength: scene.glow(id, strength))

    def actions(self) -> Mapping[str, QAction]:  # type: ignore[override]
        """Every command by id, with its words and keys; property "menu" says where it belongs."""
        return self._actions

    def set_theme(self, theme: Theme) -> None:
        self._tokens = theme
        for part in (self.view, self.search):
            part.set_theme(theme)
        self._refresh()

    def retranslate(self) -> None:
        """The language has changed."""
        speak(self._actions)
        self.board.scene.remeasure()
        self.crumbs.refresh()
        self._refresh()

    # the parts

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.crumbs)
        layout.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setFont(ui_font(11.0))

    def _connect(self) -> None:
        view, board = self.view, self.board
        view.search_wanted.connect(self.adding.ask)
        view.delay_wanted.connect(lambda wires, at: self.delay.open(at, wires))
        view.delay_offered.connect(lambda *_: self.message.emit(say(DELAYED)))
        view.activated.connect(self._activate)
        view.menu_wanted.connect(self.menus.open)
        view.repairs_wanted.connect(self.menus.open_repairs)
        view.dropped.connect(self.adding.drop)
        view.tip_wanted.connect(lambda caught, at: tip_of(self.view, self.board, caught, at))
        view.pressed.connect(self._close_popovers)
        view.zoom_changed.connect(self.crumbs.show_zoom)
        board.path_changed.connect(self._path_changed)
        board.message.connect(self.message)
        board.scene.picked_changed.connect(lambda _: self.selection_changed.emit(self.selection))
        board.scene.picked_changed.connect(lambda _: suit(self._actions, board))
        board.changing.connect(self.line.give_up)
        board.shown.connect(self._refresh)
        board.shown.connect(self.view.hush)
        board.scene.picked_changed.connect(lambda _: self.view.hush())
        self.crumbs.chosen.connect(board.go)
        self.search.chosen.connect(self.adding.add_chosen)
        self.search.closed.connect(self.view.setFocus)
        self.finder.chosen.connect(self.reveal)
        for id, act in self._acts().items():
            self._actions[id].triggered.connect(lambda _=False, act=act: act())

    def _acts(self) -> dict[str, Callable[[], object]]:
        do, put, view = self.commands, self.placing, self.view
        sides = ("left", "right", "top", "bottom", "middle", "centre")
        steps = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
        plain = ("cut", "copy", "paste", "duplicate", "delete", "delete_keep_wires", "pull_out", "bypass", "mute", "collapse", "enter",
                 "pack", "unpack", "select_all")  # fmt: skip
        return {
            **{id: getattr(do, id) for id in plain},
            **{f"align_{side}": lambda side=side: put.align(side) for side in sides},
            **{f"nudge_{n}": lambda d=d: self._nudge(*d) for n, d in steps.items()},
            **{f"walk_{n}": lambda d=d: self._walk(d) for n, d in steps.items()},
            **{f"nudge_far_{n}": lambda d=d: put.nudge(10 * d[0], 10 * d[1]) for n, d in steps.items()},
            "arrange": self._arrange, "straighten": put.straighten,
            "distribute_across": lambda: put.distribute(True), "distribute_down": lambda: put.distribute(False),
            "connect": self._connect_by_keys, "edit": self._edit,
            "add": view.ask_at_cursor, "duplicate_wired": lambda: do.duplicate(with_wires=True),
            "rename": self._rename, "leave": self.board.leave, "find": self.finder.open,
            "frame_selection": self._add_frame, "select_frame": self._select_frame,
            "select_ahead": lambda: do.select_flow(True), "select_behind": lambda: do.select_flow(False),
            "zoom_in": lambda: view.set_zoom(1.25 * view.zoom), "zoom_out": lambda: view.set_zoom(0.8 * view.zoom),
            "zoom_one": lambda: view.set_zoom(1.0), "minimap": self._toggle_map, "show_all": self.show_all, "show_selection": self._show_selection,
        }  # fmt: skip

    def _refresh(self) -> None:
        """What depends on the document: titles, the hint on an empty canvas."""
        suit(self._actions, self.board)
        self._hint.setText(say(EMPTY))
        self.view.setAccessibleName(say(NAME))
        self.view.setAccessibleDescription(say(EMPTY))
        self._hint.setVisible(not self.board.graph.nodes)
        self._hint.setGeometry(self.view.viewport().rect())
        self.crumbs.refresh()
        self.crumbs.show_zoom(self._looked_at().zoom)

    def _looked_at(self) -> PaperView:
        """The side of the paper that is shown."""
        return self.view

    def resizeEvent(self, event: object) -> None:
        self._hint.setGeometry(self.view.viewport().rect())

    def showEvent(self, event: object) -> None:
        if not self._framed:
            self._framed = True
            self.layout().activate()
            self.show_all()

    def _path_changed(self, path: Path) -> None:
        self._close_popovers()
        self._refresh()
        self._turn_to(path)
        self.path_changed.emit(path)

    def _close_popovers(self) -> None:
        self.delay.close_popover()
        self.search.close_search()

    # where

    def show_all(self) -> None:
        self.view.frame_area(self.board.scene.content())

    def _turn_to(self, path: Path) -> None:
        self.levels.turn_to(path)

    def show_start(self) -> None:
        """What is seen first of another drawing; a field that is open is of the one before."""
        self.levels.forget()
        self._close_popovers()
        self.view.frame_start(self.board.scene.content())
        self.view.map.forget()

    def _show_selection(self) -> None:
        picked = self.board.scene.picked
        self.view.frame_area(self.board.scene.content(picked.nodes) if picked.nodes else self.board.scene.content())

    def _toggle_map(self) -> None:
        self.show_map(self._actions["minimap"].isChecked())
        if self.view.map.wanted and not self.view.map.lies:
            self.message.emit(say(NO_ROOM))

    def show_map(self, on: bool) -> None:
        """The small map in the corner, which comes and goes by a person's wish alone."""
        self._actions["minimap"].setChecked(on)
        self.view.map.want(on)

    def _show(self, area: QRectF) -> None:
        """Bring an area into sight; zoom in only where its words could not be read."""
        if self.view.zoom < 0.7:
            self.view.set_zoom(1.0)
        if not self.view.shown().contains(area):
            self.view.centerOn(area.center())

    def _mouse(self) -> QPointF:
        """The mouse on the paper; the middle of the view when it is elsewhere."""
        at = self.view.cursor_at
        return at if self.view.shown().contains(at) else self.view.shown().center()

    def add_node(self, kind: str, at: QPointF) -> str:
        """Add a node of a kind at a place of the paper. Its id."""
        return self.adding.add(kind, at)

    # keys

    def _nudge(self, dx: int, dy: int) -> None:
        """Arrows move what is selected; where nothing can be moved, they walk."""
        picked = self.board.scene.picked
        if picked.nodes or picked.frames:
            self.placing.nudge(dx, dy)
        else:
            self._walk((dx, dy))

    def _walk(self, step: tuple[int, int]) -> None:
        scene = self.board.scene
        found = walked(self.board, step, self.view.shown().center())
        if found is not None:
            scene.pick(found)
            boxes = [scene.nodes[id].box for id in found.nodes] or [
                scene.wires[id].boundingRect() for id in found.wires
            ]
            self.view.ensureVisible(boxes[0], 40, 40)
            caught = Hit("node", min(found.nodes)) if found.nodes else Hit("wire", min(found.wires))
            self.view.announce(", ".join(tip_lines(self.board, caught)))

    def _select_frame(self) -> None:
        self.commands.select_frame()
        scene = self.board.scene
        for id in scene.picked.frames:
            self.view.ensureVisible(scene.frames[id].box, 40, 40)
            self.view.announce(f"{say(FRAME)}: {worded(scene.graph.frames[id].text)}")

    def _connect_by_keys(self) -> None:
        if not self.board.scene.picked.nodes:
            self._walk((-1, 0) if self.board.scene.picked.wires else (0, 0))
        self.view.connect_by_keys()

    def _edit(self) -> None:
        """Enter: the delay of a wire, the words of a frame, the values of a node."""
        picked, scene = self.board.scene.picked, self.board.scene
        if len(picked.nodes) == 1:
            self.open_requested.emit((*self.path, *picked.nodes))
        elif picked.frames:
            self._rename()
        elif picked.wires:
            wire = min(picked.wires)
            self.delay.open(self.view.mapFromScene(scene.wires[wire].route.chip), scene.bundle(wire))

    def _of_wire(self, wire: str, at: QPoint) -> tuple[Row, ...]:
        """What the menu of a wire offers beside the commands."""
        here = self.view.mapFromGlobal(at)
        place = self.view.mapToScene(here)
        return (
            (INSERT, lambda: self.adding.ask_into(Pointer(place, here, Qt.KeyboardModifier.NoModifier), wire)),
            (BEND_HERE, lambda: self._add_point(wire, place)),
            (DELAY, lambda: self.delay.open(here, self.board.scene.bundle(wire))),
        )

    def _arrange(self) -> None:
        """Lay out, and show what went where."""
        boxes = self.board.scene.nodes
        before = {id: item.box for id, item in boxes.items()}
        area = self.board.scene.content(self.placing.arrange())
        if not self.view.shown().contains(area):
            self.view.frame_area(area, largest=self.view.zoom)
        Glide(self.view, before, {id: item.box for id, item in boxes.items()})

    # names, doors

    def _rename(self) -> None:
        picked = self.board.scene.picked
        if len(picked.nodes) == 1:
            self._rename_node(next(iter(picked.nodes)))
        elif len(picked.frames) == 1:
            self._rename_frame(next(iter(picked.frames)))

    def _rename_node(self, id: str) -> None:
        item = self.board.scene.nodes[id]
        box = self.view.mapFromScene(QRectF(item.x(), item.y(), max(item.look.width, 120.0), 28.0)).boundingRect()
        area = QRect(box.topLeft(), box.size().expandedTo(_least(130)))
        node = self.board.graph.nodes[id]
        label = Text("Rename", "Cambiar el nombre")
        name = name_of(node, self._registry.node(node.kind))
        self.line.ask(
            area, worded(node.title), name, f"{say(label)}: {name}",
            lambda t: self.board.edit(label, lambda g: edit.rename(g, id, t.strip())),
        )  # fmt: skip

    def _rename_frame(self, id: str) -> None:
        item = self.board.scene.frames[id]
        area = QRect(self.view.mapFromScene(item.pos()), _least(int(item.area.width() * self.view.zoom)))
        label = Text("Name a frame", "Nombrar un marco")
        self.line.ask(
            area, worded(item.frame.text), say(label), say(label),
            lambda t: self.board.edit(label, lambda g: edit.put_frame(g, replace(g.frames[id], text=reworded(g.frames[id].text, t.strip())))),
        )  # fmt: skip

    def _add_frame(self) -> None:
        self.commands.frame_selection()
        self._rename()

    def _activate(self, caught: Hit) -> None:
        """A double click: into a cell, a name, a new reroute point; one that is there goes."""
        if caught.kind == "title" and caught.id and not self._is_cell(caught.id):
            self._rename_node(caught.id)
        elif caught.kind in ("title", "node"):
            if not self.board.enter(caught.id):
                self.open_requested.emit((*self.path, caught.id))
        elif caught.kind == "frame":
            self._rename_frame(caught.id)
        elif caught.kind == "wire":
            self._add_point(caught.id, self.view.cursor_at)
        elif caught.kind == "point":
            self._drop_point(caught.id, caught.index)

    def _is_cell(self, id: str) -> bool:
        return self.board.scene.nodes[id].look.cell

    def _add_point(self, wire: str, at: QPointF) -> None:
        path, points = self.board.scene.wires[wire].route.path, self.board.graph.edges[wire].points
        more, _ = with_point(points, path, at)
        self.board.edit(BEND, lambda g: edit.set_edge(g, wire, points=more))

    def _drop_point(self, wire: str, index: int) -> None:
        points = self.board.graph.edges[wire].points
        rest = (*points[:index], *points[index + 1 :])
        self.board.edit(STRAIGHT, lambda g: edit.set_edge(g, wire, points=rest))


def _least(width: int) -> QSize:
    return QSize(max(130, width), 28)
