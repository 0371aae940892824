"""How well a model answers, summed batch by batch: each metric is one row of a table. Padding never counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from core.compile.program import Output, Program
from core.problems import Place, Problem, Refused
from core.specs.sig import Sig
from core.words import Text

Pair = tuple[Tensor, Tensor]  # sum, count
Scored = tuple[str, Callable[[Tensor, Tensor, Tensor], Pair]]  # an output and what it was scored by


@dataclass(frozen=True)
class Metric:
    """`score` gives (sum, count) over one output of a kind of `losses`; the metric is `finish(sum / count)`."""

    losses: tuple[str, ...]
    score: Callable[[Tensor, Tensor, Tensor], Pair]  # prediction, target, mask of valid positions
    finish: Callable[[float], float] = float
    higher_is_better: bool = False


def mask_of(sig: Sig, like: Tensor, lengths: Mapping[str, Tensor] | None) -> Tensor:
    """(B, *axes) bool: the positions of a signal that are no padding."""
    shape = like.shape[: 1 + len(sig.axes)]
    mask = torch.ones(shape, dtype=torch.bool, device=like.device)
    for i, axis in enumerate(sig.axes, start=1):
        if lengths and axis in lengths:
            inside = torch.arange(shape[i], device=like.device) < lengths[axis][:, None]
            mask = mask & inside.view(shape[0], *(shape[i] if k == i else 1 for k in range(1, len(shape))))
    return mask


def _right(prediction: Tensor, target: Tensor) -> Tensor:
    """(B, *axes) bool: the most probable symbol is the right one; for logits of independent bits, all bits are right."""
    if target.is_floating_point():
        return ((prediction > 0) == (target > 0.5)).all(-1)
    return prediction.argmax(-1) == target


def _accuracy(prediction: Tensor, target: Tensor, mask: Tensor) -> Pair:
    return (_right(prediction, target) & mask).sum(), mask.sum()


def _exact(prediction: Tensor, target: Tensor, mask: Tensor) -> Pair:
    whole = (_right(prediction, target) | ~mask).flatten(1).all(1) if mask.dim() > 1 else _right(prediction, target)
    return whole.sum(), torch.tensor(whole.numel(), device=whole.device)


def _nats(prediction: Tensor, target: Tensor, mask: Tensor) -> Pair:
    answer = target.masked_fill(~mask, -100)
    total = functional.cross_entropy(prediction.flatten(0, -2), answer.flatten(), reduction="sum", ignore_index=-100)
    return total, mask.sum()


def _squares(prediction: Tensor, target: Tensor, mask: Tensor) -> Pair:
    return _over_features((prediction - target) ** 2, mask)


def _distances(prediction: Tensor, target: Tensor, mask: Tensor) -> Pair:
    return _over_features((prediction - target).abs(), mask)


def _over_features(errors: Tensor, mask: Tensor) -> Pair:
    kept = errors * mask.unsqueeze(-1)
    return kept.sum(), mask.sum() * errors.shape[-1]


def _power(nats: float) -> float:
    return math.exp(nats) if nats < 700 else math.inf


METRICS: dict[str, Metric] = {
    "accuracy": Metric(("cross_entropy", "bce"), _accuracy, higher_is_better=True),
    "exact_match": Metric(("cross_entropy", "bce"), _exact, higher_is_better=True),
    "nats": Metric(("cross_entropy",), _nats),
    "bits_per_char": Metric(("cross_entropy",), _nats, lambda nats: nats / math.log(2)),
    "bits_per_word": Metric(("cross_entropy",), _nats, lambda nats: nats / math.log(2)),
    "perplexity": Metric(("cross_entropy",), _nats, _power),
    "mse": Metric(("mse",), _squares),
    "rmse": Metric(("mse",), _squares, math.sqrt),
    "mae": Metric(("mse",), _distances),
}


def higher_is_better(name: str) -> bool:
    return name in METRICS and METRICS[name].higher_is_better


def usable(names: tuple[str, ...], program: Program) -> tuple[str, ...]:
    """Those of the metrics that some output of the program can be judged by."""
    kinds = {o.loss for o in program.outputs if o.target}
    return tuple(n for n in dict.fromkeys(names) if n in METRICS and kinds & set(METRICS[n].losses))


class Scores:
    """Sums of a set of metrics over batches. `loss` is always among them; `names` are `usable` ones."""

    def __init__(self, program: Program, names: tuple[str, ...]) -> None:
        self._names = names
        self._judged = [o for o in program.outputs if o.loss and o.target]
        self._summed = any(op.attrs.get("over") == "sum" for op in program.ops if op.name == "reduce_loss")
        self._sums: dict[str, list[Pair]] = {}

    @torch.no_grad()
    def add(
        self,
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
        lengths: Mapping[str, Tensor] | None,
        loss: Tensor,
        parts: Mapping[str, Tensor],
    ) -> None:
        """One batch: `targets` by field name, `loss` and `parts` as the program gave them."""
        masks = {o.name: self._mask(o, outputs[o.name], targets[o.target], lengths) for o in self._judged}
        self._add_loss(loss, masks)
        done = self._known(masks, parts)
        for name in self._names:
            metric = METRICS[name]
            for o in self._judged:
                if o.loss in metric.losses:
                    key = (o.name, metric.score)
                    if key not in done:
                        done[key] = metric.score(outputs[o.name], targets[o.target], masks[o.name])
                    self._sums.setdefault(name, []).append(done[key])

    def _known(self, masks: Mapping[str, Tensor], parts: Mapping[str, Tensor]) -> dict[Scored, Pair]:
        """What need not be computed again: a single cross-entropy is the loss that was trained on."""
        if len(self._judged) == len(parts) == 1 and self._judged[0].loss == "cross_entropy":
            (name,), (part,) = masks, parts.values()
            return {(name, _nats): (part.detach().sum(), masks[name].sum())}
        return {}

    def _add_loss(self, loss: Tensor, masks: Mapping[str, Tensor]) -> None:
        """A mean over positions weighs a batch by its positions, a sum over time by its sequences."""
        mask = next(iter(masks.values()), torch.ones(1, device=loss.device))
        weight = torch.tensor(mask.shape[0], device=mask.device) if self._summed else mask.sum()
        self._sums.setdefault("loss", []).append((loss.detach().double() * weight, weight))

    @staticmethod
    def _mask(output: Output, prediction: Tensor, target: Tensor, lengths: Mapping[str, Tensor] | None) -> Tensor:
        mask = mask_of(output.sig, prediction, lengths)
        return mask if target.is_floating_point() else mask & (target >= 0)

    def read(self) -> dict[str, float]:
        """Metric -> value over everything added; one synchronisation."""
        if not self._sums:
            return {}
        rows = [
            torch.stack([torch.stack([s.double(), n.double()]) for s, n in pairs]).sum(0)
            for pairs in self._sums.values()
        ]
        values = torch.stack(rows).tolist()
        out = {}
        for name, (total, count) in zip(self._sums, values, strict=True):
            mean = total / count if count else math.nan
            out[name] = METRICS[name].finish(mean) if name in METRICS else mean
        return out


def check_stop_metric(name: str, names: tuple[str, ...]) -> None:
    """Raises Refused where a run is to stop on a metric that it does not compute."""
    known = ("loss", *names)
    if name and name not in known:
        there = ", ".join(known)
        raise Refused(
            Problem(
                "train.stop_metric",
                Text(f"This run does not compute {name!r}, so it cannot stop on it.",
                     f"Este entrenamiento no calcula {name!r}: no puede parar por ella."),
                Place(param="stop_metric", label="training.stop_metric"),
                Text(f"It computes: {there}.", f"Calcula: {there}."),
                got=name,
                expected=there,
            )
        )  # fmt: skip
