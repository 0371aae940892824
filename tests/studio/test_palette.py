"""The palette: found by words in both languages, folded by groups, offered where it can stand."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.specs.registry import default_registry
from studio.canvas.kinds import offered, ranked
from studio.panels.palette import PalettePanel
from studio.state import Selection
from tests.studio.desk import shown_panel


def test_the_palette_finds_in_both_languages_and_adds(qtbot, state):
    panel = shown_panel(qtbot, PalettePanel(state))
    everything = panel.hits()
    assert "dense" in everything and "cell_input" not in everything
    QTest.keyClicks(panel.search, "perdida")
    assert {"mse", "bce"} & set(panel.hits())
    panel.search.clear()
    QTest.keyClicks(panel.search, "lstm")
    with qtbot.waitSignal(panel.chosen) as told:
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert told.args == ["lstm"]
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.hits() == everything


def test_inside_a_cell_its_doors_are_offered(qtbot, state):
    panel = shown_panel(qtbot, PalettePanel(state))
    state.select(Selection(("memory",)))
    assert "cell_input" in panel.hits()


def test_a_group_of_the_palette_folds_and_a_search_looks_into_it(qtbot, state):
    panel = shown_panel(qtbot, PalettePanel(state))
    head = next(g for g in panel._groups() if g.text(0) == "Cells")
    panel.tree.itemClicked.emit(head, 0)
    assert not head.isExpanded() and state.settings.folded == ("cell",)
    QTest.keyClicks(panel.search, "lstm")
    assert head.isExpanded() and panel.hits()[:1] == ["lstm"]
    panel.search.clear()
    assert not head.isExpanded()
    panel.tree.itemClicked.emit(head, 0)
    assert head.isExpanded() and state.settings.folded == ()


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("atenc", "attention"), ("eco", "esn"), ("reservoir", "esn"), ("relojeria", "clockwork"), ("clockwork", "clockwork"),
        ("fuga", "leaky"), ("profesor", "teacher"), ("forcing", "teacher"), ("weight tying", "tied"), ("ventana", "tdnn"),
        ("liquido", "liquid_binary"), ("spik", "liquid_lif"), ("atajo", "shortcut"), ("word2vec", "embedding"),
        ("bidirec", "reverse"), ("retardo", "rnn_delay"),
    ],
)  # fmt: skip
def test_what_the_lectures_call_it_finds_it(typed, kind):
    registry = default_registry()
    assert kind in [s.kind for s in ranked(offered(registry, True), typed)][:4]
