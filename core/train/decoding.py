"""Writing with a trained model: one symbol after the other, each chosen from what the model says and told back to it.

Needs PyTorch alone, word for word: this text goes with exported models. A model takes back what it said in one
of two ways: as its first input (a language model), or in entries of its state (a model with a teacher).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Loop:
    """How a model is led. `logits`: the output to choose from. `heard`: entries of the state whose last place holds what was
    said; none where the symbol is the first input. `timed`: which inputs have the time axis. `truth`: the name of the
    teacher's truth. One of `end` (a symbol), `stop` (an output, the logit that this is the last step) and `length` (an
    output, logits of the number of symbols) says when it is over; none does where a text has no end."""

    logits: str
    heard: tuple[str, ...] = ()
    timed: tuple[bool, ...] = ()
    truth: str = ""
    end: int | None = None
    stop: str = ""
    length: str = ""


@dataclass(frozen=True)
class Choice:
    """How a symbol is chosen. `temperature` 0 takes the most probable; `top_k` (0 is off) leaves that many symbols, `top_p`
    the fewest whose probability reaches it (Holtzman et al. 2020). `beams` above 1 searches instead: the text with the best
    log p / ((5 + n) / 6)^alpha of n symbols (Wu et al. 2016, eq. 14)."""

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    beams: int = 1
    alpha: float = 0.6


@dataclass(frozen=True)
class Written:
    """`symbols`, the end not among them; `logp` of each choice (the end's last, where there is one) by the model itself, at
    temperature 1; `shares` (choices, V) what each was chosen from; `ended`: the model said that this is all."""

    symbols: tuple[int, ...]
    logp: tuple[float, ...]
    shares: Tensor
    ended: bool

    @property
    def total(self) -> float:
        return sum(self.logp)


class Walk:
    """A model being led through `rows` copies of one example."""

    def __init__(self, model: Any, loop: Loop, inputs: Sequence[Tensor], lengths: Any = None, rows: int = 1) -> None:
        self.model, self.loop, self.at = model, loop, 0
        self.inputs = [x.expand(rows, *x.shape[1:]) for x in inputs]
        self.lengths = {a: n.expand(rows, *n.shape[1:]) for a, n in lengths.items()} if lengths else None
        self.state: dict[str, Tensor] = {}
        self.outputs: dict[str, Tensor] = {}

    @property
    def steps(self) -> int | None:
        """How many steps the inputs allow; None where they do not say."""
        sized = [x.shape[1] for x, timed in zip(self.inputs, self.loop.timed, strict=False) if timed]
        return min(sized) if sized and self.loop.heard else None

    def begin(self, prompt: Sequence[int]) -> Tensor:
        """Read the prompt; the logits (rows, V) of what follows it."""
        rows = max([1, *(x.shape[0] for x in self.inputs)])
        if not self.loop.heard:
            device = next(self.model.parameters()).device
            return self._run(torch.tensor([list(prompt)], device=device).expand(rows, -1))
        logits = self._run()
        for symbol in prompt:
            logits = self.hear(torch.full((rows,), symbol, device=logits.device))
        return logits

    def hear(self, symbols: Tensor) -> Tensor:
        """Tell each row what was said; the logits (rows, V) of the next step."""
        if not self.loop.heard:
            return self._run(symbols.unsqueeze(1))
        for name in self.loop.heard:
            held = self.state[name].clone()
            held[:, -1] = symbols
            self.state[name] = held
        self.at += 1
        return self._run()

    def keep(self, rows: Tensor) -> None:
        """Go on from these rows."""
        self.state = {name: value[rows] for name, value in self.state.items()}

    def _run(self, read: Tensor | None = None) -> Tensor:
        if read is not None:
            self.outputs, self.state = self.model(read, None, self.state)
        else:
            now = [x[:, self.at : self.at + 1] if t else x for x, t in zip(self.inputs, self.loop.timed, strict=True)]
            self.outputs, self.state = self.model(*now, lengths=self.lengths, state=self.state, steps=1)
        return self.outputs[self.loop.logits][:, -1].double()

    def stops(self) -> Tensor:
        """The logit that this was the last step, of each row."""
        return self.outputs[self.loop.stop][:, -1].double().flatten()


def shares_of(logits: Tensor, choice: Choice) -> Tensor:
    """The probabilities (..., V) that a symbol is chosen by."""
    if choice.temperature <= 0:
        return torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).to(logits.dtype)
    logits = logits / choice.temperature
    if 0 < choice.top_k < logits.shape[-1]:
        logits = logits.masked_fill(logits < logits.topk(choice.top_k).values[..., -1:], -torch.inf)
    shares = logits.softmax(-1)
    if choice.top_p < 1:
        ordered, order = shares.sort(-1, descending=True)
        before = ordered.cumsum(-1) - ordered  # what is reached without this symbol
        shares = shares * torch.zeros_like(shares).scatter(-1, order, (before < choice.top_p).to(shares.dtype))
        shares = shares / shares.sum(-1, keepdim=True)
    return shares


@torch.no_grad()
def write(
    model: Any,
    loop: Loop,
    inputs: Sequence[Tensor] = (),
    most: int = 100,
    choice: Choice = Choice(),
    seed: int = 0,
    prompt: Sequence[int] = (),
    lengths: Any = None,
) -> Written:
    """At most `most` symbols after the prompt, for one example: inputs (1, ...). A language model needs a prompt. Draws come
    from a generator of its own: the same seed writes the same."""
    if choice.beams > 1:
        return search(model, loop, inputs, most, choice, prompt, lengths)[0]
    draw = torch.Generator().manual_seed(seed)
    walk = Walk(model, loop, inputs, lengths)
    logits = walk.begin(prompt)
    most = most if walk.steps is None else min(most, walk.steps - len(prompt))
    if loop.length:
        most = min(most, _pick(walk.outputs[loop.length].double(), choice, draw))
    symbols: list[int] = []
    logp: list[float] = []
    rows: list[Tensor] = []
    ended = bool(loop.length)
    while len(symbols) < most:
        rows.append(shares_of(logits[0].cpu(), choice))
        symbol = int(torch.multinomial(rows[-1], 1, generator=draw))
        logp.append(float(logits[0].log_softmax(-1)[symbol]))
        if symbol == loop.end:
            ended = True
            break
        symbols.append(symbol)
        if loop.stop and _last(walk.stops()[0], choice, draw):
            ended = True
            break
        if len(symbols) < most:
            logits = walk.hear(torch.tensor([symbol], device=logits.device))
    shares = torch.stack(rows) if rows else torch.zeros(0, logits.shape[-1])
    return Written(tuple(symbols), tuple(logp), shares, ended)


def _pick(logits: Tensor, choice: Choice, draw: torch.Generator) -> int:
    return int(torch.multinomial(shares_of(logits.reshape(-1).cpu(), choice), 1, generator=draw))


def _last(logit: Tensor, choice: Choice, draw: torch.Generator) -> bool:
    """Whether a Bernoulli stop says so: drawn like the symbols, or by the greater half."""
    if choice.temperature <= 0:
        return bool(logit > 0)
    return bool(torch.rand((), generator=draw, dtype=torch.float64) < (logit.cpu() / choice.temperature).sigmoid())


@dataclass(frozen=True)
class _Beam:
    """A text on the way."""

    symbols: tuple[int, ...] = ()
    logp: tuple[float, ...] = ()
    over: float = 0.0  # log p of having gone on, or stopped, where a stop output says so
    shares: tuple[Tensor, ...] = ()
    ended: bool = False

    def score(self, alpha: float) -> float:
        shrink: float = ((5 + len(self.logp)) / 6) ** alpha
        return (sum(self.logp) + self.over) / shrink

    def written(self, width: int) -> Written:
        rows = torch.stack(self.shares) if self.shares else torch.zeros(0, width)
        return Written(self.symbols, self.logp, rows, self.ended)


@torch.no_grad()
def search(
    model: Any,
    loop: Loop,
    inputs: Sequence[Tensor] = (),
    most: int = 100,
    choice: Choice = Choice(beams=4),
    prompt: Sequence[int] = (),
    lengths: Any = None,
) -> list[Written]:
    """Beam search: the best texts first. At each step the `beams` best of all continuations go on; the ended ones wait."""
    walk = Walk(model, loop, inputs, lengths, choice.beams if loop.heard else 1)
    logits = walk.begin(prompt)
    most = most if walk.steps is None else min(most, walk.steps - len(prompt))
    if loop.length:
        most = min(most, int(walk.outputs[loop.length][0].reshape(-1).argmax()))
    alive, done = [_Beam(ended=bool(loop.length))], []
    for at in range(most):
        rows = logits.log_softmax(-1)[: len(alive)].cpu()
        over = torch.nn.functional.logsigmoid(walk.stops()[: len(alive)].cpu()) if loop.stop else None
        on = torch.nn.functional.logsigmoid(-walk.stops()[: len(alive)].cpu()) if loop.stop else None
        found: list[tuple[int, _Beam]] = []
        for n, beam in enumerate(alive):
            best = rows[n].topk(min(choice.beams + 1, rows.shape[-1]))
            for logp, symbol in zip(best.values.tolist(), best.indices.tolist(), strict=True):
                told = _Beam(
                    (*beam.symbols, symbol), (*beam.logp, logp), beam.over, (*beam.shares, rows[n].exp()), beam.ended
                )
                if symbol == loop.end:
                    done.append(_Beam(beam.symbols, told.logp, told.over, told.shares, True))
                    continue
                if over is not None and on is not None:
                    done.append(_Beam(told.symbols, told.logp, beam.over + float(over[n]), told.shares, True))
                    told = _Beam(told.symbols, told.logp, beam.over + float(on[n]), told.shares)
                found.append((n, told))
        found.sort(key=lambda f: -(sum(f[1].logp) + f[1].over))
        found = found[: choice.beams]
        alive = [beam for _, beam in found]
        done = sorted(done, key=lambda b: -b.score(choice.alpha))[: choice.beams]
        if not alive or at == most - 1:
            break
        kept = [n for n, _ in found]
        kept += [kept[0]] * (choice.beams - len(kept))
        walk.keep(torch.tensor(kept, device=logits.device))
        last = [b.symbols[-1] for b in alive] + [alive[0].symbols[-1]] * (choice.beams - len(alive))
        logits = walk.hear(torch.tensor(last, device=logits.device))
    whole = done if done and (loop.end is not None or loop.stop) else [*done, *alive]
    return [b.written(logits.shape[-1]) for b in sorted(whole, key=lambda b: -b.score(choice.alpha))]


@torch.no_grad()
def log_probabilities(
    model: Any, loop: Loop, symbols: Sequence[int], inputs: Sequence[Tensor] = (), lengths: Any = None
) -> Tensor:
    """log p of each symbol given those before it (temperature 1), all at once: their sum is log p of the sequence. Of a
    language model the first symbol is given, so it has none."""
    rows = log_shares(model, loop, symbols, inputs, lengths)
    said = torch.tensor(symbols[len(symbols) - len(rows) :], device=rows.device)
    return rows.gather(-1, said[:, None])[:, 0]


@torch.no_grad()
def log_shares(
    model: Any, loop: Loop, symbols: Sequence[int], inputs: Sequence[Tensor] = (), lengths: Any = None
) -> Tensor:
    """log p (n, V) of every symbol there is in the place of each of these; of a language model without the first."""
    given = torch.tensor([list(symbols)], device=next(model.parameters()).device)
    if loop.heard:
        outputs, _ = model(*inputs, lengths=lengths, truth={loop.truth: given})
    else:
        outputs, _ = model(given[:, :-1])
    rows: Tensor = outputs[loop.logits][0].double().log_softmax(-1)
    return rows
