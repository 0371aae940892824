"""A kind of export: one plugin file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, ClassVar

from core.specs.params import ParamSpec
from core.words import Text

if TYPE_CHECKING:
    from core.export.bundle import Bundle


@dataclass(frozen=True)
class Verified:
    """How an export was checked: largest absolute error at each (B, T), in a fresh process or runtime."""

    runtime: str
    errors: tuple[tuple[int, int, float], ...]  # B, T, error
    files: tuple[FilePath, ...]
    rounding: float = 0.0  # what the program itself loses in float32: no file can better that

    @property
    def largest(self) -> float:
        return max((e for _, _, e in self.errors), default=0.0)


@dataclass(frozen=True)
class ExporterSpec:
    """`write(bundle, target)` writes and returns the files; `verify(bundle, files)` runs them apart from Unfold. Both
    raise core.problems.Refused where the export cannot be right (axes that froze, an op the format lacks)."""

    category: ClassVar[str] = "exporter"
    kind: str  # the --format word
    name: Text
    help: Text
    suffix: str
    write: Callable[[Bundle, FilePath], tuple[FilePath, ...]]
    verify: Callable[[Bundle, tuple[FilePath, ...]], Verified]
    params: tuple[ParamSpec, ...] = ()
    needs: tuple[str, ...] = ()  # packages, checked before offering
    beside: tuple[str, ...] = ()  # suffixes of further files, of the same name as the target
    use: str = ""  # what runs or opens the first file, {file}

    def used(self, files: tuple[FilePath, ...]) -> str:
        """The line that runs or opens what was written."""
        return self.use.format(file=str(files[0]))

    def places(self, target: FilePath) -> tuple[FilePath, ...]:
        """The files that it would write; in a folder that is there already they are called model."""
        first = target / f"model{self.suffix}" if target.is_dir() else target
        return (first, *(first.with_suffix(suffix) for suffix in self.beside))
