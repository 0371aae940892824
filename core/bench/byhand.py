"""The other side of each pair: the task as a person would write it in plain PyTorch, around torch.nn.LSTM.

Each script is a generator that yields the loss after every optimizer step. They share nothing with Unfold but the
built-in text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

Script = Callable[[int], Iterator[float]]


def adding_lstm(steps: int, length: int = 100, batch: int = 64, units: int = 32) -> Iterator[float]:
    """The adding problem: LSTM, the last output, one number, squared error; Adam, step schedule, clip by norm."""
    import torch
    from torch import nn

    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    lstm, head = nn.LSTM(2, units, batch_first=True), nn.Linear(units, 1)
    parameters = [*lstm.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, max(1, steps * 2 // 3), 0.2)
    rows = np.arange(batch)
    for _ in range(steps):
        x = np.zeros((batch, length, 2), np.float32)
        x[:, :, 0] = rng.random((batch, length), dtype=np.float32)
        first, second = rng.integers(0, length // 2, batch), rng.integers(length // 2, length, batch)
        x[rows, first, 1] = 1
        x[rows, second, 1] = 1
        y = x[rows, first, 0] + x[rows, second, 0]
        hidden, _ = lstm(torch.from_numpy(x))
        loss = nn.functional.mse_loss(head(hidden[:, -1]).squeeze(1), torch.from_numpy(y))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        yield loss.item()


def char_lm(steps: int, length: int = 64, batch: int = 32, units: int = 256, embedded: int = 64) -> Iterator[float]:
    """A character model: embedding, LSTM with carried state, softmax; Adam, cosine schedule, clip by norm; bits/char."""
    import torch
    from torch import nn

    from core.data.corpora import python_help

    text = python_help()
    symbols = sorted(set(text))
    index = {c: i for i, c in enumerate(symbols)}
    ids = torch.tensor([index[c] for c in text[: int(len(text) * 0.9)]])
    row = (len(ids) - 1) // batch
    inputs, answers = ids[: row * batch].view(batch, row), ids[1 : row * batch + 1].view(batch, row)
    torch.manual_seed(0)
    table, lstm = nn.Embedding(len(symbols), embedded), nn.LSTM(embedded, units, batch_first=True)
    head = nn.Linear(units, len(symbols))
    parameters = [*table.parameters(), *lstm.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.004)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps), 0.02 * 0.004)
    state = None
    for step in range(steps):
        at = step % (row // length) * length
        state = None if at == 0 else state
        hidden, state = lstm(table(inputs[:, at : at + length]), state)
        loss = nn.functional.cross_entropy(head(hidden).flatten(0, 1), answers[:, at : at + length].flatten())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        state = (state[0].detach(), state[1].detach())
        yield loss.item() / math.log(2)


SCRIPTS: dict[str, Script] = {"adding-lstm": adding_lstm, "char-lm": char_lm}
