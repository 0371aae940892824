"""Pairs of sequences for encoder-decoders: one line of a file is what is read, a tab, and what is to be said."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from core.data.bayes import trigrams
from core.data.dataset import Array, Baseline
from core.data.items import Items
from core.data.names import of_cldr
from core.data.open import data_place
from core.data.reading import read_text
from core.data.room import check_room
from core.data.spelling import split_words
from core.data.stream import ORDER, generator
from core.data.vocabulary import END, PAD, START, UNKNOWN, Vocabulary, padded
from core.problems import Place, Problem, Refused
from core.specs.fields import DataField, Fields
from core.specs.sig import Sig
from core.words import Text, grouped, percent

LONGEST = 2000  # symbols of one side
SHIPPED = Path(__file__).resolve().parents[2] / "resources" / "data"
SPLIT_SEED = 0  # the same pairs are held out whatever the run's seed: figures stay comparable
COMPARED = 500  # held-out pairs that the nearest known source is sought for
Symbols = tuple[str, ...]
Pair = tuple[Symbols, Symbols]


@dataclass(frozen=True)
class Split:
    """Pairs of both parts, and the symbols of either side: `<pad>` and `<start>` are their ids 0."""

    training: tuple[Pair, ...]
    held: tuple[Pair, ...]
    source: Vocabulary
    target: Vocabulary


@dataclass(frozen=True)
class Pairs(Items):
    """Pairs as items, with something to say about them."""

    split: Split | None = None

    def remarks(self) -> tuple[Text, ...]:
        assert self.split is not None
        s = self.split
        read, said = (_unknown([pair[k] for pair in s.held], v) for k, v in ((0, s.source), (1, s.target)))
        return (
            Text(
                f"{grouped(len(s.training))} + {grouped(len(s.held))} pairs (training + held out); {percent(read, 1, 'en')} of what is read and {percent(said, 1, 'en')} of what is to be said there was never seen in training.",
                f"{grouped(len(s.training))} + {grouped(len(s.held))} pares (entrenamiento + reserva); en la reserva, el {percent(read, 1, 'es')} de lo que se lee y el {percent(said, 1, 'es')} de lo que hay que decir no se vio nunca al entrenar.",
            ),
        )


def pair_fields(params: Mapping[str, Any]) -> Fields:
    """Fields for the chosen pairs. Raises Refused."""
    return _fields(_split(params))


def open_pairs(params: Mapping[str, Any]) -> Pairs:
    """The chosen pairs, parted so that no source is in both parts. Raises Refused with file, line and column."""
    split = _split(params)
    size = len(split.target)
    commonest = Counter(target for _, target in split.training).most_common(1)[0][0]
    guessed = sum(target == commonest for _, target in split.held) / len(split.held)
    chance = {"loss": math.log(size), "accuracy": 1 / size, "exact_match": guessed}
    return Pairs(
        _fields(split), _arrays(split, split.training), _arrays(split, split.held), params["batch"], chance,
        partial(_rivals, split), split,
    )  # fmt: skip


def _fields(split: Split) -> Fields:
    return Fields(
        (
            DataField("source", Sig("tokens", len(split.source), ("S",)), split.source),
            DataField("target", Sig("tokens", len(split.target), ("T",)), split.target, target=True),
        )
    )


def _arrays(split: Split, pairs: Sequence[Pair]) -> dict[str, Array]:
    source, read = padded([pair[0] for pair in pairs], split.source)
    target, said = padded([(*pair[1], END) for pair in pairs], split.target)
    return {"source": source, "target": target, "S": read, "T": said}


def _unknown(sequences: Sequence[Symbols], vocabulary: Vocabulary) -> float:
    known = set(vocabulary)
    symbols = list(chain.from_iterable(sequences))
    return sum(s not in known for s in symbols) / max(1, len(symbols))


def _rivals(split: Split) -> tuple[Baseline, ...]:
    """Saying what was read; and what the most similar training source, by its trigrams, was to say."""
    asked = split.held[:COMPARED]
    copied = sum(a == b for a, b in split.held) / len(split.held)
    answers = _nearest(split.training, [source for source, _ in asked])
    near = sum(said == target for said, (_, target) in zip(answers, asked, strict=True)) / len(asked)
    return (
        Baseline(Text("copying", "copiar"), {"exact_match": copied}),
        Baseline(Text("nearest known source", "fuente conocida más parecida"), {"exact_match": near}),
    )


def _nearest(known: Sequence[Pair], sources: Sequence[Symbols]) -> list[Symbols]:
    holders: dict[str, list[int]] = {}
    sizes = []
    for i, (source, _) in enumerate(known):
        grams = set(trigrams("".join(source)))
        sizes.append(len(grams))
        for gram in grams:
            holders.setdefault(gram, []).append(i)
    answers = []
    for source in sources:
        grams = set(trigrams("".join(source)))
        shared = Counter(i for gram in grams for i in holders.get(gram, ()))
        best = max(shared, key=lambda i: shared[i] / (sizes[i] + len(grams) - shared[i]), default=0)
        answers.append(known[best][1])
    return answers


def _split(params: Mapping[str, Any]) -> Split:
    lines = _own(read_text(params["path"]), params["path"]) if params["path"] else _shipped(params["shipped"])
    return _parted(lines, params["path"], params["level"], params["lower"], params["min_count"], params["validation"])


@lru_cache(maxsize=2)
def _parted(lines: tuple[tuple[str, str], ...], path: str, level: str, lower: bool, least: int, held: float) -> Split:
    """Each pair once; the pairs of one source stay together."""
    cut = split_words if level == "word" else list
    pairs = list(
        dict.fromkeys((tuple(cut(a.lower() if lower else a)), tuple(cut(b.lower() if lower else b))) for a, b in lines)
    )
    sources = list(dict.fromkeys(source for source, _ in pairs))
    order = generator(SPLIT_SEED, ORDER).permutation(len(sources))
    place = {sources[i]: at for at, i in enumerate(order)}
    pairs.sort(key=lambda pair: place[pair[0]])
    first = max(1, round(len(sources) * held))
    training = tuple(pair for pair in pairs if place[pair[0]] >= first)
    asked = tuple(pair for pair in pairs if place[pair[0]] < first)
    if not training:
        raise Refused(_too_few(path, len(pairs)))
    longest = [max(len(pair[k]) for pair in pairs) + 1 for k in (0, 1)]
    check_room(Path(path or "babel"), len(pairs) * sum(longest) * 16)
    read, said = (_kept([pair[k] for pair in training], least) for k in (0, 1))
    return Split(training, asked, (PAD, UNKNOWN, *read), (START, END, UNKNOWN, *said))


def _kept(sequences: Sequence[Symbols], least: int) -> list[str]:
    counts = Counter(chain.from_iterable(sequences))
    return sorted(symbol for symbol, count in counts.items() if count >= least)


def _shipped(name: str) -> tuple[tuple[str, str], ...]:
    """The lines of a file that comes with Unfold, else what two languages call the same country, language or currency
    (Unicode CLDR, through babel)."""
    file = SHIPPED / f"{name}.tsv"
    if file.exists():
        return _own(read_text(str(file)), str(file))
    one, other = name.split("-")
    said = {(n.thing): n.name for n in of_cldr(other, "all", False)}
    return tuple((n.name, said[n.thing]) for n in of_cldr(one, "all", False) if n.thing in said)


@lru_cache(maxsize=2)
def _own(text: str, path: str) -> tuple[tuple[str, str], ...]:
    """The lines of a file. Raises Refused at the first that is no pair."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            sides = line.split("\t")
            if len(sides) != 2:
                raise Refused(_no_pair(path, number, line, len(sides) - 1))
            source, target = sides[0].strip(), sides[1].strip()
            if not (source and target):
                raise Refused(_one_side(path, number, line, bool(source)))
            for side, start in ((source, 1), (target, len(sides[0]) + 2)):
                if len(side) > LONGEST:
                    raise Refused(_too_long(path, number, start + LONGEST, len(side)))
            found.append((source, target))
    if len(found) < 2:
        raise Refused(_too_few(path, len(found)))
    return tuple(found)


