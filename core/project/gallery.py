"""The projects that ship with Unfold: NAME.unfold in resources/gallery with its card NAME.toml, found by looking."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path as FilePath

from core.problems import Place, Problem, Refused
from core.project.card import SUFFIX as CARD
from core.project.card import Card, load_card
from core.project.file import SUFFIX, load_project
from core.project.model import Project
from core.words import Text

HOME = FilePath(__file__).resolve().parents[2] / "resources" / "gallery"
LISTED = Text("See them all with: unfold gallery", "Véalos todos con: unfold gallery")
FIRST = "char-lm"  # what opens on a first run


@dataclass(frozen=True)
class Shipped:
    name: str
    path: FilePath
    project: Project

    @cached_property
    def card(self) -> Card:
        """Band, figure and page; read when asked for, so that a project opens without it. Raises Refused."""
        return load_card(self.path.with_suffix(CARD))


def gallery(home: FilePath = HOME) -> tuple[Shipped, ...]:
    """Every shipped project, by name."""
    return tuple(Shipped(f.stem, f, load_project(f)) for f in sorted(home.glob("*" + SUFFIX)))


def origin(project: Project) -> Shipped | None:
    """The shipped project that this one was begun from: the one of the same title, however much has changed since."""
    name = _titles().get(project.title)
    return shipped(name) if name is not None else None


@lru_cache(maxsize=1)
def _titles() -> Mapping[Text, str]:
    """Title -> name; only the heads are looked at."""
    heads = ((f.stem, json.loads(f.read_text("utf-8")).get("title", {})) for f in HOME.glob("*" + SUFFIX))
    return {Text(title.get("en", ""), title.get("es", "")): name for name, title in heads if any(title.values())}


def shipped(name: str) -> Shipped:
    """One by name. Raises Refused, naming those that are written nearly so."""
    file = HOME / f"{name}{SUFFIX}"
    names = sorted(f.stem for f in HOME.glob("*" + SUFFIX))
    if name not in names:
        near = get_close_matches(name, names, n=3)
        meant = ", ".join(near)
        hint = Text(f"Did you mean {meant}?", f"¿Quería decir {meant}?") if near else LISTED
        raise Refused(
            Problem(
                "gallery.unknown",
                Text(f"The gallery has no project {name!r}.", f"La galería no tiene el proyecto {name!r}."),
                Place(label=name),
                hint,
                got=name,
                expected=", ".join(names),
            )
        )
    return Shipped(name, file, load_project(file))
