"""metrics.jsonl: strict JSON, cut back exactly where a run resumes."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

from core.train.ledger import Ledger, line
from core.train.messages import Done, Frame, Sample, Step, Validation


def step(n: int, loss: float = 0.1) -> Step:
    return Step(n, loss, 0.1, 1.0, 1.0, 0.5, 4, {"accuracy": 0.5})


def test_lines_after_the_position_are_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "new" / "metrics.jsonl"
    first = Ledger(file)
    first.add(step(1))
    position = first.position()
    first.add(step(2))
    first.add(Frame(2, {}, {}))
    first.close()
    assert len(file.read_bytes().splitlines()) == 2
    second = Ledger(file, position)
    second.add(step(2, 0.25))
    second.close()
    assert [json.loads(t)["loss"] for t in file.read_text("utf-8").splitlines()] == [0.1, 0.25]


def test_a_file_shorter_than_the_position_is_not_padded(tmp_path: Path) -> None:
    file = tmp_path / "metrics.jsonl"
    file.write_bytes(b"{}\n")
    ledger = Ledger(file, 100)
    ledger.close()
    assert file.read_bytes() == b"{}\n"


def test_losses_come_back_to_the_bit() -> None:
    loss = 0.1 + 2**-54 * 3
    assert json.loads(line(step(1, loss)))["loss"] == loss


def test_numbers_that_json_lacks_are_null() -> None:
    told = json.loads(line(Validation(3, {"mse": math.nan, "perplexity": math.inf, "loss": 1.0}, 0.1)))
    assert told["metrics"] == {"mse": None, "perplexity": None, "loss": 1.0}


def test_a_sample_leaves_its_distribution_to_the_recording() -> None:
    told = json.loads(line(Sample(1, ("a",), "á", 1.0, np.ones((1, 5), np.float32), np.zeros(1, np.float32))))
    assert told["text"] == "á" and "distribution" not in told


def test_the_kind_comes_first() -> None:
    assert line(Done(1, {}, 0.1, False, "x")).startswith(b'{"kind": "done"')
    assert line(step(1)).startswith(b'{"kind": "step"')


def test_a_folder_whose_name_is_no_text_is_told_all_the_same() -> None:
    assert json.loads(line(Done(1, {}, 0.1, False, "/home/a\udcf1o")).decode())["run_dir"] == "/home/a\udcf1o"
