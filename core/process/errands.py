"""What the window asks of trained weights, one value each, done here or in a child: the same functions answer both.

Each takes a run's folder as it lies on disk, so that nothing has to be handed over but names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from core.data.dataset import Batch
from core.export.exporter import Verified
from core.oswords import reason
from core.problems import Place, Problem, Refused, filled
from core.project.rundir import WEIGHTS
from core.specs.registry import Registry
from core.train.answers import Answer
from core.train.messages import Sample
from core.train.scoring import Scored
from core.words import Text

if TYPE_CHECKING:
    from core.data.history import Histories
    from core.train.answers import Trained

ORDERS = 4  # tables of 0 to 3 symbols of history


@dataclass(frozen=True)
class Write:
    """A text from a model that goes on from a prompt."""

    run_dir: FilePath
    prompt: str
    length: int
    seed: int
    temperature: float
    top_k: int = 0
    top_p: float = 1.0
    beams: int = 1


@dataclass(frozen=True)
class Weigh:
    """How probable a typed text is."""

    run_dir: FilePath
    text: str


@dataclass(frozen=True)
class Weighed:
    """`rows`: of each order of counts, the histories seen and all there could be."""

    scored: Scored
    rows: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Say:
    """What the model says to a held-out example, from 0, or to a typed text."""

    run_dir: FilePath
    number: int = 0
    text: str = ""


@dataclass(frozen=True)
class Spoken:
    """`examples`: how many are held out; `typeable`: whether a text can be typed instead."""

    answer: Answer
    examples: int
    typeable: bool


@dataclass(frozen=True)
class Export:
    run_dir: FilePath
    format: str
    target: FilePath


@dataclass(frozen=True)
class Report:
    run_dir: FilePath
    target: FilePath


Errand = Write | Weigh | Say | Export | Report


def write(errand: Write, registry: Registry) -> Sample:
    from core.export.bundle import load_bundle
    from core.train.decoding import Choice
    from core.train.writing import write_text

    bundle = load_bundle(errand.run_dir, registry)
    choice = Choice(errand.temperature, errand.top_k, errand.top_p, errand.beams)
    return write_text(bundle.program, bundle.module(), errand.prompt, errand.length, choice, errand.seed)


def weigh(errand: Weigh, registry: Registry) -> Weighed:
    from core.export.bundle import load_bundle
    from core.train.scoring import score_text

    bundle = load_bundle(errand.run_dir, registry)
    tables = _tables(errand.run_dir, bundle, registry)
    scored = score_text(bundle.program, bundle.module(), errand.text, tables=tables)
    if not scored.symbols:
        raise Refused(_too_short())
    return Weighed(scored, tuple(tables.rows(k) for k in range(tables.order + 1)))


_counted: dict[FilePath, Histories] = {}  # of the run asked about last


def _tables(run_dir: FilePath, bundle: Any, registry: Registry) -> Histories:
    from core.data.open import open_dataset
    from core.train.scoring import read_tables

    if run_dir not in _counted:
        found = read_tables(bundle.program, open_dataset(registry, bundle.project.data, 0), ORDERS - 1)
        _counted.clear()
        _counted[run_dir] = found
    return _counted[run_dir]


@dataclass(frozen=True)
class Shelf:
    """A run's model and its held-out examples, opened once. `stamp`: when its weights were written."""

    run_dir: FilePath
    stamp: float
    model: Trained
    examples: tuple[Batch, ...]
    typeable: bool


_shelf: list[Shelf] = []  # the one opened last


def say(errand: Say, registry: Registry) -> Spoken:
    from core.train.answers import answer
    from core.train.examples import typed

    shelf = _opened(errand.run_dir, registry)
    held = shelf.examples[min(errand.number, len(shelf.examples) - 1)]
    if not errand.text:
        return Spoken(answer(shelf.model, held, 0), len(shelf.examples), shelf.typeable)
    first = shelf.examples[0]
    longest = max((a.shape[1] for a in first.arrays.values() if a.ndim > 1), default=1)
    given = typed(shelf.model.program, errand.text, first)
    return Spoken(answer(shelf.model, given, 2 * longest), len(shelf.examples), shelf.typeable)


def _opened(run_dir: FilePath, registry: Registry) -> Shelf:
    """The model of a run with its held-out examples; what was opened before is kept while its weights are the same."""
    from core.compile.pipeline import compile_graph
    from core.data.open import fields_of, open_dataset
    from core.export.bundle import load_bundle
    from core.train.answers import trained
    from core.train.examples import held_out, typeable

    kept = _shelf[0] if _shelf and _shelf[0].run_dir == run_dir else None
    stamp = _written_at(run_dir / WEIGHTS)
    if kept is not None and kept.stamp == stamp:
        return kept
    bundle = load_bundle(run_dir, registry)
    project = bundle.project
    twin = compile_graph(project.graph, fields_of(registry, project.data), registry, "twin")
    data = None if kept is not None else open_dataset(registry, project.data, project.training.seed)
    examples = kept.examples if kept is not None else tuple(held_out(data))  # type: ignore[arg-type]
    model = trained(bundle.program, bundle.module(), twin)
    _shelf[:] = [Shelf(run_dir, stamp, model, examples, bool(typeable(bundle.program)))]
    return _shelf[0]


def _written_at(file: FilePath) -> float:
    """When it was; of what is not there nothing is kept, and whoever opens it says so."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def export(errand: Export, registry: Registry) -> Verified:
    from core.export.deliver import export as deliver

    return deliver(errand.run_dir, errand.format, errand.target, registry)


def report(errand: Report, registry: Registry) -> FilePath:
    from core.export.report import write_report

    try:
        return write_report(errand.run_dir, errand.target, registry)
    except OSError as error:
        raise Refused(_not_written(errand.target, error)) from None


def _too_short() -> Problem:
    return Problem(
        "sample.too_short",
        Text("A sequence of at least two symbols is needed.", "Hace falta una secuencia de al menos dos símbolos."),
        Place(label="text"),
        Text("The first symbol is given; the model answers for those after it.",
             "El primer símbolo se da por sabido; el modelo responde por los siguientes."),
    )  # fmt: skip


def _not_written(target: FilePath, error: OSError) -> Problem:
    return Problem(
        "report.write",
        filled(
            Text("The report could not be written to {p}: {e}.", "No se pudo escribir el informe en {p}: {e}."),
            p=target, e=reason(error),
        ),
        hint=Text("Choose a folder you may write to.", "Elija una carpeta en la que pueda escribir."),
    )  # fmt: skip
