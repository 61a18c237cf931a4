"""A month in half-hours: what is counted again is in the sums, and nothing else is summed anew."""

from agent_api.board.level_spans import CountedSpans, summed
from callcenter.level.formulas import ServiceLevelCounts
from callcenter.level.half_hours import HALF_HOUR_US

DAY_US = 48 * HALF_HOUR_US


def answered(number: int) -> ServiceLevelCounts:
    return ServiceLevelCounts(answered=number)


def test_a_day_is_the_sum_of_its_spans() -> None:
    spans = CountedSpans(
        {0: {"101": answered(1)}, 47: {"101": answered(2), "102": answered(4)}, 48: {"101": answered(8)}}
    )
    assert spans.day(0, DAY_US) == {"101": answered(3), "102": answered(4)}
    assert spans.day(DAY_US, 2 * DAY_US) == {"101": answered(8)}


def test_a_span_that_was_counted_again_is_in_its_day_and_in_no_other() -> None:
    spans = CountedSpans({0: {"101": answered(1)}, 48: {"101": answered(2)}})
    other = spans.day(DAY_US, 2 * DAY_US)
    assert spans.day(0, DAY_US) == {"101": answered(1)}
    spans.replace([0, 5], {0: {"101": answered(3)}})
    assert spans.day(0, DAY_US) == {"101": answered(3)}
    assert spans.day(DAY_US, 2 * DAY_US) is other


def test_a_span_without_callers_any_more_counts_for_nothing() -> None:
    spans = CountedSpans({0: {"101": answered(1)}})
    spans.replace([0], {})
    assert spans.day(0, DAY_US) == {}


def test_nothing_is_the_sum_of_nothing() -> None:
    assert summed([]) == {}
