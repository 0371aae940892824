"""`unfold gallery`, `check`, `source`: looking without training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core.cli.telling import BAD_INPUT, FAILED, complain, print_json, print_table, problem_json, tell
from core.cli.usage import name_missing
from core.compile.program import Checked
from core.oswords import reason
from core.problems import Place, Problem, Refused
from core.project.gallery import Shipped, shipped
from core.project.gallery import gallery as shipped_projects
from core.project.systems import meaning, systems
from core.session import Session
from core.words import Text, grouped, say

SYSTEMS = Text(
    "Systems: the kinds of network and experiment that a project shows, by the names listed here.",
    "Sistemas: las clases de red y de experimento que muestra un proyecto, con los nombres de esta lista.",
)


def gallery(name: str | None, to: Path | None, as_json: bool) -> int:
    """List the shipped projects, or copy one to a new file."""
    if name is not None:
        return _copy(name, to)
    if to is not None:
        raise Refused(name_missing())
    projects = shipped_projects()
    if as_json:
        for p in projects:
            print_json(_listed(p))
        return 0
    head = [
        say(t)
        for t in (Text("name", "nombre"), Text("band", "banda"), Text("systems", "sistemas"), Text("title", "título"))
    ]
    print_table(
        head,
        [(p.name, _bands(p), " ".join(p.project.systems), say(p.project.title)) for p in projects],
    )
    click.echo("\n" + say(SYSTEMS))
    used = {s for p in projects for s in p.project.systems}
    print_table([say(Text("system", "sistema")), say(Text("what it is", "qué es"))],
                [(id, say(t)) for id, t in systems().items() if id in used])  # fmt: skip
    return 0


def _bands(entry: Shipped) -> str:
    return ", ".join(b.show() for b in entry.card.bands)


def _listed(entry: Shipped) -> dict[str, Any]:
    card = entry.card
    return {
        "name": entry.name,
        "title": entry.project.title._asdict(),
        "systems": list(entry.project.systems),
        "meanings": {id: meaning(id)._asdict() for id in entry.project.systems},
        "bands": [b.show() for b in card.bands],
        "chance": card.chance,
        "baseline": {**card.baseline.name._asdict(), "value": card.baseline.value} if card.baseline else None,
        "reference": {"sequences": card.sequences, "seconds": card.seconds},
        "needs": card.needs._asdict() if any(card.needs) else None,
    }


def _copy(name: str, to: Path | None) -> int:
    source_file = shipped(name).path
    target = to or Path(f"{name}.unfold")
    if target.is_dir():
        target = target / f"{name}.unfold"
    try:
        with target.open("xb") as out:
            out.write(source_file.read_bytes())
    except FileExistsError:
        raise Refused(_cannot_write(target, Text("it exists already", "ya existe"))) from None
    except OSError as error:
        raise Refused(_cannot_write(target, reason(error))) from None
    tell(Text("Copied to {to}.", "Copiado en {to}."), to=target)
    return 0


def check(file: Path, as_json: bool) -> int:
    """Problems, wires, parameters. Exit 2 where there is an error."""
    session = Session()
    session.open(file)
    checked = session.checked()
    parameters = session.program().parameter_count if checked.ok else None
    if as_json:
        complain(p for p in checked.problems if p.severity == "error")
        print_json(_report(checked, parameters))
    else:
        _print_report(checked, parameters)
    return 0 if checked.ok else BAD_INPUT


def audit(file: Path, as_json: bool) -> int:
    """Whether padding changes any number of the model. Exit 1 where it does."""
    from tempfile import TemporaryDirectory

    from core.train.audit import audit as look_for_leaks
    from core.train.audit import problem_of

    session = Session()
    session.open(file)
    with TemporaryDirectory() as folder:
        leaks = look_for_leaks(session.job(Path(folder)))
    complain(problem_of(leak) for leak in leaks)
    if as_json:
        print_json({"leaks": [{"what": k.what, "axis": k.axis, "pad": k.pad, "by": k.by,
                               "node": "/".join(k.point.path) if k.point else ""} for k in leaks]})  # fmt: skip
    elif not leaks:
        click.echo(say(Text("No padding leaks into outputs, loss or gradient.",
                            "Ningún relleno llega a salidas, pérdida ni gradiente.")))  # fmt: skip
    return FAILED if leaks else 0


def source(file: Path) -> int:
    session = Session()
    session.open(file)
    click.echo(session.program().source, nl=False)
    return 0


def _report(checked: Checked, parameters: int | None) -> dict[str, Any]:
    wires = [
        {"cell": list(w.path), "wire": w.edge, "from": list(w.source), "to": list(w.target), "shape": w.sig.show()}
        for w in checked.wires
    ]
    return {
        "ok": checked.ok,
        "problems": [problem_json(p) for p in checked.problems],
        "wires": wires,
        "parameters": parameters,
    }


def _print_report(checked: Checked, parameters: int | None) -> None:
    complain(checked.problems)
    rows = [
        ("/".join([*w.path, w.source.node]) + "." + w.source.port, w.target.node + "." + w.target.port, w.sig.show())
        for w in checked.wires
    ]
    print_table([say(t) for t in (Text("from", "desde"), Text("to", "hasta"), Text("shape", "forma"))], rows)
    if parameters is not None:
        click.echo(say(Text("{n} parameters", "{n} parámetros"), n=grouped(parameters)))
    if not checked.problems:
        click.echo(say(Text("No problems.", "Sin problemas.")))


def _cannot_write(target: Path, why: Text) -> Problem:
    return Problem(
        "file.write",
        Text(f"{target} cannot be written: {why.en}.", f"No se puede escribir {target}: {why.es}."),
        Place(file=str(target), label=str(target)),
        Text("Give another place with --to.", "Indique otro lugar con --to."),
    )
