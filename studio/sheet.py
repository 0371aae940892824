"""The look of the window's own widgets, from the theme's tokens; added to what the theme says of Qt's."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from studio import theme
from studio.theme import Scheme, Theme, mix

ICONS = Path(__file__).resolve().parents[1] / "resources" / "icons"


def dress(app: QApplication, name: Scheme) -> Theme:
    """Dress the application: palette, fonts, the theme's sheet and this one."""
    tokens = theme.apply(app, name)
    app.setStyleSheet(theme.sheet(tokens) + sheet(tokens))
    return tokens


def sheet(tokens: Theme) -> str:
    t = {name: value.name() for name, value in vars(tokens).items() if isinstance(value, QColor)}
    hover = mix(tokens.text, tokens.raised, 0.07).name()
    pressed = mix(tokens.text, tokens.raised, 0.14).name()
    primary_hover = mix(tokens.text, tokens.accent, 0.12).name()
    selected = mix(tokens.accent, tokens.surface, 0.18).name()
    return f"""
    QMainWindow, QDialog, QMessageBox {{ background: {t["window"]}; }}
    QWidget[role="panel"] {{ background: {t["surface"]}; }}
    #delayPopover {{ background: {t["raised"]}; border: 1px solid {t["border"]}; border-radius: 10px; }}
    #canvasSearch, #canvasFinder {{ background: {t["surface"]}; border: 1px solid {t["border"]}; border-radius: 10px; }}
    #canvasSearch QListWidget, #canvasFinder QListWidget {{ background: transparent; border: none; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; }}
    QFrame[role="card"] {{ background: {t["raised"]}; border: 1px solid {t["border"]}; border-radius: 6px; }}
    QFrame[role="card"]:focus {{ border-color: {t["accent"]}; }}
    QFrame[role="line"] {{ background: {t["border"]}; max-height: 1px; min-height: 1px; border: none; }}
    QFrame[role="head"] {{ background: {t["window"]}; border-bottom: 1px solid {t["border"]}; }}
    QLabel {{ background: transparent; }}
    QLabel[role="muted"] {{ color: {t["muted"]}; }}
    QLabel[role="quote"] {{ color: {t["muted"]}; border-left: 2px solid {t["border"]}; padding-left: 8px; }}
    QLabel[role="strong"] {{ font-weight: 600; }}
    QLabel[role="group"] {{ color: {t["muted"]}; border-bottom: 1px solid {t["border"]}; padding: 2px 0; }}
    QLabel[role="section"] {{ color: {t["muted"]}; font-weight: 600; }}
    QLabel[role="dock"] {{ color: {t["muted"]}; font-weight: 600; padding: 0 2px; }}
    QLabel[role="title"] {{ font-size: 13pt; font-weight: 600; }}
    QLabel[role="hero"] {{ font-size: 22pt; font-weight: 700; }}
    QLabel[role="number"] {{ font-size: 12pt; font-weight: 600; }}
    QLabel[role="bad"] {{ color: {t["error"]}; }}
    QLabel[role="good"] {{ color: {t["good"]}; }}
    QLabel[role="chip"] {{ background: {t["raised"]}; border: 1px solid {t["border"]}; border-radius: 8px; padding: 1px 7px; color: {t["muted"]}; }}
    QPushButton {{ background: {t["raised"]}; color: {t["text"]}; border: 1px solid {t["border"]}; border-radius: 5px; padding: 4px 12px; min-height: 18px; }}
    QPushButton:hover {{ background: {hover}; }}
    QPushButton:pressed {{ background: {pressed}; }}
    QPushButton:focus {{ border-color: {t["accent"]}; }}
    QPushButton:disabled {{ color: {t["faint"]}; background: {t["surface"]}; }}
    QPushButton[kind="primary"], QPushButton:default {{ background: {t["accent"]}; color: {t["on_accent"]}; border-color: {t["accent"]}; font-weight: 600; }}
    QPushButton[kind="primary"]:hover {{ background: {primary_hover}; }}
    QPushButton[kind="primary"]:focus {{ border: 1px solid {t["text"]}; }}
    QPushButton[kind="primary"]:disabled {{ background: {t["border"]}; color: {t["faint"]}; border-color: {t["border"]}; }}
    QPushButton[kind="link"] {{ background: transparent; border: none; color: {t["accent"]}; padding: 2px 0; text-align: left; }}
    QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
    QPushButton[kind="way"] {{ text-align: left; padding: 7px 12px; }}
    QPushButton[kind="chip"] {{ border-radius: 10px; padding: 1px 10px; color: {t["muted"]}; }}
    QPushButton[kind="chip"]:checked {{ background: {selected}; border-color: {t["accent"]}; color: {t["text"]}; }}
    QListWidget#cards, QListWidget#recent {{ background: transparent; }}
    QListWidget#cards::item, QListWidget#cards::item:selected {{ background: transparent; }}
    QListWidget#recent::item {{ padding: 5px 6px; border-radius: 5px; }}
    QToolButton[kind="fold"] {{ color: {t["muted"]}; font-weight: 600; padding: 2px 0; }}
    QFrame[role="rail"] {{ background: {t["window"]}; border-right: 1px solid {t["border"]}; }}
    QToolButton[kind="page"] {{ color: {t["muted"]}; padding: 5px 8px; border: none; border-radius: 5px; text-align: left; }}
    QToolButton[kind="page"]:hover {{ background: {hover}; }}
    QToolButton[kind="page"]:checked {{ background: {selected}; color: {t["text"]}; }}
    QToolButton[kind="fold"]:hover {{ background: transparent; color: {t["text"]}; }}
    QComboBox {{ background: {t["sunken"]}; color: {t["text"]}; border: 1px solid {t["edge"]}; border-radius: 5px; padding: 3px 6px; min-height: 18px; combobox-popup: 0; }}
    QComboBox:on {{ border-color: {t["accent"]}; }}
    QComboBox:disabled {{ color: {t["faint"]}; }}
    QComboBox::drop-down {{ border: none; width: 18px; }}
    QComboBox::down-arrow {{ image: url("{_picture("chevron", tokens)}"); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {t["raised"]}; border: 1px solid {t["border"]}; padding: 4px; selection-background-color: {t["accent"]}; selection-color: {t["on_accent"]}; }}
    QLineEdit {{ min-height: 18px; }}
    QSpinBox {{ background: {t["sunken"]}; color: {t["text"]}; border: 1px solid {t["edge"]}; border-radius: 5px; padding: 3px 6px; min-height: 18px; }}
    QSpinBox::up-button, QSpinBox::down-button {{ width: 0; border: none; }}
    QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled {{ border-color: {t["border"]}; }}
    QLineEdit:disabled {{ color: {t["faint"]}; }}
    QLineEdit[role="heading"] {{ placeholder-text-color: {t["text"]}; font-size: 12pt; font-weight: 600; background: transparent; border-color: transparent; padding: 2px 4px; }}
    QLineEdit[role="heading"]:hover {{ border-color: {t["edge"]}; }}
    QLineEdit[role="heading"]:focus {{ background: {t["sunken"]}; }}
    QPlainTextEdit[role="code"] {{ border: none; border-radius: 0; background: {t["sunken"]}; padding: 4px; }}
    QCheckBox {{ spacing: 8px; }}
    QTableView::indicator {{ width: 13px; height: 13px; border: 1px solid {t["muted"]}; border-radius: 3px; background: {t["sunken"]}; }}
    QTableView::indicator:checked {{ background: {t["accent"]}; border-color: {t["accent"]}; image: url("{_picture("tick", tokens)}"); }}
    QTableView::item {{ padding: 2px 10px; }}
    QCheckBox::indicator {{ width: 15px; height: 15px; border: 1px solid {t["muted"]}; border-radius: 4px; background: {t["sunken"]}; }}
    QCheckBox::indicator:focus, QCheckBox::indicator:hover {{ border-color: {t["accent"]}; }}
    QCheckBox::indicator:checked {{ background: {t["accent"]}; border-color: {t["accent"]}; image: url("{_picture("tick", tokens)}"); }}
    QRadioButton {{ spacing: 8px; }}
    QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {t["muted"]}; border-radius: 8px; background: {t["sunken"]}; }}
    QRadioButton::indicator:focus, QRadioButton::indicator:hover {{ border-color: {t["accent"]}; }}
    QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {t["accent"]}; background: {t["on_accent"]}; }}
    QRadioButton::indicator:disabled {{ border-color: {t["faint"]}; background: {t["surface"]}; }}
    QRadioButton:disabled {{ color: {t["faint"]}; }}
    QSlider::groove:horizontal {{ height: 4px; background: {t["border"]}; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {t["accent"]}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: {t["raised"]}; border: 2px solid {t["accent"]}; }}
    QSlider:focus {{ border: none; }}
    QSlider::handle:horizontal:focus {{ background: {t["accent"]}; }}
    QSlider::groove:horizontal:disabled, QSlider::sub-page:horizontal:disabled {{ background: {t["border"]}; }}
    QSlider::handle:horizontal:disabled {{ border-color: {t["faint"]}; }}
    QTabBar {{ background: {t["window"]}; }}
    QToolButton[kind="go"] {{ background: {t["accent"]}; color: {t["on_accent"]}; padding: 4px 12px; font-weight: 600; }}
    QToolButton[kind="go"]:hover {{ background: {primary_hover}; }}
    QToolButton[kind="go"]:disabled {{ background: {t["border"]}; color: {t["faint"]}; }}
    QToolButton[kind="here"], QToolButton[kind="way"] {{ padding: 3px 7px; }}
    QToolButton[kind="way"] {{ color: {t["muted"]}; }}
    QPushButton[kind="icon"] {{ padding: 4px 0; }}
    QMenuBar {{ background: {t["window"]}; color: {t["text"]}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {t["raised"]}; }}
    QMenu::indicator {{ width: 13px; height: 13px; margin-left: 6px; border: 1px solid {t["muted"]}; border-radius: 3px; background: {t["sunken"]}; }}
    QMenu::indicator:checked {{ background: {t["accent"]}; border-color: {t["accent"]}; image: url("{_picture("tick", tokens)}"); }}
    QTreeView::item:selected, QListView::item:selected {{ background: {selected}; color: {t["text"]}; }}
    QTreeView#palette-tree {{ padding-left: 4px; }}
    QDockWidget {{ color: {t["muted"]}; }}
    QStatusBar QLabel {{ color: {t["muted"]}; padding: 0 6px; }}
    QProgressBar {{ min-height: 6px; max-height: 6px; border: none; border-radius: 3px; background: {t["border"]}; }}
    QProgressBar::chunk {{ border-radius: 3px; }}
    {_keys(t)}
    QSplitter::handle {{ background: {t["window"]}; }}
    QSplitter::handle:hover {{ background: {t["accent"]}; }}
    """


