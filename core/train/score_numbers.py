"""How numbers are scored: sums that add up over batches, in float64, and what the normalised errors make of them."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.train.judged import Judged
from core.train.score_symbols import pair

Sums = NDArray[np.float64]
NEAR = 0.04  # Hochreiter and Schmidhuber (1997) call an answer of the adding problem wrong that is further off
CHANCE_TIMES = 10.0  # a squared correlation below this many times what chance gives counts as none


def squares(j: Judged) -> Tensor:
    return _over_features((j.prediction - j.target) ** 2, j.mask)


def distances(j: Judged) -> Tensor:
    return _over_features((j.prediction - j.target).abs(), j.mask)


def near(j: Judged) -> Tensor:
    """Positions all of whose numbers are right but for 0.04."""
    return pair((((j.prediction - j.target).abs() <= NEAR).all(-1) & j.mask).sum(), j.mask.sum())


def signs(j: Judged) -> Tensor:
    """Numbers that have the sign of the answer."""
    return _over_features(((j.prediction > 0) == (j.target > 0)).double(), j.mask)


def _over_features(errors: Tensor, mask: Tensor) -> Tensor:
    kept = errors * mask.unsqueeze(-1)
    return pair(kept.sum(), mask.sum() * errors.shape[-1])


def moments(j: Judged) -> Tensor:
    """(4, features): how many, their errors squared, the answers and the answers squared."""
    return _moments(j, j.mask)


def last_moments(j: Judged) -> Tensor:
    """Like `moments`, but errors only at the last step of each sequence: the end of a free run."""
    last = j.mask
    if j.mask.dim() > 1:
        last = j.mask & (j.mask.flip(1).cumsum(1).flip(1) == 1)
    return torch.cat([_moments(j, last), last.sum().double().expand(1, j.target.shape[-1])])


def _moments(j: Judged, judged: Tensor) -> Tensor:
    y = j.target.double()[j.mask]
    errors = (j.prediction.double() - j.target.double())[judged] ** 2
    count = j.mask.sum().double().expand(y.shape[-1])
    if j.variance is not None:  # the sums that answers of this variance around zero would have
        return torch.stack([count, errors.sum(0), torch.zeros_like(count), count * j.variance])
    return torch.stack([count, errors.sum(0), y.sum(0), (y * y).sum(0)])


def normalised(sums: Sums) -> float:
    """Squared error as a share of the answers' own variance (1 for who answers their mean), or of the one the data states."""
    count, errors, y, yy = sums
    variance = (yy - y * y / count).sum()
    return float(errors.sum() / variance) if variance > 0 else math.nan


def normalised_last(sums: Sums) -> float:
    """sqrt(mean squared error at the last steps / variance of all answers): the NRMSE84 of Jaeger and Haas (2004) where the
    held-out sequences end 84 steps into a free run, and called so only there."""
    count, errors, y, yy, ends = sums
    variance = (yy / count - (y / count) ** 2).sum()
    return float(np.sqrt((errors / ends).sum() / variance)) if variance > 0 else math.nan


def correlations(j: Judged) -> Tensor:
    """(6, features): count, x, y, x², y², xy of prediction x and answer y."""
    x, y = j.prediction.double()[j.mask], j.target.double()[j.mask]
    count = torch.full_like(x[:1].sum(0), float(len(x)))
    return torch.stack([count, x.sum(0), y.sum(0), (x * x).sum(0), (y * y).sum(0), (x * y).sum(0)])


def capacity(sums: Sums) -> float:
    """Σ over delays of the squared correlation between the answer and what is read out (Jaeger 2001); what is not above
    ten times the 1/n that chance gives counts as nothing."""
    n, x, y, xx, yy, xy = sums
    spread = (xx - x * x / n) * (yy - y * y / n)
    with np.errstate(invalid="ignore", divide="ignore"):
        r2 = np.where(spread > 0, (xy - x * y / n) ** 2 / spread, 0.0)
    return float(np.where(r2 > CHANCE_TIMES / n, r2, 0.0).sum())
