"""The card beside a gallery project (NAME.toml): the figure it must reach, where that figure comes from, and its page."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from core.graph.codec import _Strict, schema_problems
from core.oswords import reason, short
from core.problems import Place, Problem, Refused
from core.train.measures import present
from core.words import Text

SUFFIX = ".toml"
GRACE = 1.5  # how many times the reference's sequences or seconds a project may take
MAX_BYTES = 1 << 20
COMPARISON = re.compile(r"(<=|>=)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")


@dataclass(frozen=True)
class Band:
    """What a validation metric must be: `sign` is "<=" or ">="."""

    metric: str
    sign: str
    value: float

    def holds(self, score: float) -> bool:
        """Never for a score that is no number."""
        return score <= self.value if self.sign == "<=" else score >= self.value

    def show(self) -> str:
        return f"{self.metric} {self.sign} {self.value:g}"


@dataclass(frozen=True)
class Rival:
    """A simple method's score on the main metric."""

    name: Text
    value: float


@dataclass(frozen=True)
class Card:
    """`bands`: the first is the main metric's. `chance`: what knowing nothing scores on it. `sequences`, `seconds`: the
    reference's, 0 where it states none. `needs`: what training it takes where that is more than three CPU minutes."""

    bands: tuple[Band, ...]
    figure: Text
    page: Text
    chance: float | None = None
    baseline: Rival | None = None
    sequences: int = 0
    seconds: float = 0.0
    needs: Text = Text("", "")

    @property
    def metric(self) -> str:
        return self.bands[0].metric


def _comparisons(text: str) -> str:
    if not all(COMPARISON.fullmatch(part.strip()) for part in text.split(",")):
        raise PydanticCustomError("comparison", "a comparison")
    return text


def _closed(text: str) -> str:
    """An equation that is opened must be closed, or the rest of the page would read as one."""
    if text.count("$$") % 2:
        raise PydanticCustomError("open_equation", "an open equation")
    return text


Words = Annotated[str, Field(min_length=1, max_length=200_000), AfterValidator(_closed)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Bands = dict[Annotated[str, Field(min_length=1)], Annotated[str, AfterValidator(_comparisons)]]


class _Pair(_Strict):
    en: Words
    es: Words


class _Rival(_Pair):
    value: Number


class _File(_Strict):
    bands: Annotated[Bands, Field(min_length=1)]
    figure: _Pair
    page: _Pair
    chance: Number | None = None
    baseline: _Rival | None = None
    sequences: Annotated[int, Field(ge=0)] = 0
    seconds: Annotated[Number, Field(ge=0)] = 0.0
    needs: _Pair | None = None


def load_card(path: Path) -> Card:
    """The card in a file. Raises Refused with every mistake and its place."""
    try:
        data = path.read_bytes()[:MAX_BYTES]
        return read_card(tomllib.loads(data.decode("utf-8")), path.name)
    except OSError as error:
        raise Refused(_unreadable(path, reason(error), short(error))) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(_unreadable(path, NO_TOML, short(error), ("tomllib", str(error)))) from None


def read_card(data: Any, file: str = "") -> Card:
    """The card that the data of a TOML file describes. Raises Refused with every mistake and its pointer."""
    try:
        parsed = _File.model_validate(data)
    except ValidationError as error:
        raise Refused(*(_named(p, file) for p in schema_problems(error, file=file))) from None
    return Card(
        bands=tuple(b for metric, text in parsed.bands.items() for b in _bands(metric, text)),
        figure=_text(parsed.figure),
        page=_text(parsed.page),
        chance=parsed.chance,
        baseline=Rival(_text(parsed.baseline), parsed.baseline.value) if parsed.baseline else None,
        sequences=parsed.sequences,
        seconds=parsed.seconds,
        needs=_text(parsed.needs) if parsed.needs else Text("", ""),
    )


def _bands(metric: str, text: str) -> list[Band]:
    return [Band(present(metric), sign, float(value)) for sign, value in COMPARISON.findall(text)]


def _text(pair: _Pair) -> Text:
    return Text(pair.en.strip("\n"), pair.es.strip("\n"))


def _named(problem: Problem, file: str) -> Problem:
    return replace(problem, where=replace(problem.where, label=file + problem.where.pointer))


NO_TOML = Text("it is no TOML text", "no es un texto TOML")


def _unreadable(path: Path, why: Text, got: str, quote: tuple[str, str] = ("", "")) -> Problem:
    return Problem(
        "card.unreadable",
        Text(f"{path.name} cannot be read: {why.en}.", f"No se puede leer {path.name}: {why.es}."),
        Place(file=str(path), label=path.name),
        Text("It is a TOML text in UTF-8; correct that place.", "Es un texto TOML en UTF-8; corrija ese lugar."),
        got=got,
        quote=quote,
    )
