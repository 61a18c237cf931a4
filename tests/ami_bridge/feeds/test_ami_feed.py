"""The records from AMI alone: what happens while the session is down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select

from ami_bridge.feeds.ami.translator import AmiTranslator
from ami_bridge.feeds.ami_feed import SOURCE, AmiFeed
from ami_bridge.ledger.fold import Fold
from ami_bridge.records.recorder import resume
from ami_bridge.wire.items import AmiEvent
from ami_bridge.wire.sifter import Sifter
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.records.calls import queue_entries
from callcenter.records.ledger import anomalies
from tests.ami_bridge.ami_text import join, newchannel
from tests.waiting import answered

pytestmark = pytest.mark.database
BOOT, LATER_US = "2026-11-22 08:00:00", 1_763_800_060 * MICROSECONDS
FIRST, SECOND = "1763800000.1", "1763800000.9"


def heard(text: bytes) -> list[AmiEvent]:
    sifter = Sifter(live=True)
    return [each for each in sifter.feed(text) + sifter.drain() if isinstance(each, AmiEvent)]


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[AmiFeed]:
    fold = Fold("central")
    recorder, cursors = await resume("central", database, fold, SOURCE, lambda: 0)
    feed = AmiFeed(AmiTranslator(), recorder, cursors, lambda: LATER_US)
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def outcomes(database: Database) -> dict[str, str]:
    async with database.reading() as connection:
        rows = await connection.execute(select(queue_entries.c.uniqueid, queue_entries.c.outcome))
        return {row.uniqueid: row.outcome for row in rows}


async def until_recorded(database: Database, wanted: dict[str, str]) -> None:
    await answered(lambda: outcomes(database), lambda found: found == wanted)


def say(feed: AmiFeed, text: bytes) -> None:
    for event in heard(text):
        feed.heard(event)


async def test_callers_who_left_while_the_session_was_down_do_not_remain_open(database: Database) -> None:
    async with running(database) as feed:
        feed.connected(BOOT, LATER_US, frozenset())
        say(feed, newchannel(FIRST) + join(FIRST) + newchannel(SECOND) + join(SECOND))
        await until_recorded(database, {FIRST: "open", SECOND: "open"})
        feed.lost()
        feed.connected(BOOT, LATER_US, {SECOND})
        say(feed, newchannel("1763800070.11").replace(b"1763800000.000001", b"1763800070.000001"))
        say(feed, join("1763800070.11").replace(b"1763800000.000001", b"1763800070.000001"))
        await until_recorded(database, {FIRST: "abandoned", SECOND: "open", "1763800070.11": "open"})
    async with database.reading() as connection:
        recorded_anomalies = (await connection.execute(select(anomalies.c.kind))).scalars().all()
    assert recorded_anomalies == ["lost_end"]


async def test_a_caller_who_came_with_the_new_session_is_not_taken_for_one_who_left(database: Database) -> None:
    async with running(database) as feed:
        feed.connected(BOOT, LATER_US, frozenset())
        feed.lost()
        say(feed, newchannel(FIRST) + join(FIRST))
        feed.connected(BOOT, LATER_US, frozenset())
        say(feed, newchannel("1763800070.11").replace(b"1763800000.000001", b"1763800070.000001"))
        await until_recorded(database, {FIRST: "open"})


async def test_where_asterisk_does_not_say_which_channels_there_are_nobody_is_gone(database: Database) -> None:
    async with running(database) as feed:
        feed.connected(BOOT, LATER_US, frozenset())
        say(feed, newchannel(FIRST) + join(FIRST))
        await until_recorded(database, {FIRST: "open"})
        feed.lost()
        feed.connected("", LATER_US, None)
        say(feed, newchannel(SECOND) + join(SECOND))
        say(feed, newchannel("1763800070.11").replace(b"1763800000.000001", b"1763800070.000001"))
        say(feed, join("1763800070.11").replace(b"1763800000.000001", b"1763800070.000001"))
        await until_recorded(database, {FIRST: "open", SECOND: "open", "1763800070.11": "open"})


async def test_events_without_time_stamps_are_of_the_moment_of_their_arrival(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(database) as feed:
        feed.connected(BOOT, LATER_US, frozenset())
        unstamped = newchannel(FIRST) + join(FIRST) + newchannel(SECOND) + join(SECOND)
        say(feed, unstamped.replace(b"Timestamp: 1763800000.000001\r\n", b""))
        await until_recorded(database, {FIRST: "open", SECOND: "open"})
    async with database.reading() as connection:
        entered = (await connection.execute(select(queue_entries.c.entered_us))).scalars().all()
        noted = (await connection.execute(select(anomalies.c.kind, anomalies.c.at_us))).all()
    assert entered == [LATER_US, LATER_US]
    assert [tuple(each) for each in noted] == [("no_timestamp", LATER_US)]
    assert sum("timestampevents" in line.getMessage() for line in caplog.records) == 1


async def test_a_bridge_that_was_away_itself_closes_what_ended_meanwhile(database: Database) -> None:
    async with running(database) as feed:
        feed.connected(BOOT, LATER_US, frozenset())
        say(feed, newchannel(FIRST) + join(FIRST))
        await until_recorded(database, {FIRST: "open"})
    async with running(database) as feed:
        feed.connected(BOOT, LATER_US, frozenset())
        say(feed, newchannel("1763800070.11").replace(b"1763800000.000001", b"1763800070.000001"))
        say(feed, join("1763800070.11").replace(b"1763800000.000001", b"1763800070.000001"))
        await until_recorded(database, {FIRST: "abandoned", "1763800070.11": "open"})
        async with database.reading() as connection:
            entry = queue_entries.c
            waits = await connection.execute(
                select(entry.wait_min_us, entry.wait_max_us).where(entry.uniqueid == FIRST)
            )
    (shortest, longest) = waits.one()
    assert shortest < MICROSECONDS < 59 * MICROSECONDS < longest
