"""A recording keeps series and frames within its cap, thins evenly, saves and loads without loss."""

import io
import json
import threading
import zipfile

import numpy as np
import pytest

from core.data.dataset import Baseline
from core.observe.keep import Kept
from core.observe.recording import Recording, frame_bytes
from core.observe.track import Track, decimate, halve
from core.problems import Refused
from core.train.messages import Done, Frame, Probed, Sample, Started, Step, Validation
from core.words import Text


def step(n: int, loss: float = 1.0, **metrics: float) -> Step:
    return Step(n, loss, 0.1, 2.0, 1.0, n * 0.01, 32, metrics)


def frame(n: int, size: int = 1000) -> Frame:
    values = {"memory/h.y": np.full((4, size), n, np.float32)}
    return Frame(n, values, {"memory/h.y": np.ones(4, np.float32)})


def started(start: int = 0) -> Started:
    return Started(100, start, "cpu", "fp32", 7, "run", {"memory": "LSTM"}, {"loss": 1.5}, {"memory/h.y": "memory · h"},
                   ("torch 1 → 2",), {"text": ("a", "<b>", "=1")},
                   told=(Text("one word", "una palabra"),), loops={"a.y": ("a.y", "b.y")}, recurrent={"a.y": ("w",)}, baselines=(Baseline(Text("bigram", "bigrama"), {"loss": 1.25}),))  # fmt: skip


def full(cap: int = 1 << 24) -> Recording:
    r = Recording(cap)
    r.add(started())
    rng = np.random.default_rng(0)
    for n in range(1, 30):
        r.add(step(n, float(rng.normal()), accuracy=n / 30))
    r.add(step(30, float("nan"), accuracy=1.0))
    r.add(Validation(20, {"loss": 0.7, "accuracy": 0.5}, 0.1, {"out": np.eye(3, dtype=np.float32)}))
    r.add(Frame(
        10, {"a.y": rng.normal(size=(5, 3)).astype(np.float32)}, {"a.y": np.ones(5, np.float32)},
        {"a.y": np.zeros((5, 3), np.float32)}, np.arange(5, dtype=np.float32), {"w": (2.0, 1.0)},
        {"w": np.ones((3, 2), np.float32)}, {"text": ("a", "\n", "=1+1", "ñ", "<b>")}, {"out": np.ones((5, 4), np.float32)}, 0.01,
        matrices={"a.y": np.array([[np.nan, 1, 2]], np.float32)}, jacobians={"a.y": np.ones((4, 5), np.float32)},
        saturation={"a.y": np.ones((2, 5), np.float32)}, updates={"w": 1e-3}, roots={"a.y": np.ones((3, 3), np.float32)},
        cuts=(2, 4),
    ))  # fmt: skip
    r.add(frame(12, 3))
    r.add(Sample(15, ("h", "i"), "hi", 0.8, np.full((2, 4), 0.25, np.float32), None))
    r.add(Probed(29, 0.02, 2, 0))
    return r


def test_series_hold_what_the_messages_said():
    r = full()
    steps, accuracy = r.series("train/accuracy")
    assert steps.tolist() == list(range(1, 31)) and accuracy[-1] == 1.0
    assert r.series("validation/loss")[1].tolist() == [0.7]
    assert r.series("probe/share")[1].tolist() == [0.02]
    assert r.series("nothing")[0].shape == (0,)
    assert r.chance == {"loss": 1.5} and r.label("memory/h.y") == "memory · h" and r.label("other") == "other"
    assert r.symbol(1, 3) == "<b>" and r.symbol(1, 4) == "1" and Recording().symbol(7, 9) == "7"
    assert r.last_step == 30 and set(r.names()) >= {"loss", "learning_rate", "grad_norm", "clipped_norm"}


def test_messages_that_show_nothing_change_nothing():
    r = full()
    version = r.version
    r.add(Done(30, {}, 1.0, False, "run"))
    assert r.version == version


def test_frames_are_found_at_or_before_a_step():
    r = full()
    assert r.frames == (10, 12)
    assert r.frame() is r.frame(99) and r.frame().step == 12
    assert r.frame(11).step == 10 and r.frame(9) is None
    assert r.frame_with("eigen").step == 10 and r.frame_with("values").step == 12
    assert r.keys() == ("memory/h.y",)


