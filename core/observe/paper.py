"""A `Chart` as a picture for paper (SVG, PDF, PNG) or as numbers (CSV). matplotlib without pyplot, so that any thread may draw."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path as FilePath
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from core.observe.chart import Axis, Bars, Chart, Heat, Level, Line, Points, Ring, dashes, shape
from core.observe.colors import LIGHT, Colors, Palette, colorize, limits_of, table
from core.observe.extent import extent
from core.observe.table import csv_text
from core.observe.ticks import Room, number, ticks
from core.observe.times import Moment, place_on
from core.observe.track import decimate
from core.problems import Place, Problem, Refused, filled
from core.words import Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png", ".pdf", ".csv")
SMALL, NORMAL = 8.0, 9.0  # points
SIZE = (6.4, 3.8)  # inches
COLUMNS = 1600  # of a curve on paper
SIGNS = {
    "saltire": "X",
    "circle": "o",
    "square": "s",
    "triangle": "^",
    "diamond": "D",
    "cross": "P",
    "star": "*",
    "pentagon": "p",
}


def render(chart: Chart, path: FilePath) -> None:
    """Write the chart to `path`, its kind told by the suffix. Raises Refused for any other suffix."""
    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise Refused(_unknown(path))
    if kind == ".csv":
        write_csv(chart, path)
        return
    _write(path, lambda partial: _save(figure(chart, LIGHT), partial, kind[1:]))


def write_csv(chart: Chart, path: FilePath) -> None:
    """The chart's numbers, whatever the file is called."""
    _write(path, lambda partial: partial.write_text(csv_text(chart), "utf-8", newline=""))


def _write(path: FilePath, write: Callable[[FilePath], object]) -> None:
    """All of it or nothing."""
    partial = path.with_name(f".{path.name}.part")
    try:
        write(partial)
        os.replace(partial, path)  # noqa: PTH105 - atomic on every system
    finally:
        partial.unlink(missing_ok=True)


def figure(chart: Chart, palette: Palette, size: tuple[float, float] = SIZE, moment: Moment | None = None) -> Figure:
    """The chart as a matplotlib figure that belongs to no window and no global state; a moment is marked where it has it."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=size, facecolor=palette.background, layout="constrained")
    ax = fig.add_subplot()
    (x_low, x_high), (y_low, y_high) = extent(chart)
    heat = next((m for m in chart.marks if isinstance(m, Heat)), None)
    ax.set_xlim(x_low, x_high)
    ax.set_ylim(*((y_high, y_low) if heat is not None else (y_low, y_high)))
    if chart.equal:
        ax.set_aspect("equal", adjustable="box")
    _dress(ax, palette)
    for mark in chart.marks:
        _DRAW[type(mark)](ax, mark, chart, palette)
    _tick(ax.xaxis, chart.x, (x_low, x_high), lambda texts: size[0] * 0.85 / _wide(texts), palette)
    _tick(ax.yaxis, chart.y, (y_low, y_high), lambda texts: size[1] * 0.75 / (0.16 if texts else 0.42), palette)
    for axis, wanted in ((ax.xaxis, heat is None and not chart.x.ticks), (ax.yaxis, heat is None)):
        if wanted:
            axis.grid(True, color=palette.grid, linewidth=0.6)
    place = place_on(chart.x, moment)
    if place is not None and x_low <= place <= x_high:
        ax.axvline(place, color=palette.text, linewidth=1.0)
    _words(ax, chart, palette)
    if heat is not None:
        _scale(fig, ax, heat, palette)
    return fig


def pixels(fig: Figure) -> Colors:
    """A figure as it would be printed, (height, width, 3)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    fig.set_dpi(100)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def _wide(texts: Sequence[str]) -> float:
    """Inches that one tick of an x axis needs, so that no two touch."""
    letters = [len(text) for text in texts]
    return 0.085 * max(((a + b) / 2 for a, b in pairwise(letters)), default=8) + 0.05


def _dress(ax: Axes, palette: Palette) -> None:
    ax.set_facecolor(palette.background)
    ax.set_axisbelow(True)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(palette.grid)


def _tick(axis: Any, spec: Axis, reach: tuple[float, float], room: Room, palette: Palette) -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    found = ticks(spec, *reach, room)
    axis.set_major_locator(FixedLocator([place for place, _ in found]))
    axis.set_minor_locator(NullLocator())
    axis.set_ticklabels([text for _, text in found], parse_math=False)
    axis.set_tick_params(length=0, labelcolor=palette.muted, labelsize=SMALL)


