"""The head of a run directory: what was trained, on what, where. With it a run can be resumed, exported and judged."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path as FilePath
from typing import Any

from core.compile.program import Program
from core.oswords import reason
from core.problems import Place, Problem, Refused, filled
from core.project.file import load_project, save_project
from core.project.model import Project
from core.words import Text

PROJECT = "project.unfold"
CONFIG = "config.json"
ENVIRONMENT = "environment.json"
METRICS = "metrics.jsonl"
WEIGHTS = "weights.safetensors"
RECORDING = "recording.npz"
PACKAGES = ("torch", "numpy", "lightning-fabric", "safetensors", "PySide6-Essentials")


def check_place(run_dir: FilePath, program: Program, resume: bool) -> None:
    """Raises Refused where a new run would overwrite an old one, or where a resumed project is not the one that was
    trained."""
    if resume:
        same_program(program, run_dir)
    elif (run_dir / CONFIG).exists():
        raise Refused(_exists(run_dir))
    else:
        _writable(run_dir)


def _writable(run_dir: FilePath) -> None:
    """Make the folder and try it. Raises Refused."""
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=run_dir).close()
    except OSError as error:
        raise Refused(_not_writable(run_dir, error)) from None


def write_run_head(run_dir: FilePath, project: Project, program: Program) -> None:
    """Create the directory with project copy, config and environment. Raises Refused where it cannot be written."""
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
        save_project(project, run_dir / PROJECT)
        _write_json(run_dir / CONFIG, _config(project, program))
        _write_json(run_dir / ENVIRONMENT, environment())
    except OSError as error:
        raise Refused(_not_writable(run_dir, error)) from None


def same_program(program: Program, run_dir: FilePath) -> None:
    """Raises Refused where the run in the folder was made by another program, or there is none."""
    if not (run_dir / CONFIG).exists():
        raise Refused(_no_run(run_dir))
    if _program_of(run_dir) != program.hash:
        raise Refused(_other_program(run_dir))


def is_of(program: Program, run_dir: FilePath) -> bool:
    """Whether the run in the folder was made by this program."""
    try:
        return _program_of(run_dir) == program.hash
    except Refused:
        return False


def _program_of(run_dir: FilePath) -> str:
    """The hash of the program a run trained. Raises Refused where its config cannot be read."""
    try:
        return str(json.loads((run_dir / CONFIG).read_text("utf-8"))["program"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused(_damaged(run_dir / CONFIG)) from None


def run_project(run_dir: FilePath) -> Project:
    """The project a run was made from. Raises Refused where the folder is no run."""
    if not (run_dir / PROJECT).exists():
        raise Refused(_no_run(run_dir))
    return load_project(run_dir / PROJECT)


def environment() -> dict[str, Any]:
    """Versions and machine, for the report and for saying why two runs may differ in bits."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return {
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "processor": platform.machine(),
        "packages": found,
    }


def _config(project: Project, program: Program) -> dict[str, Any]:
    return {
        "program": program.hash,
        "parameters": program.parameter_count,
        "training": asdict(project.training),
        "data": {"kind": project.data.kind, "params": dict(project.data.params)},
        "outputs": [o.name for o in program.outputs],
    }


def _write_json(file: FilePath, data: dict[str, Any]) -> None:
    file.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _exists(run_dir: FilePath) -> Problem:
    return Problem(
        "run.exists",
        filled(Text("{d} holds a run already.", "{d} ya contiene un entrenamiento."), d=run_dir),
        Place(file=str(run_dir), label=str(run_dir)),
        Text("Choose another folder, or resume that run.", "Elija otra carpeta, o reanude ese entrenamiento."),
    )


def _no_run(run_dir: FilePath) -> Problem:
    return Problem(
        "run.missing",
        filled(Text("{d} holds no run.", "{d} no contiene ningún entrenamiento."), d=run_dir),
        Place(file=str(run_dir), label=str(run_dir)),
        Text("Give the folder that a training wrote: it holds project.unfold and config.json.",
             "Indique la carpeta que escribió un entrenamiento: contiene project.unfold y config.json."),
    )  # fmt: skip


def _damaged(file: FilePath) -> Problem:
    return Problem(
        "run.damaged",
        filled(Text("{f} is damaged.", "{f} está dañado."), f=file),
        Place(file=str(file), label=str(file)),
        Text("Restore it from a copy, or train again.", "Recupérelo de una copia, o entrene de nuevo."),
    )


def _other_program(run_dir: FilePath) -> Problem:
    return Problem(
        "run.other_program",
        filled(Text("The run in {d} was made by another model: graph, data or Unfold itself have changed since.",
                    "El entrenamiento de {d} es de otro modelo: han cambiado el grafo, los datos o Unfold mismo."),
               d=run_dir),
        Place(file=str(run_dir), label=str(run_dir)),
        Text("Resume with the project.unfold inside that folder, or start a new run.",
             "Reanude con el project.unfold de esa carpeta, o empiece un entrenamiento nuevo."),
    )  # fmt: skip


def _not_writable(run_dir: FilePath, error: OSError) -> Problem:
    return Problem(
        "run.not_writable",
        filled(Text("The run cannot be written to {d}: {why}.", "No se puede escribir el entrenamiento en {d}: {why}."),
               d=run_dir, why=reason(error)),
        Place(file=str(run_dir), label=str(run_dir)),
        Text("Choose a folder you may write to, on a disk with room.", "Elija una carpeta con permiso y espacio."),
    )  # fmt: skip
