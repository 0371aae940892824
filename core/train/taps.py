"""From what the twin tapped to what is shown: one matrix for each sequence, whatever axes a value has and however it ran.

A value over time is (B, T, size). One over two axes is a matrix of both (B, I, J): scalars as they are, vectors by their norm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from core.compile.program import Output, ProbePoint
from core.specs.sig import GRID, TREE, Sig

Steps = list[Tensor]
PLACES = f"{TREE}/nodes"  # where the twin tells which nodes each level of a fold is made of


def along(steps: Steps, point: ProbePoint, extents: Mapping[str, int], levels: Sequence[Tensor]) -> Tensor:
    """A tap as (B, T, size); T = 1 where there is no time. `extents` are the sizes of B and of each axis."""
    detached = [step.detach() for step in steps]
    if not point.in_scan or not point.sig.axes:
        pieces = detached if point.sig.axes else detached[-1:]  # several where the sequence was read in pieces
        return shown(pieces[0] if len(pieces) == 1 else torch.cat(pieces, 1), point.sig)
    if point.sig.axes == GRID:
        return shown(_from_diagonals(detached, extents), point.sig)
    if len(levels) == len(steps) and sum(len(at) for at in levels) == sum(len(s) for s in steps):
        return shown(_from_levels(detached, levels, extents), point.sig)
    return shown(torch.stack(detached, 1), point.sig)


def over_grid(steps: Steps, point: ProbePoint, extents: Mapping[str, int]) -> Tensor:
    """A tap over a grid with all its units: (B, I, J, size)."""
    detached = [step.detach() for step in steps]
    return _from_diagonals(detached, extents) if point.in_scan else detached[0]


def shown(value: Tensor, sig: Sig) -> Tensor:
    """A whole value as a matrix for each sequence."""
    if len(sig.axes) > 1:
        if sig.kind != "features":
            return value
        return value.squeeze(-1) if value.shape[-1] == 1 else norm(value, (-1,))
    if sig.kind != "features":
        value = value.unsqueeze(-1)
    return value if sig.axes else value.unsqueeze(1)


def readable(value: Tensor, output: Output) -> Tensor:
    """Logits as the probabilities they stand for."""
    if output.loss == "cross_entropy":
        return torch.softmax(value.float(), -1)
    return torch.sigmoid(value.float()) if output.loss == "bce" else value


def norm(value: Tensor, dim: tuple[int, ...] | None = None) -> Tensor:
    """Euclidean norm, summed in float32 at least."""
    wide = value if value.dtype == torch.float64 else value.float()
    found: Tensor = torch.linalg.vector_norm(wide, dim=dim)
    return found.float()


NEAR = 0.05  # of the way from one bound to the other


def near(values: Tensor, bounds: tuple[float, float]) -> Tensor:
    """(2, T) of values (T, size): the share of them near the lower bound and near the upper one."""
    low, high = bounds
    reach = NEAR * (high - low)
    return torch.stack(((values <= low + reach).float().mean(1), (values >= high - reach).float().mean(1)))


def _from_diagonals(steps: Steps, extents: Mapping[str, int]) -> Tensor:
    """Row b · I + i of diagonal d is cell (i, d − i)."""
    rows, columns = (extents[a] for a in GRID)
    whole = torch.stack(steps, 1)
    skewed = whole.view(-1, rows, *whole.shape[1:])  # (B, I, I + J - 1, ...)
    i, j = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    return skewed[:, i.to(skewed.device), (i + j).to(skewed.device)]


def _from_levels(steps: Steps, levels: Sequence[Tensor], extents: Mapping[str, int]) -> Tensor:
    """Row b · N + n is node n of tree b; padding stays zero."""
    values = torch.cat(steps)
    nodes = values.new_zeros(extents["B"] * extents[TREE], *values.shape[1:])
    placed = nodes.index_copy(0, torch.cat(list(levels)), values)
    return placed.view(extents["B"], extents[TREE], *values.shape[1:])
