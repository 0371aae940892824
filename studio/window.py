"""The main window: puts canvas and panels in their places, and holds every command a person can give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QFileDialog, QMainWindow, QMenu, QWidget

from core.problems import Problem, Refused
from core.project.gallery import Shipped
from core.project.journal import Journal
from core.project.model import Project
from core.project.recovery import Lost, lost, restore
from core.session import Session
from core.words import Language, Text, language, say, set_language
from studio import docks as places
from studio import shortcuts
from studio.actions import enable, make_actions
from studio.bars import fill_menus, make_bar
from studio.bridge import RunView
from studio.canvas.panel import CanvasPanel
from studio.drawing import Drawing
from studio.ending import Ending
from studio.files import Files
from studio.incoming import Incoming, dropped
from studio.inspector.node import probe_key
from studio.inspector.panel import InspectorPanel
from studio.layouts import Layouts
from studio.panels.ask import tell_problems
from studio.panels.commands import open_palette
from studio.panels.guide import GuidePanel
from studio.panels.history import HistoryPanel
from studio.panels.keys import ShortcutEditor
from studio.panels.outline import OutlinePanel
from studio.panels.palette import PalettePanel
from studio.panels.problems import ProblemsPanel
from studio.panels.recovery import RecoveryDialog
from studio.panels.source import SourcePanel
from studio.panels.statusbar import StatusBar
from studio.panels.training import TrainingPanel
from studio.running import Running
from studio.settings import Settings
from studio.sheet import dress
from studio.state import Selection, State
from studio.theme import Scheme
from studio.title import window_title
from studio.welcome.door import Door

FRAME, HEAD = 2, 32  # px of the screen left for what the window manager draws around a new window
FILL_AFTER = 100  # ms from the window's first showing to its charts


class MainWindow(QMainWindow):
    """Built by `build`, which is done again when the language or the theme changes; the state stays."""

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("unfold")
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 600)
        self.state = State(session, settings, self)
        self.running = Running(self.state, self)
        self.files = Files(self.state, self, self.running.settle, self._opened)
        self.incoming = Incoming(self.state, self, self)
        self.drawing = Drawing(self.state, self, self.complain)
        self.door = Door(self)
        self.docks: dict[str, QDockWidget] = {}
        self.actions_: dict[str, QAction] = {}
        self._closed = self._placed = self._filled = False
        self._last_phase = ""
        self._shown = self.state.selection
        self.journal: Journal | None = None
        self.canvas = CanvasPanel(session.document, session.registry, self.state)
        self.setCentralWidget(self.canvas)
        self._place()
        self.build()
        self.canvas.open_requested.connect(lambda _: self.edit_selected())
        self.state.project_changed.connect(lambda _: self._changed())
        self.state.saved.connect(self._changed)
        self.state.found.connect(lambda _: self._enable())
        self.state.selected.connect(self._selected)
        self.state.watched.connect(lambda _: self.show_panel("watch"))
        self.state.bridge.changed.connect(self._run_changed)
        self.ending = Ending(self, self.state, self.act)
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
        outline, history = OutlinePanel(state), HistoryPanel(state)
        panels: dict[str, QWidget] = {
            "palette": self.palette_, "inspector": self.inspector, "training": self.training, "guide": GuidePanel(state),
            "watch": QWidget(), "text": QWidget(), "problems": self.problems, "source": self.source,
            "outline": outline, "history": history,
        }  # fmt: skip
        if not self.docks:
            self.docks = places.make_docks(self, panels, lambda: state.tokens)
        else:
            places.refill(self.docks, panels, state.tokens)
        self._tell_seen("outline", outline.seen)
        self._tell_seen("history", history.seen)
        if self._filled:
            self._fill_later()
        self.palette_.chosen.connect(self.add_node)
        self.inspector.left.connect(self.canvas.setFocus)
        self.actions_ = make_actions(self, state.tokens, self._callbacks())
        self.recent = QMenu(say(Text("Open recent", "Abrir reciente")), self)
        self.recent.aboutToShow.connect(self._list_recent)
        shortcuts.apply(self.commands(), state.settings)
        arranged = Layouts(self, state, self._rearranged, self.reset_layout)
        fill_menus(self.menuBar(), self.actions_, self.recent, self.docks, self.canvas.actions(), arranged.menu())
        self.toolbar, self.go = make_bar(self.actions_, state.tokens, lambda: self.act("train"))
        self.addToolBar(self.toolbar)
        self.bar = StatusBar(state, lambda: self.show_panel("problems"))
        self.setStatusBar(self.bar)
        self._changed()
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
            QTimer.singleShot(0, self.canvas.show_all)
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

    def _callbacks(self) -> dict[str, Callable[[], object]]:
        files, state = self.files, self.state
        return {
            "new": files.new,
            "open": files.open,
            "gallery": self.show_gallery,
            "own_text": lambda: self.incoming.choose("text"),
            "own_table": lambda: self.incoming.choose("table"),
            "welcome": self.door.show,
            "save": files.save,
            "save_as": files.save_as,
            "export": self.show_export,
            "report": self.show_report,
            "open_run": self.open_run,
            "quit": self.close,
            "undo": state.document.undo,
            "redo": state.document.redo,
            "train": self.running.train,
            "pause": state.bridge.pause,
            "step": self.running.step_once,
            "stop": state.bridge.stop,
            "resume": self.running.resume,
            "watch": self.watch_selected,
            "compare": self.show_comparison,
            "copy_picture": self.drawing.copy,
            "save_picture": lambda: self.drawing.save(self._stem()),
            "theme": lambda: self.set_theme("light" if state.tokens.name == "dark" else "dark"),
            "english": lambda: self.set_language("en"),
            "spanish": lambda: self.set_language("es"),
            "layout": self.reset_layout,
            "full_screen": lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen),
            "shortcuts": self.show_keys,
            "commands": lambda: open_palette(self, state),
            "edit_keys": lambda: ShortcutEditor(self, self.commands(), state).open(),
            "about": self.show_about,
        }

    def act(self, id: str) -> None:
        """Do what an action does, if it can be done."""
        if self.actions_[id].isEnabled():
            self.actions_[id].trigger()

    # --- surviving a crash ---

    def keep_journal(self, root: Path) -> None:
        """Write every edit down from now on, and offer what an earlier crash left."""
        found = lost(root)
        self.journal = Journal(self.state.document, root, lambda p: self.state.status.emit(say(p.message)))
        if found and not self.door.offer(found):
            RecoveryDialog(self, found, self.bring_back).open()

    def bring_back(self, item: Lost) -> None:
        assert self.journal is not None
        if not self.files.may_leave():
            return
        try:
            restore(item, self.state.document, self.journal)
        except Refused as refused:
            self.complain(refused.problems)
            return
        self.files.suggestion = Path(item.path) if item.path else None
        self.state.forget_run()
        self._changed()

    # --- what can be done now ---

    def _enable(self) -> None:
        state, view = self.state, self.state.bridge.view
        document, ready = state.document, state.program is not None
        run_dir = state.session.run_dir
        enable(self.actions_, {
            "dirty": document.dirty or document.path is None,
            "undo": document.undo_label is not None,
            "redo": document.redo_label is not None,
            "drawn": bool(state.open_graph.nodes),
            "idle": not view.busy,
            "startable": (ready and not view.busy) or view.phase == "paused",
            "running": view.phase == "running",
            "steppable": view.phase in ("running", "paused") or (ready and not view.busy),
            "stoppable": view.busy and view.phase != "stopping",
            "resumable": not view.busy and run_dir is not None and view.phase in ("idle", "stopped", "failed") and (run_dir / "checkpoint").exists(),
            "watchable": state.selected_output() is not None,
            "trained": not view.busy and run_dir is not None and (run_dir / "weights.safetensors").exists(),
        })  # fmt: skip
        self.actions_["theme"].setChecked(state.tokens.name == "dark")
        self.actions_["english"].setChecked(language() == "en")
        self.actions_["spanish"].setChecked(language() == "es")
        undo, redo = document.undo_label, document.redo_label
        plain = Text("Undo", "Deshacer"), Text("Redo", "Rehacer")
        self.actions_["undo"].setText(say(plain[0]) + (f": {say(undo)}" if undo else ""))
        self.actions_["redo"].setText(say(plain[1]) + (f": {say(redo)}" if redo else ""))
        go_on = view.phase == "paused"
        for widget in (self.actions_["train"], self.go):
            widget.setText(say(Text("Go on", "Seguir") if go_on else Text("Train", "Entrenar")))
        self.go.setEnabled(self.actions_["train"].isEnabled())

    def _changed(self) -> None:
        document = self.state.document
        self.setWindowModified(document.dirty)
        self.setWindowTitle(window_title(self.state))
        self.setWindowFilePath(str(document.path) if document.path else "")
        self._enable()

    def _opened(self) -> None:
        """Another project is seen whole, once everything stands where it will."""
        self.canvas.board.go(())
        QTimer.singleShot(0, self.canvas, self.canvas.show_all)

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
            self._changed()
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

    def add_node(self, kind: str) -> None:
        """Put a node where the person looks."""
        middle = self.canvas.view.viewport().rect().center()
        self.canvas.add_node(kind, self.canvas.view.mapToScene(middle))
        self.canvas.setFocus()

    def complain(self, problems: tuple[Problem, ...]) -> None:
        tell_problems(self, problems, self.state.tokens)

    def show_gallery(self) -> None:
        from core.project.gallery import gallery
        from studio.panels.gallery import GalleryDialog

        try:
            projects = gallery()
        except Refused as refused:
            self.complain(refused.problems)
            return
        GalleryDialog(self, projects, self.state, self.begin_with_shipped).open()

    def begin_with_shipped(self, entry: Shipped) -> None:
        self.begin_with(entry.project)

    def begin_with(self, project: Project) -> None:
        """Open a project that has no file yet, with its page beside it."""
        if self.files.start_from(project):
            self.door.leave()
            self.show_panel("guide")

    def open(self, path: Path) -> None:
        self.files.open(path)

    def show_export(self) -> None:
        from studio.panels.export import ExportDialog

        ExportDialog(self, self.state, self._stem()).open()

    def show_comparison(self) -> None:
        from studio.panels.compare import CompareDialog

        CompareDialog(self, self.state, self.look_at_run).show()

    def show_report(self) -> None:
        from studio.panels.report import write

        write(self, self.state, self._stem())

    def _stem(self) -> str:
        """What files made from the project are called."""
        return self.state.document.path.stem if self.state.document.path else "model"

    def open_run(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, say(Text("Open a run folder", "Abrir una carpeta de ejecución")), str(self.state.settings.folder))  # fmt: skip
        if folder:
            self.look_at_run(Path(folder))

    def look_at_run(self, folder: Path) -> None:
        """A finished run: its project and its recording."""
        from core.project.rundir import run_project
        from core.session import load_recording

        if not self.files.may_leave():
            return
        try:
            self.state.session.new(run_project(folder))
            self.state.forget_run(folder, load_recording(folder))
        except Refused as refused:
            self.complain(refused.problems)
            return
        self.show_panel("watch")

    def show_keys(self) -> None:
        from studio.panels.about import KeysDialog

        KeysDialog(self, self.commands()).open()

    def commands(self) -> list[QAction]:
        """Everything that has, or may be given, keys."""
        return [*self.actions_.values(), *self.canvas.actions().values()]

    def show_about(self) -> None:
        from studio.panels.about import AboutDialog

        AboutDialog(self).open()

    def _list_recent(self) -> None:
        self.recent.clear()
        for path in self.state.settings.recent:
            action = self.recent.addAction(str(path).replace("&", "&&"))
            action.triggered.connect(lambda _=False, p=path: self.files.open(p))
        if self.recent.isEmpty():
            self.recent.addAction(say(Text("Nothing yet", "Aún nada"))).setEnabled(False)
        else:
            self.recent.addSeparator()
            self.recent.addAction(say(Text("Clear the list", "Vaciar la lista")), self.state.settings.forget_recent)

    # --- look and language ---

    def set_theme(self, name: Scheme) -> None:
        self.state.settings.theme = name
        self.state.tokens = dress(_app(), name)
        self.rebuild()

    def set_language(self, name: Language) -> None:
        self.state.settings.language = name
        set_language(name)
        translate_qt(_app(), name)
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
        self.setUpdatesEnabled(True)

    def _tear_down(self) -> None:
        for action in self.actions_.values():
            self.removeAction(action)
            action.deleteLater()
        self.removeToolBar(self.toolbar)
        self.toolbar.deleteLater()

    # --- drag and drop, closing ---

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if files := dropped(event.mimeData()):
            event.acceptProposedAction()
            QTimer.singleShot(0, lambda: self.incoming.take(files))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closed:
            event.accept()
            return
        if not self.files.may_leave():
            event.ignore()
            return
        self._closed = True
        self._keep_layout()
        self.state.settings.sync()
        self.running.stop()
        if self.journal is not None:
            self.journal.close()
        self.state.close()
        self.canvas.board.close()
        event.accept()

    def _keep_layout(self) -> None:
        self.state.settings.keep_window(self.saveGeometry(), self.saveState())


def _app() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


def translate_qt(app: QApplication, name: Language) -> None:
    """Qt's own dialogs in the same language."""
    from PySide6.QtCore import QLibraryInfo, QTranslator

    old = app.property("translator")
    if isinstance(old, QTranslator):
        app.removeTranslator(old)
    made = QTranslator(app)
    if made.load(f"qtbase_{name}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(made)
    app.setProperty("translator", made)
