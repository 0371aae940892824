"""How late a 16 ms timer of the window is while char-lm trains, beside the same window with the training paused.

Run: `python tests/studio/bench_lateness.py [--seconds S] [--size WxH] [--thread] [--where]`. Not a test: figures need a
quiet machine. Every panel stands open beside the others, with as many charts as there is room for and, half of the time,
the unrolled view on the canvas. Training and pause alternate, so that what other programs cost shows in both. The
processor time of each turn of the event loop is measured too; it depends little on what else the machine does.
`--thread` trains inside the window instead. `--alone` (as root, on Linux) puts window and child before all other
programs. `--where` says what was going on in the long turns.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from core.process.run import ProcessRun
from core.process.worker import POLITE
from studio.bridge import RunView
from studio.docks import HOME
from studio.settings import Settings
from studio.window import MainWindow

PERIOD = 16.0  # ms
WARM = 5.0  # s of training before anything counts
SLICE = 4.0  # s of training, then of pause
LONG = 8.0  # ms of processor time; turns beyond are looked into
DEPTH = 12  # callers named
LONGEST = 4  # turns looked at one by one
SETTLE = 0.3  # s after each change that count for neither
STALL = 50.0  # ms
FIRST = -15
CHARTS = (
    "heat",
    "gradient_flow",
    "gradient_matrix",
    "loss",
)  # a picture, a family of curves, a costly look, a long curve


class Spy(threading.Thread):
    """Looks where the main thread is, every millisecond; keeps what was seen in long turns."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._main = threading.main_thread().ident
        self._seen: list[str] = []
        self.long: dict[str, list[float]] = defaultdict(list)
        self.longest: list[tuple[float, Counter[str]]] = []

    def run(self) -> None:
        while True:
            time.sleep(0.001)
            frame = sys._current_frames().get(self._main)
            names = []
            while frame is not None and len(names) < DEPTH:
                names.append(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}")
                frame = frame.f_back
            self._seen.append(" < ".join(names))

    def turned(self, cost: float) -> None:
        seen, self._seen = self._seen, []
        if cost > LONG:
            for place in set(seen):
                self.long[place].append(cost)
            self.longest.append((cost, Counter(seen)))
            self.longest = sorted(self.longest, key=lambda turn: -turn[0])[:LONGEST]


class Gauge(QObject):
    """A precise timer that arms itself anew each time, and a clock of the main thread's processor time per turn."""

    def __init__(self, spy: Spy | None) -> None:
        super().__init__()
        self.spy = spy
        self.phase = ""
        self.late: dict[str, list[float]] = defaultdict(list)
        self.turns: dict[str, list[float]] = defaultdict(list)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(PERIOD))
        self._timer.timeout.connect(self._beat)
        self._turn = time.thread_time()
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.aboutToBlock.connect(self._turned)

    def start(self) -> None:
        self._due = time.perf_counter() + PERIOD / 1000
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        if self.phase:
            self.late[self.phase].append(1000 * (now - self._due))
        self.start()

    def _turned(self) -> None:
        now = time.thread_time()
        cost = 1000 * (now - self._turn)
        if self.phase:
            self.turns[self.phase].append(cost)
        if self.spy is not None:
            self.spy.turned(cost)
        self._turn = now


def wait(seconds: float) -> None:
    """Let the loop run. (Not the application's: quitting that closes the window.)"""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def figures(name: str, values: list[float]) -> str:
    if not values:
        return f"{name:24} nothing measured"
    p50, p95, p99 = np.percentile(values, (50, 95, 99))
    return f"{name:26} n {len(values):5}  p50 {p50:6.2f}  p95 {p95:6.2f}  p99 {p99:6.2f}  max {max(values):7.2f} ms"


BESIDE = (  # where every panel stands: whom it follows, and whether below it instead of to its right
    ("palette", "", False), ("outline", "palette", True), ("inspector", "", False), ("training", "inspector", True),
    ("guide", "training", True), ("watch", "", False), ("text", "watch", False), ("problems", "text", False),
    ("source", "problems", True), ("history", "source", True),
)  # fmt: skip


def open_all(window: MainWindow) -> None:
    """Every panel beside the others, none behind a tab."""
    for dock in window.docks.values():
        window.removeDockWidget(dock)
    for id, first, below in BESIDE:
        dock = window.docks[id]
        if first:
            window.splitDockWidget(
                window.docks[first], dock, Qt.Orientation.Vertical if below else Qt.Orientation.Horizontal
            )
        else:
            window.addDockWidget(HOME[id], dock)
        dock.show()


