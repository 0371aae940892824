"""A film shows what the charts show, frame by frame; making it never holds the window up; what is broken off leaves nothing."""

import errno
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import isValid

from core.observe.gif import Gif, changed, evenly
from core.observe.recording import Recording
from core.train.messages import Frame, Started
from studio.filming import making
from studio.filming.dialog import FilmDialog
from studio.filming.sources import ChartSource, UnrolledSource
from studio.panels.charts import chart_palette
from tests.studio.desk import Patience, hello, open_desk

LEFT = Qt.MouseButton.LeftButton


def recording(count: int = 12) -> Recording:
    r = Recording()
    r.add(Started(99, 0, "cpu", "fp32", 9, "", {}, {}, along={"h": "T", "": "T"}))
    for n in range(count):
        r.add(
            Frame(
                n + 1,
                {"h": np.sin(np.arange(20.0, dtype=np.float32).reshape(5, 4) + n)},
                {"h": np.full(5, 0.5**n, np.float32)},
            )
        )
    return r


@pytest.fixture(scope="module")
def desk(qapp, tmp_path_factory):
    with open_desk(Patience(), tmp_path_factory.mktemp("film"), hello()) as window:
        window.state.session.recording = recording()
        window.state.bridge.framed.emit()
        window.watch.slots_[0].kinds.setCurrentIndex(window.watch.slots_[0].kinds.findData("heat"))
        yield window


@pytest.fixture
def dialog(desk, tmp_path) -> FilmDialog:
    desk.activateWindow()
    Patience().waitUntil(desk.isActiveWindow)
    QTest.keyClick(desk, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    found = next(w for w in desk.findChildren(FilmDialog) if w.isVisible())
    found.path.setFocus()
    found.path.selectAll()
    QTest.keyClicks(found.path, str(tmp_path / "out.gif"))
    yield found
    if isValid(found):
        found.close()
    QApplication.processEvents()


def words(dialog: FilmDialog) -> str:
    return " ".join(w.text() for w in dialog.findChildren(QLabel) if w.isVisible())


def pictures(path: Path) -> list[np.ndarray]:
    with Image.open(path) as film:
        return [np.asarray(f.convert("RGB"), dtype=float) for f in ImageSequence.Iterator(film)]


def test_a_film_holds_each_picture_and_only_what_changed(tmp_path):
    """Read back by another hand: Pillow's reader, and its clock."""
    flat = np.full((40, 60, 3), 200, np.uint8)
    shown = [flat.copy() for _ in range(4)]
    shown[1][10:20, 30:50] = (10, 20, 30)
    shown[3][:, :] = np.arange(60, dtype=np.uint8)[None, :, None] * 4
    with Gif(tmp_path / "a.gif", 20) as gif:
        for one in shown:
            gif.add(one)
    with Image.open(tmp_path / "a.gif") as film:
        assert (film.n_frames, film.size, film.info["loop"], film.info["duration"]) == (4, (60, 40), 0, 50)
    for found, wanted in zip(pictures(tmp_path / "a.gif"), shown, strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert changed(shown[0], shown[1]) == (10, 30, 10, 20) and changed(flat, flat) == (0, 0, 1, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["a.gif"]
    assert evenly(tuple(range(100)), 3) == (0, 50, 99) and evenly((1, 2), 9) == (1, 2)


def test_every_frame_of_the_film_is_the_chart_at_that_step(desk, dialog, tmp_path):
    QTest.qWait(300)
    assert "12 pictures, 1.2 s long" in words(dialog) and "MB" in words(dialog)
    QTest.mouseClick(dialog.go, LEFT)
    Patience().waitUntil(lambda: "The film is written" in words(dialog), timeout=20_000)
    assert [p.name for p in tmp_path.iterdir()] == ["out.gif"]
    found, live = pictures(tmp_path / "out.gif"), desk.state.session.recording
    spec, size = desk.watch.slots_[0].spec, QSize(640, 420)
    live.save(tmp_path / "again.npz")
    source = ChartSource(Recording.load(tmp_path / "again.npz"), spec, "", chart_palette(desk.state.tokens), size, None)
    QTest.qWait(20)
    for seen, step in zip(found, live.frames, strict=True):
        wanted = source.picture(step).astype(float)
        assert np.abs(seen - wanted).mean() < 2.0, step  # 256 colours a picture
    assert np.abs(found[0] - found[1]).mean() > 2.0  # the judge would see a wrong frame
    source.close()


def test_making_a_film_never_holds_the_window_up(desk, dialog):
    dialog.size_.setCurrentIndex(2)
    beats, timer = [], QTimer()
    timer.timeout.connect(lambda: beats.append(time.thread_time()))
    timer.start(1)
    QTest.mouseClick(dialog.go, LEFT)
    Patience().waitUntil(lambda: dialog._making is None, timeout=30_000)
    timer.stop()
    costs = np.diff(beats)
    assert len(beats) >= 12 and np.median(costs) < 0.15 and costs.max() < 1.0, costs.max()


def test_a_film_that_is_cancelled_leaves_nothing(desk, dialog, tmp_path):
    QTest.mouseClick(dialog.go, LEFT)
    Patience().waitUntil(lambda: dialog._bar.value() >= 2 or dialog._making is None, timeout=20_000)
    assert dialog._making is not None and dialog.close_.text() == "Cancel" and list(tmp_path.iterdir())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible() and dialog.go.isEnabled() and not list(tmp_path.iterdir())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "could not be written"), (errno.EACCES, "could not be written"), (0, "came to 0 MB")],
)
def test_what_goes_wrong_is_told_and_leaves_nothing(desk, dialog, tmp_path, monkeypatch, number, said):
    whole = Gif.add

    def refuse(self: Gif, pixels: np.ndarray) -> None:
        if self.written and number:
            raise OSError(number, "no")
        whole(self, pixels)

    monkeypatch.setattr(Gif, "add", refuse)
    if not number:
        monkeypatch.setattr(making, "LARGEST", 10)
    QTest.mouseClick(dialog.go, LEFT)
    Patience().waitUntil(lambda: dialog._making is None and said in words(dialog), timeout=20_000)
    assert not list(tmp_path.iterdir()) and "Traceback" not in words(dialog)


def test_another_kind_of_file_is_refused(dialog, tmp_path):
    dialog.path.selectAll()
    QTest.keyClicks(dialog.path, str(tmp_path / "out.mp4"))
    QTest.mouseClick(dialog.go, LEFT)
    Patience().waitUntil(lambda: "does not end in .gif" in words(dialog))
    assert not list(tmp_path.iterdir())


def test_the_unrolled_drawing_is_filmed_too(desk, tmp_path):

    desk.canvas.show_unrolled(True)
    source = UnrolledSource(desk.canvas.room, desk.state.session.recording, QSize(400, 300))
    first, last = source.picture(1), source.picture(12)
    source.close()
    desk.canvas.show_unrolled(False)
    assert first.shape == (300, 400, 3) and (first != last).any()
