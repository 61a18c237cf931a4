"""Where an axis ends and is marked."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.render.axis import MOST_MARKS, Axis, axis_of, mark
from reports.render.document import Chart, ChartForm, Measure, Series, TargetLine, ValueKind
from tests.reports.render.made_documents import BARS


def chart(kind: ValueKind, *values: Measure | None) -> Chart:
    return Chart("x", ChartForm.BARS, kind, ("a",) * len(values), (Series("s", values),))


@pytest.mark.parametrize(
    ("values", "axis"),
    [
        ((1, 2, 3), Axis(0, 3, 1)),
        ((2124, 363), Axis(0, 2500, 500)),
        ((0,), Axis(0, 1, 1)),
        ((None,), Axis(0, 1, 1)),
        ((-30, 100), Axis(-50, 100, 50)),
    ],
)
def test_an_axis_begins_at_zero_and_is_marked_in_round_steps(values: tuple[int | None, ...], axis: Axis) -> None:
    assert axis_of(chart(ValueKind.WHOLE, *values)) == axis


def test_the_target_is_on_the_axis() -> None:
    low = replace(BARS, series=(Series("x", (Decimal(10), Decimal(20), None)),), target=TargetLine("Meta", Decimal(90)))
    assert axis_of(low) == Axis(0, 100, 20)


def test_lengths_of_time_are_marked_in_minutes_and_hours() -> None:
    assert axis_of(chart(ValueKind.DURATION, timedelta(seconds=140))) == Axis(0, 150, 30)
    assert axis_of(chart(ValueKind.DURATION, timedelta(hours=10))) == Axis(0, 36_000, 7200)
    assert axis_of(chart(ValueKind.DURATION, timedelta(days=40))).step == 10 * 86_400


@given(st.lists(st.integers(-(10**9), 10**12), min_size=1))
def test_every_value_is_on_the_axis_and_the_marks_can_be_read(values: list[int]) -> None:
    axis = axis_of(chart(ValueKind.WHOLE, *values))
    assert axis.low <= min(0, *values, 0) and max(0, *values, 0) <= axis.high
    assert 1 <= (axis.high - axis.low) / axis.step <= MOST_MARKS + 1


@pytest.mark.parametrize(
    ("kind", "number", "written"),
    [
        (ValueKind.PERCENT, 80.0, "80 %"),
        (ValueKind.WHOLE, 2500.0, "2.500"),
        (ValueKind.MONEY, 2500.0, "2.500"),
        (ValueKind.DECIMAL, 5.0, "5"),
        (ValueKind.DURATION, 150.0, "2:30"),
    ],
)
def test_marks_are_written_in_their_unit(kind: ValueKind, number: float, written: str) -> None:
    assert mark(kind, number) == written
