"""What forecasting models are measured against: the last value repeated, and a linear prediction from the last p values."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.data.dataset import Array

FITTED_ROWS = 100_000  # the last ones of the training part: more does not change p + 1 coefficients


def persistence(values: Array, horizon: int) -> Array:
    """For each row t with a value `horizon` rows later, the value at t: (N - horizon, columns)."""
    return values[:-horizon]


def autoregression(values: Array, horizon: int, fitted: int, order: int) -> Array:
    """Least squares of the value at t + horizon on those at t, t-1, ... t-order+1 and a constant, column by column; fitted
    on targets before row `fitted` alone. Predictions (N - horizon, columns); the first order - 1 rows, which lack a past,
    get the training mean."""
    columns = [_one(values[:, c], horizon, fitted, order) for c in range(values.shape[1])]
    return np.stack(columns, axis=1)


def _one(values: Array, horizon: int, fitted: int, order: int) -> Array:
    past = sliding_window_view(
        values[:-horizon], order
    )  # row i holds values i .. i+order-1, predicts i+order-1+horizon
    design = np.concatenate([past, np.ones((len(past), 1))], axis=1)
    last = fitted - horizon - order + 1
    rows = slice(max(0, last - FITTED_ROWS), last)
    answers = values[order - 1 + horizon :]
    weights = np.linalg.lstsq(design[rows], answers[rows], rcond=None)[0]
    head = np.full(order - 1, values[:fitted].mean())
    return np.concatenate([head, design @ weights])
