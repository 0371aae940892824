"""Every shipped project from the command line: trained a little, then exported; the files answer in a process that cannot
import Unfold, with the weights that were learned."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.door import run
from core.data.open import spec_of
from core.export import verify
from core.project.gallery import gallery, shipped
from core.specs.registry import default_registry
from tests.core.export.runs import program_of
from tests.warm import Warm

NAMES = [e.name for e in gallery()]
LONG = 20
QUICK = ["--steps", "3", "--device", "cpu", "--set", "training.probe_budget=0"]


def length(name: str) -> int:
    """Steps in a sequence of its data, where a setting says so."""
    data = shipped(name).project.data
    spec = spec_of(default_registry(), data.kind)
    found = next((p.default for p in spec.params if p.name == "length"), 0)
    skipped = max(o.skip for o in program_of(shipped(name).project).outputs)
    return 0 if skipped else int(str(data.params.get("length", found)))


def beyond_onnx(name: str) -> bool:
    """Models that hear themselves, grids and trees: ONNX cannot say how long they run, or in what order."""
    program = program_of(shipped(name).project)
    return bool(program.teachers) or any(op.attrs.get("along") for op in program.ops)


@pytest.fixture(scope="module")
def apart() -> Iterator[None]:
    """Exports are tried in children of a process that never saw Unfold and has torch loaded already."""
    if not hasattr(os, "fork"):
        yield
        return
    warm = Warm("torch", "safetensors.torch", "onnxruntime", isolated=True)

    def run_apart(kind: str, folder: Path) -> None:
        said = folder / "said"
        child = warm.start(verify.APART.read_text("utf-8"), kind, str(folder), said=said, folder=folder / "empty")
        assert warm.wait(child) == 0, said.read_text("utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "_run", run_apart)
        yield
    warm.close()


@pytest.mark.slow
@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("name", NAMES)
def test_a_trained_gallery_project_runs_without_unfold(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnxruntime")
    file, out = str(tmp_path / "p.unfold"), str(tmp_path / "run")
    assert run(["gallery", name, "--to", file]) == 0
    short = ["--set", f"data.length={LONG}"] if length(name) > LONG else []
    assert run(["train", file, "--out", out, *QUICK, *short]) == 0
    for format, places, worst in (("source", {"3 7", "5 12"}, 1e-6), ("onnx", {"3 7", "5 12", "1 1"}, 1e-5)):
        capfd.readouterr()
        if format == "onnx" and beyond_onnx(name):
            assert run(["export", str(Path(out) / "project.unfold"), "--run", out, "--format", format, "--to", str(tmp_path / "m.onnx")]) == 2  # fmt: skip
            assert "source" in capfd.readouterr().err and not (tmp_path / "m.onnx").exists()
            continue
        assert run(["export", str(Path(out) / "project.unfold"), "--run", out, "--format", format, "--to", str(tmp_path / f"m.{format}")]) == 0  # fmt: skip
        told = capfd.readouterr()
        rows = re.findall(r"^(\d+) +(\d+) +([\d.e+-]+)$", told.out, re.MULTILINE)
        assert {f"{b} {t}" for b, t, _ in rows} == places
        solved = (
            shipped(name).project.training.precision == "fp64"
        )  # readouts in closed form: large weights, put into float32
        assert max(float(e) for _, _, e in rows) <= (1e-3 if solved and format == "onnx" else worst)
        assert "without Unfold" in told.err
