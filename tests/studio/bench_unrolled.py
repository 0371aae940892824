"""What the unrolled view costs, printed: `python -m tests.studio.bench_unrolled`. CPU milliseconds, median and 95th percentile.

A drawn LSTM with a fifth gate, thirty nodes in all, over 200 and over 2 000 steps, every copy filled with values and gradients.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from core.graph.body import inside
from core.graph.edit import add_node, connect
from core.graph.model import Graph, Port
from core.project.document import Document
from core.project.gallery import shipped
from core.session import Session
from core.specs.registry import default_registry
from core.train.messages import Frame
from studio.canvas.panel import CanvasPanel
from studio.sheet import dress
from studio.state import State
from tests.studio.desk import settings_in

NAME, PATH, UNITS = "char-lm", ("memory",), 64
LIMIT = 8.0  # ms of a pan over 200 steps


def five_gates(graph: Graph) -> Graph:
    """The cell with one more gate, on what leaves it: thirty nodes have a copy at every step."""
    like = {
        "x_reset": "x_output",
        "h_reset": "h_output",
        "sum_reset": "sum_output",
        "reset": "output",
        "gated": "hidden",
    }
    for id, other in like.items():
        x, y = graph.nodes[other].at
        graph = add_node(graph, replace(graph.nodes[other], id=id, at=(x, y + 128.0)))
    wires = (("x.x", "x_reset.x"), ("drop.y", "h_reset.x"), ("x_reset.y", "sum_reset.x"), ("h_reset.y", "sum_reset.x"),
             ("sum_reset.y", "reset.x"), ("reset.y", "gated.x"), ("hidden.y", "gated.x"), ("gated.y", "h_out.x"))  # fmt: skip
    for source, target in wires:
        joins = target.startswith(("sum", "gated"))
        graph = connect(graph, Port(*source.split(".")), Port(*target.split(".")), many=joins)
    return graph


def frame_of(panel: CanvasPanel, steps: int) -> Frame:
    """A frame with everything that the view asks for."""
    assert panel.room is not None
    draw = np.random.default_rng(0)
    keys = {k for block in panel.room.plan.blocks for b in block.boxes for k in b.keys}
    values = {k: draw.normal(size=(steps, UNITS)).astype(np.float32) for k in keys}
    states = {k for link in panel.room.plan.links if link.way == "state" for k in link.keys}
    norms = {k: np.logspace(-6, 0, steps).astype(np.float32) for k in states}
    return Frame(1, values, norms, losses=draw.random(steps).astype(np.float32))


def timed(run: Callable[[], object], times: int) -> tuple[float, float]:
    """Median and 95th percentile of CPU milliseconds."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        run()
        spent.append(1000 * (time.process_time() - start))
    return float(np.median(spent)), float(np.percentile(spent, 95))


def measure(panel: CanvasPanel, state: State, steps: int) -> dict[str, tuple[float, float]]:
    """Pan by 24 px at full detail and from afar, zoom, and a new frame."""
    app = QApplication.instance()
    assert app is not None and panel.room is not None
    view = panel.room.view
    state.session.recording.add(frame_of(panel, steps))
    panel.room._look_anew()
    out = {}
    for name, zoom in (("pan, all details", 1.0), ("pan, from afar", 0.2)):
        view.set_zoom(zoom)
        view.horizontalScrollBar().setValue(view.horizontalScrollBar().minimum() + 400)
        app.processEvents()

        def pan() -> None:
            view.scroll_by(24, 0)
            app.processEvents()

        out[name] = timed(pan, 60)

    def whole() -> None:
        view.viewport().repaint(QRect(0, 0, view.viewport().width(), view.viewport().height()))

    view.set_zoom(1.0)
    app.processEvents()
    out["paint everything"] = timed(whole, 20)

    def fresh() -> None:
        state.session.recording.add(frame_of_step(panel, steps))
        panel.room._look()  # type: ignore[union-attr]
        app.processEvents()

    frames = [frame_of(panel, steps) for _ in range(12)]

    def frame_of_step(_: CanvasPanel, __: int) -> Frame:
        made = frames.pop()
        return Frame(100 - len(frames), made.values, made.norms, losses=made.losses)

    out["a new frame"] = timed(fresh, 10)
    return out


def main() -> None:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    dress(app, "dark")  # type: ignore[arg-type]
    project = shipped(NAME).project
    project = replace(project, graph=inside(project.graph, PATH, five_gates, default_registry()))
    state = State(Session(Document(project)), settings_in(Path(tempfile.mkdtemp())))
    panel = CanvasPanel(state.document, state.registry, state)
    panel.resize(1280, 700)
    panel.show()
    while state.verdict.project is None:
        app.processEvents()
    panel.board.go(PATH)
    panel.show_unrolled(True)
    assert panel.room is not None
    panel.room.view.finish()
    count = sum(len(block.boxes) for block in panel.room.plan.blocks)
    print(f"{count} boxes a step; wanted: a pan of T = 200 within {LIMIT:.0f} ms")
    for steps in (200, 2000):
        for name, (middle, high) in measure(panel, state, steps).items():
            print(
                f"T = {steps:5}  {count} nodes  {name:18} {middle:7.2f} ms  {high:7.2f} ms  (items {len(panel.room.view.items_)})"
            )
    os._exit(0)


if __name__ == "__main__":
    main()
