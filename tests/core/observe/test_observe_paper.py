"""Charts on paper: every kind of file, text that is never markup, numbers that are never formulas."""

import csv
import io
import sys
import threading
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from core.observe.chart import Axis, Bars, Chart, Heat, Level, Line, Points, Ring
from core.observe.colors import LIGHT
from core.observe.paper import figure, pixels, render
from core.observe.table import csv_text
from core.problems import Refused
from core.words import Text

HOSTILE = r"$\frac{$ <script>alert(1)</script> & _x_ \n {0} %s"
STEP, LOSS = Text("training step", "paso de entrenamiento"), Text("loss", "pérdida")


def everything(name: str = "name", log: bool = False) -> Chart:
    x = np.arange(1.0, 6.0)
    marks = (
        Line(x, x, name, 0, band=(x / 2, x * 2)), Line(x, x**2, "dashed", 1, dashed=True), Points(x, x, f"_{name}", 1),
        Bars(x, x, name, 2), Ring(1.0), Level(2.0, name, 3),
    )  # fmt: skip
    label = Text(name, name)
    return Chart(label, Axis(label, log), Axis(label, log), marks, subtitle=name, note=label)


def matrix(name: str = "value") -> Chart:
    ticks = tuple((float(i), s) for i, s in enumerate(("a", name, "=1+1", "$", "é")))
    z = np.array([[1.0, -2.0, np.nan, 4.0, 5.0], [0.0, 1.0, 2.0, 3.0, -4.0]])
    return Chart(Text("M", "M"), Axis(Text("t", "t"), ticks=ticks), Axis(LOSS), (Heat(z, True, None, name),))


@pytest.mark.parametrize("chart", [everything(), everything(log=True), matrix(), everything(HOSTILE), matrix(HOSTILE)])
@pytest.mark.parametrize("suffix", ["svg", "png", "pdf", "csv"])
def test_every_kind_of_file_is_written(tmp_path, chart, suffix):
    path = tmp_path / f"picture.{suffix}"
    render(chart, path)
    head = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "csv": b"series"}[suffix]
    assert path.read_bytes().startswith(head)
    assert list(tmp_path.iterdir()) == [path]
    if suffix == "svg":
        tree = ElementTree.parse(path)
        assert not [e for e in tree.iter() if e.tag.endswith("script")]


def test_a_picture_of_another_kind_is_refused(tmp_path):
    with pytest.raises(Refused) as refused:
        render(everything(), tmp_path / "picture.exe")
    assert refused.value.problems[0].code == "chart.format" and list(tmp_path.iterdir()) == []


def test_names_are_shown_as_they_are_and_tex_is_never_read():
    fig = figure(everything(HOSTILE), LIGHT)
    texts = [
        t for t in fig.findobj(lambda a: type(a).__name__ == "Text" or hasattr(a, "get_parse_math")) if t.get_text()
    ]
    shown = [t for t in texts if "script" in t.get_text()]
    assert len(shown) >= 5 and not any(t.get_parse_math() for t in shown)


def test_the_ticks_on_paper_are_the_chart_s_own():
    fig = figure(matrix(), LIGHT)
    ax = fig.axes[0]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "value", "=1+1", "$", "é"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row is on top


def test_drawing_twice_gives_the_same_numbers_of_curves_and_no_global_state(tmp_path):
    threads = [threading.Thread(target=render, args=(everything(), tmp_path / f"{n}.svg")) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(tmp_path.iterdir())) == 3
    assert "matplotlib.pyplot" not in sys.modules


def test_csv_holds_every_number_and_no_formula():
    rows = list(csv.reader(io.StringIO(csv_text(matrix("=HYPERLINK(1)")))))
    assert rows[0] == ["series", "t", "loss", "value", "low", "high"]
    assert len(rows) == 1 + 10 and rows[1] == ["'=HYPERLINK(1)", "0 a", "0.0", "1.0", "", ""]
    for start in "=+-@\t\r\n":
        chart = Chart(Text("", ""), Axis(STEP), Axis(LOSS), (Line(np.ones(1), np.ones(1), start + "cmd"),))
        cell = list(csv.reader(io.StringIO(csv_text(chart), newline="")))[1][0]
        assert cell == "'" + start + "cmd"


def test_csv_of_a_band_has_its_edges():
    rows = list(csv.reader(io.StringIO(csv_text(everything()))))
    assert rows[1] == ["name", "1.0", "1.0", "", "0.5", "2.0"]


@pytest.mark.parametrize("made", [lambda n, x: Line(x, x, "a", n), lambda n, x: Points(x, x, "a", n), lambda n, x: Level(2.0, "a", n)],
                         ids=["lines", "points", "levels"])  # fmt: skip
def test_printed_without_colours_no_two_look_alike(made):
    grey = replace(LIGHT, series=("#555555",) * len(LIGHT.series))
    pictures = set()
    for n in range(4):
        chart = Chart(LOSS, Axis(STEP), Axis(LOSS), (made(n, np.arange(1.0, 6.0)),))
        pictures.add(pixels(figure(chart, grey, (3.0, 2.0))).tobytes())
    assert len(pictures) == 4


@pytest.mark.parametrize("words", [("a", "recurrent"), ("recurrent",), ("i",)], ids="-".join)
@pytest.mark.parametrize("count", [7, 12, 40])
def test_words_beside_each_other_do_not_touch(words, count):
    """Short beside long, long beside long: as many as there is room for."""
    ticks = tuple((float(i), words[i % len(words)]) for i in range(count))
    fig = figure(Chart(LOSS, Axis(STEP, ticks=ticks), Axis(LOSS), (Heat(np.zeros((2, count))),)), LIGHT)
    fig.draw_without_rendering()
    boxes = [t.get_window_extent() for t in fig.axes[0].get_xticklabels()]
    assert len(boxes) > 1 and all(a.x1 < b.x0 for a, b in pairwise(boxes))
