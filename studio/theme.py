"""How Unfold looks: every colour and font by the name of what it is for, in a light and a dark set.

Widgets get a Fusion style with a QPalette made from the same tokens that the canvas paints with, so that the two never
drift apart. Contrast of text on its surface is at least 4.5 : 1 in both sets (a test computes it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
FAMILIES = ("Inter", "Segoe UI Variable", "Segoe UI", "SF Pro Text", ".AppleSystemUIFont", "Noto Sans", "Cantarell",
            "Ubuntu", "Roboto", "DejaVu Sans")  # fmt: skip
MONO = ("JetBrains Mono", "Cascadia Code", "SF Mono", "Consolas", "Noto Sans Mono", "DejaVu Sans Mono")


@dataclass(frozen=True)
class Theme:
    """One set of tokens. Surfaces from back to front: window, surface, raised; sunken holds what is typed into."""

    name: Scheme
    window: QColor
    surface: QColor
    raised: QColor
    sunken: QColor
    border: QColor  # between surfaces: nobody has to see it to know what is what
    edge: QColor  # the limits of what is typed into, ticked or chosen: 3 : 1 beside any surface (WCAG 1.4.11)
    text: QColor
    muted: QColor  # secondary text, still readable
    faint: QColor  # decoration and disabled text only
    accent: QColor
    on_accent: QColor
    error: QColor
    warning: QColor
    info: QColor
    good: QColor
    on_sign: QColor  # the glyph inside an error, warning, info badge
    canvas: QColor
    grid: QColor
    grid_strong: QColor
    card: QColor
    card_border: QColor
    card_hover: QColor
    shadow: QColor
    frame: QColor  # comment frames
    chip: QColor  # the z⁻ᵏ chip on a delayed wire
    on_chip: QColor
    wire_bad: QColor
    groups: Mapping[str, QColor]  # by NodeSpec.group
    ports: Mapping[str, QColor]  # by port kind or Sig.kind
    series: tuple[QColor, ...]  # curves of a plot, in order
    heat: tuple[QColor, ...]  # diverging map of the heat charts: negative, zero, positive

    def group(self, name: str) -> QColor:
        return self.groups.get(name, self.faint)

    def port(self, kind: str) -> QColor:
        return self.ports.get(kind, self.ports["any"])


def _colours(**values: str) -> Mapping[str, QColor]:
    return MappingProxyType({name: QColor(value) for name, value in values.items()})


@lru_cache(maxsize=2)
def theme(name: Scheme) -> Theme:
    """The tokens of a scheme."""
    return _dark() if name == "dark" else _light()


def _dark() -> Theme:
    return Theme(
        name="dark",
        window=QColor("#1b1d22"), surface=QColor("#21242a"), raised=QColor("#2b2f37"), sunken=QColor("#16181c"),
        border=QColor("#363b45"), edge=QColor("#747b88"), text=QColor("#e8eaee"), muted=QColor("#a7adb9"), faint=QColor("#6d7480"),
        accent=QColor("#7aa7ff"), on_accent=QColor("#0d1524"), error=QColor("#ff7b72"), warning=QColor("#f2b84b"),
        info=QColor("#6cb6ff"), good=QColor("#62c584"), on_sign=QColor("#16181c"), canvas=QColor("#17191d"),
        grid=QColor("#2a2e35"), grid_strong=QColor("#3a404a"), card=QColor("#262a31"), card_border=QColor("#3c424e"),
        card_hover=QColor("#5a6373"), shadow=QColor(0, 0, 0, 90), frame=QColor("#8a93a6"), chip=QColor("#e9c46a"),
        on_chip=QColor("#241c05"), wire_bad=QColor("#ff7b72"),
        groups=_colours(input="#2dd4bf", layer="#60a5fa", cell="#a78bfa", block="#c084fc", arithmetic="#94a3b8",
                        activation="#fbbf24", time="#22d3ee", head="#4ade80", loss="#fb7185", structure="#a8a29e"),
        ports=_colours(features="#7aa7ff", tokens="#f6ad55", scalar="#68d391", any="#a0a8b6"),
        series=tuple(QColor(c) for c in ("#7aa7ff", "#f6ad55", "#68d391", "#f687b3", "#b794f4", "#4fd1c5", "#f56565")),
        heat=(QColor("#4c8dff"), QColor("#20232a"), QColor("#ff8a5c")),
    )  # fmt: skip


def _light() -> Theme:
    return Theme(
        name="light",
        window=QColor("#eff1f4"), surface=QColor("#f8f9fb"), raised=QColor("#ffffff"), sunken=QColor("#ffffff"),
        border=QColor("#d3d8e0"), edge=QColor("#808998"), text=QColor("#1c2027"), muted=QColor("#565e6c"), faint=QColor("#9aa2af"),
        accent=QColor("#2563eb"), on_accent=QColor("#ffffff"), error=QColor("#c8312b"), warning=QColor("#8a5800"),
        info=QColor("#1a66c2"), good=QColor("#17733c"), on_sign=QColor("#ffffff"), canvas=QColor("#f3f4f7"),
        grid=QColor("#dde1e8"), grid_strong=QColor("#c6ccd6"), card=QColor("#ffffff"), card_border=QColor("#c8cdd7"),
        card_hover=QColor("#8f98a8"), shadow=QColor(30, 40, 60, 56), frame=QColor("#7b8596"), chip=QColor("#ffd978"),
        on_chip=QColor("#4a3500"), wire_bad=QColor("#c8312b"),
        groups=_colours(input="#0d9488", layer="#2563eb", cell="#7c3aed", block="#a21caf", arithmetic="#64748b",
                        activation="#d97706", time="#0891b2", head="#16a34a", loss="#e11d48", structure="#78716c"),
        ports=_colours(features="#3b6fe0", tokens="#c76a10", scalar="#22894f", any="#6b7484"),
        series=tuple(QColor(c) for c in ("#2563eb", "#d9720f", "#16a34a", "#db2777", "#7c3aed", "#0d9488", "#dc2626")),
        heat=(QColor("#1f5fd6"), QColor("#f7f7f9"), QColor("#d9480f")),
    )  # fmt: skip


def palette(tokens: Theme) -> QPalette:
    """The widgets' palette from the same tokens."""
    role, made = QPalette.ColorRole, QPalette()
    for part, colour in {
        role.Window: tokens.window, role.WindowText: tokens.text, role.Base: tokens.sunken,
        role.AlternateBase: tokens.surface, role.Text: tokens.text, role.Button: tokens.raised,
        role.ButtonText: tokens.text, role.BrightText: tokens.error, role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text, role.PlaceholderText: tokens.muted, role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent, role.Link: tokens.accent, role.LinkVisited: tokens.accent,
        role.Light: tokens.raised, role.Midlight: tokens.surface, role.Mid: tokens.border, role.Dark: tokens.border,
        role.Shadow: tokens.shadow, role.Accent: tokens.accent,
    }.items():  # fmt: skip
        made.setColor(part, colour)
    off = QPalette.ColorGroup.Disabled
    for part in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(off, part, tokens.faint)
    made.setColor(off, role.Highlight, tokens.border)
    return made


