"""Where the command line meets the person: language, exit codes, and how problems and data are printed.

Exit 0 done, 1 the run failed, 2 bad input, with one line per problem on stderr: code, place, message, hint.
"""

from __future__ import annotations

import json
import locale
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from core.problems import Problem, Refused, plain
from core.words import Language, Text, say, set_language

FAILED = 1
BAD_INPUT = 2


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Never shows a traceback for a person's mistake."""
    set_language(person_language())
    from core.cli.commands import unfold  # built after the language is known: its help texts are in that language

    try:
        result = unfold.main(
            args=list(arguments) if arguments is not None else None, prog_name="unfold", standalone_mode=False
        )
    except Refused as refused:
        complain(refused.problems)
        return BAD_INPUT
    except click.ClickException as error:
        click.echo(f"usage: {error.format_message()}", err=True)
        return BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        click.echo(say(Text("Stopped.", "Detenido.")), err=True)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    return int(result or 0)


def person_language() -> Language:
    """UNFOLD_LANG if set, else Spanish where the system speaks it, else English."""
    wanted = (
        os.environ.get("UNFOLD_LANG")
        or os.environ.get("LC_ALL")
        or os.environ.get("LANG")
        or (locale.getlocale()[0] or "")
    )
    return "es" if wanted.lower().startswith("es") else "en"


def complain(problems: Iterable[Problem]) -> None:
    """One line per problem on stderr."""
    for problem in problems:
        click.echo(problem.line(), err=True)


def tell(text: Text, /, **holes: object) -> None:
    """A sentence for a person, on stderr: stdout is for results."""
    click.echo(say(text, **holes), err=True)


def print_json(data: Any) -> None:
    """One JSON object on one line of stdout."""
    click.echo(json.dumps(data, ensure_ascii=False))


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
        "fixes": [{"en": f.title.en, "es": f.title.es} for f in problem.fixes],
    }
