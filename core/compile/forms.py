"""A program with teachers has two forms over the same weights: forced, where each teacher is the truth itself, so that the
cycle through it is cut; and stepwise, where it hears the truth or the model's own word, step by step.

Requires that a teacher's truth is a target. Ensures that both forms have the same values and the same delays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.compile.names import label
from core.compile.plan import Flow
from core.specs.ops import Op, Value
from core.specs.sig import Sig

FORCED = "forced"  # the argument, and the op that stands for it
TEACHING = ("truth", FORCED)  # ops of arguments that may be None


def forced(ops: Sequence[Op]) -> tuple[tuple[Op, ...], dict[int, Op]]:
    """The ops with every teacher replaced by the truth it hears; and the teachers, by their value."""
    targets = {op.output.id: str(op.attrs["field"]) for op in ops if op.name == "target"}
    teachers = {op.output.id: op for op in ops if op.name == "teacher" and op.inputs[1] in targets}
    return tuple(_truth(op, targets[op.inputs[1]]) if op.output.id in teachers else op for op in ops), teachers


def _truth(op: Op, field: str) -> Op:
    return Op("truth", (), op.output, op.path, attrs={"field": field, "key": label([field])}, port=op.port)


def stepwise(flow: Flow) -> Flow:
    """The same with the teachers back in their places, each reading the truth and whether it is forced where given."""
    fresh = max((op.output.id for op in flow.ops), default=0) + 1
    asked = Value(fresh, Sig("scalar", 1, next((t.output.sig.axes for t in flow.teachers.values()), ())))
    out = [Op(FORCED, (), asked, ())]
    for op in flow.ops:
        teacher = flow.teachers.get(op.output.id)
        if teacher is None:
            out.append(op)
            continue
        fresh += 1
        given = replace(op, output=Value(fresh, op.output.sig), attrs={**op.attrs, "optional": True}, port="")
        out += [given, replace(teacher, inputs=(teacher.inputs[0], fresh, asked.id))]
    return replace(flow, ops=tuple(out))
