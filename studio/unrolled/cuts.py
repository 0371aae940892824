"""The cuts of truncated back-propagation as a person moves them: from a setting's text to places and back."""

from __future__ import annotations

from collections.abc import Sequence

from core.train.truncate import cuts_of


def places(text: str, steps: int) -> tuple[int, ...]:
    """Before which steps the gradient is cut; none where the text cannot be read."""
    try:
        return cuts_of(text, steps)
    except ValueError:
        return ()


def regular(text: str) -> bool:
    """Whether one number says it all: a cut every so many steps."""
    return bool(text.strip()) and "," not in text


def moved(text: str, index: int, to: int, steps: int) -> str:
    """The setting once cut number `index` stands before step `to`; out of the sequence it is gone. Regular cuts stay so."""
    if regular(text):
        every = max(1, round(to / (index + 1)))
        return str(every) if every < steps else ""
    kept = [p for i, p in enumerate(places(text, steps)) if i != index]
    return written([*kept, to] if 0 < to < steps else kept)


def added(text: str, at: int, steps: int) -> str:
    """One cut more; regular ones are then listed."""
    return written([*places(text, steps), at])


def written(cuts: Sequence[int]) -> str:
    """Places as the setting says them: "20,40", and "20," for one alone."""
    found = sorted(set(cuts))
    return "" if not found else f"{found[0]}," if len(found) == 1 else ",".join(map(str, found))
