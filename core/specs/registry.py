"""Finds every contribution (node, cell, dataset, chart, exporter) by looking into the plugin folders. No list to edit.

A plugin file is a Python file whose module-level values that carry a `category` are its contributions, or a JSON file
in `cells/` or `blocks/`. A broken plugin is a Problem, never a crash.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any, Protocol, cast

from core.problems import Place, Problem, filled
from core.specs.node import NodeSpec
from core.words import Text

OWN = "UNFOLD_PLUGINS"
HOME = FilePath(__file__).resolve().parents[2] / "plugins"


class Contribution(Protocol):
    """Anything a plugin may offer: has a category, a unique kind within it, and a name in both languages."""

    @property
    def category(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> Text: ...


NONE: Mapping[str, Contribution] = MappingProxyType({})


@dataclass(frozen=True)
class Registry:
    """All contributions by category and kind, where each came from, and what went wrong while loading."""

    items: Mapping[str, Mapping[str, Contribution]]
    files: Mapping[tuple[str, str], FilePath] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def of(self, category: str) -> Mapping[str, Contribution]:
        return self.items.get(category, NONE)

    @property
    def nodes(self) -> Mapping[str, NodeSpec]:
        return cast("Mapping[str, NodeSpec]", self.of("node"))

    def node(self, kind: str) -> NodeSpec | None:
        """The spec of a kind, also under a name it had in older files."""
        return self.nodes.get(kind) or next((s for s in self.nodes.values() if kind in s.was), None)


@lru_cache(maxsize=1)
def default_registry() -> Registry:
    """The contributions that ship with Unfold, then those in the person's own folders."""
    return discover(HOME, *own_folders())


def own_folders() -> tuple[FilePath, ...]:
    """The folders that UNFOLD_PLUGINS names, parted as in PATH."""
    return tuple(FilePath(part) for part in os.environ.get(OWN, "").split(os.pathsep) if part)


def discover(*folders: FilePath) -> Registry:
    """Load every plugin file under the folders, in name order; a later kind never replaces an earlier one."""
    items: dict[str, dict[str, Contribution]] = {}
    files: dict[tuple[str, str], FilePath] = {}
    problems: list[Problem] = []
    for folder in folders:
        for file in sorted(f for f in folder.rglob("*") if f.suffix in (".py", ".json") and f.name != "__init__.py"):
            try:
                found = list(_contributions(folder, file))
            except Exception as error:  # a plugin is foreign code: whatever it raises is its author's mistake
                problems.append(_broken(file, quote=("Python", f"{type(error).__name__}: {error}")))
                continue
            for item in found:
                kinds = items.setdefault(item.category, {})
                if item.kind in kinds:
                    problems.append(_broken(file, filled(TAKEN, what=f"{item.category} {item.kind}")))
                    continue
                kinds[item.kind] = item
                files[item.category, item.kind] = file
    return Registry({c: MappingProxyType(k) for c, k in items.items()}, files, tuple(problems))


def _contributions(folder: FilePath, file: FilePath) -> Iterator[Contribution]:
    if file.suffix == ".json":
        from core.specs.cellfile import read_cell

        yield read_cell(file)
        return
    name = "plugins." + ".".join(file.relative_to(folder).with_suffix("").parts)
    module: Any = sys.modules.get(name) if folder == HOME else None
    if module is None:
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if folder == HOME:
            sys.modules[name] = module
    for value in vars(module).values():
        if isinstance(getattr(type(value), "category", None), str):
            yield value


TAKEN = Text(": there is a {what} already", ": ya hay un {what}")


def _broken(file: FilePath, why: Text = Text("", ""), quote: tuple[str, str] = ("", "")) -> Problem:
    return Problem(
        code="plugin.broken",
        message=filled(
            Text("The plugin {name} could not be loaded{why}.", "No se pudo cargar el complemento {name}{why}."),
            name=file.name,
            why=why,
        ),
        where=Place(file=str(file), label=file.name),
        hint=Text("Mend or remove the file, then start again.", "Corrija o quite el archivo y vuelva a empezar."),
        quote=quote,
    )
