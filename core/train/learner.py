"""What changes while a run trains: weights, optimizer, carried state, place in the data. One call makes one step."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from core.data.dataset import Batch, variances_of
from core.problems import Place, Problem, Refused
from core.train import checkpoint
from core.train.blame import blame
from core.train.checkpoint import Snapshot, untouched_random
from core.train.controls import Controls
from core.train.decoding import Choice
from core.train.device import Machine, fingerprint, seed_everything, threads
from core.train.forcing import SETTINGS as OF_FORCING
from core.train.forcing import drawn, share_at, told, unended
from core.train.generation import answers, can_generate
from core.train.job import CHECKPOINTS, WEIGHTS, Job
from core.train.memory import check_room
from core.train.messages import Floats, Sample
from core.train.metrics import LEGAL, Scores
from core.train.module import answering
from core.train.optim import add_noise, clip, decay, gradient_norm, make_optimizer, numbers, rate_at, set_rate
from core.train.ridge import Ridge
from core.train.truncate import Pieces, check_cuts
from core.train.ways import judged_ways, read_all
from core.train.writing import write_ids
from core.words import Text

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

DECISIVE = (
    "seed", "optimizer", "learning_rate", "momentum", "ridge", "l2", "weight_decay", "schedule", "warmup", "clip_norm", "clip_value",
    "gradient_noise", "truncate", "truncate_state",
)  # fmt: skip
States = dict[str, "Tensor"]
Moment = Literal["before_clip", "after_clip", "after_update"]
Looking = Callable[[Moment], None]


class NotFinite(Exception):
    """A loss or gradient was NaN or infinite; the weights are still those of the step before."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True)
class Made:
    """What one optimizer step gave. Norms of the whole gradient before and after clipping."""

    loss: float
    rate: float
    norm: float
    clipped: float
    metrics: dict[str, float]
    told: float | None = None  # the share of the truth that was heard, where the model has teachers


@dataclass(frozen=True)
class Ran:
    """One forward pass with its loss, still on the device."""

    outputs: dict[str, Tensor]
    targets: dict[str, Tensor]
    lengths: dict[str, Tensor] | None
    loss: Tensor
    parts: dict[str, Tensor]
    state: States


def _unseen(moment: Moment) -> None:
    """Nobody looks."""


