"""An exported model takes and gives text: its file carries the symbols, in a process where Unfold cannot be imported."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from core.compile.pipeline import compile_graph
from core.data import spelling
from core.data.spelling import numbers_of, text_of
from core.data.text import text_fields
from core.data.vocabulary import characters, ids_of, words
from core.export.bundle import load_bundle
from core.export.exporter import ExporterSpec
from core.export.formats import write_onnx
from core.export.source import standalone, write_source
from core.export.symbols import read, said
from core.graph.codec import read_graph, write_graph
from core.problems import Refused
from core.project.gallery import shipped
from core.specs.registry import default_registry
from core.train.decoding import Choice
from core.train.writing import write_text
from tests.core.export.alone import alone
from tests.core.export.runs import gallery_run, program_of

HOSTILE = "aé'\"\\\n\r\t{}%\u202e\ud800'''# ñ…"
TALK = "“Don't stop”, she said (twice): ¿qué?\nNo.…  never! x"
SCRIPT = """
import model
print(json.dumps([model.write_text("h", 12, model.Choice(0.8), 5), model.write_text("", 5), model.encode("hello"), model.decode([0, 1])]))
"""


def test_a_file_alone_writes_the_text_that_is_written_here(tmp_path: Path) -> None:
    bundle = load_bundle(gallery_run("hello", tmp_path / "run"))
    write_source(bundle, tmp_path / "model.py")
    theirs = alone(tmp_path, SCRIPT)
    long, short = (write_text(bundle.program, bundle.module(), p, n, c, s).text
                   for p, n, c, s in (("h", 12, Choice(0.8), 5), ("", 5, Choice(), 0)))  # fmt: skip
    symbols = bundle.program.inputs[0].field.vocabulary
    assert symbols is not None
    assert theirs == [long, short, ids_of("hello", symbols).tolist(), "".join(symbols[:2])]
    assert len(long) == 12


def test_a_file_that_is_run_goes_on_from_the_words_after_its_name(tmp_path: Path) -> None:
    bundle = load_bundle(gallery_run("hello", tmp_path / "run"))
    files = write_source(bundle, tmp_path / "model.py")
    spec = default_registry().of("exporter")["source"]
    assert isinstance(spec, ExporterSpec) and spec.used(files) == f'python "{files[0]}"'
    done, lost = (
        subprocess.run([sys.executable, files[0], prompt], capture_output=True, text=True, check=False, timeout=120)
        for prompt in ("h", "hé")
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == write_text(bundle.program, bundle.module(), "h", 100, Choice(), 0).text + "\n"
    assert lost.returncode == 1 and "Traceback" not in lost.stderr
    assert "symbol 2 of the text, 'é'," in lost.stderr and "'h'" in lost.stderr


def test_an_onnx_file_carries_the_symbols_too(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    bundle = load_bundle(gallery_run("hello", tmp_path / "run"))
    write_onnx(bundle, tmp_path / "model.onnx")
    told = {p.key: p.value for p in onnx.load(tmp_path / "model.onnx").metadata_props}
    symbols = bundle.program.inputs[0].field.vocabulary or ()
    assert json.loads(told["symbols"])["reads"]["text"] == {"split": "characters", "symbols": list(symbols)}


def test_the_weights_carry_the_symbols_too(tmp_path: Path) -> None:
    bundle = load_bundle(gallery_run("hello", tmp_path / "run"))
    write_source(bundle, tmp_path / "model.py")
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        told = json.loads(file.metadata()["symbols"])
    symbols = bundle.program.inputs[0].field.vocabulary or ()
    assert told["reads"]["text"] == {"split": "characters", "symbols": list(symbols)}
    assert [s["symbols"] for s in told["says"].values()] == [list(symbols)]


@pytest.mark.parametrize("symbols", [characters(HOSTILE), words(TALK), characters(HOSTILE, 2)])
def test_any_symbols_survive_in_the_file_and_spell_as_here(
    symbols: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = read_graph(write_graph(shipped("hello").project.graph))
    p = compile_graph(graph, text_fields(symbols), default_registry())
    text = standalone(p)
    assert "\u202e" not in text
    (tmp_path / "exported.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "exported", raising=False)
    space = vars(importlib.import_module("exported"))
    assert space["reads"] == {"text": symbols} and list(space["says"].values()) == [symbols]
    typed = TALK if len(symbols) == len(words(TALK)) else HOSTILE
    numbers = space["encode"](typed)
    assert numbers == ids_of(typed, symbols).tolist() and len(set(numbers)) > 2 - (len(symbols) < 3)
    assert (len(numbers) == len(typed)) == (typed is HOSTILE), "one number for each character, unless these are words"
    assert space["decode"](torch.tensor(numbers)) == text_of(numbers, symbols)


def test_what_a_teacher_tells_and_what_it_hears_have_their_symbols() -> None:
    """Also where no loss says what is right."""
    program = program_of(shipped("dates").project)
    (teacher,) = program.teachers
    assert list(read(program)) == ["source", "target"] and read(program)["target"] == teacher.field.vocabulary
    unjudged = replace(program, outputs=tuple(replace(o, target="") for o in program.outputs))
    assert said(program) == said(unjudged) == {"symbols": teacher.field.vocabulary}


def test_a_symbol_that_the_model_does_not_know_is_named() -> None:
    with pytest.raises(ValueError, match=r"symbol 2 of the text, 'x', .*: 'a' 'b'$"):
        numbers_of("ax", ("a", "b"))
    with pytest.raises(ValueError, match=r" \.\.\.$") as caught:
        numbers_of("x", tuple(chr(0x4E00 + n) for n in range(5000)))
    assert len(str(caught.value)) < 400, "a line, not a dictionary"
    with pytest.raises(Refused):
        ids_of("ax", ("a", "b"))


def test_spelling_needs_python_alone() -> None:
    """So that it goes with exported models, word for word."""
    tree = ast.parse(Path(spelling.__file__).read_text("utf-8"))
    named = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    named |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert {str(n).split(".")[0] for n in named} <= {"__future__", "collections", "re"}
