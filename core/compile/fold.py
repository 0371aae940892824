"""A fold over trees as a method of its own: level by level from the leaves up, all nodes of one level of all trees at once.

A node's level is one above the highest of its children. One step is a batch of the M nodes of a level, whose rows among all nodes
(b · N + n) come with it, as do those of their children; a missing child's row is the start of its tree.
"""

from __future__ import annotations

from core.compile.context import Context, Method
from core.compile.frame import Frame, distinct, room_of, write_framed
from core.compile.lines import write_tap
from core.compile.plan import ScanStep
from core.compile.scan import write_body
from core.compile.writer import Code, code, key, listed
from core.specs.sig import TREE


def write_fold(ctx: Context, step: ScanStep, method: Method) -> None:
    """The call of the scan and its own method."""
    write_framed(ctx, step, method, (TREE,), "M", _write, ctx.local(method, "levels", TREE))


def _write(ctx: Context, frame: Frame) -> None:
    method, step = frame.method, frame.step
    body = method.writer
    ctx.used.update(("room", "placed", "from_levels"))
    levels = ctx.local(method, "levels", TREE)
    method.aids.discard(levels)  # handed in already
    nodes = {v: _flat(ctx, frame, v, param) for v, param in frame.params.items()}
    packs = {module: method.fresh(f"{param}_nodes") for module, param in frame.packed.items()}
    for module, flat in packs.items():
        body.say("{f} = {p}.flatten(0, 1)", f=flat, p=frame.packed[module])
    rooms = _write_rooms(frame)
    body.say("{k} = {n}", k=listed(frame.steps.values()), n=listed([Code("[]")] * len(frame.steps)))
    if ctx.taps is not None and step.delays[0].output.id not in ctx.flow.late:
        ctx.used.add("tap_levels")
        body.say("tap_levels(taps, {k}, {l})", k=key(f"{TREE}/nodes"), l=levels)
    body.say("for on, left, right in {l}:", l=levels)
    body.depth = 3
    for v, found in nodes.items():
        left = method.vars[v] = method.fresh(f"{frame.params[v].rstrip('_')}_t")
        body.say("{v} = {n}", (), method.note(ctx.ops[v].output.sig), v=left, n=found)
    for module, flat in packs.items():
        method.packs[module] = method.fresh(f"{flat.removesuffix('_nodes')}_t")
        body.say("{v} = {f}[on]", v=method.packs[module], f=flat)
    for op in step.delays:
        side = str(op.attrs["along"])
        room = rooms[room_of(op)]
        method.vars[op.output.id] = method.fresh(f"{room.removesuffix('_nodes')}_{side}")
        made = code("{r}[" + side + "]", r=room)
        body.say("{v} = {m}", op.path, method.note(op.output.sig), v=method.vars[op.output.id], m=made)
        write_tap(ctx, op.output.id, method)
    write_body(ctx, step, method)
    for v, steps in frame.steps.items():
        body.say("{l}.append({v})", l=steps, v=method.vars[v])
    for op in distinct(step):
        room = rooms[room_of(op)]
        body.say("{r} = placed({r}, on, {v})", op.path, r=room, v=method.vars[op.inputs[0]])
    body.depth = 2
    wholes = [code("from_levels({s}, {l}, {x})", s=steps, l=levels, x=frame.whole) for steps in frame.steps.values()]
    body.say("return {o}", o=listed(wholes, tuple_=len(wholes) == 1))


def _flat(ctx: Context, frame: Frame, value: int, param: Code) -> Code:
    """How the nodes of a level read an imported value: their own part of it, or that of their tree."""
    if ctx.ops[value].output.sig.axes != (TREE,):
        return code("{p}[on // {x}.shape[1]]", p=param, x=frame.whole)
    flat = frame.method.fresh(f"{param.rstrip('_')}_nodes")
    frame.method.writer.say("{f} = {p}.flatten(0, 1)", f=flat, p=param)
    return code("{f}[on]", f=flat)


def _write_rooms(frame: Frame) -> dict[tuple[object, ...], Code]:
    """Room for the value of every node, and behind it the starts."""
    rooms: dict[tuple[object, ...], Code] = {}
    for op in distinct(frame.step):
        start, x = frame.starts[op.output.id], frame.whole
        made = rooms[room_of(op)] = frame.method.fresh(f"{start.removesuffix('_start')}_nodes")
        frame.method.writer.say("{r} = room({s}, {x}.shape[0] * {x}.shape[1])", op.path, r=made, s=start, x=x)
    return rooms
