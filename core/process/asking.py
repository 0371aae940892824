"""Errands done here or in a child, and what crosses for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from core.problems import Problem, Refused
from core.process import errands
from core.process.crew import Crew
from core.process.death import not_started, unanswered
from core.process.errands import Errand, Export, Report, Say, Weigh, Write
from core.process.letter import Array, Arrays, Strange
from core.process.plain import put, take
from core.specs.registry import Registry, default_registry

DOERS: Mapping[type, Callable[[Any, Registry], Any]] = {
    Write: errands.write, Weigh: errands.weigh, Say: errands.say, Export: errands.export, Report: errands.report
}  # fmt: skip
NAMES = {kind.__name__.lower(): kind for kind in DOERS}
ANSWERS = {kind: get_type_hints(do)["return"] for kind, do in DOERS.items()}


class Broke(Exception):
    """A bug where an errand was done; its traceback is what this says."""


def do_here(errand: Errand, registry: Registry) -> Any:
    """The answer. Raises Refused."""
    return DOERS[type(errand)](errand, registry)


def do_apart(crew: Crew, errand: Errand) -> Any:
    """The answer of a child, waiting for it. Raises Refused."""
    kind = type(errand)
    try:
        child = crew.take()
    except OSError as error:
        raise Refused(not_started(error)) from None
    child.send({"do": "errand", "kind": kind.__name__.lower(), "errand": put(kind, errand, [])})
    answer: Any = None
    try:
        while (letter := child.read()) is not None:
            head, arrays = letter
            if not isinstance(head, dict):
                raise Strange("no answer")
            if head.get("free") == "errand":
                break
            answer = answer if "free" in head else _answered(kind, head, arrays)
    except Strange as strange:
        crew.lose(child)
        raise Broke(str(strange)) from None
    if letter is None:
        code = child.ended(1.0)
        crew.lose(child)
        raise Refused(unanswered(code))
    crew.give(child)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _answered(kind: type, head: Any, arrays: Arrays) -> Any:
    """The answer in a letter, or what is to be raised instead."""
    if "refused" in head:
        return Refused(*take(tuple[Problem, ...], head["refused"], arrays))
    if "broke" in head:
        return Broke(str(head["broke"]))
    return take(ANSWERS[kind], head.get("answer"), arrays)


def done(name: str, errand: Any) -> tuple[dict[str, Any], list[Array]]:
    """In the child: the letter that answers."""
    arrays: list[Array] = []
    kind = NAMES[name]
    try:
        answer = do_here(take(kind, errand, Arrays()), default_registry())
    except Refused as refused:
        return {"refused": put(tuple[Problem, ...], refused.problems, arrays)}, arrays
    return {"answer": put(ANSWERS[kind], answer, arrays)}, arrays
