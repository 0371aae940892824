"""Where training data ends and held-out data begins: always by place, the last part held out, so time never leaks."""

from __future__ import annotations

from core.data.open import data_place
from core.data.windows import Series
from core.problems import Problem, Refused
from core.words import Text


def held_out(series: Series, fraction: float, batch: int, length: int) -> tuple[Series, Series]:
    """Training part and held-out part. Raises Refused where training could not fill one batch of windows or the
    held-out part one window."""
    cut = series.size - round(series.size * fraction)
    return parted(series, cut, series.size - cut, batch, length)


def parted(series: Series, cut: int, last: int, batch: int, length: int) -> tuple[Series, Series]:
    """The same with the first `cut` values for training and the `last` ones after them held out."""
    if cut < batch * length:
        raise Refused(_too_short("training", "entrenamiento", max(cut, 0), batch, length))
    left = min(last, series.size - cut)
    if left < length or left < last:
        raise Refused(_too_short("the held-out part", "la parte reservada", max(left, 0), 1, max(length, last)))
    return series.part(0, cut), series.part(cut, cut + last)


def _too_short(part: str, parte: str, got: int, batch: int, length: int) -> Problem:
    need = batch * length
    return Problem(
        code="data.too_short",
        message=Text(
            f"{got} {'value is' if got == 1 else 'values are'} left for {part}, but "
            f"{batch} {'row' if batch == 1 else 'rows'} of {length} {'needs' if batch == 1 else 'need'} {need}.",
            f"{'Queda' if got == 1 else 'Quedan'} {got} {'valor' if got == 1 else 'valores'} para {parte}, pero "
            f"{batch} {'fila' if batch == 1 else 'filas'} de {length} {'necesita' if batch == 1 else 'necesitan'} {need}.",
        ),
        where=data_place("length"),
        hint=Text(
            "Use shorter windows, a smaller batch, another held-out part, or more data.",
            "Use ventanas más cortas, un lote menor, otra parte reservada o más datos.",
        ),
        got=str(got),
        expected=str(need),
    )
