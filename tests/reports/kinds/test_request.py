"""What may be asked of a report, by which words, and what is refused in which."""

from datetime import date
from typing import Any

import pytest

from reports.kinds.asked import Asked, Filter
from reports.kinds.days import PERIOD_WORDS, RelativePeriod, relative_days
from reports.kinds.kind import ReportGroup, ReportKind, ReportPeriod
from reports.kinds.request import LONGEST_DAYS, PERIODS_OF, BadRequest, ReportRequest, RequestWords, asked_of
from reports.kinds.subtitle import subtitle
from tests.reports.recorded_month import CENTRE
from tests.reports.render.made_documents import DOCUMENT

TODAY = date(2026, 11, 22)


def kind(period: ReportPeriod = ReportPeriod.DAYS, *filters: Filter) -> ReportKind:
    about: dict[str, Any] = {"name": "uno", "title": "Uno", "about": "", "group": ReportGroup.CALLS}
    return ReportKind(**about, make=lambda *_: DOCUMENT, filters=frozenset(filters), period=period)


def asked(words: RequestWords, of: ReportKind | None = None) -> Asked:
    return asked_of(of or kind(ReportPeriod.DAYS, *Filter), words.request(TODAY), CENTRE, TODAY)


@pytest.mark.parametrize(
    ("period", "days"),
    [
        (RelativePeriod.TODAY, (TODAY, TODAY)),
        (RelativePeriod.YESTERDAY, (date(2026, 11, 21), date(2026, 11, 21))),
        (RelativePeriod.LAST_7_DAYS, (date(2026, 11, 15), date(2026, 11, 21))),
        (RelativePeriod.THIS_MONTH, (date(2026, 11, 1), date(2026, 11, 30))),
        (RelativePeriod.LAST_MONTH, (date(2026, 10, 1), date(2026, 10, 31))),
        (RelativePeriod.THIS_HALF_YEAR, (date(2026, 7, 1), date(2026, 12, 31))),
        (RelativePeriod.LAST_HALF_YEAR, (date(2026, 1, 1), date(2026, 6, 30))),
        (RelativePeriod.NEXT_WEEK, (date(2026, 11, 23), date(2026, 11, 29))),
        (RelativePeriod.NEXT_4_WEEKS, (date(2026, 11, 23), date(2026, 12, 20))),
    ],
)
def test_days_are_what_they_are_to_today(period: RelativePeriod, days: tuple[date, date]) -> None:
    assert relative_days(period, TODAY) == days


def test_in_january_the_time_before_is_of_the_year_before() -> None:
    january = date(2026, 1, 31)
    assert relative_days(RelativePeriod.LAST_MONTH, january) == (date(2025, 12, 1), date(2025, 12, 31))
    assert relative_days(RelativePeriod.LAST_HALF_YEAR, january) == (date(2025, 7, 1), date(2025, 12, 31))