def test_what_a_reader_holds_never_changes():
    t = Track()
    for n in range(64):
        t.add(n, n)
    steps, values = t.read()
    kept = values.copy()
    for n in range(64, 1000):
        t.add(n, -n)
    t.cut(10)
    t.add(11, 5)
    assert np.array_equal(values, kept) and len(steps) == 64
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 3


def test_a_long_series_is_thinned_and_keeps_its_spikes():
    t = Track(longest=1024)
    for n in range(100_000):
        t.add(n, 1000.0 if n == 777 else (-1000.0 if n == 50_001 else np.sin(n / 1000)))
    steps, values = t.read()
    assert len(steps) <= 1024 and t.nbytes <= 2 * 8 * 2048
    assert values.max() == 1000.0 and steps[values.argmax()] == 777
    assert values.min() == -1000.0 and steps[values.argmin()] == 50_001
    assert steps[-1] == 99_999 and (np.diff(steps) > 0).all()


def test_halving_keeps_half():
    x = np.arange(103.0)
    steps, values = halve(x, np.random.default_rng(1).normal(size=103))
    assert len(steps) == 50 + 3 and (np.diff(steps) > 0).all() and len(values) == len(steps)


@pytest.mark.parametrize("n", [1, 5, 4000, 4001, 100_003, 1_000_000])
def test_decimated_curves_show_the_same_columns(n):
    rng = np.random.default_rng(n)
    x, y = np.arange(float(n)), rng.normal(size=n).cumsum()
    dx, dy = decimate(x, y, 1000)
    assert len(dx) <= 4 * 1000 + 4 and (np.diff(dx) > 0).all()
    assert dx[0] == x[0] and dx[-1] == x[-1]
    assert dy.min() == y.min() and dy.max() == y.max()
    assert np.array_equal(dy, y[dx.astype(int)])


def test_decimating_shows_a_nan_as_a_gap():
    y = np.zeros(100_000)
    y[5555] = np.nan
    assert np.isnan(decimate(np.arange(100_000.0), y, 500)[1]).any()


def test_the_cap_holds_and_thinning_is_even():
    cap = 8 * 100 * frame_bytes(frame(0)) // 7
    r = Recording(cap)
    for n in range(2000):
        r.add(frame(n))
    assert r.nbytes <= cap
    steps = np.array(r.frames)
    assert steps[0] == 0 and steps[-1] == 1999 and len(steps) >= 80
    gaps = np.diff(steps)
    assert gaps.max() <= 4 * np.median(gaps)
    halves = np.histogram(steps, bins=4, range=(0, 2000))[0]
    assert halves.min() * 3 >= halves.max()  # the start is remembered as well as the end


def test_a_frame_told_again_replaces_the_old_one():
    kept = Kept(10**6)
    kept.add(frame(5), 10)
    kept.add(frame(7), 10)
    kept.add(frame(7, 2), 10)
    assert kept.steps == (5, 7) and kept.nbytes == 20 and kept.at(7).values["memory/h.y"].shape == (4, 2)


def test_a_resumed_run_takes_over_from_its_checkpoint():
    r = full()
    r.add(started(11))
    assert r.last_step == 11 and r.frames == (10,) and r.samples == ()
    r.add(step(12, 5.0))
    assert r.series("loss")[0].tolist() == list(range(1, 13))


def test_saved_and_loaded_recordings_are_equal(tmp_path):
    r = full()
    r.save(tmp_path / "recording.npz")
    again = Recording.load(tmp_path / "recording.npz")
    assert again == r
    assert list(tmp_path.iterdir()) == [tmp_path / "recording.npz"]
    again.add(step(31))
    assert again != r
    with np.load(tmp_path / "recording.npz", allow_pickle=False) as plain:
        assert set(plain) == {"index", "series", "arrays"}


def test_an_empty_recording_saves_too(tmp_path):
    Recording().save(tmp_path / "r.npz")
    assert Recording.load(tmp_path / "r.npz") == Recording()


