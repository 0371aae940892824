"""Which boxes stand together, and in what order from left to right: axes, and between them what stands once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.observe.unrolled import Box, Link


def rows(lanes: Sequence[str]) -> list[tuple[float, str]]:
    """Blocks from left to right: what stands once before the first lane, the lane, what stands once after it, ..."""
    out: list[tuple[float, str]] = [(-0.5, "")]
    for i, axis in enumerate(lanes):
        out += [(float(i), axis), (i + 0.5, "")]
    return out


def lane_order(boxes: Mapping[str, Box], links: Sequence[Link]) -> list[str]:
    """Axes, each after those that its boxes are fed from."""
    lanes = list(dict.fromkeys(b.axis for b in boxes.values() if b.axis))
    ahead = _reach(boxes, links)
    fed = {axis: sum(any(boxes[b].axis == axis for b in ahead[a]) for a in boxes if boxes[a].axis not in ("", axis)) for axis in lanes}  # fmt: skip
    return sorted(lanes, key=lambda axis: (fed[axis], lanes.index(axis)))


def blocks_of(boxes: Mapping[str, Box], links: Sequence[Link], lanes: Sequence[str]) -> dict[str, float]:
    """The block of each box: a lane's number, or half a number where it stands once between lanes."""
    ahead = _reach(boxes, links)
    place = {id: float(lanes.index(b.axis)) for id, b in boxes.items() if b.axis}
    for id, box in boxes.items():
        if not box.axis:
            behind = [lanes.index(boxes[a].axis) for a in boxes if boxes[a].axis and id in ahead[a]]
            front = [lanes.index(boxes[b].axis) for b in ahead[id] if boxes[b].axis]
            place[id] = max(behind) + 0.5 if behind else min(front) - 0.5 if front else -1.0
    for id in boxes:
        if place[id] == -1.0:  # an answer without time stands with what it is compared with
            place[id] = max([place[b] for b in ahead[id] if place[b] != -1.0], default=-0.5)
    return place


def _reach(boxes: Mapping[str, Box], links: Sequence[Link]) -> dict[str, set[str]]:
    """What each box leads to, by any number of links."""
    after: dict[str, set[str]] = {id: set() for id in boxes}
    for k in links:
        after[k.source].add(k.target)
    out: dict[str, set[str]] = {}
    for id in boxes:
        seen: set[str] = set()
        todo = [id]
        while todo:
            fresh = after[todo.pop()] - seen
            seen |= fresh
            todo += fresh
        out[id] = seen
    return out