class Learner:
    def __init__(self, job: Job) -> None:
        from core.train.module import make

        t = job.training
        threads(t.threads)
        self.job = job
        self.machine = Machine(t.device, t.precision)
        check_room(job.program, t, self.machine.free_memory())
        seed_everything(t.seed)
        self.module = make(job.program, self.machine.dtype).to(self.machine.device)
        self.parameters = [p for p in self.module.parameters() if p.requires_grad]
        if not any(o.loss for o in job.program.outputs):
            raise Refused(_no_loss())
        if not self.parameters:
            raise Refused(_nothing_to_learn())
        self.optimizer = make_optimizer(self.parameters, t)
        check_cuts(job.program, t)
        self.pieces = Pieces(job.program, t.truncate, t.truncate_state == "reset")
        self.ridge = Ridge(job.program, self.module, t.ridge) if t.optimizer == "ridge" else None
        self.stream = job.dataset.stream(t.seed)
        self.base_rate = t.learning_rate
        self.step = 0
        self.sequences = 0
        self.last_loss = math.nan
        self.carried: States | None = None
        self._carries = False  # whether this data ever hands a state on
        self._twin: Module | None = None

    def learn(self, names: tuple[str, ...] = (), looked_at: Looking = _unseen) -> Made:
        """One optimizer step, with these metrics of the batch. `looked_at(moment)` is called around clipping and once
        the weights have moved. Raises NotFinite before the weights change."""
        batch = self.stream.next()
        self._carries |= batch.carry
        before = self._before(batch, self.carried)
        if self.ridge is not None:
            return self._solve(self.ridge, batch, before)
        rate = rate_at(self.step + 1, self.base_rate, self.job.training)
        set_rate(self.optimizer, rate)
        self.optimizer.zero_grad(set_to_none=True)
        told = share_at(self.step, self.job.training)
        ran = self.run(batch, before, told, cut=True)
        if not ran.loss.requires_grad:
            raise Refused(_nothing_to_learn())
        ran.loss.backward()  # type: ignore[no-untyped-call]
        whole = gradient_norm(self.parameters)
        loss, norm = numbers(ran.loss, whole)  # the one synchronisation of a step
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise NotFinite(blame(self, batch, before, loss))
        looked_at("before_clip")
        clipped = clip(self.parameters, whole, norm, self.job.training)
        looked_at("after_clip")
        add_noise(self.parameters, self.step + 1, self.job.training)
        decay(self.parameters, rate, self.job.training)
        self.optimizer.step()
        looked_at("after_update")
        self.carried = {name: value.detach() for name, value in ran.state.items()}
        self.step += 1
        self.sequences += batch.size
        self.last_loss = loss
        heard = told if self.job.program.teachers else None
        return Made(loss, rate, norm, clipped, self._score(ran, names) if names else {}, heard)

    def _solve(self, ridge: Ridge, batch: Batch, before: States | None) -> Made:
        """One batch more for the readout in closed form: no gradient, no rate."""
        with ridge.listening():
            ran = self.run(batch, before)
        loss = ridge.learn(ran.outputs, ran.targets, ran.lengths)
        if not math.isfinite(loss):
            raise NotFinite(blame(self, batch, before, loss))
        self.carried = ran.state
        self.step += 1
        self.sequences += batch.size
        self.last_loss = loss
        return Made(loss, 0.0, 0.0, 0.0, {})

    def twin(self) -> Module | None:
        """The probe twin on this run's own parameters; None where the job has none. Draws nothing of the run's."""
        from core.train.module import make, share

        if self._twin is None and self.job.twin is not None:
            with untouched_random():
                self._twin = make(self.job.twin, self.machine.dtype).to(self.machine.device)
            share(self._twin, self.module)
        return self._twin

    def look(self, twin: Module, batch: Batch, state: States | None, taps: dict[str, list[Tensor]]) -> None:
        """Run the twin on a batch, filling `taps`."""
        names = tuple(a.field.name for a in self.job.program.inputs)
        inputs = self.machine.tensors(batch.arrays, names)
        more = self._told(batch, 1.0)
        with answering(twin), self.machine.autocast():
            twin(*inputs, lengths=self.machine.lengths(batch), state=state, taps=taps, **more)

    def _told(self, batch: Batch, share: float) -> dict[str, Any]:
        """What a model with teachers takes besides, when it hears this share of the truth."""
        names = tuple(dict.fromkeys(t.field.name for t in self.job.program.teachers))
        arrays = dict(zip(names, self.machine.tensors(batch.arrays, names), strict=True))
        return told(self.job.program, arrays, share, drawn(self.job.training.seed, self.step))

    def run(self, batch: Batch, state: States | None, share: float = 1.0, cut: bool = False) -> Ran:
        """Forward pass and loss of a batch, in the run's precision. A model with teachers hears a share of the truth; one
        that hears nothing is not told either where its answers end. `cut`: no gradient crosses the cuts of the settings."""
        program, machine = self.job.program, self.machine
        inputs = machine.tensors(batch.arrays, tuple(a.field.name for a in program.inputs))
        answers = machine.tensors(batch.arrays, tuple(a.field.name for a in program.targets))
        lengths = machine.lengths(batch)
        known = lengths if share > 0 else unended(program, lengths)
        more = self._told(batch, share)
        with machine.autocast():
            if cut and self.pieces.cuts(inputs):  # a model with teachers has none
                outputs, after = self.pieces.forward(self.module, inputs, lengths, state)
            else:
                outputs, after = self.module(*inputs, lengths=known, state=state, **more)
            loss, parts = self.module.loss(outputs, *answers, lengths=lengths)  # type: ignore[operator]
        targets = {a.field.name: tensor for a, tensor in zip(program.targets, answers, strict=True)}
        if LEGAL in batch.arrays:
            (targets[LEGAL],) = machine.tensors(batch.arrays, (LEGAL,))
        return Ran(outputs, targets, lengths, loss, parts, after)

    def validate(self, names: tuple[str, ...], controls: Controls) -> tuple[dict[str, float], dict[str, Floats]]:
        """Metrics and confusion matrices over the held-out data; empty where there is none or the run is being stopped."""
        ways = judged_ways(self.job.program, names, variances_of(self.job.dataset))
        with untouched_random(), answering(self.module):
            for batch in self.job.dataset.validation():
                if controls.stopping:
                    return {}, {}
                for way in ways:
                    ran = self.run(batch, self._before(batch, way.state), way.share)
                    if batch.scored:
                        way.scores.add(ran.outputs, ran.targets, ran.lengths, ran.loss, ran.parts)
                    way.state = ran.state
            return read_all(ways), ways[-1].scores.tables()

    def sample(self) -> Sample | None:
        """Text from the model as it is now, begun with the first symbol of the fixed examples; where it has a teacher, its
        answer to the first of them."""
        program = self.job.program
        if not answers(program) and not can_generate(program):
            return None
        with untouched_random():
            example = self.job.dataset.examples(1)
            names = tuple(a.field.name for a in program.inputs)
            if answers(program):
                known = unended(program, self.machine.lengths(example))
                return self._written([], self.machine.tensors(example.arrays, names), known)
            return self._written(example.arrays[names[0]][0, :1].tolist(), [], None)

    def _written(self, prompt: list[int], inputs: Sequence[Tensor], lengths: States | None) -> Sample:
        t = self.job.training
        how, seed = Choice(t.temperature), t.seed + self.step
        return write_ids(self.job.program, self.module, prompt, t.sample_length, how, seed, inputs, lengths, self.step)

    def save(self, run_dir: Path, data: dict[str, Any], publish: bool = True) -> Path:
        """A checkpoint of everything that decides the next step; `publish`: its weights are also put where exports look."""
        path = checkpoint.write(run_dir / CHECKPOINTS, self.snapshot(data))
        if publish:
            checkpoint.publish_weights(path, run_dir / WEIGHTS)
        return path

    def publish(self, run_dir: Path) -> None:
        """Put the weights as they are now where exports look for them."""
        checkpoint.publish(dict(self.module.state_dict()), run_dir / WEIGHTS)

    def snapshot(self, data: dict[str, Any]) -> Snapshot:
        drawn, generators = checkpoint.random_state()
        rest = {**checkpoint.optimizer_state(self.optimizer), **drawn}
        rest |= {f"state/{name}": value for name, value in (self.carried or {}).items()}
        rest |= self.ridge.state() if self.ridge is not None else {}
        told = {
            **data,
            "base_rate": self.base_rate,
            "settings": self._decisive(),
            "carries": self._carries,
            "sequences": self.sequences,
            "last_loss": self.last_loss,
            "stream": self.stream.position(),
            "generators": generators,
            "fingerprint": self.fingerprint(),
        }
        return Snapshot(self.step, dict(self.module.state_dict()), rest, told)

    def resume(self, folder: Path) -> Snapshot | None:
        """Go on from the newest whole checkpoint; None where the run never reached one. Raises Refused where none is whole
        or it belongs to another model."""
        snapshot = checkpoint.newest(folder)
        if snapshot is None:
            return None
        told = snapshot.data
        if told["fingerprint"]["program"] != self.job.program.hash:
            raise Refused(_other_model(str(folder)))
        self.module.load_state_dict(snapshot.weights)
        then, now = told["settings"], self._decisive()
        if then["optimizer"] == now["optimizer"]:  # another optimizer starts with a memory of its own
            checkpoint.set_optimizer_state(self.optimizer, snapshot.rest)
        if self.ridge is not None:
            self.ridge.restore(snapshot.rest)
        carried = {n.removeprefix("state/"): v for n, v in snapshot.rest.items() if n.startswith("state/")}
        self.carried = {n: v.clone().to(self.machine.device) for n, v in carried.items()} or None
        self.stream.restore(told["stream"])
        if then["learning_rate"] == now["learning_rate"]:  # else a person wants another one from here on
            self.base_rate = told["base_rate"]
        self.sequences, self.last_loss = told["sequences"], told["last_loss"]
        self.step, self._carries = snapshot.step, told["carries"]
        checkpoint.set_random_state(snapshot.rest, told["generators"])
        return snapshot

    def fingerprint(self) -> dict[str, Any]:
        """What a bit-identical continuation presupposes."""
        return {"program": self.job.program.hash, **fingerprint(self.machine)}

    def _decisive(self) -> dict[str, Any]:
        """The settings that a bit-identical continuation presupposes."""
        t = self.job.training
        of_schedule = {"steps": t.steps, "schedule_factor": t.schedule_factor} if t.schedule != "constant" else {}
        if self.job.program.teachers and t.forcing != "constant" and not t.forcing_pace:
            of_schedule["steps"] = t.steps  # the share falls over the run
        decisive = (*DECISIVE, *(OF_FORCING if self.job.program.teachers else ()))
        return {name: getattr(t, name) for name in decisive} | of_schedule

    def differs(self, told: Mapping[str, Any]) -> tuple[str, ...]:
        """What is not as it was at a checkpoint, as "name: then → now"."""
        then = {**told["fingerprint"], **told["settings"]}
        now = {**self.fingerprint(), **self._decisive()}
        return tuple(f"{k}: {then.get(k)} → {now.get(k)}" for k in {**then, **now} if then.get(k) != now.get(k))

    def _before(self, batch: Batch, carried: States | None) -> States | None:
        """The state that a batch starts from: the one before it, a new one ({}), or none at all, which spares following
        the state through padding where nobody will ask for it."""
        if batch.carry:
            return carried
        return {} if self._carries else None

    def _score(self, ran: Ran, names: tuple[str, ...]) -> dict[str, float]:
        scores = Scores(self.job.program, names, variances=variances_of(self.job.dataset))
        scores.add(ran.outputs, ran.targets, ran.lengths, ran.loss, ran.parts)
        return {name: value for name, value in scores.read().items() if name != "loss"}


def _no_loss() -> Problem:
    return Problem(
        "train.no_loss",
        Text("The model has no loss, so there is nothing to make smaller.",
             "El modelo no tiene pérdida: no hay nada que reducir."),
        Place(label="model"),
        Text("Add a loss and wire an output and a target to it.", "Añada una pérdida y conéctele una salida y un objetivo."),
    )  # fmt: skip


def _nothing_to_learn() -> Problem:
    return Problem(
        "train.nothing_to_learn",
        Text("The loss depends on no trainable parameter.", "La pérdida no depende de ningún parámetro entrenable."),
        Place(label="model"),
        Text("Add a layer between input and loss.", "Añada una capa entre la entrada y la pérdida."),
    )


def _other_model(folder: str) -> Problem:
    return Problem(
        "checkpoint.other_model",
        Text("The checkpoint was made by another model.", "El punto de control es de otro modelo."),
        Place(file=folder, label=folder),
        Text("Resume with the project that the run directory holds.", "Reanude con el proyecto de esa carpeta."),
    )
