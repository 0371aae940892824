"""A text as a prediction task: read a symbol, name the next one."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.data.corpora import CORPORA
from core.data.dataset import Batch
from core.data.open import data_place
from core.data.reading import read_text
from core.data.split import held_out
from core.data.stream import BatchStream
from core.data.vocabulary import Vocabulary, characters, ids_of, shown, words
from core.data.windows import Series, anywhere, one_pass, side_by_side, spread, windows_per_pass
from core.problems import Problem, Refused
from core.specs.fields import DataField, Fields
from core.specs.sig import Sig
from core.words import Text

BITS = {"char": "bits_per_char", "word": "bits_per_word"}


@dataclass(frozen=True)
class NextSymbol:
    """An opened text: `text` (B, T) in, `next` (B, T) the same one symbol later."""

    fields: Fields
    training: Series
    held: Series
    batch: int
    length: int
    carry: bool
    level: str = "char"

    def stream(self, seed: int) -> BatchStream:
        cut = side_by_side(self.training, self.batch, self.length)
        make = cut if self.carry else anywhere(self.training, self.batch, self.length, seed)
        windows = f"{self.batch}x{self.length}-{'carried' if self.carry else seed}"
        return BatchStream(make, f"{self.training.identity}-{_checksum(self.fields)}-{windows}")

    def validation(self) -> Iterator[Batch]:
        return one_pass(self.held, self.batch, self.length, self.carry)

    def examples(self, count: int) -> Batch:
        return spread(self.held, count, self.length)

    @property
    def chance(self) -> Mapping[str, float]:
        """What a uniform guess scores."""
        size = len(self.fields.items[0].vocabulary or ())
        return {
            "loss": math.log(size),
            BITS[self.level]: math.log2(size),
            "perplexity": float(size),
            "accuracy": 1 / size,
        }

    @property
    def steps_per_epoch(self) -> int:
        return windows_per_pass(self.training, self.batch, self.length)


def _checksum(fields: Fields) -> str:
    """Of the symbols: the same ids may stand for another text."""
    return f"{zlib.crc32(repr(fields.items[0].vocabulary).encode()):08x}"


def open_text(params: Mapping[str, Any]) -> NextSymbol:
    """The text that the parameters choose, cut into training and held-out part. Raises Refused."""
    text = chosen_text(params)
    vocabulary = chosen_vocabulary(params)
    ids = ids_of(text, vocabulary)
    series = Series({"text": ids[:-1], "next": ids[1:]})
    batch, length = params["batch"], params["length"]
    training, held = held_out(series, params["validation"], batch, length)
    return NextSymbol(text_fields(vocabulary), training, held, batch, length, params["carry"], params["level"])


def text_fields(vocabulary: Vocabulary) -> Fields:
    sig = Sig("tokens", len(vocabulary), ("T",))
    return Fields((DataField("text", sig, vocabulary), DataField("next", sig, vocabulary, target=True)))


def chosen_text(params: Mapping[str, Any]) -> str:
    """The person's file where there is one, else the built-in corpus."""
    return read_text(params["path"]) if params["path"] else CORPORA[params["corpus"]]()


def chosen_vocabulary(params: Mapping[str, Any]) -> Vocabulary:
    """The symbols of the chosen text. Raises Refused where there are fewer than two: then nothing is left to learn."""
    vocabulary = _vocabulary(chosen_text(params), params["level"], params["min_count"], params["max_size"])
    if len(vocabulary) < 2:
        raise Refused(_too_few(vocabulary))
    return vocabulary


def text_metrics(params: Mapping[str, Any]) -> tuple[str, ...]:
    """A bit is paid per character or per word, whichever a step reads."""
    return (BITS[params["level"]], "perplexity", "accuracy")


@lru_cache(maxsize=4)
def _vocabulary(text: str, level: str, min_count: int, max_size: int) -> Vocabulary:
    return (words if level == "word" else characters)(text, min_count, max_size)


def _too_few(vocabulary: Vocabulary) -> Problem:
    one = f" ({shown(vocabulary[0])})" if vocabulary else ""
    return Problem(
        code="data.one_symbol" if vocabulary else "data.empty",
        message=Text(
            f"The text holds {len(vocabulary)} different symbols{one}; at least 2 are needed.",
            f"El texto tiene {len(vocabulary)} símbolos distintos{one}; hacen falta al menos 2.",
        ),
        where=data_place("path"),
        hint=Text(
            "Choose another file, or let fewer symbols become <unk> (min_count, max_size).",
            "Elija otro archivo, o deje que menos símbolos pasen a <unk> (min_count, max_size).",
        ),
        got=str(len(vocabulary)),
        expected="2",
    )
