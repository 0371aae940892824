"""Where the boxes of one copy stand: heights by the longest way from the input, places across without avoidable crossings.

Ranks count upwards from the input, slots from left to right in widths of a box. A wire over several ranks takes a thin
place in each between, so that it passes beside boxes and not behind them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

Wire = tuple[str, str]
Place = tuple[int, float]  # rank, slot

THIN = 0.45  # of a box's width: room for a wire that passes
SWEEPS, SETTLED = 24, 6  # up and down; from the second on the order stays
LEAN, ALONE = 0.6, 1.5  # slots by which what takes a state leans to the left, and what gives one to the right; where
# only one of a rank does, it stands outermost


def heights(boxes: Sequence[str], wires: Mapping[Wire, int], floor: Collection[str] = ()) -> dict[str, int]:
    """The rank of each box: the longest way to it, where a wire climbs as far as `wires` says. A box that nothing feeds
    stands close under what it feeds, unless it belongs on the `floor`. Wires must not form a circle."""
    after: dict[str, list[tuple[str, int]]] = {b: [] for b in boxes}
    missing = dict.fromkeys(boxes, 0)
    for (a, b), climb in wires.items():
        after[a].append((b, climb))
        missing[b] += 1
    rank, order, ready = dict.fromkeys(boxes, 0), [], [b for b in boxes if not missing[b]]
    fed = {b for _, b in wires}
    while ready:
        box = ready.pop(0)
        order.append(box)
        for b, climb in after[box]:
            rank[b] = max(rank[b], rank[box] + climb)
            missing[b] -= 1
            if not missing[b]:
                ready.append(b)
    if len(order) != len(boxes):
        raise ValueError("the wires form a circle")
    for box in reversed(order):
        if box not in fed and box not in floor and after[box]:
            rank[box] = max(0, min(rank[b] - climb for b, climb in after[box]))
    return rank


def alone(rank: dict[str, int], group: Mapping[str, object], loops: Sequence[str]) -> None:
    """Give each of `loops` a rank in which its group has no other box: its state goes through to the next copy there."""
    for box in sorted(loops, key=lambda b: rank[b]):
        if any(rank[b] == rank[box] and group[b] == group[box] for b in rank if b != box):
            above = rank[box]
            for b in rank:
                if rank[b] > above or b == box:
                    rank[b] += 1


def across(
    rank: Mapping[str, int], wires: Sequence[Wire], first: Mapping[str, float], lean: Mapping[str, float]
) -> tuple[dict[str, float], dict[Wire, tuple[Place, ...]]]:
    """Slots of boxes, and where wires over several ranks pass. `first` orders boxes that nothing else tells apart; `lean`
    pushes a box to the left (negative) or the right."""
    level = {**rank}
    chains: dict[Wire, tuple[str, ...]] = {}
    near: dict[str, set[str]] = {b: set() for b in rank}
    start = dict(first)
    for a, b in wires:
        step = 1 if rank[b] > rank[a] else -1
        between = tuple(f"{a}\n{r}" for r in range(rank[a] + step, rank[b], step))  # wires of one box share their way
        for i, name in enumerate(between, 1):
            level[name] = rank[a] + step * i
            near.setdefault(name, set())
            start.setdefault(name, start[a] + 0.01)
        chains[a, b] = between
        way = (a, *between, b)
        for one, other in pairwise(way):
            near[one].add(other)
            near[other].add(one)
    place = _settle(level, near, start, lean, set(rank))
    vias = {w: tuple((level[n], place[n]) for n in names) for w, names in chains.items()}
    return {b: place[b] for b in rank}, vias


def _settle(
    level: Mapping[str, int],
    near: Mapping[str, set[str]],
    start: Mapping[str, float],
    lean: Mapping[str, float],
    solid: set[str],
) -> dict[str, float]:
    """First orders within the ranks by the middle of neighbours, up and down in turn; then places along that order."""
    rows: dict[int, list[str]] = {}
    for name in sorted(level, key=lambda n: (start[n] + lean.get(n, 0.0), n)):
        rows.setdefault(level[name], []).append(name)
    place = {name: float(i) for row in rows.values() for i, name in enumerate(row)}
    for sweep in range(SWEEPS):
        last = sweep >= SETTLED  # then both neighbouring ranks pull, and the order stays
        for r in sorted(rows, reverse=bool(sweep % 2)):
            side = r + (1 if sweep % 2 else -1)
            wish = {n: _middle(place, [m for m in near[n] if last or level[m] == side], place[n]) for n in rows[r]}
            if not last:
                wish = {n: wish[n] + lean.get(n, 0.0) for n in rows[r]}
                rows[r].sort(key=lambda n: wish[n])
            place.update(_spread(rows[r], wish, solid))
    lowest = min((place[n] for n in solid), default=0.0)
    return {n: x - lowest for n, x in place.items()}


def _middle(place: Mapping[str, float], names: Sequence[str], otherwise: float) -> float:
    return sum(place[n] for n in names) / len(names) if names else otherwise


def _spread(row: Sequence[str], wish: Mapping[str, float], solid: set[str]) -> dict[str, float]:
    """Places in this order, as near to the wishes as the widths allow (least squares, by pooling neighbours)."""
    offsets, reach = [], 0.0
    for i, name in enumerate(row):
        if i:
            reach += (_width(row[i - 1], solid) + _width(name, solid)) / 2
        offsets.append(reach)
    pools: list[tuple[float, int]] = []  # mean, count
    for name, offset in zip(row, offsets, strict=True):
        mean, count = wish[name] - offset, 1
        while pools and pools[-1][0] > mean:
            before, many = pools.pop()
            mean, count = (mean * count + before * many) / (count + many), count + many
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return {name: at + offset for name, at, offset in zip(row, flat, offsets, strict=True)}


def _width(name: str, solid: set[str]) -> float:
    return 1.0 if name in solid else THIN