def _words(ax: Axes, chart: Chart, palette: Palette) -> None:
    style: dict[str, Any] = {"color": palette.muted, "fontsize": NORMAL, "parse_math": False}
    ax.set_xlabel(say(chart.x.label), **style)
    ax.set_ylabel(say(chart.y.label), **style)
    title = " · ".join(part for part in (say(chart.title), chart.subtitle) if part)
    ax.set_title(_cut(title, 90), loc="left", color=palette.text, fontsize=11, fontweight="bold", parse_math=False)
    note = say(chart.note)
    if note:
        # wrapped here: matplotlib's own wrapping would read TeX even where it is told not to
        ax.text(0.5, 0.5, fill(note, 64), transform=ax.transAxes, ha="center", va="center", **style)
    handles, labels = ax.get_legend_handles_labels()
    if labels:
        short = [_cut(label, 44) for label in labels]
        columns = max(1, min(4, 90 // (max(map(len, short)) + 6)))
        legend = ax.figure.legend(
            handles, short, loc="outside lower left", ncols=columns, frameon=False, fontsize=SMALL,
            labelcolor=palette.text, handlelength=1.8,
        )  # fmt: skip
        for text in legend.get_texts():
            text.set_parse_math(False)


def _scale(fig: Figure, ax: Axes, heat: Heat, palette: Palette) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    low, high = heat.limits or limits_of(heat.z, heat.diverging)
    colors = ListedColormap(table(palette.diverging if heat.diverging else palette.sequential) / 255.0)
    bar = fig.colorbar(ScalarMappable(Normalize(low, high), colors), ax=ax, fraction=0.04, pad=0.015, aspect=26)
    bar.outline.set_edgecolor(palette.grid)
    spots = [low, (low + high) / 2, high]
    bar.set_ticks(spots)
    bar.ax.set_yticklabels([number(v) for v in spots], parse_math=False)
    bar.ax.tick_params(length=0, labelcolor=palette.muted, labelsize=SMALL)
    bar.set_label(heat.label, color=palette.muted, fontsize=NORMAL, parse_math=False)


def _cut(text: str, longest: int) -> str:
    """One line of bounded length; matplotlib would otherwise give a long name the whole page."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _logged(values: Any, axis: Axis) -> Any:
    values = np.asarray(values, dtype=float)
    if not axis.log:
        return values
    return np.log10(np.where(values > 0, values, np.nan))


def _label(text: str) -> str:
    """matplotlib leaves names that start with an underscore out of the legend."""
    return f"\u200b{text}" if text.startswith("_") else text


def _line(ax: Axes, mark: Line, chart: Chart, palette: Palette) -> None:
    color = palette.color(mark.color)
    x, y = decimate(np.asarray(mark.x), np.asarray(mark.y), COLUMNS)
    width, alpha = (0.7, 0.35) if mark.faint else (1.6, 1.0)
    style = (0, (4, 2)) if mark.dashed else "-"
    if mark.band is not None:
        low, high = (_logged(edge, chart.y) for edge in mark.band)
        ax.fill_between(_logged(mark.x, chart.x), low, high, color=color, alpha=0.18, linewidth=0)
    ax.plot(_logged(x, chart.x), _logged(y, chart.y), color=color, linewidth=width, alpha=alpha, linestyle=style,
            marker=SIGNS[shape(mark)] if shape(mark) else "", markevery=(0.04 + 0.04 * (mark.color % 4), 0.2), markersize=5,
            label=_label(mark.label) or "_")  # fmt: skip


def _points(ax: Axes, mark: Points, chart: Chart, palette: Palette) -> None:
    ax.scatter(_logged(mark.x, chart.x), _logged(mark.y, chart.y), s=22 if len(mark.x) <= 100 else 9, color=palette.color(mark.color), alpha=0.85,
               marker=SIGNS[shape(mark)], edgecolors=palette.background, linewidths=0.6, label=_label(mark.label) or "_", zorder=4)  # fmt: skip


def _heat(ax: Axes, mark: Heat, chart: Chart, palette: Palette) -> None:
    if mark.z.size:
        rows, columns = mark.z.shape
        ax.imshow(colorize(mark.z, palette, mark.diverging, mark.limits), aspect="equal" if chart.equal else "auto",
                  interpolation="nearest", extent=(-0.5, columns - 0.5, rows - 0.5, -0.5))  # fmt: skip


def _bars(ax: Axes, mark: Bars, chart: Chart, palette: Palette) -> None:
    x = np.asarray(mark.x, dtype=float)
    width = 0.8 * float(np.diff(x).min()) if len(x) > 1 else 0.8
    ax.bar(x, _logged(mark.y, chart.y), width, color=palette.color(mark.color), label=_label(mark.label) or "_")


def _ring(ax: Axes, mark: Ring, chart: Chart, palette: Palette) -> None:
    turn = np.linspace(0, 2 * np.pi, 181)
    ax.plot(mark.radius * np.cos(turn), mark.radius * np.sin(turn), color=palette.muted, linewidth=0.9, label="_")


def _level(ax: Axes, mark: Level, chart: Chart, palette: Palette) -> None:
    place = float(_logged(mark.y, chart.y))
    if np.isfinite(place):
        ax.axhline(
            place,
            color=palette.color(mark.color),
            linewidth=1.2,
            linestyle=(0, dashes(mark)),
            label=_label(mark.label) or "_",
        )


_DRAW: dict[type, Callable[[Any, Any, Chart, Palette], None]] = {
    Line: _line,
    Points: _points,
    Heat: _heat,
    Bars: _bars,
    Ring: _ring,
    Level: _level,
}


def _save(fig: Figure, path: FilePath, kind: str) -> None:
    dated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}[kind]
    fig.savefig(path, format=kind, dpi=160, metadata=dated)


def _unknown(path: FilePath) -> Problem:
    return Problem(
        "chart.format",
        filled(
            Text("{name} ends in no kind of picture.", "{name} no termina en ningún tipo de imagen."), name=path.name
        ),
        Place(file=str(path), label=path.name),
        Text("Use .svg, .png, .pdf or .csv.", "Use .svg, .png, .pdf o .csv."),
        got=path.suffix,
        expected=" ".join(SUFFIXES),
    )
