"""`unfold vectors`: word vectors from a project's own training text, to begin an embedding with."""

from __future__ import annotations

from pathlib import Path

from core.cli.telling import tell
from core.data.open import data_place, open_dataset
from core.data.text import NextSymbol
from core.oswords import reason
from core.problems import Place, Problem, Refused
from core.project.running import located
from core.session import Session
from core.words import Text, grouped


def vectors(file: Path, size: int, to: Path) -> int:
    """Count, decompose, write. Only the training part is read, so that a model that begins with them is judged fairly."""
    from core.data.ppmi import word_vectors, write_vectors

    session = Session()
    session.open(file)
    project = session.project
    data = open_dataset(session.registry, located(project.data, file), project.training.seed)
    words = data.fields.items[0].vocabulary or ()
    if not isinstance(data, NextSymbol) or len(words) <= size:
        raise Refused(_no_words(project.data.kind, len(words), size))
    try:
        written = write_vectors(to, words, word_vectors(data.symbols(), len(words), size))
    except OSError as error:
        raise Refused(_not_written(to, error)) from None
    tell(
        Text("{n} vectors of {k} numbers in {f}", "{n} vectores de {k} números en {f}"),
        n=grouped(written),
        k=size,
        f=to,
    )
    return 0


def _no_words(kind: str, count: int, size: int) -> Problem:
    return Problem(
        "vectors.no_text",
        Text(f"Vectors of {size} numbers need a text with more words than that; {kind} has {count} symbols.",
             f"Los vectores de {size} números piden un texto con más palabras que eso; {kind} tiene {count} símbolos."),
        data_place("kind"),
        Text("Use a project that reads a text by words (data.kind=text, data.level=word), or fewer numbers.",
             "Use un proyecto que lea un texto por palabras (data.kind=text, data.level=word), o menos números."),
        got=str(count),
        expected=f"> {size}",
    )  # fmt: skip


def _not_written(target: Path, error: OSError) -> Problem:
    why = reason(error)
    return Problem(
        "file.write",
        Text(f"{target} cannot be written: {why.en}.", f"No se puede escribir {target}: {why.es}."),
        Place(file=str(target), label=str(target)),
        Text("Give another place with --to.", "Indique otro lugar con --to."),
    )
