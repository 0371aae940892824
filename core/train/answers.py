"""What a trained model answers to one example, held out or typed: beside the truth, with how probable the truth was at
each step, and with where attention looked. A model with teachers answers by itself, hearing only what it said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.compile.program import Argument, Output, Program
from core.data.dataset import Array, Batch
from core.data.vocabulary import END
from core.specs.sig import Sig
from core.train.examples import asked, lengths_of, tensor_of
from core.train.forcing import told
from core.train.messages import Floats

if TYPE_CHECKING:
    from torch import Tensor, nn

MOST_MAPS = 12


@dataclass(frozen=True)
class Signal:
    """One value of one example, without padding: symbols as ids (*axes), numbers as (*axes, size). `shares` (*axes, V) are
    the probabilities a symbol was chosen by, or of the bits."""

    name: str
    sig: Sig
    values: Array
    symbols: tuple[str, ...] = ()
    shares: Floats | None = None


@dataclass(frozen=True)
class Said:
    """One answer of the model. `losses`: of the truth at each step, where there is one; for symbols that is -ln p."""

    said: Signal
    true: Signal | None = None
    losses: Floats | None = None
    kind: str = ""  # of the loss


@dataclass(frozen=True)
class Answer:
    """`maps`: label -> (T, S) weights with which attention read."""

    given: tuple[Signal, ...]
    answers: tuple[Said, ...]
    maps: Mapping[str, Floats]


@dataclass(frozen=True)
class Trained:
    """A program and its twin with their modules, sharing weights."""

    program: Program
    module: nn.Module
    twin: Program | None = None
    twin_module: Any = None


def trained(program: Program, module: nn.Module, twin: Program | None) -> Trained:
    """A trained module, with a twin that looks into it."""
    from core.train.module import make, share

    return Trained(program, module, twin, None if twin is None else share(make(twin), module).eval())


def answer(model: Trained, batch: Batch, steps: int = 0) -> Answer:
    """What the model says to an example. `steps`: how long it may go on where nothing in the input says so; 0 takes the
    length of the truth."""
    from core.train.module import answering

    program = model.program
    inputs, lengths = asked(program, batch)
    free = _free(program, batch, steps)
    with answering(model.module):
        outputs, _ = model.module(*inputs, lengths=lengths, **free)
        losses = _losses(model, batch, inputs, outputs)
        heard = _heard(program, outputs)
        maps = {} if heard is None else _maps(model, inputs, lengths, heard)
    given = tuple(_given(a, batch) for a in program.inputs)
    said = tuple(_stopped(program, _said(program, o, outputs, batch, losses), outputs) for o in judged(program))
    return Answer(given, said, {name: _spoken(program, rows, said) for name, rows in maps.items()})


def judged(program: Program) -> tuple[Output, ...]:
    """The outputs that have an answer, else all."""
    return tuple(o for o in program.outputs if o.target) or program.outputs


def _free(program: Program, batch: Batch, steps: int) -> dict[str, Any]:
    """What a model with teachers takes besides to answer by itself. Where all of the truth is there, so are its steps."""
    fields = {t.field.name for t in program.teachers}
    if steps or not fields <= batch.arrays.keys():
        return {"steps": steps or 1} if fields else {}
    return told(program, {name: tensor_of(batch.arrays[name]) for name in fields}, 0.0)


def _losses(model: Trained, batch: Batch, inputs: list[Tensor], outputs: dict[str, Tensor]) -> dict[str, Floats]:
    """The loss of the truth at each step, by output; a model with teachers hears the truth for it."""
    program = model.program
    if not program.targets or any(a.field.name not in batch.arrays for a in program.targets):
        return {}
    answers = [tensor_of(batch.arrays[a.field.name]) for a in program.targets]
    lengths = lengths_of(batch)
    if program.teachers:
        truth = {t.name: tensor_of(batch.arrays[t.field.name]) for t in program.teachers}
        outputs, _ = model.module(*inputs, lengths=lengths, truth=truth)
    _, parts = model.module.loss(outputs, *answers, lengths=lengths)  # type: ignore[operator]
    made = {op.output.id: op for op in program.ops}
    compared = [made[op.inputs[0]] for op in program.ops if op.name == "reduce_loss"]
    asked = [(op.name, {made[i].attrs.get("field") for i in op.inputs if made[i].name == "target"}) for op in compared]
    names = [
        next((o.name for o in program.outputs if o.loss == kind and o.target in fields), "") for kind, fields in asked
    ]
    return {name: part[0].float().numpy() for name, part in zip(names, parts.values(), strict=True)}


def _heard(program: Program, outputs: Mapping[str, Tensor]) -> dict[str, Any] | None:
    """What a model with teachers that answered by itself heard, as a truth to be told: the symbols it chose, or its numbers.
    None where something it heard did not leave the model."""
    if not all(t.said in outputs for t in program.teachers):
        return None
    symbols = {o.name for o in program.outputs if o.loss == "cross_entropy"}
    said = {t.name: outputs[t.said] for t in program.teachers}
    truth = {t.name: said[t.name].argmax(-1) if t.said in symbols else said[t.name] for t in program.teachers}
    return {"truth": truth} if truth else {}


def _spoken(program: Program, rows: Floats, said: Sequence[Said]) -> Floats:
    """The rows of what was said: a model with teachers goes on beyond its end until all steps are made."""
    return rows[: max((len(s.said.values) for s in said), default=len(rows))] if program.teachers else rows


def _maps(model: Trained, inputs: list[Tensor], lengths: Any, heard: dict[str, Any]) -> dict[str, Floats]:
    """Every value over two time axes that is one number at each place, such as attention weights. `heard`: what a model
    with teachers said by itself; told that, its twin does what it did."""
    if model.twin is None:
        return {}
    points = [p for p in model.twin.probes if len(p.sig.axes) == 2 and p.sig.kind == "scalar"][:MOST_MAPS]
    if not points:
        return {}
    taps: dict[str, list[Tensor]] = {}
    model.twin_module(*inputs, lengths=lengths, taps=taps, **heard)
    from core.train.taps import along

    found = {}
    extents = {"B": 1}  # attention runs over time: grids are not looked at here
    for point in points:
        if steps := taps.get(point.key):
            whole = along(steps, point, extents, ())[0]
            ends = [
                int(lengths[a][0]) if lengths and a in lengths else n
                for a, n in zip(point.sig.axes, whole.shape, strict=True)
            ]
            found[point.label or point.key] = whole[: ends[0], : ends[1]].float().numpy()
    return found


def _cut(array: Array, sig: Sig, batch: Batch) -> Array:
    """One example's value without its padding."""
    places = tuple(slice(int(batch.lengths[a][0])) if a in batch.lengths else slice(None) for a in sig.axes)
    return array[places]


