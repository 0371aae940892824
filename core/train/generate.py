"""Sequences from a trained program, one symbol at a time with carried state; and how probable a given one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from core.compile.program import Program
from core.data.vocabulary import END
from core.problems import Refused
from core.train.decoding import Choice, Loop, write
from core.train.messages import Floats
from core.train.sampling import looks_ahead, not_stepwise


def generate(
    module: nn.Module, program: Program, prompt: Sequence[int], length: int, temperature: float, seed: int
) -> tuple[list[int], Floats, Floats]:
    """`length` symbols after the prompt (at least one symbol, read first and not among them).

    Gives (ids, distribution (length, V), log p (length,)). Each symbol is drawn from its row of `distribution`, the
    softmax of logits / temperature, and its log p is of that row. The draws come from a generator of their own: the same
    seed gives the same symbols, and nobody else's random numbers are touched. Raises Refused where the program cannot run
    one step at a time.
    """
    loop = Loop(_logits_of(program))
    with answering(module):
        written = write(module, loop, (), length, Choice(temperature), seed, prompt)
    ids = list(written.symbols)
    logp = written.shares.log()[range(len(ids)), ids] if ids else torch.zeros(0)
    return ids, _floats(written.shares), _floats(logp)


def loop_of(program: Program) -> Loop:
    """How a program is led when it writes: through its teacher where it has one, else by its one input of symbols. Raises
    Refused where it cannot write."""
    teacher = next((t for t in program.teachers if t.said and t.field.sig.kind == "tokens"), None)
    if teacher is None:
        return Loop(_logits_of(program))
    words = teacher.field.vocabulary or ()
    axis = teacher.field.sig.axes[:1]
    stop = program.stop
    return Loop(
        teacher.said,
        teacher.states,
        tuple(a.field.sig.axes[:1] == axis for a in program.inputs),
        teacher.name,
        words.index(END) if END in words and stop is None else None,
        stop.output if stop and stop.kind == "stop" else "",
        stop.output if stop and stop.kind == "length" else "",
    )


def log_probabilities(module: nn.Module, program: Program, ids: Sequence[int]) -> Floats:
    """log p of each symbol but the first given those before it (temperature 1); their sum is log p of the sequence given
    its first symbol. Raises Refused like `generate`."""
    return likelihood(module, program, ids)[0]


def likelihood(module: nn.Module, program: Program, ids: Sequence[int]) -> tuple[Floats, Floats]:
    """The same, and the whole distribution (n - 1, V) at each of those steps."""
    name = _logits_of(program)
    if len(ids) < 2:
        return np.zeros(0, np.float32), np.zeros((0, 0), np.float32)
    with answering(module):
        outputs, _ = module(torch.tensor([list(ids[:-1])], device=_device(module)))
        logp = torch.log_softmax(outputs[name][0].double(), -1)
        return _floats(logp[range(len(ids) - 1), list(ids[1:])].cpu()), _floats(logp.exp())


@contextmanager
def answering(module: nn.Module) -> Iterator[None]:
    """No dropout and no gradients; the module's mode is put back."""
    was = module.training
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        module.train(was)


def _logits_of(program: Program) -> str:
    """The output to sample from: the logits that the head's cross-entropy compares with the next symbol."""
    ahead = looks_ahead(program)
    heads = [o for o in program.outputs if o.loss == "cross_entropy" and o.sig.axes]
    one_input = len(program.inputs) == 1 and program.inputs[0].field.sig.kind == "tokens"
    if not heads or not one_input or ahead:
        raise Refused(not_stepwise(ahead))
    return heads[0].name


def _device(module: nn.Module) -> torch.device:
    first = next(module.parameters(), None)
    return first.device if first is not None else torch.device("cpu")


def _floats(tensor: Tensor) -> Floats:
    return tensor.detach().to("cpu", torch.float32).numpy()
