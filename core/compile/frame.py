"""What scans over grids and over trees share: the call in the method they stand in, and the frame of their own method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.compile.context import Context, Method, local_names, shape
from core.compile.lines import variable, weight_of
from core.compile.names import Names
from core.compile.plan import ScanStep, weight_key
from core.compile.scan import hoist_weights, write_given
from core.compile.writer import Code, Writer, code, listed, lit, name
from core.specs.ops import Op
from core.specs.sig import Sig


@dataclass(frozen=True)
class Frame:
    """A scan being written: the variables of what is handed in, by value, module and delay."""

    step: ScanStep
    method: Method
    params: Mapping[int, Code]
    packed: Mapping[str, Code]
    starts: Mapping[int, Code]  # (B, size): what stands outside the grid, or for a missing child
    steps: Mapping[int, Code]  # lists of the values that leave
    whole: Code  # a variable that has all axes of the scan


def room_of(op: Op) -> tuple[object, ...]:
    """Delays of one value that start alike have the same start."""
    return (op.inputs, op.weights, op.attrs.get("init"))


def distinct(step: ScanStep) -> list[Op]:
    """One delay for each start."""
    return list({room_of(op): op for op in reversed(step.delays)}.values())[::-1]


def edge_of(ctx: Context, delay: Op, method: Method) -> Code:
    """A line that finds what a delay holds beyond the first values, (B, size); its variable."""
    left = method.fresh(f"{ctx.called(ctx.ops[delay.inputs[0]]).rstrip('_')}_start")
    note = shape(Sig(delay.output.sig.kind, delay.output.sig.size))
    method.writer.say("{v} = {x}", delay.path, note, v=left, x=_beyond(ctx, delay, method))
    return left


def _beyond(ctx: Context, delay: Op, method: Method) -> Code:
    """Zeros, a learned vector, or a fed value."""
    if len(delay.inputs) > 1:
        return method.vars[delay.inputs[1]]
    method.aids.add("B")
    if delay.weights:
        return code("{w}.expand(B, -1)", w=weight_of(ctx, weight_key(delay.weights[0]), method))
    method.aids.add("like")
    sig = delay.output.sig
    if sig.kind == "tokens":
        return Code("torch.zeros(B, dtype=torch.long, device=like.device)")
    if sig.kind == "scalar":
        return Code("like.new_zeros(B)")
    return code("like.new_zeros(B, {n})", n=ctx.sizes.of(delay.inputs[0]))


def write_framed(
    ctx: Context, step: ScanStep, outer: Method, over: tuple[str, ...], rows: str, write: Callable[[Context, Frame], None],
    *besides: Code,
) -> None:  # fmt: skip
    """The call of a scan whose method `write` fills in; `besides` are local names that it is handed too."""
    starts = [edge_of(ctx, op, outer) for op in distinct(step)]
    called = name(ctx.methods.fresh(f"scan_{step.name}"))
    given = [*(outer.vars[v] for v in step.imports), *(outer.packs[s.onto] for s in step.sums), *starts, *besides]
    late = step.delays[0].output.id in ctx.flow.late
    taps = [] if ctx.taps is None else [Code("None") if late else Code("taps")]
    names = Names("self", "B", "on", "taps", "like", *local_names(ctx.axes))
    method = Method(Writer(), names, over, Code(rows), step.path)
    aids = _write_method(ctx, step, called, method, write, besides)
    outer.aids.update(aids)
    left = [variable(ctx, ctx.ops[v], outer) for v in step.exports]
    outer.writer.say(
        "{o} = self.{f}({a})", step.ops[0].path,
        o=listed(left, tuple_=len(left) == 1), f=called, a=listed([*given, *taps, *aids]),
    )  # fmt: skip


def _write_method(
    ctx: Context, step: ScanStep, called: Code, method: Method, write: Callable[[Context, Frame], None], besides: tuple[Code, ...]
) -> list[Code]:  # fmt: skip
    body, inside = method.writer, step.path
    params = {v: method.fresh(ctx.called(ctx.ops[v], inside)) for v in step.imports}
    packed = {s.onto: method.fresh(f"{s.onto}") for s in step.sums}
    sources = {op.output.id: ctx.called(ctx.ops[op.inputs[0]], inside) for op in step.delays}
    shared = {room_of(op): method.fresh(f"{sources[op.output.id]}_start") for op in distinct(step)}
    starts = {op.output.id: shared[room_of(op)] for op in step.delays}
    steps = {v: method.fresh(f"{ctx.called(ctx.ops[v], inside)}_steps") for v in step.exports}
    body.depth = 2
    write_given(ctx, step, params, packed, method)
    hoist_weights(ctx, step, method)
    spanning = (params[v] for v in step.imports if ctx.ops[v].output.sig.axes == method.over)
    whole = next(iter([*spanning, *packed.values()]))
    write(ctx, Frame(step, method, params, packed, starts, steps, whole))
    aids = [name(aid) for aid in sorted(method.aids)]
    taps = [name("taps")] if ctx.taps is not None else []
    arguments = [name("self"), *params.values(), *packed.values(), *shared.values(), *besides, *taps, *aids]
    text = Writer()
    text.depth = 1
    text.say("def {f}({a}):", step.path, f=called, a=listed(arguments))
    text.extend(body)
    ctx.scans.append(text)
    return aids


def write_shift_beyond(ctx: Context, op: Op, method: Method) -> None:
    """A delay along rows, columns or children that lies in no loop."""
    start, x = edge_of(ctx, op, method), method.vars[op.inputs[0]]
    left = method.fresh(f"{start.removesuffix('_start')}_past")
    way, axes = str(op.attrs["along"]), op.output.sig.axes
    if way in axes:
        ctx.used.add("moved")
        k, dim = lit(int(str(op.attrs["k"]))), lit(1 + axes.index(way))
        right = code("moved({x}, {s}, {k}, {d})", x=x, s=start, k=k, d=dim)
    else:
        ctx.used.add("child")
        children = ctx.local(method, "children", axes[0])
        right = code("child({x}, {s}, {c}.select(2, {n}))", x=x, s=start, c=children, n=lit(int(way == "right")))
    method.writer.say("{v} = {r}", op.path, method.note(op.output.sig), v=left, r=right)
    method.vars[op.output.id] = left
