"""How commands speak to the person: exit codes, and how problems and data are printed.

Exit 0 done, 1 the run failed, 2 bad input, with one line per problem on stderr: place, message, hint, code; 130 where
Ctrl-C ended it, as shells count a signal 2.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import click

from core.problems import Problem, plain
from core.words import Text, say

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 128 + 2

TRAINING_LOSS = Text("training loss {l}", "pérdida de entrenamiento {l}")  # of one batch, beside those held out


def complain(problems: Iterable[Problem]) -> None:
    """One line per problem on stderr."""
    for problem in problems:
        click.echo(problem.line(), err=True)


def tell(text: Text, /, **holes: object) -> None:
    """A sentence for a person, on stderr: stdout is for results."""
    click.echo(say(text, **holes), err=True)


def print_json(data: Any) -> None:
    """One JSON object on one line of stdout."""
    click.echo(json.dumps(finite(data), ensure_ascii=False, allow_nan=False))


def finite(value: Any) -> Any:
    """JSON has no NaN: null stands for it."""
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns aligned to their widest cell."""
    table = [list(head), *[[plain(cell) for cell in row] for row in rows]]
    widths = [max(len(r[i]) for r in table) for i in range(len(head))]
    for row in table:
        click.echo("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as data, both languages."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "place": problem.where.label or problem.where.pointer or problem.where.file,
        "path": list(problem.where.path),
        "port": problem.where.port,
        "wire": problem.where.edge,
        "message": {"en": problem.message.en, "es": problem.message.es},
        "hint": {"en": problem.hint.en, "es": problem.hint.es},
        "got": problem.got,
        "expected": problem.expected,
        "quote": {"who": problem.quote[0], "words": problem.quote[1]},
        "fixes": [{"en": f.title.en, "es": f.title.es} for f in problem.fixes],
    }
