"""One output of a model beside its answer, as every metric sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.compile.program import Stop
from core.data.vocabulary import END
from core.specs.sig import Sig


@dataclass(frozen=True)
class Judged:
    """`prediction` (B, *axes, size), `target` symbols (B, *axes) or numbers (B, *axes, size), `mask` (B, *axes): what
    counts. `said`: where the model spoke, which in a free run is everywhere, or up to where its own stop output ends it;
    elsewhere it is the mask. `legal`
    (B, *axes, size), where the data knows which symbols are right. `variance` (size,), where the data states what errors
    are divided by; elsewhere it is that of the answers themselves. `says_length`: the symbol is the length of the answer."""

    prediction: Tensor
    target: Tensor
    mask: Tensor
    said: Tensor
    vocabulary: tuple[str, ...] = ()
    legal: Tensor | None = None
    variance: Tensor | None = None
    says_length: bool = False

    def right(self) -> Tensor:
        """(B, *axes) bool: the most probable symbol is said and the right one; of independent bits, all are."""
        if self.target.is_floating_point():
            return ((self.prediction > 0) == (self.target > 0.5)).all(-1)
        return (self.prediction.argmax(-1) == self.target) & self.said

    def sequences(self) -> Iterator[tuple[list[int], list[int]]]:
        """(what was said, what was right) of each sequence, both up to their own `<end>`."""
        end = self.vocabulary.index(END) if END in self.vocabulary else -1
        rows = (self.prediction.argmax(-1), self.said, self.target, self.mask)
        for said, spoken, target, counts in zip(*(r.reshape(len(r), -1).tolist() for r in rows), strict=True):
            yield _until(end, said, spoken), _until(end, target, counts)


def _until(end: int, ids: Sequence[int], counts: Sequence[bool]) -> list[int]:
    kept = [i for i, on in zip(ids, counts, strict=True) if on]
    return kept[: kept.index(end)] if end in kept else kept


def stops_after(stop: Stop, outputs: Mapping[str, Tensor]) -> Tensor:
    """(B,) how many symbols a model writes by its own stop output, each time taking what is likelier: the number predicted, or
    the steps up to the first that says it is the last. Where none does, one more than there are steps."""
    found = outputs[stop.output]
    if stop.kind == "length":
        return (found if found.dim() == 2 else found[:, 0]).argmax(-1)
    yes = found[..., 0] > 0
    return torch.where(yes.any(1), yes.long().argmax(1), yes.shape[1]) + 1


def mask_of(sig: Sig, like: Tensor, lengths: Mapping[str, Tensor] | None, skip: int = 0) -> Tensor:
    """(B, *axes) bool: the positions of a signal that are no padding, nor among the first `skip` steps."""
    shape = like.shape[: 1 + len(sig.axes)]
    mask = torch.ones(shape, dtype=torch.bool, device=like.device)
    for i, axis in enumerate(sig.axes, start=1):
        steps = torch.arange(shape[i], device=like.device)
        if lengths and axis in lengths:
            inside = steps < lengths[axis][:, None]
            mask = mask & inside.view(shape[0], *(shape[i] if k == i else 1 for k in range(1, len(shape))))
        if skip and len(sig.axes) == 1:  # as the loss does
            mask = mask & (steps >= skip)
    return mask
