"""Every shipped project from the command line: trained a little, then exported; the files answer in a process that cannot
import Unfold, with the weights that were learned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.cli.door import run
from core.data.open import spec_of
from core.project.gallery import gallery, shipped
from core.specs.registry import default_registry

NAMES = [e.name for e in gallery()]
QUICK = ["--steps", "3", "--device", "cpu", "--set", "training.probe_budget=0"]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_trained_gallery_project_runs_without_unfold(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnxruntime")
    file, out = str(tmp_path / "p.unfold"), str(tmp_path / "run")
    assert run(["gallery", name, "--to", file]) == 0
    lengths = [p for p in spec_of(default_registry(), shipped(name).project.data.kind).params if p.name == "length"]
    short = ["--set", "data.length=20"] if lengths else []
    assert run(["train", file, "--out", out, *QUICK, *short]) == 0
    for format, places, worst in (("source", {"3 7", "5 12"}, 1e-6), ("onnx", {"3 7", "5 12", "1 1"}, 1e-5)):
        capfd.readouterr()
        assert run(["export", str(Path(out) / "project.unfold"), "--run", out, "--format", format, "--to", str(tmp_path / f"m.{format}")]) == 0  # fmt: skip
        told = capfd.readouterr()
        rows = re.findall(r"^(\d+) +(\d+) +([\d.e+-]+)$", told.out, re.MULTILINE)
        assert {f"{b} {t}" for b, t, _ in rows} == places
        assert max(float(e) for _, _, e in rows) <= worst
        assert "without Unfold" in told.err
