"""What a person may ask a run to look at beyond values: costly looks, each asked for by its name and the key of a state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Look = Literal["matrix", "jacobian"]  # dL_t/dh_s of every pair of steps; how each step moves the state on
MARK = ":"  # never in the key of a probe or the name of a weight
UNFORCED = f"unforced{MARK}"  # the same sequence, once more, as a model with teachers answers it by itself


def request(look: Look, key: str) -> str:
    """What to watch for, so that the look is taken."""
    return f"{look}{MARK}{key}"


def requested(look: Look, keys: Iterable[str]) -> tuple[str, ...]:
    """The keys of which this look is asked for, among all that is watched."""
    head = f"{look}{MARK}"
    return tuple(k.removeprefix(head) for k in keys if k.startswith(head))
