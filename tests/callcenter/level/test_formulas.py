"""The formulas on the data set of the procedure, and at their borders."""

from dataclasses import replace
from decimal import Decimal

import pytest

from callcenter.centre.model import Formula
from callcenter.level.formulas import LevelVerdict, ServiceLevelCounts, level, shown, still_needed, total, verdict

TARGET = Decimal(80)
MONTH = ServiceLevelCounts(answered=1000, within=860, abandoned=60, abandoned_within=20, abandoned_under_5_seconds=10)


@pytest.mark.parametrize(
    ("formula", "percent"), [("A", "81.13"), ("B", "82.69"), ("C", "81.90"), ("D", "83.02"), ("E", "86.00")]
)
def test_each_variant_gives_its_known_figure(formula: str, percent: str) -> None:
    exact = level(MONTH, Formula(formula))
    assert exact is not None
    assert shown(exact, TARGET) == Decimal(percent)


def test_a_month_without_calls_has_no_level() -> None:
    assert level(ServiceLevelCounts()) is None
    assert verdict(ServiceLevelCounts(), TARGET) is LevelVerdict.NO_CALLS


def test_exactly_the_target_is_accepted() -> None:
    assert verdict(ServiceLevelCounts(answered=10, within=8), TARGET) is LevelVerdict.ACCEPTED


def test_a_level_just_below_the_target_is_never_shown_as_the_target() -> None:
    counts = ServiceLevelCounts(answered=100_000, within=79_999)
    exact = level(counts)
    assert exact is not None
    assert verdict(counts, TARGET) is LevelVerdict.OBSERVED
    assert shown(exact, TARGET) == Decimal("79.99")


def test_a_total_sums_counts_and_never_averages_percentages() -> None:
    parts = [ServiceLevelCounts(answered=1, within=1), ServiceLevelCounts(answered=99, within=0)]
    assert level(total(parts, distinct_calls=100)) == Decimal(1)


def test_the_calls_still_needed_bring_the_level_to_the_target() -> None:
    counts = ServiceLevelCounts(answered=70, within=70, abandoned=30)
    more = still_needed(counts, TARGET)
    assert more is not None
    assert (
        verdict(ServiceLevelCounts(answered=70 + more, within=70 + more, abandoned=30), TARGET) is LevelVerdict.ACCEPTED
    )
    assert (
        verdict(ServiceLevelCounts(answered=69 + more, within=69 + more, abandoned=30), TARGET) is LevelVerdict.OBSERVED
    )


@pytest.mark.parametrize("formula", list(Formula))
def test_the_calls_still_needed_are_counted_by_each_formula_and_never_one_too_many(formula: Formula) -> None:
    counts = ServiceLevelCounts(answered=70, within=50, abandoned=30, abandoned_within=5, abandoned_under_5_seconds=2)
    more = still_needed(counts, TARGET, formula)
    assert more
    reached, almost = (replace(counts, answered=70 + n, within=50 + n) for n in (more, more - 1))
    assert verdict(reached, TARGET, formula) is LevelVerdict.ACCEPTED
    assert verdict(almost, TARGET, formula) is LevelVerdict.OBSERVED


def test_nothing_is_needed_without_calls_and_every_call_in_time_is_out_of_reach_once_one_was_not() -> None:
    assert still_needed(ServiceLevelCounts(), TARGET) == 0
    assert still_needed(ServiceLevelCounts(answered=5, within=5), Decimal(100)) == 0
    assert still_needed(ServiceLevelCounts(answered=5, within=4), Decimal(100)) is None
