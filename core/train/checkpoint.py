"""A checkpoint is complete or absent: written aside, fsynced, listed with its hashes, renamed. Tensors are safetensors, the
rest JSON; nothing is ever unpickled."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from core.problems import Place, Problem, Refused, filled
from core.words import Text

KEPT = 3
MODEL, REST, STATE, MANIFEST, LATEST = (
    "weights.safetensors",
    "rest.safetensors",
    "state.json",
    "manifest.json",
    "latest",
)
FORMAT = 1


@dataclass(frozen=True)
class Snapshot:
    """Everything that decides what comes after `step`. `weights` by state_dict name; `rest` other tensors by a name with
    slashes ("optimizer/0/exp_avg", "state/h", "random/torch"); `data` plain JSON."""

    step: int
    weights: dict[str, Tensor]
    rest: dict[str, Tensor]
    data: dict[str, Any]


def write(folder: Path, snapshot: Snapshot) -> Path:
    """Write a checkpoint into `folder` (made if missing), keep the newest ones. Raises OSError; older ones stay whole."""
    final = folder / f"step_{snapshot.step:09d}"
    aside = final.with_suffix(".tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    files = {
        MODEL: save_tensors(_storable(snapshot.weights)),
        REST: save_tensors(_storable(snapshot.rest)),
        STATE: json.dumps({"format": FORMAT, "step": snapshot.step, **snapshot.data}).encode(),
    }
    for name, content in files.items():
        _write_synced(aside / name, content)
    listed = {name: {"bytes": len(c), "sha256": hashlib.sha256(c).hexdigest()} for name, c in files.items()}
    _write_synced(aside / MANIFEST, json.dumps(listed, indent=1).encode())
    sync_folder(aside)
    if final.exists():  # the same step again, after a resume that fell back
        shutil.rmtree(final)
    aside.rename(final)
    sync_folder(folder)
    replace_file(folder / LATEST, final.name.encode())
    _forget_old(folder)
    return final


def newest(folder: Path) -> Snapshot | None:
    """The newest checkpoint that is whole, None where there is none. Raises Refused where all there are are broken."""
    found = _candidates(folder)
    for path in found:
        snapshot = read(path)
        if snapshot is not None:
            return snapshot
    if found:
        raise Refused(_all_broken(folder))
    return None


def read(path: Path) -> Snapshot | None:
    """One checkpoint folder, or None where anything in it is missing or changed."""
    try:
        listed = json.loads((path / MANIFEST).read_bytes())
        contents = {name: (path / name).read_bytes() for name in (MODEL, REST, STATE)}
        if any(hashlib.sha256(c).hexdigest() != listed[name]["sha256"] for name, c in contents.items()):
            return None
        data = json.loads(contents[STATE])
        if data.pop("format") != FORMAT:
            return None
        return Snapshot(int(data.pop("step")), load_tensors(contents[MODEL]), load_tensors(contents[REST]), data)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return None


def publish_weights(checkpoint: Path, target: Path) -> None:
    """Put the checkpoint's weights where exports look for them; atomically, and without writing them twice where the
    file system can link."""
    aside = target.with_suffix(".tmp")
    aside.unlink(missing_ok=True)
    try:
        os.link(checkpoint / MODEL, aside)
    except OSError:
        _write_synced(aside, (checkpoint / MODEL).read_bytes())
    aside.replace(target)
    sync_folder(target.parent)


def publish(weights: dict[str, Tensor], target: Path) -> None:
    """Put weights that belong to no checkpoint where exports look for them; atomically."""
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, save_tensors(_storable(weights)))


def random_state() -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The state of every generator, as tensors and JSON."""
    version, numbers, gauss = random.getstate()
    name, keys, position, has_gauss, cached = np.random.get_state(legacy=True)
    tensors = {"random/torch": torch.get_rng_state(), "random/numpy": torch.from_numpy(np.array(keys, np.int64))}
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        for i, state in enumerate(torch.cuda.get_rng_state_all()):
            tensors[f"random/cuda/{i}"] = state
    return tensors, {
        "python": [version, list(numbers), gauss],
        "numpy": [name, int(position), int(has_gauss), float(cached)],
    }


def set_random_state(tensors: dict[str, Tensor], data: dict[str, Any]) -> None:
    version, numbers, gauss = data["python"]
    random.setstate((version, tuple(numbers), gauss))
    name, position, has_gauss, cached = data["numpy"]
    np.random.set_state((name, tensors["random/numpy"].numpy().astype(np.uint32), position, has_gauss, cached))
    torch.set_rng_state(tensors["random/torch"])
    cuda = [tensors[k] for k in sorted(tensors) if k.startswith("random/cuda/")]
    if cuda and torch.cuda.is_available() and len(cuda) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(cuda)


@contextmanager
def untouched_random() -> Iterator[None]:
    """Whatever is drawn inside (probes, validation, samples), training goes on with the numbers it would have had."""
    tensors, data = random_state()
    try:
        yield
    finally:
        set_random_state(tensors, data)


def optimizer_state(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The optimizer's tensors; its numbers are settings and come back by building it anew."""
    state = optimizer.state_dict()["state"]
    return {
        f"optimizer/{i}/{key}": value
        for i, slot in state.items()
        for key, value in slot.items()
        if isinstance(value, Tensor)
    }


def set_optimizer_state(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    slots: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer/"):
            _, index, key = name.split("/", 2)
            slots.setdefault(int(index), {})[key] = value
    optimizer.load_state_dict({"state": slots, "param_groups": optimizer.state_dict()["param_groups"]})


def replace_file(path: Path, content: bytes) -> None:
    """The file holds the old content or the new, whatever happens."""
    aside = path.with_suffix(".tmp")
    _write_synced(aside, content)
    aside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut. Windows has no such call."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _storable(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: t.detach().to("cpu", copy=True).contiguous() for name, t in tensors.items()}


def _candidates(folder: Path) -> list[Path]:
    """Newest first. `latest` is for people and tools: the names themselves say the order."""
    return sorted((p for p in folder.glob("step_*") if p.suffix != ".tmp" and p.is_dir()), reverse=True)


def _forget_old(folder: Path) -> None:
    for path in [*_candidates(folder)[KEPT:], *folder.glob("step_*.tmp")]:
        shutil.rmtree(path, ignore_errors=True)


def _all_broken(folder: Path) -> Problem:
    return Problem(
        "checkpoint.broken",
        filled(Text("Every checkpoint in {d} is damaged.", "Todos los puntos de control de {d} están dañados."), d=folder),
        Place(file=str(folder), label=str(folder)),
        Text("Start a new run, or restore the folder from a copy.", "Inicie otro entrenamiento o restaure la carpeta."),
    )  # fmt: skip
