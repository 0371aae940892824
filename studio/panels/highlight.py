"""Light colouring of Python source: keywords, strings, comments, numbers, names being defined."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from studio.theme import Theme

KEYWORDS = (
    r"\b(?:and|as|assert|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|"
    r"not|or|pass|raise|return|try|while|with|yield|None|True|False)\b"
)
PATTERN = re.compile(
    r"(?P<comment>#.*)"
    r"|(?P<string>[rbuf]*(?:\"\"\".*?(?:\"\"\"|$)|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'))"
    rf"|(?P<keyword>{KEYWORDS})"
    r"|(?P<name>(?<=def )\w+|(?<=class )\w+)"
    r"|(?P<number>\b\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?\b)"
    r"|(?P<self>\bself\b|\btorch\b|\bnn\b|\bF\b)"
)


class PythonHighlighter(QSyntaxHighlighter):
    """Works line by line; the emitted source has no strings over several lines but docstrings."""

    def __init__(self, document: QTextDocument, tokens: Theme) -> None:
        super().__init__(document)
        self._formats = {
            "comment": _format(tokens.muted, italic=True),
            "string": _format(tokens.good),
            "keyword": _format(tokens.group("cell"), bold=True),
            "name": _format(tokens.accent, bold=True),
            "number": _format(tokens.port("tokens")),
            "self": _format(tokens.group("time")),
        }

    def highlightBlock(self, text: str) -> None:
        for match in PATTERN.finditer(text):
            if match.lastgroup is not None:
                self.setFormat(match.start(), match.end() - match.start(), self._formats[match.lastgroup])


def _format(colour: QColor, bold: bool = False, italic: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(colour)
    made.setFontItalic(italic)
    if bold:
        made.setFontWeight(QFont.Weight.DemiBold)
    return made
