"""Which number went bad first: the weights, a value on the way forward, or a gradient on the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from core.compile.program import DrawnWeight, Output, ProbePoint, Program
from core.data.dataset import Batch
from core.problems import Place, Problem, filled
from core.words import Text

if TYPE_CHECKING:
    from torch import Tensor

    from core.train.learner import Learner, States

LOWER = Text("Lower the learning rate, clip the gradient by norm, or start the weights smaller.",
             "Baje la tasa de aprendizaje, recorte el gradiente por norma o inicialice con pesos menores.")  # fmt: skip
DATA = Text("Look at the data of this field, or at what the node divides by or takes the logarithm of.",
            "Revise los datos de este campo, o por qué divide el nodo y de qué toma logaritmo.")  # fmt: skip


def blame(learner: Learner, batch: Batch, state: States | None, loss: float) -> Problem:
    """The Problem for a step whose loss or gradient is not finite. Weights are those before the step."""
    program, step = learner.job.program, learner.step + 1
    if loss != loss and (short := _all_skipped(program, batch)) is not None:
        return _skipped(program.called(short[0].path), *short)
    weights = dict(learner.module.named_parameters())
    bad = next(_bad_weights(program, weights), None)
    if bad is not None:
        return _weight(step, program, bad)
    point = _first_bad_value(learner, batch, state)
    if point is not None:
        return _value(step, *point)
    if loss == loss and abs(loss) != float("inf"):
        grads = {name: p.grad for name, p in weights.items() if p.grad is not None}
        worst = next(_bad_weights(program, grads), None)
        return _gradient(step, program, worst)
    return _loss(step, loss)


def _all_skipped(program: Program, batch: Batch) -> tuple[Output, int] | None:
    """An output whose loss skips every step there is, and how many there are: the mean of nothing is no number."""
    for o in program.outputs:
        if o.skip and o.sig.axes and o.target in batch.arrays:
            there = batch.lengths.get(o.sig.axes[0])
            longest = int(batch.arrays[o.target].shape[1] if there is None else there.max())
            if longest <= o.skip:
                return o, longest
    return None


def _skipped(name: str, output: Output, steps: int) -> Problem:
    return Problem(
        "train.all_skipped",
        filled(
            Text("The loss of {o} skips {n} steps, but the sequences have {t}: nothing is left to learn from.",
                 "La pérdida de {o} omite {n} pasos, pero las secuencias tienen {t}: no queda de qué aprender."),
            o=name, n=output.skip, t=steps,
        ),
        Place(path=output.path, param="skip", label=name),
        Text("Let the loss skip fewer steps, or make the sequences of the data longer.",
             "Haga que la pérdida omita menos pasos, o que las secuencias de los datos sean más largas."),
        got=str(steps),
        expected=f"> {output.skip}",
    )  # fmt: skip


def _bad_weights(program: Program, tensors: Mapping[str, Tensor]) -> Iterator[DrawnWeight]:
    """The drawn weights whose own numbers in `tensors` (weights or gradients by state_dict name) are not finite."""
    for w in program.weights:
        tensor = tensors.get(w.tensor)
        if tensor is not None and not bool(slice_of(tensor, w).isfinite().all()):
            yield w


def slice_of(tensor: Tensor, w: DrawnWeight) -> Tensor:
    """The part of a packed tensor that is this drawn weight."""
    rows = tensor[slice(*w.rows)] if w.rows else tensor
    return rows[:, slice(*w.columns)] if w.columns else rows


def _first_bad_value(learner: Learner, batch: Batch, state: States | None) -> tuple[ProbePoint, int] | None:
    """The first probe point, earliest step first, whose value is not finite; read from the twin on the same batch."""
    twin = learner.twin()
    if twin is None or learner.job.twin is None:
        return None
    taps: dict[str, list[Tensor]] = {}
    learner.look(twin, batch, state, taps)
    found: list[tuple[int, int, ProbePoint]] = []
    for order, point in enumerate(learner.job.twin.probes):
        step = first_bad_step(taps.get(point.key, []), point.in_scan)
        if step is not None:
            found.append((step, order, point))
    if not found:
        return None
    step, _, point = min(found, key=lambda f: f[:2])
    return point, step


def first_bad_step(values: list[Tensor], in_scan: bool) -> int | None:
    """The first step at which a tapped value is not finite."""
    if in_scan:
        return next((t for t, v in enumerate(values) if not bool(v.isfinite().all())), None)
    for v in values:
        if v.is_floating_point() and not bool(v.isfinite().all()):
            if v.dim() < 3:
                return 0
            return int((~v.isfinite()).any(-1).any(0).flatten().long().argmax())
    return None


def _value(step: int, point: ProbePoint, t: int) -> Problem:
    label = point.label or point.key
    return Problem(
        "train.not_finite",
        filled(Text("At step {step} the value of {what} is not a finite number, first at position {t} of the sequence.",
                    "En el paso {step} el valor de {what} no es un número finito, primero en la posición {t} de la secuencia."),
               step=step, what=label, t=t + 1),
        Place(path=point.path, port=point.port, label=label),
        DATA if len(point.path) == 1 and t == 0 and step == 1 else LOWER,
        got="nan/inf",
        details={"step": str(step), "key": point.key},
    )  # fmt: skip


def _weight(step: int, program: Program, w: DrawnWeight) -> Problem:
    name = f"{program.called(w.path)} {w.name}"
    return Problem(
        "train.not_finite",
        filled(Text("Before step {step} the weight {what} is no longer finite: the last update was too large.",
                    "Antes del paso {step} el peso {what} ya no es finito: la última actualización fue demasiado grande."),
               step=step, what=name),
        Place(path=w.path, param=w.name, label=name),
        LOWER,
        got="nan/inf",
        details={"step": str(step), "weight": name},
    )  # fmt: skip


def _gradient(step: int, program: Program, w: DrawnWeight | None) -> Problem:
    name = f"{program.called(w.path)} {w.name}" if w is not None else ""
    what = Text(name, name) if name else Text("the whole model", "todo el modelo")
    return Problem(
        "train.not_finite",
        filled(Text("At step {step} the loss is finite but the gradient of {what} is not.",
                    "En el paso {step} la pérdida es finita, pero el gradiente de {what} no."), step=step, what=what),
        Place(path=w.path if w else (), param=w.name if w else "", label=name or "training"),
        LOWER,
        got="nan/inf",
        details={"step": str(step), "weight": name},
    )  # fmt: skip


def _loss(step: int, loss: float) -> Problem:
    return Problem(
        "train.not_finite",
        filled(
            Text("At step {step} the loss is {loss}.", "En el paso {step} la pérdida es {loss}."), step=step, loss=loss
        ),
        Place(label="loss"),
        LOWER,
        got=str(loss),
        details={"step": str(step)},
    )
