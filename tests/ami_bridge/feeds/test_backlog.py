"""However much there is to catch up on, one turn of the event loop does little of it: all else runs there too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from ami_bridge.feeds import cut_lines
from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.feeds.two_copies import LINE_MAY_LAG_US, ROWS_AT_ONCE, Merged, TwoCopies
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows import retained
from ami_bridge.ledger.rows.folded import FoldedRows
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records import recorder as recorder_module
from ami_bridge.records.journal import unpacked_rows
from ami_bridge.records.progress import PATIENCE_US
from ami_bridge.records.recorder import resume
from callcenter.calls import Anomaly
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment
from callcenter.records.ledger import journal
from tests.ami_bridge.feeds.asterisk_writes import QueueLogWriter
from tests.ami_bridge.feeds.reading import LATER_US, START_US, abandoned_calls, anomaly_kinds, entries, record, tail_of

# Of parsing, matching and folding a row none takes 50 us of processor: so many are a fifth of a second.
WORK_IN_A_TURN = 5_000
CALLS = 6_000


@pytest.fixture
def log(tmp_path: Path) -> QueueLogWriter:
    return QueueLogWriter(tmp_path)


class Turns:
    """How often a row was parsed, matched or folded in each turn of the loop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.works = [0]
        self._count(monkeypatch, cut_lines, "parse")
        self._count(monkeypatch, Fold, "apply")
        for name in ("add", "claim_row", "claim_line"):
            self._count(monkeypatch, FoldedRows, name)

    @asynccontextmanager
    async def counted(self) -> AsyncIterator[None]:
        """Beside a task that takes each turn that it gets."""
        self.works = [0]
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating

    async def _beat(self) -> None:
        while True:
            self.works.append(0)
            await asyncio.sleep(0)

    def _count(self, monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        work = getattr(owner, name)

        def counted(*told: object) -> object:
            self.works[-1] += 1
            return work(*told)

        monkeypatch.setattr(owner, name, counted)


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    return Turns(monkeypatch)


async def all_of(tail: QueueLogTail) -> None:
    """As many steps as it takes."""
    while await tail.step():
        pass


async def test_what_was_written_while_the_bridge_was_away_is_recorded_in_parts(
    log: QueueLogWriter, database: Database, turns: Turns
) -> None:
    abandoned_calls(log, CALLS)
    async with turns.counted():
        await record(log, database)
    assert max(turns.works) <= WORK_IN_A_TURN < sum(turns.works)
    assert len(await entries(database)) == CALLS
    assert await anomaly_kinds(database) == set()


async def test_a_bridge_recalls_in_parts_what_it_recorded_last(
    log: QueueLogWriter, database: Database, turns: Turns
) -> None:
    abandoned_calls(log, CALLS)
    await record(log, database)
    recorder, cursors = await resume("central", database, Fold("central"), "table", lambda: LATER_US)
    table, file = LedgerTable(log.table), QueueLogFile(log.file)
    async with turns.counted():
        await QueueLogTail.resume(table, file, recorder, cursors, lambda: LATER_US)
    assert max(turns.works) <= WORK_IN_A_TURN < sum(turns.works)


async def test_lines_that_waited_for_a_lost_table_are_recorded_in_parts(
    log: QueueLogWriter, database: Database, turns: Turns
) -> None:
    now_us = LATER_US
    tail = await tail_of(log, database, lambda: now_us, LedgerTable(log.folder / "lost.sqlite"))
    abandoned_calls(log, CALLS)
    async with turns.counted():
        await all_of(tail)
        assert await entries(database) == []
        now_us += PATIENCE_US
        await all_of(tail)
    assert max(turns.works) <= WORK_IN_A_TURN < sum(turns.works)
    assert len(await entries(database)) == CALLS


async def test_of_a_table_that_gets_no_rows_a_start_recalls_no_more_than_a_bridge_that_runs_has_at_hand(
    log: QueueLogWriter, database: Database, turns: Turns
) -> None:
    log.write(START_US, "c|101|NONE|ENTERQUEUE||7071|1")
    log.table_fails = True
    moments = range(START_US, START_US + CALLS * 60 * MICROSECONDS, 60 * MICROSECONDS)
    log.write_all([(at_us, f"c{at_us}|101|NONE|ENTERQUEUE|{'u' * 200}|7071|1") for at_us in moments[1:]])
    await all_of(await tail_of(log, database, lambda: moments[-1]))
    before = await entries(database)
    recorder, cursors = await resume("central", database, Fold("central"), "table", lambda: moments[-1])
    table, file = LedgerTable(log.table), QueueLogFile(log.file)
    async with turns.counted():
        tail = await QueueLogTail.resume(table, file, recorder, cursors, lambda: moments[-1])
    assert 0 < sum(turns.works) < CALLS / 2
    await all_of(tail)
    assert await entries(database) == before
    assert len(before) == CALLS


async def test_a_backlog_leaves_few_rows_to_fold_again_at_the_next_start(
    log: QueueLogWriter, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "ROWS_UNTIL_CHECKPOINT", CALLS // 6)
    monkeypatch.setattr(retained, "LATE_ROWS", CALLS // 3)
    abandoned_calls(log, CALLS)
    await record(log, database)
    async with database.reading() as connection:
        packed = (await connection.execute(select(journal.c.rows))).scalars()
        assert sum(len(unpacked_rows(each)) for each in packed) < CALLS


async def test_rows_whose_lines_were_lost_are_recorded_before_all_of_them_were_read(
    log: QueueLogWriter, database: Database, turns: Turns
) -> None:
    abandoned_calls(log, CALLS)
    log.file.unlink()
    log.write(START_US + CALLS * MICROSECONDS, "last|101|NONE|ENTERQUEUE||7071|1")
    async with turns.counted():
        await record(log, database)
    assert max(turns.works) <= WORK_IN_A_TURN < sum(turns.works)
    assert len(await entries(database)) == CALLS + 1
    assert await anomaly_kinds(database) == set()


def rows_of(count: int) -> list[Row | Anomaly]:
    """A row each second."""
    moments = (Moment.exact(START_US + number * MICROSECONDS) for number in range(count))
    return [Row(number, at, f"c{number}", "101", "NONE", "ENTERQUEUE", ()) for number, at in enumerate(moments, 1)]


def test_of_many_lines_some_are_handed_on_and_the_first_of_the_others_is_known() -> None:
    copies, merged = TwoCopies(), Merged()
    copies.lines(rows_of(2 * ROWS_AT_ONCE))
    assert copies.merge(merged, LATER_US, file_read_to_end=True, table_is_there=False)
    assert len(merged.folded) == ROWS_AT_ONCE
    assert copies.first_undecided == ROWS_AT_ONCE + 1
    assert not copies.merge(merged, LATER_US, file_read_to_end=True, table_is_there=False)
    assert len(merged.folded) == 2 * ROWS_AT_ONCE


def test_of_many_rows_those_from_before_a_line_that_waits_are_not_held() -> None:
    *rows, line = rows_of(3 * ROWS_AT_ONCE)
    copies, merged = TwoCopies(), Merged()
    copies.lines([line])
    copies.rows(rows, START_US)
    assert not copies.merge(merged, START_US, file_read_to_end=False, table_is_there=True)
    assert merged.items == rows[: len(rows) - ROWS_AT_ONCE]
    assert copies.table_position == len(rows) - ROWS_AT_ONCE


def test_of_many_rows_without_a_line_some_are_reported_at_a_time() -> None:
    copies, merged = TwoCopies(), Merged()
    copies.rows(rows_of(ROWS_AT_ONCE + 1), START_US)
    copies.merge(merged, START_US, file_read_to_end=True, table_is_there=True)
    late_us = START_US + LINE_MAY_LAG_US + 1
    assert [len(copies.overdue(late_us)) for _ in range(3)] == [ROWS_AT_ONCE, 1, 0]
