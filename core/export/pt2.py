"""torch.export with free batch and time, where torch can do it; otherwise a refusal that says what to use instead.

torch freezes loops and refuses recurrent modules over a free time axis: a file that silently holds one length would be
a false one, so none is written then.
"""

from __future__ import annotations

import warnings
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from core.export.exporter import Verified
from core.export.hears import refuse_teachers
from core.export.mark import MARK
from core.export.symbols import written
from core.export.verify import verify
from core.problems import Place, Problem, Refused
from core.words import Text

if TYPE_CHECKING:
    from core.compile.program import Program
    from core.export.bundle import Bundle

SEEN = (4, 9)  # the batch and time that torch looks at; none that the verification asks


def write_pt2(bundle: Bundle, target: FilePath) -> tuple[FilePath, ...]:
    """A .pt2 file that takes the inputs in order and gives the dict of outputs. Raises Refused where an axis froze."""
    import torch

    refuse_teachers(bundle.program, "pt2")
    example = _example(bundle.program)
    try:
        with warnings.catch_warnings(action="ignore"):  # advice for authors of modules
            exported = torch.export.export(
                _Answers(bundle.module()).module, example, dynamic_shapes=(_free(bundle.program),), strict=False
            )
    except Exception as error:  # whatever torch's tracer raises means the same here: it cannot keep the axes free
        raise Refused(_frozen(error)) from None
    torch.export.save(exported, target, extra_files={"made_by": MARK, "symbols": written(bundle.program)})
    return (target,)


def verify_pt2(bundle: Bundle, files: tuple[FilePath, ...]) -> Verified:
    return verify(bundle, "pt2", files, ragged=False)


class _Answers:
    """The model as a module of its inputs alone, answering with its outputs."""

    def __init__(self, model: Any) -> None:
        from torch import nn

        class Answers(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, *arguments: Any) -> Any:
                return self.model(*arguments)[0]

        self.module = Answers()


def _example(program: Program) -> tuple[Any, ...]:
    from core.export.verify import questions

    return questions(program, *SEEN, False)[0].arguments


def _free(program: Program) -> tuple[Any, ...]:
    """Batch and every time axis of every input as free dimensions, the same name being the same size."""
    from torch.export import Dim

    names = {"B": Dim("B", min=1)}
    names |= {axis: Dim(axis, min=1) for a in program.inputs for axis in a.field.sig.axes}
    return tuple({n: names[x] for n, x in enumerate(("B", *a.field.sig.axes))} for a in program.inputs)


def _frozen(error: Exception) -> Problem:
    why = _reason(error)
    return Problem(
        "export.froze",
        Text("torch.export cannot keep batch and time free in this model.",
             "torch.export no puede dejar libres lote y tiempo en este modelo."),
        Place(label="pt2"),
        Text("Export as onnx or source: both keep batch and time free.",
             "Exporte como onnx o fuente: ambos dejan libres lote y tiempo."),
        quote=("torch", why),
    )  # fmt: skip


def _reason(error: Exception) -> str:
    """The line of torch's report that names the axis, else its first."""
    lines = [line.strip(" -") for line in str(error).splitlines() if line.strip(" -")]
    telling = [line for line in lines if "specialized" in line or "constant" in line]
    return (telling or lines or [type(error).__name__])[0][:240]
