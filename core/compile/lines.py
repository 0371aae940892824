"""Steps over whole sequences, each as a line or two: single ops, packed products, torch's recurrent modules, shifts."""

from __future__ import annotations

from functools import partial

from core.compile.context import Context, Method, shape
from core.compile.expressions import Arg, Place, expression
from core.compile.forms import FORCED
from core.compile.plan import FusedStep, PackedStep, WeightKey, number, weight_key
from core.compile.writer import Code, code, key, listed, lit, name
from core.specs.ops import Op
from core.specs.sig import Sig


def write_vector(ctx: Context, op: Op, method: Method) -> None:
    """One op of a sequence, of a static value, or of one time step."""
    if op.name == "reduce_loss":
        return
    if op.name == FORCED:
        method.vars[op.output.id] = name(FORCED)
    elif op.name not in ("input", "target"):
        place = _place(ctx, op, method)
        args = [_arg(ctx, method, i) for i in op.inputs]
        right = expression(op, args, place)
        ctx.used |= place.used
        method.aids |= place.aids
        left = variable(ctx, op, method)
        method.writer.say("{a} = {b}", op.path, method.note(op.output.sig), a=left, b=right)
    write_tap(ctx, op.output.id, method)


def variable(ctx: Context, op: Op, method: Method) -> Code:
    """A new variable for an op's value, named by its place on the canvas."""
    left = method.fresh(ctx.called(op, method.inside))
    method.vars[op.output.id] = left
    return left


def write_tap(ctx: Context, value: int, method: Method) -> None:
    """In the twin: show a value under its keys."""
    for k in (ctx.taps or {}).get(value, ()):
        ctx.used.add("tap")
        method.writer.say("tap(taps, {k}, {v})", ctx.ops[value].path, k=key(k), v=method.vars[value])


def _arg(ctx: Context, method: Method, value: int) -> Arg:
    sig = ctx.ops[value].output.sig
    return Arg(method.vars[value], sig, method.held(sig))


def _place(ctx: Context, op: Op, method: Method) -> Place:
    weights = tuple(weight_of(ctx, weight_key(w), method) for w in op.weights)
    local = partial(ctx.local, method)
    return Place(method.held(op.output.sig), weights, own_module(ctx, op), name("B"), name("like"), local)


def own_module(ctx: Context, op: Op) -> Code | None:
    """`self.module` where one nn.Linear or nn.Embedding is exactly this op."""
    if op.name not in ("linear", "embedding"):
        return None
    pieces = ctx.plan.storage.pieces[weight_key(op.weights[0])]
    module = pieces[0].tensor.partition(".")[0]
    alone = len(pieces) == 1 and pieces[0].rows is None and pieces[0].columns is None
    return code("self.{m}", m=name(module)) if alone and ctx.parts[module].kind == op.name else None


def weight_of(ctx: Context, weight: WeightKey, method: Method) -> Code:
    """The tensor that holds a drawn weight: whole, a slice, or pieces put together."""
    if weight in method.weights:
        return method.weights[weight]
    parts = [located(p.tensor, p.rows, p.columns) for p in ctx.plan.storage.pieces[weight]]
    return parts[0] if len(parts) == 1 else code("torch.cat([{p}], 1)", p=listed(parts))


def located(tensor: str, rows: tuple[int, int] | None = None, columns: tuple[int, int] | None = None) -> Code:
    """`self.memory.weight_ih_l0[0:128]`."""
    module, _, attribute = tensor.partition(".")
    text = code("self.{m}", m=name(module))
    if attribute:
        text = code("{x}.{t}", x=text, t=name(attribute))
    if rows is None and columns is None:
        return text
    first = code("{a}:{b}", a=lit(rows[0]), b=lit(rows[1])) if rows else Code(":")
    if columns is None:
        return code("{x}[{r}]", x=text, r=first)
    return code("{x}[{r}, {a}:{b}]", x=text, r=first, a=lit(columns[0]), b=lit(columns[1]))


def write_packed(ctx: Context, step: PackedStep, method: Method) -> None:
    """Several products of one input as one; left whole where a scan adds it to another packed product."""
    x = method.vars[step.ops[0].inputs[0]]
    if step.whole:
        left = method.fresh(step.module)
        method.packs[step.module] = left
        sig = step.ops[0].output.sig
        total = sum(number(op.output.sig.size) for op in step.ops)
        note = method.note(Sig(sig.kind, total, sig.axes))
        method.writer.say("{o} = self.{m}({x})", step.ops[0].path, note, o=left, m=name(step.module), x=x)
        return
    write_split(ctx, step.ops, code("self.{m}({x})", m=name(step.module), x=x), method)


