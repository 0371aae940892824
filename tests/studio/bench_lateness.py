"""How late a 16 ms timer of the window is while char-lm trains, beside the same window with the training paused.

Run: `python tests/studio/bench_lateness.py [--seconds S] [--size WxH] [--where]`. Not a test: figures need a quiet machine.
Training and pause alternate, so that what other programs cost shows in both. The processor time of each turn of the event
loop is measured too; it depends little on what else the machine does. `--where` says what was going on in the long turns.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from studio.settings import Settings

PERIOD = 16.0  # ms
WARM = 5.0  # s of training before anything counts
SLICE = 4.0  # s of training, then of pause
LONG = 4.0  # ms of processor time; turns beyond are looked into
DEPTH = 7  # callers named
SETTLE = 0.3  # s after each change that count for neither


class Spy(threading.Thread):
    """Looks where the main thread is, every millisecond; keeps what was seen in long turns."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._main = threading.main_thread().ident
        self._seen: list[str] = []
        self.long: dict[str, list[float]] = defaultdict(list)

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
    return f"{name:24} n {len(values):6}  p50 {p50:6.2f}  p95 {p95:6.2f}  p99 {p99:6.2f}  max {max(values):7.2f} ms"


def measure(seconds: float, size: tuple[int, int], where: bool, project: str, picture: str) -> None:
    from core.project.gallery import shipped
    from studio.app import SWITCH_INTERVAL, open_window
    from studio.tidy import Tidy

    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.disable()  # as `unfold` does
    app = QApplication(sys.argv[:1])
    folder = Path(tempfile.mkdtemp())
    settings = Settings(folder / "studio.ini")
    settings.language, settings.theme = "en", "dark"
    window = open_window(app, settings)
    window.state.session.new(shipped(project).project)
    window.resize(*size)
    window.show()
    tidy = Tidy()
    gauge = Gauge(Spy() if where else None)
    gauge.start()
    wait(1.5)
    tidy.start()
    gauge.phase = "loading torch"
    window.state.bridge.start(folder / "run")
    window._run_started()
    until = time.monotonic() + 60
    while window.state.bridge.view.step is None and time.monotonic() < until:
        wait(0.1)
    gauge.phase = "first seconds"
    wait(WARM)
    if gauge.spy is not None:
        gauge.spy.start()
    before = window.state.bridge.view
    for _ in range(max(1, round(seconds / SLICE))):
        for phase, steer in (("training", window.state.bridge.go), ("paused", window.state.bridge.pause)):
            gauge.phase = ""
            steer()
            wait(SETTLE)
            gauge.phase = phase
            wait(SLICE)
    after = window.state.bridge.view
    if picture:
        window.grab().save(picture)
    report(gauge, window, before, after, app)


def report(gauge: Gauge, window: object, before: object, after: object, app: QApplication) -> None:
    print(f"{app.platformName()}, {window.width()}x{window.height()}, charts {window.state.settings.charts}, ", end="")
    print(f"steps {before.at} to {after.at}, load {os.getloadavg()[0]:.1f}")
    for phase in ("loading torch", "first seconds", "training", "paused"):
        print(figures(f"late, {phase}", gauge.late[phase]))
    for phase in ("loading torch", "first seconds", "training", "paused"):
        print(figures(f"turn, {phase}", gauge.turns[phase]))
    added = np.percentile(gauge.late["training"], 99) - np.percentile(gauge.late["paused"], 99)
    share = sum(gauge.turns["training"]) / len(gauge.late["training"]) / PERIOD
    print(f"added lateness at p99 {added:.2f} ms; main thread busy {100 * share:.0f} % of the time while training")
    if gauge.spy is not None:
        for place, costs in sorted(gauge.spy.long.items(), key=lambda item: -len(item[1]))[:25]:
            print(f"  in {len(costs):4} turns over {LONG:.0f} ms: {place}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=24.0)
    parser.add_argument("--size", default="1480x920")
    parser.add_argument("--project", default="char-lm")
    parser.add_argument("--where", action="store_true")
    parser.add_argument("--picture", default="", help="where to keep a picture of the window at the end")
    chosen = parser.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    measure(chosen.seconds, (width, height), chosen.where, chosen.project, chosen.picture)
    sys.stdout.flush()
    os._exit(0)  # no question about the run that still goes on


if __name__ == "__main__":
    main()
