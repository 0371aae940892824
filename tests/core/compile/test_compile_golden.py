"""The emitted text of gallery projects, as a reader would review it. A change here is a change of every export."""

import os
from pathlib import Path

import pytest

from core.compile.pipeline import compile_graph
from core.data.open import fields_of
from core.project.gallery import shipped
from core.specs.registry import default_registry

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
NAMES = ("hello", "adding-lstm", "temporal-order-lstm", "lstm-drawn")  # char-lm's sizes follow Python's own help text


@pytest.mark.parametrize("mode", ["train", "twin"])
@pytest.mark.parametrize("name", NAMES)
def test_emitted_text_is_as_reviewed(name, mode):
    """Look at the difference; if it is meant, run once with UNFOLD_GOLDEN=write and commit the file."""
    project = shipped(name).project
    registry = default_registry()
    source = compile_graph(project.graph, fields_of(registry, project.data), registry, mode).source
    file = GOLDEN / f"{name}.{mode}.txt"
    if os.environ.get("UNFOLD_GOLDEN") == "write":
        file.write_text(source, "utf-8")
    assert source == file.read_text("utf-8")
