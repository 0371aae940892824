"""The trained numbers alone, as safetensors, with a table that says which node of the drawing each slice belongs to."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from core.compile.program import Program
from core.export.exporter import Verified
from core.export.mark import MARK

if TYPE_CHECKING:
    from core.export.bundle import Bundle


def write_weights(bundle: Bundle, target: FilePath) -> tuple[FilePath, ...]:
    """One safetensors file; names are those of the emitted module's state_dict."""
    save_weights(bundle, target)
    return (target,)


def verify_weights(bundle: Bundle, files: tuple[FilePath, ...]) -> Verified:
    """The emitted source, in a process of its own, answers the same with the numbers of this file."""
    from core.export.source import standalone
    from core.export.verify import verify

    with tempfile.TemporaryDirectory(prefix="unfold-") as folder:
        source = FilePath(folder) / "model.py"
        source.write_text(standalone(bundle.program), "utf-8")
        checked = verify(bundle, "source", (source, *files))
    return Verified(checked.runtime, checked.errors, files)


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
