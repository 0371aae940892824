"""Runs exported files where Unfold cannot be imported: a script for a fresh process, never imported by Unfold.

    python -I apart.py KIND FOLDER

FOLDER holds `ask.json`: the exported files and the cases ("inputs", "lengths": file names). Answers are written beside
it as safetensors files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FORBIDDEN = ("core", "studio", "plugins")


class Blocker:
    """Makes Unfold unimportable, wherever it is installed."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.split(".")[0] in FORBIDDEN:
            raise ModuleNotFoundError(f"{name} must not be needed by an export", name=name)


def prove_alone() -> None:
    """Unfold is not importable here, or nothing that follows would prove anything."""
    sys.meta_path.insert(0, Blocker())
    for name in FORBIDDEN:
        try:
            __import__(name)
        except ModuleNotFoundError:
            continue
        sys.exit(f"{name} is importable")


def source(files: list[str], cases: list[dict[str, Any]], folder: Path) -> None:
    """Import the module file, load the weights by its own loader, run each case."""
    from importlib.machinery import SourceFileLoader
    from importlib.util import module_from_spec, spec_from_loader

    loader = SourceFileLoader("exported_model", files[0])  # whatever the person called the file
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    model = module.load(files[1])
    _torch_cases(lambda arguments, lengths, **asked: model(*arguments, lengths=lengths, **asked)[0], cases, folder)


def pt2(files: list[str], cases: list[dict[str, Any]], folder: Path) -> None:
    """Load the exported program and run each case."""
    import torch

    model = torch.export.load(files[0]).module()
    _torch_cases(lambda arguments, lengths, **asked: model(*arguments), cases, folder)


def _torch_cases(run: Any, cases: list[dict[str, Any]], folder: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    torch.set_num_threads(1)
    for n, case in enumerate(cases):
        given = load_file(folder / case["file"])
        arguments = [given[name] for name in case["inputs"]]
        lengths = {axis: given[name] for axis, name in case["lengths"].items()} or None
        with torch.no_grad():
            outputs = run(arguments, lengths, **case["asked"])
        save_file({name: t.contiguous() for name, t in outputs.items()}, folder / f"answer{n}.safetensors")


def onnx(files: list[str], cases: list[dict[str, Any]], folder: Path) -> None:
    """A fresh onnxruntime session, every case in it."""
    import onnxruntime
    from safetensors.numpy import load_file, save_file

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(files[0], options, providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    for n, case in enumerate(cases):
        given = load_file(folder / case["file"])
        asked = {name: given[name] for name in (*case["inputs"], *case["lengths"].values())}
        outputs = dict(zip(names, session.run(names, asked), strict=True))
        save_file(outputs, folder / f"answer{n}.safetensors")


if __name__ == "__main__":
    prove_alone()
    kind, where = sys.argv[1], Path(sys.argv[2])
    ask = json.loads((where / "ask.json").read_text("utf-8"))
    {"source": source, "pt2": pt2, "onnx": onnx}[kind](ask["files"], ask["cases"], where)
