"""An agent's own figures of the day."""

from datetime import datetime

from sqlalchemy import insert

from agent_api.contacts.daily_statistics import DailyFigures, DailyStatistics
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_us
from callcenter.records.agents import agent_periods
from callcenter.records.calls import offers, queue_entries
from callcenter.spans import covered_us

NODE, MEMBER = "central", "1001"


def at(centre: Centre, hour: int, minute: int = 0, day: int = 10) -> int:
    return as_us(datetime(2026, 11, day, hour, minute, tzinfo=centre.zone))


async def test_the_day_begins_at_midnight_of_the_centre(database: Database, centre: Centre) -> None:
    conversations = [(at(centre, 23, 50, day=9), 60), (at(centre, 0, 10), 120), (at(centre, 9), 60)]
    async with database.transaction() as connection:
        await connection.execute(
            insert(queue_entries), [_conversation(*conversation) for conversation in conversations]
        )
    assert await DailyStatistics(database, centre).of(MEMBER, at(centre, 12)) == DailyFigures(2, 0, 90, 0, 0)


async def test_calls_that_rang_in_vain_and_refused_ones_are_missed(database: Database, centre: Centre) -> None:
    results = ("no_answer", "rejected", "answered", "cancelled")
    async with database.transaction() as connection:
        await connection.execute(insert(offers), [_offer(n, each, centre) for n, each in enumerate(results)])
    assert (await DailyStatistics(database, centre).of(MEMBER, at(centre, 12))).missed == 2


async def test_time_in_two_queues_at_once_counts_once(database: Database, centre: Centre) -> None:
    since, until = at(centre, 8), at(centre, 10)
    rows = [
        ("logged_in", "101", since, until),
        ("logged_in", "102", at(centre, 9), None),
        ("paused", "NONE", until, None),
    ]
    async with database.transaction() as connection:
        await connection.execute(insert(agent_periods), [_period(*row) for row in rows])
    day = await DailyStatistics(database, centre).of(MEMBER, at(centre, 11))
    assert (day.logged_in_seconds, day.paused_seconds, day.mean_talk_seconds) == (3 * 3600, 3600, None)


def test_spans_that_touch_overlap_or_lie_in_one_another_are_counted_once() -> None:
    assert covered_us([(0, 10), (10, 20), (5, 15), (30, 40), (31, 32)]) == 30
    assert covered_us([(20, 10)]) == 0


def _conversation(answered_us: int, seconds: int) -> dict[str, object]:
    key = {"node": NODE, "boot_us": 0, "queue": "101", "uniqueid": f"{answered_us}.1", "ordinal": 0, "call": ""}
    times = {"entered_us": answered_us, "answered_us": answered_us, "ended_us": answered_us + seconds * MICROSECONDS}
    rest = {"line": "101", "caller": "70755440", "wait_min_us": 0, "wait_max_us": 0, "ended_by": "caller"}
    return {**key, **times, **rest, "outcome": "answered", "member": MEMBER}


def _offer(number: int, result: str, centre: Centre) -> dict[str, object]:
    key = {"node": NODE, "boot_us": 0, "queue": "101", "uniqueid": f"{number}.1", "entry_ordinal": 0, "ordinal": 0}
    return {**key, "member": MEMBER, "offered_us": at(centre, 9, number), "result": result}


def _period(kind: str, queue: str, started_us: int, ended_us: int | None) -> dict[str, object]:
    key = {"node": NODE, "member": MEMBER, "kind": kind, "queue": queue, "started_us": started_us}
    return {**key, "ended_us": ended_us, "reason": ""}
