"""The drawing as pictures: the same drawing in every kind of file, shapes and words where the kind has them."""

import re
import xml.etree.ElementTree as ET

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from core.compile.pipeline import check
from core.data.open import fields_of
from core.graph.edit import rename
from core.problems import Refused
from core.project.gallery import gallery, shipped
from core.specs.registry import default_registry
from studio.drawing import write
from studio.picture import drawn, image, paper
from studio.theme import theme
from studio.tikz import escaped, tikz

REGISTRY = default_registry()


def scene_of(name: str, scheme: str = "light"):
    project = shipped(name).project
    checked = check(project.graph, fields_of(REGISTRY, project.data), REGISTRY)
    return drawn(project.graph, REGISTRY, theme(scheme), checked)


@pytest.fixture
def scene(qapp):
    return scene_of("dates-attention")


def ink(picture: QImage, x: int, y: int) -> QColor:
    return picture.pixelColor(x, y)


def test_every_node_is_in_the_picture_where_it_stands(scene):
    made = image(scene, 1.0)
    area = paper(scene)
    assert (made.width(), made.height()) == (round(area.width()), round(area.height()))
    for item in scene.nodes.values():
        spot = item.box.topLeft() - area.topLeft() + (item.box.bottomRight() - item.box.topLeft()) * 0.08
        assert ink(made, round(spot.x()), round(spot.y())) != theme("light").canvas, item.node.id
    assert ink(made, 2, 2) == theme("light").canvas
    assert ink(image(scene, 1.0, clear=True), 2, 2).alpha() == 0


def test_a_huge_drawing_is_made_smaller_not_refused(qapp):
    scene = scene_of("hello")
    scene.content = lambda nodes=None: QRectF(0, 0, 90_000, 400)
    assert image(scene, 2.0).width() <= 16_384


def test_svg_has_words_and_shapes_and_looks_the_same(scene, tmp_path):
    file = tmp_path / "net.svg"
    write(scene, file)
    root = ET.parse(file).getroot()
    words = " ".join("".join(e.itertext()) for e in root.iter() if e.tag.endswith("text"))
    assert all(n.look.title in words for n in scene.nodes.values() if n.look.shape == "card")
    assert not [e for e in root.iter() if e.tag.endswith("}image")], "shapes, not pixels"
    renderer = QSvgRenderer(str(file))
    made = QImage(renderer.viewBox().size(), QImage.Format.Format_RGB32)
    made.fill(theme("light").canvas)
    painter = QPainter(made)
    renderer.render(painter)
    painter.end()
    direct = image(scene, 1.0).convertToFormat(QImage.Format.Format_RGB32)
    width, height = min(made.width(), direct.width()), min(made.height(), direct.height())
    spots = [(x, y) for x in range(0, width, 7) for y in range(0, height, 7)]
    far = sum(abs(ink(made, *s).lightness() - ink(direct, *s).lightness()) > 60 for s in spots)
    assert far / len(spots) < 0.02


def test_pdf_is_one_page_of_the_drawings_proportions(scene, tmp_path):
    file = tmp_path / "net.pdf"
    write(scene, file)
    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert box is not None
    area = paper(scene)
    assert float(box[1]) / float(box[2]) == pytest.approx(area.width() / area.height(), rel=0.01)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", data)) == 1


def test_png_has_no_ground(scene, tmp_path):
    write(scene, tmp_path / "net.png")
    made = QImage(str(tmp_path / "net.png"))
    assert made.width() == round(paper(scene).width() * 2) and ink(made, 2, 2).alpha() == 0


def test_other_kinds_and_places_are_refused(scene, tmp_path):
    with pytest.raises(Refused) as caught:
        write(scene, tmp_path / "net.bmp")
    assert caught.value.problems[0].code == "drawing.format"
    for kind in ("svg", "png", "pdf", "tex"):
        with pytest.raises(Refused) as caught:
            write(scene, tmp_path / "nowhere" / f"net.{kind}")
        assert caught.value.problems[0].code == "drawing.unwritten"
    assert not list(tmp_path.iterdir())


# --- TikZ ---


def braces(text: str) -> int:
    """Open minus closed, escaped ones left out; never below zero on the way."""
    depth = 0
    for c in re.sub(r"\\[{}\\]", "", text):
        depth += (c == "{") - (c == "}")
        assert depth >= 0, text
    return depth


