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
    if cut < batch * length:
        raise Refused(_too_short("training", "entrenamiento", cut, batch, length))
    if series.size - cut < length:
        raise Refused(_too_short("validation", "validación", series.size - cut, 1, length))
    return series.part(0, cut), series.part(cut, series.size)


def _too_short(part: str, parte: str, got: int, batch: int, length: int) -> Problem:
    need = batch * length
    return Problem(
        code="data.too_short",
        message=Text(
            f"{got} values are left for {part}, but {batch} rows of {length} need {need}.",
            f"Quedan {got} valores para {parte}, pero {batch} filas de {length} necesitan {need}.",
        ),
        where=data_place("length"),
        hint=Text(
            "Use shorter windows, a smaller batch, another validation part, or more data.",
            "Use ventanas más cortas, un lote menor, otra parte de validación o más datos.",
        ),
        got=str(got),
        expected=str(need),
    )