def write_split(ctx: Context, ops: tuple[Op, ...], whole: Code, method: Method) -> None:
    """The values of several ops as slices of one tensor."""
    left = [variable(ctx, op, method) for op in ops]
    sizes = [number(op.output.sig.size) for op in ops]
    if len(set(sizes)) == 1:
        right = code("{w}.split({n}, -1)", w=whole, n=ctx.sizes.of(ops[0].output.id))
    else:
        right = code("{w}.split([{s}], -1)", w=whole, s=listed(lit(s) for s in sizes))
    note = method.note(ops[0].output.sig) if len(set(sizes)) == 1 else None
    method.writer.say("{o} = {r}", ops[0].path, note, o=listed(left), r=right)


def write_fused(ctx: Context, step: FusedStep, method: Method) -> None:
    """A call of one of torch's recurrent modules."""
    ctx.used.add("recur")
    sources = [method.vars[v] for v in step.sources]
    x = sources[0] if len(sources) == 1 else code("torch.cat([{s}], -1)", s=listed(sources))
    starts = [write_start(ctx, op, method) for op in step.delays]
    sig = ctx.ops[step.hidden].output.sig
    until = "length" if step.ended else "ends_at"
    h = method.fresh(ctx.called(ctx.ops[step.hidden]))
    ends = [method.fresh(f"{s.removesuffix('_start')}_end") for s in starts]
    method.writer.say(
        "{h}, [{e}] = recur(self.{m}, {x}, [{s}], {l})", step.path, shape(sig),
        h=h, e=listed(ends), m=name(step.module), x=x, s=listed(starts), l=ctx.local(method, until, sig.axes[0]),
    )  # fmt: skip
    method.vars[step.hidden] = h
    for v in step.ended:
        left = variable(ctx, ctx.ops[v], method)
        method.writer.say(
            "{a} = {e}.squeeze(1)", ctx.ops[v].path, method.note(ctx.ops[v].output.sig), a=left, e=ends[1]
        )
    method.ends |= {op.output.id: end for op, end in zip(step.delays, ends, strict=True)}


def write_start(ctx: Context, delay: Op, method: Method) -> Code:
    """A line that finds what a delay holds before the first step, (B, k, size); its variable."""
    sig, k = delay.output.sig, int(str(delay.attrs["k"]))
    state = next((s for s in ctx.states if s.delay == delay.output.id), None)
    left = method.fresh(f"{state.name if state else 'loss'}_start")
    first = _first(ctx, delay, k, method)
    if state:
        first = code("state[{k}] if state else {z}", k=key(state.name), z=first)
    method.writer.say("{v} = {x}", delay.path, shape(Sig(sig.kind, sig.size), past=k), v=left, x=first)
    return left


def _first(ctx: Context, delay: Op, k: int, method: Method) -> Code:
    """Zeros, a learned vector, or a fed value, k times."""
    sig = delay.output.sig
    if len(delay.inputs) > 1:
        rest = Code(", -1") if sig.kind == "features" else Code("")
        fed = method.vars[delay.inputs[1]]
        return code("{x}.unsqueeze(1).expand(-1, {k}{r})", x=fed, k=lit(k), r=rest)
    method.aids.add("B")
    if delay.weights:
        flat = len(delay.weights[0].shape) == 1
        w = weight_of(ctx, weight_key(delay.weights[0]), method)
        return code("{w}.expand(B, {k}, -1)", w=w, k=lit(k) if flat else lit(-1))
    method.aids.add("like")
    if sig.kind == "tokens":
        return code("torch.zeros(B, {k}, dtype=torch.long, device=like.device)", k=lit(k))
    if sig.kind == "scalar":
        return code("like.new_zeros(B, {k})", k=lit(k))
    return code("like.new_zeros(B, {k}, {n})", k=lit(k), n=ctx.sizes.of(delay.inputs[0]))


def write_shift(ctx: Context, op: Op, method: Method) -> None:
    """A delay outside every cycle: the sequence moved along time."""
    start = write_start(ctx, op, method)
    stem = start.removesuffix("_start")
    x, t = method.vars[op.inputs[0]], ctx.local(method, "T", op.output.sig.axes[0])
    joined, left = method.fresh(f"{stem}_joined"), method.fresh(f"{stem}_past")
    method.writer.say("{j} = torch.cat([{s}, {x}], 1)", op.path, j=joined, s=start, x=x)
    method.writer.say("{v} = {j}.narrow(1, 0, {t})", op.path, shape(op.output.sig), v=left, j=joined, t=t)
    method.vars[op.output.id] = left
    if op.output.id not in ctx.flow.late:
        ctx.used.add("tail")
        end, k = method.fresh(f"{stem}_end"), lit(int(str(op.attrs["k"])))
        at = ctx.local(method, "ends_at", op.output.sig.axes[0])
        method.writer.say("{e} = tail({j}, {k}, {l})", op.path, e=end, j=joined, k=k, l=at)
        method.ends[op.output.id] = end
    write_tap(ctx, op.output.id, method)
