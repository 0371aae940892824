"""The projects that ship with Unfold: one file each in resources/gallery, found by looking."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from core.problems import Place, Problem, Refused
from core.project.file import load_project
from core.project.model import Project
from core.words import Text

HOME = FilePath(__file__).resolve().parents[2] / "resources" / "gallery"
FIRST = "char-lm"  # what opens on a first run


@dataclass(frozen=True)
class Shipped:
    name: str
    path: FilePath
    project: Project


def gallery() -> tuple[Shipped, ...]:
    """Every shipped project, by name."""
    return tuple(Shipped(f.stem, f, load_project(f)) for f in sorted(HOME.glob("*.unfold")))


def shipped(name: str) -> Shipped:
    """One by name. Raises Refused, naming those there are."""
    file = HOME / f"{name}.unfold"
    names = sorted(f.stem for f in HOME.glob("*.unfold"))
    if name not in names:
        there = ", ".join(names)
        raise Refused(
            Problem(
                "gallery.unknown",
                Text(f"The gallery has no project {name!r}.", f"La galería no tiene el proyecto {name!r}."),
                Place(label=name),
                Text(f"There are: {there}.", f"Hay: {there}."),
                got=name,
                expected=there,
            )
        )
    return Shipped(name, file, load_project(file))
