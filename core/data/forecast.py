"""A measured series as a prediction task: read its values, say what they will be some steps later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.dataset import Array, Batch
from core.data.split import held_out
from core.data.stream import BatchStream
from core.data.table import read_series
from core.data.windows import Series, anywhere, one_pass, spread
from core.specs.fields import DataField, Fields
from core.specs.sig import Sig


@dataclass(frozen=True)
class Forecast:
    """An opened series: `series` (B, T, columns) in, `next` (B, T, columns) the same values `horizon` steps later.

    mean, scale: of the training part, what standardised values were made with (0 and 1 where they were not).
    """

    fields: Fields
    training: Series
    held: Series
    batch: int
    length: int
    mean: Array
    scale: Array
    chance: Mapping[str, float]

    def stream(self, seed: int) -> BatchStream:
        identity = f"{self.training.identity}-{self.batch}x{self.length}-{seed}"
        return BatchStream(anywhere(self.training, self.batch, self.length, seed), identity)

    def validation(self) -> Iterator[Batch]:
        return one_pass(self.held, self.batch, self.length, carry=False)

    def examples(self, count: int) -> Batch:
        return spread(self.held, count, self.length)

    @property
    def steps_per_epoch(self) -> int:
        return max(1, self.training.size // (self.batch * self.length))


def forecast_fields(params: Mapping[str, Any]) -> Fields:
    """Fields for the file that the parameters name. Raises Refused."""
    return _fields(len(read_series(params["path"], params["columns"], params["gaps"])[0]))


def open_forecast(params: Mapping[str, Any]) -> Forecast:
    """The series that the parameters choose, standardised by its training part. Raises Refused."""
    _, values = read_series(params["path"], params["columns"], params["gaps"])
    horizon, batch, length = params["horizon"], params["batch"], params["length"]
    raw = Series({"series": values[:-horizon], "next": values[horizon:]})
    training, held = held_out(raw, params["validation"], 1, length)
    mean, scale = np.zeros(values.shape[1]), np.ones(values.shape[1])
    if params["standardise"]:
        seen = training.arrays["series"]
        mean, spread_of = seen.mean(0), seen.std(0)
        scale = np.where(spread_of > 0, spread_of, 1.0)
    training, held = _scaled(training, mean, scale), _scaled(held, mean, scale)
    guess = training.arrays["next"].mean(0)
    mse = float(((held.arrays["next"] - guess) ** 2).mean())
    return Forecast(_fields(values.shape[1]), training, held, batch, length, mean, scale, {"mse": mse, "loss": mse})


def _scaled(series: Series, mean: Array, scale: Array) -> Series:
    return Series({name: ((values - mean) / scale).astype(np.float32) for name, values in series.arrays.items()})


def _fields(columns: int) -> Fields:
    sig = Sig("features", columns, ("T",))
    return Fields((DataField("series", sig), DataField("next", sig, target=True)))
