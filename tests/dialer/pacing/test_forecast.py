"""The chance that nobody is free for the next answer."""

import pytest

from dialer.pacing.forecast import Forecast, Learned, ends_within
from dialer.pacing.situation import AgentsNow, PacingRules, PacingSituation
from tests.dialer.pacing.situations import situation

RULES = PacingRules()


def nobody_free(now: PacingSituation, calls: int = 0, learned: Learned | None = None) -> float:
    forecast = Forecast(now, learned or Learned(), RULES)
    forecast.add_calls(calls)
    return forecast.nobody_free()


def with_wrap_ups_of(seconds: float) -> Learned:
    learned = Learned()
    for _ in range(1000):
        learned.wrap_up.learn(seconds)
    return learned


def test_while_there_are_fewer_calls_than_agents_somebody_is_free() -> None:
    assert nobody_free(situation(available=3), calls=2) == 0


def test_without_agents_nobody_is() -> None:
    assert nobody_free(situation()) == pytest.approx(1)


def test_each_call_makes_it_likelier() -> None:
    found = [nobody_free(situation(available=2, in_wrap_up=(20.0,)), calls) for calls in range(12)]
    assert found == sorted(found)
    assert 0 < found[-1] < 1


def test_agents_count_by_whether_they_are_free_when_a_call_is_answered() -> None:
    learned = with_wrap_ups_of(30.0)
    in_time, too_late = (nobody_free(situation(in_wrap_up=(age,)), learned=learned) for age in (28.0, 2.0))
    assert (in_time, too_late) == pytest.approx((0, 1), abs=0.1)


def test_after_a_conversation_there_is_its_wrap_up() -> None:
    long, short = (ends_within(AgentsNow(0, (100.0,)), with_wrap_ups_of(each), 20.0)[0] for each in (60.0, 2.0))
    assert long < 0.01 < short
