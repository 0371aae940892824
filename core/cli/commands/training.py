"""Commands that train, and time training."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.commands.options import FILE, JSON, SEED, WORKERS, numbers
from core.words import Text, say


@click.command(help=say(Text("Train a project.", "Entrenar un proyecto.")))
@FILE
@click.option("--steps", type=click.IntRange(1), help=say(Text("Optimizer steps.", "Pasos del optimizador.")))
@SEED
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), help=say(Text("Where to train.", "Dónde entrenar."))
)
@click.option(
    "--precision", type=click.Choice(["fp32", "bf16", "fp64"]), help=say(Text("Numbers used.", "Números usados."))
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help=say(
        Text(
            "Set a value, e.g. data.path=my.txt or node.memory.units=64.",
            "Fijar un valor, p. ej. data.path=mi.txt o node.memory.units=64.",
        )
    ),
)
@click.option(
    "--out", type=click.Path(path_type=Path), help=say(Text("Run directory to write.", "Carpeta del entrenamiento."))
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    help=say(Text("Run directory to go on with.", "Entrenamiento que continuar.")),
)
@JSON
def train(
    file: Path,
    steps: int | None,
    seed: int | None,
    device: str | None,
    precision: str | None,
    settings: tuple[str, ...],
    out: Path | None,
    resume: Path | None,
    as_json: bool,
) -> int:
    from core.cli import train as command

    short = {"steps": steps, "seed": seed, "device": device, "precision": precision}
    told = tuple(f"training.{k}={v}" for k, v in short.items() if v is not None)
    return command.train(file, told + settings, out, resume, as_json)


@click.command(
    help=say(Text("Train a project over a grid of settings and seeds, and draw the curve.",
                  "Entrenar un proyecto con una rejilla de ajustes y semillas, y dibujar la curva.")),
)  # fmt: skip
@FILE
@click.option(
    "--param", "params", multiple=True, required=True, metavar="PATH=A,B,C",
    help=say(Text("Values to try, e.g. data.length=5,10,20; may be given again.",
                  "Valores que probar, p. ej. data.length=5,10,20; se puede repetir.")),
)  # fmt: skip
@click.option(
    "--seeds",
    default=5,
    type=click.IntRange(1, 100_000),
    help=say(Text("Seeds for each value.", "Semillas por valor.")),
)
@click.option(
    "--metric",
    default="",
    help=say(Text("Validation metric; the loss by default.", "Métrica de validación; la pérdida por omisión.")),
)
@click.option(
    "--success", default="", metavar="METRIC>=X",
    help=say(Text("What counts as success; the curve is then its share.", "Qué cuenta como éxito; la curva es entonces su fracción.")),
)  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE",
              help=say(Text("A value that stays the same.", "Un valor que no cambia.")))  # fmt: skip
@WORKERS
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help=say(
        Text(
            "Folder for results; a second call goes on there.", "Carpeta de resultados; una segunda llamada sigue ahí."
        )
    ),
)
@JSON
def sweep(
    file: Path, params: tuple[str, ...], seeds: int, metric: str, success: str, settings: tuple[str, ...], workers: int,
    out: Path, as_json: bool,
) -> int:  # fmt: skip
    from core.cli import sweep as command

    return command.sweep(file, params, seeds, metric, success, settings, workers, out, as_json)


@click.command(
    name="verify-gallery",
    help=say(Text(
        "Train the shipped projects and see whether they reach their figures.\n\nWhat counts is the first validation where the "
        "figure holds, and how many sequences that took, as such tasks are judged in the literature; training ends there "
        "unless --whole is given. The value at the end is told beside it where a training was not cut short.",
        "Entrenar los proyectos incluidos y ver si llegan a sus cifras.\n\nCuenta la primera validación en que la cifra se "
        "cumple y cuántas secuencias costó, como se juzgan estas tareas en la literatura; ahí termina el entrenamiento, salvo "
        "con --whole. El valor al final se indica al lado si el entrenamiento no se cortó.",
    )),
)  # fmt: skip
@click.argument("names", nargs=-1)
@click.option(
    "--seeds", default="0,1,2,3,4", callback=numbers, help=say(Text("Seeds, with commas.", "Semillas, con comas."))
)
@WORKERS
@click.option(
    "--out",
    default=Path("verified"),
    type=click.Path(path_type=Path),
    help=say(Text("Folder where results are kept.", "Carpeta donde se guardan los resultados.")),
)
@click.option(
    "--whole",
    is_flag=True,
    help=say(
        Text(
            "Train to the last step also where the band is reached before.",
            "Entrenar hasta el último paso aunque la banda se alcance antes.",
        )
    ),
)
@JSON
def verify_gallery(
    names: tuple[str, ...], seeds: tuple[int, ...], workers: int, out: Path, whole: bool, as_json: bool
) -> int:
    from core.cli import verify

    return verify.verify(names, seeds, workers, out, whole, as_json)


@click.command(
    help=say(Text("Paired timings against hand-written torch.", "Tiempos pareados frente a torch escrito a mano."))
)
@click.option("--suite", default="", help=say(Text("One suite only.", "Solo un conjunto.")))
@JSON
def bench(suite: str, as_json: bool) -> int:
    from core.cli import timing

    return timing.bench(suite, as_json)


COMMANDS = (train, sweep, verify_gallery, bench)
