"""An exported model writes by itself: in a process where Unfold cannot be imported, the same symbols as here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from core.export.source import standalone
from core.train.decoding import Choice, write
from core.train.generation import loop_of
from core.train.module import make
from tests.core.compile.taught import program, speller, tagger
from tests.core.export.alone import alone
from tests.core.train.test_train_stops import stopping

SCRIPT = """
import torch, model
given = torch.tensor({given!r}, dtype=torch.{dtype})
ways = [model.Choice(temperature=0), model.Choice(0.9, top_k=3), model.Choice(top_p=0.8), model.Choice(beams=4)]
print(json.dumps([model.generate(given, most=9, choice=c, seed=5).symbols for c in ways]))
"""


@pytest.mark.parametrize("model", [speller, tagger, lambda: stopping("stop"), lambda: stopping("length")])
def test_an_exported_model_writes_what_it_writes_here(model: Any, tmp_path: Path) -> None:
    p = program(model())
    torch.manual_seed(2)
    module = make(p).eval()
    (tmp_path / "model.py").write_text(standalone(p), "utf-8")
    save_file(module.state_dict(), tmp_path / "model.safetensors")
    given = torch.randint(0, 5, (1, 9)) if model is tagger else torch.randn(1, 6)
    dtype = "long" if model is tagger else "float32"
    theirs = alone(tmp_path, SCRIPT.format(given=given.tolist(), dtype=dtype))
    ways = [Choice(temperature=0), Choice(0.9, top_k=3), Choice(top_p=0.8), Choice(beams=4)]
    ours = [list(write(module, loop_of(p), (given,), 9, c, seed=5).symbols) for c in ways]
    assert theirs == ours
    assert len({tuple(o) for o in ours}) > 1
