"""The main window: puts canvas and panels in their places, and keeps title and commands in step with what happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QCloseEvent,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from core.problems import Problem
from core.project.gallery import Shipped
from core.project.model import Project
from core.project.running import stem_of
from core.session import Session
from core.words import Language, say
from studio import docks as places
from studio import possible, shortcuts
from studio.actions import make_actions
from studio.appearance import speak, wear
from studio.bars import fill_menus, make_bar
from studio.bridge import RunView
from studio.canvas.panel import CanvasPanel
from studio.dialogs import Dialogs
from studio.drawing import Drawing
from studio.dropping import Dropping
from studio.ending import Ending
from studio.fieldkeys import FieldKeys
from studio.files import Files
from studio.incoming import Incoming
from studio.inspector.node import probe_key
from studio.inspector.panel import InspectorPanel
from studio.layouts import Layouts
from studio.lookback import LookBack
from studio.orders import orders
from studio.panels.ask import tell_problems
from studio.panels.guide import GuidePanel
from studio.panels.history import HistoryPanel
from studio.panels.outline import OutlinePanel
from studio.panels.palette import PalettePanel
from studio.panels.problems import ProblemsPanel
from studio.panels.source import SourcePanel
from studio.panels.statusbar import StatusBar
from studio.panels.training import TrainingPanel
from studio.panes import Panes
from studio.recent import recent_menu
from studio.running import Running
from studio.settings import Settings
from studio.state import Selection, State
from studio.survival import Survival
from studio.theme import Scheme
from studio.title import window_title
from studio.welcome.door import Door

FRAME, HEAD = 2, 32  # px of the screen left for what the window manager draws around a new window
LEAST = 300, 220  # px of the canvas; the panels know theirs, and so the window the sum
FILL_AFTER = 100  # ms from the window's first showing to its charts


class MainWindow(QMainWindow):
    """Built by `build`, which is done again when the language or the theme changes; the state stays."""

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("unfold")
        self.state = State(session, settings, self)
        self.running = Running(self.state, self)
        self.files = Files(self.state, self, self.running.settle, self.opened)
        self.incoming = Incoming(self.state, self, self)
        self.dropping = Dropping(self, self.state, self.incoming.take)
        self.drawing = Drawing(self.state, self, self.complain)
        self.dialogs = Dialogs(self)
        self.survival = Survival(self)
        self.look_back = LookBack(self.state, self)
        self.door = Door(self)
        self.panes = Panes(self)
        self.docks: dict[str, QDockWidget] = {}
        self.actions_: dict[str, QAction] = {}
        self._closed = self._leaving = self._placed = self._filled = False
        self._last_phase = ""
        self._shown = self.state.selection
        self.canvas = CanvasPanel(session.document, session.registry, self.state)
        self.canvas.setMinimumSize(*LEAST)
        self.setCentralWidget(self.canvas)
        self._place()
        self.build()
        self.canvas.open_requested.connect(lambda _: self.edit_selected())
        self.state.project_changed.connect(lambda _: self.changed())
        self.state.saved.connect(self.changed)
        self.state.found.connect(lambda _: self._enable())
        self.state.selected.connect(self._selected)
        self.state.watched.connect(lambda key: self.show_panel("watch") if key else None)
        self.state.bridge.changed.connect(self._run_changed)
        for signal in (self.state.bridge.framed, self.state.player.changed, self.state.pending.changed):
            signal.connect(self._enable)
        self.ending = Ending(self, self.state, self.act)
        self.field_keys = FieldKeys(self, lambda: self.actions_)
        self.running.refused.connect(self.complain)
        self.running.started.connect(self._run_started)

    # --- building ---

    def _place(self) -> None:
        kept = self.state.settings.window()
        screen = self.screen().availableGeometry()
        if kept is None or not self.restoreGeometry(kept[0]):
            self.resize(min(1480, screen.width() - FRAME), min(920, screen.height() - HEAD))

    def build(self) -> None:
        """Everything that shows words or colours."""
        state = self.state
        self.palette_ = PalettePanel(state)
        self.inspector = InspectorPanel(state)
        self.problems = ProblemsPanel(state)
        self.source = SourcePanel(state)
        self.training = TrainingPanel(state, self.act)
        outline, history, guide = OutlinePanel(state), HistoryPanel(state), GuidePanel(state)
        guide.chart_wanted.connect(self.show_chart)
        guide.panel_wanted.connect(self.show_panel)
        panels: dict[str, QWidget] = {
            "palette": self.palette_, "inspector": self.inspector, "training": self.training, "guide": guide,
            "watch": QWidget(), "text": QWidget(), "problems": self.problems, "source": self.source,
            "outline": outline, "history": history,
        }  # fmt: skip
        if not self.docks:
            self.docks = places.make_docks(self, panels, lambda: state.tokens)
            for dock in self.docks.values():
                self.panes.adopt(dock)
        else:
            places.refill(self.docks, panels, state.tokens)
        self._tell_seen("problems", self.problems.seen)
        self._tell_seen("outline", outline.seen)
        self._tell_seen("history", history.seen)
        if self._filled:
            self._fill_later()
        self.palette_.chosen.connect(self.add_node)
        self.actions_ = make_actions(self, state.tokens, orders(self))
        shortcuts.apply(self.commands(), state.settings)
        arranged = Layouts(self, state, self._rearranged, self.reset_layout)
        fill_menus(
            self.menuBar(),
            self.actions_,
            recent_menu(self.menuBar(), state.settings, self.open),
            self.docks,
            self.canvas.actions(),
            arranged.menu(),
        )
        self.toolbar, self.go = make_bar(self.actions_, state.tokens, lambda: self.act("train"))
        self.addToolBar(self.toolbar)
        self.bar = StatusBar(state, lambda: self.show_panel("problems"))
        self.setStatusBar(self.bar)
        self.changed()
        self.door.rebuild()

    def _tell_seen(self, id: str, seen: Callable[[bool], None]) -> None:
        """Tell a panel whether it is in front: as it is now, and when that changes."""
        dock = self.docks[id]
        seen(places.in_front(dock))
        dock.visibilityChanged.connect(seen)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._placed:
            self._placed = True
            self._restore_layout()
            QTimer.singleShot(0, self.canvas.show_start)
            QTimer.singleShot(FILL_AFTER, self._fill_later)

    def _restore_layout(self) -> None:
        kept = self.state.settings.window()
        if kept is None or not self.restoreState(kept[1]):
            places.arrange(self, self.docks)
        self._rearranged()

    def _rearranged(self) -> None:
        places.adopt(self, self.docks)
        places.dress_titles(self, self.docks, self.state.tokens)

    def _fill_later(self) -> None:
        """The panels that draw charts: their libraries are loaded once the window can be seen."""
        from studio.panels.samples import SamplesPanel
        from studio.panels.watch import WatchPanel

        self._filled = True
        self.watch, self.samples = WatchPanel(self.state), SamplesPanel(self.state)
        for id, panel in {"watch": self.watch, "text": self.samples}.items():
            self.docks[id].widget().deleteLater()
            self.docks[id].setWidget(panel)
        self._tell_seen("watch", self.watch.set_seen)
        self.watch.film_wanted.connect(self.dialogs.film)

    def act(self, id: str) -> None:
        """Do what an action does, if it can be done."""
        if self.actions_[id].isEnabled():
            self.actions_[id].trigger()

    # --- what has changed ---

    def _enable(self) -> None:
        possible.tell(self.state, self.actions_, self.go, self.training.buttons)

    def changed(self) -> None:
        """Bring title and commands up to date."""
        document = self.state.document
        self.setWindowModified(document.dirty)
        self.setWindowTitle(window_title(self.state))
        self.setWindowFilePath(str(document.path) if document.path else "")
        self._enable()

    def opened(self) -> None:
        """Another project is seen whole, once everything stands where it will; the keys are the drawing's."""
        self.canvas.board.go(())
        self.canvas.setFocus()
        QTimer.singleShot(0, self.canvas, self.canvas.show_start)

    def _selected(self, chosen: Selection) -> None:
        """Who clicks a thing wants to see its page, also where the training has come before it."""
        self._enable()
        if chosen != self._shown and (chosen.nodes or chosen.edges or chosen.frames):
            inspector = self.docks["inspector"]
            if inspector.isVisibleTo(self) or self.docks["training"] in self.tabifiedDockWidgets(inspector):
                inspector.raise_()
        self._shown = chosen

    def _run_changed(self, view: RunView) -> None:
        if view.phase != self._last_phase:
            self._last_phase = view.phase
            self.changed()
        else:
            self.setWindowTitle(window_title(self.state))

    def _run_started(self) -> None:
        self.show_panel("training")
        self.show_panel("watch")

    def watch_selected(self) -> None:
        """Show what the selected wire or node carries."""
        found = self.state.selected_output()
        if found is not None:
            self.state.watch(probe_key(*found))
            self.show_panel("watch")

    def edit_selected(self) -> None:
        """The keyboard goes to the values of what is selected."""
        self.show_panel("inspector")
        self.inspector.edit()

    # --- panels and dialogs ---

    def show_panel(self, id: str) -> None:
        self.docks[id].show()
        self.docks[id].raise_()

    def show_chart(self, kind: str, key: str) -> None:
        """Bring a chart to the front that a page names."""
        if self._filled:
            self.show_panel("watch")
            self.watch.show_kind(kind, key)

    def add_node(self, kind: str) -> None:
        """Put a node where the person looks."""
        middle = self.canvas.view.viewport().rect().center()
        self.canvas.add_node(kind, self.canvas.view.mapToScene(middle))
        self.canvas.setFocus()

    def complain(self, problems: tuple[Problem, ...]) -> None:
        tell_problems(self, problems, self.state.tokens)

    def begin_with_shipped(self, entry: Shipped) -> None:
        self.begin_with(entry.project)

    def begin_with(self, project: Project, own: bool = False) -> None:
        """Open a project that has no file yet, with its page beside it."""
        if self.files.start_from(project, own):
            self.door.leave()
            self.show_panel("guide")

    def open(self, path: Path) -> None:
        self.files.open(path)

    def look_at_run(self, folder: Path) -> bool:
        """A finished run: its project and its recording."""
        taken = self.files.open_run(folder)
        if taken:
            self.show_panel("watch")
        return taken

    def stem(self) -> str:
        """What files made from the project are called."""
        path, title = self.state.document.path, say(self.state.document.project.title).strip()
        return path.stem if path else stem_of(title) or "model"

    def commands(self) -> list[QAction]:
        """Everything that has, or may be given, keys."""
        return [*self.actions_.values(), *self.canvas.actions().values()]

    # --- look and language ---

    def set_theme(self, name: Scheme) -> None:
        wear(self.state, name)
        self.rebuild()

    def set_language(self, name: Language) -> None:
        speak(self.state, name)
        self.state.check_soon()  # places are named in the language of the check
        self.rebuild()

    def reset_layout(self) -> None:
        self.state.settings.forget_window()
        places.arrange(self, self.docks)

    def rebuild(self) -> None:
        """Build everything anew in place, at once; layout, selection and view stay."""
        self.setUpdatesEnabled(False)
        self._tear_down()
        self.canvas.set_theme(self.state.tokens)
        self.canvas.retranslate()
        self.build()
        self.dialogs.rebuild()
        self.setUpdatesEnabled(True)

    def _tear_down(self) -> None:
        for action in self.actions_.values():
            self.removeAction(action)
            action.deleteLater()
        for menu in self.menuBar().findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            menu.deleteLater()
        self.removeToolBar(self.toolbar)
        self.toolbar.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that nobody had a use for: those of a command that cannot be given now are told why."""
        words = possible.refused(self.commands(), QKeySequence(event.keyCombination()), self.focusWidget())
        if words:
            self.state.status.emit(words)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
        super().keyPressEvent(event)

    # --- closing ---

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closed:
            event.accept()
            return
        if self._leaving or not self._may_leave():  # it is asked once, however often the window is told to close
            event.ignore()
            return
        self._closed = True
        self._keep_layout()
        self.state.settings.sync()
        self.running.stop()
        self.survival.close()
        self.state.close()
        self.canvas.board.close()
        event.accept()

    def _may_leave(self) -> bool:
        self._leaving = True
        try:
            return self.state.pending.may_close(self) and self.files.may_leave()
        finally:
            self._leaving = False

    def _keep_layout(self) -> None:
        self.state.settings.keep_window(self.saveGeometry(), self.saveState())
