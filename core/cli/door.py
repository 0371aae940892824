"""The command line's door: one command is run in the person's language, and whatever goes wrong becomes an exit code."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Sequence

import click

from core.cli.telling import BAD_INPUT, FAILED, INTERRUPTED, complain
from core.oswords import reason
from core.problems import Place, Problem, Refused
from core.words import Language, Text, say, set_language


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
        return INTERRUPTED
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
