"""Taking things along: tables and pictures to the clipboard, in the forms that other programs understand."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication


def copy_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """As text with tabs, which spreadsheets cut into cells, and as HTML for what writes documents."""
    lines = [heads, *rows]
    data = QMimeData()
    data.setText("\n".join("\t".join(_cell(c) for c in line) for line in lines) + "\n")
    data.setHtml(_html(lines))
    QGuiApplication.clipboard().setMimeData(data)


def _cell(text: str) -> str:
    return " ".join(text.split())


def _html(lines: Sequence[Sequence[str]]) -> str:
    marks = ["th", *["td"] * (len(lines) - 1)]
    rows = ["".join(f"<{m}>{html.escape(c)}</{m}>" for c in line) for m, line in zip(marks, lines, strict=True)]
    return f"<table>{''.join(f'<tr>{r}</tr>' for r in rows)}</table>"
