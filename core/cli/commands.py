"""The command table. Each command's work is in the file of its name."""

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


@click.group(help=say(Text("Unfold: networks with memory, drawn, trained, watched, exported. Alone it opens the window.",
                           "Unfold: redes con memoria, dibujadas, entrenadas, observadas, exportadas. Solo, abre la ventana.")))  # fmt: skip
@click.version_option(package_name="unfold-studio")
def unfold() -> None:
    pass


@unfold.command(
    help=say(Text("List the shipped projects, or copy one out.", "Listar los proyectos incluidos, o copiar uno."))
)
@click.argument("name", required=False)
@click.option("--to", type=click.Path(path_type=Path), help=say(Text("File to copy it to.", "Archivo donde copiarlo.")))
@JSON
def gallery(name: str | None, to: Path | None, as_json: bool) -> int:
    from core.cli import look

    return look.gallery(name, to, as_json)


def numbers(context: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    """Whole numbers parted by commas."""
    try:
        found = tuple(dict.fromkeys(int(part) for part in value.split(",")))
    except ValueError:
        found = ()
    if not found or min(found) < 0:
        raise click.BadParameter(f"{value!r} is not of the form 0,1,2", context, param)
    return found


@unfold.command(
    name="verify-gallery",
    help=say(Text("Train the shipped projects and see whether they reach their figures.",
                  "Entrenar los proyectos incluidos y ver si llegan a sus cifras.")),
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


@unfold.command(help=say(Text("Problems, the shape of every wire, the number of parameters.",
                              "Problemas, la forma de cada cable, el número de parámetros.")))  # fmt: skip
@FILE
@JSON
def check(file: Path, as_json: bool) -> int:
    from core.cli import look

    return look.check(file, as_json)


@unfold.command(help=say(Text("Whether padding behind the sequences changes any number of the model.",
                              "Si el relleno tras las secuencias cambia algún número del modelo.")))  # fmt: skip
@FILE
@JSON
def audit(file: Path, as_json: bool) -> int:
    from core.cli import look

    return look.audit(file, as_json)


@unfold.command(help=say(Text("Print the emitted PyTorch module.", "Imprimir el módulo de PyTorch emitido.")))
@FILE
def source(file: Path) -> int:
    from core.cli import look

    return look.source(file)


@unfold.command(help=say(Text("Train a project.", "Entrenar un proyecto.")))
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


@unfold.command(
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


@unfold.command(
    help=say(
        Text(
            "Export a trained model and verify what was written.",
            "Exportar un modelo entrenado y verificar lo escrito.",
        )
    )
)
@FILE
@RUN
@click.option("--format", "format_", required=True, help="source | weights | onnx | pt2")
@TO
def export(file: Path, run_dir: Path, format_: str, to: Path) -> int:
    from core.cli import results

    return results.export(file, run_dir, format_, to)


@unfold.command(help=say(Text("Draw a chart of a run.", "Dibujar un gráfico de un entrenamiento.")))
@RUN
@click.option(
    "--chart",
    required=True,
    help=say(
        Text("Name of the chart; an unknown one lists them all.", "Nombre del gráfico; uno desconocido los lista.")
    ),
)
@click.option("--key", default="", help=say(Text("What to watch, e.g. memory.h.", "Qué observar, p. ej. memory.h.")))
@click.option(
    "--step",
    type=click.IntRange(0),
    help=say(Text("Training step; the latest by default.", "Paso; el último por omisión.")),
)
@TO
def plot(run_dir: Path, chart: str, key: str, step: int | None, to: Path) -> int:
    from core.cli import results

    return results.plot(run_dir, chart, key, step, to)


@unfold.command(
    help=say(Text("Paired timings against hand-written torch.", "Tiempos pareados frente a torch escrito a mano."))
)
@click.option("--suite", default="", help=say(Text("One suite only.", "Solo un conjunto.")))
@JSON
def bench(suite: str, as_json: bool) -> int:
    from core.cli import timing

    return timing.bench(suite, as_json)


@unfold.command(help=say(Text("Generate from a trained model.", "Generar con un modelo entrenado.")))
@RUN
@click.option("--prompt", default="", help=say(Text("Text to begin with.", "Texto inicial.")))
@click.option(
    "--length",
    default=200,
    type=click.IntRange(1, 1_000_000),
    help=say(Text("Symbols to generate.", "Símbolos que generar.")),
)
@click.option(
    "--temperature",
    type=click.FloatRange(0.01, 10),
    callback=no_nan,
    help=say(Text("Below 1 safer, above 1 bolder.", "Menos de 1, más seguro; más de 1, más audaz.")),
)
@click.option("--greedy", is_flag=True, help=say(Text("Always the most probable.", "Siempre el más probable.")))
@click.option(
    "--top-k",
    type=click.IntRange(0),
    help=say(
        Text("Draw among the k most probable only; 0 is off.", "Sortear solo entre los k más probables; 0 lo apaga.")
    ),
)
@click.option(
    "--top-p",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    callback=no_nan,
    help=say(
        Text(
            "Draw among the fewest that reach this probability.",
            "Sortear entre los menos que alcanzan esta probabilidad.",
        )
    ),
)
@click.option(
    "--beam",
    "beams",
    type=click.IntRange(1, 1024),
    help=say(Text("Search with so many texts at once.", "Buscar con tantos textos a la vez.")),
)
@INPUT
@EXAMPLE
@SEED
def sample(
    run_dir: Path, prompt: str, length: int, text: str | None, example: int, seed: int | None, **choice: object
) -> int:
    from core.cli import writing

    return writing.sample(run_dir, prompt, text, example, length, choice, seed or 0)


@unfold.command(help=say(Text("log p of a text under a trained model, symbol by symbol.",
                              "log p de un texto según un modelo entrenado, símbolo a símbolo.")))  # fmt: skip
@RUN
@click.option("--text", "typed", required=True, help=say(Text("The text to weigh.", "El texto que se pesa.")))
@INPUT
@EXAMPLE
def logp(run_dir: Path, typed: str, text: str | None, example: int) -> int:
    from core.cli import writing

    return writing.logp(run_dir, typed, text, example)


@unfold.command(help=say(Text("Word vectors from a project's training text (PPMI, singular values).",
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
