"""The chance that a day can afford: never beyond the ceiling, and as even as it can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.budget import allowed_chance
from dialer.pacing.situation import DayTally, PacingRules

RULES = PacingRules()
MANY = 2000.0


def chance(live: int, abandoned: int, to_come: float = MANY) -> float:
    return allowed_chance(DayTally(live, abandoned), to_come, RULES)


def test_a_day_begins_with_a_little_to_spend() -> None:
    assert 0 < chance(0, 0) < RULES.ceiling


def test_the_more_was_abandoned_the_less_is_dared() -> None:
    dared = [chance(1000, abandoned) for abandoned in range(20, 36)]
    assert dared == sorted(dared, reverse=True)


def test_one_abandoned_call_changes_little_in_the_middle_of_the_day() -> None:
    assert chance(1000, 26) > 0.8 * chance(1000, 25)


def test_a_day_beyond_repair_dares_nothing() -> None:
    assert chance(1000, 40) == 0
    assert chance(1000, 40, to_come=0) == 0


@given(st.integers(0, 5000), st.integers(0, 150))
def test_at_the_end_of_the_day_nothing_is_dared_that_would_break_the_ceiling(live: int, abandoned: int) -> None:
    if chance(live, abandoned, to_come=0) > 0:
        assert abandoned + 1 <= RULES.ceiling * live


def test_on_its_ceiling_a_day_dares_something_only_while_there_is_time_to_make_up_for_it() -> None:
    assert chance(1000, 30) > 0
    assert chance(1000, 30, to_come=30) == 0


def test_two_abandoned_calls_at_once_near_the_end_of_the_day_are_allowed_for() -> None:
    assert chance(480, 13, to_come=16) < 0.01


def test_where_more_answers_come_at_once_more_is_held_in_reserve() -> None:
    dared = [allowed_chance(DayTally(2000, 57), 30.0, RULES, at_once) for at_once in (0.0, 1.0, 3.0)]
    assert dared[0] > dared[1] > dared[2] == 0


def test_much_is_dared_where_much_is_left_but_not_anything() -> None:
    assert RULES.ceiling < chance(5000, 0) <= 0.2


def test_another_ceiling_is_another_chance() -> None:
    strict = PacingRules(ceiling=0.01)
    assert allowed_chance(DayTally(1000, 9), MANY, strict) < allowed_chance(DayTally(1000, 9), MANY, RULES)
    assert allowed_chance(DayTally(1000, 20), MANY, PacingRules(ceiling=0.0)) == pytest.approx(0)
