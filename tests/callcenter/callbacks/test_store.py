"""The table of callbacks: one open a number, tries that are begun once, and what a killed process leaves."""

import asyncio

import pytest

from callcenter.callbacks.rules import Callback, CallbackReason, CallbackState, QueuePosition, Rules, TryResult
from callcenter.callbacks.store import CallbackRequest, CallbackStore
from callcenter.calls import StepKind
from callcenter.database.transactions import Database, insert_missing
from callcenter.instants import MICROSECONDS
from callcenter.records.calls import queue_entries
from callcenter.records.ivr import call_steps

pytestmark = pytest.mark.database

NOW = 1_790_000_000_000_000
RULES = Rules(pauses_seconds=(300, 1200))


@pytest.fixture
def store(database: Database) -> CallbackStore:
    return CallbackStore(database, "central", RULES)


def callback_request(number: str = "44123456", since_us: int = NOW, uniqueid: str = "u1") -> CallbackRequest:
    return CallbackRequest(number, "102", "102", uniqueid, QueuePosition(0, since_us), CallbackReason.KEY)


async def begun(store: CallbackStore) -> Callback:
    asked, _ = await store.ask(callback_request(), NOW)
    first = await store.begin(asked, NOW)
    assert first is not None
    return first


async def test_a_request_is_kept_with_its_queue_position(store: CallbackStore) -> None:
    asked, fresh = await store.ask(callback_request(since_us=NOW - 7), NOW)
    assert fresh
    assert await store.open() == (asked,)
    assert (asked.position, asked.state, asked.tries) == (QueuePosition(0, NOW - 7), CallbackState.PENDING, 0)


async def test_one_number_has_one_open_callback_with_its_first_position(store: CallbackStore) -> None:
    first, _ = await store.ask(callback_request(since_us=NOW), NOW)
    again, fresh = await store.ask(callback_request(since_us=NOW + 5, uniqueid="u2"), NOW + 5)
    assert (again, fresh) == (first, False)


async def test_a_number_may_ask_again_after_its_callback_is_over(store: CallbackStore) -> None:
    first = await begun(store)
    assert await store.answered(first, "back", 0, NOW) is not None
    _, fresh = await store.ask(callback_request(uniqueid="u2"), NOW + 1)
    assert fresh


async def test_of_ten_that_begin_the_same_try_one_rings(store: CallbackStore) -> None:
    asked, _ = await store.ask(callback_request(), NOW)
    begun = await asyncio.gather(*(store.begin(asked, NOW) for _ in range(10)))
    assert [each.tries for each in begun if each is not None] == [1]


async def test_ten_that_ask_at_once_for_a_number_make_one_callback(store: CallbackStore) -> None:
    made = await asyncio.gather(*(store.ask(callback_request(uniqueid=f"u{n}"), NOW + n) for n in range(10)))
    assert sum(fresh for _, fresh in made) == 1


async def test_a_failed_try_is_followed_by_a_later_one_and_the_third_by_none(store: CallbackStore) -> None:
    current, now = (await store.ask(callback_request(), NOW))[0], NOW
    for expected in (CallbackState.PENDING, CallbackState.PENDING, CallbackState.GIVEN_UP):
        tried = await store.begin(current, now)
        assert tried is not None
        after = await store.failed(tried, TryResult.NO_ANSWER, now)
        assert after is not None and after.state is expected
        current, now = after, after.next_try_us
    assert await store.open() == ()


async def test_a_try_that_reached_no_telephone_does_not_count(store: CallbackStore) -> None:
    first = await begun(store)
    await store.not_rung(first, NOW + 5)
    (again,) = await store.open()
    assert (again.tries, again.state, again.next_try_us) == (0, CallbackState.PENDING, NOW + 5)


async def test_an_old_try_changes_nothing_any_more(store: CallbackStore) -> None:
    first = await begun(store)
    await store.failed(first, TryResult.BUSY, NOW)
    assert await store.answered(first, "back", 0, NOW) is None
    assert await store.under_way((first.id, first.tries)) is None


async def test_a_try_that_a_killed_process_left_is_a_failed_one_when_its_time_is_over(store: CallbackStore) -> None:
    first = await begun(store)
    await store.tidy(first.next_try_us - 1)
    assert await store.under_way((first.id, 1)) == first
    await store.tidy(first.next_try_us)
    (after,) = await store.open()
    assert (after.state, after.tries) == (CallbackState.PENDING, 1)


async def test_what_is_too_old_is_given_up(store: CallbackStore) -> None:
    await store.ask(callback_request(), NOW)
    await store.tidy(NOW + RULES.keep_hours * 3600 * MICROSECONDS)
    assert await store.open() == ()


async def test_a_callback_is_cancelled_unless_its_telephone_rings(store: CallbackStore) -> None:
    first = await begun(store)
    assert await store.cancel(first, NOW) is None
    asked, _ = await store.ask(callback_request("70712345"), NOW)
    assert await store.cancel(asked, NOW) is not None


async def test_a_callback_is_known_by_its_channel_with_its_position(store: CallbackStore) -> None:
    first = await begun(store)
    await store.answered(first, "back", 30, NOW)
    assert await store.returned(["back", "other"]) == {"back": QueuePosition(30, first.position.since_us)}


async def test_a_caller_who_hung_up_a_moment_ago_keeps_their_position_for_ten_minutes(
    store: CallbackStore, database: Database
) -> None:
    await entry(database, outcome="abandoned", joined_us=NOW - 90 * MICROSECONDS, ended_us=NOW)
    later = NOW + RULES.disconnected_minutes * 60 * MICROSECONDS
    assert await store.disconnected("70712345", "102", later) == NOW - 90 * MICROSECONDS
    assert await store.disconnected("70712345", "102", later + 1) is None
    assert await store.disconnected("70712345", "103", later) is None
    assert await store.disconnected("70712346", "102", later) is None


async def test_a_caller_who_was_answered_since_has_no_position_any_more(
    store: CallbackStore, database: Database
) -> None:
    await entry(database, outcome="abandoned", joined_us=NOW - 90, ended_us=NOW)
    await entry(database, outcome="answered", joined_us=NOW + 5, ended_us=NOW + 9, uniqueid="u2")
    assert await store.disconnected("70712345", "102", NOW + 10) is None


async def entry(database: Database, *, outcome: str, joined_us: int, ended_us: int, uniqueid: str = "u1") -> None:
    row = {
        **{"node": "central", "boot_us": 1, "queue": "102", "uniqueid": uniqueid, "ordinal": 0, "call": uniqueid},
        **{"line": "102", "caller": "70712345", "entered_us": joined_us, "joined_us": joined_us, "ended_us": ended_us},
        **{"wait_min_us": 0, "wait_max_us": 0, "outcome": outcome, "ended_by": "unknown"},
    }
    async with database.transaction() as connection:
        await insert_missing(connection, queue_entries, [row])


async def test_the_priority_that_the_routing_gave_a_call_is_read_from_its_records(
    store: CallbackStore, database: Database
) -> None:
    steps = [("u1", "queue|top_a|20|102"), ("u2", "closed|hours|0|"), ("u3", "queue")]
    rows = [
        {"node": "central", "uniqueid": u, "at_us": 1, "step": StepKind.ROUTED.value, "detail": d} for u, d in steps
    ]
    async with database.transaction() as connection:
        await insert_missing(connection, call_steps, rows)
    assert await store.priorities(["u1", "u2", "u3", "u4"]) == {"u1": 20, "u2": 0, "u3": 0}
