"""The chart view: cheap to update, keeps what a person zoomed to, and never takes a name for markup."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import isValid

from core.observe.chart import Axis, Bars, Chart, Heat, Level, Line, Points, Ring
from core.observe.colors import DARK, LIGHT
from core.words import Text, set_language
from studio.oneline import shortened
from studio.plot import menu as plot_menu
from studio.plot.legend import Legend, entries, paint_swatch
from studio.plot.marks import Scene, places, visible_part
from studio.plot.view import ChartView

HOSTILE = '<img src="file:///etc/passwd"><b>x</b>{0}%s$\\frac$'
STEP, LOSS = Text("training step", "paso de entrenamiento"), Text("loss", "pérdida")


@pytest.fixture
def view(qtbot):
    view = ChartView(LIGHT)
    qtbot.addWidget(view)
    view.resize(640, 380)
    view.show()
    qtbot.waitExposed(view)
    yield view
    set_language("en")


def curves(n: int, scale: float = 1.0) -> Chart:
    x = np.arange(float(n))
    marks = (Line(x, scale * np.sin(x / 50), "one", 0), Line(x, scale * np.cos(x / 50), "two", 1, dashed=True))
    return Chart(Text("Loss", "Pérdida"), Axis(STEP), Axis(LOSS), marks)


def matrix() -> Chart:
    ticks = tuple((float(i), c) for i, c in enumerate("abcdef"))
    heat = Heat(np.arange(24.0).reshape(4, 6) - 12, True, None, "value")
    return Chart(Text("Values", "Valores"), Axis(Text("t", "t"), ticks=ticks), Axis(Text("unit", "unidad")), (heat,))


def test_signs_of_curves_that_lie_on_each_other_stand_apart():
    found = [places(400, color) for color in range(4)]
    assert all(len(at) == 5 and at[0] >= 0 and at[-1] < 400 for at in found)
    assert len({i for at in found for i in at}) == 20


def test_no_name_below_a_chart_stands_out_of_it(view, qtbot):
    names = tuple((float(i), f"a long name {i}") for i in range(4))
    line = Line(np.array([0.0, 3.0]), np.array([0.0, 1.0]), "one", 0)
    view.show_chart(Chart(Text("Names", "Nombres"), Axis(STEP, ticks=names), Axis(LOSS), (line,)))
    qtbot.wait(50)
    axis = view._axes["bottom"]
    axis.tickValues(0.0, 3.0, axis.size().width())
    assert list(axis._named.values()) == ["a long name 1", "a long name 2"]  # the others would be cut


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_chart_that_goes_takes_its_menu_along(qtbot):
    view = ChartView(LIGHT)
    view.show()
    QTimer.singleShot(0, view, view.deleteLater)
    view._menu.popup(QPoint(5, 5))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: not isValid(view))


def everything() -> Chart:
    x = np.arange(1.0, 6.0)
    marks = (
        Line(x, x, "l", 0, band=(x / 2, x * 2)), Points(x, x, "p", 1), Bars(x, x, "b", 2), Ring(1.0), Level(2.0, "v", 3),
    )  # fmt: skip
    return Chart(Text("All", "Todo"), Axis(STEP, log=True), Axis(LOSS, log=True), marks)


def pixels(view) -> int:
    """How many colours the picture has."""
    image = view.grab().toImage().convertToFormat(view.grab().toImage().Format.Format_RGB32)
    data = np.frombuffer(bytes(image.constBits()), np.uint32)
    return len(np.unique(data))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("chart", [curves(300), matrix(), everything()], ids=["curves", "matrix", "everything"])
def test_every_mark_is_drawn_in_both_themes(view, chart, palette):
    view.set_palette(palette)
    view.show_chart(Chart(Text("", ""), Axis(STEP), Axis(LOSS), ()))
    empty = pixels(view)
    view.show_chart(chart)
    assert pixels(view) > empty + 3
    corner = view.grab().toImage().pixelColor(3, 3).name()
    assert corner == palette.background


def test_new_data_moves_the_items_that_are_there(view):
    view.show_chart(curves(100))
    items = [id(item) for group in view._items for item in group]
    for n in range(101, 140):
        view.show_chart(curves(n))
    assert [id(item) for group in view._items for item in group] == items
    view.show_chart(matrix())
    assert [id(item) for group in view._items for item in group] != items
    # the cross, the cell, the marks of a moment and the image: nothing old is left behind
    assert len(view._box.childGroup.childItems()) == 2 + 4 + 1


def test_what_is_cut_of_a_subtitle_is_never_half_a_number(view):
    metrics = view.fontMetrics()
    words = "a very long name of a probe · step 12345"
    cuts = {shortened(words, metrics, width) for width in range(metrics.horizontalAdvance(words))}
    assert cuts == {"…", "step 12345", "… · step 12345"}
    assert shortened("no parts in this one at all", metrics, 60).startswith("no")


def test_thirty_updates_a_second_of_a_long_curve_are_cheap(view):
    x = np.arange(1e6)
    y = np.random.default_rng(0).normal(size=len(x)).cumsum()
    chart = Chart(Text("Loss", "Pérdida"), Axis(STEP), Axis(LOSS), (Line(x, y, "", 0, faint=True),))
    view.show_chart(chart)
    costs = []
    for _ in range(8):
        start = time.thread_time()
        view.show_chart(chart)
        view.grab()
        costs.append(time.thread_time() - start)
    assert len(view._items[0][-1].xData) <= 4 * view.width() + 4
    assert min(costs) < 0.033


def test_zooming_in_on_a_long_curve_shows_its_points():
    x = np.arange(1e6)
    line = Line(x, np.sin(x))
    scene = Scene(LIGHT, False, False, (500_000.0, 500_100.0), 600)
    seen, _ = visible_part(line, scene)
    assert set(range(500_000, 500_101)) <= set(seen.astype(int)) and len(seen) < 200


def test_the_view_follows_the_data_until_a_person_zooms(view, qtbot):
    view.show_chart(curves(100))
    view.show_chart(curves(1000))
    assert view._box.viewRange()[0][1] > 990
    view._box.sigRangeChangedManually.emit([True, True])
    view._box.setRange(xRange=(10, 20), padding=0)
    view.show_chart(curves(2000))
    assert view._box.viewRange()[0] == pytest.approx([10, 20])
    qtbot.mouseDClick(view._plot.viewport(), Qt.MouseButton.LeftButton)
    assert view._box.viewRange()[0][1] > 1990


def test_names_are_never_markup(view, qtbot):
    x = np.arange(5.0)
    ticks = ((0.0, HOSTILE), (1.0, "b"))
    chart = Chart(
        Text(HOSTILE, HOSTILE), Axis(Text(HOSTILE, HOSTILE), ticks=ticks), Axis(Text(HOSTILE, HOSTILE)),
        (Line(x, x, HOSTILE, 0), Line(x, x, "b", 1), Level(2.0, HOSTILE)), note=Text(HOSTILE, HOSTILE), subtitle=HOSTILE,
    )  # fmt: skip
    view.show_chart(chart)
    view.grab()
    for label in view.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
    for axis in view._axes.values():
        words = axis.label.toPlainText().strip()
        assert HOSTILE.startswith(words.rstrip("…")) and len(words) > 5  # a short axis cuts it
        assert "￼" not in axis.label.toPlainText()  # no picture object was made of it
    rows = view.readings(view._box.mapViewToScene(QPointF(2, 2)))
    assert rows[1].label == HOSTILE


def test_the_legend_takes_rows_of_its_own_and_cuts_long_names(qtbot):
    legend = Legend()
    qtbot.addWidget(legend)
    x = np.arange(3.0)
    chart = Chart(Text("", ""), Axis(STEP), Axis(LOSS), tuple(Line(x, x, "name " * n, n) for n in range(1, 12)))
    legend.show_entries(entries(chart), LIGHT.series, LIGHT.text)
    placed = legend._placed(400)
    assert 1 < max(row for row, *_ in placed) + 1 <= Legend.ROWS
    assert all(px + legend.fontMetrics().horizontalAdvance(text) <= 400 for _, px, text, _ in placed)
    assert legend.heightForWidth(400) > legend.heightForWidth(4000)


def test_a_curve_without_a_name_has_no_legend():
    x = np.arange(3.0)
    assert entries(Chart(Text("", ""), Axis(STEP), Axis(LOSS), (Line(x, x),))) == ()


def test_hovering_reads_the_values(view, qtbot):
    view.show_chart(curves(100))
    rows = view.readings(view._box.mapViewToScene(QPointF(50.2, 0)))
    assert [(r.label, r.value) for r in rows] == [("training step", "50"), ("one", "0.8415"), ("two", "0.5403")]
    view.show_chart(matrix())
    rows = view.readings(view._box.mapViewToScene(QPointF(2.2, 1.4)))
    assert [(r.label, r.value) for r in rows] == [("t", "2  c"), ("unit", "1"), ("value", "−4")]
    centre = view._plot.mapFromScene(view._box.mapViewToScene(QPointF(2, 1)))
    qtbot.mouseMove(view._plot.viewport(), centre)
    qtbot.waitUntil(view._card.isVisible)
    assert not view._card.grab().isNull()


def test_points_are_read_near_the_pointer_only(view):
    chart = Chart(Text("", ""), Axis(STEP), Axis(LOSS), (Points(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "p"),))
    view.show_chart(chart)
    assert [r.label for r in view.readings(view._box.mapViewToScene(QPointF(1, 1)))] == ["p", "training step", "loss"]
    assert view.readings(view._box.mapViewToScene(QPointF(0.5, 0.5))) == []


def test_axis_labels_change_language(view):
    view.show_chart(curves(10))
    set_language("es")
    view.retranslate()
    assert view._axes["bottom"].label.toPlainText().strip() == "paso de entrenamiento"
    assert view._title.text() == "Pérdida"
    assert [a.text() for a in view._menu.menu().actions()] == [
        "Exportar imagen…", "Copiar la imagen", "Copiar como CSV", "Mostrar todo",
    ]  # fmt: skip


def test_the_menu_offers_what_works(view):
    assert not any(a.isEnabled() for a in view._menu.menu().actions())
    view.show_chart(curves(10))
    assert all(a.isEnabled() for a in view._menu.menu().actions())
    view._menu.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 21 and lines[0].startswith("series,training step,loss")


def test_pictures_are_written_in_the_background(view, qtbot, tmp_path, monkeypatch):
    seen = []
    real = plot_menu.ChartMenu._write
    monkeypatch.setattr(
        plot_menu.ChartMenu, "_write", lambda self, *a: (seen.append(threading.current_thread()), real(self, *a))
    )
    view.show_chart(curves(50))
    view._menu.ask = lambda parent, name: tmp_path / "picture.svg"
    with qtbot.waitSignal(view.exported, timeout=20_000) as told:
        view._menu.export()
    assert Path(told.args[0]).read_text("utf-8").startswith("<?xml") and seen[0] is not threading.main_thread()
    view._menu.ask = lambda parent, name: tmp_path / "no such folder" / "picture.png"
    with qtbot.waitSignal(view.failed, timeout=20_000) as told:
        view._menu.export()
    assert told.args[0].code == "chart.unwritten"


def test_a_note_says_why_there_is_nothing(view):
    view.show_chart(Chart(Text("Loss", "Pérdida"), Axis(STEP), Axis(LOSS), (), note=Text("Not yet.", "Aún no.")))
    assert view._note.isVisible() and view._note.text() == "Not yet."
    view.show_chart(curves(10))
    assert not view._note.isVisible()


@pytest.mark.parametrize("make", [
    lambda n: Points(np.array([0.0]), np.array([0.0]), "p", n),
    lambda n: Line(np.arange(9.0), np.zeros(9), "l", n),
    lambda n: Level(0.0, "v", 3 + n),
], ids=["points", "lines", "levels"])  # fmt: skip
def test_marks_beside_each_other_are_told_apart_without_colour(qtbot, view, make):
    """The same in black and white: in the legend and on the chart."""
    seen, drawn = set(), set()
    for n in range(4):
        chart = Chart(Text("", ""), Axis(STEP, limits=(-1, 9)), Axis(LOSS, limits=(-1, 1)), (make(n),))
        picture = QImage(30, 16, QImage.Format.Format_RGB32)
        picture.fill(0)
        painter = QPainter(picture)
        paint_swatch(painter, entries(chart)[0], QColor("white"), QRectF(2, 0, 24, 16))
        painter.end()
        seen.add(bytes(picture.constBits()))
        view.set_palette(replace(LIGHT, series=("#000000",) * 8))
        view.show_chart(chart)
        plot = view._plot.grab().toImage()
        drawn.add(bytes(plot.constBits()))
    assert len(seen) == 4 and len(drawn) == 4


def test_a_name_that_is_cut_ends_in_an_ellipsis_inside_its_axis(view):
    long = Text("share of a change that is left " * 9, "")
    for height in range(200, 260, 7):
        view.resize(640, height)
        view.show_chart(replace(curves(9), y=Axis(long)))
        view.grab()
        axis = view._axes["left"]
        assert axis.label.toPlainText().strip().endswith("…")
        assert axis.label.boundingRect().width() <= axis.size().height()


def test_grid_lines_end_where_the_plot_does_also_once_it_is_narrower(qtbot, view):
    view.show_chart(curves(100))
    qtbot.wait(50)
    view.resize(400, 380)
    qtbot.wait(50)
    end = view._plot.mapTo(view, view._plot.mapFromScene(view._box.sceneBoundingRect().topRight()))
    image = view.screen().grabWindow(view.winId()).toImage()
    beside = {image.pixelColor(x, y).name() for x in range(end.x() + 4, 396) for y in range(end.y() + 4, 300)}
    assert LIGHT.background.lower() in beside and LIGHT.grid.lower() not in beside