def _keys(t: dict[str, str]) -> str:
    """What is switched on has a bar or a line under its words, not another colour alone. Where the keyboard is: a ring that is there for whatever can have it. Buttons in the accent's colour have it inside,
    as two lines of their words' colour."""
    ring = f"border: 1px solid {t['accent']};"
    thick = f"border: 2px solid {t['accent']};"  # one more than a field's own edge, which is seen without keys too
    double = f"border: 3px double {t['on_accent']}; padding: 2px 10px;"
    return f"""
    QPushButton:checked {{ background: {t["surface"]}; border: 1px solid {t["accent"]}; border-bottom: 3px solid {t["accent"]}; padding-bottom: 2px; }}
    QToolButton:checked {{ border-bottom: 3px solid {t["accent"]}; padding-bottom: 1px; }}
    QToolButton[kind="page"]:checked {{ border: none; border-left: 3px solid {t["accent"]}; }}
    QToolButton[kind="fold"]:checked {{ border: 1px solid transparent; background: transparent; padding-bottom: 2px; }}
    QPushButton[kind="chip"]:checked {{ border: 1px solid {t["accent"]}; padding: 1px 10px; text-decoration: underline; }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus {{ {thick} padding: 2px 5px; }}
    QLineEdit[role="heading"]:focus {{ {thick} padding: 1px 3px; }}
    QLineEdit[state="bad"], QLineEdit[state="bad"]:focus {{ border-color: {t["error"]}; }}
    QTreeView, QListView, QTableView, PlotWidget {{ border: 1px solid transparent; }}
    QTreeView:focus, QListView:focus, QTableView:focus, PlotWidget:focus {{ {ring} }}
    QListWidget#cards, QListWidget#recent {{ border: 1px solid transparent; border-radius: 5px; }}
    QListWidget#cards:focus, QListWidget#recent:focus {{ {ring} }}
    QScrollArea {{ border: 1px solid transparent; }}
    QScrollArea:focus {{ {ring} }}
    QPlainTextEdit[role="code"] {{ border: 1px solid transparent; }}
    QPlainTextEdit[role="code"]:focus {{ {ring} padding: 4px; }}
    QPushButton[kind="primary"]:focus, QPushButton:default:focus, QToolButton[kind="go"]:focus {{ {double} }}
    QPushButton[kind="link"] {{ border: 1px solid transparent; border-radius: 3px; }}
    QPushButton[kind="link"]:focus {{ {ring} }}
    QPushButton[kind="chip"]:focus {{ border: 2px solid {t["text"]}; padding: 0 9px; }}
    QToolButton[kind="fold"], QToolButton[kind="page"] {{ border: 1px solid transparent; border-radius: 5px; }}
    QToolButton[kind="fold"]:focus, QToolButton[kind="page"]:focus {{ {ring} }}
    QCheckBox, QRadioButton {{ border: 1px solid transparent; border-radius: 4px; padding: 1px 3px; }}
    QCheckBox:focus, QRadioButton:focus {{ {ring} }}
    QFrame[role="keys"] {{ background: transparent; }}
    QFrame[role="keys"][here="true"] {{ background: {t["accent"]}; }}
    """


def _picture(name: str, tokens: Theme) -> str:
    """A small drawing of the sheet in the scheme's colours."""
    return (ICONS / f"{name}-{tokens.name}.svg").as_posix()
