"""The doors of every shipped format for exporter plugins, cheap to import: heavy work is loaded when a door is used."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from core.export.exporter import Verified

if TYPE_CHECKING:
    from core.export.bundle import Bundle

Files = tuple[FilePath, ...]


def write_source(bundle: Bundle, target: FilePath) -> Files:
    """A Python file that imports torch and nothing of ours, and its weights."""
    from core.export import source

    return source.write_source(bundle, target)


def verify_source(bundle: Bundle, files: Files) -> Verified:
    from core.export import source

    return source.verify_source(bundle, files)


def write_weights(bundle: Bundle, target: FilePath) -> Files:
    """A safetensors file with every trained tensor."""
    from core.export import weights

    return weights.write_weights(bundle, target)


def verify_weights(bundle: Bundle, files: Files) -> Verified:
    from core.export import weights

    return weights.verify_weights(bundle, files)


def write_onnx(bundle: Bundle, target: FilePath) -> Files:
    """An ONNX model with free batch and time, written from the program's ops."""
    from core.export.bundle import drawn_arrays
    from core.export.onnx.write import model_bytes

    target.write_bytes(model_bytes(bundle.program, drawn_arrays(bundle)))
    return (target,)


def verify_onnx(bundle: Bundle, files: Files) -> Verified:
    from core.export.verify import THREE, verify

    return verify(bundle, "onnx", files, THREE)


def write_pt2(bundle: Bundle, target: FilePath) -> Files:
    """An exported torch program with free batch and time, or a refusal."""
    from core.export import pt2

    return pt2.write_pt2(bundle, target)


def verify_pt2(bundle: Bundle, files: Files) -> Verified:
    from core.export import pt2

    return pt2.verify_pt2(bundle, files)