def put_first(process: int | str, rank: int) -> None:
    """Before the programs of other sessions, and of its own."""
    Path(f"/proc/{process}/autogroup").write_text(str(rank))
    os.setpriority(os.PRIO_PROCESS, 0 if process == "self" else int(process), rank)


def measure(chosen: argparse.Namespace) -> None:
    from core.project.gallery import shipped
    from studio.app import SWITCH_INTERVAL, open_window
    from studio.tidy import Tidy

    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.disable()  # as `unfold` does
    app = QApplication(sys.argv[:1])
    folder = Path(tempfile.mkdtemp())
    settings = Settings(folder / "studio.ini")
    settings.language, settings.theme, settings.apart = "en", "dark", not chosen.thread
    settings.charts = tuple(chosen.charts.split(","))
    window = open_window(app, settings)
    project = shipped(chosen.project).project
    window.state.session.new(replace(project, training=replace(project.training, steps=10**6)))
    window.resize(*(int(part) for part in chosen.size.split("x")))
    window.show()
    if chosen.alone:
        put_first("self", FIRST)
    gauge = Gauge(Spy() if chosen.where else None)
    gauge.start()
    wait(1.5)
    window.door.leave()
    open_all(window)
    tidy = Tidy()
    tidy.start()
    wait(1.5)
    gauge.phase = "before"
    wait(SLICE)
    if gauge.spy is not None:
        gauge.spy.start()
    gauge.phase = "loading torch"
    window.act("train")
    until = time.monotonic() + 90
    while window.state.bridge.view.step is None and time.monotonic() < until:
        wait(0.1)
    gauge.phase = "first seconds"
    wait(WARM)
    run = window.state.session.run
    if chosen.alone and isinstance(run, ProcessRun) and run._child is not None:
        put_first(run._child.id, FIRST + POLITE)
    before = window.state.bridge.view
    for turn in range(max(2, round(chosen.seconds / SLICE))):
        for phase, steer in (("training", window.state.bridge.go), ("paused", window.state.bridge.pause)):
            gauge.phase = ""
            steer()
            wait(SETTLE)
            gauge.phase = f"{phase}, unrolled" if turn % 2 else phase
            wait(SLICE)
        gauge.phase = ""
        window.canvas.actions()["unroll"].trigger()
        wait(SLICE / 4)
    after = window.state.bridge.view
    if chosen.picture:
        window.grab().save(chosen.picture)
    report(gauge, window, before, after, app)


def report(gauge: Gauge, window: MainWindow, before: RunView, after: RunView, app: QApplication) -> None:
    print(f"{app.platformName()}, {window.width()}x{window.height()}, charts {window.state.settings.charts}, ", end="")
    print(f"steps {before.at} to {after.at}, load {os.getloadavg()[0]:.1f}, torch here: {'torch' in sys.modules}")
    for what, found in (("late", gauge.late), ("turn", gauge.turns)):
        for phase, values in found.items():
            print(figures(f"{what}, {phase}", values), end="")
            print(f"  over {STALL:.0f} ms: {sum(v > STALL for v in values)}" if what == "late" else "")
    for kind in ("", ", unrolled"):
        training, paused = gauge.late[f"training{kind}"], gauge.late[f"paused{kind}"]
        added = [float(np.percentile(training, q) - np.percentile(paused, q)) for q in (95, 99)]
        print(f"added lateness{kind}: p95 {added[0]:.2f}, p99 {added[1]:.2f} ms")
    if gauge.spy is not None:
        for place, costs in sorted(gauge.spy.long.items(), key=lambda item: -len(item[1]))[:40]:
            print(f"  in {len(costs):4} turns over {LONG:.0f} ms, at most {max(costs):3.0f}: {place}")
        for cost, places in gauge.spy.longest:
            print(f"one turn of {cost:.0f} ms:")
            for place, times in places.most_common(8):
                print(f"  seen {times:3} times: {place}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=24.0)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--project", default="char-lm")
    parser.add_argument("--charts", default=",".join(CHARTS))
    parser.add_argument("--thread", action="store_true", help="train inside the window")
    parser.add_argument("--alone", action="store_true", help="put it before all other programs")
    parser.add_argument("--where", action="store_true", help="tell what the long turns did")
    parser.add_argument("--picture", default="", help="where to keep a picture of the window at the end")
    measure(parser.parse_args())
    sys.stdout.flush()
    os._exit(0)  # no question about the run that still goes on


if __name__ == "__main__":
    main()
