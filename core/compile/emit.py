"""Writes the module: sizes at the top, `__init__`, the drawn initial values, `forward`, one method per scan, `loss`.

The twin is written by the same code with taps, each op on its own, over the same storage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.compile.begin import write_init, write_reset
from core.compile.context import LOCALS, Carried, Context, Method, local_name, shape
from core.compile.fold import write_fold
from core.compile.forms import stepwise
from core.compile.frame import write_shift_beyond
from core.compile.fuse import unfused
from core.compile.lines import located, write_fused, write_packed, write_shift, write_tap, write_vector
from core.compile.loss import write_loss_body
from core.compile.plan import FusedStep, PackedStep, Plan, ScanStep, Step, VectorStep
from core.compile.scan import write_scan
from core.compile.support.texts import supporting
from core.compile.wave import write_wave
from core.compile.writer import Code, Writer, code, key, listed, lit
from core.graph.model import Path
from core.specs.sig import CHILDREN, GRID, Sig

CLASS = "Model"
OPENING = '''"""A model drawn in Unfold. It needs PyTorch and nothing else."""

import torch
from torch import nn
from torch.nn import functional as F'''


@dataclass(frozen=True)
class Emitted:
    """The text and what its names stand for."""

    source: str
    lines: Mapping[int, Path]
    arguments: Mapping[int, str]  # input or target value -> argument
    results: Mapping[int, str]  # value -> key in the outputs
    states: tuple[Carried, ...]


def emit(plan: Plan, steps: Sequence[Step], taps: Mapping[int, tuple[str, ...]] | None = None) -> Emitted:
    """The module's text. `taps` (twin) are the keys under which each value is shown."""
    ctx = Context(plan, steps, taps)
    forward = [_forward(ctx), *_stepwise(ctx)]
    loss = _assembled(ctx, *write_loss_body(ctx, _write_step))
    methods = [write_init(ctx, CLASS), write_reset(ctx), *forward, *ctx.scans, loss]
    out = Writer()
    out.block(OPENING)
    out.blank()
    ctx.sizes.write(out)
    for text in supporting(ctx.used):
        out.blank(2)
        out.block(text)
    out.blank(2)
    for n, part in enumerate(methods):
        out.blank(1 if n else 0)
        out.extend(part)
    return Emitted(out.text(), out.map(), ctx.arguments, ctx.results, ctx.states)


def _forward(ctx: Context) -> Writer:
    inputs = [op for op in ctx.flow.ops if op.name == "input"]
    method = ctx.new_method(inputs)
    for step in ctx.steps:
        if not ctx.late(step):
            _write_step(ctx, step, method)
    _write_results(ctx, method)
    given = [(method.vars[op.output.id], op.output.sig) for op in inputs]
    args = listed([Code("self"), *(variable for variable, _ in given)])
    if ctx.flow.teachers:
        given += _truths(ctx)
    return _assembled(ctx, method, code("def forward({a}, " + _options(ctx) + "):", a=args), given)


def _options(ctx: Context) -> str:
    """The arguments of `forward` that may be left out."""
    taught = ", truth=None, forced=None, steps=None" if ctx.flow.teachers else ""
    return f"lengths=None, state=None{taught}{'' if ctx.taps is None else ', taps=None'}"


def _truths(ctx: Context) -> list[tuple[Code, Sig]]:
    """Where the sizes of the decoder can be read while it is taught."""
    ops = [op for op in ctx.flow.ops if op.name == "truth"]
    return [(code("truth[{k}]", k=key(str(op.attrs["key"]))), op.output.sig) for op in ops]


def _stepwise(ctx: Context) -> list[Writer]:
    """The other form of a program with teachers: one scan that hears the truth where it is forced, else itself."""
    if not ctx.flow.teachers:
        return []
    flow = stepwise(ctx.flow)
    beside = ctx.beside(flow, unfused(flow))
    inputs = [op for op in flow.ops if op.name == "input"]
    method = beside.new_method(inputs)
    for step in beside.steps:
        if not beside.late(step):
            _write_step(beside, step, method)
    _write_results(beside, method)
    given = [(method.vars[op.output.id], op.output.sig) for op in inputs]
    args = listed([Code("self"), *(variable for variable, _ in given)])
    head = code("def stepwise({a}, lengths=None, state=None, truth=None, forced=None, steps=None):", a=args)
    return [_assembled(beside, method, head, given, _truths(ctx))]


def _write_forms(ctx: Context, out: Writer, sources: Sequence[tuple[Code, Sig]]) -> None:
    """The first lines of a `forward` that has another form."""
    given = [Code("lengths"), Code("state"), Code("truth"), Code("forced"), Code("steps")]
    args = listed([*(v for v, _ in sources if "[" not in v), *given])
    out.line(Code("if truth is None or forced is not None:"), note=Code("not all of the truth is heard: step by step"))
    out.depth += 1
    out.say("return self.stepwise({a})", a=args)
    out.depth -= 1


def _write_step(ctx: Context, step: Step, method: Method) -> None:
    match step:
        case VectorStep(op) if op.name == "delay" and op.attrs.get("along"):
            write_shift_beyond(ctx, op, method)
            write_tap(ctx, op.output.id, method)
        case VectorStep(op) if op.name == "delay":
            write_shift(ctx, op, method)
        case VectorStep(op):
            write_vector(ctx, op, method)
        case PackedStep():
            write_packed(ctx, step, method)
        case ScanStep():
            way = str(step.delays[0].attrs.get("along", ""))
            {**dict.fromkeys(GRID, write_wave), **dict.fromkeys(CHILDREN, write_fold)}.get(way, write_scan)(
                ctx, step, method
            )
        case FusedStep():
            write_fused(ctx, step, method)


