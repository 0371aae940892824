"""Names to be told apart: which language is this the name of a country, a language or a currency in? Or a person's own
lists, one file per class."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from core.data import bayes
from core.data.dataset import Array, Baseline
from core.data.items import Items
from core.data.open import data_place
from core.data.reading import read_text
from core.data.stream import ORDER, generator
from core.data.vocabulary import PAD, UNKNOWN, Vocabulary, characters, padded
from core.problems import Place, Problem, Refused
from core.specs.fields import DataField, Fields
from core.specs.sig import Sig
from core.words import Text, grouped

LONGEST = 100  # characters of a name; longer lines are no names
MOST_NAMES = 500_000
SPLIT_SEED = 0  # the same names are held out whatever the run's seed: figures stay comparable
KINDS = ("territories", "languages", "currencies")


@dataclass(frozen=True)
class Named:
    """A name, its class, and what it is the name of: things held out are held out in every class."""

    name: str
    label: str
    thing: str


@dataclass(frozen=True)
class Split:
    """What is read: classes, symbols, names of both parts, and how many were left out because two classes share them."""

    classes: tuple[str, ...]
    vocabulary: Vocabulary
    training: tuple[Named, ...]
    held: tuple[Named, ...]
    shared: int


@dataclass(frozen=True)
class Names(Items):
    """Names as items, with something to say about them."""

    split: Split | None = None

    def remarks(self) -> tuple[Text, ...]:
        assert self.split is not None
        train, held, shared = len(self.split.training), len(self.split.held), self.split.shared
        return (
            Text(
                f"{grouped(train)} + {grouped(held)} names in {len(self.split.classes)} classes (training + held out); {grouped(shared)} that several classes share are left out.",
                f"{grouped(train)} + {grouped(held)} nombres en {len(self.split.classes)} clases (entrenamiento + reserva); se omiten {grouped(shared)} que comparten varias clases.",
            ),
        )


def name_fields(params: Mapping[str, Any]) -> Fields:
    """Fields for the chosen languages or folder. Raises Refused."""
    split = _split(params)
    return _fields(split)


def open_names(params: Mapping[str, Any]) -> Names:
    """The chosen names, parted so that nothing held out was named in training. Raises Refused."""
    split = _split(params)
    classes = len(split.classes)
    chance = {"loss": math.log(classes), "accuracy": 1 / classes, "nats": math.log(classes)}
    return Names(
        _fields(split), _arrays(split, split.training), _arrays(split, split.held), params["batch"], chance,
        partial(_naive_bayes, split), split,
    )  # fmt: skip


def _fields(split: Split) -> Fields:
    return Fields(
        (
            DataField("name", Sig("tokens", len(split.vocabulary), ("T",)), split.vocabulary),
            DataField("class", Sig("tokens", len(split.classes), ()), split.classes, target=True),
        )
    )


def _arrays(split: Split, items: Sequence[Named]) -> dict[str, Array]:
    ids, lengths = padded([list(item.name) for item in items], split.vocabulary)
    return {"name": ids, "class": _labels(split, items), "T": lengths}


def _labels(split: Split, items: Sequence[Named]) -> Array:
    return np.array([split.classes.index(item.label) for item in items], np.int64)


def _naive_bayes(split: Split) -> tuple[Baseline, ...]:
    """Character trigrams, counted on the training names."""
    names, asked = [n.name for n in split.training], [n.name for n in split.held]
    model = bayes.chosen(names, _labels(split, split.training), len(split.classes))
    found = bayes.scores(model, asked, _labels(split, split.held))
    return (Baseline(Text("naive Bayes, trigrams", "Bayes ingenuo, trigramas"), found),)


def _split(params: Mapping[str, Any]) -> Split:
    if params["path"]:
        items = _own(params["path"], params["lower"])
    else:
        if len(_codes(params["languages"])) < 2:
            raise Refused(_too_few(len(_codes(params["languages"])), 0, 0))
        items = of_cldr(params["languages"], params["things"], params["lower"])
    return _parted(items, params["validation"])


@lru_cache(maxsize=2)
def _parted(items: tuple[Named, ...], held: float) -> Split:
    """Every name once, those of several classes left out; things drawn for the held-out part are so in every class."""
    labels = Counter(item.name for item in set(_once(items)))
    things = sorted({item.thing for item in items if labels[item.name] == 1})
    place = dict(zip(things, generator(SPLIT_SEED, ORDER).permutation(len(things)).tolist(), strict=True))
    aside = {thing for thing, at in place.items() if at < max(1, round(len(things) * held))}
    kept = sorted(
        (item for item in _once(items) if item.thing in place and labels[item.name] == 1), key=lambda n: place[n.thing]
    )
    training = tuple(item for item in kept if item.thing not in aside)
    asked = tuple(item for item in kept if item.thing in aside)
    classes = tuple(sorted({item.label for item in training}))
    asked = tuple(item for item in asked if item.label in classes)
    if len(classes) < 2 or not asked:
        raise Refused(_too_few(len(classes), len(training), len(asked)))
    vocabulary = (PAD, UNKNOWN, *characters("".join(item.name for item in training)))
    return Split(classes, vocabulary, training, asked, sum(1 for n in labels.values() if n > 1))


def _once(items: Sequence[Named]) -> list[Named]:
    """A class has a name once, whatever else it names there."""
    return list({(item.name, item.label): item for item in reversed(items)}.values())[::-1]


@lru_cache(maxsize=4)
def of_cldr(languages: str, things: str, lower: bool) -> tuple[Named, ...]:
    """Names of countries, languages and currencies as babel carries them (Unicode CLDR); those with digits, which tell
    one reform of a currency from another, are left out. Raises Refused for a language that is not there."""
    from babel import Locale, UnknownLocaleError

    found = []
    for code in _codes(languages):
        try:
            locale = Locale.parse(code)
        except (UnknownLocaleError, ValueError):
            raise Refused(_no_language(code)) from None
        for kind in KINDS if things == "all" else (things,):
            for key, name in sorted(getattr(locale, kind).items()):
                if not any(c.isdigit() for c in name) and len(name) <= LONGEST:
                    found.append(Named(name.lower() if lower else name, code, f"{kind}/{key}"))
    return tuple(found)


def _codes(languages: str) -> list[str]:
    return list(dict.fromkeys(c.strip() for c in languages.replace(";", ",").split(",") if c.strip()))


def _own(path: str, lower: bool) -> tuple[Named, ...]:
    """One file per class, one name per line. Raises Refused with file and line."""
    folder = Path(path).expanduser()
    folder = folder if folder.is_dir() else folder.parent
    files = sorted(folder.glob("*.txt"))
    if len(files) < 2:
        raise Refused(_no_files(folder, len(files)))
    found: list[Named] = []
    for file in files:
        for number, line in enumerate(read_text(str(file)).split("\n"), start=1):
            name = line.strip()
            if len(name) > LONGEST:
                raise Refused(_too_long(file, number, len(name)))
            if name:
                found.append(Named(name.lower() if lower else name, file.stem, name))
        if len(found) > MOST_NAMES:
            raise Refused(_too_many(folder))
    return tuple(found)


def _no_language(code: str) -> Problem:
    return Problem(
        "data.no_language",
        Text(f"babel carries no names in {code!r}.", f"babel no trae nombres en {code!r}."),
        data_place("languages"),
        Text("Write CLDR codes: es, en, fr, pt_BR, zh_Hant.", "Escriba códigos de CLDR: es, en, fr, pt_BR, zh_Hant."),
        got=code,
    )


def _too_few(classes: int, training: int, held: int) -> Problem:
    return Problem(
        "data.too_few_names",
        Text(f"{classes} classes with {training} names to train on and {held} held out are too few.",
             f"{classes} clases con {training} nombres para entrenar y {held} reservados son muy pocos."),
        data_place("languages"),
        Text("Give at least two languages, or a folder with two files of different names.",
             "Dé al menos dos idiomas, o una carpeta con dos archivos de nombres distintos."),
        got=str(classes),
        expected="2",
    )  # fmt: skip


def _no_files(folder: Path, count: int) -> Problem:
    return Problem(
        "data.no_classes",
        Text(f"{folder} holds {count} .txt files; at least two are needed, one per class.",
             f"{folder} contiene {count} archivos .txt; hacen falta al menos dos, uno por clase."),
        Place(param="path", file=str(folder), label="data.path"),
        Text("Put one file per class there, one name per line.", "Ponga ahí un archivo por clase, con un nombre por línea."),
        got=str(count),
        expected="2",
    )  # fmt: skip


def _too_long(file: Path, line: int, length: int) -> Problem:
    return Problem(
        "data.long_name",
        Text(f"{file.name}, line {line} has {length} characters; a name has at most {LONGEST}.",
             f"{file.name}, línea {line}, tiene {length} caracteres; un nombre tiene como mucho {LONGEST}."),
        Place(param="path", file=str(file), line=line, column=LONGEST + 1, label=f"{file.name}:{line}:{LONGEST + 1}"),
        Text("Write one name per line.", "Escriba un nombre por línea."),
        got=str(length),
        expected=str(LONGEST),
    )  # fmt: skip


def _too_many(folder: Path) -> Problem:
    return Problem(
        "data.too_big",
        Text(
            f"{folder} holds more than {grouped(MOST_NAMES)} names.",
            f"{folder} contiene más de {grouped(MOST_NAMES)} nombres.",
        ),
        Place(param="path", file=str(folder), label="data.path"),
        Text("Use a part of them.", "Use una parte."),
        expected=str(MOST_NAMES),
    )
