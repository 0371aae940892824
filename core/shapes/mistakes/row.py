"""What a mistake says: a sentence that names what came and what was expected, and a hint, with holes."""

from __future__ import annotations

from dataclasses import dataclass

from core.problems import Severity
from core.words import Text


@dataclass(frozen=True)
class Mistake:
    """One row: the sentence and the hint, with holes."""

    message: Text
    hint: Text
    severity: Severity = "error"
