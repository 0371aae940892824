"""The training loop: a generator of messages that can be stopped between any two of them.

    begin (device, seed, weights, or a checkpoint) → step … → validate, sample, watch, save when due → end

Nothing in it looks at the clock except to decide what is told and how much watching is affordable: two runs of one job
make the same weights, bit for bit, watched or not, stopped and resumed or not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.compile.program import Program
from core.data.dataset import baselines_of, remarks_of
from core.graph.model import Path
from core.specs.sig import DIAGONALS, GRID, LEVELS, TREE
from core.train.best import Best
from core.train.checkpoint import untouched_random
from core.train.controls import Controls
from core.train.job import CHECKPOINTS, METRICS, WEIGHTS, Job
from core.train.learner import Learner, NotFinite
from core.train.ledger import Ledger
from core.train.measures import higher_is_better, present, renamed
from core.train.messages import Done, Failed, Message, Paused, Sample, Saved, Started, Step, Validation
from core.train.metrics import check_metric, usable
from core.train.module import weight_name
from core.train.recursion import loops_of
from core.train.vectors import load_vectors
from core.train.watcher import Watcher
from core.train.ways import FREE_LOSS, told_everything

if TYPE_CHECKING:
    from core.train.probe import Prober

METRICS_SECONDS = 0.25  # between two train metrics; the loss is told at every step


def train(job: Job, controls: Controls) -> Iterator[Message]:
    """Train until the last step, the stop metric or a stop. Raises Refused before the first step where device, settings or
    checkpoint do not allow it. Numbers that are not finite end it with Failed; every other exception is a bug's."""
    run = _Running(job, controls)
    try:
        for message in run.messages():
            run.ledger.add(message)
            yield message
    finally:
        run.ledger.close()


class _Running:
    def __init__(self, job: Job, controls: Controls) -> None:
        self.job, self.controls = job, controls
        self.names = usable(job.metrics, job.program)
        self._check_metrics()
        self.learner = Learner(job)
        self.restored = self.learner.resume(job.run_dir / CHECKPOINTS) if job.resume else None
        fresh = self.restored is None
        begun = load_vectors(self.learner.module, job.program, job.home) if fresh else ()
        with untouched_random():
            heard = told_everything(job.program, job.dataset, self.names)
        self.told = (*job.told, *remarks_of(job.dataset), *begun, *heard)
        self.ledger = Ledger(job.run_dir / METRICS, self.restored.data["ledger"] if self.restored else 0)
        job.begin()
        with untouched_random():
            self.baselines = baselines_of(job.dataset)
        self.watcher = Watcher(job, self.learner, controls)
        self.validated: dict[str, float] = renamed(self.restored.data["metrics"]) if self.restored else {}
        self.best = Best(job.training)
        if self.restored and "best" in self.restored.data:  # written since there is such a thing
            self.best.restore(self.restored.data["best"])
        self.before = float(self.restored.data["seconds"]) if self.restored else 0.0
        self.began = time.monotonic()
        self.scored = -math.inf
        self.saved = self.learner.step if self.restored else -1

    def _check_metrics(self) -> None:
        """Raises Refused where something is to be judged by a metric that is not computed."""
        t, names = self.job.training, (*self.names, *([FREE_LOSS] if self.job.program.teachers else ()))
        check_metric("stop_metric", t.stop_metric, names)
        if t.keep == "best":
            check_metric("keep_by", t.keep_by, names)

    @property
    def seconds(self) -> float:
        """Spent training, pauses left out, the time before an interruption included."""
        return self.before + time.monotonic() - self.began

    def messages(self) -> Iterator[Message]:
        job, learner = self.job, self.learner
        yield self._started()
        reached = self._reached()
        while learner.step < job.training.steps and not reached:
            if self.controls.paused:
                yield from self._pause()
            if not self._turn():
                break
            self._take_rate()
            asked = self.controls.stepping
            prober = self.watcher.before_step(asked)
            try:
                yield self._one_step(prober)
            except NotFinite as bad:
                yield Failed(learner.step + 1, bad.problem)
                return
            yield from self.watcher.after_step(learner.step, prober, asked)
            yield from self._due(learner.step)
            reached = self._reached()
        yield from self._end(stopped=learner.step < job.training.steps and not reached)

    def _started(self) -> Started:
        job, learner = self.job, self.learner
        return Started(
            steps=job.training.steps,
            start=learner.step,
            device=learner.machine.device.type,
            precision=learner.machine.precision,
            parameters=job.program.parameter_count,
            run_dir=str(job.run_dir),
            fused={"/".join(path): name for path, name in job.program.fused.items()},
            chance=dict(job.dataset.chance),
            baselines=self.baselines,
            labels=_labels(job.twin) if job.twin else {},
            told=self.told,
            vocabularies={
                a.field.name: a.field.vocabulary
                for a in (*job.program.targets, *job.program.inputs)
                if a.field.vocabulary is not None
            },
            along=_along(job),
            backward=_backward(job.twin) if job.twin else (),
            planes={p.key: p.sig.axes for p in job.twin.probes if len(p.sig.axes) == 2} if job.twin else {},
            **_loops(job),
            differs=learner.differs(self.restored.data) if self.restored else (),
            seconds=self.before,
        )

    def _one_step(self, prober: Prober | None) -> Step:
        """One optimizer step; metrics of the training batch only as often as somebody could read them, of single steps,
        and of the last one, which stays to be read."""
        now = time.monotonic()
        last = self.learner.step + 1 == self.job.training.steps
        score = last or now - self.scored > METRICS_SECONDS or self.controls.stepping
        if score:
            self.scored = now
        names = self.names if score else ()
        if prober is None:
            made = self.learner.learn(names)
        else:
            made = self.learner.learn(names, lambda moment: self.watcher.around(prober, moment))
        return Step(
            self.learner.step,
            made.loss,
            made.rate,
            made.norm,
            made.clipped,
            self.seconds,
            self.learner.sequences,
            made.metrics,
            made.told,
        )

    def _due(self, step: int) -> Iterator[Message]:
        t = self.job.training
        if t.validate_every and step % t.validate_every == 0:
            yield from self._validate()
        if t.sample_every and step % t.sample_every == 0:
            yield from self._sample()
        if t.checkpoint_every and step % t.checkpoint_every == 0:
            yield self._save()

    def _validate(self) -> Iterator[Message]:
        began = time.monotonic()
        found, tables = self.learner.validate(self.names, self.controls)
        if found:
            self.validated = found
            if self.best.see(self.learner.step, found) and self.job.training.keep == "best":
                self.learner.publish(self.job.run_dir)
            yield Validation(self.learner.step, found, time.monotonic() - began, tables)

    def _sample(self) -> Iterator[Sample]:
        sample = self.learner.sample()
        if sample is not None:
            yield sample

    def _reached(self) -> bool:
        """Whether the newest validation meets the stop metric, or nothing better came for too long."""
        t = self.job.training
        if self.best.waited_enough:
            return True
        value = self.validated.get(present(t.stop_metric)) if t.stop_metric else None
        if value is None:
            return False
        return value >= t.stop_value if higher_is_better(t.stop_metric) else value <= t.stop_value

    def _pause(self) -> Iterator[Message]:
        self.ledger.flush()
        yield from self.watcher.pause(self.learner.step)
        yield Paused(self.learner.step)

    def _turn(self) -> bool:
        """Wait while paused, off the clock. False when the run is to stop."""
        began = time.monotonic()
        go = self.controls.wait_turn()
        self.began += time.monotonic() - began
        self.watcher.go()
        return go

    def _take_rate(self) -> None:
        rate = self.controls.take_learning_rate()
        if rate is not None:
            self.learner.base_rate = rate

    def _save(self) -> Saved:
        """Checkpoint, and the weights where exports find them."""
        data = {
            "seconds": self.seconds,
            "ledger": self.ledger.position(),
            "metrics": self.validated,
            "best": self.best.told(),
        }
        path = self.learner.save(self.job.run_dir, data, publish=not self.best.keeps)
        self.saved = self.learner.step
        return Saved(self.learner.step, str(path))

    def _end(self, stopped: bool) -> Iterator[Message]:
        t, step = self.job.training, self.learner.step
        if not stopped and not (t.validate_every and step % t.validate_every == 0 and self.validated):
            yield from self._validate()
        if self.saved != step or not (self.job.run_dir / WEIGHTS).exists():
            yield self._save()  # before anything else is looked at: what was learnt is kept
        yield from self.watcher.end(step)
        kept, found = (self.best.step, self.best.metrics) if self.best.keeps else (step, self.validated)
        metrics = {**found, "train_loss": self.learner.last_loss}
        yield Done(step, metrics, self.seconds, stopped, str(self.job.run_dir), kept)


