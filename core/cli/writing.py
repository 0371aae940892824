"""`unfold sample` and `unfold logp`: what a trained model writes, and how probable it finds a text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.cli.telling import print_table, tell
from core.problems import Place, Problem, Refused, plain
from core.words import Text

if TYPE_CHECKING:
    from core.data.dataset import Batch
    from core.train.decoding import Choice


GIVEN = Text(
    "The first symbol has no line: the model is given it, and says how probable each next one is.",
    "El primer símbolo no tiene línea: al modelo se le da, y él dice cuán probable es cada uno de los siguientes.",
)


def sample(
    run_dir: Path, prompt: str, text: str | None, example: int, length: int, choice: dict[str, Any], seed: int
) -> int:
    """Write, and print it. `choice`: what is given of temperature, top_k, top_p, beams, greedy."""
    from core.export.bundle import load_bundle
    from core.train.generation import symbols_of
    from core.train.writing import write_text

    bundle = load_bundle(run_dir)
    symbols_of(bundle.program)  # whether it writes at all comes before what it would answer to
    how = _choice(choice, bundle.project.training.temperature)
    answered = _example(bundle, text, example)
    written = write_text(bundle.program, bundle.module(), prompt, length, how, seed, answered).text
    click.echo("".join(c if c in "\n\t" else plain(c) for c in written))  # a stranger's text may hold terminal commands
    return 0


def logp(run_dir: Path, typed: str, text: str | None, example: int) -> int:
    """A line for each symbol, then the sum."""
    from core.export.bundle import load_bundle
    from core.train.generation import symbols_of
    from core.train.scoring import score_text

    bundle = load_bundle(run_dir)
    symbols_of(bundle.program)
    scored = score_text(bundle.program, bundle.module(), typed, _example(bundle, text, example))
    rows, sum_ = [], 0.0
    for symbol, value in zip(scored.symbols, scored.logp, strict=True):
        sum_ += value
        rows.append((plain(symbol), f"{value:.4f}", f"{sum_:.4f}"))
    print_table(["y", "ln p (nats)", "Σ"], rows)
    if not bundle.program.teachers:
        tell(GIVEN)
    tell(Text("ln p of the whole: {p:.4f} nats", "ln p del conjunto: {p:.4f} nats"), p=scored.total)
    return 0


def _example(bundle: Any, text: str | None, number: int) -> Batch | None:
    """Of a language model there is none, and its data need not be opened."""
    from core.data.open import open_dataset
    from core.specs.registry import default_registry
    from core.train.examples import example_for

    if not bundle.program.teachers:
        for flag, given in (("--input", text is not None), ("--example", number != 0)):
            if given:
                raise Refused(_reads_none(flag))
        return None
    project = bundle.project
    data = open_dataset(default_registry(), project.data, project.training.seed)
    return example_for(bundle.program, data, text, number)


def _choice(given: dict[str, Any], temperature: float) -> Choice:
    from core.train.decoding import Choice

    chosen = {name: value for name, value in given.items() if value is not None and name != "greedy"}
    if given.get("greedy"):
        chosen["temperature"] = 0.0
    return Choice(**{"temperature": temperature, **chosen})


def _reads_none(flag: str) -> Problem:
    return Problem(
        "sample.reads_none",
        Text("This model goes on from a text of its own; there is nothing for it to answer to.",
             "Este modelo continúa un texto propio; no hay nada a lo que responda."),
        Place(param=flag.removeprefix("--"), label=flag),
        Text("Leave it out. What sample begins with is --prompt; what logp weighs is --text.",
             "Omítalo. Con qué empieza sample es --prompt; lo que pesa logp es --text."),
    )  # fmt: skip
