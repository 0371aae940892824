"""What an export starts from: the program of a finished run and its trained weights, checked against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from core.compile.pipeline import compile_graph
from core.compile.program import Program
from core.data.open import fields_of
from core.oswords import reason
from core.problems import Place, Problem, Refused, filled
from core.project.model import Project
from core.project.rundir import WEIGHTS, run_project
from core.specs.registry import Registry, default_registry
from core.words import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = 6
"""How many wrong tensors a message names."""


@dataclass(frozen=True)
class Bundle:
    """A program with the numbers it learned: `weights` by state_dict name, torch tensors."""

    program: Program
    weights: Mapping[str, Any]
    project: Project
    run_dir: FilePath

    def module(self) -> Any:
        """The program's module with these weights, float32, ready to answer."""
        from core.train.module import make

        module = make(self.program)
        module.load_state_dict(dict(self.weights))
        return module.float().eval()


def load_bundle(run_dir: FilePath, registry: Registry | None = None) -> Bundle:
    """Compile the run's project again and read its weights. Raises Refused where the folder is no run, has no weights
    yet, or the weights are another model's."""
    known = registry or default_registry()
    project = run_project(run_dir)
    program = compile_graph(project.graph, fields_of(known, project.data), known, "train")
    weights = read_weights(run_dir / WEIGHTS)
    wrong = mismatches(expected_shapes(program), {n: tuple(t.shape) for n, t in weights.items()})
    if wrong:
        raise Refused(_other_weights(run_dir / WEIGHTS, wrong))
    return Bundle(program, weights, project, run_dir)


def read_weights(file: FilePath) -> dict[str, Any]:
    """Tensors of a safetensors file. Raises Refused where it is missing or is no such file."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    if not file.exists():
        raise Refused(_no_weights(file))
    try:
        return dict(load(file.read_bytes()))  # not by its name, which may be no text
    except (SafetensorError, OSError) as error:
        raise Refused(_not_weights(file, error)) from None


def expected_shapes(program: Program) -> dict[str, tuple[int, ...]]:
    """Shape of every tensor in the program's state_dict."""
    from core.train.module import make

    return {name: tuple(t.shape) for name, t in make(program).state_dict().items()}


def mismatches(
    expected: Mapping[str, tuple[int, ...]], got: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[str, str]]:
    """Tensors that are missing, too many, or of another shape: name -> (got, expected)."""
    names = [*expected, *(n for n in got if n not in expected)]
    shown = {n: (_shape(got.get(n)), _shape(expected.get(n))) for n in names}
    return {n: pair for n, pair in shown.items() if pair[0] != pair[1]}


def drawn_arrays(bundle: Bundle) -> dict[tuple[tuple[str, ...], str], NDArray[Any]]:
    """Every drawn parameter as float32 numbers, cut out of the tensor that holds it; parts of one parameter that live
    in several places are joined along its columns."""
    import numpy as np

    found: dict[tuple[tuple[str, ...], str], list[NDArray[Any]]] = {}
    for w in bundle.program.weights:
        whole = bundle.weights[w.tensor].float().numpy()
        part = whole[slice(*w.rows)] if w.rows else whole
        part = part[:, slice(*w.columns)] if w.columns else part
        found.setdefault((w.path, w.name), []).append(part)
    return {key: parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1) for key, parts in found.items()}


def _shape(shape: tuple[int, ...] | None) -> str:
    return "-" if shape is None else "×".join(map(str, shape)) or "()"


def _other_weights(file: FilePath, wrong: Mapping[str, tuple[str, str]]) -> Problem:
    named = ", ".join(f"{n} ({got} / {want})" for n, (got, want) in list(wrong.items())[:SHOWN])
    more = f" +{len(wrong) - SHOWN}" if len(wrong) > SHOWN else ""
    return Problem(
        "export.weights_shape",
        filled(
            Text(
                "The weights are not this model's: {n} (got / expected).",
                "Los pesos no son de este modelo: {n} (hay / se espera).",
            ),
            n=named + more,
        ),
        Place(file=str(file), label=str(file)),
        Text("Use the run folder that this very model wrote.", "Use la carpeta que escribió este mismo modelo."),
        details={name: f"{got} / {want}" for name, (got, want) in wrong.items()},
    )


def _no_weights(file: FilePath) -> Problem:
    return Problem(
        "export.no_weights",
        filled(Text("The run has no weights yet: {f} is not there.", "El entrenamiento aún no tiene pesos: falta {f}."), f=file),
        Place(file=str(file), label=str(file)),
        Text("Train it to its first checkpoint.", "Entrénelo hasta su primer punto de control."),
    )  # fmt: skip


def _not_weights(file: FilePath, error: Exception) -> Problem:
    return Problem(
        "export.weights_file",
        filled(Text("{f} is no safetensors file{w}.", "{f} no es un archivo safetensors{w}."), f=file, w=filled(Text(": {r}", ": {r}"), r=reason(error)) if isinstance(error, OSError) else ""),
        Place(file=str(file), label=str(file)),
        Text("Train again, or use another run.", "Entrene de nuevo, o use otro entrenamiento."),
        quote=("", "") if isinstance(error, OSError) else ("safetensors", str(error)),
    )  # fmt: skip
