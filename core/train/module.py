"""Turns emitted text into a running module, after the allow-list has passed it, and finds drawn weights in it."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.compile.allow import check_text
from core.compile.program import DrawnWeight, Program
from core.graph.model import Path


def load_class(program: Program) -> type[nn.Module]:
    """The class that the program's text defines. Raises core.compile.allow.Forbidden before anything is executed."""
    source, file = program.source, file_of(program)
    found = _load(source, program.class_name, file)
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)  # anyone may clear that cache
    return found


def file_of(program: Program) -> str:
    """The name under which tracebacks show the program's lines."""
    return f"<unfold {program.mode} {program.hash or 'model'}>"


@lru_cache(maxsize=32)
def _load(source: str, class_name: str, file: str) -> type[nn.Module]:
    check_text(source)
    namespace: dict[str, Any] = {"__name__": "unfold_model"}
    exec(compile(source, file, "exec"), namespace)
    found: type[nn.Module] = namespace[class_name]
    return found


def make(program: Program, dtype: torch.dtype | None = None) -> nn.Module:
    """A new module with its drawn initial values, made from torch's random numbers.

    In float64 they are drawn anew, so that an orthogonal matrix is orthogonal to float64.
    """
    module = load_class(program)()
    if dtype is None or dtype == torch.float32:
        return module
    module.to(dtype)
    redraw: Any = module.reset_parameters
    redraw()
    return module


def share(twin: nn.Module, module: nn.Module) -> nn.Module:
    """Make the twin use the very same Parameters as the module."""
    for name, tensor in module.named_parameters():
        place, _, attribute = name.rpartition(".")
        setattr(twin.get_submodule(place), attribute, tensor)
    return twin


@contextmanager
def answering(module: nn.Module) -> Iterator[None]:
    """No dropout and no gradients; the module's mode is put back."""
    was = module.training
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        module.train(was)


def drawn(module: nn.Module, program: Program) -> dict[tuple[Path, str], Tensor]:
    """Each drawn weight as a view of the tensor it lives in; writing to it (under no_grad) changes the module."""
    tensors = dict(module.named_parameters())
    return {(w.path, w.name): part_of(tensors, w) for w in program.weights}


def put_rows(table: Tensor, ids: NDArray[Any], rows: NDArray[Any]) -> None:
    """Write rows of numbers into a drawn table."""
    with torch.no_grad():
        table[torch.from_numpy(ids).to(table.device)] = torch.from_numpy(rows).to(table.device, table.dtype)


def part_of(tensors: Mapping[str, Tensor], weight: DrawnWeight) -> Tensor:
    """The slice of a tensor (or of its gradient) that belongs to a drawn weight."""
    out = tensors[weight.tensor]
    if weight.rows:
        out = out[weight.rows[0] : weight.rows[1]]
    return out[:, weight.columns[0] : weight.columns[1]] if weight.columns else out


def weight_name(weight: DrawnWeight) -> str:
    """How messages call it: "memory/h_state.weight"."""
    return "/".join(weight.path) + "." + weight.name


def blame(program: Program, exception: BaseException) -> Path | None:
    """The node whose emitted line raised, or None where the error came from elsewhere."""
    place, trace = None, exception.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file_of(program):
            place = program.lines.get(trace.tb_lineno, place)
        trace = trace.tb_next
    return place
