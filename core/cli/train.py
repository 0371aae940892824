"""`unfold train`: the window's own run, with a progress bar or one JSON object per message."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from core.cli.telling import BAD_INPUT, FAILED, INTERRUPTED, TRAINING_LOSS, complain, print_json, tell
from core.cli.usage import both_given
from core.problems import Refused
from core.project.settingpath import apply_settings
from core.session import Session
from core.train.allocator import tune
from core.train.messages import Done, Failed, Message, Sample, Started, Step, Validation, plain
from core.words import Text, grouped, say

HELD_OUT = Text("held out: {s}", "reserva: {s}")


def train(file: Path, settings: tuple[str, ...], out: Path | None, resume: Path | None, as_json: bool) -> int:
    """Train to the end, or to a stop by Ctrl-C, which keeps a checkpoint to resume from."""
    tune()
    if out is not None and resume is not None:
        raise Refused(both_given("--out", "--resume"))
    session = Session()
    session.open(file)
    project = apply_settings(session.project, settings, session.registry)
    session.document.apply_project(Text("Settings", "Ajustes"), project)
    teller = JsonTeller() if as_json else Teller(resume)
    session.start(resume or out, resume is not None, teller.hear)
    run = session.run
    assert run is not None
    while True:
        try:
            if run.wait(0.2):
                break
            if teller.lost is not None:
                run.controls.stop()
        except KeyboardInterrupt:
            tell(Text("Stopping; a checkpoint is being written.", "Deteniendo; se guarda un punto de control."))
            run.controls.stop()
            teller.interrupted = True
    return teller.end()


class JsonTeller:
    """One JSON object per message on stdout."""

    def __init__(self) -> None:
        self.last: Message | None = None
        self.started: Started | None = None
        self.lost: OSError | None = None  # what ended the telling
        self.interrupted = False

    def hear(self, message: Message) -> None:
        """Tell a message. Where nobody reads any more, or the disk behind stdout is full, the run is to stop with a
        checkpoint rather than fail."""
        if self.lost is not None:
            self._note(message)
            return
        try:
            self.tell(message)
        except OSError as error:
            self.lost = error

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
            return BAD_INPUT if self.last.refused else FAILED
        if self.lost is not None:
            raise self.lost
        if isinstance(self.last, Done):
            return INTERRUPTED if self.interrupted and self.last.stopped else 0
        return FAILED


class Teller(JsonTeller):
    """A progress bar on a terminal, a line now and then elsewhere; the final metrics on the last line of stdout."""

    def __init__(self, resumes: Path | None) -> None:
        super().__init__()
        self.resumes = resumes
        self.scores = ""
        self.shown = 0.0
        self.begun = time.monotonic()
        self.live = sys.stderr.isatty()

    def tell(self, message: Message) -> None:
        self._note(message)
        if isinstance(message, Started):
            self.begun = time.monotonic()
            self._line(say(Text("{n} parameters on {d}, {p}; run in {r}", "{n} parámetros en {d}, {p}; entrenamiento en {r}"),
                           n=grouped(message.parameters), d=message.device, p=message.precision, r=message.run_dir))  # fmt: skip
            for line in message.told:
                self._line(say(line))
            self._resumed(message)
        elif isinstance(message, Validation):
            self.scores = say(HELD_OUT, s=scores(dict(message.metrics)))
            if not self.live:
                self._line(f"{message.step}  {self.scores}")
        elif isinstance(message, Sample):
            self._line("  " + "".join(c if c.isprintable() else " " for c in message.text))
        elif isinstance(message, Step):
            self._progress(message)
        elif isinstance(message, Done):
            self._line(say(Text("stopped at step {s}", "detenido en el paso {s}") if message.stopped else Text("done, step {s}", "terminado, paso {s}"), s=message.step))  # fmt: skip
            self._beside()
            click.echo(scores(dict(message.metrics)))

    def _beside(self) -> None:
        """What chance and simple competitors score, above the model's own figures."""
        if self.started is None:
            return
        rows = [(Text("chance", "azar"), self.started.chance), *((b.name, b.scores) for b in self.started.baselines)]
        for name, found in rows:
            if found:
                self._line(f"{say(name)}: {scores(dict(found))}")

    def _resumed(self, message: Started) -> None:
        if self.resumes is not None and not message.start:
            self._line(
                say(
                    Text(
                        "{f} holds no checkpoint: it begins at step 1",
                        "{f} no tiene ningún punto de control: empieza en el paso 1",
                    ),
                    f=self.resumes,
                )
            )
        if message.start:
            self._line(
                say(
                    Text("resumed at step {s} of {n}", "reanudado en el paso {s} de {n}"),
                    s=message.start,
                    n=message.steps,
                )
            )
        if message.differs:
            self._line(say(Text("not bit-identical with a run that was never stopped, because of {d}",
                                "no será idéntico bit a bit a un entrenamiento sin parar, por {d}"), d="; ".join(message.differs)))  # fmt: skip
        if message.start >= message.steps:
            self._line(say(Text("this run is finished already; to go on, give --steps more than {s}",
                                "este entrenamiento ya terminó; para seguir, dé --steps mayor que {s}"), s=message.start))  # fmt: skip

    def _progress(self, message: Step) -> None:
        now = time.monotonic()
        if now - self.shown < (0.1 if self.live else 10.0) or self.started is None:
            return
        self.shown = now
        total, first = self.started.steps, self.started.start
        done = (message.step - first) / max(1, total - first)
        left = (now - self.begun) * (1 - done) / done if done > 0 else 0.0
        loss = say(TRAINING_LOSS, l=f"{message.loss:.4g}")
        text = f"{message.step}/{total}  {loss}  {left_text(left)}  {self.scores}"
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