def _at(path: str, line: int, column: int) -> Place:
    return Place(param="path", file=path, line=line, column=column, label=f"{Path(path).name}:{line}:{column}")


def _no_pair(path: str, line: int, text: str, tabs: int) -> Problem:
    column = len(text) + 1 if not tabs else text.index("\t", text.index("\t") + 1) + 1
    return Problem(
        "data.pair",
        Text(f"{Path(path).name}, line {line} has {tabs} tabs; one is expected, between what is read and what is to be said.",
             f"{Path(path).name}, línea {line}, tiene {tabs} tabuladores; se espera uno, entre lo que se lee y lo que hay que decir."),
        _at(path, line, column),
        Text("Write SOURCE, a tab, TARGET on every line.", "Escriba FUENTE, un tabulador y DESTINO en cada línea."),
        got=str(tabs),
        expected="1",
    )  # fmt: skip


def _one_side(path: str, line: int, text: str, read: bool) -> Problem:
    after = text.index("\t") + 1
    return Problem(
        "data.pair",
        Text(f"{Path(path).name}, line {line} has nothing {'after' if read else 'before'} its tab.",
             f"{Path(path).name}, línea {line}, no tiene nada {'después' if read else 'antes'} del tabulador."),
        _at(path, line, after + 1 if read else 1),
        Text("Fill it in, or take the line out.", "Complétela o quite la línea."),
        expected="SOURCE\tTARGET",
    )  # fmt: skip


def _too_long(path: str, line: int, column: int, length: int) -> Problem:
    return Problem(
        "data.long_pair",
        Text(f"{Path(path).name}, line {line} has a side of {grouped(length)} characters; at most {grouped(LONGEST)} are read.",
             f"{Path(path).name}, línea {line}, tiene un lado de {grouped(length)} caracteres; se leen como mucho {grouped(LONGEST)}."),
        _at(path, line, column),
        Text("Cut it into several lines.", "Córtela en varias líneas."),
        got=str(length),
        expected=str(LONGEST),
    )  # fmt: skip


def _too_few(path: str, count: int) -> Problem:
    name = Path(path).name or "babel"
    return Problem(
        "data.empty",
        Text(f"{name} holds {count} pairs; at least two with different sources are needed.",
             f"{name} contiene {count} pares; hacen falta al menos dos con fuentes distintas."),
        _at(path, 1, 1) if path else data_place("shipped"),
        Text("Write one pair per line, the sides separated by a tab.", "Escriba un par por línea, con los lados separados por un tabulador."),
        got=str(count),
        expected="2",
    )  # fmt: skip
