"""Months are calendar months in the centre's zone."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from callcenter.instants import as_datetime
from reports.periods.month import BadMonth, Month

TODAY = date(2026, 11, 22)
LA_PAZ = ZoneInfo("America/La_Paz")


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "26-10", "2026/10", "", "octubre", "2026-10-01", "٢٠٢٦-10"])
def test_what_names_no_month_is_refused_in_spanish(text: str) -> None:
    with pytest.raises(BadMonth, match="no es un mes"):
        Month.parse(text, TODAY)


def test_a_month_that_has_not_begun_is_refused() -> None:
    with pytest.raises(BadMonth, match="todavía no ha comenzado"):
        Month.parse("2026-12", TODAY)


def test_december_ends_where_january_begins_at_midnight_in_la_paz() -> None:
    since_us, until_us = Month(2025, 12).span_us(LA_PAZ)
    assert as_datetime(since_us, LA_PAZ).isoformat() == "2025-12-01T00:00:00-04:00"
    assert as_datetime(until_us, LA_PAZ).isoformat() == "2026-01-01T00:00:00-04:00"
    assert (until_us, Month(2026, 1).span_us(LA_PAZ)[0]) == (until_us, until_us)
