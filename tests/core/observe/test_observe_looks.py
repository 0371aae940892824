"""Ticks, extents, colours, symbols and smooth curves, decided once for the screen and for paper."""

import math

import numpy as np
import pytest

from core.observe.chart import Axis, Chart, Heat, Level, Line
from core.observe.colors import DARK, LIGHT, colorize, rgb, table
from core.observe.curves import half_life, smooth
from core.observe.extent import extent
from core.observe.symbols import symbol_ticks, visible
from core.observe.ticks import number, ticks
from core.words import Text

NAME = Text("x", "x")
LINEAR, LOG = Axis(NAME), Axis(NAME, log=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1.5, "1.5"), (-2, "−2"), (1234, "1\u2009234"), (0.00012, "1.2×10⁻⁴"), (3e9, "3×10⁹"), (1 / 3, "0.3333"),
     (math.nan, "NaN"), (-math.inf, "−∞"), (99999.5, "99\u2009999"), (0.0005, "5×10⁻⁴")],
)  # fmt: skip
def test_numbers_are_written_for_people(value, text):
    assert number(value) == text or (value == 99999.5 and number(value) == "100\u2009000")


DECADES = [(LOG, 0.0, 1.0), (LOG, -3.0, 5.0), (LOG, -7.2, -6.9), (LOG, -0.01, 0.01)]
EVEN = [(LINEAR, *reach) for reach in ((1e-9, 2e-9), (0.0, 1e7), (4.0, 4.0), *(ends for _, *ends in DECADES))]


@pytest.mark.parametrize(("axis", "low", "high"), [*EVEN, *DECADES])
def test_ticks_lie_inside_and_are_not_more_than_fit(axis, low, high):
    found = ticks(axis, low, high, lambda _: 6)
    places = [place for place, _ in found]
    assert all(low - 1e-9 <= p <= high + 1e-9 for p in places) and places == sorted(set(places))
    assert len(found) <= 14 and (len(found) >= 2 or high == low)
    assert len({text for _, text in found}) == len(found)


def test_log_ticks_name_the_powers():
    assert ticks(LOG, -3.2, 1.1, lambda _: 6) == [
        (-3.0, "10⁻³"),
        (-2.0, "10⁻²"),
        (-1.0, "10⁻¹"),
        (0.0, "10⁰"),
        (1.0, "10¹"),
    ]


def test_named_ticks_are_thinned_evenly():
    axis = Axis(NAME, ticks=tuple((float(i), str(i)) for i in range(100)))
    assert [text for _, text in ticks(axis, -0.5, 99.5, lambda _: 12)] == [str(i) for i in range(0, 100, 10)]
    assert [text for _, text in ticks(axis, 10.0, 14.0, lambda _: 12)] == ["10", "11", "12", "13", "14"]


@pytest.mark.parametrize("back", [None, 29])
def test_steps_between_which_some_are_left_out_have_their_number(back):
    """Letters beside each other are read as a word: where they do not all fit, none stands alone."""
    spelt = tuple((float(i), c) for i, c in enumerate("the quick brown fox jumps over"))
    axis = Axis(NAME, whole=True, ticks=spelt, along="T", back=back)
    assert ticks(axis, -0.5, 29.5, lambda texts: 300 / (4 + 7 * max(map(len, texts)))) != list(spelt)
    found = ticks(axis, -0.5, 29.5, lambda texts: 200 / (4 + 7 * max(map(len, texts))))
    for place, text in found:
        step = int(place) if back is None else back - int(place)
        assert text == f"t={step} ‘{spelt[int(place)][1]}’" and step % 10 == 0
    assert len(found) == 3
    assert ticks(axis, -0.5, 29.5, lambda texts: 30) == list(spelt)
    assert ticks(axis, 9.5, 14.5, lambda texts: 6) == list(spelt[10:15])


def test_the_extent_leaves_out_what_cannot_be_drawn():
    y = np.array([np.nan, 1.0, np.inf, 10.0, -1.0, 0.0])
    chart = Chart(NAME, LINEAR, LOG, (Line(np.arange(6.0), y),))
    _, (low, high) = extent(chart)
    assert -0.2 < low < 0.0 and 1.0 < high < 1.2
    assert extent(Chart(NAME, LINEAR, LOG, ())) == ((0.0, 1.0), (-1.0, 0.0))
    flat = Chart(NAME, LINEAR, LINEAR, (Level(3.0, "chance"),))
    assert extent(flat)[1] == (1.5, 4.5)
    assert extent(Chart(NAME, LINEAR, LINEAR, (Heat(np.zeros((2, 5))),))) == ((-0.5, 4.5), (-0.5, 1.5))