def _labels(twin: Program) -> dict[str, str]:
    """How each probe and each weight reads on the canvas."""
    weights = {weight_name(w): f"{twin.called(w.path)} {w.name}" for w in twin.weights}
    return {**weights, **{p.key: p.label for p in twin.probes}}


def _loops(job: Job) -> dict[str, dict[str, tuple[str, ...]]]:
    """The loops of the network, each by its first state."""
    found = loops_of(job.twin) if job.twin else ()
    return {"loops": {p.key: p.states for p in found}, "recurrent": {p.key: p.weights for p in found}}


def _along(job: Job) -> dict[str, str]:
    """Which axis each probed value and each field runs along, where it is one, and of "" which one the losses do; and at the
    steps of which axis each weight is used."""
    probes, weights = (job.twin.probes, job.twin.weights) if job.twin else ((), ())
    probed = {p.key: p.sig.axes for p in probes}
    read = {weight_name(w): _walked(w.along) if w.in_scan else w.along for w in weights if w.trainable}
    fields = {a.field.name: a.field.sig.axes for a in (*job.program.inputs, *job.program.targets)}
    lost = {"": next((o.sig.axes for o in job.program.outputs if o.loss and o.sig.axes), ())}
    told = (*read.items(), *probed.items(), *fields.items(), *lost.items())
    return {name: axes[0] for name, axes in told if len(axes) == 1}


def _walked(axes: tuple[str, ...]) -> tuple[str, ...]:
    """What the steps of a loop are: those of a grid go from one anti-diagonal to the next, those of a tree from level to level."""
    return (DIAGONALS,) if axes == GRID else (LEVELS,) if axes == (TREE,) else axes


def _backward(twin: Program) -> tuple[str, ...]:
    """The probes and weights whose steps run from the end: an odd number of reversals lies before them."""
    back: dict[int, bool] = {}
    for _ in range(2):  # a delayed value is read before it is made
        for op in twin.ops:
            before = any(back.get(i, False) for i in op.inputs) and bool(op.output.sig.axes)
            back[op.output.id] = before != (op.name == "reverse")
    made = {(op.path, op.port): back[op.output.id] for op in twin.ops}
    turning = {op.path for op in twin.ops if op.name == "reverse"}

    def runs_back(path: Path, port: str) -> bool:
        """Of a cell's port, which no operation makes: what all of its inside does."""
        inside = [b for (at, _), b in made.items() if at[: len(path)] == path]
        return made.get((path, port), bool(inside) and all(inside))

    probes = [p for p in twin.probes if p.sig.axes and runs_back(p.path, p.port)]
    weights = {p.path for p in probes} - turning
    return (*(p.key for p in probes), *(weight_name(w) for w in twin.weights if w.path in weights))
