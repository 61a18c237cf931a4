"""A row wakes the tail by its line in the file; where no wake comes, the tail looks by itself."""

import asyncio
import os
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from ami_bridge.feeds import commit_pace
from ami_bridge.feeds import tail as tail_module
from ami_bridge.feeds.file_watch import FileWatch
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import Anomaly
from callcenter.database.transactions import Database
from tests.ami_bridge.feeds.asterisk_writes import QueueLogWriter
from tests.ami_bridge.feeds.reading import START_US, entries, tail_of
from tests.waiting import answered

LIMIT_SECONDS, A_MOMENT, NEVER = 10.0, 0.05, 3600.0


@pytest.fixture
def log(tmp_path: Path) -> QueueLogWriter:
    return QueueLogWriter(tmp_path)


class _InterruptedTable(LedgerTable):
    """Asterisk writes while it is read."""

    def __init__(self, path: Path, meanwhile: Callable[[], None]) -> None:
        super().__init__(path)
        self._meanwhile = [meanwhile]

    def new_rows(self, limit: int) -> list[Row | Anomaly]:
        found = super().new_rows(limit)
        while self._meanwhile:
            self._meanwhile.pop()()
        return found


@asynccontextmanager
async def following(log: QueueLogWriter, database: Database, table: LedgerTable | None = None) -> AsyncIterator[None]:
    """A bridge's tail that runs."""
    tail = await tail_of(log, database, table=table)
    running = asyncio.create_task(tail.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def joined(log: QueueLogWriter, database: Database, number: int) -> None:
    """One more call joins, and is recorded."""
    log.write(START_US + number, f"c{number}|101|NONE|ENTERQUEUE||7071234{number}|1")
    await answered(lambda: entries(database), lambda found: len(found) == number, LIMIT_SECONDS, f"entry {number}")


@contextmanager
def no_descriptors_left() -> Iterator[None]:
    """The next file that is opened is one too many."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_a_row_is_recorded_at_once_and_not_when_the_tail_looks_again(
    log: QueueLogWriter, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.file.touch()
    async with following(log, database):
        await joined(log, database, 1)
        monkeypatch.setattr(commit_pace, "REST_SECONDS", 0)
        monkeypatch.setattr(tail_module, "POLL_SECONDS", NEVER)
        monkeypatch.setattr(tail_module, "LOOK_SECONDS", NEVER)
        for number in range(2, 7):
            await joined(log, database, number)


async def test_a_row_that_comes_while_the_table_is_read_waits_for_no_other_row(
    log: QueueLogWriter, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line is read in that step, and its row in none that a wake would begin."""
    log.write(START_US, "c1|101|NONE|ENTERQUEUE||70712341|1")
    table = _InterruptedTable(log.table, lambda: log.write(START_US + 2, "c2|101|NONE|ENTERQUEUE||70712342|1"))
    monkeypatch.setattr(tail_module, "POLL_SECONDS", A_MOMENT)
    monkeypatch.setattr(tail_module, "LOOK_SECONDS", NEVER)
    async with following(log, database, table):
        await answered(lambda: entries(database), lambda found: len(found) == 2, LIMIT_SECONDS, "both entries")


async def test_without_a_wake_the_tail_finds_the_row(log: QueueLogWriter, database: Database) -> None:
    """A file that is not there yet cannot be watched."""
    async with following(log, database):
        await joined(log, database, 1)


async def test_a_file_that_was_rotated_wakes_again(log: QueueLogWriter, database: Database) -> None:
    log.file.touch()
    async with following(log, database):
        await joined(log, database, 1)
        log.file.rename(log.folder / "queue_log.0")
        await joined(log, database, 2)
        await joined(log, database, 3)


async def test_a_write_wakes_and_the_same_write_wakes_no_second_time(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.touch()
    with FileWatch(path) as watch:
        watch.renew()
        path.write_text("one\n")
        path.write_text("two\n")
        assert await watch.written(LIMIT_SECONDS)
        watch.renew()
        assert not await watch.written(A_MOMENT)


async def test_the_file_that_has_the_name_now_is_watched_and_no_other(tmp_path: Path) -> None:
    path, rotated = tmp_path / "queue_log", tmp_path / "queue_log.0"
    path.touch()
    with FileWatch(path) as watch:
        watch.renew()
        path.rename(rotated)
        watch.renew()
        await watch.written(A_MOMENT)  # that a watch ends may wake as well
        watch.renew()
        rotated.write_text("none\n")
        assert not await watch.written(A_MOMENT)
        path.touch()
        watch.renew()
        path.write_text("one\n")
        assert await watch.written(LIMIT_SECONDS)
        watch.renew()
        rotated.write_text("two\n")
        assert not await watch.written(A_MOMENT)


async def test_where_the_kernel_gives_no_watch_there_is_no_wake_and_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with no_descriptors_left(), FileWatch(tmp_path / "queue_log") as watch:
        watch.renew()
        assert not await watch.written(0)
    assert "no write to it is noticed at once: [Errno 24]" in caplog.text
