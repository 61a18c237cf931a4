"""The Poisson-binomial distribution: against all cases by hand, and at its edges."""

from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.counts import CountDistribution

CHANCES = st.lists(st.floats(0.05, 1), max_size=7)


def by_hand(chances: list[float]) -> list[float]:
    found = [0.0] * (len(chances) + 1)
    for happens in product((False, True), repeat=len(chances)):
        found[sum(happens)] += prod(p if yes else 1 - p for p, yes in zip(chances, happens, strict=True))
    return found


@given(CHANCES)
def test_it_is_the_sum_over_all_cases(chances: list[float]) -> None:
    assert list(CountDistribution(chances, 10).chances) == pytest.approx(by_hand(chances))


@given(CHANCES, st.integers(1, 4))
def test_what_is_beyond_the_largest_count_is_counted_there(chances: list[float], largest: int) -> None:
    found = CountDistribution(chances, largest).chances
    assert len(found) <= largest + 1
    assert sum(found) == pytest.approx(1)


def test_many_small_chances_are_as_good_as_exact() -> None:
    chances = [0.02] * 40
    exact = [1.0]
    for p in chances:
        exact = [a * (1 - p) + b * p for a, b in zip([*exact, 0], [0, *exact], strict=True)]
    assert list(CountDistribution(chances, 10).chances[:5]) == pytest.approx(exact[:5], abs=0.005)


def test_at_least_sums_from_the_end() -> None:
    assert CountDistribution([0.5, 0.5], 5).at_least() == pytest.approx([1, 0.75, 0.25])
