"""What a tensor on the sheet stands for: its name and the signature it has where it is used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from core.compile.plan import number
from core.export.onnx.sheet import Array, Sheet
from core.specs.ops import Op, Weight
from core.specs.sig import Sig


@dataclass(frozen=True)
class Tensor:
    """A named tensor. Inside a Scan, `sig` lacks the axis that the Scan walks along."""

    name: str
    sig: Sig

    @property
    def size(self) -> int:
        return number(self.sig.size)


class Room(Protocol):
    """What a rule may ask for beside its inputs."""

    @property
    def sheet(self) -> Sheet: ...

    def weight(self, weight: Weight) -> Array:
        """The numbers of a drawn weight, float32."""

    def batch(self) -> str:
        """The batch size, shape (1,)."""

    def time(self, axis: str) -> str:
        """The length of a time axis, shape (1,)."""

    def lengths(self, axis: str) -> str:
        """How long each sequence is, (B,)."""

    def mask(self, axis: str) -> str:
        """True where a step is real, (B, T)."""


def spread(room: Room, x: Tensor, axes: tuple[str, ...], features: bool) -> str:
    """The tensor with a dimension for each axis (1 where it has none), ready to be broadcast."""
    places = [i + 1 for i, axis in enumerate(axes) if axis not in x.sig.axes]
    if features and x.sig.kind != "features":
        places.append(len(axes) + 1)
    return room.sheet.add("Unsqueeze", x.name, room.sheet.integers(*places)) if places else x.name


def grown(room: Room, x: Tensor, axes: tuple[str, ...]) -> str:
    """A features tensor repeated along the axes that it lacks."""
    if x.sig.axes == axes:
        return x.name
    sheet = room.sheet
    shape = [room.batch(), *(room.time(a) for a in axes), sheet.integers(x.size)]
    return sheet.add("Expand", spread(room, x, axes, True), sheet.add("Concat", *shape, axis=0))


def rows(room: Room, vector: Array) -> str:
    """A vector (or k of them) as one row for each sequence: (B, ...)."""
    sheet = room.sheet
    start = sheet.constant(vector[np.newaxis].astype(np.float32))
    shape = sheet.add("Concat", room.batch(), sheet.integers(*vector.shape), axis=0)
    return sheet.add("Expand", start, shape)


def integer(op: Op, name: str) -> int:
    """A whole-number attribute."""
    return int(str(op.attrs[name]))


def real(op: Op, name: str, default: float | None = None) -> float:
    """A number among the attributes."""
    return float(str(op.attrs.get(name, default)))


def without(sig: Sig, axis: str) -> Sig:
    return replace(sig, axes=tuple(a for a in sig.axes if a != axis))
