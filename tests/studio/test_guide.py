"""Pages in the window: prose and equations in both languages, the gallery that lists them, the guide beside the canvas."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.project.document import Document
from core.project.gallery import gallery, origin, shipped
from core.project.model import Project
from core.words import Text, set_language
from studio.panels.gallery import GalleryDialog
from studio.panels.guide import full_page, page_of
from studio.panels.named import linked, meant
from studio.panels.page import PageView, prepared
from tests.studio.desk import child, open_desk, state_of


@pytest.fixture
def desk(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        yield window


def test_prose_and_equations_are_parted():
    page = prepared("a $x_t$ b\n\n$$y = \\sum x$$\n\nend $5")
    assert page.equations == ("x_t", "y = \\sum x") and page.alone == {1}
    assert "a ![f](equation:0) b" in page.markdown and "end $5" in page.markdown


def test_a_page_shows_its_equations_and_fits_them_into_a_narrow_one(qtbot, tmp_path):
    state = state_of(qtbot, tmp_path)
    view = PageView(state.tokens, state.background)
    view.resize(900, 700)
    view.show()
    view.show_page(full_page(shipped("lstm-drawn")))
    assert "tanh" in view.toPlainText(), "until it is drawn, an equation is there as it was written"
    qtbot.waitUntil(lambda: view.drawn == len(prepared(full_page(shipped("lstm-drawn"))).equations), timeout=20_000)
    assert "\\tanh" not in view.toPlainText() and view.toPlainText().count("\ufffc") == view.drawn
    wide = view.document().size().height()
    view.resize(280, 700)
    QApplication.processEvents()
    assert view.document().idealWidth() <= 280 and view.document().size().height() > wide
    view.close()


def test_html_and_links_of_a_page_are_words(qtbot, tmp_path):
    state = state_of(qtbot, tmp_path)
    view = PageView(state.tokens, state.background)
    view.show_page("<script>x</script> ![p](file:///etc/passwd) $\\nonsense{$")
    assert "<script>" in view.toPlainText()
    assert view.loadResource(2, QUrl("file:///etc/passwd")) is None
    QApplication.processEvents()


def test_a_project_is_known_again_after_it_was_changed():
    project = shipped("hello").project
    changed = replace(project, training=replace(project.training, steps=1))
    entry = origin(changed)
    assert entry is not None and entry.name == "hello"
    assert origin(Project(title=Text("mine", "mío"))) is None and origin(Project()) is None
    assert page_of(Project(notes=Text("a note", "una nota"))) == "a note"


def test_the_guide_follows_project_and_language(desk, qtbot):
    desk.show_panel("guide")
    guide = desk.docks["guide"].widget()
    qtbot.waitUntil(guide.isVisible)
    assert "What to look at" in guide.view.toPlainText()
    desk.set_language("es")
    desk.show_panel("guide")
    guide = desk.docks["guide"].widget()
    qtbot.waitUntil(lambda: "Qué mirar" in guide.view.toPlainText(), timeout=5000)
    desk.state.session.new(Project())
    desk.state.project_changed.emit(None)
    assert guide._stack.currentWidget() is guide._empty
    set_language("en")


def gallery_of(desk, qtbot) -> GalleryDialog:
    """Open, and with the keys: until a dialog is the active window, Return belongs to the canvas."""
    desk.dialogs.gallery()
    dialog = child(desk, "gallery")
    assert isinstance(dialog, GalleryDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_the_gallery_lists_every_project_by_what_it_shows_and_finds_it(desk, qtbot):
    dialog = gallery_of(desk, qtbot)
    names = {item.data(0, 256).name for item in dialog.entries()}
    assert names == {p.name for p in gallery()}
    for item in dialog.entries():
        dialog.list.setCurrentItem(item)
        assert dialog.page.toPlainText() and dialog._facts.text() and dialog._systems.text()
    dialog.search.setText("unrolled nonsense")
    assert not dialog.open_button.isEnabled()
    dialog.search.setText("d13")
    left = [i for i in dialog.entries() if not i.isHidden()]
    assert left and all("D13" in i.data(0, 256).project.systems for i in left)
    chosen = dialog.list.currentItem()
    assert chosen in left
    title = chosen.data(0, 256).project.title
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert desk.state.document.project.title == title
    assert desk.docks["guide"].isVisible()
    assert isinstance(desk.state.document, Document)


@pytest.mark.parametrize("typed", ["dates", "digit-names", "Digit Names", "latch", "Character language"])
def test_a_name_or_title_is_what_enter_opens(desk, qtbot, typed):
    dialog = gallery_of(desk, qtbot)
    QTest.keyClicks(dialog.search, typed)
    item = dialog.list.currentItem()
    wanted = {"Character language": "char-lm"}.get(typed, typed.lower().replace(" ", "-"))
    assert item.text(1) == wanted, "the list says the name that the command line and the pages use"
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert desk.state.document.project.title == shipped(wanted).project.title


def test_the_beginning_of_a_name_comes_before_words_elsewhere(desk, qtbot):
    dialog = gallery_of(desk, qtbot)
    QTest.keyClicks(dialog.search, "tree")
    assert dialog.list.currentItem().text(1).startswith("tree")


def click_on(view: PageView, words: str) -> None:
    """Press on the first place in the page where these words stand, after the title."""
    cursor = view.document().find(words, 10)
    assert not cursor.isNull()
    cursor.setPosition(cursor.selectionStart() + 1)
    view.setTextCursor(cursor)
    view.ensureCursorVisible()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.cursorRect(cursor).center())


def test_a_chart_that_the_guide_names_opens_by_a_click(desk, qtbot):
    desk.begin_with(shipped("vanishing").project)
    view = desk.docks["guide"].widget().view
    qtbot.waitUntil(view.isVisible)
    for words, kind in (("Eigenvalues", "eigenvalues"), ("Memory of a loop", "jacobian_product")):
        assert kind not in [s.kind for s in desk.watch.slots_]
        desk.show_panel("problems")
        click_on(view, words)
        slot = next(s for s in desk.watch.slots_ if s.kind == kind)
        qtbot.waitUntil(slot.isVisible)
    count = len(desk.watch.slots_)
    for words in ("Values over time", "Gradient flow", "Contributions to dL/dW"):
        click_on(view, words)
    assert len(desk.watch.slots_) <= max(
        count, desk.watch.width() // 260
    )  # what has no room takes the last one's place
    assert desk.watch.slots_[-1].kind == "contributions"
    desk.begin_with(shipped("char-lm").project)
    click_on(view, "Samples")
    qtbot.waitUntil(desk.samples.isVisible)


def test_links_are_underlined_and_found_over_the_end_of_a_line(desk, qtbot):
    page = linked("see *Singular values\nof a step* and *Loss*", desk.state.registry)
    view = desk.docks["guide"].widget().view
    view.show_page(page)
    block = view.document().begin()
    parts = [f for f in (it.fragment() for it in block) if f.isValid() and f.charFormat().isAnchor()]
    assert [meant(f.charFormat().anchorHref())[0] for f in parts] == ["jacobian_values", "loss"]
    assert all(f.charFormat().fontUnderline() for f in parts), "colour alone says nothing"


def test_a_stranger_s_link_leads_nowhere(desk, qtbot):
    guide = desk.docks["guide"].widget()
    asked = []
    for signal in (guide.chart_wanted, guide.panel_wanted):
        signal.connect(lambda *said: asked.append(said))
    for link in ("panel:nope", "chart:nope", "chart:", "panel:", "file:///etc/passwd", "https://example.org", "nope"):
        guide.view.anchorClicked.emit(QUrl(link))
    assert asked == []
    guide.view.anchorClicked.emit(QUrl("chart:metrics/nope"))
    assert asked == [("metrics", "nope")] and desk.watch.slots_
