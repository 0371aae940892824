"""Text must be readable on the surface it is painted on, in both schemes."""

import pytest
from PySide6.QtGui import QColor

from core.observe.colors import PALETTES
from studio.theme import SCHEMES, mix, palette, sheet, theme, ui_font


def luminance(c: QColor) -> float:
    """WCAG 2.1 relative luminance."""
    parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in (c.redF(), c.greenF(), c.blueF())]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: QColor, b: QColor) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", SCHEMES)
def test_text_passes_wcag_aa_on_every_surface(name):
    t = theme(name)
    for surface in (t.window, t.surface, t.raised, t.sunken, t.canvas, t.card):
        for ink in (t.text, t.muted, t.error, t.warning, t.info, t.good):
            assert contrast(ink, surface) >= 4.5, (ink.name(), surface.name())
    assert contrast(t.on_accent, t.accent) >= 4.5
    assert contrast(t.on_chip, t.chip) >= 4.5


@pytest.mark.parametrize("name", SCHEMES)
def test_node_titles_pass_on_every_group_header(name):
    t = theme(name)
    for colour in t.groups.values():
        assert contrast(t.text, mix(colour, t.card, 0.22)) >= 4.5


@pytest.mark.parametrize("name", SCHEMES)
def test_text_passes_on_what_is_chosen_or_under_the_mouse(name):
    t = theme(name)
    chosen, hover, pressed = mix(t.accent, t.surface, 0.18), mix(t.text, t.raised, 0.07), mix(t.text, t.raised, 0.14)
    assert all(contrast(t.text, ground) >= 4.5 for ground in (chosen, hover, pressed))
    assert contrast(t.muted, chosen) >= 4.5
    assert all(contrast(t.accent, ground) >= 4.5 for ground in (t.window, t.surface, t.raised, hover))  # links


@pytest.mark.parametrize("name", SCHEMES)
def test_signs_pass_three_to_one(name):
    """Rings round what has the keys, edges of what is ticked, wires and curves."""
    t = theme(name)
    for ground in (t.window, t.surface, t.raised, t.sunken, t.canvas, t.card):
        assert all(contrast(sign, ground) >= 3.0 for sign in (t.accent, t.edge, t.wire_bad, t.muted, t.frame)), (
            ground.name()
        )
    assert all(contrast(sign, t.canvas) >= 3.0 for sign in (*t.ports.values(), t.chip if name == "dark" else t.on_chip))
    assert all(contrast(QColor(c), t.surface) >= 3.0 for c in PALETTES[name].series)
    assert contrast(t.on_accent, t.accent) >= 3.0  # the ring inside a button of that colour


@pytest.mark.parametrize("name", SCHEMES)
def test_port_kinds_stand_out_from_the_canvas(name):
    t = theme(name)
    assert all(contrast(c, t.canvas) >= 3.0 for c in t.ports.values())


def test_the_widgets_dress_from_the_tokens(qapp):
    t = theme("dark")
    assert palette(t).window().color() == t.window
    assert t.accent.name() in sheet(t)
    assert ui_font(9, bold=True).pointSizeF() == 9
