"""What a trained model writes, as the message that run, command line and window show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.compile.program import Program
from core.data.dataset import Batch
from core.data.spelling import text_of
from core.data.vocabulary import ids_of
from core.train.examples import asked
from core.train.generation import loop_of, symbols_of
from core.train.messages import Sample

if TYPE_CHECKING:
    from torch import Tensor, nn

    from core.train.decoding import Choice, Written


def write_text(
    program: Program, module: nn.Module, prompt: str, most: int, choice: Choice, seed: int, example: Batch | None = None
) -> Sample:
    """At most `most` symbols after a prompt, which may be empty. `example`: what a model with a teacher answers to. Raises
    Refused where the program does not write, or the prompt holds a symbol that it never saw."""
    given = ids_of(prompt, symbols_of(program)).tolist() if prompt else []
    inputs, lengths = asked(program, example) if example is not None else ([], None)
    return write_ids(program, module, given, most, choice, seed, inputs, lengths)


def write_ids(
    program: Program,
    module: nn.Module,
    prompt: Sequence[int],
    most: int,
    choice: Choice,
    seed: int,
    inputs: Sequence[Tensor] = (),
    lengths: Mapping[str, Tensor] | None = None,
    step: int = 0,
) -> Sample:
    """The same with the prompt as ids and the example as tensors. Nobody else's random numbers are touched."""
    from core.train.decoding import write
    from core.train.module import answering

    loop = loop_of(program)
    begun = prompt or ([] if loop.heard else [0])  # a model without a teacher has to read something first
    with answering(module):
        found = write(module, loop, inputs, most, choice, seed, begun, lengths)
    return _sample(found, symbols_of(program), step, choice.temperature)


def _sample(found: Written, vocabulary: Sequence[str], step: int, temperature: float) -> Sample:
    new = found.symbols
    shares = found.shares.float().numpy()[: len(new)]
    logp = np.asarray(found.logp[: len(new)], np.float32)
    return Sample(step, tuple(vocabulary[i] for i in new), text_of(new, vocabulary), temperature, shares, logp)
