"""Keeps things by training step within a memory cap, thinning the history evenly instead of forgetting its start."""

from __future__ import annotations

from bisect import bisect_right
from typing import Generic, Protocol, TypeVar

import numpy as np


class Stepped(Protocol):
    @property
    def step(self) -> int: ...


T = TypeVar("T", bound=Stepped)


class Kept(Generic[T]):
    """Items in rising order of step. One thread writes, another may read: a list once replaced is never written again.

    Over `cap` bytes, the items whose neighbours are closest go first, until an eighth of the room is free; the first
    and the newest always stay.
    """

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.nbytes = 0
        self._items: list[tuple[int, int, T]] = []  # step, bytes, item

    def __len__(self) -> int:
        return len(self._items)

    @property
    def steps(self) -> tuple[int, ...]:
        return tuple(step for step, _, _ in self._items)

    def all(self) -> tuple[T, ...]:
        return tuple(item for _, _, item in self._items)

    def at(self, step: int | None) -> T | None:
        """The item nearest at or before `step`; the newest for None; None where there is none."""
        items = self._items
        if step is None:
            return items[-1][2] if items else None
        index = bisect_right(items, step, key=lambda entry: entry[0])
        return items[index - 1][2] if index else None

    def add(self, item: T, nbytes: int) -> None:
        if self._items and item.step <= self._items[-1][0]:
            self.cut(item.step - 1)
        self._items.append((item.step, nbytes, item))
        self.nbytes += nbytes
        if self.nbytes > self.cap:
            self._thin()

    def cut(self, step: int) -> None:
        """Forget everything after `step`."""
        self._items = [entry for entry in self._items if entry[0] <= step]
        self.nbytes = sum(size for _, size, _ in self._items)

    def _thin(self) -> None:
        goal = self.cap - self.cap // 8
        while self.nbytes > goal and len(self._items) > 2:
            gone = self._closest(self.nbytes - goal)
            self._items = [entry for index, entry in enumerate(self._items) if index not in gone]
            self.nbytes = sum(size for _, size, _ in self._items)

    def _closest(self, excess: int) -> set[int]:
        """Positions to drop, no two of them neighbours, so that no hole opens."""
        steps = np.array([step for step, _, _ in self._items])
        gone: set[int] = set()
        for index in (np.argsort(steps[2:] - steps[:-2], kind="stable") + 1).tolist():
            if excess <= 0:
                break
            if index - 1 not in gone and index + 1 not in gone:
                gone.add(index)
                excess -= self._items[index][1]
        return gone
