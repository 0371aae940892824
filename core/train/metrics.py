"""How well a model answers, summed batch by batch: each metric is one row of a table. Padding never counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.compile.program import Output, Program
from core.data.dataset import Array
from core.problems import Place, Problem, Refused
from core.train import score_numbers as of_numbers
from core.train import score_symbols as of_symbols
from core.train.judged import Judged, mask_of, stops_after
from core.train.measures import MEASURES, present
from core.train.messages import Floats
from core.words import Text

Sums = NDArray[np.float64]
NOTHING: Mapping[str, Array] = MappingProxyType({})
LEGAL = "legal"  # a field (B, *axes, size) of 0 and 1: which symbols may come; read where the data has it
Scored = tuple[str, Callable[..., Tensor]]  # an output and what it was scored by


@dataclass(frozen=True)
class Metric:
    """`score` gives sums over one output, or, `together`, over all of them; the metric is `finish` of the sums added up.
    `ends`: what ends a text is judged too, not the text alone."""

    score: Callable[..., Tensor]
    finish: Callable[[Sums], float]
    together: bool = False
    ends: bool = False


def _mean(sums: Sums) -> float:
    total, count = sums
    return float(total / count) if count else math.nan


def _of_mean(then: Callable[[float], float]) -> Callable[[Sums], float]:
    return lambda sums: then(_mean(sums))


def _power(nats: float) -> float:
    return math.exp(nats) if nats < 700 else math.inf


def _bits(nats: float) -> float:
    return nats / math.log(2)


METRICS: dict[str, Metric] = {
    "accuracy": Metric(of_symbols.accuracy, _mean),
    "exact_match": Metric(of_symbols.exact, _mean, together=True, ends=True),
    "nats": Metric(of_symbols.nats, _mean),
    "bits_per_char": Metric(of_symbols.nats, _of_mean(_bits)),
    "bits_per_word": Metric(of_symbols.nats, _of_mean(_bits)),
    "perplexity": Metric(of_symbols.nats, _of_mean(_power)),
    "length_error": Metric(of_symbols.length_error, _mean, ends=True),
    "bleu": Metric(of_symbols.bleu, of_symbols.bleu_of),
    "chrf": Metric(of_symbols.chrf, of_symbols.chrf_of),
    "legal_sets": Metric(of_symbols.legal_sets, _mean),
    "frame_nll": Metric(of_symbols.frame_nll, _mean),
    "mse": Metric(of_numbers.squares, _mean),
    "rmse": Metric(of_numbers.squares, _of_mean(math.sqrt)),
    "mae": Metric(of_numbers.distances, _mean),
    "within_004": Metric(of_numbers.near, _mean),
    "right_sign": Metric(of_numbers.signs, _mean),
    "nmse": Metric(of_numbers.moments, of_numbers.normalised),
    "nrmse": Metric(of_numbers.moments, lambda sums: math.sqrt(of_numbers.normalised(sums))),
    "nrmse84": Metric(of_numbers.last_moments, of_numbers.normalised_last),
    "nrmse_last": Metric(of_numbers.last_moments, of_numbers.normalised_last),
    "memory_capacity": Metric(of_numbers.correlations, of_numbers.capacity),
}


def usable(names: Sequence[str], program: Program) -> tuple[str, ...]:
    """Those of the metrics that some output of the program can be judged by."""
    kinds = {o.loss for o in program.outputs if o.target}
    return tuple(n for n in dict.fromkeys(map(present, names)) if n in METRICS and kinds & set(MEASURES[n].losses))


class Scores:
    """Sums of a set of metrics over batches. `loss` is always among them; `names` are `usable` ones. `free`: the model
    heard only itself, so it spoke at every step, also where its answer has ended, unless a stop output of its own ends what
    it writes. `tables`: confusion matrices too.
    `variances`: target field -> (size,) what its normalised errors are divided by, where the data states it."""

    def __init__(
        self,
        program: Program,
        names: Sequence[str],
        free: bool = False,
        tables: bool = False,
        variances: Mapping[str, Array] = NOTHING,
    ) -> None:
        self._names = names
        self._variances = variances
        self._free, self._tables = free, tables
        self._judged = [o for o in program.outputs if o.loss and o.target]
        self._length = program.stop.output if program.stop and program.stop.kind == "length" else ""
        said = {t.said for t in program.teachers}
        self._written = [o.name for o in self._judged if o.loss == "cross_entropy" and o.name in said]
        self._stop = program.stop if self._written else None
        self._words = {a.field.name: a.field.vocabulary or () for a in program.targets}
        self._summed = any(op.attrs.get("over") == "sum" for op in program.ops if op.name == "reduce_loss")
        self._sums: dict[str, dict[str, Tensor]] = {}
        self._confused: dict[str, Tensor] = {}

    @torch.no_grad()
    def add(
        self,
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
        lengths: Mapping[str, Tensor] | None,
        loss: Tensor,
        parts: Mapping[str, Tensor],
    ) -> None:
        """One batch: `targets` by field name (with `legal`, where the data has it), `loss` and `parts` as the program
        gave them."""
        after = stops_after(self._stop, outputs) if self._stop and self._free else None
        cases = {o.name: self._case(o, outputs[o.name], targets, lengths, after) for o in self._judged}
        self._add_loss(loss, cases)
        done = self._known(cases, parts)
        for name in self._names:
            score = METRICS[name].score
            fits = [o for o in self._judged if o.loss in MEASURES[name].losses]
            judged = [o for o in fits if METRICS[name].ends or not self._ends(o)]
            if METRICS[name].together:
                self._put(name, "", score(*(cases[o.name] for o in judged)))
                continue
            for o in judged:
                key = (o.name, score)
                if key not in done:
                    done[key] = score(cases[o.name])
                self._put(name, o.name, done[key])
        for o in self._judged if self._tables else ():
            if o.loss == "cross_entropy" and cases[o.name].prediction.shape[-1] <= of_symbols.TABLE_LIMIT:
                found = of_symbols.confusion(cases[o.name])
                self._confused[o.name] = self._confused.get(o.name, 0) + found

    def _ends(self, o: Output) -> bool:
        return self._stop is not None and o.name == self._stop.output

    def _put(self, name: str, output: str, sums: Tensor) -> None:
        """A mean is taken over all outputs together; what is more than a total and a count stays each output's own."""
        held = self._sums.setdefault(name, {})
        place = "" if sums.shape == (2,) else output
        held[place] = held[place] + sums if place in held else sums

    def _known(self, cases: Mapping[str, Judged], parts: Mapping[str, Tensor]) -> dict[Scored, Tensor]:
        """What need not be computed again: a single cross-entropy is the loss that was trained on."""
        if len(self._judged) == len(parts) == 1 and self._judged[0].loss == "cross_entropy":
            (name,), (part,) = cases, parts.values()
            return {(name, of_symbols.nats): of_symbols.pair(part.detach().sum(), cases[name].mask.sum())}
        return {}

    def _add_loss(self, loss: Tensor, cases: Mapping[str, Judged]) -> None:
        """A mean over positions weighs a batch by its positions, a sum over time by its sequences."""
        case = next(iter(cases.values()), None)
        mask = torch.ones(1, device=loss.device) if case is None else case.mask
        weight = torch.tensor(mask.shape[0], device=mask.device) if self._summed else mask.sum()
        self._put("loss", "", of_symbols.pair(loss.detach().double() * weight, weight))

    def _case(
        self,
        o: Output,
        prediction: Tensor,
        targets: Mapping[str, Tensor],
        lengths: Mapping[str, Tensor] | None,
        after: Tensor | None,
    ) -> Judged:
        target, legal = targets[o.target], targets.get(LEGAL)
        until = None if self._free else lengths
        if after is not None and o.name in self._written:
            until = {o.sig.axes[0]: after}
        said = mask_of(o.sig, prediction, until)
        mask = mask_of(o.sig, prediction, lengths, o.skip)
        mask = mask if target.is_floating_point() else mask & (target >= 0)
        fits = legal is not None and legal.shape == prediction.shape
        stated = self._variances.get(o.target)
        variance = None if stated is None else torch.as_tensor(stated).to(prediction.device)
        words = self._words.get(o.target, ())
        return Judged(prediction, target, mask, said, words, legal if fits else None, variance, o.name == self._length)

    def read(self) -> dict[str, float]:
        """Metric -> value over everything added; one synchronisation."""
        out: dict[str, list[float]] = {}
        for name, sums in _brought([(name, sums) for name, held in self._sums.items() for sums in held.values()]):
            out.setdefault(name, []).append(METRICS[name].finish(sums) if name in METRICS else _mean(sums))
        return {name: float(np.mean(values)) for name, values in out.items()}

    def tables(self) -> dict[str, Floats]:
        """Output -> confusion matrix (V, V): rows what was right, columns what was most probable."""
        return {
            name: counts.reshape(round(math.sqrt(len(counts))), -1).float().cpu().numpy()
            for name, counts in self._confused.items()
        }


def _brought(rows: Sequence[tuple[str, Tensor]]) -> list[tuple[str, Sums]]:
    """The sums as arrays, fetched from the device all at once."""
    if not rows:
        return []
    flat = torch.cat([sums.double().reshape(-1) for _, sums in rows]).cpu().numpy()
    ends = np.cumsum([sums.numel() for _, sums in rows])[:-1]
    return [(name, part.reshape(sums.shape)) for (name, sums), part in zip(rows, np.split(flat, ends), strict=True)]


def check_metric(setting: str, name: str, names: tuple[str, ...]) -> None:
    """Raises Refused where a run is to stop on a metric, or to keep its best weights by one, that it does not compute."""
    known = ("loss", *names)
    if name and present(name) not in known:
        there = ", ".join(known)
        raise Refused(
            Problem(
                f"train.{setting}",
                Text(f"This run does not compute {name!r}, so nothing can be judged by it.",
                     f"Este entrenamiento no calcula {name!r}: no se puede juzgar nada por ella."),
                Place(param=setting, label=f"training.{setting}"),
                Text(f"It computes: {there}.", f"Calcula: {there}."),
                got=name,
                expected=there,
            )
        )  # fmt: skip