@lru_cache(maxsize=2)
def _installed(families: tuple[str, ...]) -> tuple[str, ...]:
    known = set(QFontDatabase.families())
    return tuple(f for f in families if f in known)


def ui_font(size: float = 9.5, bold: bool = False) -> QFont:
    """The text of the window and the canvas, in points."""
    font = QFont()
    if families := _installed(FAMILIES):
        font.setFamilies(list(families))
    font.setPointSizeF(size)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def mono_font(size: float = 9.5) -> QFont:
    """Source, shapes, numbers that line up."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if families := _installed(MONO):
        font.setFamilies(list(families))
    font.setPointSizeF(size)
    return font


def mix(front: QColor, back: QColor, share: float) -> QColor:
    """`share` of the front colour over the back one, opaque."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        front.redF() * share + back.redF() * keep,
        front.greenF() * share + back.greenF() * keep,
        front.blueF() * share + back.blueF() * keep,
    )


def faded(colour: QColor, alpha: float) -> QColor:
    """The same colour, translucent."""
    out = QColor(colour)
    out.setAlphaF(alpha)
    return out


def sheet(tokens: Theme) -> str:
    """What QPalette cannot say: slim scroll bars, flat tool buttons, quiet docks and tabs."""
    t = {name: value.name() for name, value in vars(tokens).items() if isinstance(value, QColor)}
    return f"""
    QToolTip {{ background: {t["raised"]}; color: {t["text"]}; border: 1px solid {t["border"]}; padding: 4px 6px; }}
    QDockWidget::title {{ background: {t["window"]}; padding: 6px 8px; }}
    QMainWindow::separator {{ background: {t["window"]}; width: 5px; height: 5px; }}
    QMainWindow::separator:hover {{ background: {t["accent"]}; }}
    QToolBar {{ background: {t["window"]}; border: none; spacing: 2px; padding: 3px 6px; }}
    QToolButton {{ border: none; border-radius: 5px; padding: 4px 6px; color: {t["text"]}; }}
    QToolButton:hover {{ background: {t["raised"]}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {t["border"]}; }}
    QToolButton:disabled {{ color: {t["faint"]}; }}
    QToolButton:focus {{ border: 1px solid {t["accent"]}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {t["border"]}; border-radius: 3px; min-height: 24px; min-width: 24px; margin: 2px; }}
    QScrollBar::handle:hover {{ background: {t["faint"]}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QLineEdit, QPlainTextEdit, QTextEdit {{ background: {t["sunken"]}; border: 1px solid {t["edge"]};
        border-radius: 5px; padding: 3px 6px; selection-background-color: {t["accent"]};
        selection-color: {t["on_accent"]}; }}
    QMenu {{ background: {t["raised"]}; border: 1px solid {t["border"]}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {t["accent"]}; color: {t["on_accent"]}; }}
    QMenu::item:disabled {{ color: {t["faint"]}; }}
    QMenu::separator {{ height: 1px; background: {t["border"]}; margin: 4px 6px; }}
    QTabBar::tab {{ background: transparent; color: {t["muted"]}; padding: 6px 12px;
        border: none; border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {t["text"]}; border-bottom: 2px solid {t["accent"]}; }}
    QTabBar::tab:hover {{ color: {t["text"]}; }}
    QTabWidget::pane {{ border: none; }}
    QTreeView, QListView, QTableView {{ background: {t["surface"]}; border: none; outline: none; }}
    QTreeView::item, QListView::item {{ padding: 3px 2px; }}
    QTreeView::item:hover, QListView::item:hover {{ background: {t["raised"]}; color: {t["text"]}; }}
    QTreeView::item:selected, QListView::item:selected {{ background: {t["accent"]}; color: {t["on_accent"]}; }}
    QHeaderView::section {{ background: {t["surface"]}; color: {t["muted"]}; border: none; padding: 4px 6px; }}
    QProgressBar {{ background: {t["sunken"]}; border: 1px solid {t["border"]}; border-radius: 5px;
        text-align: center; color: {t["text"]}; }}
    QProgressBar::chunk {{ background: {t["accent"]}; border-radius: 4px; }}
    QStatusBar {{ background: {t["window"]}; color: {t["muted"]}; }}
    QStatusBar::item {{ border: none; }}
    """


def apply(app: QApplication, name: Scheme) -> Theme:
    """Style, palette and font of the whole application; canvas and plots take the returned tokens."""
    tokens = theme(name)
    if not app.styleSheet():  # else it has these: each would polish every widget once more
        app.setStyle("Fusion")
        app.setFont(ui_font())
    app.setPalette(palette(tokens))
    return tokens
