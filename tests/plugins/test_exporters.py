"""Every format from a run folder to verified files; what cannot be right is refused and leaves nothing behind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from core.compile.program import Program
from core.export.bundle import drawn_arrays, load_bundle
from core.export.deliver import export, exporter
from core.export.exporter import ExporterSpec
from core.export.target import is_export
from core.graph.codec import read_graph, write_graph
from core.problems import Refused
from core.project.gallery import shipped
from core.project.rundir import WEIGHTS
from core.specs.registry import default_registry
from tests.core.export.runs import drawn, gallery_run, run_of

GALLERY = ("hello", "char-lm", "adding-lstm", "temporal-order-lstm", "lstm-drawn")
HOSTILE = "\"'''\\\n\r__import__('os').system('touch hacked'){x}%s\u202e#"


@pytest.mark.parametrize("name", GALLERY)
def test_gallery_projects_export_as_onnx_with_free_batch_and_time(name: str, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    verified = export(gallery_run(name, tmp_path / "run"), "onnx", tmp_path / "m.onnx")
    assert {(b, t) for b, t, _ in verified.errors} == {(3, 7), (5, 12), (1, 1)}
    assert 0.0 <= verified.largest < 1e-5 and verified.files == (tmp_path / "m.onnx",)


@pytest.mark.slow
@pytest.mark.parametrize("name", GALLERY)
def test_gallery_projects_export_as_source_that_runs_without_unfold(name: str, tmp_path: Path) -> None:
    verified = export(gallery_run(name, tmp_path / "run"), "source", tmp_path / "m.py")
    assert verified.files == exporter(default_registry(), "source").places(tmp_path / "m.py")
    assert verified.largest == 0.0 and len({(b, t) for b, t, _ in verified.errors}) == 2


@pytest.mark.parametrize(
    ("name", "shown", "read"),
    [("hello", r"[helo]{100}\n", "long (B, T), 0 to 3"), ("adding-lstm", r"\w+ \(2, 1\)\n", "float (B, T, 2)")],
)
def test_the_exported_file_shows_itself_when_it_is_run(name: str, shown: str, read: str, tmp_path: Path) -> None:
    """A text model writes; of another the shapes of its answers are told."""
    export(gallery_run(name, tmp_path / "run"), "source", tmp_path / "out")
    files = sorted((tmp_path / "out").iterdir())
    assert [f.name for f in files] == ["model.py", "model.safetensors"]
    assert [*exporter(default_registry(), "source").places(tmp_path / "out")] == files, "what a second export replaces"
    done = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "out/model.py")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(shown, done.stdout)
    head = (tmp_path / "out/model.py").read_text().split("\nimport")[0]
    assert "lengths" in head and read in head


@pytest.mark.parametrize(("reads", "says"), [("same!", "same?"), ("constant_1", "add_2")])
def test_names_that_come_to_the_same_are_told_apart(reads: str, says: str, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    project = shipped("hello").project
    head = next(n.id for n in project.graph.nodes.values() if n.kind == "softmax")
    begin = next(n.id for n in project.graph.nodes.values() if n.kind == "tokens")
    called = {head: says, begin: reads}
    graph = write_graph(project.graph)
    for node in graph["nodes"]:
        node["id"] = called.get(node["id"], node["id"])
    for wire in graph["wires"]:
        for end in (wire["from"], wire["to"]):
            end[0] = called.get(end[0], end[0])
    run = run_of(replace(project, graph=read_graph(graph)), tmp_path / "run")
    assert export(run, "onnx", tmp_path / "m.onnx").largest < 1e-5
    assert export(run, "source", tmp_path / "m.py").largest == 0.0


def test_weights_carry_the_table_of_what_was_drawn(tmp_path: Path) -> None:
    run = gallery_run("hello", tmp_path / "run")
    export(run, "weights", tmp_path / "w.safetensors")
    assert load_file(tmp_path / "w.safetensors").keys() == load_file(run / WEIGHTS).keys()
    with safe_open(tmp_path / "w.safetensors", "pt") as file:
        table = json.loads(file.metadata()["drawn"])
    bundle = load_bundle(run)
    whole = load_file(tmp_path / "w.safetensors")
    arrays = drawn_arrays(bundle)
    assert len(table) == len(bundle.program.weights) == len(arrays)
    for row in table:
        tensor = whole[row["tensor"]]
        part = tensor[slice(*row["rows"])] if row["rows"] else tensor
        part = part[:, slice(*row["columns"])] if row["columns"] else part
        assert torch.equal(part, torch.from_numpy(arrays[tuple(row["path"]), row["name"]]))


def test_a_recurrent_model_is_refused_as_pt2_and_nothing_is_written(tmp_path: Path) -> None:
    run = gallery_run("hello", tmp_path / "run")
    with pytest.raises(Refused) as refused:
        export(run, "pt2", tmp_path / "out" / "m.pt2")
    (problem,) = refused.value.problems
    assert problem.code == "export.froze" and "onnx" in problem.hint.en and "onnx" in problem.hint.es
    who, words = problem.quote
    assert who == "torch" and words
    assert words not in problem.message.es and words not in problem.hint.es, "torch's English is quoted, not passed off"
    assert list((tmp_path / "out").iterdir()) == []


def test_a_model_without_loops_exports_as_pt2(tmp_path: Path) -> None:
    project = drawn("", (("wide", "dense", {"units": 5}), ("act", "tanh", {})))
    verified = export(run_of(project, tmp_path / "run"), "pt2", tmp_path / "m.pt2")
    assert verified.largest < 1e-6 and len(verified.errors) == 2
    assert is_export(tmp_path / "m.pt2"), "an earlier export may be replaced"


CELLS = (("cell", "lstm", {"units": 3}), ("other", "gru", {"units": 3}), ("third", "gru_reset_after", {"units": 3}),
         ("back", "reverse", {}), ("plain", "rnn_relu", {"units": 3}), ("again", "reverse", {}))  # fmt: skip


@pytest.mark.parametrize("format", ["onnx", "source"])
def test_a_strangers_names_run_nothing_and_change_nothing(format: str, tmp_path: Path) -> None:
    project = drawn(HOSTILE, CELLS)
    verified = export(run_of(project, tmp_path / "run"), format, tmp_path / "out" / "m.x")
    assert verified.largest < 1e-5
    assert not list(tmp_path.rglob("hacked")) and not Path("hacked").exists()
    if format == "source":
        text = verified.files[0].read_text()
        assert not [w for w in ("os.system", "touch hacked", "__import__", "\u202e") if w in text]


def test_weights_of_another_model_are_named(tmp_path: Path) -> None:
    run = gallery_run("hello", tmp_path / "run")
    tensors = load_file(run / WEIGHTS)
    first, second = sorted(tensors)[:2]
    tensors["stranger"] = tensors.pop(first)
    tensors[second] = torch.zeros(7)
    save_file(tensors, run / WEIGHTS)
    with pytest.raises(Refused) as refused:
        load_bundle(run)
    (problem,) = refused.value.problems
    assert problem.code == "export.weights_shape"
    assert all(name in problem.message.en and name in problem.message.es for name in (first, second, "stranger"))
    assert problem.details[second].startswith("7 / ")


@pytest.mark.parametrize(
    ("damage", "code"),
    [(lambda f: f.unlink(), "export.no_weights"), (lambda f: f.write_bytes(b"\x80\x04."), "export.weights_file")],
)
def test_missing_or_broken_weights_are_said(damage: object, code: str, tmp_path: Path) -> None:
    run = gallery_run("hello", tmp_path / "run")
    damage(run / WEIGHTS)  # type: ignore[operator]
    with pytest.raises(Refused) as refused:
        export(run, "weights", tmp_path / "w.safetensors")
    assert refused.value.problems[0].code == code


def test_an_unknown_format_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        export(tmp_path, "pickle", tmp_path / "m.pkl")
    assert "onnx, pt2, source, weights" in refused.value.problems[0].hint.en


def test_a_file_that_answers_differently_is_not_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof can fail: source with one sign turned, and source whose time axis is frozen."""
    import core.export.source as writer

    run = run_of(drawn("", (("act", "tanh", {}),)), tmp_path / "run")
    honest = writer.standalone

    def wrong(program: Program) -> str:
        return honest(program).replace("torch.tanh(", "-torch.tanh(")

    def frozen(program: Program) -> str:
        text = honest(program)
        return text.replace(
            "        return outputs, {",
            "        outputs = {k: v[:, :7] for k, v in outputs.items()}\n        return outputs, {",
        )

    for change, code in ((wrong, "export.differs"), (frozen, "export.froze")):
        assert change(load_bundle(run).program) != honest(load_bundle(run).program)
        monkeypatch.setattr(writer, "standalone", change)
        with pytest.raises(Refused) as refused:
            export(run, "source", tmp_path / "m.py")
        assert refused.value.problems[0].code == code
        assert not (tmp_path / "m.py").exists()


def test_a_file_that_needs_unfold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import core.export.source as writer

    run = gallery_run("hello", tmp_path / "run")
    honest = writer.standalone
    monkeypatch.setattr(writer, "standalone", lambda p: honest(p) + "\nimport core.words\n")
    with pytest.raises(Refused) as refused:
        export(run, "source", tmp_path / "m.py")
    assert refused.value.problems[0].code == "export.does_not_run" and "core" in refused.value.problems[0].got


def test_each_exporter_says_what_it_is_in_both_languages() -> None:
    specs = default_registry().of("exporter")
    assert set(specs) == {"source", "weights", "onnx", "pt2"}
    for spec in specs.values():
        assert isinstance(spec, ExporterSpec)
        assert all((*spec.name, *spec.help)) and spec.help.en != spec.help.es and spec.suffix.startswith(".")
