"""The gallery put to the test: every project with every seed, what is known already kept, the rest trained."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.problems import Refused
from core.project.atomic import replace_file
from core.project.card import Card
from core.project.file import write_project
from core.project.gallery import Shipped
from core.project.model import Project
from core.specs.registry import Registry
from core.trials.pool import work
from core.trials.trial import Answer, Ask, key_of, program_of, quiet
from core.trials.verdict import Reached, enough, reached, stops

Listener = Callable[["Item", Answer], None]


@dataclass(frozen=True)
class Item:
    """One project with one seed, and the file its answer is kept in."""

    entry: Shipped
    card: Card
    seed: int
    project: Project
    file: Path
    whole: bool = False

    def ask(self) -> Ask:
        metrics = tuple(b.metric for b in self.card.bands)
        return Ask(write_project(self.project), metrics, () if self.whole else stops(self.card))


@dataclass
class Row:
    """One project's verdict: `seeds` in the order they were asked for. `problem`: why it cannot be trained at all."""

    entry: Shipped
    card: Card | None = None
    seeds: dict[int, Reached] = field(default_factory=dict)
    problem: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem and enough(tuple(self.seeds.values()))


def verify(
    entries: Iterable[Shipped],
    seeds: Sequence[int],
    registry: Registry,
    out: Path,
    workers: int = 1,
    whole: bool = False,
    heard: Listener = lambda item, answer: None,
) -> list[Row]:
    """Train what `out` does not know yet, each in a process of its own, and judge everything. `whole`: to the last step also
    where the band was reached. `heard` is told of each training as it ends."""
    rows, items = [], []
    for entry in entries:
        row, wanted = _planned(entry, seeds, registry, out, whole)
        rows.append(row)
        items += wanted
    answers = {(i.entry.name, i.seed): kept(i) for i in items}
    missing = [i for i in items if answers[i.entry.name, i.seed] is None]
    for item, answer in work(missing, Item.ask, workers, fresh=True):
        keep(item, answer)
        answers[item.entry.name, item.seed] = answer
        heard(item, answer)
    for row in rows:
        for seed in seeds:
            found = answers.get((row.entry.name, seed))
            if row.card is not None and found is not None:
                row.seeds[seed] = reached(row.card, found)
    return rows


def _planned(
    entry: Shipped, seeds: Sequence[int], registry: Registry, out: Path, whole: bool
) -> tuple[Row, list[Item]]:
    try:
        card, program = entry.card, program_of(entry.project, registry)
    except Refused as refused:
        return Row(entry, problem="; ".join(p.line() for p in refused.problems)), []
    items = []
    for seed in seeds:
        project = quiet(entry.project, seed)
        file = out / entry.name / f"seed-{seed}-{key_of(project, program)}.json"
        items.append(Item(entry, card, seed, project, file, whole))
    return Row(entry, card), items


def kept(item: Item) -> Answer | None:
    """What is known of exactly this training; None where it must be done. A training that was cut short where a band held
    says nothing about a narrower band."""
    try:
        answer = Answer.of(json.loads(item.file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if answer.cut and (item.whole or not reached(item.card, answer).held):
        return None
    return answer


def keep(item: Item, answer: Answer) -> None:
    """Kept whole or not at all; a lost process is not an answer."""
    if answer.tried:
        item.file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(item.file, (json.dumps(answer.plain()) + "\n").encode())


def plain(row: Row) -> dict[str, Any]:
    """A row as JSON data."""
    card = row.card
    return {
        "project": row.entry.name,
        "systems": list(row.entry.project.systems),
        "metric": card.metric if card else "",
        "chance": card.chance if card else None,
        "baseline": card.baseline.value if card and card.baseline else None,
        "target": [b.show() for b in card.bands] if card else [],
        "reference": {"sequences": card.sequences, "seconds": card.seconds} if card else {},
        "ok": row.ok,
        "problem": row.problem,
        "seeds": [
            {
                "seed": seed, "reached": s.held, "in_time": s.in_time, "step": s.at.step, "sequences": s.at.sequences,
                "seconds": s.at.seconds, "metrics": s.at.metrics,
                "end": None if s.end is None else {"step": s.end.step, "metrics": s.end.metrics}, "problem": s.problem,
            }
            for seed, s in row.seeds.items()
        ],
    }  # fmt: skip
