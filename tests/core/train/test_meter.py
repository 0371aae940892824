"""The meter keeps watching within its share of training time, and its share is what switching probes off saves."""

import statistics
import time

import pytest

from core.train.meter import FASTEST, Meter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def trained(budget: float, step: float, frame: float, seconds: float, hook: float = 0.0) -> tuple[Meter, float, int]:
    """Train on a fake clock for so many seconds of pure training; returns the meter, the time it took, the frames."""
    clock = Clock()
    meter = Meter(budget, clock)
    frames = 0
    for _ in range(round(seconds / step)):
        watch = meter.due()
        clock.now += step
        if watch:
            with meter.measure():
                clock.now += hook
            with meter.measure():
                clock.now += frame
            meter.spent()
            frames += 1
    return meter, clock.now - 100.0, frames


@pytest.mark.parametrize("step", [0.002, 0.02, 0.3])
@pytest.mark.parametrize("frame", [0.002, 0.012, 0.25])
@pytest.mark.parametrize("budget", [0.03, 0.1])
def test_the_share_stays_within_the_budget_whatever_things_cost(step, frame, budget):
    meter, _, frames = trained(budget, step, frame, 300.0)
    assert frames > 1
    assert meter.share <= budget * 1.05 + frame / 300
    if frame / budget > max(1 / FASTEST, 2 * step):  # where the budget is what limits, it is used up
        assert meter.share >= budget * 0.7


@pytest.mark.parametrize("frame", [0.004, 0.05])
def test_the_share_is_what_switching_probes_off_saves(frame):
    meter, on, _ = trained(0.03, 0.011, frame, 120.0, hook=0.001)
    _, off, none = trained(0.0, 0.011, frame, 120.0, hook=0.001)
    assert none == 0
    assert meter.share == pytest.approx((on - off) / on, rel=0.2)


def test_the_first_frame_comes_at_once_and_never_more_than_ten_a_second():
    clock = Clock()
    meter = Meter(0.5, clock)
    assert meter.due()
    meter.spent(0.001)
    clock.now += 0.05
    assert not meter.due()
    clock.now += 0.06
    assert meter.due()


def test_after_a_dear_frame_it_waits_until_the_debt_is_paid():
    clock = Clock()
    meter = Meter(0.1, clock)
    meter.due()
    meter.spent(0.0)
    clock.now += 5.0
    assert meter.due()
    clock.now += 1.0
    meter.spent(1.0)
    waited = 0
    while not meter.due():
        clock.now += 0.5
        waited += 1
    assert 8.0 <= waited * 0.5 <= 10.0


def test_a_quiet_time_does_not_save_up_a_burst():
    clock = Clock()
    meter = Meter(0.03, clock)
    meter.due()
    meter.spent(0.0)
    clock.now += 3600
    taken = 0.0
    for _ in range(20):
        if meter.due():
            meter.spent(0.1)
            taken += 0.1
        clock.now += 0.2
    assert taken <= 0.31


def test_a_pause_is_no_training_time():
    clock = Clock()
    meter = Meter(0.1, clock)
    meter.due()
    meter.spent(0.1)
    clock.now += 0.9
    meter.pause()
    assert not meter.due()
    clock.now += 100
    meter.go()
    assert meter.share == pytest.approx(0.1 / 0.9)
    clock.now += 0.1
    assert meter.share == pytest.approx(0.1)


def test_frames_that_a_person_asks_for_make_no_debt_but_are_told():
    clock = Clock()
    meter = Meter(0.1, clock)
    meter.due()
    meter.spent(0.0)
    clock.now += 1.0
    for _ in range(50):
        meter.spent(0.2, asked=True)
    clock.now += 0.25
    assert meter.due()
    told = meter.report(7)
    assert told is not None and told.step == 7 and told.frames == 51 and told.share == pytest.approx(10.0 / 1.25)


def test_reports_come_once_a_second_and_tell_of_the_time_since_the_last():
    clock = Clock()
    meter = Meter(0.1, clock)
    clock.now += 0.5
    assert meter.report(1) is None and meter.report(1, force=True) is not None
    meter.spent(0.1)
    meter.drop(2)
    clock.now += 1.0
    told = meter.report(2)
    assert told is not None and (told.frames, told.dropped) == (1, 2) and told.share == pytest.approx(0.1)
    clock.now += 2.0
    assert meter.report(3).share == 0.0


def test_off_is_off():
    clock = Clock()
    meter = Meter(0.0, clock)
    clock.now += 10
    assert not meter.due() and meter.share == 0.0


@pytest.mark.alone
@pytest.mark.slow
def test_on_a_real_training_the_share_agrees_with_what_switching_off_saves():
    """Processor time of one thread, so that others on the machine do not count; alternating, medians."""
    import torch

    from tests.core.train.test_probe import built, tokens, with_dropout

    torch.set_num_threads(1)
    module, _, prober, _ = built(with_dropout(), tokens(), torch.float32)
    optimizer = torch.optim.SGD(module.parameters(), lr=1e-3)
    text, after = (torch.as_tensor(tokens(32, 40).arrays[n]) for n in ("text", "next"))

    def train(budget: float, steps: int) -> tuple[float, float]:
        meter = Meter(budget, time.thread_time, fastest=1000.0)
        start = time.thread_time()
        for n in range(steps):
            watch = meter.due()
            optimizer.zero_grad()
            module.loss(module(text)[0], after)[0].backward()
            if watch:
                with meter.measure():
                    prober.before_clip()
                    prober.after_clip()
            optimizer.step()
            if watch:
                with meter.measure():
                    prober.frame(n)
                meter.spent()
        return time.thread_time() - start, meter.share

    train(0.3, 20)
    saved, shares = [], []
    for _ in range(5):
        off, _ = train(0.0, 40)
        on, share = train(0.3, 40)
        saved.append((on - off) / on)
        shares.append(share)
    assert statistics.median(shares) == pytest.approx(statistics.median(saved), rel=0.2)
