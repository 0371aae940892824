"""Commands about a trained model: put into files, drawn, and asked."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.commands.options import EXAMPLE, FILE, INPUT, RUN, SEED, TO, no_nan
from core.words import Text, say

FILE_OUT = click.Path(path_type=Path)


@click.command(
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


@click.command(help=say(Text("Draw a chart of a run.", "Dibujar un gráfico de un entrenamiento.")))
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
@click.option(
    "--to",
    type=FILE_OUT,
    help=say(Text("Picture to write: .svg, .png or .pdf.", "Imagen de salida: .svg, .png o .pdf.")),
)
@click.option(
    "--csv", type=FILE_OUT, help=say(Text("File for the chart's numbers.", "Archivo para los números del gráfico."))
)
@click.option(
    "--film",
    type=FILE_OUT,
    help=say(Text("GIF of the chart over the whole training.", "GIF del gráfico a lo largo de todo el entrenamiento.")),
)
@click.option(
    "--frames",
    default=120,
    type=click.IntRange(2, 2000),
    help=say(Text("Pictures of the film at most.", "Imágenes de la película como mucho.")),
)
@click.option(
    "--rate",
    default=10.0,
    type=click.FloatRange(0.1, 50.0),
    callback=no_nan,
    help=say(Text("Pictures of the film a second.", "Imágenes de la película por segundo.")),
)
def plot(
    run_dir: Path,
    chart: str,
    key: str,
    step: int | None,
    to: Path | None,
    csv: Path | None,
    film: Path | None,
    frames: int,
    rate: float,
) -> int:
    from core.cli import results

    return results.plot(run_dir, chart, key, step, to, csv, film, frames, rate)


@click.command(help=say(Text("Generate from a trained model.", "Generar con un modelo entrenado.")))
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


@click.command(help=say(Text("log p of a text under a trained model, symbol by symbol.",
                              "log p de un texto según un modelo entrenado, símbolo a símbolo.")))  # fmt: skip
@RUN
@click.option("--text", "typed", required=True, help=say(Text("The text to weigh.", "El texto que se pesa.")))
@INPUT
@EXAMPLE
def logp(run_dir: Path, typed: str, text: str | None, example: int) -> int:
    from core.cli import writing

    return writing.logp(run_dir, typed, text, example)


COMMANDS = (export, plot, sample, logp)
