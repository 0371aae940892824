"""The verification itself, in real processes on tiny budgets: what is known is not trained again, and failures are told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.cli.verify import HEAD, cells
from core.project.card import Band
from core.project.file import load_project, save_project, write_project
from core.project.gallery import Shipped, shipped
from core.specs.registry import default_registry
from core.trials import verify as verifying
from core.trials.pool import Hand
from core.trials.trial import Answer, Ask, Score, quiet
from core.trials.verdict import reached
from core.trials.verify import Item, Row, kept, plain, verify
from core.trials.worker import trained

HEAD_OF = {text.en: i for i, text in enumerate(HEAD)}


def hello(folder: Path, steps: int = 60, **card: str) -> Shipped:
    """A copy of the project for a few steps, with a card of the test's own."""
    entry = shipped("hello")
    file = folder / "hello.unfold"
    save_project(replace(entry.project, training=replace(entry.project.training, steps=steps, validate_every=20)), file)
    text = entry.path.with_suffix(".toml").read_text("utf-8").split("\n", 1)[1]
    file.with_suffix(".toml").write_text(f'bands = {{accuracy = "{card.get("band", ">= 1.0")}"}}\n' + text, "utf-8")
    return Shipped("hello", file, load_project(file))


def test_two_seeds_are_trained_once_and_known_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, told = hello(tmp_path), []
    rows = verify([entry], (0, 1), default_registry(), tmp_path / "out", 2, heard=lambda i, a: told.append((i, a)))
    assert rows[0].ok and sorted(i.seed for i, _ in told) == [0, 1]
    assert all(s.at.sequences == s.at.step and s.at.seconds > 0 for s in rows[0].seeds.values())
    assert cells(rows[0])[8] == "✓✓" and len(cells(rows[0])) == len(HEAD)
    assert cells(rows[0])[7] == "", "both were cut where the band held"
    monkeypatch.setattr(verifying, "work", lambda items, *rest, **more: iter([]) if not items else pytest.fail("again"))
    again = verify([entry], (0, 1), default_registry(), tmp_path / "out", 2)
    assert {s: r.at for s, r in again[0].seeds.items()} == {s: r.at for s, r in rows[0].seeds.items()}


def test_another_band_another_budget_or_another_seed_are_other_trainings(tmp_path: Path) -> None:
    entry = hello(tmp_path)
    (item,) = verifying._planned(entry, (0,), default_registry(), tmp_path / "out", False)[1]
    answer = trained(item.ask())
    verifying.keep(item, answer)
    assert answer.cut and kept(item) == answer
    narrower = replace(entry.card, bands=(*entry.card.bands, Band("loss", "<=", 1e-9)))
    assert kept(replace(item, card=narrower)) is None, "it was cut before this could be known"
    assert kept(replace(item, whole=True)) is None
    longer = replace(entry.project, training=replace(entry.project.training, steps=70))
    others = verifying._planned(replace(entry, project=longer), (0, 1), default_registry(), tmp_path / "out", False)[1]
    assert len({i.file for i in others} | {item.file}) == 3


def test_a_band_that_is_missed_fails_and_says_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "work", lambda items, ask, *rest, **more: [(i, trained(ask(i))) for i in items])
    (row,) = verify([hello(tmp_path, 20, band=">= 1.01")], (0,), default_registry(), tmp_path / "out")
    assert not row.ok and row.seeds[0].at.step == 20 and not row.seeds[0].held


def test_the_end_is_told_of_a_run_that_was_not_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three seeds one was cut where the band held; the others went on and left it again. The verdict stays."""
    entry, seeds = hello(tmp_path), {}
    for seed, (cut, *values) in enumerate([(True, 0.2, 1.0), (False, 1.0, 0.4), (False, 1.0, 0.6)]):
        scores = tuple(Score(20 * i, i, float(i), {"accuracy": v}) for i, v in enumerate(values, start=1))
        seeds[seed] = reached(entry.card, Answer(scores, cut=cut))
    row = Row(entry, entry.card, seeds)
    assert row.ok and [cells(row)[HEAD_OF[name]] for name in ("reached", "at the end", "seeds")] == ["1", "0.5", "✓✓✓"]
    ends = [s["end"] for s in plain(row)["seeds"]]
    assert ends == [None, {"step": 40, "metrics": {"accuracy": 0.4}}, {"step": 40, "metrics": {"accuracy": 0.6}}]
    assert cells(Row(entry))[8] == "" and len(cells(Row(entry))) == len(HEAD)


def test_what_cannot_be_trained_is_an_answer_with_a_problem(tmp_path: Path) -> None:
    project = quiet(shipped("hello").project, 0)
    answer = trained(Ask(write_project(replace(project, training=replace(project.training, stop_metric="nonsense")))))
    assert answer.problem is not None and answer.problem.code == "train.stop_metric" and answer.tried
    assert Answer.of(json.loads(json.dumps(answer.plain()))).problem.code == "train.stop_metric"  # type: ignore[union-attr]


def test_a_worker_that_is_killed_is_told_and_not_kept(tmp_path: Path) -> None:
    hand = Hand()
    hand._process.kill()
    hand._process.wait()
    answer = hand.do(Ask(write_project(quiet(shipped("hello").project, 0))))
    assert answer.problem is not None and answer.problem.code == "trial.died" and not answer.tried
    item = Item(shipped("hello"), shipped("hello").card, 0, shipped("hello").project, tmp_path / "a" / "b.json")
    verifying.keep(item, answer)
    assert not item.file.exists()