def _given(argument: Argument, batch: Batch) -> Signal:
    f = argument.field
    return Signal(f.name, f.sig, _cut(batch.arrays[f.name][0], f.sig, batch), f.vocabulary or ())


def _said(
    program: Program, output: Output, outputs: Mapping[str, Tensor], batch: Batch, losses: Mapping[str, Floats]
) -> Said:
    field = next((a.field for a in program.targets if a.field.name == output.target), None)
    symbols = (field.vocabulary or ()) if field is not None else ()
    raw = outputs[output.name][0].double()
    there = field is not None and field.name in batch.arrays
    free = bool(program.teachers) or not there
    said = _read(output, raw.numpy(), symbols)
    own = said if free else _trimmed(said, batch)
    if not there or field is None:
        return Said(_until_end(own), kind=output.loss)
    true = Signal(field.name, field.sig, _cut(batch.arrays[field.name][0], field.sig, batch), symbols)
    cost = losses.get(output.name)
    cut = None if cost is None else _cut(cost, output.sig, batch)
    return Said(_until_end(own) if free else own, true, cut, output.loss)


def _read(output: Output, raw: Floats, symbols: tuple[str, ...]) -> Signal:
    """Symbols are the most probable ones, bits the likelier ones, numbers themselves."""
    if output.loss == "cross_entropy":
        shares = np.exp(raw - raw.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        return Signal(
            output.name, replace(output.sig, kind="tokens"), raw.argmax(-1), symbols, shares.astype(np.float32)
        )
    if output.loss == "bce":
        shares = 1 / (1 + np.exp(-raw))
        return Signal(output.name, output.sig, (raw > 0).astype(np.float32), (), shares.astype(np.float32))
    return Signal(output.name, output.sig, raw)


def _trimmed(signal: Signal, batch: Batch) -> Signal:
    shares = None if signal.shares is None else _cut(signal.shares, signal.sig, batch)
    return replace(signal, values=_cut(signal.values, signal.sig, batch), shares=shares)


def _until_end(signal: Signal) -> Signal:
    """What was said up to the first <end>, which is the last symbol shown."""
    if signal.values.ndim != 1 or END not in signal.symbols:
        return signal
    stops = np.flatnonzero(signal.values == signal.symbols.index(END))
    if not len(stops):
        return signal
    stop = int(stops[0]) + 1
    return replace(signal, values=signal.values[:stop], shares=None if signal.shares is None else signal.shares[:stop])


def _stopped(program: Program, said: Said, outputs: Mapping[str, Tensor]) -> Said:
    """What runs over the answer's time only as far as a stop output of the model's own lets it."""
    axes = next((t.field.sig.axes for t in program.teachers), ())
    if program.stop is None or not axes or said.said.sig.axes != axes:
        return said
    from core.train.judged import stops_after

    after = int(stops_after(program.stop, outputs)[0])
    signal = said.said
    shares = None if signal.shares is None else signal.shares[:after]
    return replace(said, said=replace(signal, values=signal.values[:after], shares=shares))


def spelt(signal: Signal) -> Iterator[str]:
    """The symbols of a sequence of them; a padding id (-1) is shown as a gap."""
    for i in np.atleast_1d(signal.values).reshape(-1):
        yield signal.symbols[int(i)] if 0 <= int(i) < len(signal.symbols) else "·"
