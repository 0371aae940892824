"""`unfold train`: the window's own run, with a progress bar or one JSON object per message."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from core.cli.door import BAD_INPUT, FAILED, complain, print_json, tell
from core.project.settingpath import apply_settings
from core.session import Session
from core.train.allocator import tune
from core.train.messages import Done, Failed, Message, Sample, Started, Step, Validation, plain
from core.words import Text, say


def train(file: Path, settings: tuple[str, ...], out: Path | None, resume: Path | None, as_json: bool) -> int:
    """Train to the end, or to a stop by Ctrl-C, which keeps a checkpoint to resume from."""
    tune()
    session = Session()
    session.open(file)
    project = apply_settings(session.project, settings, session.registry)
    session.document.apply_project(Text("Settings", "Ajustes"), project)
    teller = JsonTeller() if as_json else Teller()
    session.start(resume or out, resume is not None, teller.tell)
    run = session.run
    assert run is not None
    while True:
        try:
            if run.wait(0.2):
                break
        except KeyboardInterrupt:
            tell(Text("Stopping; a checkpoint is being written.", "Deteniendo; se guarda un punto de control."))
            run.controls.stop()
    return teller.end()


class JsonTeller:
    """One JSON object per message on stdout."""

    def __init__(self) -> None:
        self.last: Message | None = None
        self.started: Started | None = None

    def tell(self, message: Message) -> None:
        self._note(message)
        print_json(plain(message))

    def _note(self, message: Message) -> None:
        self.last = message
        if isinstance(message, Started):
            self.started = message

    def end(self) -> int:
        """The exit code: a run that never began was given something wrong."""
        if isinstance(self.last, Failed):
            complain([self.last.problem])
            return (
                BAD_INPUT if self.last.step == 0 and self.last.problem.code.startswith(("data.", "device.")) else FAILED
            )
        return 0 if isinstance(self.last, Done) else FAILED


class Teller(JsonTeller):
    """A progress bar on a terminal, a line now and then elsewhere; the final metrics on the last line of stdout."""

    def __init__(self) -> None:
        super().__init__()
        self.scores = ""
        self.shown = 0.0
        self.live = sys.stderr.isatty()

    def tell(self, message: Message) -> None:
        self._note(message)
        if isinstance(message, Started):
            self._line(say(Text("{n} parameters on {d}, {p}; run in {r}", "{n} parámetros en {d}, {p}; entrenamiento en {r}"),
                           n=f"{message.parameters:,}", d=message.device, p=message.precision, r=message.run_dir))  # fmt: skip
        elif isinstance(message, Validation):
            self.scores = scores(dict(message.metrics))
            if not self.live:
                self._line(f"{message.step}  {self.scores}")
        elif isinstance(message, Sample):
            self._line("  " + "".join(c if c.isprintable() else " " for c in message.text))
        elif isinstance(message, Step):
            self._progress(message)
        elif isinstance(message, Done):
            self._line(say(Text("stopped at step {s}", "detenido en el paso {s}") if message.stopped else Text("done, step {s}", "terminado, paso {s}"), s=message.step))  # fmt: skip
            click.echo(scores(dict(message.metrics)))

    def _progress(self, message: Step) -> None:
        now = time.monotonic()
        if now - self.shown < (0.1 if self.live else 10.0) or self.started is None:
            return
        self.shown = now
        total, first = self.started.steps, self.started.start
        done = (message.step - first) / max(1, total - first)
        left = message.seconds * (1 - done) / done if done > 0 else 0.0
        text = f"{message.step}/{total}  loss {message.loss:.4g}  {left_text(left)}  {self.scores}"
        if self.live:
            filled = round(24 * message.step / max(1, total))
            sys.stderr.write(f"\r\033[K[{'█' * filled}{'·' * (24 - filled)}] {text}"[:200])
            sys.stderr.flush()
        else:
            self._line(text)

    def _line(self, text: str) -> None:
        click.echo(("\r\033[K" if self.live else "") + text, err=True)


def scores(metrics: dict[str, float]) -> str:
    return "  ".join(f"{k}={v:.6g}" for k, v in metrics.items())


def left_text(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return say(Text("{m}:{s:02d} left", "quedan {m}:{s:02d}"), m=minutes, s=rest)
