"""The first run without a display: the studio's own window, offscreen, trains the first project in front of the person
and leaves everything it can make in one folder.

    python -m studio.firstrun FOLDER [--steps N]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from core.cli.door import person_language
from core.cli.telling import FAILED, TRAINING_LOSS, complain, tell
from core.problems import Refused
from core.project.gallery import FIRST, shipped
from core.words import Text, say, set_language
from studio.app import make_app, open_window
from studio.settings import Settings
from studio.tidy import Tidy
from studio.window import MainWindow

STEPS = 200
SIZE = QSize(1480, 920)
MOMENTS = (0.1, 0.5)  # shares of the run at which the window is photographed; and once at the end
CHARTS = ("loss", "gradient_flow", "heat")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="studio.firstrun", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    given = parser.parse_args(arguments)
    set_language(person_language())
    try:
        return first_run(given.folder, given.steps)
    except Refused as refused:
        complain(refused.problems)
        return FAILED


def first_run(folder: Path, steps: int) -> int:
    """Open, train, photograph, export, plot, report. The exit code. Raises Refused where something cannot be made."""
    prepare(folder)
    app = make_app()
    with tempfile.TemporaryDirectory() as kept:
        settings = Settings(Path(kept) / "studio.ini")
        window = open_window(app, settings, folder / f"{FIRST}.unfold")
        window.resize(SIZE)
        window.show()
        tidy = Tidy()
        tidy.start()
        ended_well = train(app, window, folder, steps)
        tidy.stop()
        window.close()
        app.processEvents()
    if not ended_well:
        return FAILED
    leave(folder)
    made = ", ".join(sorted(p.name for p in folder.iterdir()))
    tell(Text("Everything is in {f}: {m}.", "Todo está en {f}: {m}."), f=folder, m=made)
    tell(
        Text("With a display, the same command opens the studio.", "Con una pantalla, la misma orden abre el estudio.")
    )
    return 0


def prepare(folder: Path) -> None:
    """An empty folder with the first project in it. Only what an earlier first run left is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "run", ignore_errors=True)
    (folder / f"{FIRST}.unfold").write_bytes(shipped(FIRST).path.read_bytes())


def train(app: QApplication, window: MainWindow, folder: Path, steps: int) -> bool:
    """Train in the window with a progress bar in the terminal; True when it ended well."""
    state = window.state
    project = state.document.project
    short = replace(
        project.training, steps=steps, validate_every=steps // 4, sample_every=steps // 4, checkpoint_every=0
    )
    state.document.apply_project(Text("First run", "Primera vez"), replace(project, training=short))
    state.document.mark_saved(folder / f"{FIRST}.unfold")
    state.bridge.start(folder / "run")
    window.show_panel("training")
    window.show_panel("watch")
    waiting, told = list(MOMENTS), -1
    while state.bridge.view.busy or state.bridge.view.phase == "idle":
        app.processEvents()
        time.sleep(0.005)
        at, total = state.bridge.view.at, max(1, state.bridge.view.total)
        if state.bridge.view.step is not None:
            told = show_progress(at, total, state.bridge.view.step.loss, told)
        if waiting and at / total >= waiting[0] and state.session.recording.frames:
            photograph(window, folder / f"window-{round(100 * waiting.pop(0))}.png")
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    if state.bridge.view.failed is not None:
        complain([state.bridge.view.failed.problem])
        return False
    photograph(window, folder / "window-100.png")
    return True


def show_progress(at: int, total: int, loss: float, told: int) -> int:
    """A bar that is drawn over in a terminal; in a file a line for every tenth. What of it has been told now."""
    live, words = sys.stderr.isatty(), say(TRAINING_LOSS, l=f"{loss:.3f}")
    here = at if live else 10 * at // total
    if here == told:
        return told
    if live:
        filled = round(30 * at / total)
        sys.stderr.write(f"\r[{'█' * filled}{'·' * (30 - filled)}] {at}/{total}  {words} ")
    else:
        sys.stderr.write(f"{at}/{total}  {words}\n")
    sys.stderr.flush()
    return here


def photograph(window: MainWindow, file: Path) -> None:
    QApplication.processEvents()
    window.grab().save(str(file))


def leave(folder: Path) -> None:
    """Model, plots and report of the run."""
    from core.export.deliver import export
    from core.export.report import write_report
    from core.observe.chart import ChartSpec
    from core.observe.paper import render
    from core.project.running import load_recording
    from core.specs.registry import default_registry

    registry, run_dir = default_registry(), folder / "run"
    verified = export(run_dir, "source", folder / "model", registry)
    tell(Text("Model exported and run apart from Unfold: largest error {e:.1e}.", "Modelo exportado y ejecutado aparte de Unfold: error máximo {e:.1e}."), e=verified.largest)  # fmt: skip
    recording = load_recording(run_dir)
    for kind in CHARTS:
        spec = registry.of("chart")[kind]
        assert isinstance(spec, ChartSpec)
        render(spec.draw(recording, None, ""), folder / f"{kind}.svg")
    write_report(run_dir, folder / "report.html", registry)


if __name__ == "__main__":
    sys.exit(main())
