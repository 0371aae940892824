"""What a run leaves to look at: metric series and probe frames, bounded in memory, saved with the run, scrubbed freely."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from core.observe.keep import Kept
from core.observe.track import Doubles, Track
from core.train.messages import ARRAYS, Floats, Frame, Message, Probed, Sample, Started, Step, Validation
from core.words import Text

CAP = 256 * 1024 * 1024
_EMPTY = np.empty(0)
_EMPTY.flags.writeable = False


class Recording:
    """Fed with every message of a run (`add`); one thread may write while another reads.

    Series: loss, learning_rate, grad_norm, clipped_norm, clipped (1 where clipping shortened the gradient, else 0: its
    smooth course is the clip rate), seconds, forcing (the share of the truth that was heard), train/<metric>, validation/<metric>, probe/share.
    """

    def __init__(self, cap_bytes: int = CAP) -> None:
        self.cap_bytes = cap_bytes
        self.started: Started | None = None
        self.version = 0  # rises with each message kept, so that a window redraws only what changed
        self._tracks: dict[str, Track] = {}
        self._frames: Kept[Frame] = Kept(cap_bytes // 16 * 13)
        self._tables: Kept[Validation] = Kept(cap_bytes // 16)
        self._samples: Kept[Sample] = Kept(cap_bytes // 8)

    def add(self, message: Message) -> None:
        """Keep what can be looked at later; other messages pass by."""
        match message:
            case Step():
                self._add_step(message)
            case Validation():
                self._put("validation/", message.step, message.metrics)
                self.keep_table(message)
            case Frame():
                self._frames.add(message, frame_bytes(message))
            case Sample():
                self._samples.add(message, sample_bytes(message))
            case Probed():
                self._put("probe/", message.step, {"share": message.share})
            case Started():
                self._start(message)
            case _:
                return
        self.version += 1

    def _start(self, message: Started) -> None:
        """A run begins or resumes: what was told of later steps will be told again."""
        self.started = message
        for track in self._tracks.values():
            track.cut(message.start)
        self._frames.cut(message.start)
        self._tables.cut(message.start)
        self._samples.cut(message.start)

    def _add_step(self, m: Step) -> None:
        numbers = {
            "loss": m.loss,
            "learning_rate": m.learning_rate,
            "grad_norm": m.grad_norm,
            "clipped_norm": m.clipped_norm,
            "clipped": float(m.grad_norm > m.clipped_norm * (1 + 1e-6)),
            "seconds": m.seconds,
        }
        self._put("", m.step, numbers if m.told is None else {**numbers, "forcing": m.told})
        self._put("train/", m.step, m.metrics)

    def _put(self, prefix: str, step: int, numbers: Mapping[str, float]) -> None:
        for name, value in numbers.items():
            key = prefix + name
            track = self._tracks.get(key)
            if track is None:
                # a new dict, so that a reader going through the old one is not disturbed
                track = Track()
                self._tracks = {**self._tracks, key: track}
            track.add(step, value)

    def keep_table(self, message: Validation) -> None:
        """Keep a validation for its confusion matrices, where it has any."""
        if message.tables:
            self._tables.add(message, 500 + sum(t.nbytes + 200 for t in message.tables.values()))

    def fill(self, name: str, steps: Doubles, values: Doubles) -> None:
        """Take a whole saved series."""
        track = Track()
        track.fill(steps, values)
        self._tracks = {**self._tracks, name: track}

    def names(self) -> tuple[str, ...]:
        """Every series there is."""
        return tuple(self._tracks)

    def series(self, name: str) -> tuple[Doubles, Doubles]:
        """(steps, values) of a series, as views; empty where there is none."""
        track = self._tracks.get(name)
        return track.read() if track else (_EMPTY, _EMPTY)

    def steps(self, name: str = "loss") -> Doubles:
        """The steps at which a series has values."""
        return self.series(name)[0]

    @property
    def last_step(self) -> int:
        """The newest step anything is known of; 0 before the first."""
        return int(max((t.read()[0][-1] for t in self._tracks.values() if len(t)), default=0))

    @property
    def chance(self) -> Mapping[str, float]:
        """Metric -> what knowing nothing scores."""
        return self.started.chance if self.started else {}

    def baselines(self, metric: str) -> tuple[tuple[Text, float], ...]:
        """What simple competitors score by a metric: (name, score)."""
        listed = self.started.baselines if self.started else ()
        return tuple((b.name, b.scores[metric]) for b in listed if metric in b.scores)

    @property
    def loops(self) -> Mapping[str, tuple[str, ...]]:
        """Loop (its first state) -> all its states."""
        return self.started.loops if self.started else {}

    def label(self, key: str) -> str:
        """How a probe key or a weight reads on the canvas; an arrow where its steps run from the end."""
        name = (self.started.labels.get(key) if self.started else None) or key
        return f"{name} ←" if self.backward(key) else name

    @property
    def planes(self) -> Mapping[str, tuple[str, ...]]:
        """Probe key -> its axes, of values over two: their matrix is (first axis, second axis)."""
        return self.started.planes if self.started else {}

    def plane(self, key: str) -> bool:
        """Whether a probe key's value lies over two axes."""
        return key in self.planes

    def symbol(self, index: int, size: int) -> str:
        """The symbol with this id, of the vocabulary that has `size` of them; the id itself where there is none."""
        words = self.started.vocabularies.values() if self.started else ()
        found = next((v for v in words if len(v) == size and 0 <= index < size), None)
        return found[index] if found else str(index)

    @property
    def frames(self) -> tuple[int, ...]:
        """The steps of the frames kept, rising."""
        return self._frames.steps

    def frame(self, step: int | None = None) -> Frame | None:
        """The frame nearest at or before `step` (None: the newest)."""
        return self._frames.at(step)

    def frame_with(self, part: str, step: int | None = None, key: str = "") -> Frame | None:
        """Like `frame`, but of those that hold something in `part` (eigenvalues and shares come on a slower clock): of this
        key, where one is given."""
        frames = reversed(self._frames.all())
        seen = (f for f in frames if step is None or f.step <= step)
        return next((f for f in seen if (key in getattr(f, part) if key else len(getattr(f, part)))), None)

    def keys(self) -> tuple[str, ...]:
        """The probe keys of the newest frame."""
        newest = self._frames.at(None)
        return tuple(newest.values) if newest else ()

    def spelt(self, frame: Frame, key: str, length: int) -> tuple[str, ...]:
        """The symbols beside a probed value: those of the first field that runs along its axis and is as long."""
        along = self.started.along if self.started is not None else {}
        fits = (s for name, s in frame.symbols.items() if along.get(name) == along.get(key) and len(s) == length)
        found = next(fits, ())
        return found[::-1] if self.backward(key) else found

    def along(self, key: str) -> str:
        """The axis that a probe key, a weight or a field runs along, of two the first; of "" that of the losses. "" where none
        is known."""
        if self.started is None:
            return ""
        return self.started.along.get(key) or next(iter(self.planes.get(key, ())), "")

    def backward(self, key: str) -> bool:
        """Whether a probe key's or a weight's steps run from the end of the sequence to its beginning."""
        return self.started is not None and key in self.started.backward

    def all_frames(self) -> tuple[Frame, ...]:
        """Every frame kept, in rising order of step."""
        return self._frames.all()

    @property
    def tables(self) -> tuple[Validation, ...]:
        """The validations kept that have confusion matrices."""
        return self._tables.all()

    def table(self, step: int | None = None) -> Validation | None:
        """The validation with matrices nearest at or before `step` (None: the newest)."""
        return self._tables.at(step)

    @property
    def samples(self) -> tuple[Sample, ...]:
        return self._samples.all()

    def sample(self, step: int | None = None) -> Sample | None:
        """The sample nearest at or before `step` (None: the newest)."""
        return self._samples.at(step)

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return (
            self._frames.nbytes
            + self._tables.nbytes
            + self._samples.nbytes
            + sum(t.nbytes for t in self._tracks.values())
        )

    def save(self, path: FilePath) -> None:
        """Write everything to one .npz file, without pickle, atomically."""
        from core.observe.store import write

        write(self, path)

    @staticmethod
    def load(path: FilePath, cap_bytes: int = CAP) -> Recording:
        """Read a saved recording. Raises Refused where the file is not one."""
        from core.observe.store import read

        return read(path, cap_bytes)

    def __eq__(self, other: object) -> bool:
        """Whether both show the same, number by number (NaN equals NaN)."""
        if not isinstance(other, Recording):
            return NotImplemented
        return _same(_contents(self), _contents(other))

    __hash__ = None  # type: ignore[assignment]


