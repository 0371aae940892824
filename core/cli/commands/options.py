"""Arguments that several commands take, and how their values are read."""

from __future__ import annotations

import math
import os
from pathlib import Path

import click

from core.words import Text, say

FILE = click.argument("file", type=click.Path(path_type=Path))
RUN = click.option(
    "--run",
    "run_dir",
    required=True,
    type=click.Path(path_type=Path),
    help=say(Text("Run directory.", "Carpeta del entrenamiento.")),
)
JSON = click.option("--json", "as_json", is_flag=True, help=say(Text("Print JSON.", "Imprimir JSON.")))
TO = click.option(
    "--to", required=True, type=click.Path(path_type=Path), help=say(Text("File to write.", "Archivo de salida."))
)
SEED = click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    help=say(Text("Seed of everything random.", "Semilla de todo lo aleatorio.")),
)

WORKERS = click.option(
    "--workers",
    default=os.cpu_count() or 1,
    type=click.IntRange(1, 1024),
    help=say(Text("Processes at once.", "Procesos a la vez.")),
)
INPUT = click.option(
    "--input",
    "text",
    help=say(Text("What an encoder reads.", "Lo que lee un codificador.")),
)
EXAMPLE = click.option(
    "--example",
    default=0,
    type=click.IntRange(0, 1_000_000),
    help=say(Text("Held-out example to answer to, from 0.", "Ejemplo reservado al que responder, desde 0.")),
)


def no_nan(context: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """Comparisons with a range let it pass."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is not in the range", context, param)
    return value


def numbers(context: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    """Whole numbers parted by commas."""
    try:
        found = tuple(dict.fromkeys(int(part) for part in value.split(",")))
    except ValueError:
        found = ()
    if not found or min(found) < 0:
        raise click.BadParameter(f"{value!r} is not of the form 0,1,2", context, param)
    return found
