"""A measured series as a prediction task: read its values, say what they will be some steps later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from core.data.autoregression import autoregression, persistence
from core.data.columns import LARGEST, read_columns, too_large
from core.data.dataset import Array, Baseline, Batch
from core.data.open import data_place
from core.data.split import held_out, parted
from core.data.stream import BatchStream
from core.data.windows import Series, anywhere, in_order, one_pass, side_by_side, spread, whole
from core.problems import Problem, Refused
from core.specs.fields import DataField, Fields
from core.specs.sig import Sig
from core.words import Text

SHIPPED = Path(__file__).resolve().parents[2] / "resources" / "data"
STRETCH = 4096  # rows read at once where a long series is followed from its beginning
LONGEST_EXAMPLE = 200


@dataclass(frozen=True)
class Forecast:
    """An opened series: `series` (B, T, columns) in, `next` (B, T, columns) the same values `horizon` steps later.

    mean, scale: of the training part, what standardised values were made with (0 and 1 where they were not).
    raw: every row of the file's columns; order: past values that the linear competitor looks at.
    """

    fields: Fields
    training: Series
    held: Series
    batch: int
    length: int
    carry: bool
    mean: Array
    scale: Array
    raw: Array
    horizon: int
    order: int

    @property
    def follows(self) -> bool:
        """Whether held-out values are forecast by a state that has seen everything before them."""
        return self.carry or self.length == 0

    def stream(self, seed: int) -> BatchStream:
        rows = f"{self.batch}x{self.length}-{'carried' if self.carry else seed}"
        return BatchStream(self._windows(seed), f"{self.training.identity}-{rows}")

    def _windows(self, seed: int) -> Callable[[int], Batch]:
        if self.length == 0:
            return whole(self.training)
        if self.carry:
            return side_by_side(self.training, self.batch, self.length)
        return anywhere(self.training, self.batch, self.length, seed)

    def validation(self) -> Iterator[Batch]:
        return self._validation(self.training, self.held)

    def _validation(self, training: Series, held: Series) -> Iterator[Batch]:
        if self.follows:
            return in_order(training, held, STRETCH)
        return one_pass(held, self.batch, self.length, carry=False)

    def examples(self, count: int) -> Batch:
        return spread(self.held, count, self.length or min(LONGEST_EXAMPLE, self.held.size))

    @property
    def steps_per_epoch(self) -> int:
        return max(1, self.training.size // (self.batch * self.length)) if self.length else 1

    @cached_property
    def variances(self) -> Mapping[str, Array]:
        """Over every row of the file, held-out ones and those after them included: so are published errors divided."""
        spread_of = self.raw.var(0) / self.scale**2
        return {"next": np.where(spread_of > 0, spread_of, 1.0)}

    @cached_property
    def chance(self) -> Mapping[str, float]:
        """What answering the training mean scores."""
        mean = self.training.arrays["next"].mean(0, dtype=np.float64)
        return self._scores(np.broadcast_to(mean, self.held.arrays["next"].shape))

    def baselines(self) -> tuple[Baseline, ...]:
        """The last value repeated, and a linear autoregression fitted to the training part."""
        cut = self.training.size + self.horizon
        guesses = {
            Text("last value", "último valor"): persistence(self.raw, self.horizon),
            Text(f"AR({self.order})", f"AR({self.order})"): autoregression(self.raw, self.horizon, cut, self.order),
        }
        rows = slice(self.training.size, self.training.size + self.held.size)
        return tuple(
            Baseline(name, self._scores((guess[rows] - self.mean) / self.scale)) for name, guess in guesses.items()
        )

    def _scores(self, guess: Array) -> Mapping[str, float]:
        """Errors of predictions (held rows, columns), over exactly the rows that a model is judged on."""
        held = Series({"error": guess - self.held.arrays["next"]})
        judged = [b.arrays["error"] for b in self._validation(Series({"error": held.arrays["error"][:0]}), held)]
        errors = np.concatenate([e.reshape(-1, e.shape[-1]) for e in judged]).astype(np.float64)
        squares = (errors**2).mean(0)
        mse = float(squares.mean())
        return {
            "mse": mse,
            "loss": mse,
            "rmse": mse**0.5,
            "mae": float(np.abs(errors).mean()),
            "nmse": float(squares.sum() / self.variances["next"].sum()),
        }


def forecast_fields(params: Mapping[str, Any]) -> Fields:
    """Fields for the file that the parameters name. Raises Refused."""
    return _fields(len(_read(params)[0]))


def open_forecast(params: Mapping[str, Any]) -> Forecast:
    """The series that the parameters choose, standardised by its training part. Raises Refused."""
    names, values = _read(params)
    horizon, length = params["horizon"], params["length"]
    if len(values) <= horizon + 1:
        raise Refused(_too_far(len(values), horizon))
    raw = Series({"series": values[:-horizon], "next": values[horizon:]})
    rows = params["batch"] if params["carry"] and length else 1
    if params["train_rows"]:
        last = params["test_rows"] or len(values) - params["train_rows"]
        training, held = parted(raw, params["train_rows"] - horizon, last, rows, length or 1)
    else:
        training, held = held_out(raw, params["validation"], rows, length or 1)
    mean, scale = np.zeros(values.shape[1]), np.ones(values.shape[1])
    if params["standardise"]:
        seen = training.arrays["series"]
        mean, spread_of = seen.mean(0), seen.std(0)
        scale = np.where(spread_of > 0, spread_of, 1.0)
    _check_size(params["path"], names, values, mean, scale)
    training, held = _scaled(training, mean, scale), _scaled(held, mean, scale)
    order = max(1, min(params["order"], training.size // 4))
    return Forecast(
        _fields(values.shape[1]), training, held, params["batch"], length, params["carry"], mean, scale, values,
        horizon, order,
    )  # fmt: skip


def _read(params: Mapping[str, Any]) -> tuple[tuple[str, ...], Array]:
    """The person's file where there is one, else a series that ships."""
    path = params["path"] or str(SHIPPED / f"{params['shipped']}.csv")
    return read_columns(path, params["columns"] if params["path"] else "", params["gaps"])


def _check_size(path: str, names: tuple[str, ...], values: Array, mean: Array, scale: Array) -> None:
    """Raises Refused where what hardly moves in the training part moves so much later that no number holds the ratio."""
    with np.errstate(over="ignore"):
        huge = np.abs((values - mean) / scale) > LARGEST
    if huge.any():
        row, column = (int(i) for i in np.argwhere(huge)[0])
        raise Refused(too_large(path, row, names[column], float(values[row, column]), scaled=True))


def _scaled(series: Series, mean: Array, scale: Array) -> Series:
    return Series({name: ((values - mean) / scale).astype(np.float32) for name, values in series.arrays.items()})


def _fields(columns: int) -> Fields:
    sig = Sig("features", columns, ("T",))
    return Fields((DataField("series", sig), DataField("next", sig, target=True)))


def _too_far(rows: int, horizon: int) -> Problem:
    return Problem(
        "data.too_short",
        Text(f"The series has {rows} rows; nothing lies {horizon} rows ahead.",
             f"La serie tiene {rows} filas; no hay nada {horizon} filas más adelante."),
        data_place("horizon"),
        Text("Look less far ahead, or use a longer series.", "Mire menos lejos o use una serie más larga."),
        got=str(rows),
        expected=str(horizon + 2),
    )  # fmt: skip
