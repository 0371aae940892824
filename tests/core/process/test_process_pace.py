"""How long a stop is waited for: by what the run itself was heard to take, on a clock that stands still."""

from __future__ import annotations

import pytest

from core.process import pace
from core.process.pace import HEED, MOST_PATIENCE, Pace
from core.train.messages import Message, Paused, Saved, Started, Step


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pace, "time", made)
    return made


def step(n: int) -> Step:
    return Step(n, 1.0, 0.1, 1.0, 1.0, n * 0.5, 8)


def hear(clock: Clock, *told: tuple[float, Message]) -> Pace:
    """Letters of one message each, so many seconds after the one before."""
    heard = Pace()
    for wait, message in told:
        clock.now += wait
        heard.hear([message])
    return heard


BEGUN = Started(100, 4, "cpu", "fp32", 9, "", {}, {})


def test_a_stop_is_waited_for_twice_as_long_as_the_longest_silence(clock: Clock) -> None:
    assert hear(clock, (9.0, BEGUN), (20.0, step(5))).patience == HEED, "torch may take its time to load"
    found = hear(clock, (9.0, BEGUN), (20.0, step(5)), (0.0, Saved(5, "")), (7.0, step(6)), (1.0, step(7)))
    assert found.patience == 14.0 and (found.step, found.seconds) == (7, 3.5)
    assert hear(clock, (0.0, step(1)), (400.0, step(2))).patience == MOST_PATIENCE


def test_a_pause_is_no_silence(clock: Clock) -> None:
    found = Pace()
    found.hear([step(1), Paused(1)])
    clock.now += 50.0
    found.hear([step(2)])
    assert found.patience == HEED
    clock.now += 3.0
    found.hear([step(3)])
    assert found.patience == 6.0


def test_who_heeds_has_time_to_save(clock: Clock) -> None:
    found = hear(clock, (0.0, BEGUN), (1.0, step(5)))
    assert found.step == 5 and not found.heeded
    clock.now += 1.0
    found.heed()
    assert found.heeded and found.heard == clock.now and found.patience == MOST_PATIENCE
