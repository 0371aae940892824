"""Many small tensors brought over from a device in one go: each wait for a GPU costs more than the numbers do."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core.train.messages import Floats


class Parcel:
    def __init__(self) -> None:
        self._places: list[tuple[str, str, torch.Size]] = []
        self._parts: list[Tensor] = []

    def put(self, part: str, name: str, tensor: Tensor) -> None:
        self._places.append((part, name, tensor.shape))
        self._parts.append(tensor.detach().float().reshape(-1))

    def open(self) -> dict[str, dict[str, Floats]]:
        out: dict[str, dict[str, Any]] = {}
        if not self._parts:
            return out
        device = next((p.device for p in self._parts if p.device.type != "cpu"), self._parts[0].device)
        flat = torch.cat([p.to(device) for p in self._parts]).cpu().numpy()
        start = 0
        for part, name, shape in self._places:
            stop = start + shape.numel()
            out.setdefault(part, {})[name] = flat[start:stop].reshape(shape)
            start = stop
        return out