@pytest.mark.parametrize("name", [p.name for p in gallery()])
def test_tikz_is_well_formed_for_every_project(qapp, name):
    scene = drawn(shipped(name).project.graph, REGISTRY, theme("light"))
    text = tikz(scene)
    body = [line for line in text.splitlines() if not line.startswith("%")]
    assert all(braces(line) == 0 for line in body if "begin{tikzpicture}" not in line)
    assert text.count("\\begin{") == text.count("\\end{") == 1
    commands = [line for line in body if line.startswith(("\\draw", "\\filldraw", "\\node"))]
    assert all(line.endswith(";") for line in commands)
    assert sum(line.startswith("\\filldraw") for line in commands) == len(scene.nodes)
    assert sum(line.startswith("\\draw[wire") for line in commands) == len(scene.wires)
    assert sum(line.startswith("\\node[delay]") for line in commands) == sum(bool(w.edge.delay) for w in scene.wires.values())  # fmt: skip
    defined = set(re.findall(r"\\definecolor\{([\w-]+)\}", text))
    assert set(re.findall(r"fill=(unfold-[\w-]+)", text)) == defined
    assert text.isascii() or max(map(ord, text)) < 0x250, "nothing that pdflatex does not know"
    assert all(line.count("$") % 2 == 0 for line in (re.sub(r"\\\$", "", c) for c in commands))


def test_a_wire_follows_its_curve(qapp):
    scene = scene_of("hello")
    wire = next(iter(scene.wires.values()))
    path = wire.route.path
    first, last = path.elementAt(0), path.elementAt(path.elementCount() - 1)
    line = next(c for c in tikz(scene).splitlines() if c.startswith("\\draw[wire") and f"({first.x:.1f},{first.y:.1f})" in c)  # fmt: skip
    assert line.rstrip(";").endswith(f"({last.x:.1f},{last.y:.1f})")


def test_a_persons_words_are_no_commands(qapp):
    evil = "\\input{/etc/passwd} 50% of $x_1^2$ & #1 ~ {a} σ∘日"
    graph = shipped("hello").project.graph
    node = next(iter(graph.nodes))
    text = tikz(drawn(rename(graph, node, evil), REGISTRY, theme("light")))
    assert "\\input" not in text and "50% " not in text
    assert escaped("50% {a}_b\\c") == r"50\% \{a\}\_b\textbackslash{}c"
    assert escaped("σ(x₁) 日") == r"$\sigma$(x$_1$) ?"


# --- by hand ---


@pytest.fixture
def desk(one):
    return one


def test_a_picture_is_copied_by_a_key(desk, qtbot):
    desk.activateWindow()
    QTest.qWaitForWindowActive(desk)
    QGuiApplication.clipboard().clear()
    QTest.keyClick(desk, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    made = QGuiApplication.clipboard().image()
    area = paper(desk.canvas.board.scene)
    assert (made.width(), made.height()) == (round(2 * area.width()), round(2 * area.height()))


def test_the_open_cell_is_what_is_taken(desk, qtbot):
    whole = QGuiApplication.clipboard()
    desk.drawing.copy()
    outside = whole.image().size()
    memory = next(n.id for n in desk.state.document.graph.nodes.values() if n.kind == "rnn_tanh")
    desk.canvas.board.go((memory,))
    desk.drawing.copy()
    assert whole.image().size() != outside
    desk.canvas.board.go(())


@pytest.mark.parametrize(("typed", "filter_", "made"), [("a.pdf", "SVG (*.svg)", "a.pdf"), ("b", "TikZ for LaTeX (*.tex)", "b.tex")])  # fmt: skip
def test_a_file_is_written_where_it_was_asked(desk, tmp_path, monkeypatch, typed, filter_, made):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), filter_))
    desk.act("save_picture")
    assert (tmp_path / made).stat().st_size > 500
    assert [f.name for f in tmp_path.iterdir()] == [made]


def test_a_chart_is_copied_as_a_picture(desk, qtbot):
    view = desk.watch.slots_[0].view
    assert "Copy the picture" in [a.text() for a in view._menu.menu().actions()]
    view._menu.copy_picture()
    made = QGuiApplication.clipboard().image()
    assert (made.width(), made.height()) == (2 * view.width(), 2 * view.height())
    QApplication.processEvents()
    seen = view.grab().toImage()
    assert made.pixelColor(20, 20) == seen.pixelColor(QPoint(10, 10))
