"""What a frame of the canvas costs at 100, 1 000 and 5 000 nodes, beside the least that a canvas can be.

Run: `python tests/studio/bench_canvas.py [--nodes 100,1000] [--rounds N] [--only drag]`. Not a test: it takes a minute.
Every step is a real mouse or wheel event and the painting it brings, in processor time of the process (Qt paints with helper threads too). Ours and the plain
canvas take turns, so that what else the machine does shows in both; `x plain` is the ratio of the medians, `x table` the
ratio to what a hand-written canvas took on a quiet machine (`TABLE`).
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, quantiles

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from big_drawing import FIELDS, big_drawing
from plain_canvas import PlainScene, PlainView
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, qInstallMessageHandler
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsView

from core.compile.pipeline import check
from core.graph.model import Graph
from core.project.document import Document
from core.project.model import Project
from core.specs.registry import default_registry
from core.words import set_language
from studio.canvas.canvas import Canvas
from studio.canvas.scene import Picked
from studio.sheet import dress
from studio.theme import theme, ui_font

SIZE = (1280, 800)
STEPS = 40
ROUNDS = 6
LEFT, MIDDLE, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
ACTIONS = ("pan 1:1", "pan all", "zoom", "drag")
TABLE = {
    100: {"build": 20.0, "pan 1:1": (0.4, 1.1), "pan all": (0.2, 0.5), "zoom": (4.2, 4.8), "drag": (0.4, 0.7), "MB": 7},
    1000: {"build": 60.0, "pan 1:1": (0.6, 1.4), "pan all": (0.7, 1.1), "zoom": (5.0, 16.0), "drag": (0.2, 0.4), "MB": 14},
    5000: {"build": 240.0, "pan 1:1": (0.7, 1.3), "pan all": (1.9, 2.3), "zoom": (2.4, 14.0), "drag": (0.6, 1.1), "MB": 42},
}  # fmt: skip
"""Median and 95th percentile in ms of processor time; MB of memory."""


@dataclass
class Side:
    """One canvas under the hand."""

    view: QGraphicsView
    area: Callable[[], QRectF]
    box: Callable[[str], QRectF]
    whole: object = None


def ours(graph: Graph) -> Side:
    canvas = Canvas(Document(Project(graph=graph)), default_registry(), theme("dark"), lambda: FIELDS)
    canvas.set_checked(check(graph, FIELDS, default_registry()))
    canvas.resize(*SIZE)
    canvas.show()
    return Side(canvas.view, canvas.board.scene.content, lambda id: canvas.board.scene.nodes[id].box, canvas)


def plain(graph: Graph) -> Side:
    scene = PlainScene(graph, ui_font(9.5, True))
    view = PlainView(scene)
    view.resize(*SIZE)
    view.show()
    return Side(view, scene.content, lambda id: QRectF(scene.nodes[id].pos(), QPointF(120, 24)), scene)


def settle() -> None:
    QApplication.processEvents()


def mouse(view: QGraphicsView, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    port = view.viewport()
    place = QPointF(at)
    event = QMouseEvent(kind, place, QPointF(port.mapToGlobal(at)), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(port, event)


def timed(act: Callable[[], None]) -> float:
    """Milliseconds of processor time for something and the painting that it brings."""
    began = time.process_time()
    act()
    settle()
    return 1000 * (time.process_time() - began)


def walk(side: Side, start: QPoint, button: Qt.MouseButton, steps: int = STEPS) -> Iterator[float]:
    """A drag that goes to and fro in uneven steps; the press and the release do not count."""
    mouse(side.view, QEvent.Type.MouseMove, start, NONE, NONE)
    mouse(side.view, QEvent.Type.MouseButtonPress, start, button, button)
    settle()
    at = start
    for i in range(steps):
        way = 1 if i % 20 < 10 else -1
        at = at + QPoint(way * (7 + i % 5), way * (3 + i % 4))
        cost = timed(lambda at=at: mouse(side.view, QEvent.Type.MouseMove, at, NONE, button))
        if i >= 2:
            yield cost
    mouse(side.view, QEvent.Type.MouseButtonRelease, start, button, NONE)
    settle()


def look_at(side: Side, zoom: float, at: QPointF) -> None:
    side.view.resetTransform()
    side.view.scale(zoom, zoom)
    side.view.centerOn(at)
    settle()


def fitting(side: Side) -> float:
    area = side.area()
    return min(SIZE[0] / (area.width() + 96), SIZE[1] / (area.height() + 96), 1.0)


def pan_one(side: Side, node: str) -> Iterator[float]:
    look_at(side, 1.0, side.area().center())
    yield from walk(side, QPoint(600, 400), MIDDLE)


def pan_all(side: Side, node: str) -> Iterator[float]:
    look_at(side, fitting(side), side.area().center())
    yield from walk(side, QPoint(600, 400), MIDDLE)


def zoom(side: Side, node: str) -> Iterator[float]:
    """From 1:1 out to everything and back."""
    look_at(side, 1.0, side.area().center())
    turns = 0
    while side.view.transform().m11() > max(0.09, fitting(side)):
        turns += 1
        yield wheel(side, -120)
    for _ in range(turns):
        yield wheel(side, 120)


def wheel(side: Side, turn: int) -> float:
    port, at = side.view.viewport(), QPoint(640, 400)
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(QPointF(at), QPointF(port.mapToGlobal(at)), QPoint(), QPoint(0, turn), NONE, none,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    return timed(lambda: QApplication.sendEvent(port, event))


def drag(side: Side, node: str) -> Iterator[float]:
    look_at(side, 1.0, side.box(node).center())
    yield from walk(side, side.view.mapFromScene(side.box(node).center()), LEFT)


DO = {"pan 1:1": pan_one, "pan all": pan_all, "zoom": zoom, "drag": drag}


def figures(values: list[float]) -> tuple[float, float]:
    return median(values), quantiles(values, n=20)[-1]


def row(count: int, name: str, mine: list[float], theirs: list[float]) -> str:
    a, b = figures(mine), figures(theirs)
    known = TABLE.get(count, {}).get(name)
    told = f"{known[0]:6.1f} /{known[1]:5.1f}  {a[0] / known[0]:5.2f} /{a[1] / known[1]:5.2f}" if known else ""
    return f"{count:6} {name:9} {a[0]:7.2f} /{a[1]:7.2f}   {b[0]:7.2f} /{b[1]:7.2f}   {a[0] / b[0]:6.2f} /{a[1] / b[1]:6.2f}   {told}"


def building(graph: Graph, rounds: int) -> tuple[list[float], list[float]]:
    """From the graph to the scene and its first frame; our check is done before, as the studio does it elsewhere."""
    mine, theirs = [], []
    for _ in range(rounds):
        for make, kept in ((ours, mine), (plain, theirs)):
            began = time.process_time()
            side = make(graph)
            settle()
            kept.append(1000 * (time.process_time() - began))
            side.view.close()
            del side
            settle()
            gc.collect()
    return mine, theirs


def measure(count: int, rounds: int, only: str) -> None:
    graph = big_drawing(count)
    check(graph, FIELDS, default_registry())  # remembered
    if not only or only == "build":
        report_build(count, graph)
    sides = ours(graph), plain(graph)
    node = f"n{count // 2 + round(count**0.5) // 2}"
    for name, act in DO.items():
        if only and name != only:
            continue
        taken: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + 1):
            for which in (0, 1) if turn % 2 else (1, 0):
                found = list(act(sides[which], node))
                taken[which].extend(found if turn else ())
        print(row(count, name, *taken), flush=True)
    if not only:
        report_edits(count, sides[0].whole)


def report_build(count: int, graph: Graph) -> None:
    """Whole; then without what the breadcrumb, the commands, the search and the rest of our panel take before there is a
    drawing, or an empty view of theirs."""
    empty = [median(times) for times in building(Graph(), 5)]
    whole = [median(times) for times in building(graph, 5)]
    print(f"     0 build     {empty[0]:7.0f}            {empty[1]:7.0f}")
    print(plain_row(count, "build", *whole, "build"))
    print(plain_row(count, "drawing", whole[0] - empty[0], whole[1] - empty[1], "build"))
    if Path("/proc/self/statm").exists():
        print(plain_row(count, "MB", memory(count, "ours"), memory(count, "plain"), "MB"))


def plain_row(count: int, name: str, mine: float, theirs: float, known_as: str) -> str:
    """One figure, beside the plain canvas' and the table's."""
    known = TABLE.get(count, {}).get(known_as)
    told = f"{known:6.0f}          {mine / known:5.2f}" if known else ""
    return f"{count:6} {name:9} {mine:7.0f}            {theirs:7.0f}            {mine / theirs:6.2f}            {told}"


def report_edits(count: int, canvas: Canvas) -> None:
    """What a person waits for once, not in every frame: ms of processor time."""
    document, scene = canvas.board.document, canvas.board.scene
    id = f"n{count // 2}"
    canvas.view.set_zoom(1.0)
    settle()
    found = check(document.graph, FIELDS, default_registry())
    told = {
        "select": lambda: scene.pick(Picked(nodes=frozenset({id}))),
        "nudge": canvas.actions()["nudge_right"].trigger,
        "undo": document.undo,
        "select none": lambda: scene.pick(Picked()),
        "check": lambda: canvas.set_checked(replace(found)),
    }
    rounds = [{name: timed(act) for name, act in told.items()} for _ in range(5)]
    print(f"{count:6} once      " + ", ".join(f"{name} {median(r[name] for r in rounds):.1f}" for name in told))


def memory(count: int, kind: str) -> float:
    """Megabytes of a canvas, in a process of its own."""
    command = [sys.executable, __file__, "--memory", kind, "--nodes", str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def resident() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def print_memory(count: int, kind: str) -> None:
    graph = big_drawing(count)
    check(graph, FIELDS, default_registry())
    make = ours if kind == "ours" else plain
    kept = [make(big_drawing(4))]
    settle()
    before = resident()
    kept.append(make(graph))
    settle()
    print(resident() - before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", default="100,1000,5000")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", choices=["", "build", *ACTIONS])
    parser.add_argument("--memory", default="", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    qInstallMessageHandler(lambda *_: None)  # the offscreen plugin speaks of every window
    gc.disable()  # as `unfold` does
    app = QApplication(sys.argv[:1])
    set_language("en")
    dress(app, "dark")
    counts = [int(part) for part in chosen.nodes.split(",")]
    if chosen.memory:
        print_memory(counts[0], chosen.memory)
    else:
        print(
            "processor ms, median / p95      ours             plain           x plain          table          x table"
        )
        building(Graph(), 1)  # what only the first one loads
        for count in counts:
            measure(count, chosen.rounds, chosen.only)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
