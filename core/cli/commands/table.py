"""The command table. What each command takes is said in one of these files; its work is in the file of its name, a folder up."""

from __future__ import annotations

import click

from core.cli.commands import projects, trained, training
from core.words import Text, say


@click.group(help=say(Text("Unfold: networks with memory, drawn, trained, watched, exported. Alone it opens the window.",
                           "Unfold: redes con memoria, dibujadas, entrenadas, observadas, exportadas. Solo, abre la ventana.")))  # fmt: skip
@click.version_option(package_name="unfold-studio")
def unfold() -> None:
    pass


for command in (*projects.COMMANDS, *training.COMMANDS, *trained.COMMANDS):
    unfold.add_command(command)
