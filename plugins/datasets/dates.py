"""Written dates in several languages (Unicode CLDR, through babel) and the same dates as the ISO standard writes them."""

import math
from datetime import date, timedelta
from functools import lru_cache

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text, padded

HELD_OUT = 500
FIRST, DAYS = date(1900, 1, 1), 73_049  # to the end of 2099
ASIDE = 20  # every 20th day is held out, however it is written
FORMS = ("full", "long", "medium")  # the short form leaves the century open
LANGUAGES = {
    "es": ("es",), "en": ("en",), "fr": ("fr",), "es-en-fr": ("es", "en", "fr"),
    "eight": ("es", "en", "fr", "de", "it", "pt", "nl", "sv"),
}  # fmt: skip
TARGET = ("<start>", "<end>", *"0123456789-")


def written(day, language, form):
    from babel.dates import format_date

    return " ".join(format_date(day, form, language).split())  # some languages use spaces of other widths


@lru_cache(maxsize=8)
def fields(choice):
    """What is read: every character of any date that can be asked for."""
    days = [FIRST + timedelta(days=k) for k in (*range(366), *range(0, DAYS, 3650))]
    known = sorted(
        {c for day in days for name in LANGUAGES[choice] for form in FORMS for c in written(day, name, form)}
        | set("0123456789")
    )
    source = ("<pad>", *known)
    return Fields(
        (
            DataField("source", Sig("tokens", len(source), ("S",)), source),
            DataField("target", Sig("tokens", len(TARGET), ("T",)), TARGET, target=True),
        )
    )  # fmt: skip


def pairs(rng, count, choice, held_out):
    """Dates as they are written, and in ISO with <end>; both padded, with lengths. Held-out days are never trained on."""
    names = LANGUAGES[choice]
    step = rng.integers(0, DAYS // ASIDE, count) * ASIDE
    days = step if held_out else step + rng.integers(1, ASIDE, count)
    which, how = rng.integers(0, len(names), count), rng.integers(0, len(FORMS), count)
    said = [FIRST + timedelta(days=int(k)) for k in days]
    read = [written(day, names[i], FORMS[j]) for day, i, j in zip(said, which, how, strict=True)]
    source, target = fields(choice).items
    sources, reads = padded([tuple(r) for r in read], source.vocabulary)
    targets, ends = padded([(*day.isoformat(), "<end>") for day in said], target.vocabulary)
    return {"source": sources, "target": targets, "S": reads, "T": ends}


def opened(params, seed):
    choice = params["languages"]
    return Generated(
        fields=fields(choice),
        make=lambda rng, count: pairs(rng, count, choice, held_out=False),
        make_held_out=lambda rng, count: pairs(rng, count, choice, held_out=True),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(len(TARGET)), "accuracy": 1 / len(TARGET), "exact_match": 1 / DAYS},
        baselines=lambda: (
            Baseline(
                Text("the year read off, day and month guessed", "el año leído, día y mes al azar"),
                {"exact_match": 1 / 365.25},
            ),
        ),
    )


SPEC = DatasetSpec(
    kind="dates",
    name=Text("Dates", "Fechas"),
    help=Text(
        "A date as people write it (5 de enero de 2024; Friday, January 5, 2024), and as ISO 8601 does: 2024-01-05. Days from 1900 to "
        "2099; every twentieth is held out in every form.",
        "Una fecha como la escribe la gente (5 de enero de 2024; Friday, January 5, 2024) y como ISO 8601: 2024-01-05. Días de 1900 a "
        "2099; uno de cada veinte se reserva en todas sus formas.",
    ),
    params=(
        ParamSpec(
            "languages", "choice", "es-en-fr", Text("Languages", "Idiomas"), Text("In which the dates are written.", "En los que se escriben las fechas."),
            choices=(("es", Text("Spanish", "español")), ("en", Text("English", "inglés")), ("fr", Text("French", "francés")),
                     ("es-en-fr", Text("Spanish, English, French", "español, inglés, francés")),
                     ("eight", Text("eight languages", "ocho idiomas"))),
        ),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Dates per step.", "Fechas por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: fields(params["languages"]),
    metrics=("exact_match", "accuracy", "length_error"),
    group="real",
)  # fmt: skip
