"""From the two copies of the queue log to the records: every row once, whatever fails."""

from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, text

from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.ledger.fold import Fold
from ami_bridge.records.recorder import resume
from callcenter.database.engines import Dialect
from callcenter.database.transactions import Database
from callcenter.records.calls import offers
from callcenter.records.ledger import anomalies
from tests.ami_bridge.feeds.asterisk_writes import QueueLogWriter
from tests.ami_bridge.feeds.reading import LATER_US, START_US, abandoned_calls, entries, one_call, record, tail_of


@pytest.fixture
def log(tmp_path: Path) -> QueueLogWriter:
    return QueueLogWriter(tmp_path)


async def test_a_call_is_recorded_with_microseconds(log: QueueLogWriter, database: Database) -> None:
    one_call(log, 1, 0.000123)
    await record(log, database)
    (entry,) = await entries(database)
    assert entry["joined_us"] == START_US + 123
    assert entry["wait_min_us"] == entry["wait_max_us"] == 4_250_000
    assert (entry["outcome"], entry["member"], entry["ended_by"]) == ("answered", "1001", "caller")
    async with database.reading() as connection:
        assert await connection.scalar(select(offers.c.result)) == "answered"


async def test_a_bridge_killed_between_any_two_rows_counts_every_row_once(
    log: QueueLogWriter, database: Database
) -> None:
    for second, line in enumerate(
        [
            "ENTERQUEUE||7|1",
            "OFFERED|a1",
            "RINGNOANSWER|1000",
            "OFFERED|a2",
            "CONNECT|4|a2|1",
            "COMPLETEAGENT|4|1|1",
        ]
    ):
        agent = "NONE" if second == 0 else "1001"
        log.write(START_US + second * 1_000_000, f"c1|101|{agent}|{line}")
        await record(log, database)
    (entry,) = await entries(database)
    assert (entry["outcome"], entry["wait_max_us"], entry["ended_by"]) == ("answered", 4_000_000, "agent")
    async with database.reading() as connection:
        results = (await connection.execute(select(offers.c.result).order_by(offers.c.ordinal))).scalars().all()
        assert list(results) == ["no_answer", "answered"]


async def test_calls_whose_rows_the_table_never_got_are_registered_from_the_file(
    log: QueueLogWriter, database: Database
) -> None:
    one_call(log, 1, 0)
    log.table_fails = True
    one_call(log, 2, 20)
    log.table_fails = False
    one_call(log, 3, 40)
    await record(log, database)
    found = await entries(database)
    assert [entry["joined_slack_us"] for entry in found] == [
        0,
        6_999_999,
        0,
    ]  # stamped before Asterisk gave up storing it
    assert found[1]["wait_min_us"] < 4_250_000 < found[1]["wait_max_us"]
    async with database.reading() as connection:
        kinds = set((await connection.execute(select(anomalies.c.kind))).scalars())
    assert kinds == {"missing_in_table"}


async def test_a_table_that_vanishes_in_mid_run_loses_no_call(log: QueueLogWriter, database: Database) -> None:
    tail = await tail_of(log, database)
    one_call(log, 1, 0)
    await tail.step()
    for name in (log.table.name, log.table.name + "-wal", log.table.name + "-shm"):
        (log.folder / name).unlink(missing_ok=True)
    log.table_fails = True
    one_call(log, 2, 20)
    while await tail.step():
        pass
    assert [entry["outcome"] for entry in await entries(database)] == ["answered", "answered"]


async def test_a_row_without_its_line_in_the_file_is_reported_and_counts(
    log: QueueLogWriter, database: Database
) -> None:
    log.file_fails = True
    one_call(log, 1, 0)
    clock = iter(count(LATER_US, 3_600_000_000))
    tail = await tail_of(log, database, lambda: next(clock))
    while await tail.step():
        pass
    assert len(await entries(database)) == 1
    async with database.reading() as connection:
        assert set((await connection.execute(select(anomalies.c.kind))).scalars()) == {"missing_in_file"}


async def test_a_restarted_bridge_misses_nothing_that_was_there_before(log: QueueLogWriter, database: Database) -> None:
    one_call(log, 1, 0)
    await record(log, database)
    await record(log, database)
    async with database.reading() as connection:
        assert list((await connection.execute(select(anomalies.c.kind))).scalars()) == []


async def test_a_bridge_that_was_long_away_counts_a_large_backlog_once(log: QueueLogWriter, database: Database) -> None:
    calls = 14_000
    abandoned_calls(log, calls)
    await record(log, database)
    async with database.reading() as connection:
        counted = (await connection.execute(text("SELECT count(*), count(ended_us) FROM queue_entries"))).one()
        recorded_anomalies = (await connection.execute(text("SELECT count(*) FROM ledger_anomalies"))).scalar_one()
    assert (tuple(counted), recorded_anomalies) == ((calls, calls), 0)


async def test_a_half_written_line_waits_for_its_end(log: QueueLogWriter, database: Database) -> None:
    tail = await tail_of(log, database)
    with log.file.open("a") as stream:
        stream.write(f"{START_US // 1_000_000}|c1|101|NONE|ENTERQ")
    assert not await tail.step()
    with log.file.open("a") as stream:
        stream.write("UEUE||70712345|1\n")
    assert await tail.step()
    assert len(await entries(database)) == 1


async def test_while_the_database_is_locked_rows_wait_and_none_is_lost(log: QueueLogWriter, database_url: str) -> None:
    database, other, lock = Database(database_url, wait_seconds=0.2), Database(database_url), AsyncExitStack()
    refusals: list[float] = []

    async def pause(seconds: float) -> None:
        refusals.append(seconds)
        await lock.aclose()

    recorder, cursors = await resume("central", database, Fold("central"), "table", lambda: LATER_US, pause)
    table, file = LedgerTable(log.table), QueueLogFile(log.file)
    tail = await QueueLogTail.resume(table, file, recorder, cursors, lambda: LATER_US)
    one_call(log, 1, 0)
    holder = await lock.enter_async_context(other.transaction())
    postgresql = other.dialect is Dialect.POSTGRESQL
    await holder.execute(text("LOCK TABLE queue_entries IN ACCESS EXCLUSIVE MODE" if postgresql else "SELECT 1"))
    await tail.step()
    assert refusals
    assert len(await entries(database)) == 1
    await database.close()
    await other.close()


async def test_an_open_call_of_a_killed_asterisk_is_interrupted_at_its_restart(
    log: QueueLogWriter, database: Database
) -> None:
    log.write(START_US, "c1|101|NONE|ENTERQUEUE||70712345|1")
    await record(log, database)
    log.write(START_US + 60_000_000, "NONE|NONE|NONE|QUEUESTART")
    await record(log, database)
    (entry,) = await entries(database)
    assert entry["outcome"] == "interrupted"
    async with database.reading() as connection:
        found = await connection.execute(text("SELECT interrupted_entries FROM interruptions"))
        assert found.scalar_one() == 1


async def test_a_hole_in_the_file_larger_than_a_read_stops_nobody(log: QueueLogWriter, database: Database) -> None:
    with log.file.open("ab") as stream:
        stream.truncate(3 << 20)
    one_call(log, 1, 0)
    tail = await tail_of(log, database)
    while await tail.step():
        pass
    assert log.file.stat().st_size == tail._file.position
    async with database.reading() as connection:
        found = (await connection.execute(select(anomalies.c.kind, anomalies.c.detail))).all()
    assert {kind for kind, _ in found} == {"malformed_row"}
    assert not any("\0" in detail for _, detail in found)
    assert len(await entries(database)) == 1