def test_every_period_has_words_and_each_kind_of_days_takes_those_that_it_is_offered() -> None:
    assert set(PERIOD_WORDS) == set(RelativePeriod)
    for of, periods in PERIODS_OF.items():
        for period in periods:
            has_come = asked(RequestWords(period=period.value), kind(of)).first_day <= TODAY
            assert has_come or of is ReportPeriod.ANY_DAYS


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        (RequestWords(first_day="2026-10-03", last_day="2026-11-02"), date(2026, 10, 3), date(2026, 11, 2)),
        (RequestWords(month="2026-02"), date(2026, 2, 1), date(2026, 2, 28)),
        (RequestWords(half_year="2026-S1"), date(2026, 1, 1), date(2026, 6, 30)),
        (RequestWords(period="yesterday"), date(2026, 11, 21), date(2026, 11, 21)),
    ],
)
def test_days_are_said_in_one_of_several_ways(words: RequestWords, first: date, last: date) -> None:
    found = asked(words)
    assert (found.first_day, found.last_day) == (first, last)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (RequestWords(), "diga de qué días"),
        (RequestWords(first_day="2026-11-01"), "falta el último día"),
        (RequestWords(first_day="ayer", last_day="2026-11-01"), "«ayer», no es una fecha"),
        (RequestWords(first_day="2026-11-02", last_day="2026-11-01"), "es anterior al primero"),
        (RequestWords(first_day="2026-11-23", last_day="2026-11-24"), "todavía no ha llegado"),
        (RequestWords(first_day="1970-01-01", last_day="1970-01-02"), "el primer año posible es 2000"),
        (RequestWords(first_day="2025-01-01", last_day="2026-11-01"), f"abarca {LONGEST_DAYS} como mucho"),
        (RequestWords(month="2026-13"), "no es un mes"),
        (RequestWords(month="2026-12"), "todavía no ha comenzado"),
        (RequestWords(half_year="2026"), "no es un semestre"),
        (RequestWords(period="mañana"), "no es un período"),
        (RequestWords(month="2026-10", period="yesterday"), "de una sola manera"),
        (RequestWords(period="yesterday", lines=("999",)), "no existe la línea «999»"),
        (RequestWords(period="yesterday", queues=("x",)), "no existe la cola «x»"),
        (RequestWords(period="yesterday", agents=("ana",)), "no es el anexo"),
        (RequestWords(period="yesterday", agents=("1" * 33,)), "32 letras"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_why(words: RequestWords, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        asked(words)


@pytest.mark.parametrize(
    ("period", "words", "why"),
    [
        (ReportPeriod.MONTH, RequestWords(period="yesterday"), "mes calendario entero"),
        (ReportPeriod.MONTH, RequestWords(half_year="2026-S1"), "mes calendario entero"),
        (ReportPeriod.HALF_YEAR, RequestWords(month="2026-10"), "semestre entero"),
    ],
)
def test_a_report_of_whole_months_or_half_years_is_of_no_other_days(
    period: ReportPeriod, words: RequestWords, why: str
) -> None:
    with pytest.raises(BadRequest, match=why):
        asked(words, kind(period))


def test_what_is_foreseen_is_asked_of_days_to_come() -> None:
    """Staffing is planned for them; no other report has anything to say of a day that has not come."""
    ahead = kind(ReportPeriod.ANY_DAYS, *Filter)
    assert asked(RequestWords(period="next_week"), ahead).first_day == date(2026, 11, 23)
    with pytest.raises(BadRequest, match="nadie prevé"):
        asked(RequestWords(first_day="2026-12-01", last_day="2027-11-30"), ahead)
    with pytest.raises(BadRequest, match="todavía no ha llegado"):
        asked(RequestWords(period="next_week"))


def test_a_report_is_limited_only_by_what_it_has() -> None:
    assert asked(RequestWords(period="yesterday", lines=["102", " 101 ", "102", ""])).lines == ("102", "101")
    with pytest.raises(BadRequest, match="no se limita por línea"):
        asked(RequestWords(period="yesterday", lines=["101"]), kind())


def test_a_request_is_kept_as_json_and_read_back() -> None:
    request = RequestWords(period="last_month", lines=("101",), compare=True).request(TODAY)
    kept = request.model_dump(mode="json", exclude_defaults=True)
    assert kept == {"period": "last_month", "lines": ["101"], "compare": True}
    assert ReportRequest.model_validate(kept) == request


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (Asked(date(2026, 10, 1), date(2026, 10, 31)), "Octubre de 2026"),
        (Asked(date(2026, 7, 1), date(2026, 12, 31)), "Segundo semestre de 2026"),
        (Asked(TODAY, TODAY), "Domingo 22 de noviembre de 2026"),
        (Asked(date(2026, 10, 1), TODAY, ("101", "102")), "Del 01/10/2026 al 22/11/2026; líneas 101, 102"),
        (Asked(TODAY, TODAY, agents=("1001",)), "Domingo 22 de noviembre de 2026; agente 1001"),
    ],
)
def test_a_subtitle_says_which_days_and_what_of(of: Asked, said: str) -> None:
    assert subtitle(of) == said
