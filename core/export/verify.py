"""Proves an export: a fresh process, in which Unfold cannot be imported, runs the files at other sizes than any that
were seen while writing them, and its answers are compared with the program's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from core.compile.plan import number
from core.export.exporter import Verified
from core.problems import Place, Problem, Refused, filled
from core.specs.sig import TREE
from core.words import Text

if TYPE_CHECKING:
    from core.compile.program import Argument, Program
    from core.export.bundle import Bundle

TWO = ((3, 7), (5, 12))
THREE = (*TWO, (1, 1))
APART = FilePath(__file__).with_name("apart.py")
PATIENCE = 300.0  # seconds


@dataclass(frozen=True)
class Case:
    """One question: tensors for the inputs, the lengths of padded axes (empty where all are full), and how many steps a
    model that hears itself goes on (0 for others)."""

    batch: int
    time: int
    arguments: tuple[Any, ...]
    lengths: dict[str, Any]
    steps: int = 0

    @property
    def asked(self) -> dict[str, int]:
        """What `forward` takes besides."""
        return {"steps": self.steps} if self.steps else {}


def verify(
    bundle: Bundle,
    kind: str,
    files: Sequence[FilePath],
    sizes: Sequence[tuple[int, int]] = TWO,
    ragged: bool = True,
) -> Verified:
    """Run the files apart and compare. The first size is asked with unequal lengths too, where `ragged`. Raises Refused
    where the files do not run at these sizes or give other shapes (an axis that froze)."""
    asked = [case for n, (b, t) in enumerate(sizes) for case in questions(bundle.program, b, t, ragged and n == 0)]
    wanted = [_answer(bundle.module(), case) for case in asked]
    got, runtime = _ask(kind, files, asked, bundle.program)
    errors = tuple((case.batch, case.time, _error(w, g, case)) for case, w, g in zip(asked, wanted, got, strict=True))
    return Verified(runtime, errors, tuple(files), _rounding(bundle, asked, wanted))


def _rounding(bundle: Bundle, asked: Sequence[Case], wanted: Sequence[dict[str, Any]]) -> float:
    """Large weights that cancel, as least squares finds them, cost digits in any order of summation."""
    exact = bundle.module().double()
    return max((_error(_answer(exact, _doubled(c)), w, c) for c, w in zip(asked, wanted, strict=True)), default=0.0)


def _doubled(case: Case) -> Case:
    return replace(case, arguments=tuple(a.double() if a.is_floating_point() else a for a in case.arguments))


def questions(program: Program, batch: int, time: int, ragged: bool) -> list[Case]:
    import torch

    noise = torch.Generator().manual_seed(1000 * batch + time)
    axes = list(dict.fromkeys(axis for a in program.inputs for axis in a.field.sig.axes))
    extents = {axis: time + n for n, axis in enumerate(axes)}
    arguments = tuple(_argument(a, batch, extents, noise) for a in program.inputs)
    steps = time if program.teachers else 0
    cases = [Case(batch, time, arguments, {}, steps)]
    if ragged and axes:
        lengths = {x: torch.randint(1, n + 1, (batch,), generator=noise) for x, n in extents.items()}
        if TREE in axes:
            lengths[f"{TREE}/children"] = _trees(lengths[TREE], extents[TREE], noise)
        cases.append(Case(batch, time, arguments, lengths, steps))
    return cases


def _trees(lengths: Any, nodes: int, noise: Any) -> Any:
    """The children (B, N, 2) of as many random trees: each node takes up to two of the roots that there are before it."""
    import torch

    children = torch.full((len(lengths), nodes, 2), -1)
    for tree, length in zip(children, lengths.tolist(), strict=True):
        roots: list[int] = []
        for n in range(length):
            for side in torch.randperm(2, generator=noise).tolist():
                if roots and torch.rand((), generator=noise) < 0.7:
                    tree[n, side] = roots.pop()
            roots.append(n)
    return children


def _argument(argument: Argument, batch: int, extents: dict[str, int], noise: Any) -> Any:
    import torch

    sig = argument.field.sig
    shape = (batch, *(extents[axis] for axis in sig.axes))
    if sig.kind == "tokens":
        return torch.randint(0, number(sig.size), shape, generator=noise)
    return torch.randn(*shape, *((number(sig.size),) if sig.kind == "features" else ()), generator=noise)


def _answer(module: Any, case: Case) -> dict[str, Any]:
    import torch

    with torch.no_grad():
        return dict(module(*case.arguments, lengths=case.lengths or None, **case.asked)[0])


def _ask(
    kind: str, files: Sequence[FilePath], cases: Sequence[Case], program: Program
) -> tuple[list[dict[str, Any]], str]:
    """The answers of a fresh process."""
    from safetensors.torch import load_file, save_file

    with tempfile.TemporaryDirectory(prefix="unfold-") as name:
        folder = FilePath(name)
        ask: dict[str, Any] = {"files": [str(f.resolve()) for f in files], "cases": []}
        for n, case in enumerate(cases):
            inputs = {a.name: x for a, x in zip(program.inputs, case.arguments, strict=True)}
            lengths = {f"lengths_{axis}": x for axis, x in case.lengths.items()}
            save_file({**inputs, **lengths}, folder / f"case{n}.safetensors")
            ask["cases"].append(
                {
                    "file": f"case{n}.safetensors",
                    "inputs": list(inputs),
                    "lengths": dict(zip(case.lengths, lengths, strict=True)),
                    "asked": case.asked,
                }
            )
        (folder / "ask.json").write_text(json.dumps(ask), "utf-8")
        (folder / "empty").mkdir()
        _run(kind, folder)
        return [dict(load_file(folder / f"answer{n}.safetensors")) for n in range(len(cases))], _runtime(kind)


def _run(kind: str, folder: FilePath) -> None:
    command = [sys.executable, "-I", str(APART), kind, str(folder)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=folder / "empty",
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(_does_not_run(kind, filled(SILENT, n=f"{PATIENCE:.0f}"))) from None
    if done.returncode:
        raise Refused(_does_not_run(kind, quote=(done.stderr.strip().splitlines() or [""])[-1]))


def _error(wanted: dict[str, Any], got: dict[str, Any], case: Case) -> float:
    """Largest absolute difference over all outputs. Raises Refused where names or shapes differ."""
    import torch

    shapes = {n: tuple(t.shape) for n, t in wanted.items()}
    other = {n: tuple(t.shape) for n, t in got.items()}
    if shapes != other:
        raise Refused(_froze(case, shapes, other))
    worst = 0.0
    for name, tensor in wanted.items():
        gap = (tensor.double() - got[name].double()).abs()
        worst = max(worst, float("inf") if bool(torch.isnan(gap).any()) else float(gap.max()) if gap.numel() else 0.0)
    return worst


def _runtime(kind: str) -> str:
    from importlib.metadata import version

    package = "onnxruntime" if kind == "onnx" else "torch"
    return f"{package} {version(package)}"


SILENT = Text(": there was no answer in {n} s", ": no hubo respuesta en {n} s")


def _does_not_run(kind: str, why: Text = Text("", ""), quote: str = "") -> Problem:
    return Problem(
        "export.does_not_run",
        filled(Text("The exported {k} does not run by itself{w}.", "El {k} exportado no funciona por sí solo{w}."), k=kind, w=why),
        Place(label=kind),
        Text("Nothing was written. Export as source instead.", "No se escribió nada. Exporte como fuente."),
        got=quote,
        quote=("Python", quote),
    )  # fmt: skip


def _froze(case: Case, wanted: dict[str, Any], got: dict[str, Any]) -> Problem:
    return Problem(
        "export.froze",
        filled(Text("At B={b}, T={t} the exported model gives other shapes: an axis froze while exporting.",
                    "Con B={b}, T={t} el modelo exportado da otras formas: un eje quedó fijo al exportar."),
               b=case.batch, t=case.time),
        Place(),
        Text("Nothing was written. Export as onnx or source: both keep batch and time free.",
             "No se escribió nada. Exporte como onnx o fuente: ambos dejan libres lote y tiempo."),
        got=str(got), expected=str(wanted),
    )  # fmt: skip
