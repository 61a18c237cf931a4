"""What the routing knows of the queues."""

from typing import Any

from sqlalchemy import insert

from callcenter.calls import Outcome
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import QueueState, WaitingCaller
from callcenter.records.calls import queue_entries
from callcenter.settings import PROJECT
from ivr.routing.expected_wait import Wait
from ivr.routing.queues import RecentWaits, RoutingFloor, WaitsRead

NOW_US = 1_795_000_000 * MICROSECONDS
MINUTE_US = 60 * MICROSECONDS


def centre() -> Centre:
    return load(PROJECT / "centre.yaml")


def state(*waited_seconds: int, logged_in: int = 2, available: int = 0) -> QueueState:
    waiting = tuple(
        WaitingCaller(uniqueid=f"{n}.1", caller="", position=n, joined_us=NOW_US - seconds * MICROSECONDS)
        for n, seconds in enumerate(waited_seconds, 1)
    )
    counts: dict[str, Any] = {"logged_in": logged_in, "available": available, "on_call": logged_in, "paused": 0}
    return QueueState(node="central", queue="101", waiting=waiting, as_of_us=NOW_US, **counts)


def floor(now: QueueState | None, waits: RecentWaits | None = None) -> RoutingFloor:
    return RoutingFloor(centre(), lambda _queue: now, lambda: waits or {}, lambda: NOW_US)


def busy() -> RecentWaits:
    """Somebody waited all the time; an answer every 90 seconds."""
    answered = (NOW_US - n * 90 * MICROSECONDS for n in range(1, 20))
    return {"101": [Wait(at - 4 * MINUTE_US, at, True, at + 3 * MINUTE_US) for at in answered]}


def test_the_longest_wait_is_that_of_whoever_joined_first() -> None:
    assert floor(state(20, 75, 5)).longest_wait_seconds("101") == 75.0
    assert floor(state()).longest_wait_seconds("101") == floor(None).longest_wait_seconds("101") == 0.0


def test_in_a_busy_queue_the_expected_wait_grows_with_the_callers_before() -> None:
    few, many = floor(state(60, 30), busy()), floor(state(90, 60, 30, 20, 10), busy())
    short, long = few.expected_minutes("101", 0), many.expected_minutes("101", 0)
    assert short is not None and long is not None and 2 <= short < long


def test_nothing_is_said_where_it_would_mean_nothing() -> None:
    assert floor(None, busy()).expected_minutes("101", 0) is None
    assert floor(state(60, 30)).expected_minutes("101", 0) is None
    assert floor(state(60, 30, logged_in=0), busy()).expected_minutes("101", 0) is None
    assert floor(state(available=1), busy()).expected_minutes("101", 0) is None
    assert floor(state(60, 30), busy()).expected_minutes("101", 20) is None


def entry(number: int, outcome: Outcome, **moments: int) -> dict[str, Any]:
    names = ("joined_us", "answered_us", "ended_us")
    known = {name: moments.get(name) for name in names}
    key = {"node": "central", "boot_us": 0, "queue": "101", "uniqueid": f"{number}.1", "ordinal": 0, "call": ""}
    rest = {"wait_min_us": 0, "wait_max_us": 0, "ended_by": "caller", "line": "101", "caller": ""}
    entered = moments.get("joined_us", NOW_US)
    return {**key, **rest, **known, "entered_us": entered, "outcome": outcome.value}


async def test_the_last_waits_are_read_from_the_records(database: Database) -> None:
    joined, answered, ended = NOW_US - 9 * MINUTE_US, NOW_US - 6 * MINUTE_US, NOW_US - 2 * MINUTE_US
    rows = [
        entry(1, Outcome.ANSWERED, joined_us=joined, answered_us=answered, ended_us=ended),
        entry(2, Outcome.ANSWERED, joined_us=joined, answered_us=answered),
        entry(3, Outcome.ABANDONED, joined_us=joined, ended_us=ended),
        entry(4, Outcome.OPEN, joined_us=joined),
        entry(5, Outcome.FULL, ended_us=ended),
        entry(6, Outcome.ANSWERED, joined_us=1, answered_us=2, ended_us=3),
    ]
    async with database.transaction() as connection:
        await connection.execute(insert(queue_entries), rows)
    read = await WaitsRead(database, "central", lambda: NOW_US)()
    assert sorted(read["101"], key=str) == sorted(
        [
            Wait(joined, answered, True, ended),
            Wait(joined, answered, True, None),
            Wait(joined, ended, False, None),
            Wait(joined, None, False, None),
        ],
        key=str,
    )
