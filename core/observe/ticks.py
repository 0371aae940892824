"""Where an axis has its ticks and how numbers are written, the same live and on paper. Plain text: no markup, no TeX."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from core.observe.chart import Axis

Tick = tuple[float, str]  # place on the axis as drawn (log10 on a log axis), text
Room = Callable[
    [Sequence[str]], float
]  # how many ticks fit with texts like these; with numbers, where it is given none
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def ticks(axis: Axis, low: float, high: float, room: Room) -> list[Tick]:
    """The ticks between `low` and `high` (log10 of the values on a log axis) as far as there is room."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    if axis.ticks:
        return _named(axis, low, high, room)
    return _powers(low, high, room(())) if axis.log else _even(low, high, room(()), axis.whole)


def number(value: float) -> str:
    """A value as a person reads it: four digits, thousands spaced, powers of ten raised."""
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, "NaN")
    if value == 0:
        return "0"
    size = abs(value)
    if 1e-3 <= size < 1e6:
        digits = 0 if float(value).is_integer() else max(0, 3 - math.floor(math.log10(size)))
        text = f"{value:,.{digits}f}".replace(",", "\u2009").replace("-", "−")
        return text.rstrip("0").rstrip(".") if "." in text else text
    power = math.floor(math.log10(size))
    head = f"{value / 10.0**power:.3g}".replace("-", "−")
    return f"{head}×10{str(power).translate(_RAISED)}"


def _named(axis: Axis, low: float, high: float, room: Room) -> list[Tick]:
    """Every named tick where they fit, else every second, fifth, ...; of steps then with its number, since letters beside
    each other would be read as a word."""
    inside = [(n, tick) for n, tick in enumerate(axis.ticks) if low <= tick[0] <= high]
    span = axis.ticks[1][0] - axis.ticks[0][0] if len(axis.ticks) > 1 else 1.0
    shown = (high - low) / (span or 1.0)
    for stride in _strides():
        some = [
            tick if stride == 1 else _numbered(axis, tick) for n, tick in inside if _step(axis, n, tick) % stride == 0
        ]
        if len(some) < 2 or shown / stride <= max(room([text for _, text in some]), 1):
            return some
    return []


def _step(axis: Axis, n: int, tick: Tick) -> int:
    """Which step stands at the n-th tick; of what is no step, n."""
    if not axis.whole:
        return n
    return round(tick[0] if axis.back is None else axis.back - tick[0])


def _numbered(axis: Axis, tick: Tick) -> Tick:
    if not axis.whole:
        return tick
    letter = f"{axis.along.lower()}=" if len(axis.along) == 1 else ""
    return tick[0], f"{letter}{_step(axis, 0, tick)} ‘{tick[1]}’"


def _strides() -> list[int]:
    return [head * 10**power for power in range(8) for head in (1, 2, 5)]


def _even(low: float, high: float, room: float, whole: bool = False) -> list[Tick]:
    rough = (high - low) / max(room, 2)
    rough = max(rough, 1.0) if whole else rough
    power = 10.0 ** math.floor(math.log10(rough))
    heads = [head for head in (10, 5, 2, 1, 0.5, 0.2) if not whole or head * power >= 1]
    wide = [head for head in heads if head * power >= rough * 0.999]
    narrow = [head for head in heads if head not in wide]
    for head in (wide[-1], *narrow):  # one tick alone would tell no distance
        step = head * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last > first:
            break
    return [(index * step, _written(index * step, step)) for index in range(first, min(last, first + 200) + 1)]


def _written(value: float, step: float) -> str:
    if value != 0 and (abs(value) >= 1e6 or step < 1e-4):
        return number(value)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{digits}f}".replace(",", "\u2009").replace("-", "−")


def _powers(low: float, high: float, room: float) -> list[Tick]:
    """Whole powers of ten; between them 2 and 5 where there is less than two decades."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if high - low < 2:
        heads = (1, 2, 5) if high - low > 0.7 else (1, 1.5, 2, 3, 4, 5, 6, 8)
        spots = [(p + math.log10(h), number(h * 10.0**p)) for p in range(math.floor(low), last + 1) for h in heads]
        inside = [spot for spot in spots if low <= spot[0] <= high]
        if len(inside) >= 2:
            return inside
        return [(math.log10(value), text) for value, text in _even(10.0**low, 10.0**high, room) if value > 0]
    wide = [s for s in _strides() if (last - first + 1) / s <= max(room, 2)]
    shown = (range(-(-first // s) * s, last + 1, s) for s in (wide[0], *reversed(_strides())) if s <= wide[0])
    powers = next((found for found in shown if len(found) > 1), range(first, last + 1))
    return [(float(p), f"10{str(p).translate(_RAISED)}") for p in powers]
