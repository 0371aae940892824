"""Everything by its name, keys of one's own, layouts by name, and the licences of all that is stood upon."""

import re
from importlib.metadata import distribution

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QInputDialog, QMenu
from shiboken6 import isValid

from studio import shortcuts
from studio.actions import ROWS
from studio.libraries import libraries
from studio.panels.about import AboutDialog
from studio.panels.commands import CommandPalette, entries, ranked
from studio.panels.keys import ShortcutEditor
from studio.settings import Settings
from tests.studio.desk import child, hello

LEFT, CTRL, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(one):
    one.state.session.new(hello())
    one.activateWindow()
    QTest.qWaitForWindowActive(one)
    yield one
    for action in one.commands():
        shortcuts.reset(action, one.state.settings)


def palette(desk, qtbot) -> CommandPalette:
    QTest.keyClick(desk, Qt.Key.Key_P, CTRL | SHIFT)
    qtbot.waitUntil(lambda: bool(desk.findChildren(CommandPalette)))
    return desk.findChildren(CommandPalette)[-1]


def test_the_palette_knows_every_entry_of_every_menu(desk):
    known = {e.action.objectName() for e in entries(desk)}
    assert {row.id for row in ROWS} <= known
    assert {a.objectName() for a in desk.canvas.actions().values() if a.property("menu")} <= known
    titles = [e.title for e in entries(desk)]
    assert "View › Panels › Guide" in titles and "Edit › Arrange › Group into a cell" in titles
    assert any(t.startswith("View › Layouts ›") for t in titles), "menus that are filled when they open"


def test_words_of_either_language_and_what_can_be_done_comes_first(desk):
    def first(text: str) -> str:
        return ranked(entries(desk), text)[0].action.objectName()

    assert first("group cell") == "canvas.pack"
    assert first("agrupar") == "canvas.pack"
    assert first("spanish") == first("español") == "spanish"
    assert first("ctrl+g") == "canvas.pack"
    can = [e.action.isEnabled() for e in ranked(entries(desk), "")]
    assert can == sorted(can, reverse=True)
    assert ranked(entries(desk), "zzzz") == []


def test_typing_and_enter_do_it(desk, qtbot):
    found = palette(desk, qtbot)
    QTest.keyClicks(found.line, "light dark theme")
    assert not found.found()
    found.line.clear()
    QTest.keyClicks(found.line, "select all")
    assert found.found()[0].action.objectName() == "canvas.select_all"
    QTest.keyClick(found.line, Qt.Key.Key_Return)
    everything = set(desk.state.document.graph.nodes)
    qtbot.waitUntil(lambda: desk.canvas.board.scene.picked.nodes == everything)


def test_arrows_move_and_escape_leaves(desk, qtbot):
    before = desk.state.document.project
    found = palette(desk, qtbot)
    QTest.keyClicks(found.line, "zoom")
    assert found.list.currentRow() == 0
    QTest.keyClick(found.line, Qt.Key.Key_Down)
    assert found.list.currentRow() == 1
    QTest.keyClick(found.line, Qt.Key.Key_Up)
    QTest.keyClick(found.line, Qt.Key.Key_Up)
    assert found.list.currentRow() == found.list.count() - 1
    QTest.keyClick(found.line, Qt.Key.Key_Escape)  # clears the words
    QTest.keyClick(found.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not desk.findChildren(CommandPalette))
    assert desk.state.document.project is before


def test_what_cannot_be_done_now_says_so_and_stays(desk, qtbot):
    found = palette(desk, qtbot)
    QTest.keyClicks(found.line, "pause after this step")
    item = found.list.item(0)
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == "Pause: no training is running."
    QTest.keyClick(found.line, Qt.Key.Key_Return)
    assert found.isVisible() and desk.bar.currentMessage() == "Pause: no training is running."
    found.close()


def test_another_theme_or_language_leaves_no_list_of_commands_that_are_gone(desk, qtbot):
    palette(desk, qtbot)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_T, CTRL | SHIFT)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    (found,) = desk.findChildren(CommandPalette)
    QTest.keyClicks(found.line, "theme")
    assert found.found() and QApplication.focusWidget() is found.line
    desk.set_theme("dark")
    desk.dialogs.compare()
    desk.set_language("es")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    titles = [d.windowTitle() for d in desk.findChildren(QDialog, "compare")]
    desk.set_language("en")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for left in (*desk.findChildren(QDialog, "compare"), *desk.findChildren(CommandPalette)):
        left.close()
    assert titles == ["Comparar ejecuciones"]


def test_a_menu_that_is_filled_meanwhile_takes_its_commands_along(desk, qtbot):
    found = palette(desk, qtbot)
    QTest.keyClicks(found.line, "as at the beginning")
    assert len(found.found()) == 1
    layouts = next(m for m in desk.menuBar().findChildren(QMenu) if m.title() == "Layouts")
    layouts.aboutToShow.emit()
    QTest.keyClick(found.line, Qt.Key.Key_Return)
    QTest.keyClick(found.line, Qt.Key.Key_Backspace)
    assert found.isVisible() and not found.found()
    found.close()


# --- keys ---


@pytest.fixture
def editor(desk, qtbot):
    desk.act("edit_keys")
    made = desk.findChildren(ShortcutEditor)[-1]
    yield made
    if isValid(made):
        made.close()
    qtbot.waitUntil(lambda: not desk.findChildren(ShortcutEditor))


def choose(editor: ShortcutEditor, text: str) -> QAction:
    editor.search.clear()
    QTest.keyClicks(editor.search, text)
    left = [i for i in editor._items() if not i.isHidden()]
    editor.list.setCurrentItem(left[0])
    return editor.chosen()


