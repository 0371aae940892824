"""The symbols that a model reads and says, by the names of its arguments and outputs: without them its numbers are no text."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.compile.program import Argument, Program, Teacher
from core.data.spelling import of_words

Symbols = Mapping[str, tuple[str, ...]]


def read(program: Program) -> Symbols:
    """Of every input, and of what a teacher tells, that has symbols; index = number."""
    heard: tuple[Argument | Teacher, ...] = (*program.inputs, *program.teachers)
    return {a.name: a.field.vocabulary for a in heard if a.field.vocabulary}


def said(program: Program) -> Symbols:
    """Of every output that is the choice of a symbol."""
    asked: tuple[Argument | Teacher, ...] = (*program.targets, *program.teachers)
    fields = {a.field.name: a.field.vocabulary for a in asked}
    by_teacher = {t.said: t.field.vocabulary for t in program.teachers}
    found = {o.name: by_teacher.get(o.name) or fields.get(o.target) for o in program.outputs}
    return {name: vocabulary for name, vocabulary in found.items() if vocabulary}


def written(program: Program) -> str:
    """Both with how a text is split into them, as JSON for a file's metadata."""
    return json.dumps({"reads": _plain(read(program)), "says": _plain(said(program))})


def _plain(symbols: Symbols) -> dict[str, dict[str, object]]:
    return {
        name: {"split": "words" if of_words(vocabulary) else "characters", "symbols": list(vocabulary)}
        for name, vocabulary in symbols.items()
    }
