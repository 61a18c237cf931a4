from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter import spanish

SUNDAY = date(2026, 11, 22)


def test_dates_are_written_the_bolivian_way() -> None:
    assert spanish.long_date(SUNDAY) == "domingo 22 de noviembre de 2026"
    assert spanish.short_date(date(2026, 1, 5)) == "05/01/2026"
    assert spanish.month_name(SUNDAY) == "noviembre de 2026"


def test_a_time_is_shown_in_the_zone_it_carries() -> None:
    moment = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
    assert spanish.date_time(moment.astimezone(ZoneInfo("America/La_Paz"))) == "22/11/2026 22:05"
    assert spanish.clock_time(time(8, 0)) == "08:00"


def test_a_time_without_a_zone_is_not_shown() -> None:
    with pytest.raises(ValueError, match="zone"):
        spanish.date_time(datetime(2026, 11, 22))  # noqa: DTZ001 - the very thing that is refused


@pytest.mark.parametrize(
    ("bolivianos", "text"),
    [
        ("0", "Bs 0,00"),
        ("146.28", "Bs 146,28"),
        ("1234.5", "Bs 1.234,50"),
        ("1234567.891", "Bs 1.234.567,89"),
        ("-1234.5", "-Bs 1.234,50"),
        ("0.005", "Bs 0,01"),
        ("-0.001", "Bs 0,00"),
    ],
)
def test_money_has_points_for_thousands_and_a_comma(bolivianos: str, text: str) -> None:
    assert spanish.money(Decimal(bolivianos)) == text


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_no_centavo_is_lost_in_writing(bolivianos: Decimal) -> None:
    digits = spanish.money(bolivianos).replace("Bs ", "").replace(".", "").replace(",", ".")
    assert Decimal(digits) == bolivianos


def test_percentages_say_when_there_is_nothing_to_divide_by() -> None:
    assert spanish.percentage(Decimal("81.1321")) == "81,13 %"
    assert spanish.percentage(Decimal(98), decimals=0) == "98 %"
    assert spanish.percentage(None) == "sin datos"


@pytest.mark.parametrize(
    ("seconds", "words", "running"),
    [
        (0, "0 s", "0:00"),
        (20.999, "20 s", "0:20"),
        (123, "2 min 03 s", "2:03"),
        (3723, "1 h 02 min 03 s", "1:02:03"),
        (-1, "0 s", "0:00"),
    ],
)
def test_lengths_of_time_are_read_at_a_glance(seconds: float, words: str, running: str) -> None:
    assert spanish.duration(seconds) == words
    assert spanish.stopwatch(seconds) == running


def test_counts_have_points_for_thousands() -> None:
    assert spanish.whole(60000) == "60.000"
