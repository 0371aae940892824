"""How a process ended that trained or answered, told as a Problem: by itself, by the system, or because it heeded no stop."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path as FilePath

from core.problems import Place, Problem, filled
from core.words import Text

NO_MEMORY = Text(
    "Most often memory ran out: use a smaller batch, shorter windows or fewer units.",
    "Lo más común es falta de memoria: use un lote menor, ventanas más cortas o menos unidades.",
)
SAFE = Text("Your project is as it was.", "Su proyecto sigue como estaba.")
KEPT = Text(
    "The checkpoint of step {saved} is whole: Run › Resume the last run goes on from there.",
    "El punto de control del paso {saved} está entero: Ejecutar › Reanudar la última ejecución sigue desde ahí.",
)
NONE_KEPT = Text(
    "No checkpoint had been written yet: “Checkpoint every” says how often there is one.",
    "Aún no había punto de control: «Punto de control cada» dice cada cuánto se guarda uno.",
)


def died(code: int | None, step: int, saved: int | None, run_dir: FilePath, where: Place = Place()) -> Problem:
    """A training whose process is gone. `saved`: the step of its last checkpoint; `where`: the node it broke at, if known."""
    said = filled(
        Text("The process that trained ended at step {step}: {how}.", "El proceso que entrenaba terminó en el paso {step}: {how}."),
        step=step, how=how(code),
    )  # fmt: skip
    found = _broken_off("process.died", said, code, saved, run_dir, str(code))
    return replace(found, where=where) if where.path else found


def forced(step: int, saved: int | None, run_dir: FilePath) -> Problem:
    """A training that did not heed Stop."""
    said = Text("The training did not stop by itself after step {step}, so its process was ended.",
                "El entrenamiento no se detuvo tras el paso {step}, así que se terminó su proceso.")  # fmt: skip
    return _broken_off("process.forced", filled(said, step=step), None, saved, run_dir)


def garbled(step: int, saved: int | None, run_dir: FilePath, what: str) -> Problem:
    """A training whose process said what it may not say."""
    said = Text("What the process that trains told at step {step} cannot be read, so it was ended.",
                "No se entiende lo que dijo en el paso {step} el proceso que entrena, así que se terminó.")  # fmt: skip
    return _broken_off("process.garbled", filled(said, step=step), None, saved, run_dir, what)


def _broken_off(
    name: str, said: Text, code: int | None, saved: int | None, run_dir: FilePath, got: str = ""
) -> Problem:
    """A training that came to no end of its own; what is left of it lies in its folder."""
    return Problem(name, said, Place(file=str(run_dir), label=run_dir.name), _hints(code, saved), got=got)


def unanswered(code: int | None) -> Problem:
    """A question whose process is gone."""
    return Problem(
        "process.no_answer",
        filled(
            Text("The process that was to answer ended: {how}.", "El proceso que debía responder terminó: {how}."), how=how(code)
        ),
        Place(label="answer"),
        filled(Text("{a} Ask again.", "{a} Pregunte de nuevo."), a=NO_MEMORY if _killed(code) else SAFE),
        got=str(code),
    )  # fmt: skip


def not_started(error: OSError) -> Problem:
    """No process can be had."""
    from core.oswords import reason

    return Problem(
        "process.not_started",
        filled(Text("No process to train in could be started: {why}.", "No se pudo iniciar un proceso donde entrenar: {why}."), why=reason(error)),
        Place(),
        Text("Close other programs, or switch off Run › Train in a process of its own.",
             "Cierre otros programas, o desactive Ejecutar › Entrenar en un proceso propio."),
    )  # fmt: skip


def how(code: int | None) -> Text:
    """What the system says of an end."""
    if code is None:
        return Text("it says nothing any more", "ya no dice nada")
    if _killed(code):
        return Text("the system ended it (SIGKILL)", "el sistema lo terminó (SIGKILL)")
    if code < 0:
        name = _signal(-code)
        return Text(f"it crashed ({name})", f"falló ({name})")
    return Text(f"it left with code {code}", f"salió con el código {code}")


def _killed(code: int | None) -> bool:
    return code == -9


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _hints(code: int | None, saved: int | None) -> Text:
    parts = [SAFE, NONE_KEPT if saved is None else filled(KEPT, saved=saved)]
    if _killed(code):
        parts.insert(0, NO_MEMORY)
    return Text(" ".join(p.en for p in parts), " ".join(p.es for p in parts))
