"""The trained numbers alone, as safetensors, with a table that says which node of the drawing each slice belongs to."""

from __future__ import annotations

import tempfile
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from core.export.exporter import Verified
from core.export.source import standalone
from core.export.tensors import save_weights
from core.export.verify import verify

if TYPE_CHECKING:
    from core.export.bundle import Bundle


def write_weights(bundle: Bundle, target: FilePath) -> tuple[FilePath, ...]:
    """One safetensors file; names are those of the emitted module's state_dict."""
    save_weights(bundle, target)
    return (target,)


def verify_weights(bundle: Bundle, files: tuple[FilePath, ...]) -> Verified:
    """The emitted source, in a process of its own, answers the same with the numbers of this file."""
    with tempfile.TemporaryDirectory(prefix="unfold-") as folder:
        source = FilePath(folder) / "model.py"
        source.write_text(standalone(bundle.program), "utf-8")
        checked = verify(bundle, "source", (source, *files))
    return Verified(checked.runtime, checked.errors, files)
