"""Agents needed against agents scheduled, out of the records."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from callcenter.calls import PeriodKind
from callcenter.centre.file import CentreFileError, parse
from callcenter.database.transactions import Database
from callcenter.settings import PROJECT
from reports.kinds.asked import Asked, Scene
from reports.staffing.figures import PlanBasis, planned, scheduled_by
from reports.staffing.forecast import CallModel
from reports.staffing.history import HALF_HOURS, PastPresence
from reports.staffing.report import KIND
from tests.reports.made_records import CENTRE, ZONE, Rows, S, at, entry, figures, insert, made, period, rows
from tests.reports.made_records import table as table_of

FILE = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
SHIFTS = """
shifts:
  - {queue: "101", days: [mon, tue], from: "08:00", to: "12:00", agents: 5}
  - {queue: "101", days: [mon], from: "11:15", to: "13:00", agents: 2}
  - {queue: "102", days: [mon], from: "20:00", to: "24:00", agents: 1}
"""
NOBODY = PastPresence(0, 0, {})
MONDAY = date(2026, 11, 9)
SCENE = Scene(CENTRE, datetime(2026, 11, 9, 7, 0, tzinfo=ZONE))


def test_a_shift_counts_for_half_hours_that_it_covers_whole() -> None:
    centre = parse(FILE + SHIFTS)
    there = scheduled_by(centre, ("101",), NOBODY)
    assert [there(0, half_hour) for half_hour in (15, 16, 22, 23, 24, 25, 26)] == [0, 5, 5, 7, 2, 2, 0]
    assert (there(1, 23), there(2, 23)) == (5, 0)
    assert (there(0, 47), scheduled_by(centre, (), NOBODY)(0, 47)) == (0, 1)


def test_without_shifts_those_count_who_were_there() -> None:
    were = PastPresence(100, 0, {(0, 20): 2.6})
    assert (scheduled_by(CENTRE, (), were)(0, 20), scheduled_by(CENTRE, (), were)(0, 21)) == (3, 0)
    assert scheduled_by(CENTRE, (), NOBODY)(0, 20) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('queue: "101", days: [mon, tue]', "queue 'nobody' is not under queues"),
        ('from: "08:00", to: "12:00", agents: 5', "'from' must be earlier than 'to'"),
        ("agents: 5", "greater than or equal to 1"),
    ],
)
def test_a_wrong_shift_is_refused_with_its_line(wrong: str, said: str) -> None:
    replaced = {
        'queue: "101", days: [mon, tue]': "queue: nobody, days: [mon, tue]",
        'from: "08:00", to: "12:00", agents: 5': 'from: "12:00", to: "08:00", agents: 5',
        "agents: 5": "agents: 0",
    }
    text = FILE + SHIFTS.replace(wrong, replaced[wrong])
    line = text[: text.index(replaced[wrong])].count("\n") + 1
    with pytest.raises(CentreFileError) as refused:
        parse(text)
    (fault,) = refused.value.faults
    assert fault.startswith(f"line {line}: ") and said in fault


def known(**given: Any) -> PlanBasis:
    """132 calls an hour at ten on Mondays, as 30,000 a month have: nine agents by Erlang C."""
    spread = tuple(1.0 if half_hour == 20 else 0.0 for half_hour in range(HALF_HOURS))
    model = CallModel({0: 30_000 * 0.11 / 26 / 2}, {0: spread}, MONDAY, 1.0, 0.0, ())
    defaults: dict[str, Any] = {"handle_seconds": 180.0, "patience_seconds": None, "shrinkage": None}
    rule = CENTRE.rule_on(MONDAY)
    return PlanBasis(model, **{**defaults, "scheduled": lambda *_: 9, "rule": rule, **given})


def test_pauses_add_to_the_agents_needed_and_impatience_takes_from_them() -> None:
    (day,) = planned(known(), [(MONDAY, "", None)])
    need = day.needs[20]
    assert (need.needed, need.by_erlang_c, need.on_duty, need.difference) == (9, 9, 9, 0)
    assert need.level is not None and need.level >= 0.8
    assert (day.needs[21].needed, day.needs[21].level) == (0, None)
    (day,) = planned(known(shrinkage=0.25), [(MONDAY, "", None)])
    assert (day.needs[20].on_duty, day.needs[20].difference) == (12, -3)
    assert day.needs[20].level is not None and day.needs[20].level < 0.2  # six of nine, with 6.3 erlangs
    (day,) = planned(known(patience_seconds=60.0), [(MONDAY, "", None)])
    assert (day.needs[20].needed, day.needs[20].by_erlang_c) == (8, 9)
    (day,) = planned(known(), [(MONDAY, "Feriado", None)])
    assert day.calls == 0


def _weeks(number: int, calls: int) -> Rows:
    """Mondays before the 9th of November: that many calls at ten, of 170 s; three agents from eight to twelve."""
    found: Rows = []
    for week in range(1, number + 1):
        day = MONDAY - timedelta(weeks=week)
        found += [
            row for each in range(calls) for row in entry(f"{day} {each}", at(10, day) + each * S, talk_us=170 * S)
        ]
        for member in ("1001", "1002", "1003"):
            found += period(PeriodKind.LOGGED_IN, at(8, day), at(12, day), member)
            found += period(PeriodKind.PAUSED, at(9, day), at(10, day), member, queue="NONE")
    return found


async def test_a_plan_out_of_the_records(database: Database) -> None:
    """2 November is a holiday: nothing is learnt of it. Twenty calls of 180 s in half an hour are two erlangs."""
    goes_on = entry("goes on", at(10, MONDAY - timedelta(weeks=3)), talk_us=S, ended_us=None)
    await insert(database, [*_weeks(10, 20), *entry("of today", at(6, MONDAY), talk_us=S), *goes_on])
    document = await made(database, KIND.make, Asked(MONDAY, MONDAY + timedelta(days=6), queues=("101",)), SCENE)
    found = figures(document)
    assert (found["Llamadas previstas"], found["Tiempo de atención"]) == (20, timedelta(seconds=180))
    assert (found["Tiempo en pausas"], found["Paciencia media"]) == (Decimal("25.00"), None)
    ten = rows(document, "Lunes")["10:00"]
    assert (ten["Llamadas previstas"], ten["Agentes necesarios"], ten["Con pausas"]) == (20, 4, 6)
    assert (ten["Programados"], ten["Diferencia"]) == (3, -3)
    assert found["Medias horas sin cubrir"] == 1
    assert table_of(document, "Por día").rows[0][4] is None  # today is not over
    assert any("Erlang C" in note for note in document.notes)


async def test_a_weekday_that_never_was_is_not_forecast_as_without_calls(database: Database) -> None:
    await insert(database, entry("on a Sunday", at(10, MONDAY - timedelta(days=1)), talk_us=S))
    document = await made(database, KIND.make, Asked(MONDAY, MONDAY), SCENE)
    assert table_of(document, "Por día").rows == [(MONDAY, "lunes", "", None, None, None, None)]
    assert any("lunes" in note for note in document.notes)


async def test_a_target_that_is_no_whole_number_is_said_as_it_is(database: Database) -> None:
    await insert(database, _weeks(2, 20))
    stricter = CENTRE.rule_on(MONDAY).model_copy(update={"target_percent": Decimal("99.5")})
    scene = Scene(CENTRE.model_copy(update={"service_level": (stricter,)}), SCENE.made)
    document = await made(database, KIND.make, Asked(MONDAY, MONDAY), scene)
    assert "99,50 %" in document.rule


async def test_a_week_that_is_over_is_shown_beside_its_forecast(database: Database) -> None:
    await insert(database, _weeks(8, 20))
    asked = Asked(MONDAY - timedelta(weeks=2), MONDAY - timedelta(days=8))
    document = await made(database, KIND.make, asked, SCENE)
    first = table_of(document, "Por día").rows[0]
    assert (first[0], first[3], first[4]) == (asked.first_day, 20, 20)
    errors = [row[3] for row in table_of(document, "Error de la previsión en el pasado").rows]
    assert errors == [Decimal("0.00")] * 4
