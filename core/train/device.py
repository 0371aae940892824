"""Where a run computes and with which numbers: Lightning Fabric's choice made into a value, missing devices into Problems."""

from __future__ import annotations

import logging
import platform
import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.data.dataset import Array, Batch
from core.data.room import free_memory
from core.problems import Place, Problem, Refused, filled
from core.train.settings import AUTO
from core.words import Text

FABRIC_PRECISION = {"fp32": "32-true", "bf16": "bf16-mixed", "fp64": "64-true"}
DTYPES = {"fp32": torch.float32, "bf16": torch.float32, "fp64": torch.float64}  # of the weights


class Machine:
    """Device and precision of a run. `dtype` is that of weights and float inputs; bf16 computes under autocast."""

    def __init__(self, device: str, precision: str) -> None:
        chosen = resolve(device, precision)
        self.precision = precision
        self.dtype = DTYPES[precision]
        self.fabric = _fabric(chosen, precision)
        self.device: torch.device = self.fabric.device
        self._bare = precision == "bf16" and chosen == "cpu" and not torch.ops.mkldnn._is_mkldnn_bf16_supported()

    @contextmanager
    def autocast(self) -> Iterator[None]:
        """The context of a forward pass. Where oneDNN has no bf16 for this CPU, torch's own kernels stand in."""
        with self.fabric.autocast(), _without_mkldnn() if self._bare else nullcontext():
            yield

    def free_memory(self) -> int | None:
        """Bytes that the device can still give, where it tells."""
        if self.device.type == "cuda":
            return int(torch.cuda.mem_get_info(self.device)[0])
        return free_memory()

    def tensors(self, arrays: Mapping[str, Array], names: tuple[str, ...]) -> list[Tensor]:
        """The named arrays as tensors on the device, floats in the run's precision."""
        return [self._tensor(arrays[name]) for name in names]

    def lengths(self, batch: Batch) -> dict[str, Tensor] | None:
        return {axis: self._tensor(v) for axis, v in batch.lengths.items()} or None

    def _tensor(self, array: Array) -> Tensor:
        # a copy: torch's memory is always aligned alike, and with it the order in which a product is summed
        dtype = self.dtype if array.dtype.kind == "f" else torch.int64
        return torch.tensor(array, dtype=dtype).to(self.device, non_blocking=True)


def resolve(device: str, precision: str) -> str:
    """The device meant by a setting. Raises Refused where this machine has none, or it lacks the precision."""
    have = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": _has_mps()}
    if device == AUTO:
        return "cuda" if have["cuda"] else "mps" if have["mps"] and precision != "fp64" else "cpu"
    if not have.get(device, False):
        raise Refused(_missing(device, [name for name, there in have.items() if there]))
    if device == "mps" and precision == "fp64":
        raise Refused(_no_double())
    return device


def _has_mps() -> bool:
    return bool(torch.backends.mps.is_available())


def _fabric(device: str, precision: str) -> Any:
    from lightning_fabric import Fabric

    logging.getLogger("lightning_fabric").setLevel(
        logging.WARNING
    )  # its banners are not for this terminal; importing resets it
    return Fabric(accelerator=device, devices=1, precision=FABRIC_PRECISION[precision])


def _without_mkldnn() -> AbstractContextManager[Any]:
    warnings.filterwarnings("ignore", "TF32 acceleration on top of oneDNN")  # torch says so whenever a flag is set
    return torch.backends.mkldnn.flags(enabled=False)


def threads(count: int) -> None:
    """torch's own threads; to be called in the worker before its first operation."""
    torch.set_num_threads(max(1, count))


def seed_everything(seed: int) -> None:
    """Every generator that a step may draw from."""
    import random

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def _missing(device: str, have: list[str]) -> Problem:
    return Problem(
        "device.missing",
        filled(Text("This machine has no {d} device.", "Este equipo no tiene un dispositivo {d}."), d=device),
        Place(param="device", label="training.device"),
        filled(Text("Choose auto or one of: {have}.", "Elija auto o uno de: {have}."), have=", ".join(have)),
        got=device,
        expected=", ".join(["auto", *have]),
    )


def _no_double() -> Problem:
    return Problem(
        "device.precision",
        Text("The mps device has no fp64 numbers.", "El dispositivo mps no tiene números fp64."),
        Place(param="precision", label="training.precision"),
        Text("Train fp64 on the cpu, or use fp32.", "Entrene fp64 en la cpu, o use fp32."),
        got="fp64",
        expected="fp32, bf16",
    )


def fingerprint(machine: Machine) -> dict[str, str]:
    """What the bits of a result depend on, beyond the job: compared when a run resumes."""
    name = torch.cuda.get_device_name(machine.device) if machine.device.type == "cuda" else platform.machine()
    return {
        "torch": torch.__version__,
        "numpy": np.__version__,
        "device": machine.device.type,
        "processor": name,
        "precision": machine.precision,
        "threads": str(torch.get_num_threads()),
    }
