"""What crosses between window and child: every message comes out as it went in, and nothing strange gets through."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
from typing import Any

import numpy as np
import pytest

from core.data.dataset import Baseline
from core.problems import Place, Problem
from core.process.letter import MARK, Arrays, Strange, read, write
from core.process.teller import Teller
from core.process.told import KINDS, heard, letters, written
from core.train.messages import Done, Failed, Frame, Message, Paused, Probed, Sample, Saved, Started, Step, Validation
from core.words import Text

RANDOM = np.random.default_rng(0)


def floats(*shape: int) -> Any:
    return RANDOM.normal(size=shape).astype(np.float32)


PROBLEM = Problem(
    "a.b", Text("bad", "malo"), Place(("cell", "gate"), "h", label="x"), details={"k": "v"}, quote=("torch", "no")
)
MESSAGES: tuple[Message, ...] = (
    Started(9, 0, "cpu", "fp32", 17, "/r", {"m": "LSTM"}, {"loss": 1.5}, told=(Text("a", "b"),), vocabularies={"x": ("é", "\n")},
            loops={"h": ("h", "c")}, baselines=(Baseline(Text("mean", "media"), {"loss": 2.0}),)),
    Step(1, 0.5, 1e-3, 1.0, 0.9, 0.25, 32, {"accuracy": 0.1}, None),
    Validation(1, {"loss": float("inf")}, 0.5, {"next": floats(3, 3)}),
    Frame(2, {"h": floats(5, 3)}, {"h": floats(5)}, losses=floats(5), weight_norms={"w": (1.0, 0.5)}, symbols={"x": ("a", "b")},
          outputs={"empty": floats(0, 4)}, updates={"w": 1e-3}, free=Frame(2, {"h": floats(2, 2)}, {})),
    Sample(2, ("h", "e"), "he", 0.8, floats(2, 4), floats(2)),
    Saved(3, "/r/checkpoint"), Paused(4), Probed(5, 0.02, 3, 0), Failed(6, PROBLEM, "trace"),
    Done(7, {"loss": 0.1}, 12.0, True, "/r", 7),
)  # fmt: skip


def crossed(messages: tuple[Message, ...]) -> list[Message]:
    stream = io.BytesIO()
    told, arrays = written(messages)
    write(stream, told, arrays)
    stream.seek(0)
    letter = read(stream)
    assert letter is not None and read(stream) is None
    return heard(*letter)


def test_every_message_comes_out_as_it_went_in() -> None:
    assert {type(m) for m in MESSAGES} == set(KINDS.values())
    for sent, came in zip(MESSAGES, crossed(MESSAGES), strict=True):
        assert repr(sent) == repr(came)
        assert type(sent) is type(came)
    frame, again = MESSAGES[3], crossed(MESSAGES)[3]
    assert isinstance(frame, Frame) and isinstance(again, Frame)
    assert frame.values["h"].tobytes() == again.values["h"].tobytes() and again.values["h"].dtype == np.float32


def test_a_number_that_is_none_crosses_as_such() -> None:
    (step,) = crossed((Step(1, float("nan"), 1.0, float("inf"), 1.0, 0.0, 1),))
    assert isinstance(step, Step) and np.isnan(step.loss) and step.grad_norm == float("inf")


def test_an_array_without_axes_and_one_in_columns_keep_their_shape() -> None:
    columns = np.asfortranarray(floats(2, 3))
    (frame,) = crossed((Frame(1, {"one": np.array(3.5, np.float32), "columns": columns}, {}),))
    assert isinstance(frame, Frame) and frame.values["one"].shape == () and float(frame.values["one"]) == 3.5
    assert (frame.values["columns"] == columns).all()


def test_what_is_no_text_in_the_name_of_a_folder_crosses() -> None:
    """Names of files are bytes; Python keeps those that are no UTF-8 as halves of surrogate pairs."""
    (saved,) = crossed((Saved(1, "/home/a\udcf1o/run"),))
    assert saved == Saved(1, "/home/a\udcf1o/run")


def test_a_frame_that_is_kept_keeps_no_other_of_its_letter() -> None:
    tracemalloc.start()
    (kept, _) = crossed((Frame(1, {"h": floats(2)}, {}), Frame(2, {"h": floats(1 << 20)}, {})))
    del _
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert isinstance(kept, Frame) and held < 1 << 20, held


def test_large_frames_go_in_letters_of_their_own_and_in_order() -> None:
    sent = [Step(n, 0.1, 0.1, 1.0, 1.0, 0.1, 1) if n % 3 else Frame(n, {"h": floats(100)}, {}) for n in range(20)]
    parts = list(letters(sent, full=1000))
    assert len(parts) == 3 and all(sum(a.nbytes for a in arrays) <= 1200 for _, arrays in parts)
    came = [m for told, arrays in parts for m in heard(told, Arrays(b"".join(a.tobytes() for a in arrays)))]
    assert repr(came) == repr(sent)


def test_a_frame_that_is_too_large_to_be_told_is_counted_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    import core.process.teller as room

    monkeypatch.setattr(room, "MOST_ARRAYS", 10_000)
    told: list[dict[str, Any]] = []
    teller = Teller(lambda head, arrays: told.append(head))
    teller.put(Frame(1, {"h": floats(5000)}, {}))
    teller.put(Frame(2, {"h": floats(50)}, {}))
    teller.finish()
    assert [m[1]["step"] for head in told for m in head["told"]] == [2] and told[-1]["dropped"] == 1


def spoilt(change: Any) -> tuple[Any, Arrays]:
    """The letter of a frame after somebody had a hand in it."""
    told, arrays = written((MESSAGES[3],))
    data = json.loads(json.dumps(told))
    data = change(data) or data
    return data, Arrays(b"".join(a.tobytes() for a in arrays))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: [["Frame", d[0][1]]],
        lambda d: {"kind": "frame"},
        lambda d: d[0][1].update(step="2"),
        lambda d: d[0][1].update(step=True),
        lambda d: d[0][1].update(more=1),
        lambda d: d[0][1].pop("cost"),
        lambda d: d[0][1].update(cost=None),
        lambda d: d[0][1]["values"].update(h=["|O", [1]]),
        lambda d: d[0][1]["values"].update(h=["<f8", [5, 3]]),
        lambda d: d[0][1]["values"].update(h=["<f4", [5, -3]]),
        lambda d: d[0][1]["values"].update(h=["<f4", [2**40, 3]]),
        lambda d: d[0][1]["values"].update(h=["<f4", [1] * 40]),
        lambda d: d[0][1]["values"].clear(),  # bytes that belong to nothing
        lambda d: d[0][1]["symbols"].update(x=[1]),
        lambda d: d[0][1]["weight_norms"].update(w=[1.0]),
        lambda d: d[0][1].update(cost=10**400),  # numbers and shapes that neither Python nor numpy can hold
        lambda d: d[0][1]["values"].update(h=["<f4", [0, 10**30]]),
        lambda d: d[0][1]["values"].update(h=["<f4", [0, 2**62, 2**62]]),
    ],
)
def test_what_is_no_message_is_refused(change: Any) -> None:
    with pytest.raises(Strange):
        heard(*spoilt(change))


def test_random_damage_never_gets_further_than_strange() -> None:
    """Bytes of real letters, changed: either they still are a letter, or that is told."""
    stream = io.BytesIO()
    told, arrays = written(MESSAGES)
    write(stream, told, arrays)
    whole, refused = stream.getvalue(), 0
    for _ in range(1500):
        bad = bytearray(whole)
        for at in RANDOM.integers(0, len(bad) if RANDOM.random() < 0.8 else 16, size=int(RANDOM.integers(1, 4))):
            bad[int(at)] = int(RANDOM.integers(256))
        try:
            letter = read(
                io.BytesIO(bytes(bad[: int(RANDOM.integers(len(bad) + 1))] if RANDOM.random() < 0.1 else bad))
            )
            if letter is not None:
                heard(*letter)
        except Strange:
            refused += 1
    assert refused > 500


def test_what_is_nested_without_end_is_refused() -> None:
    frame: Any = None
    for _ in range(400):
        frame = {**json.loads(json.dumps(written((Frame(1, {}, {}),))[0]))[0][1], "free": frame}
    with pytest.raises(Strange):
        heard([["frame", frame]], Arrays())
    with pytest.raises(Strange):
        read(io.BytesIO(struct.pack("<4sIQ", MARK, 200_000, 0) + b"[" * 200_000))


def test_a_letter_is_not_read_where_its_size_is_absurd() -> None:
    front = struct.pack("<4sIQ", MARK, 10, 1 << 50)
    with pytest.raises(Strange):
        read(io.BytesIO(front + b"{}"))
    assert read(io.BytesIO(front[:7])) is None  # the other side died over it