def oklab_lightness(colors: np.ndarray) -> np.ndarray:
    """L of OKLab (Ottosson 2020)."""
    c = colors / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    lms = linear @ np.array(
        [[0.4122214708, 0.2119034982, 0.0883024619], [0.5363325363, 0.6806995451, 0.2817188376],
         [0.0514459929, 0.1073969566, 0.6299787005]]
    )  # fmt: skip
    return np.cbrt(lms) @ np.array([0.2104542553, 0.793617785, -0.0040720468])


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_heat_colours_grow_evenly_away_from_the_background(palette):
    away = -1 if palette is LIGHT else 1
    steps = np.diff(oklab_lightness(table(palette.sequential).astype(float))) * away
    assert (steps > -0.002).all() and steps.max() < 6 * steps.mean()
    signed = oklab_lightness(table(palette.diverging).astype(float))
    middle = len(signed) // 2
    assert abs(signed[0] - signed[-1]) < 0.12  # both ends are equally strong
    for half in (np.diff(signed[middle:]), np.diff(signed[:middle][::-1])):
        assert (half * away > -0.004).all()
    assert np.abs(np.array(rgb(palette.diverging[len(palette.diverging) // 2])) - rgb(palette.background)).max() < 16


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_curves_and_words_stand_out_from_the_background(palette):
    def luminance(color: str) -> float:
        c = np.array(rgb(color)) / 255.0
        return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])

    def contrast(color: str) -> float:
        a, b = sorted((luminance(color), luminance(palette.background)))
        return (b + 0.05) / (a + 0.05)

    assert contrast(palette.text) > 7 and contrast(palette.muted) > 4.5  # WCAG 2.1, 1.4.6 and 1.4.3
    assert min(map(contrast, palette.series)) > 2.8
    assert len(set(palette.series)) == 8


def test_colours_of_a_matrix_are_those_of_its_numbers():
    z = np.array([[-2.0, 0.0, 2.0, np.nan, np.inf]])
    colors = colorize(z, LIGHT, True, (-1.0, 1.0))
    expected = [LIGHT.diverging[0], LIGHT.diverging[4], LIGHT.diverging[-1], LIGHT.missing, LIGHT.diverging[-1]]
    assert np.abs(colors[0].astype(int) - [rgb(c) for c in expected]).max() <= 2
    assert colorize(np.zeros((2, 3)), DARK, False).shape == (2, 3, 3)


def test_symbols_are_always_visible():
    assert [visible(s) for s in (" ", "\n", "\t", "a", "", "\u202e", "\x07", "ñ", "a b")] == [
        "␣", "↵", "⇥", "a", "∅", "U+202E", "U+0007", "ñ", "a␣b",
    ]  # fmt: skip
    assert len(visible("x" * 100)) == 12
    assert symbol_ticks(("a", "\n")) == ((0.0, "a"), (1.0, "↵"))


def test_a_smooth_curve_follows_the_mean_and_skips_gaps():
    x = np.arange(5000.0)
    y = 3 * x + np.random.default_rng(0).normal(size=5000) * 10
    y[100:120] = np.nan
    sx, sy = smooth(x, y)
    assert len(sx) <= 240 and sx[0] == 0 and sx[-1] == 4999
    inner = slice(1, -10)
    assert np.abs(sy[inner] - 3 * sx[inner]).max() < 40


@pytest.mark.parametrize("life", [2.0, 7.5, -3.0])
def test_the_half_life_is_read_off_the_slope(life):
    t = np.arange(40)
    assert half_life(2.0 ** (t / life)) == pytest.approx(life)


def test_no_half_life_where_nothing_decays_evenly():
    rng = np.random.default_rng(0)
    assert half_life(np.exp(rng.normal(size=50))) is None
    assert half_life(np.ones(50)) is None and half_life(np.zeros(50)) is None


def test_whole_axes_have_no_fractions():
    assert [text for _, text in ticks(Axis(NAME, whole=True), -0.5, 2.5, lambda _: 9)] == ["0", "1", "2"]
