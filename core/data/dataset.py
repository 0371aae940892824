"""What every dataset gives: its fields, seeded batches as numpy arrays, held-out data, and what chance would score."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

from numpy.typing import NDArray

from core.specs.fields import Fields
from core.specs.params import ParamSpec
from core.words import Text

Array = NDArray[Any]


@dataclass(frozen=True)
class Batch:
    """Arrays by field name: tokens int64 (B, *axes), features float32 (B, *axes, size).

    lengths: axis -> int64 (B,), only for axes with padding. carry: the states left by the previous batch go on into
    this one (same rows); False means states start anew. scored: False for what is only run to leave its state behind,
    such as the years before the ones to be forecast; it counts in no metric.
    """

    arrays: Mapping[str, Array]
    lengths: Mapping[str, Array] = field(default_factory=dict)
    carry: bool = False
    scored: bool = True

    @property
    def size(self) -> int:
        """Number of sequences."""
        return int(next(iter(self.arrays.values())).shape[0])


class Stream(Protocol):
    """Endless training batches with a position that can be saved and restored exactly."""

    def next(self) -> Batch: ...

    def position(self) -> dict[str, Any]:
        """Plain JSON data; `restore` of it continues with the very batch that would have come next."""

    def restore(self, position: Mapping[str, Any]) -> None: ...


class Dataset(Protocol):
    """An opened dataset. Everything random in it comes from the seed it was opened with."""

    @property
    def fields(self) -> Fields: ...

    def stream(self, seed: int) -> Stream:
        """Training batches."""

    def validation(self) -> Iterator[Batch]:
        """The held-out batches, the same ones each time."""

    def examples(self, count: int) -> Batch:
        """A few fixed held-out sequences for probes, never changing during a run."""

    @property
    def chance(self) -> Mapping[str, float]:
        """Metric name -> what knowing nothing scores (mean predictor, uniform guess)."""

    @property
    def steps_per_epoch(self) -> int:
        """Batches that see every training item once; 0 where data is generated without end."""


@dataclass(frozen=True)
class Baseline:
    """What something simple scores on the held-out data, by metric: an n-gram table, persistence, naive Bayes. Shown as
    lines beside the model's own curves."""

    name: Text
    scores: Mapping[str, float]


@runtime_checkable
class Compared(Protocol):
    """A dataset that knows simple competitors. They are worked out when asked for, which may take seconds: never ask
    where a person waits."""

    def baselines(self) -> tuple[Baseline, ...]: ...


def baselines_of(dataset: Dataset) -> tuple[Baseline, ...]:
    """What simple competitors score on the dataset's held-out part; none where it has none."""
    return dataset.baselines() if isinstance(dataset, Compared) else ()


def no_baselines() -> tuple[Baseline, ...]:
    """Chance is all there is to compare with."""
    return ()


@runtime_checkable
class Remarked(Protocol):
    """A dataset with something to say about what it read: how much, and what it had to leave out."""

    def remarks(self) -> tuple[Text, ...]: ...


def remarks_of(dataset: Dataset) -> tuple[Text, ...]:
    """What a person should know about the data before believing a figure; empty where there is nothing to say."""
    return dataset.remarks() if isinstance(dataset, Remarked) else ()


@runtime_checkable
class Scaled(Protocol):
    """A dataset whose errors mean something only beside how much its targets vary."""

    @property
    def variances(self) -> Mapping[str, Array]:
        """Target field -> (size,) what a normalised error of each column is divided by, in the field's own units."""


def variances_of(dataset: Dataset) -> Mapping[str, Array]:
    """Target field -> variance of each column; empty where the dataset states none."""
    return dataset.variances if isinstance(dataset, Scaled) else {}


DATA_GROUPS: Mapping[str, Text] = {
    "generated": Text("Generated tasks", "Tareas generadas"),
    "real": Text("Real data", "Datos reales"),
    "file": Text("Your own file", "Archivo propio"),
}


@dataclass(frozen=True)
class DatasetSpec:
    """A kind of dataset: one plugin file. `open` raises core.problems.Refused with file, line and column of mistakes.

    `peek` gives the fields without making the data (the compiler's question); by default it opens.
    """

    category: ClassVar[str] = "dataset"
    kind: str
    name: Text
    help: Text
    params: tuple[ParamSpec, ...]
    open: Callable[[Mapping[str, Any], int], Dataset]  # params (defaults filled in), seed
    peek: Callable[[Mapping[str, Any]], Fields] | None = None
    metrics: tuple[str, ...] = ()  # of core.train.metrics, beyond the loss; the first is the main one
    metrics_for: Callable[[Mapping[str, Any]], tuple[str, ...]] | None = None  # where they depend on the parameters
    was: tuple[str, ...] = ()  # kinds it had in older files
    group: str = "generated"  # a key of DATA_GROUPS
