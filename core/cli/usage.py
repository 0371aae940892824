"""What was typed wrongly on the command line, told as Problems in the person's language instead of click's English."""

from __future__ import annotations

import re

import click

from core.problems import Place, Problem, filled
from core.words import Text


def problem_of(error: click.ClickException) -> Problem:
    """The Problem for what click found wrong with the arguments."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "unfold"
    hint = filled(Text("See: {c} --help", "Vea: {c} --help"), c=command)
    if isinstance(error, click.NoSuchOption):
        return _unknown_option(error, command, hint)
    if isinstance(error, click.MissingParameter):
        return _missing(error, command, hint)
    if isinstance(error, click.BadParameter):
        return _value(error, hint)
    return Problem("usage.arguments", _said(error.format_message()), Place(label=command), hint)


def both_given(first: str, second: str) -> Problem:
    """Two options that contradict each other."""
    return Problem(
        "usage.both",
        filled(Text("{a} and {b} were both given.", "Se dieron {a} y {b} a la vez."), a=first, b=second),
        Place(label=second),
        filled(Text("Give only one of them.", "Dé solo una de las dos."), a=first, b=second),
    )


def name_missing() -> Problem:
    return Problem(
        "usage.missing",
        Text("--to was given, but no name of a project to copy.", "Se dio --to, pero ningún nombre de proyecto que copiar."),
        Place(label="unfold gallery"),
        Text("Write: unfold gallery NAME --to FILE", "Escriba: unfold gallery NOMBRE --to ARCHIVO"),
    )  # fmt: skip


def _unknown_option(error: click.NoSuchOption, command: str, hint: Text) -> Problem:
    near = ", ".join(error.possibilities or ())
    meant = filled(Text("Did you mean {n}?", "¿Quería decir {n}?"), n=near) if near else hint
    return Problem(
        "usage.option",
        filled(Text("There is no option {o}.", "No existe la opción {o}."), o=error.option_name),
        Place(label=command),
        meant,
        got=error.option_name,
    )


def _missing(error: click.MissingParameter, command: str, hint: Text) -> Problem:
    name = _name(error.param)
    said = filled(Text("{n} is missing.", "Falta {n}."), n=name)
    return Problem("usage.missing", said, Place(label=command), hint, expected=name)


def _value(error: click.BadParameter, hint: Text) -> Problem:
    found = re.match(r"(.*?) is not ", error.message, re.DOTALL)
    got = found.group(1).strip("'") if found else error.message
    wanted = _wanted(error.param.type if error.param is not None else None)
    return Problem(
        "usage.value",
        Text(f"{got!r} does not fit: {wanted.en} is expected.", f"{got!r} no sirve: se espera {wanted.es}."),
        Place(label=_name(error.param)),
        hint,
        got=got,
        expected=wanted.en,
    )


def _wanted(type_: object) -> Text:
    if isinstance(type_, click.Choice):
        listed = ", ".join(map(str, type_.choices))
        return Text(f"one of {listed}", f"uno de {listed}")
    if isinstance(type_, (click.IntRange, click.FloatRange)):
        whole = isinstance(type_, click.IntRange)
        kind = Text("a whole number", "un número entero") if whole else Text("a number", "un número")
        if type_.max is None:
            return Text(f"{kind.en} of at least {type_.min}", f"{kind.es} de al menos {type_.min}")
        return Text(f"{kind.en} from {type_.min} to {type_.max}", f"{kind.es} de {type_.min} a {type_.max}")
    return Text("another value", "otro valor")


def _name(param: click.Parameter | None) -> str:
    if param is None:
        return "unfold"
    return param.opts[-1] if isinstance(param, click.Option) else (param.metavar or (param.name or "")).upper()


def _said(message: str) -> Text:
    """The two mistakes that click tells by their sentence alone."""
    command = re.match(r"No such command '(.*)'", message)
    if command:
        name = command.group(1)
        return Text(f"There is no command {name!r}.", f"No existe la orden {name!r}.")
    extra = re.match(r"Got unexpected extra arguments? \((.*)\)", message)
    if extra:
        rest = extra.group(1)
        return Text(f"This was not expected: {rest}", f"Esto sobra: {rest}")
    return Text(message, message)
