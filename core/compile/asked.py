"""What a drawing asks of its data that this data does not give: words to look up in a file, steps left to run free."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from core.compile.before import before
from core.problems import Problem
from core.shapes import fixes
from core.shapes.flatten import Flat
from core.shapes.mistakes.all import mistake
from core.shapes.typed import Typed
from core.shapes.unify import known
from core.specs.fields import DataField, Fields
from core.specs.ops import Op


def unmet(flat: Flat, typed: Typed, fields: Fields) -> Iterator[Problem]:
    """What would go wrong without a word: an embedding that stays random, a free run that is told everything."""
    if not typed.ok:
        return
    for op in typed.ops:
        if op.name == "embedding" and op.attrs.get("vectors") and not words_of(typed.ops, op, fields.get):
            where = flat.scopes[op.path[:-1]].at_node(op.path[-1], param="vectors")
            drop = fixes.drop_param(flat.registry, op.path, "vectors")
            read = ", ".join(_read(typed.ops, op))
            yield mistake("vectors.no_words", where, (drop,), got=read, expected=known(op.weights[0].shape[0]))
        elif op.name == "teacher":
            yield from _told_all(flat, typed, fields, op)


def words_of(ops: Sequence[Op], embedding: Op, field: Callable[[str], DataField | None]) -> tuple[str, ...]:
    """The symbols that the rows of an embedding stand for; none where the data does not say what they are."""
    size = known(embedding.weights[0].shape[0])
    found = (f.vocabulary for f in map(field, _read(ops, embedding)) if f is not None)
    return next((v for v in found if v is not None and len(v) == size), ())


def _read(ops: Sequence[Op], embedding: Op) -> list[str]:
    """The fields that reach an embedding."""
    sources = before(ops, embedding.inputs)
    return [str(o.attrs["field"]) for o in ops if o.output.id in sources and o.name in ("input", "target")]


def _told_all(flat: Flat, typed: Typed, fields: Fields, op: Op) -> Iterator[Problem]:
    """No step left to hear what was said: known where the data says how long all sequences are."""
    truth = next(o for o in typed.ops if o.output.id == op.inputs[1])
    field = fields.get(str(truth.attrs.get("field", "")))
    given, steps = int(str(op.attrs.get("given", 0))), field.steps if field is not None else 0
    if steps and given >= steps - 1:  # what is said at the last step is heard by none
        fewer = dict.fromkeys((steps // 2, 0))
        repairs = tuple(flat.set_param(op.path, "given", n) for n in fewer)
        where = flat.scopes[op.path[:-1]].at_node(op.path[-1], param="given")
        yield mistake("teacher.all_given", where, repairs, got=given, expected=f"< {steps - 1}", steps=steps)
