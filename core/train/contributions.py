"""What each step of time adds to the gradient of a weight: dL/dW = Σ_t δ_t x_tᵀ.

The unrolled network has T copies of a weight that happen to be equal. While a `Copies` watches a forward, each copy is
a tensor of its own to autograd, which then tells the gradient of every copy apart; nothing is assumed of the operation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from core.compile.program import DrawnWeight
from core.specs.ops import Pattern

CLOSE = 1e-3  # how far the contributions may sum from the gradient, as a share of it; float32 errors are far below


def timed(weight: DrawnWeight) -> bool:
    """Whether a weight of the twin is read at steps that follow each other: inside a loop, or along one axis."""
    return weight.in_scan or len(weight.along) == 1


@dataclass(frozen=True)
class _Use:
    """One operation that read a weight. `copy`: the weight as this operation knew it, in place `at` of its arguments.
    `whole`: it ran over all of time at once."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    at: int
    copy: Tensor
    result: Tensor
    whole: bool


class Copies(TorchFunctionMode):
    """Watches a forward for the uses of some weights. `weights`: a name and the very tensor (or view) that is read; those
    `inside` are read in loops alone, a step at a time.

    Values are the same with and without; only the way that gradients take is split. `sources` are what the total is to be
    derived by, `steps` what each step contributes once those gradients are known.
    """

    def __init__(self, weights: Mapping[str, Tensor], inside: Collection[str] = ()) -> None:
        super().__init__()
        self._inside = frozenset(inside)
        self._names = {_place(part): name for name, part in weights.items() if part.requires_grad}
        self._uses: dict[str, list[_Use]] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        options = kwargs or {}
        copies: dict[int, Tensor] = {}
        for at, given in enumerate(args):
            if isinstance(given, Tensor) and _place(given) in self._names:
                copies[at] = given.view_as(given)
        if not copies:
            return func(*args, **options)
        own = tuple(copies.get(at, given) for at, given in enumerate(args))
        result = func(*own, **options)
        if not isinstance(result, Tensor) or not result.requires_grad:
            return result  # asked for its kind, not for its numbers
        if _same_memory(result, next(iter(copies.values()))):
            return result  # a view of the weight: whoever reads that uses it
        for at, copy in copies.items():
            name = self._names[_place(copy)]
            self._uses.setdefault(name, []).append(
                _Use(func, own, options, at, copy, result, self._whole(name, result))
            )
        return result

    def _whole(self, name: str, result: Tensor) -> bool:
        """Whether this is (B, T, ...); at one step it would be (B, size), or (B, S, ...) where a loop looks at all of another
        axis. An embedding may be read outside a loop and its tied output inside one: then the axes alone tell."""
        return result.dim() > 2 and name not in self._inside

    @property
    def sources(self) -> list[Tensor]:
        return [use.result if use.whole else use.copy for uses in self._uses.values() for use in uses]

    def steps(self, gradients: Sequence[Tensor | None]) -> dict[str, list[Tensor]]:
        """Of each weight, in the order of its steps, the share (its shape) that each adds to the gradient; where one
        operation of several reads it at a step, their sum. `gradients` belong to `sources`."""
        found = iter(gradients)
        out: dict[str, list[Tensor]] = {}
        for name, uses in self._uses.items():
            lanes: dict[Callable[..., Any], list[Tensor]] = {}
            for use in uses:
                gradient = next(found)
                lane = lanes.setdefault(use.function, [])
                if use.whole:
                    lane += self._apart(use, gradient)
                else:
                    lane.append(torch.zeros_like(use.copy) if gradient is None else gradient)
            if len({len(lane) for lane in lanes.values()}) == 1:
                out[name] = [torch.stack(same).sum(0) for same in zip(*lanes.values(), strict=True)]
        return out

    def _apart(self, use: _Use, gradient: Tensor | None) -> list[Tensor]:
        """The steps of an operation that ran over all of time at once: it is done again for each of them."""
        front = use.result.shape[:2]
        if gradient is None:
            return [torch.zeros_like(use.copy) for _ in range(front[1])]
        weight = use.copy.detach().requires_grad_()
        shares = []
        for t in range(front[1]):
            given = [
                weight if at == use.at else self._at(t, argument, front) for at, argument in enumerate(use.arguments)
            ]
            with torch.enable_grad():
                result = use.function(*given, **use.options)
            shares.append(torch.autograd.grad(result, weight, gradient[:, t])[0])
        return shares

    def _at(self, t: int, argument: Any, front: torch.Size) -> Any:
        if not isinstance(argument, Tensor):
            return argument
        own = argument.detach()
        return own[:, t] if own.shape[:2] == front and _place(argument) not in self._names else own


def curves(shares: Sequence[Tensor], gradient: Tensor, pattern: Pattern | None = None) -> Tensor | None:
    """(3, T): of each step's share its norm, the norm of all shares from that step to the last (as they gather on the way
    back through time), and how far it reaches along the gradient, which sums to the gradient's norm. Structural zeros of a
    `pattern` do not learn. None where the shares do not make up the gradient: nothing is shown that does not add up."""
    whole = torch.stack(list(shares)).flatten(1)
    if pattern is not None:
        whole = whole * torch.tensor(pattern.free(*gradient.shape), device=whole.device).flatten()
    flat = gradient.reshape(-1)
    size = torch.linalg.vector_norm(flat)
    gathered = whole.flip(0).cumsum(0).flip(0)
    if torch.linalg.vector_norm(gathered[0] - flat) > CLOSE * size + 1e-30:
        return None
    reach = whole @ flat / size.clamp(min=1e-30)
    return torch.stack((torch.linalg.vector_norm(whole, dim=1), torch.linalg.vector_norm(gathered, dim=1), reach))


def _place(tensor: Tensor) -> tuple[int, torch.Size, tuple[int, ...]]:
    return tensor.data_ptr(), tensor.shape, tensor.stride()


def _same_memory(a: Tensor, b: Tensor) -> bool:
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()
