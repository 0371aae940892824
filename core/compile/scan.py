"""A scan as a method of its own: states before, a loop over the unbound time axis, states after."""

from __future__ import annotations

from collections.abc import Mapping

from core.compile.context import Context, Method, local_names, shape
from core.compile.forms import TEACHING
from core.compile.lines import (
    own_module,
    variable,
    weight_of,
    write_packed,
    write_split,
    write_start,
    write_tap,
    write_vector,
)
from core.compile.names import Names
from core.compile.plan import PackedStep, ScanStep, SumStep, weight_key
from core.compile.writer import Code, Writer, code, listed, name
from core.specs.ops import Op
from core.specs.sig import Sig


def write_scan(ctx: Context, step: ScanStep, method: Method) -> None:
    """The call of a scan in the method it stands in, and the scan's own method."""
    starts = [write_start(ctx, op, method) for op in step.delays]
    called = name(ctx.methods.fresh(f"scan_{step.name}"))
    given = [*(method.vars[v] for v in step.imports), *(method.packs[s.onto] for s in step.sums)]
    besides = _write_method(ctx, step, called)
    method.aids.update(besides)
    out = [variable(ctx, ctx.ops[v], method) for v in step.exports]
    ends = [method.fresh(f"{s.removesuffix('_start')}_end") for s in starts]
    method.ends |= {op.output.id: end for op, end in zip(step.delays, ends, strict=True)}
    left = [*out, *ends]
    method.writer.say(
        "{o} = self.{f}({a})", step.ops[0].path,
        o=listed(left, tuple_=len(left) == 1), f=called, a=listed([*given, *starts, *_running(ctx, step, method), *besides]),
    )  # fmt: skip


def _running(ctx: Context, step: ScanStep, method: Method) -> list[Code]:
    """The masks of the steps, and taps in the twin. A scan of the loss starts anew and is not watched."""
    late = step.delays[0].output.id in ctx.flow.late
    if late:
        running = code("[None] * {t}", t=ctx.local(method, "T", step.axis))
    else:
        running = ctx.local(method, "running", step.axis)
    return [running] + ([] if ctx.taps is None else [Code("None") if late else Code("taps")])


def _write_method(ctx: Context, step: ScanStep, called: Code) -> list[Code]:
    """Gives what the body needs besides: `like`, masks of other axes."""
    inside = step.path
    names = Names("self", "B", "on", "taps", "like", "new", "old", *local_names(ctx.axes))
    method = Method(Writer(), names, (step.axis,), inside=inside)
    body = method.writer
    params = {v: method.fresh(ctx.called(ctx.ops[v], inside)) for v in step.imports}
    packed = {s.onto: method.fresh(f"{s.onto}") for s in step.sums}
    sources = [ctx.called(ctx.ops[op.inputs[0]], inside) for op in step.delays]
    starts = [method.fresh(f"{source}_start") for source in sources]
    past = {op.output.id: method.fresh(f"{s}_past") for op, s in zip(step.delays, sources, strict=True)}
    taps = [name("taps")] if ctx.taps is not None else []
    body.depth = 2
    write_given(ctx, step, params, packed, method)
    for op, start in zip(step.delays, starts, strict=True):
        _write_past(op, start, past[op.output.id], method)
    hoist_weights(ctx, step, method)
    kept = {v: method.fresh(f"{ctx.called(ctx.ops[v], inside)}_steps") for v in step.exports}
    body.say("{k} = {n}", k=listed(kept.values()), n=listed([Code("[]")] * len(kept)))
    _write_loop_head(ctx, step, params, packed, method)
    body.depth = 3
    _write_loop(ctx, step, past, method)
    for v in step.exports:
        body.say("{l}.append({v})", l=kept[v], v=method.vars[v])
    _advance(ctx, step, past, method)
    body.depth = 2
    _write_return(step, kept, past, method)
    besides = [name(aid) for aid in sorted(method.aids)]
    given = [name("self"), *params.values(), *packed.values(), *starts, name("running"), *taps, *besides]
    whole = Writer()
    whole.depth = 1
    whole.say("def {f}({a}):", step.path, f=called, a=listed(given))
    whole.extend(body)
    ctx.scans.append(whole)
    return besides


def write_given(
    ctx: Context, step: ScanStep, params: Mapping[int, Code], packed: Mapping[str, Code], method: Method
) -> None:
    for v in step.imports:
        method.writer.say("# {v} {s}", v=params[v], s=shape(ctx.ops[v].output.sig))
    for s in step.sums:
        sig = Sig("features", ctx.parts[s.onto].sizes[-1], s.adds[0].output.sig.axes)
        method.writer.say("# {v} {s}", v=packed[s.onto], s=shape(sig))


