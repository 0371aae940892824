"""All trained numbers of a model in one safetensors file, with a table that says what was drawn as which slice."""

from __future__ import annotations

import json
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from core.compile.program import Program
from core.export.mark import MARK

if TYPE_CHECKING:
    from core.export.bundle import Bundle


def save_weights(bundle: Bundle, file: FilePath) -> None:
    """Every tensor as float32, with the table of drawn weights in the file's metadata."""
    from safetensors.torch import save

    tensors = {name: t.float().contiguous() for name, t in bundle.weights.items()}
    about = {"made_by": MARK, "program": bundle.program.hash, "drawn": json.dumps(table(bundle.program))}
    file.write_bytes(save(tensors, about))


def table(program: Program) -> list[dict[str, Any]]:
    """Each drawn weight: where it was drawn, and the tensor, rows and columns that hold it."""
    return [
        {"path": list(w.path), "name": w.name, "tensor": w.tensor, "rows": w.rows, "columns": w.columns}
        for w in program.weights
    ]
