"""How large each drawn weight's gradient is around clipping, and how far the optimizer then moves the weight, in one step.

Noted while the step is made, only in steps that are looked at, and without waiting for a device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from core.compile.program import DrawnWeight
from core.train.messages import Floats
from core.train.module import part_of, weight_name
from core.train.parcel import Parcel
from core.train.taps import norm


class WeightNorms:
    """`parameters` are those that train; `weights` the drawn ones that lie in them."""

    def __init__(self, parameters: Mapping[str, Tensor], weights: Sequence[DrawnWeight]) -> None:
        self._parameters, self._weights = parameters, weights
        self._noted: dict[str, Tensor] = {}
        self._old: dict[str, Tensor] = {}

    def before_clip(self) -> None:
        self._noted = {"before": self._gradients()}
        self._old = {name: self._parameters[name].detach().clone() for name in {w.tensor for w in self._weights}}

    def after_clip(self) -> None:
        self._noted["after"] = self._gradients()

    def after_update(self) -> None:
        """All that moved a weight counts: decay as well as the gradient's step."""
        if self._old:
            moved = {name: self._parameters[name].detach() - old for name, old in self._old.items()}
            self._noted["moved"] = self._norms(moved)
            self._noted["size"] = self._norms(self._old)
        self._old = {}

    def pack(self, parcel: Parcel) -> None:
        """Hand over what was noted of the last step, once."""
        for name, norms in self._noted.items():
            parcel.put("weights", name, norms)
        self._noted = {}

    def gradients(self, found: Mapping[str, Floats]) -> dict[str, tuple[float, float]]:
        """Weight -> norm of its gradient before and after clipping."""
        before = found.get("before")
        if before is None:
            return {}
        after = found.get("after", before)
        return {n: (float(b), float(a)) for n, b, a in zip(self._names(), before, after, strict=True)}

    def updates(self, found: Mapping[str, Floats]) -> dict[str, float]:
        """Weight -> ‖what it moved by‖ / ‖what it was‖; a weight of zeros has none."""
        if "moved" not in found:
            return {}
        sizes = zip(self._names(), found["moved"], found["size"], strict=True)
        return {name: float(moved / size) for name, moved, size in sizes if size > 0}

    def _names(self) -> list[str]:
        return [weight_name(w) for w in self._weights]

    def _gradients(self) -> Tensor:
        zero = next(iter(self._parameters.values())).new_zeros(1)
        grads = {name: p.grad.detach() for name, p in self._parameters.items() if p.grad is not None}
        return self._stacked([norm(part_of(grads, w) if w.tensor in grads else zero) for w in self._weights])

    def _norms(self, tensors: Mapping[str, Tensor]) -> Tensor:
        return self._stacked([norm(part_of(tensors, w)) for w in self._weights])

    def _stacked(self, norms: Sequence[Tensor]) -> Tensor:
        return torch.stack(list(norms)) if norms else torch.zeros(0)