def _write_past(op: Op, start: Code, past: Code, method: Method) -> None:
    """k values, oldest first; a single one is not kept as a list."""
    left = code("({p},)", p=past) if op.attrs["k"] == 1 else past
    right = code("{s}.unbind(1)", s=start)
    if op.attrs["k"] != 1:
        right = code("[*{s}]", s=right)
    method.writer.say("{p} = {s}", op.path, method.note(op.output.sig), p=left, s=right)


def hoist_weights(ctx: Context, step: ScanStep, method: Method) -> None:
    """Slices of packed tensors are taken once, before the loop."""
    packed = {op.output.id for p in step.packs for op in p.ops}
    for op in step.ops:
        if op.output.id in packed or own_module(ctx, op):
            continue
        for weight in op.weights:
            right = weight_of(ctx, weight_key(weight), method)
            left = method.fresh(
                f"{ctx.called(op, method.inside).rstrip('_')}_{'bias' if weight.name == 'bias' else 'weight'}"
            )
            method.writer.say("{a} = {b}", op.path, a=left, b=right)
            method.weights[weight_key(weight)] = left


def _over(ctx: Context, value: int, variable: Code) -> Code:
    """The steps of an imported sequence."""
    if ctx.ops[value].name not in TEACHING:
        return code("{v}.unbind(1)", v=variable)
    ctx.used.add("step_by_step")
    return code("step_by_step({v}, running)", v=variable)


def _write_loop_head(
    ctx: Context, step: ScanStep, params: Mapping[int, Code], packed: Mapping[str, Code], method: Method
) -> None:
    names, over = [name("on")], [name("running")]
    for v in step.imports:
        if step.axis in ctx.ops[v].output.sig.axes:
            method.vars[v] = method.fresh(f"{params[v].rstrip('_')}_t")
            names.append(method.vars[v])
            over.append(_over(ctx, v, params[v]))
        else:
            method.vars[v] = params[v]
    for onto, whole in packed.items():
        method.packs[onto] = method.fresh(f"{whole}_t")
        names.append(method.packs[onto])
        over.append(code("{v}.unbind(1)", v=whole))
    if len(names) == 1:
        method.writer.line(Code("for on in running:"))
    else:
        method.writer.say("for {n} in zip({o}):", n=listed(names), o=listed(over))


def _write_loop(ctx: Context, step: ScanStep, past: Mapping[int, Code], method: Method) -> None:
    for op in step.delays:
        p = past[op.output.id]
        method.vars[op.output.id] = p if op.attrs["k"] == 1 else code("{p}[0]", p=p)
        write_tap(ctx, op.output.id, method)
    write_body(ctx, step, method)


def write_body(ctx: Context, step: ScanStep, method: Method) -> None:
    """The ops of one step, once its delays are known."""
    groups: dict[int, PackedStep | SumStep] = {op.output.id: p for p in step.packs for op in p.ops}
    groups |= {op.output.id: s for s in step.sums for op in s.adds}
    summed = {op.output.id for s in step.sums for op in s.products}
    written: set[str] = set()
    for op in step.ops:
        group = groups.get(op.output.id)
        if op.output.id in summed:
            continue
        if group is None:
            write_vector(ctx, op, method)
        elif group.module not in written:
            written.add(group.module)
            if isinstance(group, PackedStep):
                write_packed(ctx, group, method)
            else:
                _write_sum(ctx, group, method)


def _write_sum(ctx: Context, step: SumStep, method: Method) -> None:
    """W x + U h for all gates at once, in one product."""
    x = method.vars[step.products[0].inputs[0]]
    whole = code("{x} + self.{m}({h})", x=method.packs[step.onto], m=name(step.module), h=x)
    if not step.bias:
        whole = code("torch.addmm({x}, {h}, self.{m}.weight.t())", x=method.packs[step.onto], m=name(step.module), h=x)
    else:
        whole = code("({w})", w=whole)
    write_split(ctx, step.adds, whole, method)


def _advance(ctx: Context, step: ScanStep, past: Mapping[int, Code], method: Method) -> None:
    """All states move on at once: one may read another."""
    ctx.used.add("hold")
    left, right = [], []
    for op in step.delays:
        p, new = past[op.output.id], method.vars[op.inputs[0]]
        left.append(p)
        if op.attrs["k"] == 1:
            right.append(code("hold({n}, {p}, on)", n=new, p=p))
        else:
            right.append(code("[hold(new, old, on) for new, old in zip([*{p}[1:], {n}], {p})]", n=new, p=p))
    method.writer.say("{a} = {b}", step.delays[0].path, a=listed(left), b=listed(right))


def _write_return(step: ScanStep, kept: Mapping[int, Code], past: Mapping[int, Code], method: Method) -> None:
    outs = [code("torch.stack({l}, 1)", l=steps) for steps in kept.values()]
    ends = [
        code("{p}.unsqueeze(1)" if op.attrs["k"] == 1 else "torch.stack({p}, 1)", p=past[op.output.id])
        for op in step.delays
    ]
    method.writer.say("return {o}", o=listed([*outs, *ends], tuple_=len(outs) + len(ends) == 1))
