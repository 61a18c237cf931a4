"""Agents: sessions, pauses, occupancy, calls and missed offers; in accord with an agent's own figures of the day."""

from datetime import date, timedelta
from decimal import Decimal

from agent_api.contacts.daily_statistics import DailyStatistics
from callcenter.calls import EndedBy, OfferResult, PeriodKind
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from reports.agents.figures import MemberPeriod, member_times
from reports.agents.report import KIND
from reports.kinds.asked import Asked, Scene
from tests.reports.made_records import CENTRE, DAY, ZONE, Rows, S, at, entry, figures, insert, made, offer, period, rows
from tests.reports.made_records import table as table_of

LOGGED_IN, PAUSED, ON_CALL, WRAP_UP = PeriodKind


def _periods(*spans: tuple[PeriodKind, int, int]) -> list[MemberPeriod]:
    return [MemberPeriod(kind, (start, end), "Almuerzo" if kind is PAUSED else "") for kind, start, end in spans]


def test_occupancy_is_of_the_time_logged_in_and_not_paused() -> None:
    """Logged in 0-100, paused 40-60; a call 30-50 of which 10 are in the pause, wrap-up 50-70 with 10 outside of it."""
    periods = _periods((LOGGED_IN, 0, 100), (PAUSED, 40, 60), (ON_CALL, 30, 50), (WRAP_UP, 50, 70))
    (day,) = member_times("1001", periods, (0, 1000), 500).days
    assert (day.logged_in_us, day.paused_us, day.available_us, day.occupied_us) == (100, 20, 80, 20)
    assert (day.on_call_us, day.wrap_up_us) == (20, 20)


def test_log_ins_to_several_queues_are_one_session_and_midnight_parts_times() -> None:
    periods = _periods((LOGGED_IN, 80, 130), (LOGGED_IN, 85, 120), (LOGGED_IN, 140, 150), (PAUSED, 90, 110))
    found = member_times("1001", periods, (0, 100, 200), 1000)
    assert [day.logged_in_us for day in found.days] == [20, 40]
    assert [day.sessions for day in found.days] == [1, 1]
    assert [(day.pauses["Almuerzo"], day.pause_us["Almuerzo"]) for day in found.days] == [(1, 10), (0, 10)]
    assert [(each.began_us, each.ended_us) for each in found.sessions] == [(80, 130), (140, 150)]


def test_a_session_from_before_the_days_is_cut_and_one_that_goes_on_has_no_end() -> None:
    periods = _periods((LOGGED_IN, 50, 120), (LOGGED_IN, 150, 180), (PAUSED, 60, 110))
    found = member_times("1001", periods, (100, 200), 180)
    assert (found.days[0].logged_in_us, found.days[0].sessions, found.days[0].pauses["Almuerzo"]) == (50, 1, 0)
    assert [each.ended_us for each in found.sessions] == [120, None]


def _morning() -> Rows:
    """Logged in 8-12 to two queues, half an hour of lunch, two calls of a quarter of an hour, three missed offers."""
    return [
        *period(LOGGED_IN, at(8), at(12)),
        *period(LOGGED_IN, at(8), at(11), queue="102"),
        *period(PAUSED, at(10), at(10.5), queue="NONE", reason="Almuerzo"),
        *period(ON_CALL, at(9), at(9.25)),
        *period(WRAP_UP, at(9.25), at(9.25) + 10 * S),
        *period(ON_CALL, at(11), at(11.25), queue="102"),
        *entry("one", at(9) - 5 * S, wait_us=5 * S, talk_us=900 * S),
        *entry("two", at(11), talk_us=900 * S, queue="102", ended_by=EndedBy.TRANSFER.value, transferred_to="2000"),
        *entry("callback", at(11.5), talk_us=60 * S, internal=True),
        *offer("one", at(9) - 5 * S, OfferResult.ANSWERED),
        *offer("two", at(10.9), OfferResult.NO_ANSWER),
        *offer("three", at(10.95), OfferResult.NO_ANSWER),
        *offer("four", at(10.97), OfferResult.REJECTED),
        *offer("five", at(10.98), OfferResult.CANCELLED),
    ]


async def test_a_day_of_an_agent(database: Database) -> None:
    await insert(database, _morning())
    document = await made(database, KIND.make)
    assert rows(document, "Por agente")["1001"] == {
        **{"Sesiones": 1, "Ingresado": timedelta(hours=4), "En pausa": timedelta(minutes=30)},
        **{"Ingresado sin pausas": timedelta(hours=3.5), "Ocupación": Decimal("14.37")},
        **{"En llamada": timedelta(minutes=30), "Cierre": timedelta(seconds=10)},
        **{"Atendidas": 3, "Conversación": timedelta(minutes=31), "Conversación media": timedelta(seconds=620)},
        **{"No contestó": 2, "Rechazadas por el agente": 1, "Transferidas": 1},
    }
    assert table_of(document, "Pausas por motivo").rows[0] == (
        *("1001", "Almuerzo", 1, timedelta(minutes=30), Decimal("12.50")),
    )
    (session,) = table_of(document, "Sesiones").rows
    assert session == ("1001", as_datetime(at(8), ZONE), as_datetime(at(12), ZONE), timedelta(hours=4))
    assert figures(await made(database, KIND.make, Asked(DAY, DAY, agents=("1002",))))["Atendidas"] == 0


async def test_the_day_is_the_agents_own(database: Database) -> None:
    """Also with what began before midnight, and what goes on."""
    before = [*period(PAUSED, at(-1), at(0.5), queue="NONE"), *period(LOGGED_IN, at(-2), at(1), queue="103")]
    late = [*period(LOGGED_IN, at(13), None), *entry("talks", at(14), talk_us=S, ended_us=None)]
    await insert(database, [*_morning(), *before, *late])
    now = at(14.5)
    own = await DailyStatistics(database, CENTRE).of("1001", now)
    scene = Scene(CENTRE, as_datetime(now, ZONE))
    found = rows(await made(database, KIND.make, scene=scene), "Por agente")["1001"]
    assert (own.answered, own.missed) == (
        found["Atendidas"],
        found["No contestó"] + found["Rechazadas por el agente"],
    )
    assert timedelta(seconds=own.logged_in_seconds) == found["Ingresado"]
    assert timedelta(seconds=own.paused_seconds) == found["En pausa"]
    assert own.mean_talk_seconds == found["Conversación media"] // timedelta(seconds=1)


async def test_days_have_rows_of_their_own(database: Database) -> None:
    await insert(database, [*_morning(), *period(LOGGED_IN, at(20), at(28))])
    document = await made(database, KIND.make, Asked(DAY, date(2026, 11, 3)))
    days = [row[:2] for row in table_of(document, "Por agente y día").rows]
    assert days == [("1001", DAY), ("1001", date(2026, 11, 3))]
