"""What the bridge reports of its records while the database, or the table of the queue log, cannot be used."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import make_url

from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.live.records_report import report_records
from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.bus.presence import Presence
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.envelope import Service
from callcenter.messages.facts import RecordsState, RecordsStatus
from tests.ami_bridge.feeds.asterisk_writes import QueueLogWriter
from tests.ami_bridge.feeds.reading import LATER_US, START_US, entries, one_call, tail_of
from tests.callcenter.database.silent_proxy import silent_proxy
from tests.conftest import Databases
from tests.waiting import eventually

pytestmark = pytest.mark.database


@dataclass
class Node:
    """A bridge's records with a clock of their own, and what an API hears of them."""

    log: QueueLogWriter
    database: Database
    tail: QueueLogTail = field(init=False)
    heard: list[RecordsState] = field(default_factory=list)
    now_us: int = LATER_US

    def later(self, seconds: int) -> None:
        self.now_us += seconds * MICROSECONDS

    async def waits_with(self, rows: int) -> None:
        """Wait until the next report would say so: while the clock stands still there is none."""

        def sees() -> bool:
            lag = self.tail.lag()
            return lag.written - lag.recorded == rows and lag.waiting is not None

        await eventually(sees, what="the bridge waits for the database, with these rows")

    async def hears(self, wanted: Callable[[RecordsState], bool]) -> RecordsState:
        await eventually(lambda: bool(self.heard) and wanted(self.heard[-1]), what="that state of the records")
        return self.heard[-1]

    async def is_in(self, state: RecordsStatus) -> RecordsState:
        return await self.hears(lambda heard: heard.state is state)


async def follow(tail: QueueLogTail) -> None:
    while True:
        await tail.step()
        await asyncio.sleep(0.01)  # world: poll


@asynccontextmanager
async def running(log: QueueLogWriter, database: Database) -> AsyncIterator[Node]:
    broker, node = MemoryBroker(), Node(log, database)
    node.tail = await tail_of(log, database, lambda: node.now_us)

    async def pause(_: float) -> None:
        await asyncio.sleep(0.01)  # world: poll

    async with AsyncExitStack() as stack:
        bridge, api = (MemoryBus(broker, each, "central") for each in (Service.BRIDGE, Service.API))
        for bus in (bridge, api):
            await stack.enter_async_context(bus)
            await bus.until(Presence.CONNECTED)
        facts = await stack.enter_async_context(api.subscribe(RecordsState))

        async def listen() -> None:
            async for fact in facts:
                node.heard.append(fact)

        work = (
            follow(node.tail),
            listen(),
            report_records("central", node.tail.lag, bridge, lambda: node.now_us, pause),
        )
        tasks = [asyncio.create_task(each) for each in work]
        yield node
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def node(tmp_path: Path, sqlite_databases: Databases) -> AsyncIterator[Node]:
    database = Database(await asyncio.to_thread(sqlite_databases.migrated), wait_seconds=0.05)
    async with running(QueueLogWriter(tmp_path), database) as found:
        yield found
    await database.close()


async def test_a_locked_database_is_reported_with_how_far_the_records_are_behind(node: Node) -> None:
    await node.is_in(RecordsStatus.FOLLOWING)
    with closing(sqlite3.connect(str(make_url(str(node.database)).database))) as other:
        other.execute("BEGIN IMMEDIATE")
        one_call(node.log, 1, 0)
        await node.waits_with(4)
        node.later(5)
        assert (await node.hears(lambda heard: heard.rows_behind == 4)).state is RecordsStatus.FOLLOWING
        node.later(11)
        await node.is_in(RecordsStatus.STALLED)
        stalled = await node.hears(lambda heard: heard.reason == "the database is locked or busy")
        assert (stalled.state, stalled.rows_behind) == (RecordsStatus.STALLED, 4)
        assert stalled.oldest_us == START_US
    assert (await node.is_in(RecordsStatus.FOLLOWING)).rows_behind == 0
    assert len(await entries(node.database)) == 1


async def test_a_server_that_falls_silent_stalls_the_records_and_is_found_again(
    tmp_path: Path, postgresql_databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    url = await asyncio.to_thread(postgresql_databases.migrated)
    async with silent_proxy(url) as (proxy, through):
        database = Database(through, wait_seconds=0.5, answer_seconds=0.5)
        async with running(QueueLogWriter(tmp_path), database) as node:
            await node.is_in(RecordsStatus.FOLLOWING)
            proxy.fall_silent()
            one_call(node.log, 1, 0)
            await eventually(lambda: "the records wait" in caplog.text, 20, "it is in the log")
            node.later(11)
            assert "does not answer" in (await node.is_in(RecordsStatus.STALLED)).reason
            proxy.speak()
            await node.is_in(RecordsStatus.FOLLOWING)
        assert len(await entries(database)) == 1
        await database.close()


async def test_signs_of_life_come_though_nothing_changes(node: Node) -> None:
    first = await node.is_in(RecordsStatus.FOLLOWING)
    node.later(5)
    again = await node.hears(lambda heard: heard.as_of_us > first.as_of_us)
    assert (again.state, again.since_us) == (first.state, first.since_us)


async def test_a_table_that_asterisk_does_not_write_to_any_more_is_reported(node: Node) -> None:
    """As when it was replaced by a copy of itself: Asterisk goes on writing where nobody reads."""
    node.log.table_fails = True
    for number in range(6):
        one_call(node.log, number, number)
    found = await node.is_in(RecordsStatus.PLAIN_FILE_ONLY)
    assert "was the table replaced" in found.reason.lower()
    node.log.table_fails = False
    one_call(node.log, 7, 60)
    await node.is_in(RecordsStatus.FOLLOWING)


async def test_so_they_do_when_the_clock_was_set_back(node: Node) -> None:
    first = await node.is_in(RecordsStatus.FOLLOWING)
    node.later(-60)
    again = await node.hears(lambda heard: heard.as_of_us < first.as_of_us)
    assert again.state is first.state
