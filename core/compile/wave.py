"""A scan over a grid as a method of its own: by anti-diagonals, all cells of one at once, for they do not see each other.

One step is a batch of B · I rows: row b · I + i holds cell (i, d − i) of the diagonal d, which may lie outside the grid. The left
neighbour then stands in the same row one diagonal before, the upper neighbour in the row above.
"""

from __future__ import annotations

from core.compile.context import Context, Method
from core.compile.frame import Frame, write_framed
from core.compile.lines import write_tap
from core.compile.plan import ScanStep
from core.compile.scan import write_body
from core.compile.writer import Code, code, listed, lit, name
from core.specs.ops import Op
from core.specs.sig import GRID


def write_wave(ctx: Context, step: ScanStep, method: Method) -> None:
    """The call of the scan and its own method."""
    write_framed(ctx, step, method, GRID, "B * I", _write)


def _write(ctx: Context, frame: Frame) -> None:
    method, step = frame.method, frame.step
    body = method.writer
    ctx.used.update(("diagonals", "inside_grid", "from_diagonals", "hold", "above"))
    for v, param in frame.params.items():
        if ctx.ops[v].output.sig.axes != GRID:
            method.vars[v] = param
            body.say("{p} = {p}.repeat_interleave({x}.shape[1], 0)", p=param, x=frame.whole)
    edges: dict[Code, Code] = {}
    past: dict[int, Code] = {}
    for op in step.delays:
        start = frame.starts[op.output.id]
        if start not in edges:
            edges[start] = method.fresh(f"{start.removesuffix('_start')}_edge")
            right = code("{s}.repeat_interleave({x}.shape[1], 0)", s=start, x=frame.whole)
            body.say("{e} = {r}", op.path, method.note(op.output.sig), e=edges[start], r=right)
        past[op.output.id] = before = method.fresh(f"{start.removesuffix('_start')}_past")
        kept = edges[start] if _k(op) == 1 else code("[{e}] * {k}", e=edges[start], k=lit(_k(op)))
        body.say("{p} = {v}", op.path, p=before, v=kept)
    body.say("{k} = {n}", k=listed(frame.steps.values()), n=listed([Code("[]")] * len(frame.steps)))
    _write_head(ctx, frame)
    body.depth = 3
    for op in step.delays:
        _write_neighbour(ctx, op, past[op.output.id], frame)
    write_body(ctx, step, method)
    for v, steps in frame.steps.items():
        body.say("{l}.append({v})", l=steps, v=method.vars[v])
    kept_on = [past[op.output.id] for op in step.delays]
    advanced = [_advanced(method, op, past[op.output.id], edges[frame.starts[op.output.id]]) for op in step.delays]
    body.say("{a} = {b}", step.delays[0].path, a=listed(kept_on), b=listed(advanced))
    body.depth = 2
    grids = [code("from_diagonals({l}, {x})", l=steps, x=frame.whole) for steps in frame.steps.values()]
    body.say("return {o}", o=listed(grids, tuple_=len(grids) == 1))


def _write_head(ctx: Context, frame: Frame) -> None:
    method = frame.method
    names, over = [name("on")], [code("inside_grid({x})", x=frame.whole)]
    for v, param in frame.params.items():
        if v not in method.vars:
            method.vars[v] = method.fresh(f"{param.rstrip('_')}_t")
            names.append(method.vars[v])
            over.append(code("diagonals({p})", p=param))
    for module, param in frame.packed.items():
        method.packs[module] = method.fresh(f"{param}_t")
        names.append(method.packs[module])
        over.append(code("diagonals({p})", p=param))
    method.writer.say("for {n} in zip({o}):", n=listed(names), o=listed(over))


def _write_neighbour(ctx: Context, op: Op, past: Code, frame: Frame) -> None:
    """What a delay gives on this diagonal: the row above, k diagonals before, or the same row."""
    method = frame.method
    before = past if _k(op) == 1 else code("{p}[0]", p=past)
    if op.attrs["along"] == GRID[0]:
        left = method.fresh(f"{past.removesuffix('_past')}_above")
        start = frame.starts[op.output.id]
        right = code("above({p}, {s}, {k})", p=before, s=start, k=lit(_k(op)))
        method.writer.say("{v} = {r}", op.path, method.note(op.output.sig), v=left, r=right)
        before = left
    method.vars[op.output.id] = before
    write_tap(ctx, op.output.id, method)


def _advanced(method: Method, op: Op, past: Code, edge: Code) -> Code:
    """The state after a diagonal; outside the grid it is what stands beyond its edge."""
    new = method.vars[op.inputs[0]]
    if op.attrs["along"] != GRID[0]:
        new = code("hold({n}, {e}, on)", n=new, e=edge)
    return new if _k(op) == 1 else code("[*{p}[1:], {n}]", p=past, n=new)


def _k(op: Op) -> int:
    return int(str(op.attrs["k"]))
