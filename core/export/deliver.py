"""From a run directory to verified files: written aside, run apart from Unfold, and only then moved to the target."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path as FilePath

from core.export.bundle import load_bundle
from core.export.exporter import ExporterSpec, Verified
from core.export.target import check_target, settle, staging
from core.problems import Place, Problem, Refused, filled
from core.specs.registry import Registry, default_registry
from core.words import Text

TOLERANCE = 1e-4
ROUNDINGS = 8.0  # of what the program itself loses in float32


def export(run_dir: FilePath, format: str, target: FilePath, registry: Registry | None = None) -> Verified:
    """Write one format to the target and verify it. Raises Refused; then nothing at the target has changed."""
    known = registry or default_registry()
    spec = exporter(known, format)
    check_target(target)
    _check_suffix(known, spec, target)
    bundle = load_bundle(run_dir, known)
    with staging(target) as aside:
        files = spec.write(bundle, aside / target.name)
        verified = spec.verify(bundle, files)
        allowed = max(TOLERANCE, ROUNDINGS * verified.rounding)
        if not verified.largest <= allowed:  # also where it is not a number
            raise Refused(_differs(target, verified, allowed))
        return replace(verified, files=settle(files, aside, target))


def exporter(registry: Registry, format: str) -> ExporterSpec:
    """The exporter of a format. Raises Refused where there is none or a package for it is missing."""
    spec = registry.of("exporter").get(format)
    if not isinstance(spec, ExporterSpec):
        raise Refused(_unknown(format, sorted(registry.of("exporter"))))
    missing = [name for name in spec.needs if find_spec(name) is None]
    if missing:
        raise Refused(_missing(format, missing))
    return spec


def _check_suffix(registry: Registry, spec: ExporterSpec, target: FilePath) -> None:
    """Raises Refused where the name promises another format than the one that would be written."""
    others = [s for s in registry.of("exporter").values() if isinstance(s, ExporterSpec) and s.suffix == target.suffix]
    if others and spec not in others:
        raise Refused(
            Problem(
                "export.suffix",
                filled(Text("{n} is named as {o}, but {f} was chosen.", "{n} se llama como {o}, pero se eligió {f}."),
                       n=target.name, o=others[0].kind, f=spec.kind),
                Place(file=str(target), label=target.name),
                Text(f"Name it with {spec.suffix}, or choose {others[0].kind}.", f"Nómbrelo con {spec.suffix}, o elija {others[0].kind}."),
                got=target.suffix,
                expected=spec.suffix,
            )
        )  # fmt: skip


def _unknown(format: str, known: list[str]) -> Problem:
    there = ", ".join(known)
    return Problem(
        "export.format",
        Text(f"There is no export format {format!r}.", f"No existe el formato de exportación {format!r}."),
        Place(label=format),
        Text(f"There are: {there}.", f"Hay: {there}."),
        got=format,
        expected=there,
    )


def _missing(format: str, names: list[str]) -> Problem:
    packages = " ".join(names)
    return Problem(
        "export.package",
        filled(Text("{f} needs packages that are not installed: {p}.", "{f} necesita paquetes que no están instalados: {p}."),
               f=format, p=packages),
        Place(label=format),
        Text(f"Install them: pip install {packages}", f"Instálelos: pip install {packages}"),
    )  # fmt: skip


def _differs(target: FilePath, verified: Verified, allowed: float) -> Problem:
    shown = ", ".join(f"B={b} T={t}: {e:.2e}" for b, t, e in verified.errors)
    return Problem(
        "export.differs",
        filled(Text("The exported model answers differently ({s}), so nothing was written.",
                    "El modelo exportado responde distinto ({s}), así que no se escribió nada."), s=shown),
        Place(file=str(target), label=str(target)),
        Text("Export as source, and report this: it is a fault of the exporter.",
             "Exporte como fuente e informe de esto: es un fallo del exportador."),
        got=f"{verified.largest:.2e}",
        expected=f"{allowed:.0e}",
    )  # fmt: skip
