"""A text as a prediction task: read a symbol, name the next one."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from core.data.corpora import CORPORA
from core.data.dataset import Array, Baseline, Batch
from core.data.ngrams import MOST_SYMBOLS, Counts, count, log_p
from core.data.open import data_place
from core.data.reading import read_text
from core.data.spelling import split_words
from core.data.split import held_out
from core.data.stream import BatchStream
from core.data.vocabulary import UNKNOWN, Vocabulary, characters, counted_words, ids_of, shown
from core.data.windows import Series, anywhere, one_pass, side_by_side, spread, windows_per_pass
from core.problems import Problem, Refused
from core.specs.fields import DataField, Fields
from core.specs.sig import Sig
from core.words import Text, grouped, percent

BITS = {"char": "bits_per_char", "word": "bits_per_word"}
ORDER = {"char": 3, "word": 2}  # of the counts shown beside a model, where the person chose none


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
    order: int = 3  # symbols that the counts shown beside the model look at

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

    def baselines(self) -> tuple[Baseline, ...]:
        """Counts of the training part, of single symbols and of `order` of them, judged as the model is: in the same
        windows, with no more of the past than its state can have."""
        orders = sorted({1, self.counts(self.order).order})
        return tuple(Baseline(_counted(order), self._scores(self.counts(order))) for order in orders)

    def counts(self, order: int) -> Counts:
        """Order-k counts of the training part."""
        if order not in self._counts:
            size = len(self.fields.items[0].vocabulary or ())
            self._counts[order] = count([self.symbols()[:MOST_SYMBOLS]], size, order)
        return self._counts[order]

    def symbols(self) -> Array:
        """The training part as one row of ids."""
        return np.append(self.training.arrays["text"], self.training.arrays["next"][-1:])

    def unknown(self) -> tuple[float, float]:
        """Share of `<unk>` among the symbols of the training part and of the held-out part."""
        vocabulary = self.fields.items[0].vocabulary or ()
        if UNKNOWN not in vocabulary:
            return 0.0, 0.0
        id = vocabulary.index(UNKNOWN)
        training, held = (float((part.arrays["next"] == id).mean()) for part in (self.training, self.held))
        return training, held

    def remarks(self) -> tuple[Text, ...]:
        """How much was read, and how much of it has no symbol of its own."""
        training, held = self.unknown()
        sizes = f"{grouped(self.training.size)} + {grouped(self.held.size)}"
        kinds = len(self.fields.items[0].vocabulary or ())
        return (
            Text(
                f"{sizes} symbols, {grouped(kinds)} different; {percent(training, 1, 'en')} + {percent(held, 1, 'en')} are {UNKNOWN} (training + held out).",
                f"{sizes} símbolos, {grouped(kinds)} distintos; {percent(training, 1, 'es')} + {percent(held, 1, 'es')} son {UNKNOWN} (entrenamiento + reserva).",
            ),
        )

    @cached_property
    def _counts(self) -> dict[int, Counts]:
        return {}

    def _scores(self, counts: Counts) -> dict[str, float]:
        total, symbols, before = 0.0, 0, None
        for batch in self.validation():
            text, following = batch.arrays["text"], batch.arrays["next"]
            if before is None or not batch.carry:
                before = text[:, :0]
            rows = np.concatenate([before, text, following[:, -1:]], axis=1)
            total -= float(log_p(counts, rows)[:, before.shape[1] + 1 :].sum())
            symbols += following.size
            before = _tail(np.concatenate([before, text], axis=1), counts.order)
        nats = total / symbols
        return {
            "loss": nats,
            "nats": nats,
            BITS[self.level]: nats / math.log(2),
            "perplexity": math.exp(nats),
        }


def _tail(rows: Array, order: int) -> Array:
    """What the next window's first symbol may still look back on, beside the one it stands after."""
    return rows[:, max(0, rows.shape[1] - order) :]


def _counted(order: int) -> Text:
    names = {1: Text("unigram", "unigramas"), 2: Text("bigram", "bigramas")}
    return names.get(order, Text(f"{order}-gram", f"{order}-gramas"))


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
    return NextSymbol(
        text_fields(vocabulary), training, held, batch, length, params["carry"], params["level"],
        params["ngram"] or ORDER[params["level"]],
    )  # fmt: skip


def text_fields(vocabulary: Vocabulary) -> Fields:
    sig = Sig("tokens", len(vocabulary), ("T",))
    return Fields((DataField("text", sig, vocabulary), DataField("next", sig, vocabulary, target=True)))


def chosen_text(params: Mapping[str, Any]) -> str:
    """The person's file where there is one, else the built-in corpus."""
    text = read_text(params["path"]) if params["path"] else CORPORA[params["corpus"]]()
    return text.lower() if params["lower"] else text


def chosen_vocabulary(params: Mapping[str, Any]) -> Vocabulary:
    """The symbols of the chosen text: every character of it, or the words of its training part, so that held-out words
    which training never showed are `<unk>`. Raises Refused where there are fewer than two: then nothing is left to learn.
    """
    text, least, most = chosen_text(params), params["min_count"], params["max_size"]
    if params["level"] == "word":
        vocabulary = _word_vocabulary(text, params["validation"], least, most)
    else:
        vocabulary = _character_vocabulary(text, least, most)
    if not text.strip():
        raise Refused(_EMPTY)
    if len(vocabulary) < 2:
        raise Refused(_too_few(vocabulary))
    return vocabulary


def text_metrics(params: Mapping[str, Any]) -> tuple[str, ...]:
    """A bit is paid per character or per word, whichever a step reads."""
    return (BITS[params["level"]], "perplexity", "accuracy")


@lru_cache(maxsize=4)
def _character_vocabulary(text: str, min_count: int, max_size: int) -> Vocabulary:
    return characters(text, min_count, max_size)


@lru_cache(maxsize=4)
def _word_vocabulary(text: str, held: float, min_count: int, max_size: int) -> Vocabulary:
    symbols = split_words(text)
    last = len(symbols) - round((len(symbols) - 1) * held)
    return counted_words(symbols[:last], min_count, max_size)


_EMPTY = Problem(
    code="data.empty",
    message=Text("The file is empty: there is no text to learn from.", "El archivo está vacío: no hay texto del que aprender."),
    where=data_place("path"),
    hint=Text("Choose another file.", "Elija otro archivo."),
    got="0",
    expected="2",
)  # fmt: skip


def _too_few(vocabulary: Vocabulary) -> Problem:
    one = f" ({shown(vocabulary[0])})" if vocabulary else ""
    return Problem(
        code="data.one_symbol",
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
