"""`unfold verify-gallery`: trains what ships and says, project by project, whether it reaches its figure."""

from __future__ import annotations

import math
from pathlib import Path

import click

from core.cli.telling import FAILED, print_json, print_table, tell
from core.project.gallery import gallery, shipped
from core.project.systems import meaning, unserved
from core.specs.registry import default_registry
from core.trials.trial import Answer
from core.trials.verdict import Reached, middle, must_fail, reached
from core.trials.verify import Item, Row, plain
from core.trials.verify import verify as put_to_the_test
from core.words import Text, say

HEAD = (
    Text("project", "proyecto"), Text("systems", "sistemas"), Text("metric", "métrica"), Text("chance", "azar"),
    Text("baseline", "referencia"), Text("target", "meta"), Text("reached", "logrado"), Text("at the end", "al final"), Text("seeds", "semillas"),
    Text("sequences", "secuencias"), Text("seconds", "segundos"),
)  # fmt: skip


def verify(names: tuple[str, ...], seeds: tuple[int, ...], workers: int, out: Path, whole: bool, as_json: bool) -> int:
    """Exit 1 where a project misses its band on more than one of five seeds, or takes more than 1.5 x the reference. `reached`
    is the middle value where the bands first held; `at the end` that of the seeds which trained to their end."""
    entries = tuple(shipped(n) for n in names) or gallery()
    tell(
        Text(
            "{n} projects, {s} seeds each, {w} processes of one thread; what is known in {out} is not trained again.",
            "{n} proyectos, {s} semillas cada uno, {w} procesos de un hilo; lo ya sabido en {out} no se entrena de nuevo.",
        ),
        n=len(entries), s=len(seeds), w=workers, out=out,
    )  # fmt: skip
    rows = put_to_the_test(entries, seeds, default_registry(), out, workers, whole, heard)
    if as_json:
        for row in rows:
            print_json(plain(row))
    else:
        print_table([say(t) for t in HEAD], [cells(row) for row in rows])
    for row in rows:
        if row.problem:
            click.echo(f"{row.entry.name}: {row.problem}", err=True)
    if not names:
        _tell_unserved(entries_systems=[s for e in entries for s in e.project.systems])
    return 0 if all(row.ok for row in rows) else FAILED


def heard(item: Item, answer: Answer) -> None:
    one = reached(item.card, answer)
    shown = " ".join(f"{k}={v:.5g}" for k, v in one.at.metrics.items())
    tell(
        Text("{n} seed {s}: {sign} {m} ({q} sequences, {t:.1f} s) {p}", "{n} semilla {s}: {sign} {m} ({q} secuencias, {t:.1f} s) {p}"),
        n=item.entry.name, s=item.seed, sign=mark(one), m=shown, q=one.at.sequences, t=one.at.seconds, p=one.problem,
    )  # fmt: skip


def mark(one: Reached) -> str:
    """Reached, reached too late, not reached, or not to be trained."""
    if one.problem:
        return "!"
    return "✓" if one.ok else "✗" if not one.held else "…"


def cells(row: Row) -> list[str]:
    card, seeds = row.card, list(row.seeds.values())
    if card is None:
        return [row.entry.name, " ".join(row.entry.project.systems), *[""] * 9]
    band = card.bands[0]
    target = ", ".join(b.show().removeprefix(card.metric + " ") for b in card.bands)
    done = [s for s in seeds if s.held] or seeds
    return [
        row.entry.name,
        " ".join(row.entry.project.systems),
        card.metric,
        "" if card.chance is None else f"{card.chance:g}",
        "" if card.baseline is None else f"{card.baseline.value:g}",
        target + (" (!)" if must_fail(band) else ""),
        number(middle([s.at.metrics.get(card.metric, math.nan) for s in seeds])),
        number(middle([s.end.metrics.get(card.metric, math.nan) for s in seeds if s.end is not None])),
        "".join(mark(s) for s in seeds) + ("" if row.ok else say(Text("  FAILS", "  FALLA"))),
        number(middle([s.at.sequences for s in done])) + (f"/{card.sequences}" if card.sequences else ""),
        number(middle([s.at.seconds for s in done])) + (f"/{card.seconds:g}" if card.seconds else ""),
    ]


def number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _tell_unserved(entries_systems: list[str]) -> None:
    left = unserved(entries_systems)
    for id in left:
        tell(Text("No project serves {i}: {m}.", "Ningún proyecto sirve {i}: {m}."), i=id, m=say(meaning(id)))
    if not left:
        tell(Text("Every system has a project.", "Cada sistema tiene su proyecto."))
