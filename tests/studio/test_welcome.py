"""The welcome page: there before anything heavy, found through by words and groups, left by key, mouse or work."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.graph.model import Graph
from core.project.document import Document
from core.project.file import save_project
from core.project.gallery import HOME, gallery
from core.project.journal import Journal
from core.project.owner import LOCK
from core.project.recovery import lost
from core.words import Text, say
from studio.app import make_app, open_window
from studio.welcome.cards import ENTRY, PICTURE, SHOWS
from studio.welcome.door import first
from studio.welcome.thumbnails import Thumbnails
from tests.studio.desk import child, close, hello, settings_in, type_into

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def desk(one):
    """The same window for all tests, on the small project."""
    one.set_language("en") if one.menuBar().actions()[0].text() != "&File" else None
    one.door.leave()
    one.state.session.new(hello())
    return one


@pytest.fixture
def page(desk, qtbot):
    desk.act("welcome")
    made = desk.door.page
    qtbot.waitUntil(lambda: made.learn.cards.count() > 0, timeout=20_000)
    return made


def names(page) -> list[str]:
    return [item.data(ENTRY).name for item in page.learn.cards.items_()]


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)


def test_a_first_start_shows_the_page_and_a_later_one_what_was_open(qtbot, tmp_path):
    app = make_app()
    window = open_window(app, settings_in(tmp_path))
    window.show()
    assert window.door.page is not None and window.door.page.isVisible()
    close(window, app)
    assert first(None, reopened=False, always=False)
    assert not first(None, reopened=True, always=False)
    assert first(None, reopened=True, always=True)
    assert not first(Path("mine.unfold"), reopened=True, always=True)


def test_every_project_is_there_with_a_picture_of_itself(page, qtbot):
    cards = page.learn.cards
    assert set(names(page)) == {p.name for p in gallery()}
    qtbot.waitUntil(lambda: isinstance(cards.item(0).data(PICTURE), QImage), timeout=20_000)
    first_, second = (cards.item(i).data(PICTURE) for i in (0, 2))
    assert first_ != second, "each is drawn from its own project"
    assert len({first_.pixelColor(x, 50).name() for x in range(0, first_.width(), 3)}) > 5
    assert cards.item(cards.count() - 1).data(PICTURE) is None, "what cannot be seen yet is not drawn yet"


def test_a_picture_is_drawn_once_for_what_a_file_holds(desk, qtbot, tmp_path):
    folder = tmp_path / "pictures"
    got = []
    file = tmp_path / "mine.unfold"
    file.write_bytes((HOME / "hello.unfold").read_bytes())

    def ask() -> QImage:
        Thumbnails(desk.state, folder, 1.0, desk).ask(file, None, got.append)
        before = len(got)
        qtbot.waitUntil(lambda: len(got) > before)
        return got[-1]

    drawn = ask()
    kept = list(folder.iterdir())
    assert len(kept) == 1
    stamp = kept[0].stat().st_mtime_ns
    assert ask() == drawn and kept[0].stat().st_mtime_ns == stamp
    file.write_bytes((HOME / "dates.unfold").read_bytes())
    assert ask() != drawn
    assert len(list(folder.iterdir())) == 2
    file.write_text("{broken")
    Thumbnails(desk.state, folder, 1.0, desk).ask(file, None, got.append)
    qtbot.wait(50)
    assert len(got) == 3, "a file that cannot be read has no picture"


def test_words_and_groups_narrow_and_ids_are_told(page, qtbot):
    learn = page.learn
    everything = names(page)
    QTest.keyClicks(learn.search, "attention dates")
    assert names(page) == ["dates-attention"]
    assert "attention" in learn._systems.text() and "B12" not in learn._systems.text()
    QTest.keyClicks(learn.search, "zzz")
    assert names(page) == [] and learn._none.isVisible() and not learn.start.isEnabled()
    QTest.keyClick(learn.search, Qt.Key.Key_Escape)
    assert names(page) == everything
    cells = next(c for c in learn.chips.buttons() if c.property("group") == "A")
    click(cells)
    assert 0 < len(names(page)) < len(everything)
    at = learn.which.findData("A15")
    assert "tree" in learn.which.itemText(at)
    learn.which.setFocus()
    QTest.keyClick(learn.which, Qt.Key.Key_End)
    learn.which.setCurrentIndex(at)
    assert set(names(page)) == {p.name for p in gallery() if "A15" in p.project.systems}


def test_enter_in_the_search_begins_with_the_hit(desk, page, qtbot):
    type_into(page.learn.search, "latch one bit")
    assert desk.door.page is None
    assert "latch" in say(desk.state.document.project.title).lower()
    assert not desk.docks["guide"].isHidden()


def test_a_name_typed_in_full_is_chosen_and_the_cards_say_names(page):
    for typed in ("digit-names", "dates"):
        QTest.keyClicks(page.learn.search, typed)
        assert page.learn.cards.chosen().name == typed
        assert page.learn.cards.currentItem().data(SHOWS).startswith(typed + " · ")
        page.learn.search.clear()


def test_the_button_begins_with_the_chosen_card(desk, page, qtbot):
    cards = page.learn.cards
    click_at = cards.visualItemRect(cards.item(1)).center()
    QTest.mouseClick(cards.viewport(), LEFT, NONE, click_at)
    wanted = cards.item(1).data(ENTRY).project
    click(page.learn.start)
    assert desk.state.document.project == wanted


def test_escape_leads_to_the_canvas_and_nothing_has_changed(desk, page, qtbot):
    before = desk.state.document.project
    page.learn.cards.setFocus()
    QTest.keyClick(page.learn.cards, Qt.Key.Key_Escape)
    assert desk.door.page is None
    assert desk.state.document.project is before
    assert desk.canvas.view.hasFocus() or not desk.isActiveWindow()


def test_nothing_trains_that_cannot_be_seen(desk, page, qtbot):
    train = desk.actions_["train"]
    assert not train.isEnabled() and not desk.go.isEnabled()
    assert "behind this page" in train.toolTip()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert train.isEnabled() and desk.go.isEnabled()


def test_tab_stays_on_the_page_both_ways(page, qtbot):
    page.window().activateWindow()
    page.learn.search.setFocus()
    qtbot.waitUntil(page.learn.search.hasFocus)
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        seen = []
        for _ in range(24):
            QTest.keyClick(QApplication.focusWidget(), key)
            seen.append(QApplication.focusWidget())
        assert all(page.isAncestorOf(w) for w in seen), [w for w in seen if not page.isAncestorOf(w)]
        assert {page.learn.search, page.learn.cards, page.begin.always} <= set(seen)
        assert all(w.accessibleName() or w.text() for w in seen), [w for w in seen if not w.accessibleName()]


def test_a_recent_project_opens_by_a_click(desk, qtbot, tmp_path):
    path = tmp_path / "mine.unfold"
    save_project(hello(), path)
    desk.state.settings.add_recent(path)
    desk.act("welcome")
    recent = desk.door.page.begin.recent
    QTest.mouseClick(recent.viewport(), LEFT, NONE, recent.visualItemRect(recent.item(0)).center())
    assert desk.state.document.path == path
    assert desk.door.page is None


def test_an_empty_canvas_to_draw_on(desk, page, qtbot):
    click(child(page, "begin-new"))
    assert desk.door.page is None
    assert desk.state.document.graph == Graph()


def test_lost_work_is_offered_on_the_page(desk, page, qtbot, tmp_path):
    root = tmp_path / "recovery"
    for title in ("One", "Two"):
        document = Document(hello())
        journal = Journal(document, root)
        document.apply(Text(title, title), Graph())
        lock = journal.folder / LOCK
        lock.write_text(json.dumps({**json.loads(lock.read_text()), "boot": "another"}))
    desk.survival.keep(root)
    assert not desk.findChildren(QWidget, "recovery"), "no second question over the page"
    assert len(lost(root)) == 2
    click(child(page, "discard"))
    assert len(lost(root)) == 1
    qtbot.wait(20)
    click(child(page, "restore"))
    assert desk.state.document.graph == Graph() and desk.isWindowModified()
    assert desk.door.page is None and not lost(root)


def test_the_page_follows_language_and_theme(desk, page, qtbot):
    desk.act("spanish")
    again = desk.door.page
    assert again is not None and again is not page
    assert child(again, "begin-text").text().startswith("Entrenar")
    desk.act("theme")
    assert desk.door.page is not None and desk.state.tokens.name == "light"


def test_the_page_covers_what_lies_behind(desk, page, qtbot):
    desk.resize(1100, 720)
    QApplication.processEvents()
    assert page.geometry().bottom() >= desk.height() - 2 and page.width() == desk.width()
    assert page.geometry().top() >= desk.toolbar.geometry().bottom()
    middle = desk.canvas.mapTo(desk, desk.canvas.rect().center())
    assert page.isAncestorOf(desk.childAt(middle))


def test_a_project_that_is_opened_is_seen_whole(desk, page, qtbot):
    desk.canvas.view.set_zoom(2.5)
    type_into(page.learn.search, "adding gru")

    def whole() -> bool:
        view = desk.canvas.view
        return view.shown().contains(desk.canvas.board.scene.content().adjusted(8, 8, -8, -8))

    qtbot.waitUntil(whole)
