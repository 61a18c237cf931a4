"""Holidays and opening hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.centre.model import OpenSpan
from callcenter.routing.calendar import Calendar, ClosedReason, DayOverride, Opening, rule_holidays

LA_PAZ = ZoneInfo("America/La_Paz")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS = (*WEEKDAYS, "sat", "sun")


def span(days: tuple[str, ...], opens: str, closes: str) -> OpenSpan:
    return OpenSpan.model_validate({"days": days, "from": opens, "to": closes})


OFFICE = (span(WEEKDAYS, "08:00", "12:00"), span(WEEKDAYS, "14:00", "18:30"), span(("sat",), "09:00", "13:00"))
ALWAYS = (span(ALL_DAYS, "00:00", "24:00"),)
NIGHTS = (span(ALL_DAYS, "22:00", "24:00"), span(ALL_DAYS, "00:00", "06:00"))


def at(day: str, clock: str, zone: ZoneInfo = LA_PAZ) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)


def office(moment: datetime, overrides: dict[date, DayOverride] | None = None) -> Opening:
    return Calendar(LA_PAZ, overrides or {}).open_at(OFFICE, moment)


@given(st.integers(1583, 4099))
def test_no_holiday_by_the_rules_falls_on_a_sunday(year: int) -> None:
    days = rule_holidays(year)
    assert 11 <= len(days) <= 12
    assert all(day.weekday() != 6 and day.year == year for day in days)


def test_carnival_good_friday_and_corpus_christi_follow_easter() -> None:
    calendar = Calendar(LA_PAZ)
    assert calendar.is_holiday(date(2027, 2, 8)) == calendar.is_holiday(date(2027, 2, 9)) == "Carnaval"
    assert calendar.is_holiday(date(2027, 3, 26)) == "Viernes Santo"
    assert calendar.is_holiday(date(2027, 5, 27)) == "Corpus Christi"


def test_a_holiday_on_a_sunday_is_kept_on_the_monday_after_it() -> None:
    calendar = Calendar(LA_PAZ)
    assert calendar.is_holiday(date(2025, 9, 14)) is None
    assert calendar.is_holiday(date(2025, 9, 15)) == "Aniversario de Cochabamba"


def test_two_holidays_on_one_day_are_both_named() -> None:
    assert Calendar(LA_PAZ).is_holiday(date(2057, 6, 21)) == "Año Nuevo Andino Amazónico y Corpus Christi"


def test_the_decrees_of_2026_hold() -> None:
    calendar = Calendar(LA_PAZ)
    assert calendar.is_holiday(date(2026, 1, 22)) is None
    assert calendar.is_holiday(date(2026, 1, 23)) == "Día del Estado Plurinacional"
    assert {date(2026, 6, 5), date(2026, 8, 7)} < set(calendar.holidays(2026))
    assert len(calendar.holidays(2026)) == 14


def test_what_supervisors_set_wins_over_rules_and_decrees() -> None:
    overrides = {
        date(2026, 6, 5): DayOverride(False, "Laborable"),
        date(2026, 12, 25): DayOverride(False, "Laborable"),
        date(2026, 12, 28): DayOverride(True, "Feriado por decreto"),
    }
    calendar = Calendar(LA_PAZ, overrides)
    assert calendar.is_holiday(date(2026, 6, 5)) is calendar.is_holiday(date(2026, 12, 25)) is None
    assert calendar.holidays(2026)[date(2026, 12, 28)] == "Feriado por decreto"


@pytest.mark.parametrize("clock", ["08:00:00", "11:59:59.999999", "14:00:00", "18:29:59.999999"])
def test_a_line_is_open_from_the_first_moment_of_its_hours_to_the_last(clock: str) -> None:
    assert office(at("2026-10-05", clock)) == Opening(True)


@pytest.mark.parametrize(
    ("moment", "again"),
    [
        (at("2026-10-05", "07:59:59.999999"), at("2026-10-05", "08:00")),
        (at("2026-10-05", "12:00"), at("2026-10-05", "14:00")),
        (at("2026-10-05", "18:30"), at("2026-10-06", "08:00")),
        (at("2026-10-03", "13:00"), at("2026-10-05", "08:00")),
        (at("2026-10-04", "10:00"), at("2026-10-05", "08:00")),
    ],
)
def test_outside_its_hours_a_line_knows_when_it_opens_next(moment: datetime, again: datetime) -> None:
    assert office(moment) == Opening(False, ClosedReason.HOURS, again)


def test_a_holiday_closes_a_line_until_the_next_working_day() -> None:
    expected = Opening(False, ClosedReason.HOLIDAY, at("2026-12-26", "09:00"), "Navidad")
    assert office(at("2026-12-25", "10:00")) == office(at("2026-12-25", "03:00")) == expected


def test_the_next_opening_jumps_over_holidays_and_weekends() -> None:
    assert office(at("2026-02-14", "13:30")).next_opening == at("2026-02-18", "08:00")


def test_a_holiday_on_a_day_without_hours_is_no_reason() -> None:
    sunday = {date(2026, 10, 4): DayOverride(True, "Elecciones")}
    assert office(at("2026-10-04", "10:00"), sunday).reason is ClosedReason.HOURS


def test_a_day_made_a_working_day_is_open() -> None:
    assert office(at("2026-01-22", "10:00")).open
    assert office(at("2026-12-25", "10:00"), {date(2026, 12, 25): DayOverride(False, "Laborable")}).open


def test_a_line_attended_day_and_night_is_attended_on_holidays() -> None:
    calendar = Calendar(LA_PAZ)
    assert calendar.open_at(ALWAYS, at("2026-12-25", "03:00")) == Opening(True)
    both_halves = (span(ALL_DAYS, "00:00", "12:00"), span(ALL_DAYS, "12:00", "24:00"))
    assert calendar.open_at(both_halves, at("2026-12-25", "12:00")) == Opening(True)


def test_a_night_written_as_two_spans_is_open_across_midnight() -> None:
    calendar = Calendar(LA_PAZ)
    assert calendar.open_at(NIGHTS, at("2026-10-05", "23:59:59.999999")).open
    assert calendar.open_at(NIGHTS, at("2026-10-06", "00:00")).open
    assert calendar.open_at(NIGHTS, at("2026-10-06", "06:00")).next_opening == at("2026-10-06", "22:00")


def test_the_moment_is_read_in_the_zone_of_the_centre() -> None:
    assert office(datetime(2026, 10, 5, 12, 0, tzinfo=UTC)).open
    assert office(datetime(2026, 10, 5, 11, 59, tzinfo=UTC)).next_opening == at("2026-10-05", "08:00")


def test_a_line_without_hours_says_that_it_does_not_open() -> None:
    assert Calendar(LA_PAZ).open_at((), at("2026-10-05", "10:00")) == Opening(False, ClosedReason.HOURS, None)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        office(datetime(2026, 10, 5, 8, 0))  # noqa: DTZ001


@given(st.integers(0, 3 * 365 * 86_400))
def test_a_closed_line_is_open_at_its_next_opening_and_not_before(seconds: int) -> None:
    moment = at("2026-01-01", "00:00") + timedelta(seconds=seconds)
    opening = office(moment)
    assert opening.open == (opening.reason is None) == (opening.next_opening is None)
    if opening.next_opening is not None:
        assert opening.next_opening > moment
        assert office(opening.next_opening).open
        assert not office(max(moment, opening.next_opening - timedelta(microseconds=1))).open
        assert opening.next_opening.timetz().replace(tzinfo=None) in (time(8), time(14), time(9))
