"""Proportions and their intervals: published examples, and what every interval keeps to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.campaign.comparison import FEWEST, Difference, Group, difference, percent_of, wilson


@pytest.mark.parametrize(
    ("paid", "customers", "low", "high"),
    # Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_proportion_is_wilsons(paid: int, customers: int, low: float, high: float) -> None:
    assert wilson(Group(customers, paid)) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe, Interval estimation for the difference between independent proportions, 1998, table II, method 10:
    # 56/70 against 48/80 is 0.0524 to 0.3339.
    assert difference(Group(70, 56), Group(80, 48)) == Difference(Decimal("20.00"), Decimal("5.24"), Decimal("33.39"))


@pytest.mark.parametrize(("first", "second"), [(FEWEST - 1, 1000), (1000, FEWEST - 1), (0, 0), (0, 1000)])
def test_too_few_are_not_compared(first: int, second: int) -> None:
    assert difference(Group(first, 0), Group(second, 0)) is None


def test_nothing_is_divided_by_nobody() -> None:
    assert (Group(0, 0).percent, percent_of(0, 0)) == (None, None)


GROUPS = st.integers(FEWEST, 100_000).flatmap(lambda n: st.builds(Group, st.just(n), st.integers(0, n)))


@given(GROUPS, GROUPS)
def test_the_interval_holds_the_difference_and_stays_within_what_is_possible(first: Group, second: Group) -> None:
    found, turned = difference(first, second), difference(second, first)
    assert found is not None and turned is not None
    assert -100 <= found.low <= found.points <= found.high <= 100
    assert (turned.points, turned.low, turned.high) == (-found.points, -found.high, -found.low)


@given(GROUPS)
def test_a_group_does_not_differ_from_itself(group: Group) -> None:
    found = difference(group, group)
    assert found is not None and found.points == 0 and found.low <= 0 <= found.high
