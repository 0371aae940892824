"""Commands about projects that are not trained yet: those shipped, and what can be known of them."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.commands.options import FILE, JSON, TO
from core.words import Text, say


@click.command(
    help=say(Text("List the shipped projects, or copy one out.", "Listar los proyectos incluidos, o copiar uno."))
)
@click.argument("name", required=False)
@click.option("--to", type=click.Path(path_type=Path), help=say(Text("File to copy it to.", "Archivo donde copiarlo.")))
@JSON
def gallery(name: str | None, to: Path | None, as_json: bool) -> int:
    from core.cli import look

    return look.gallery(name, to, as_json)


@click.command(help=say(Text("Problems, the shape of every wire, the number of parameters.",
                              "Problemas, la forma de cada cable, el número de parámetros.")))  # fmt: skip
@FILE
@JSON
def check(file: Path, as_json: bool) -> int:
    from core.cli import look

    return look.check(file, as_json)


@click.command(help=say(Text("Whether padding behind the sequences changes any number of the model.",
                              "Si el relleno tras las secuencias cambia algún número del modelo.")))  # fmt: skip
@FILE
@JSON
def audit(file: Path, as_json: bool) -> int:
    from core.cli import look

    return look.audit(file, as_json)


@click.command(help=say(Text("Print the emitted PyTorch module.", "Imprimir el módulo de PyTorch emitido.")))
@FILE
def source(file: Path) -> int:
    from core.cli import look

    return look.source(file)


@click.command(help=say(Text("Word vectors from a project's training text (PPMI, singular values).",
                              "Vectores de palabras del texto de entrenamiento de un proyecto (PPMI, valores singulares).")))  # fmt: skip
@FILE
@click.option(
    "--size",
    default=96,
    type=click.IntRange(1, 4096),
    help=say(Text("Numbers in a vector.", "Números de cada vector.")),
)
@TO
def vectors(file: Path, size: int, to: Path) -> int:
    from core.cli import vectors as command

    return command.vectors(file, size, to)


COMMANDS = (gallery, check, audit, source, vectors)
