"""What is said of an export in words: whose model it is, what would be replaced, how well the files answer, where they lie."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QMainWindow, QWidget

from core.export.exporter import ExporterSpec, Verified
from core.export.target import is_export
from core.problems import Refused
from core.project.rundir import is_of
from core.words import Text, say
from studio.ending import Note
from studio.panels.ask import Answer, ask, tell_problems
from studio.parts import boxed, button, column, label, row, sign, tip
from studio.state import State
from studio.theme import Theme

OPEN_FOLDER = Text("Open folder", "Abrir carpeta")
THEN = Text(
    "This is the model of the run {r}, as it was drawn then; the drawing has changed since. To export what is drawn now, train it first.",
    "Este es el modelo de la ejecución {r}, tal como estaba dibujado entonces; el dibujo ha cambiado desde entonces. Para exportar lo dibujado ahora, entrénelo antes.",
)  # fmt: skip
NOT_NOW = Text(
    "It is the model of the run {r}, not of the drawing as it is now.",
    "Es el modelo de la ejecución {r}, no del dibujo tal como está ahora.",
)


def outdated(state: State, words: Text) -> str:
    """The words with the run's name where what was trained is not what is drawn; "" where it is, or is not known yet."""
    run_dir = state.session.run_dir
    if run_dir is None or state.verdict.project is not state.session.project:
        return ""
    return "" if state.program is not None and is_of(state.program, run_dir) else say(words, r=run_dir.name)


def may_replace(parent: QWidget, spec: ExporterSpec, target: Path, agreed: Path | None) -> bool:
    """Whether earlier exports in the place may go; asked, save for the file that was agreed to already."""
    stands = [f for f in spec.places(target) if f != agreed and is_export(f)]
    if not stands:
        return True
    names = ", ".join(f.name for f in stands)
    return Answer.YES is ask(
        parent,
        say(Text("{f} is there already. Replace it?", "{f} ya existe. ¿Reemplazarlo?"), f=names)
        if len(stands) == 1
        else say(Text("{f} are there already. Replace them?", "{f} ya existen. ¿Reemplazarlos?"), f=names),
        say(Text("The model exported there before is lost.", "El modelo exportado ahí antes se pierde.")),
        say(Text("Replace", "Reemplazar")),
    )


def likeness(error: float) -> str:
    """How well the files answer, without powers of ten."""
    if error == 0.0:
        return say(Text("it answers exactly as here", "responde exactamente como aquí"))
    places = math.floor(-math.log10(error))
    if places < 1:
        return say(Text("it answers as here to within {e:.2g}", "responde como aquí salvo {e:.2g}"), e=error)
    return say(Text("it answers as here, to {n} decimals", "responde como aquí, con {n} decimales"), n=places)


def said(result: Verified, spec: ExporterSpec, warning: str, tokens: Theme) -> QFrame:
    """The card of an export that is right, and how to use it."""
    worst: dict[tuple[int, int], float] = {}  # a size may have been run more than once
    for batch, time, error in result.errors:
        worst[batch, time] = max(error, worst.get((batch, time), 0.0))
    head = label(_written(result), "strong", wrap=True)
    tried = label(say(Text("Tried with (examples × steps): {s}", "Probado con (ejemplos × pasos): {s}"),
                      s=" · ".join(f"{b} × {t}" for b, t in worst)), "muted", wrap=True)  # fmt: skip
    tip(tried, "\n".join(say(Text("{b} × {t}: largest error {e:.1e}", "{b} × {t}: error máximo {e:.1e}"), b=b, t=t, e=e) for (b, t), e in worst.items()))  # fmt: skip
    files = label("\n".join(str(f) for f in result.files), "muted", wrap=True, select=True)
    use = row(label(say(Text("To use it:", "Para usarlo:")), "muted"), label(spec.used(result.files), "mono", wrap=True, select=True))  # fmt: skip
    use.setStretch(1, 1)
    warned = [row(sign(tokens, "warning"), label(warning, wrap=True))] if warning else []
    shown = button(say(OPEN_FOLDER), _opening(result))
    shown.setObjectName("open-folder")
    return boxed(
        column(
            row(sign(tokens, "good"), head), *warned, tried, files, use, row(None, shown), gap=4, margins=(10, 8, 10, 8)
        ),
        "card",
    )


def tell_outside(window: QWidget | None, state: State, result: Verified | Refused, warning: str) -> None:
    """The dialog was closed meanwhile: the window tells what came of it."""
    if isinstance(result, Refused):
        tell_problems(window, result.problems, state.tokens)
        return
    title = say(Text("Exported: {f}", "Exportado: {f}"), f=result.files[0].name)
    text = f"{_written(result)} {warning}".strip()
    state.status.emit(title)
    if isinstance(window, QMainWindow):
        Note(window, state, "good", title, text, {say(OPEN_FOLDER): _opening(result)})


def _written(result: Verified) -> str:
    return say(Text("Written, and tried with {r} in a fresh process without Unfold: {how}.",
                    "Escrito, y probado con {r} en un proceso nuevo sin Unfold: {how}."),
               r=result.runtime, how=likeness(result.largest))  # fmt: skip


def _opening(result: Verified) -> Callable[[], object]:
    return lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(result.files[0].parent)))
