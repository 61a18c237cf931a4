"""Erlang's formulas, against published tables and against themselves in exact fractions."""

from fractions import Fraction
from math import factorial, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.staffing.erlang import Traffic, abandoned, agents_needed, answered_within, erlang_b, erlang_c, mean_wait


def exact_c(load: Fraction, agents: int) -> Fraction:
    """Erlang C as it stands in the books."""
    last = load**agents / factorial(agents) * Fraction(agents) / (agents - load)
    return last / (sum(load**number / factorial(number) for number in range(agents)) + last)


@pytest.mark.slow
@given(st.integers(1, 60), st.fractions(0, 1, max_denominator=50).filter(lambda part: 0 < part < 1))
def test_erlang_b_and_c_are_those_of_the_books(agents: int, occupied: Fraction) -> None:
    load = agents * occupied
    blocked = load**agents / factorial(agents) / sum(load**each / factorial(each) for each in range(agents + 1))
    assert erlang_b(float(load), agents) == pytest.approx(float(blocked), rel=1e-9)
    assert erlang_c(float(load), agents) == pytest.approx(float(exact_c(load, agents)), rel=1e-9)


def test_published_values_of_erlang_b() -> None:
    """The loads of the usual table at which one in a hundred is blocked."""
    for load, agents in ((0.0101, 1), (1.3608, 5), (4.4612, 10), (12.031, 20), (37.901, 50), (84.064, 100)):
        assert erlang_b(load, agents) == pytest.approx(0.01, rel=2e-3)


def test_the_published_example_of_erlang_a() -> None:
    """Mandelbaum and Zeltyn: 50 agents, 48 calls a minute of one minute, callers with a patience of two minutes.

    3.1 % abandon and the mean wait is 3.7 s, where without patience it is 20.8 s.
    """
    patient, impatient = Traffic(48 / 60, 60), Traffic(48 / 60, 60, 120)
    assert abandoned(impatient, 50) == pytest.approx(0.031, abs=5e-4)
    assert mean_wait(impatient, 50) == pytest.approx(3.7, abs=0.05)
    assert mean_wait(patient, 50) == pytest.approx(20.8, abs=0.05)


# Calls a month; agents that 80 % in 20 s need at 180 and at 240 s: 26 working days with 11 % in the busiest hour.
MONTHS = [(10_000, 4, 5), (30_000, 9, 12), (60_000, 17, 21), (100_000, 26, 33)]


@pytest.mark.parametrize(("calls", "at_180", "at_240"), MONTHS)
def test_the_centres_sizes(calls: int, at_180: int, at_240: int) -> None:
    a_second = calls * 0.11 / 26 / 3600
    assert agents_needed(Traffic(a_second, 180), 20, 0.8) == at_180
    assert agents_needed(Traffic(a_second, 240), 20, 0.8) == at_240


@pytest.mark.slow
@given(st.floats(0.001, 2), st.floats(30, 600), st.floats(20, 600), st.integers(1, 400))
def test_all_who_do_not_abandon_are_answered(a_second: float, handle: float, patience: float, agents: int) -> None:
    """Two ways to the same figure: the sum over the states, and the integral over the waits."""
    traffic = Traffic(a_second, handle, patience)
    assert answered_within(traffic, agents, 12 * patience) == pytest.approx(1 - abandoned(traffic, agents), abs=1e-5)


@given(st.floats(0.001, 1), st.floats(30, 600), st.integers(1, 300))
def test_with_endless_patience_a_is_c(a_second: float, handle: float, agents: int) -> None:
    traffic = Traffic(a_second, handle)
    if traffic.load > 0.95 * agents:
        return
    nearly = Traffic(a_second, handle, 1e9)
    assert answered_within(nearly, agents, 20) == pytest.approx(answered_within(traffic, agents, 20), abs=1e-4)


def test_too_few_agents_lose_what_they_cannot_do() -> None:
    storm = Traffic(20.0, 180, 600)  # 3600 erlangs for a thousand agents
    assert abandoned(storm, 1000) == pytest.approx(1 - 1000 / 3600, rel=1e-6)
    assert answered_within(storm, 1000, 20) < 0.3
    assert (erlang_c(10, 10), mean_wait(Traffic(1, 10), 10), answered_within(Traffic(1, 10), 10, 20)) == (1, inf, 0)
    assert abandoned(Traffic(1, 10), 8) == pytest.approx(0.2)


def test_without_calls_nobody_is_needed_and_one_call_in_a_year_is_answered() -> None:
    assert agents_needed(Traffic(0, 180), 20, 0.8) == 0
    assert answered_within(Traffic(1e-9, 60, 100), 500, 20) == 1
    assert agents_needed(Traffic(1e-9, 60, 100), 20, 0.8) == 1
    assert mean_wait(Traffic(0, 60), 1) == abandoned(Traffic(0, 60), 1) == 0


def test_no_number_of_agents_for_what_no_centre_has() -> None:
    with pytest.raises(ValueError, match="no 5000 agents"):
        agents_needed(Traffic(1000, 180), 20, 0.8)


@given(st.floats(0.001, 1), st.floats(60, 300), st.sampled_from([None, 60.0, 300.0]))
def test_one_agent_fewer_would_not_do(a_second: float, handle: float, patience: float | None) -> None:
    traffic = Traffic(a_second, handle, patience)
    needed = agents_needed(traffic, 20, 0.8)
    assert answered_within(traffic, needed, 20) >= 0.8
    assert needed == 1 or answered_within(traffic, needed - 1, 20) < 0.8
