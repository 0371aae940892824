"""The inspector: a form from the spec, edits that are one undo step each, pages that follow what is selected."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from core.data.dataset import DATA_GROUPS
from core.graph.codec import read_graph, write_graph
from core.graph.edit import add_node, connect, put_node, rename, set_edge
from core.graph.model import Graph, Node, Port, frozen
from core.graph.pack import pack
from core.project.model import DataChoice, Project
from core.specs.params import ParamSpec
from core.specs.registry import default_registry
from core.train.groups import GROUPS, grouped
from core.train.settings import FIELDS
from core.words import Text, say, set_language
from studio.inspector.editors import number_text, read_number, stepped
from studio.inspector.equation import equation_svg
from studio.inspector.node import NodePage
from studio.inspector.panel import InspectorPanel
from studio.inspector.wire import WirePage
from studio.state import Selection
from tests.studio.desk import child, type_into

WHOLE = ParamSpec("n", "int", 3, Text("n", "n"), minimum=1, maximum=10_000_000)
SHARE = ParamSpec("p", "float", 0.5, Text("p", "p"), minimum=0.0, maximum=1.0)
RATE = ParamSpec("r", "float", 1e-3, Text("r", "r"), minimum=0.0, maximum=1e3)


@pytest.fixture
def panel(qtbot, state):
    made = InspectorPanel(state)
    made.resize(340, 800)
    qtbot.addWidget(made)
    made.show()
    return made


def pick(qtbot, state, panel, kind: str) -> str:
    """Select the first node of a kind."""
    id = next(n.id for n in state.document.graph.nodes.values() if n.kind == kind)
    state.select(Selection((), (id,)))
    qtbot.waitUntil(lambda: isinstance(panel.page, NodePage) and panel.page.path == (id,))
    return id


@pytest.mark.parametrize(
    ("text", "spec", "value"),
    [
        ("12", WHOLE, 12), ("1e3", WHOLE, 1000), ("1.5", WHOLE, None), ("0", WHOLE, None), ("x", WHOLE, None),
        ("", WHOLE, None), ("inf", RATE, None), ("nan", RATE, None), ("0,25", SHARE, 0.25), ("1.01", SHARE, None),
        (" 2e-4 ", RATE, 2e-4), ("-1", RATE, None),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_or_refused(text, spec, value):
    assert read_number(text, spec) == value


@pytest.mark.parametrize(
    ("value", "spec", "up", "new"),
    [
        (3, WHOLE, True, 4), (1, WHOLE, False, 1), (0.5, SHARE, True, 0.55), (1.0, SHARE, True, 1.0),
        (1e-3, RATE, True, 2e-3), (2e-3, RATE, True, 5e-3), (5e-3, RATE, True, 1e-2), (1e-3, RATE, False, 5e-4),
        (3e-3, RATE, False, 2e-3), (0.0, RATE, True, 0.01), (1000.0, RATE, True, 1000.0),
    ],
)  # fmt: skip
def test_arrow_keys_step_by_the_kind_of_number(value, spec, up, new):
    assert stepped(value, spec, up, big=False) == pytest.approx(new)


@pytest.mark.parametrize("value", [0, 7, 0.001, 1e-7, 123456.75, 2.5e20, 1 / 3])
def test_a_number_reads_back_as_it_is_written(value):
    spec = ParamSpec("x", "float", 0.0, Text("x", "x"))
    assert read_number(number_text(value), spec) == pytest.approx(value, rel=1e-5)


def test_there_is_an_editor_for_every_parameter_of_every_node(qtbot, state, panel):
    for spec in default_registry().nodes.values():
        graph = add_node(Graph(), Node("it", spec.kind))
        state.document.apply(Text("x", "x"), graph)
        state.select(Selection((), ("it",)))
        panel.refresh()
        page = panel.page
        assert isinstance(page, NodePage)
        assert (page._form.names() if page._form else ()) == tuple(
            sorted((p.name for p in spec.params), key=lambda n: next(p.advanced for p in spec.params if p.name == n))
        )


def test_typing_a_number_is_one_undo_step_and_keeps_the_form(qtbot, state, panel):
    id = pick(qtbot, state, panel, "dense")
    page, before = panel.page, state.document.graph
    type_into(child(page, "edit-units"), "17")
    assert state.document.graph.nodes[id].params["units"] == 17
    qtbot.wait(20)
    assert panel.page is page
    line = child(page, "edit-units")
    QTest.keyClick(line, Qt.Key.Key_Up)
    QTest.keyClick(line, Qt.Key.Key_Up)
    assert state.document.graph.nodes[id].params["units"] == 19
    state.document.undo()
    assert state.document.graph == before
    qtbot.waitUntil(
        lambda: line.text() == number_text(before.nodes[id].params.get("units", page.spec.param("units").default))
    )


def test_a_wrong_number_is_marked_and_never_reaches_the_document(qtbot, state, panel):
    pick(qtbot, state, panel, "dense")
    before = state.document.graph
    line = child(panel.page, "edit-units")
    type_into(line, "-3")
    assert line.property("state") == "bad"
    assert state.document.graph is before
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.property("state") == ""


def test_what_is_being_typed_stays_when_the_check_answers(qtbot, state, panel):
    id = pick(qtbot, state, panel, "dense")
    panel.activateWindow()
    QTest.qWaitForWindowActive(panel)
    for name, typed in (("edit-units", "31"), ("title", "my lay")):
        line = child(panel.page, name)
        line.setFocus()
        line.selectAll()
        panel.refresh()
        assert line.hasSelectedText() or not line.text()
        QTest.keyClicks(line, typed)
        state.found.emit(state.verdict)
        panel.refresh()
        assert line.text() == typed
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert (state.document.graph.nodes[id].params["units"], state.document.graph.nodes[id].title) == (31, "my lay")


def test_reset_takes_the_value_away(qtbot, state, panel):
    id = pick(qtbot, state, panel, "dense")
    type_into(child(panel.page, "edit-units"), "33")
    qtbot.waitUntil(lambda: not panel.page.findChild(object, "reset-units").isHidden())
    QTest.mouseClick(child(panel.page, "reset-units"), Qt.MouseButton.LeftButton)
    assert "units" not in state.document.graph.nodes[id].params


def test_choice_and_flag_are_set_by_the_mouse_and_the_keys(qtbot, state, panel):
    id = pick(qtbot, state, panel, "dense")
    box = child(panel.page, "edit-bias")
    assert isinstance(box, QCheckBox)
    was = box.isChecked()
    box.click()
    assert state.document.graph.nodes[id].params.get("bias", True) is not was
    combo = child(panel.page, "edit-init")
    assert isinstance(combo, QComboBox)
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert state.document.graph.nodes[id].params["init"] == combo.currentData()


def test_fields_of_the_data_are_offered(qtbot, state, panel):
    pick(qtbot, state, panel, "target")
    combo = child(panel.page, "edit-field")
    assert isinstance(combo, QComboBox)
    offered = [combo.itemData(i) for i in range(combo.count())]
    assert offered == ["", *(f.name for f in state.verdict.fields.items)]
    (answer,) = [f.name for f in state.verdict.fields.items if f.target]
    assert combo.itemText(0) == f"{answer} · the only one that fits"


def test_a_title_is_plain_text_and_can_be_undone(qtbot, state, panel):
    id = pick(qtbot, state, panel, "dense")
    type_into(child(panel.page, "title"), "<b>mine</b>")
    assert state.document.graph.nodes[id].title == "<b>mine</b>"
    state.document.undo()
    assert state.document.graph.nodes[id].title == ""


def test_ports_show_shapes_and_the_facts_count_parameters(qtbot, state, panel):
    id = pick(qtbot, state, panel, "dense")
    shapes = panel.page._shapes
    assert shapes["out", "y"] == state.checked.ports[(id,), "y"].show()
    weights = [w for w in state.program.weights if w.path == (id,)]
    expected = sum(w.shape[0] * (w.shape[1] if len(w.shape) > 1 else 1) for w in weights)
    assert str(expected) in panel.page._facts.text().replace("\u202f", "")


def test_the_equation_of_every_node_can_be_drawn():
    for spec in default_registry().nodes.values():
        if spec.equation:
            svg = equation_svg(spec.equation, "#112233")
            assert svg.startswith(b"<svg") and b"#112233" in svg, spec.kind


def test_problems_at_the_node_are_mended_in_place(qtbot, state, panel):
    graph = state.document.graph
    loop = Graph()
    for id in ("a", "b"):
        loop = add_node(loop, Node(id, "tanh"))
    loop = connect(connect(loop, Port("a", "y"), Port("b", "x")), Port("b", "y"), Port("a", "x"))
    both = Graph(
        frozen({**graph.nodes, **loop.nodes}),
        frozen({**graph.edges, **{f"l{e.id}": replace(e, id=f"l{e.id}") for e in loop.edges.values()}}),
    )
    state.document.apply(Text("Loop", "Ciclo"), both)
    qtbot.waitUntil(lambda: any(p.fixes for p in state.checked.problems), timeout=10_000)
    problem = next(p for p in state.checked.problems if p.fixes)
    state.select(Selection((), (problem.where.path[0],)))
    qtbot.waitUntil(lambda: isinstance(panel.page, NodePage) and panel.page.findChild(object, "fix") is not None)
    steps = len(state.document.history)
    QTest.mouseClick(child(panel.page, "fix"), Qt.MouseButton.LeftButton)
    assert len(state.document.history) == steps + 1
    qtbot.waitUntil(lambda: problem.code not in {p.code for p in state.checked.problems}, timeout=10_000)


def test_a_wire_gets_delay_and_initial_value(qtbot, state, panel):
    wire = next(iter(state.document.graph.edges))
    before = state.document.graph
    state.select(Selection((), (), (wire,)))
    qtbot.waitUntil(lambda: isinstance(panel.page, WirePage))
    type_into(child(panel.page, "edit-delay"), "2")
    assert state.document.graph.edges[wire].delay == 2
    qtbot.waitUntil(lambda: panel.page.findChild(QComboBox, "edit-init") is not None)
    combo = child(panel.page, "edit-init")
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert state.document.graph.edges[wire].init.kind == "learned"
    assert state.document.graph == set_edge(
        before, wire, delay=2, init=replace(before.edges[wire].init, kind="learned")
    )


def test_the_page_of_a_removed_node_goes(qtbot, state, panel):
    pick(qtbot, state, panel, "dense")
    state.document.reset(Project(), None)
    qtbot.waitUntil(lambda: panel.page is None)


def test_the_project_page_sets_data_and_training(qtbot, state, panel):
    project = panel.project
    type_into(child(project, "edit-learning_rate"), "0.02")
    assert state.session.project.training.learning_rate == 0.02
    type_into(child(project, "edit-steps"), "1e3")
    assert state.session.project.training.steps == 1000
    assert isinstance(state.session.project.training.steps, int)
    assert set(project._training.names()) == {f.name for f in FIELDS}
    combo = child(project, "edit-kind")
    combo.setCurrentIndex(combo.findData("adding"))
    combo.activated.emit(combo.currentIndex())
    assert state.session.project.data == DataChoice("adding")
    qtbot.waitUntil(
        lambda: (
            project.data.form is not None
            and set(project.data.form.names()) == {p.name for p in default_registry().of("dataset")["adding"].params}
        )
    )
    state.document.undo()
    assert state.session.project.data.kind == "hello"


def test_many_things_selected_are_only_counted(qtbot, state, panel):
    state.select(Selection((), tuple(state.document.graph.nodes)))
    qtbot.waitUntil(lambda: str(len(state.document.graph.nodes)) in panel._many.text.text())
    assert panel.page is None


def test_an_unknown_kind_is_kept_and_said(qtbot, state, panel):
    graph = add_node(state.document.graph, Node("odd", "from_the_future", params=frozen({"x": 1})))
    state.document.apply(Text("x", "x"), graph)
    state.select(Selection((), ("odd",)))
    qtbot.waitUntil(lambda: isinstance(panel.page, NodePage) and panel.page.path == ("odd",))
    assert panel.page._form is None
    assert panel.page.findChild(QLineEdit, "title").placeholderText() == "from_the_future"


def test_a_cell_that_was_packed_here_is_no_unknown_kind(qtbot, state, panel):
    graph, cell = pack(state.document.graph, ["memory"])
    state.document.apply(Text("x", "x"), graph)
    state.select(Selection((), (cell,)))
    qtbot.waitUntil(lambda: isinstance(panel.page, NodePage) and panel.page.path == (cell,))
    said = [w.text() for w in panel.page.findChildren(QLabel)]
    assert "Cells · Cell" in said and not any("not installed" in words for words in said)


def test_renaming_elsewhere_shows_here(qtbot, state, panel):
    id = pick(qtbot, state, panel, "dense")
    state.document.apply(Text("x", "x"), rename(state.document.graph, id, "Read-out"))
    qtbot.waitUntil(lambda: child(panel.page, "title").text() == "Read-out")


def test_a_size_left_open_says_what_it_came_to_and_from_where(qtbot, state, panel):
    pick(qtbot, state, panel, "dense")
    size = state.checked.ports[(panel.page.path[0],), "y"].size
    note = panel.page.findChild(QLabel, "note-units")
    assert note is not None and note.text() == f"0 → {size}, from Target / next"
    type_into(child(panel.page, "edit-units"), str(size))
    qtbot.waitUntil(note.isHidden)


def test_what_ships_in_a_cell_is_titled_in_both_languages_and_a_person_s_title_in_one(qtbot, state, panel):
    lstm = default_registry().node("lstm")
    assert lstm is not None and lstm.body is not None
    gate = next(n for n in lstm.body.nodes.values() if n.title == Text("forget", "olvido"))
    assert read_graph(write_graph(lstm.body)) == lstm.body
    assert rename(lstm.body, gate.id, "forget") == lstm.body, "nothing was changed"
    assert rename(lstm.body, gate.id, "mine").nodes[gate.id].title == "mine"
    graph = put_node(state.document.graph, replace(state.document.graph.nodes["memory"], kind="lstm", body=lstm.body))
    state.document.apply(Text("x", "x"), graph)
    assert labelled(state) >= {"LSTM › forget"}
    set_language("es")
    try:
        assert labelled(state) >= {"LSTM › olvido"}
    finally:
        set_language("en")


def labelled(state) -> set[str]:
    return {p.label for p in state.session.program().probes}


def test_training_settings_stand_in_groups_and_only_where_they_act(qtbot, state, panel):
    form = panel.project._training

    def there(name: str) -> bool:
        return any(not w.isHidden() and w.isVisibleTo(panel) for w in form.findChildren(QWidget, f"edit-{name}"))

    assert there("steps") and there("learning_rate") and not there("momentum") and not there("clip_value")
    form.more.head.click()
    assert there("clip_value") and not there("momentum"), "momentum does nothing under Adam"
    combo = child(form, "edit-optimizer")
    combo.setCurrentIndex(combo.findData("sgd"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: there("momentum"))
    type_into(child(form, "edit-momentum"), "0.9")
    form.more.head.click()
    qtbot.waitUntil(lambda: not there("clip_value"))
    qtbot.waitUntil(lambda: there("momentum"))  # what is not at its default is always seen


def test_the_metric_that_the_best_is_kept_by_is_asked_for_where_the_best_is_kept(qtbot, state, panel):
    form = panel.project._training

    def there() -> bool:
        return any(w.isVisibleTo(panel) for w in form.findChildren(QWidget, "edit-keep_by"))

    form.more.head.click()
    qtbot.waitUntil(lambda: any(w.isVisibleTo(panel) for w in form.findChildren(QWidget, "edit-keep")))
    assert not there()
    combo = child(form, "edit-keep")
    combo.setCurrentIndex(combo.findData("best"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(there)
    type_into(child(form, "edit-keep_by"), "accuracy")
    training = state.session.project.training
    assert (training.keep, training.keep_by, training.stop_metric) == ("best", "accuracy", "")


def test_every_setting_has_a_group_and_every_condition_can_be_met():
    known = {f.name: f for f in FIELDS}
    placed = [name for _, names in GROUPS for name in names]
    assert len(placed) == len(set(placed)) and not set(known) - set(placed)
    for _, fields in grouped():
        for field in fields:
            name, wanted = field.when
            assert not name or name in known, field.name
            if name and wanted and known[name].choices:
                assert set(wanted) & {v for v, _ in known[name].choices}, field.name


def test_datasets_stand_under_where_they_come_from(qtbot, state, panel):
    combo = panel.project.data.kinds
    heads = [i for i in range(combo.count()) if combo.itemData(i) is None]
    kinds = {combo.itemData(i) for i in range(combo.count())} - {None}
    assert kinds == set(default_registry().of("dataset"))
    assert [combo.itemText(i) for i in heads] == [
        say(text)
        for group, text in DATA_GROUPS.items()
        if any(d.group == group for d in default_registry().of("dataset").values())
    ]
    assert not any(combo.model().flags(combo.model().index(i, 0)) & Qt.ItemFlag.ItemIsSelectable for i in heads)


def test_what_chance_scores_is_worked_out_when_asked_for(qtbot, state, panel):
    data = panel.project.data
    assert data._scores.isHidden()
    data.ask.click()
    qtbot.waitUntil(lambda: not data._scores.isHidden(), timeout=20_000)
    assert "1.386" in data._scores.text(), "ln 4"
    type_into(child(data, "edit-batch"), "2")
    qtbot.waitUntil(lambda: data._scores.isHidden() and not data.ask.isHidden())


def test_a_project_without_a_title_is_called_by_its_file(qtbot, state, panel, tmp_path):
    state.document.apply_project(Text("", ""), replace(state.session.project, title=Text("", "")))
    qtbot.waitUntil(lambda: not child(panel.project, "title").text())
    assert child(panel.project, "title").placeholderText() == "Untitled project"
    state.session.save(tmp_path / "tales.unfold")
    state.saved.emit()
    qtbot.waitUntil(lambda: child(panel.project, "title").placeholderText() == "tales")
