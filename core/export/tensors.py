"""All trained numbers of a model in one safetensors file, with tables that say what was drawn as which slice, and which
symbols its numbers stand for."""

from __future__ import annotations

import json
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from core.compile.program import Program
from core.export.mark import MARK
from core.export.symbols import written

if TYPE_CHECKING:
    from core.export.bundle import Bundle


def save_weights(bundle: Bundle, file: FilePath) -> None:
    """Every tensor as float32, with the tables of drawn weights and of symbols in the file's metadata."""
    from safetensors.torch import save

    tensors = {name: t.float().contiguous() for name, t in bundle.weights.items()}
    program = bundle.program
    about = {
        "made_by": MARK,
        "program": program.hash,
        "drawn": json.dumps(table(program)),
        "symbols": written(program),
    }
    file.write_bytes(save(tensors, about))


def table(program: Program) -> list[dict[str, Any]]:
    """Each drawn weight: where it was drawn, and the tensor, rows and columns that hold it."""
    return [
        {"path": list(w.path), "name": w.name, "tensor": w.tensor, "rows": w.rows, "columns": w.columns}
        for w in program.weights
    ]