def press(editor: ShortcutEditor, key: Qt.Key, keys: Qt.KeyboardModifier) -> None:
    editor.key.setFocus()
    QTest.keyClick(editor.key, key, keys)


def test_new_keys_do_it_and_are_kept(desk, editor, qtbot):
    action = choose(editor, "compare runs")
    press(editor, Qt.Key.Key_F9, SHIFT)
    assert editor.told.text() == ""
    QTest.mouseClick(editor.set_button, LEFT)
    assert shortcuts.keys_of(action) == "Shift+F9"
    assert "Shift+F9" in action.toolTip()
    done = []
    action.triggered.connect(lambda: done.append(1))
    editor.close()
    desk.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is desk)
    QTest.keyClick(desk, Qt.Key.Key_F9, SHIFT)
    qtbot.waitUntil(lambda: bool(done))
    child(desk, "compare").close()
    desk.state.settings.sync()
    again = Settings(desk.state.settings.file)
    assert again.keys == {"compare": "Shift+F9"}
    desk.set_language("es")
    try:
        assert shortcuts.keys_of(desk.actions_["compare"], native=False) == "Shift+F9", (
            "also in a window that was built anew"
        )
    finally:
        desk.set_language("en")


def test_a_conflict_is_told_and_the_other_gives_way(desk, editor):
    action = choose(editor, "compare runs")
    press(editor, Qt.Key.Key_D, CTRL)
    assert "Duplicate" in editor.told.text() and "Ctrl+D" in editor.told.text()
    QTest.mouseClick(editor.set_button, LEFT)
    other = desk.canvas.actions()["duplicate"]
    assert shortcuts.keys_of(other) == "" and shortcuts.keys_of(action) == "Ctrl+D"
    everyone = [k.toString() for a in desk.commands() for k in a.shortcuts()]
    assert len(everyone) == len(set(everyone))
    choose(editor, "duplicate")
    assert editor.chosen() is other
    QTest.mouseClick(editor.back_button, LEFT)
    assert shortcuts.keys_of(other) == "Ctrl+D" and shortcuts.keys_of(action) == ""


def test_one_of_several_keys_is_taken_and_the_others_stay(desk):
    redo, settings = desk.actions_["redo"], desk.state.settings
    both = {k.toString() for k in redo.shortcuts()}
    assert len(both) == 2
    shortcuts.take(QKeySequence("Ctrl+Y"), redo, settings)
    assert [k.toString() for k in redo.shortcuts()] == ["Ctrl+Shift+Z"]
    shortcuts.reset(redo, settings)
    assert {k.toString() for k in redo.shortcuts()} == both and settings.keys == {}


def test_no_keys_and_all_back(desk, editor, qtbot):
    action = choose(editor, "find a node")
    QTest.mouseClick(editor.none_button, LEFT)
    assert shortcuts.keys_of(action) == ""
    assert desk.state.settings.keys == {action.objectName(): ""}
    for one_ in desk.commands():
        shortcuts.reset(one_, desk.state.settings)
    assert desk.state.settings.keys == {} and shortcuts.keys_of(action)


def test_settings_keep_any_name(tmp_path):
    settings = Settings(tmp_path / "studio.ini")
    odd = {"a/b=c;d": "Ctrl+,", 'x "y" \\ é': "Ctrl+;, Ctrl+=", "none": ""}
    settings.keys = odd
    settings.sync()
    assert Settings(tmp_path / "studio.ini").keys == odd


# --- layouts ---


def test_a_layout_is_saved_had_back_and_thrown_away(desk, qtbot, monkeypatch):
    settings = desk.state.settings
    desk.docks["palette"].hide()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("  No palette & wide ", True))
    by_title = {e.title: e.action for e in entries(desk)}
    by_title["View › Layouts › Save as …"].trigger()
    assert list(settings.layouts) == ["No palette & wide"]
    desk.docks["palette"].show()
    desk.docks["guide"].hide()
    again = next(e for e in entries(desk) if e.title.startswith("View › Layouts › No palette"))
    again.action.trigger()
    assert desk.docks["palette"].isHidden() and not desk.docks["guide"].isHidden()
    next(e for e in entries(desk) if e.title == "View › Layouts › As at the beginning").action.trigger()
    assert not desk.docks["palette"].isHidden()
    next(e for e in entries(desk) if e.title.startswith("View › Layouts › Throw away ›")).action.trigger()
    assert settings.layouts == {}


# --- about ---


def test_every_required_library_is_there_with_its_licence():
    found = {re.sub(r"[-_.]+", "-", one.name).lower(): one for one in libraries()}
    direct = [r for r in distribution("unfold-studio").requires or () if "extra" not in r]
    for line in direct:
        name = re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", line)[0]).lower()
        assert name in found, name
        assert found[name].version
    assert "sympy" in found, "what torch requires is stood upon too"
    assert "pytest" not in found
    assert all(one.licence for one in found.values() if one.name in ("torch", "numpy", "pyqtgraph", "matplotlib"))
    assert "Redistribution" in found["numpy"].text()


def test_a_licence_is_read_by_choosing(desk, qtbot):
    desk.act("about")
    dialog = desk.findChildren(AboutDialog)[-1]
    at = next(i for i in range(dialog.list.topLevelItemCount()) if dialog.list.topLevelItem(i).text(0) == "networkx")
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    dialog.list.setFocus()
    qtbot.waitUntil(dialog.list.hasFocus)
    dialog.list.setCurrentItem(dialog.list.topLevelItem(at - 1))
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert "NetworkX Developers" in dialog.text.toPlainText()
    dialog.accept()
    dialog.deleteLater()
    QApplication.processEvents()
