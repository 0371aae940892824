"""Decides where the numbers of every drawn weight live: in torch's recurrent modules, packed products, or alone."""

from __future__ import annotations

from collections.abc import Iterable

from core.compile.fuse import Fused, drawn_rows
from core.compile.match import Match
from core.compile.names import Names, stem
from core.compile.plan import (
    FusedStep,
    PackedStep,
    Part,
    Piece,
    ScanStep,
    Storage,
    WeightKey,
    borrows,
    number,
    weight_key,
)
from core.specs.ops import Op, Weight

ALONE = {"linear": "linear", "embedding": "embedding", "layer_norm": "layer_norm"}


class _Build:
    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.pieces: dict[WeightKey, tuple[Piece, ...]] = {}
        self.drawn: dict[WeightKey, Weight] = {}

    def put(self, weight: Weight, piece: Piece) -> None:
        self.pieces[weight_key(weight)] = (piece,)
        self.drawn[weight_key(weight)] = weight


def storage(fused: Fused, names: Names) -> Storage:
    """Parts in the order of the steps, a piece for every weight."""
    build = _Build()
    by_id = {op.output.id: op for op in fused.ops}
    for step in fused.steps:
        match step:
            case FusedStep():
                _recurrent(build, step, fused.matches[step.module], by_id)
            case PackedStep():
                _packed(build, step)
            case ScanStep():
                _alone(build, step.delays, names)
                for op in step.ops:
                    pack = next((p for p in step.packs if op in p.ops), None)
                    if pack is None:
                        _alone(build, (op,), names)
                    elif op == pack.ops[0]:
                        _packed(build, pack)
            case _:
                _alone(build, (step.op,), names)
    for op in fused.ops:
        if borrows(op):
            _borrowed(build, op, names)
    _join(build, fused)
    return Storage(tuple(build.parts), build.pieces, build.drawn)


def _recurrent(build: _Build, step: FusedStep, found: Match, by_id: dict[int, Op]) -> None:
    size, module = step.size, step.module
    weights = {weight_key(w): w for v in step.ops for w in by_id[v].weights}
    widths = [number(by_id[v].output.sig.size) for v in step.sources]
    for n, gate in enumerate(found.gates):
        rows = (n * size, (n + 1) * size)
        at = 0
        for (_, given), width in zip(gate.inputs, widths, strict=True):
            columns = (at, at + width) if len(widths) > 1 else None
            build.put(weights[given], Piece(f"{module}.weight_ih_l0", rows, columns))
            at += width
        build.put(weights[gate.recurrent], Piece(f"{module}.weight_hh_l0", rows))
        if gate.input_bias:
            build.put(weights[gate.input_bias], Piece(f"{module}.bias_ih_l0", rows))
        if gate.recurrent_bias:
            build.put(weights[gate.recurrent_bias], Piece(f"{module}.bias_hh_l0", rows))
    for op in step.delays:
        for w in op.weights:
            name = f"{module}_{'c' if op is step.delays[-1] and len(step.delays) == 2 else 'h'}0"
            build.parts.append(Part(name, "parameter", _shape(w), path=op.path))
            build.put(w, Piece(name))
    biased = any(g.input_bias or g.recurrent_bias for g in found.gates)
    held: list[str] = []
    partly: list[tuple[str, int, int]] = []
    for tensor, which in (("bias_ih_l0", "input_bias"), ("bias_hh_l0", "recurrent_bias")):
        start, stop = drawn_rows(found, which)
        if biased and stop == 0:
            held.append(tensor)
        elif biased and stop - start < len(found.gates):
            partly.append((tensor, start * size, stop * size))
    build.parts.append(
        Part(
            module,
            found.kind,
            (sum(widths), size),
            biased,
            step.path,
            tuple(held),
            drawn_rows=tuple(partly),
            reads=step.sources,
            makes=step.hidden,
        )
    )


def _packed(build: _Build, pack: PackedStep) -> None:
    at = 0
    width = number(pack.ops[0].weights[0].shape[1])
    for op in pack.ops:
        height = number(op.weights[0].shape[0])
        build.put(op.weights[0], Piece(f"{pack.module}.weight", (at, at + height)))
        for bias in op.weights[1:]:
            build.put(bias, Piece(f"{pack.module}.bias", (at, at + height)))
        at += height
    first = pack.ops[0]
    build.parts.append(
        Part(
            pack.module,
            "linear",
            (width, at),
            len(first.weights) > 1,
            first.path,
            fixed=_fixed(first),
            reads=first.inputs,
        )
    )


def _alone(build: _Build, ops: Iterable[Op], names: Names) -> None:
    for op in ops:
        if not op.weights or borrows(op) or weight_key(op.weights[0]) in build.pieces:
            continue
        name = names.fresh(stem(op.path))
        first = op.weights[0]
        if op.name == "linear":
            build.parts.append(
                Part(
                    name,
                    "linear",
                    _shape(first)[::-1],
                    len(op.weights) > 1,
                    op.path,
                    fixed=_fixed(op),
                    reads=op.inputs[:1],
                    makes=op.output.id,
                )
            )
        elif op.name in ALONE:
            build.parts.append(
                Part(
                    name,
                    ALONE[op.name],
                    _shape(first),
                    len(op.weights) > 1,
                    op.path,
                    fixed=_fixed(op),
                    reads=op.inputs[:1],
                    makes=op.output.id,
                )
            )
        else:
            build.parts.append(Part(name, "parameter", _shape(first), path=op.path, fixed=_fixed(op), makes=_made(op)))
            build.put(first, Piece(name))
            continue
        for weight, tensor in zip(op.weights, ("weight", "bias"), strict=False):
            build.put(weight, Piece(f"{name}.{tensor}"))


def _borrowed(build: _Build, op: Op, names: Names) -> None:
    """What a borrower has of its own (a bias), and its table where the owner itself is not used."""
    for n, weight in enumerate(op.weights):
        if weight_key(weight) not in build.pieces:
            name = names.fresh(stem(weight.path, weight.name if n else ""))
            build.parts.append(
                Part(
                    name,
                    "parameter",
                    _shape(weight),
                    path=weight.path,
                    fixed=() if weight.trainable else (weight.name,),
                )
            )
            build.put(weight, Piece(name))


def _made(op: Op) -> int | None:
    """A learned start has the size of its delay, which has its own name."""
    return None if op.name == "delay" else op.output.id


def _fixed(op: Op) -> tuple[str, ...]:
    """The tensors of an op that are not trained."""
    return tuple(t for w, t in zip(op.weights, ("weight", "bias"), strict=False) if not w.trainable)


def _join(build: _Build, fused: Fused) -> None:
    """Weights that were split get all their pieces under their drawn name as well."""
    whole: dict[WeightKey, list[Piece]] = {}
    for (path, name), (weight, columns) in fused.split.columns.items():
        piece = build.pieces.get((path, name))
        if piece:
            p = piece[0]
            whole.setdefault(weight_key(weight), []).append(Piece(p.tensor, p.rows, p.columns, columns))
    for key, pieces in whole.items():
        build.pieces[key] = tuple(sorted(pieces, key=lambda p: p.of or (0, 0)))


def _shape(weight: Weight) -> tuple[int, ...]:
    return tuple(number(s) for s in weight.shape)
