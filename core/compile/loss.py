"""Writes `loss`: the ops that depend on an answer, each loss per step, and their weighted reduction to one number."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.compile.context import Context, Method, shape
from core.compile.names import Names, label, stem
from core.compile.plan import Step
from core.compile.writer import Code, code, key, listed, lit
from core.specs.ops import Op
from core.specs.sig import Sig

StepWriter = Callable[[Context, Step, Method], None]


def write_loss_body(ctx: Context, write_step: StepWriter) -> tuple[Method, Code, list[tuple[Code, Sig]]]:
    """The body of the method, its head line, and the values that its sizes can be read from."""
    targets = [op for op in ctx.flow.ops if op.name == "target"]
    method = ctx.new_method(targets)
    known = _write_read(ctx, method)
    taps, ctx.taps = ctx.taps, None if ctx.taps is None else {}
    for step in ctx.steps:
        if ctx.late(step):
            write_step(ctx, step, method)
    ctx.taps = taps
    _write_reduction(ctx, method)
    answers = [(method.vars[op.output.id], op.output.sig) for op in targets]
    args = listed([Code("self"), Code("outputs"), *(variable for variable, _ in answers)])
    return method, code("def loss({a}, lengths=None):", a=args), [*answers, *known]


def _write_read(ctx: Context, method: Method) -> list[tuple[Code, Sig]]:
    """The outputs that losses read."""
    read = {i for op in ctx.flow.ops if op.output.id in ctx.flow.late for i in op.inputs}
    known = []
    for r in ctx.flow.results:
        if r.value in read:
            sig = ctx.ops[r.value].output.sig
            entry = code("outputs[{k}]", k=key(ctx.results[r.value]))
            variable = method.fresh(stem([ctx.results[r.value]]))
            method.writer.say("{v} = {e}", r.path, shape(sig), v=variable, e=entry)
            method.vars[r.value] = variable
            known.append((entry, sig))
    return known


def _write_reduction(ctx: Context, method: Method) -> None:
    reduces = [op for op in ctx.flow.ops if op.name == "reduce_loss"]
    if not reduces:
        first = key(ctx.results[ctx.flow.results[0].value])
        method.writer.say("return outputs[{k}].new_zeros(()), {{}}", k=first)
        return
    names = Names()
    keys = [key(names.fresh(label(op.path))) for op in reduces]
    counted: dict[int, Code] = {}
    for op in reduces:
        part, sig = method.vars[op.inputs[0]], ctx.ops[op.inputs[0]].output.sig
        if sig.axes:
            ctx.used.add("blank")
            counted[op.output.id] = _counted(ctx, op, method)
            part = code("blank({p}, {v})", p=part, v=counted[op.output.id])
            method.writer.say("{v} = {p}", op.path, shape(sig), v=method.vars[op.inputs[0]], p=part)
    terms = [_term(ctx, op, method, counted) for op in reduces]
    method.writer.say("total = {t}", reduces[0].path, t=Code(" + ".join(terms)))
    entries = [code("{k}: {p}", k=k, p=method.vars[op.inputs[0]]) for k, op in zip(keys, reduces, strict=True)]
    method.writer.say("return total, {{{e}}}", e=listed(entries))


def _counted(ctx: Context, op: Op, method: Method) -> Code:
    """A variable for the steps that a loss counts: all valid ones, or those after the first `skip`."""
    part, sig = method.vars[op.inputs[0]], ctx.ops[op.inputs[0]].output.sig
    valid, skip = ctx.mask(method, sig, part), int(str(op.attrs.get("skip", 0)))
    if not skip or len(sig.axes) > 1:
        return valid
    ctx.used.add("counted")
    own = method.fresh("kept")
    method.writer.say("{o} = counted({p}, {v}, {s})", op.path, o=own, p=part, v=valid, s=lit(skip))
    return own


def _term(ctx: Context, op: Op, method: Method, counted: Mapping[int, Code]) -> Code:
    """One loss as a number: the mean over valid steps, or the sum over time averaged over sequences; weighted."""
    part, sig = method.vars[op.inputs[0]], ctx.ops[op.inputs[0]].output.sig
    if op.attrs.get("over", "mean") == "sum" and sig.axes:
        term = code("{p}.sum() / {p}.shape[0]", p=part)
    elif sig.axes:
        ctx.used.add("average")
        term = code("average({p}, {v})", p=part, v=counted[op.output.id])
    else:
        term = code("{p}.mean()", p=part)
    weight = float(str(op.attrs.get("weight", 1.0)))
    return term if weight == 1.0 else code("{w} * {t}", w=lit(weight), t=term)
