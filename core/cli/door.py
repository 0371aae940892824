"""Where the command line meets the person: language, exit codes, and how problems and data are printed.

Exit 0 done, 1 the run failed, 2 bad input, with one line per problem on stderr: place, message, hint, code.
"""

from __future__ import annotations

import json
import locale
import math
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from core.oswords import reason
from core.problems import Place, Problem, Refused, plain
from core.words import Language, Text, say, set_language

FAILED = 1
BAD_INPUT = 2


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Never shows a traceback for a person's mistake."""
    set_language(person_language())
    from core.cli.commands.table import unfold  # built after the language is known: its help texts are in that language

    try:
        result = unfold.main(
            args=list(arguments) if arguments is not None else None, prog_name="unfold", standalone_mode=False
        )
    except Refused as refused:
        complain(refused.problems)
        return BAD_INPUT
    except click.ClickException as error:
        from core.cli.usage import problem_of

        complain([problem_of(error)])
        return BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        click.echo(say(Text("Stopped.", "Detenido.")), err=True)
        return FAILED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        forget_stdout()
        return FAILED
    except OSError as error:
        forget_stdout()
        complain([_system(error)])
        return FAILED
    except Exception as error:
        if os.environ.get("UNFOLD_TRACE"):
            raise
        complain([_bug(error)])
        return FAILED
    return int(result or 0)


def forget_stdout() -> None:
    """Nobody reads stdout any more, or it is full: what is still buffered must not raise again as the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.__stdout__.fileno() if sys.__stdout__ is not None else 1)
    os.close(nowhere)


def _system(error: OSError) -> Problem:
    file, why = str(error.filename or ""), reason(error)
    return Problem(
        "system.failed",
        Text(f"The system refused: {why.en}.", f"El sistema se negó: {why.es}."),
        Place(file=file, label=file),
        Text("Look at permissions and free space, or choose another place.", "Revise permisos y espacio libre, o elija otro lugar."),
    )  # fmt: skip


def _bug(error: Exception) -> Problem:
    what = f"{type(error).__name__}: {error}"
    return Problem(
        "program.bug",
        Text(f"Unfold made a mistake: {what}.", f"Unfold cometió un error: {what}."),
        Place(),
        Text("Please report it; with UNFOLD_TRACE=1 set the whole trace is shown.", "Infórmelo, por favor; con UNFOLD_TRACE=1 se muestra la traza entera."),
    )  # fmt: skip


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