def _write_results(ctx: Context, method: Method) -> None:
    """The outputs, zero on padding, and the states to carry on with."""
    entries = []
    for r in ctx.flow.results:
        value, sig = method.vars[r.value], ctx.ops[r.value].output.sig
        if sig.axes:
            ctx.used.add("blank")
            value = code("blank({x}, {v})", x=value, v=ctx.mask(method, sig, value))
        entries.append(code("{k}: {v}", k=key(ctx.results[r.value]), v=value))
    method.writer.say("outputs = {{{e}}}", e=listed(entries))
    if not ctx.states:
        method.writer.line(Code("return outputs, {}"))
        return
    ends = [code("{k}: {v}", k=key(s.name), v=method.ends[s.delay]) for s in ctx.states]
    method.writer.say("carried = {{{e}}}", e=listed(ends))
    axes = dict.fromkeys(s.sig.axes[0] for s in ctx.states)
    pairs = [[ctx.local(method, what, a) for what in ("ends_at", "length")] for a in axes]
    known = " and ".join(f"{end} is {length}" for end, length in pairs)
    method.writer.line(Code(f"return outputs, carried if {known} else {{}}"))


def _assembled(
    ctx: Context,
    method: Method,
    head: Code,
    sources: Sequence[tuple[Code, Sig]],
    taught: Sequence[tuple[Code, Sig]] = (),
) -> Writer:
    """The method, its first lines written now that it is known what its body needs. Sizes come from `sources`; an axis
    that only `taught` has takes the steps asked for where there is no truth."""
    out, aids = Writer(), method.aids
    out.depth = 1
    out.line(head)
    out.depth = 2
    for variable, sig in sources:
        if "[" not in variable:
            out.say("# {a} {s}", a=variable, s=shape(sig))
    if head.startswith("def forward") and ctx.flow.teachers:
        _write_forms(ctx, out, sources)
    for axis in reversed(ctx.axes):
        _complete(ctx, aids, axis)
    if "like" in aids:
        out.say("like = {x}", x=_like(ctx, sources))
    if "B" in aids:
        out.say("B = {x}.shape[0]", x=sources[0][0])
    for axis in ctx.axes:
        _write_axis(ctx, out, aids, axis, sources, taught)
    out.extend(method.writer)
    return out


NEEDS = {
    "running": ("T", "ends_at"),
    "valid": ("T", "length"),
    "levels": ("children", "length"),
    "children": ("T",),
    "ends_at": ("length",),
}
MAKES_TENSORS = ("running", "valid", "children")


def _complete(ctx: Context, aids: set[str], axis: str) -> None:
    """The local names of an axis that others of them are made from."""
    for what, needed in NEEDS.items():
        if local_name(ctx.axes, what, axis) in aids:
            aids.update(local_name(ctx.axes, n, axis) for n in needed)
            aids.update({"like"} if what in MAKES_TENSORS else ())
            aids.update({"B"} if what == "children" else ())


def _write_axis(
    ctx: Context,
    out: Writer,
    aids: set[str],
    axis: str,
    sources: Sequence[tuple[Code, Sig]],
    taught: Sequence[tuple[Code, Sig]],
) -> None:
    """What is known of one axis: its steps, the length of each sequence, the mask, the structure of trees."""
    sized = next((_extent(v, sig, axis) for v, sig in sources if axis in sig.axes), None)
    heard = next((_extent(v, sig, axis) for v, sig in taught if axis in sig.axes), None)
    if sized is None and heard is None:
        return
    local = {what: local_name(ctx.axes, what, axis) for what in LOCALS}
    if local["T"] in aids:
        size = sized or code("steps if truth is None else {x}", x=heard or Code())
        out.say("{t} = {x}", t=local["T"], x=size)
    if local["length"] in aids:
        out.say("{n} = None if lengths is None else lengths.get({k})", n=local["length"], k=key(axis))
    if local["valid"] in aids:
        ctx.used.add("valid_steps")
        out.say("{v} = valid_steps({n}, {t}, like)", v=local["valid"], n=local["length"], t=local["T"])
    if local["ends_at"] in aids:
        note = Code("states are followed through padding only for who passes some")
        out.say("{e} = None if state is None else {n}", (), note, e=local["ends_at"], n=local["length"])
    if local["running"] in aids:
        ctx.used.add("running_steps")
        out.say("{r} = running_steps({e}, {t}, like)", r=local["running"], e=local["ends_at"], t=local["T"])
    if local["children"] in aids:
        ctx.used.add("children_of")
        given = code("None if lengths is None else lengths.get({k})", k=key(f"{axis}/children"))
        out.say("{c} = children_of({g}, B, {t}, like)", c=local["children"], g=given, t=local["T"])
    if local["levels"] in aids:
        ctx.used.add("levels_of")
        out.say("{v} = levels_of({c}, {n})", v=local["levels"], c=local["children"], n=local["length"])


def _extent(variable: Code, sig: Sig, axis: str) -> Code:
    return code("{x}.shape[{n}]", x=variable, n=lit(1 + sig.axes.index(axis)))


def _like(ctx: Context, sources: Sequence[tuple[Code, Sig]]) -> Code:
    """A tensor whose dtype and device new ones take."""
    for part in ctx.plan.storage.parts:
        if part.kind == "parameter":
            return located(part.name)
        return located(
            f"{part.name}.{'weight_ih_l0' if part.kind in ('lstm', 'gru', 'rnn_tanh', 'rnn_relu') else 'weight'}"
        )
    floats = (v for v, sig in sources if sig.kind != "tokens")
    return next(floats, code("torch.zeros((), device={x}.device)", x=sources[0][0]))
