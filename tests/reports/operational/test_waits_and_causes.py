"""Waits and their borders; why calls were not answered; the distribution in time."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from callcenter.call_words import OUTCOMES
from callcenter.calls import Outcome
from callcenter.centre.file import parse
from callcenter.centre.model import ServiceLevelRule
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.level.formulas import Period
from callcenter.settings import PROJECT
from reports.distribution.figures import iso_week
from reports.distribution.report import KIND as DISTRIBUTION
from reports.kinds.asked import Asked, Scene
from reports.measures.level_rules import level_rules
from reports.reading.local_time import offsets
from reports.unanswered.report import KIND as UNANSWERED
from reports.waits.report import KIND as WAITS
from tests.reports.made_records import ASKED, CENTRE, DAY, MADE, Rows, S, at, entry, figures, insert, made, rows


async def test_a_border_belongs_to_the_bin_that_ends_there(database: Database) -> None:
    waits = [0, 5 * S, 5 * S + 1, 20 * S, 20 * S + 1, 90 * S, 90 * S + 1]
    answered = [row for wait in waits for row in entry(f"a{wait}", at(9), wait_us=wait, talk_us=S)]
    abandoned = [row for wait in waits[1:3] for row in entry(f"b{wait}", at(9), wait_us=wait, queue="102")]
    refused = entry("full", at(9), outcome=Outcome.FULL.value)
    await insert(database, [*answered, *abandoned, *refused])
    document = await made(database, WAITS.make)
    total = rows(document, "Todas las colas")
    numbers = {name: row["Atendidas"] for name, row in total.items() if row["Atendidas"]}
    assert numbers == {"0-5 s": 2, "5-10 s": 1, "15-20 s": 1, "20-30 s": 1, "60-90 s": 1, "más de 90 s": 1, "Total": 7}
    assert (total["0-5 s"]["Abandonadas"], total["5-10 s"]["Abandonadas"], total["Total"]["Abandonadas"]) == (1, 1, 2)
    assert (total["15-20 s"]["% acumulado"], total["15-20 s"]["% de las abandonadas"]) == (
        Decimal("57.14"),
        Decimal("0.00"),
    )
    assert rows(document, "Cola 102 Facturación")["Total"]["Atendidas"] == 0


async def test_unanswered_calls_have_a_cause_and_refused_ones_were_never_received(database: Database) -> None:
    causes = [Outcome.ABANDONED, Outcome.TIMEOUT, Outcome.KEY_EXIT, Outcome.LEFT_EMPTY, Outcome.WITHDRAWN]
    waited = [row for each in causes for row in entry(each.value, at(9), wait_us=10 * S, outcome=each.value)]
    longer = entry("longer", at(9), wait_us=40 * S, outcome=Outcome.INTERRUPTED.value)
    refused = [row for each in (Outcome.FULL, Outcome.JOIN_REFUSED) for row in entry(each, at(9), outcome=each.value)]
    waits = entry("waits", at(9), wait_us=S, outcome=Outcome.OPEN.value)
    cut = entry("cut off in the conversation", at(9), talk_us=S, outcome=Outcome.INTERRUPTED.value, queue="102")
    await insert(database, [*waited, *longer, *refused, *waits, *cut])
    document = await made(database, UNANSWERED.make)
    assert figures(document) == {
        "Abandonadas": 6,
        "% abandono": Decimal("85.71"),
        "Rechazadas": 2,
        "Espera media": timedelta(seconds=15),
        "Espera máxima": timedelta(seconds=40),
        "Posición media al entrar": None,
        "Posición media al salir": None,
    }
    causes_shown = rows(document, "Por causa")
    assert causes_shown["Cola llena"]["Espera media"] is None
    assert causes_shown["Interrumpida"]["Espera media"] == timedelta(seconds=40)
    assert causes_shown["Total"]["No atendidas"] == 8
    queues = rows(document, "Por cola")
    assert (queues["101 Reclamos técnicos"]["Recibidas"], queues["102 Facturación"]["Recibidas"]) == (6, 1)
    assert (queues["102 Facturación"]["% abandono"], queues["Total"]["Tecla"]) == (Decimal("0.00"), 1)


def _placed(name: str, entered: int | None, left: int | None, wait: int, **given: Any) -> Rows:
    return entry(name, at(9), wait_us=wait * S, entered_position=entered, left_position=left, **given)


async def test_positions_at_the_joining_and_at_the_end_are_of_the_abandoned_that_have_one(database: Database) -> None:
    hung_up = [row for n, place in enumerate((1, 1, 4)) for row in _placed(f"h{n}", place, 1, 10 * (n + 1))]
    timed_out = _placed("t", 6, 8, 100, outcome=Outcome.TIMEOUT.value, queue="102")
    cut = _placed("cut", 12, None, 4, outcome=Outcome.INTERRUPTED.value, queue="102")
    old = _placed("old", None, None, 50, queue="103")
    answered = _placed("answered", 9, None, 5, talk_us=S)
    refused = entry("full", at(9), outcome=Outcome.FULL.value)
    await insert(database, [*hung_up, *timed_out, *cut, *old, *answered, *refused])
    document = await made(database, UNANSWERED.make)
    shown = figures(document)
    assert (shown["Posición media al entrar"], shown["Posición media al salir"]) == (Decimal("4.80"), Decimal("2.75"))
    causes = rows(document, "Por causa")
    means = {cause: (row["Posición media al entrar"], row["Posición media al salir"]) for cause, row in causes.items()}
    assert means == {
        OUTCOMES[Outcome.ABANDONED]: (Decimal("2.00"), Decimal("1.00")),
        OUTCOMES[Outcome.TIMEOUT]: (Decimal("6.00"), Decimal("8.00")),
        OUTCOMES[Outcome.INTERRUPTED]: (Decimal("12.00"), None),
        OUTCOMES[Outcome.FULL]: (None, None),
        "Total": (Decimal("4.80"), Decimal("2.75")),
    }
    queues = {name[:3]: row for name, row in rows(document, "Por cola").items()}
    assert [queues[name]["Posición media al entrar"] for name in ("101", "102", "103")] == [
        *(Decimal("2.00"), Decimal("9.00")),
        None,
    ]


async def test_the_abandoned_are_parted_by_their_position_at_the_joining(database: Database) -> None:
    places = [1, 1, 2, 5, 6, 10, 11, 400]
    placed = [row for n, place in enumerate(places) for row in _placed(f"p{n}", place, place // 2 or None, place)]
    await insert(database, [*placed, *_placed("unknown", None, 3, 7), *_placed("answered", 2, None, 1, talk_us=S)])
    document = await made(database, UNANSWERED.make)
    found = rows(document, "Abandonadas por posición al entrar")
    assert {name: row["Abandonadas"] for name, row in found.items()} == {
        **{"1": 2, "2": 1, "3": 0, "4": 0, "5": 1, "6 a 10": 2, "11 o más": 2, "sin datos": 1},
        "Total": 9,
    }
    assert [found[name]["Espera media"] for name in ("1", "3", "6 a 10", "sin datos")] == [
        *(timedelta(seconds=1), None, timedelta(seconds=8), timedelta(seconds=7))
    ]
    assert [found[name]["Posición media al salir"] for name in ("1", "6 a 10")] == [None, Decimal("4.00")]
    (chart,) = (each for each in document.charts if each.title == "Abandonadas por posición al entrar")
    assert chart.labels == ("1", "2", "3", "4", "5", "6 a 10", "11 o más")
    assert chart.series[0].values == (2, 1, 0, 0, 1, 2, 2)
    assert any("sin posición al entrar en los datos: 1;" in note for note in document.notes)


async def test_where_nobody_has_a_position_nothing_is_parted_by_it(database: Database) -> None:
    await insert(database, entry("old", at(9), wait_us=S))
    document = await made(database, UNANSWERED.make)
    assert [table.title for table in document.tables] == ["Por causa", "Por cola"]
    assert [chart.title for chart in document.charts] == ["No atendidas por causa"]


def _at_hours(hours: list[float], day: date = DAY) -> Rows:
    return [row for hour in hours for row in entry(f"{day} {hour}", at(hour, day), wait_us=10 * S, talk_us=S)]


async def test_calls_by_hour_weekday_week_and_month_of_the_centre(database: Database) -> None:
    sunday, monday = date(2026, 11, 29), date(2026, 11, 30)
    late = entry("late", at(23.9, sunday), wait_us=30 * S, talk_us=S)
    gone = entry("gone", at(8, monday), wait_us=50 * S)
    full = entry("full", at(8, monday), outcome=Outcome.FULL.value)
    await insert(database, [*_at_hours([0, 23.99], sunday), *late, *_at_hours([0], monday), *gone, *full])
    document = await made(database, DISTRIBUTION.make, Asked(sunday, date(2026, 12, 1)))
    assert figures(document)["Nivel de servicio"] == Decimal("60.00")
    hours = rows(document, "Por hora")
    assert {hour: row["Recibidas"] for hour, row in hours.items() if row["Recibidas"]} == {
        **{"00:00": 2, "08:00": 1, "23:00": 2},
        "Total": 5,
    }
    assert len(hours) == 25
    assert (hours["23:00"]["Nivel de servicio"], hours["23:00"]["Espera media"]) == (
        Decimal("50.00"),
        timedelta(seconds=20),
    )
    assert (hours["08:00"]["Espera media"], hours["08:00"]["Espera media hasta abandonar"]) == (
        None,
        timedelta(seconds=50),
    )
    days = rows(document, "Por día")
    assert [days[name]["Recibidas"] for name in ("29/11/2026", "30/11/2026", "01/12/2026")] == [3, 2, 0]
    assert days["01/12/2026"]["Nivel de servicio"] is None
    assert rows(document, "Por día de la semana")["domingo"]["Recibidas"] == 3
    weeks = rows(document, "Por semana")
    assert (weeks["2026-S48"]["Recibidas"], weeks["2026-S49"]["Recibidas"], weeks["2026-S49"]["Rechazadas"]) == (
        3,
        2,
        1,
    )
    assert rows(document, "Por mes")["noviembre de 2026"]["Recibidas"] == 5


async def test_days_are_right_where_clocks_are_changed(database: Database) -> None:
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
    santiago = parse(text.replace("America/La_Paz", "America/Santiago"))
    zone, day = ZoneInfo("America/Santiago"), date(2026, 9, 5)  # on the 6th, clocks go from 0:00 to 1:00
    scene, asked = Scene(santiago, MADE), Asked(day, date(2026, 9, 6))
    since = asked.period(zone).since_us
    await insert(database, [row for hour in range(47) for row in entry(f"{hour}", since + hour * 3600 * S, talk_us=S)])
    document = await made(database, DISTRIBUTION.make, asked, scene)
    days = rows(document, "Por día")
    assert (days["05/09/2026"]["Recibidas"], days["06/09/2026"]["Recibidas"]) == (24, 23)
    assert (rows(document, "Por hora")["00:00"]["Recibidas"], rows(document, "Por hora")["01:00"]["Recibidas"]) == (
        1,
        2,
    )


@given(st.sampled_from(["America/La_Paz", "America/Santiago", "Australia/Lord_Howe"]), st.integers(0, 3_000_000_000))
def test_the_offset_is_that_of_the_zone_at_every_instant(name: str, second: int) -> None:
    zone, at_us = ZoneInfo(name), second * S
    found = offsets(Period(at_us - 200 * 86_400 * S, at_us + 1), zone)
    offset = next(offset for until, offset in found if at_us < until)
    shown = as_datetime(at_us, zone).utcoffset()
    assert shown is not None and offset == shown.total_seconds() * S


def test_a_rule_that_begins_meanwhile_judges_the_entries_of_its_days() -> None:
    strict = ServiceLevelRule(valid_from=date(2026, 11, 10), threshold_seconds=10, target_percent=80, measured_lines=())
    changed = CENTRE.model_copy(update={"service_level": (*CENTRE.service_level, strict)})
    november = Asked(date(2026, 11, 1), date(2026, 11, 30))
    assert [us for _, us in level_rules(changed, november).thresholds_us] == [20 * S, 10 * S]
    assert [us for _, us in level_rules(changed, ASKED).thresholds_us] == [20 * S]
    assert level_rules(changed, Asked(date(1999, 1, 1), date(1999, 1, 2))).target_percent == 80
    higher = strict.model_copy(update={"target_percent": Decimal(90)})
    assert level_rules(CENTRE.model_copy(update={"service_level": (*CENTRE.service_level, higher)}), november).formula
    found = level_rules(CENTRE.model_copy(update={"service_level": (*CENTRE.service_level, higher)}), november)
    assert found.target_percent is None


async def test_each_entry_is_judged_by_the_threshold_of_its_day(database: Database) -> None:
    strict = ServiceLevelRule(valid_from=date(2026, 11, 3), threshold_seconds=10, target_percent=80, measured_lines=())
    changed = CENTRE.model_copy(update={"service_level": (*CENTRE.service_level, strict)})
    waits = [row for day in (2, 3) for row in entry(f"{day}", at(9, date(2026, 11, day)), wait_us=15 * S, talk_us=S)]
    await insert(database, waits)
    document = await made(database, DISTRIBUTION.make, Asked(DAY, date(2026, 11, 3)), Scene(changed, MADE))
    days = rows(document, "Por día")
    assert [days[day]["En tiempo"] for day in ("02/11/2026", "03/11/2026")] == [1, 0]


def test_weeks_are_those_of_iso() -> None:
    assert [iso_week(day) for day in (date(2027, 1, 3), date(2027, 1, 4))] == ["2026-S53", "2027-S01"]