@pytest.mark.parametrize("damage", ["cut", "text", "pickle", "shape", "missing"])
def test_damaged_files_are_refused(tmp_path, damage):
    path = tmp_path / "recording.npz"
    full().save(path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-200])
    elif damage == "text":
        path.write_text("not a recording")
    elif damage == "pickle":
        np.savez(path, index=np.array([{"version": 1}], dtype=object))
    elif damage == "shape":
        with zipfile.ZipFile(path) as archive:
            parts = {n: archive.read(n) for n in archive.namelist()}
        parts["index.npy"] = parts["index.npy"].replace(b'"values": {"a.y": [5, 3]}', b'"values": {"a.y": [9, 9]}')
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
    else:
        path.unlink()
    with pytest.raises(Refused) as refused:
        Recording.load(path)
    assert refused.value.problems[0].code == "recording.unreadable"


@pytest.mark.parametrize(
    ("at", "bad"),
    [
        (("frames", 0, "step"), 10**30),
        (("frames", 0, "cost"), 10**400),
        (("frames", 0, "updates", "w"), 10**400),
        (("frames", 0, "saturation", "a.y"), [5]),
        (("frames", 0, "jacobians", "a.y"), [1, 5]),
        (("frames", 0, "norms", "a.y"), [5, 1]),
        (("samples", 0, "step"), float("inf")),
        (("started", "baselines", 0), ["one"]),
        (("series", "loss"), 29.0),
    ],
)
def test_what_a_stranger_wrote_into_it_is_refused(tmp_path, at, bad):
    """All of it is said of a run whose folder somebody sends: it reaches no chart."""
    full().save(tmp_path / "r.npz")
    index = index_of(tmp_path / "r.npz")
    inside = index
    for name in at[:-1]:
        inside = inside[name]
    inside[at[-1]] = bad
    with pytest.raises(Refused):
        Recording.load(rewritten(tmp_path / "r.npz", json.dumps(index)))


def test_what_is_nested_packed_or_runs_backwards_is_refused(tmp_path):
    full().save(tmp_path / "r.npz")
    for text, how in (("[" * 100_000 + "]" * 100_000, zipfile.ZIP_STORED), (json.dumps(index_of(tmp_path / "r.npz")), zipfile.ZIP_DEFLATED)):  # fmt: skip
        with pytest.raises(Refused):
            Recording.load(rewritten(tmp_path / "r.npz", text, how))
    for steps in ([1.0, np.nan], [2.0, 1.0], [1.0, 1.0], [1.0, np.inf]):
        r = Recording()
        r.fill("loss", np.array(steps), np.zeros(2))
        r.save(tmp_path / "r.npz")
        with pytest.raises(Refused):
            Recording.load(tmp_path / "r.npz")


def index_of(path):
    with np.load(path, allow_pickle=False) as plain:
        return json.loads(plain["index"].tobytes())


def rewritten(path, text, how=zipfile.ZIP_STORED):
    """A copy of the file with another index."""
    other, packed = path.with_name("other.npz"), io.BytesIO()
    np.save(packed, np.frombuffer(text.encode(), np.uint8))
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w", how) as new:
        for name in old.namelist():
            new.writestr(name, packed.getvalue() if name == "index.npy" else old.read(name))
    return other


def test_one_writes_while_another_reads():
    r = Recording(200 * frame_bytes(frame(0, 100)))
    wrong: list[str] = []
    ready = threading.Event()

    def write():
        for n in range(1, 6000):
            r.add(step(n, float(n)))
            if n % 5 == 0:
                r.add(frame(n, 100))
        ready.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not ready.is_set():
        steps, losses = r.series("loss")
        if len(steps) and not np.array_equal(steps, losses):
            wrong.append("series")
        found = r.frame(3000)
        if found is not None and (found.values["memory/h.y"] != found.step).any():
            wrong.append("frame")
        r.frames, r.keys(), r.names()
    writer.join()
    assert wrong == []


def test_symbols_stand_only_beside_what_runs_along_their_axis() -> None:
    """An encoder over S and a decoder over T may well be of one length."""
    words = {"source": ("c", "a", "t"), "target": ("g", "a", "t")}
    frame = Frame(1, {"decoder.h": np.zeros((3, 2), np.float32)}, {}, {}, None, {}, {}, words, {}, 0.0)
    along = {"source": "S", "target": "T", "decoder.h": "T", "encoder.h": "S"}
    recording = Recording()
    recording.add(Started(2, 0, "cpu", "fp32", 1, "run", {}, {}, along=along))
    assert recording.spelt(frame, "decoder.h", 3) == words["target"]
    assert recording.spelt(frame, "encoder.h", 3) == words["source"]
    assert recording.spelt(frame, "encoder.h", 4) == ()
