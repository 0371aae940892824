"""When a band counts as reached: at the first validation where it holds, in time, and for most seeds."""

from __future__ import annotations

from core.project.card import Band, Card
from core.trials.trial import Answer, Score
from core.trials.verdict import Reached, enough, must_fail, reached, stops
from core.words import Text

HERE = Text("here", "aquí")


def card(*bands: Band, sequences: int = 0, seconds: float = 0.0) -> Card:
    return Card(bands, HERE, HERE, sequences=sequences, seconds=seconds)


def answer(metric: str, *values: float) -> Answer:
    return Answer(tuple(Score(i, 10 * i, float(i), {metric: v}) for i, v in enumerate(values, start=1)))


def test_it_is_reached_at_the_first_validation_that_holds() -> None:
    one = reached(card(Band("mse", "<=", 0.1)), answer("mse", 0.5, 0.09, 0.2))
    assert one.held and one.at.step == 2 and one.ok
    assert not reached(card(Band("mse", "<=", 0.1)), answer("mse", 0.5, 0.11)).held


def test_all_bands_must_hold_at_the_same_validation() -> None:
    both = card(Band("mse", "<=", 0.1), Band("accuracy", ">=", 0.9))
    turns = Answer((Score(1, 1, 1.0, {"mse": 0.0, "accuracy": 0.0}), Score(2, 2, 2.0, {"mse": 1.0, "accuracy": 1.0})))
    assert not reached(both, turns).held


def test_half_as_much_again_is_in_time_and_more_is_not() -> None:
    at_twenty = answer("mse", 1.0, 0.0)  # 20 sequences, 2 seconds
    band = Band("mse", "<=", 0.1)
    assert reached(card(band, sequences=14), at_twenty).in_time and not reached(card(band, sequences=13), at_twenty).ok
    assert reached(card(band, seconds=1.4), at_twenty).ok and not reached(card(band, seconds=1.3), at_twenty).ok


def test_what_must_fail_must_do_so_from_first_to_last() -> None:
    stays = card(Band("mse", ">=", 0.12), sequences=1)
    assert must_fail(stays.bands[0]) and must_fail(Band("accuracy", "<=", 0.4))
    assert not must_fail(Band("accuracy", ">=", 0.4)) and not must_fail(Band("mse", "<=", 1.0))
    assert stops(stays) == () and stops(card(Band("mse", "<=", 0.1))) == (("mse", "<=", 0.1),)
    assert reached(stays, answer("mse", 0.16, 0.15)).ok
    assert not reached(stays, answer("mse", 0.16, 0.1, 0.16)).held


def test_a_metric_that_was_not_measured_is_not_reached() -> None:
    assert not reached(card(Band("mse", "<=", 0.1)), answer("loss", 0.0)).held
    assert reached(card(Band("mse", "<=", 0.1)), Answer()).problem == "trial.no_validation"


def test_one_of_five_may_miss_and_of_fewer_none() -> None:
    good, bad = (Reached(held, True, Score(1, 1, 1.0, {})) for held in (True, False))
    assert enough([good] * 4 + [bad]) and not enough([good] * 3 + [bad] * 2)
    assert enough([good]) and not enough([good, bad])
