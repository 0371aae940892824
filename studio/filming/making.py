"""Makes a film one picture a turn, so that the window lives meanwhile; says first what it will come to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from core.observe.gif import Gif, changed, picture
from core.oswords import reason
from core.problems import Place, Problem, filled
from core.words import Text
from studio.filming.sources import Source

LARGEST = 100_000_000  # bytes of a film


@dataclass(frozen=True)
class Estimate:
    """What a film of so many pictures will come to."""

    size: int  # bytes
    seconds: float  # that making it takes


def estimate(source: Source, steps: tuple[int, ...]) -> Estimate:
    """From the first picture and from what changes between two in the middle."""
    began = time.perf_counter()
    middle = steps[len(steps) // 2 - 1 : len(steps) // 2 + 1]
    first, before, after = (source.picture(step) for step in (steps[0], *middle))
    top, left, height, width = changed(before, after)
    whole = len(picture(first, 0, 0, 10))
    part = len(picture(after[top : top + height, left : left + width], left, top, 10))
    each = (time.perf_counter() - began) / 3
    return Estimate(whole + (len(steps) - 1) * part, each * len(steps))


class Making(QObject):
    """One film under way. It ends with `finished`, or with `failed` and no file; whoever has had enough calls `cancel`."""

    progressed = Signal(int, int)  # pictures made, bytes written
    finished = Signal(object)  # Path
    failed = Signal(object)  # Problem

    def __init__(self, source: Source, steps: tuple[int, ...], path: Path, rate: float, parent: QObject) -> None:
        super().__init__(parent)
        self._source, self._steps, self._path = source, steps, path
        self._gif = Gif(path, rate)
        self._made = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)

    @property
    def busy(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        try:
            self._gif.__enter__()
        except OSError as error:
            self._fail(unwritten(self._path, error))
        else:
            self._timer.start(0)

    def cancel(self) -> None:
        """Leave nothing."""
        self._timer.stop()
        self._gif.close(kept=False)

    def _turn(self) -> None:
        try:
            self._gif.add(self._source.picture(self._steps[self._made]))
            self._made += 1
            if self._made == len(self._steps):
                self._timer.stop()
                self._gif.close(kept=True)
        except OSError as error:
            self._fail(unwritten(self._path, error))
            return
        except BaseException:
            self.cancel()  # a bug is told as one, and no half a film is left
            raise
        self.progressed.emit(self._made, self._gif.written)
        if self._made == len(self._steps):
            self.finished.emit(self._path)
        elif self._gif.written > LARGEST:
            self._fail(too_large(self._path, self._made, len(self._steps)))

    def _fail(self, problem: Problem) -> None:
        self.cancel()
        self.failed.emit(problem)


def unwritten(path: Path, error: OSError) -> Problem:
    message = Text("{name} could not be written: {why}.", "No se pudo escribir {name}: {why}.")
    return Problem(
        "film.unwritten",
        filled(message, name=path.name, why=reason(error)),
        Place(file=str(path), label=path.name),
        Text("Choose another folder, or make room there.", "Elija otra carpeta o haga sitio en ella."),
    )


def too_large(path: Path, made: int, count: int) -> Problem:
    message = Text(
        "The film came to {n} MB after {made} of {count} pictures, and was given up.",
        "La película llegó a {n} MB tras {made} de {count} imágenes y se abandonó.",
    )
    return Problem(
        "film.size",
        filled(message, n=LARGEST // 1_000_000, made=made, count=count),
        Place(file=str(path), label=path.name),
        Text("Take fewer or smaller pictures.", "Tome menos imágenes o más pequeñas."),
    )