def frame_bytes(frame: Frame) -> int:
    """Memory of a frame: its arrays, and what holding them costs."""
    arrays: list[Floats] = [a for part in ARRAYS for a in getattr(frame, part).values()]
    texts = sum(len(symbols) for symbols in frame.symbols.values())
    own = frame.losses.nbytes if frame.losses is not None else 0
    return (
        500
        + own
        + sum(a.nbytes + 200 for a in arrays)
        + 8 * texts
        + 150 * len(frame.weight_norms)
        + 100 * len(frame.updates)
        + (frame_bytes(frame.free) if frame.free is not None else 0)
    )


def sample_bytes(sample: Sample) -> int:
    arrays = (sample.distribution, sample.logp)
    return 300 + sum(a.nbytes for a in arrays if a is not None) + 60 * len(sample.symbols) + len(sample.text)


def _contents(recording: Recording) -> Any:
    return (
        {name: recording.series(name) for name in recording.names()},
        recording.started,
        [vars(f) for f in recording.all_frames()],
        [vars(s) for s in recording.samples],
        [vars(v) for v in recording.tables],
    )


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return a is not None and b is not None and np.array_equal(a, b, equal_nan=True)
    if isinstance(a, Frame) and isinstance(b, Frame):
        return _same(vars(a), vars(b))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b or (a != a and b != b))
