"""Models that hear their own answers run for as many steps as they are asked: formats that fix their inputs cannot say so."""

from __future__ import annotations

from core.compile.program import Program
from core.problems import Place, Problem, Refused
from core.words import Text


def refuse_teachers(program: Program, format: str) -> None:
    """Raises Refused where the program has a teacher."""
    for teacher in program.teachers:
        raise Refused(
            Problem(
                "export.hears_itself",
                Text(f"A model that hears its own answers cannot be written as {format}.",
                     f"Un modelo que oye sus propias respuestas no se puede escribir como {format}."),
                Place(path=teacher.path, label="/".join(teacher.path)),
                Text("Export it as source: it runs with torch alone, told the truth or by itself.",
                     "Expórtelo como fuente: funciona solo con torch, oyendo la verdad o por sí mismo."),
                got=teacher.name,
            )
        )  # fmt: skip
