"""The numbers of a chart as CSV, safe to open in a spreadsheet: no text of a person's becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from core.observe.chart import Axis, Bars, Chart, Heat, Level, Line, Points, Ring
from core.words import say

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Row = tuple[Any, ...]


def csv_text(chart: Chart) -> str:
    """One row per point: mark, x, y (matrices: x, y, value; bands: low, high as well). Ticks with a name have theirs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("series", _cell(say(chart.x.label)), _cell(say(chart.y.label)), "value", "low", "high"))
    for mark in chart.marks:
        writer.writerows(_rows(mark, chart))
    return out.getvalue()


def _rows(mark: Any, chart: Chart) -> Iterator[Row]:
    match mark:
        case Line(band=(low, high)):
            for x, y, least, most in zip(mark.x, mark.y, low, high, strict=True):
                yield (_cell(mark.label), float(x), float(y), "", float(least), float(most))
        case Line() | Points() | Bars():
            label = _cell(mark.label)
            for x, y in zip(mark.x, mark.y, strict=True):
                yield (label, _place(chart.x, float(x)), _place(chart.y, float(y)), "", "", "")
        case Heat():
            label = _cell(mark.label)
            for row in range(mark.z.shape[0]):
                for column in range(mark.z.shape[1]):
                    value = float(mark.z[row, column])
                    yield (label, _place(chart.x, float(column)), _place(chart.y, float(row)), value, "", "")
        case Level():
            yield (_cell(mark.label), "", mark.y, "", "", "")
        case Ring():
            pass


def _place(axis: Axis, value: float) -> Any:
    name = next((text for place, text in axis.ticks if place == value), None)
    return value if name is None else _cell(f"{value:g} {name}")


def _cell(text: str) -> str:
    """A leading apostrophe keeps a spreadsheet from computing the text."""
    return f"'{text}" if text.startswith(_FORMULA) else text
