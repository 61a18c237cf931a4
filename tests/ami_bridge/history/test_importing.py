"""The records of a history follow from its rows: whatever was given, in what order, how often, and what broke it."""

import asyncio
import gzip
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.history import importing
from ami_bridge.history.importing import HistoryImport, NodeTaken
from ami_bridge.history.lines import HistoryNames
from ami_bridge.history.spool import opened_spool
from ami_bridge.history.survey import survey
from ami_bridge.history.writing import WriterFailed, WriterHere
from ami_bridge.ledger.fold import Fold
from ami_bridge.records.recorder import resume
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.level.formulas import Period
from callcenter.level.sums import counts_by_half_hour
from callcenter.level.upkeep import LevelUpkeep, threshold_of
from callcenter.records.calls import queue_entries
from callcenter.settings import PROJECT
from tests.ami_bridge.feeds.asterisk_writes import QueueLogWriter
from tests.ami_bridge.history.importer import NAMES, NODE, Records, bring, records
from tests.ami_bridge.history.old_system import (
    LA_PAZ,
    START,
    call,
    history,
    write_asternic,
    write_dump,
    write_log,
    write_queuemetrics,
    write_realtime,
    write_sqlite,
)
from tests.conftest import SqliteDatabases

CENTRE = load(PROJECT / "centre.yaml")
pytestmark = pytest.mark.database
UTC = ZoneInfo("UTC")
LINES = history()


@pytest.fixture
def on_sqlite(sqlite_databases: SqliteDatabases) -> Callable[[], Database]:
    """Fresh databases, one at each call."""
    return lambda: Database(sqlite_databases.migrated())


async def recorded(fresh: Callable[[], Database], work: Callable[[Database], Awaitable[object]]) -> Records:
    """The records of a fresh database after some work."""
    database = fresh()
    try:
        await work(database)
        return await records(database)
    finally:
        await database.close()


async def of_whole_log(fresh: Callable[[], Database], folder: Path) -> Records:
    """What an import of all at once gives."""
    path = write_log(folder / "whole", LINES)
    return await recorded(fresh, lambda database: bring(database, [path]))


async def test_a_history_is_recorded(database: Database, tmp_path: Path) -> None:
    compared = await bring(database, [write_log(tmp_path / "queue_log", LINES)], aside=True)
    found = await records(database)
    assert compared.new == len(LINES)
    entries = found["queue_entries"]
    assert len(entries) == 7
    assert {row[3] for row in entries} == {"102"}
    assert {row[6] for row in entries} == {"4251000", ""}
    assert [row[17] for row in entries].count("answered") == 6
    assert len(found["offers"]) == 12
    assert {row[0] for row in found["agent_periods"]} == {"1001"}
    assert not found["ledger_anomalies"]


async def test_positions_in_the_queue_are_recorded_where_the_old_system_has_them(
    database: Database, tmp_path: Path
) -> None:
    """An old Asterisk tells none at the joining, some where a wait ends, and none where a conversation does."""
    answered, told, untold = f"{START}.1", f"{START}.2", f"{START}.3"
    lines = [
        *(f"{START}|{callid}|Ventas|NONE|ENTERQUEUE||70712345" for callid in (answered, told, untold)),
        f"{START + 5}|{answered}|Ventas|SIP/1001|CONNECT|5",
        f"{START + 6}|{told}|Ventas|NONE|ABANDON|2|4|6",
        f"{START + 7}|{untold}|Ventas|NONE|EXITWITHTIMEOUT|3",
        f"{START + 9}|{answered}|Ventas|SIP/1001|COMPLETECALLER|5|4",
    ]
    await bring(database, [write_log(tmp_path / "queue_log", [*LINES, *lines])])
    entry = queue_entries.c
    query = select(entry.uniqueid, entry.entered_position, entry.left_position).where(entry.node == NODE)
    async with database.reading() as connection:
        found = {row[0]: tuple(row[1:]) for row in await connection.execute(query)}
    assert [found.pop(callid) for callid in (answered, told, untold)] == [(None, None), (4, 2), (None, 3)]
    assert Counter(found.values()) == {(1, None): 6, (3, 2): 1}


async def test_what_is_imported_is_counted_where_something_else_was_counted_before(
    on_sqlite: Callable[[], Database], tmp_path: Path
) -> None:
    async def counted_and_filled_in(database: Database) -> None:
        await bring(database, [write_log(tmp_path / "new", LINES[14:])])
        upkeep = LevelUpkeep(database, CENTRE, now_us)
        while await upkeep.count_some():
            pass
        await bring(database, [write_log(tmp_path / "old", LINES[:14])])
        period = Period(0, now_us())
        counts = await database.long_read(lambda there: counts_by_half_hour(there, period, threshold_of(CENTRE)))
        assert sum(each["102"].registered for each in counts.values() if "102" in each) == 7

    await recorded(on_sqlite, counted_and_filled_in)


async def test_twice_is_once(database: Database, tmp_path: Path) -> None:
    path = write_log(tmp_path / "queue_log", LINES)
    await bring(database, [path])
    before = await records(database)
    again = await bring(database, [path])
    assert not again.has_work
    assert await records(database) == before


async def test_the_same_history_of_each_source_gives_the_same_records(
    on_sqlite: Callable[[], Database], tmp_path: Path
) -> None:
    whole = await of_whole_log(on_sqlite, tmp_path)
    sources: list[tuple[list[Path], ZoneInfo]] = [
        ([write_realtime(tmp_path / "a", LINES)], UTC),
        ([write_sqlite(tmp_path / "b", LINES)], UTC),
        ([write_dump(tmp_path / "c", LINES)], UTC),
        ([write_queuemetrics(tmp_path / "d", LINES)], LA_PAZ),
        (write_asternic(tmp_path, LINES), LA_PAZ),
    ]
    for files, zone in sources:
        found = await recorded(on_sqlite, lambda database, f=files, z=zone: bring(database, f, zone=z))  # type: ignore[misc]
        assert found == whole


async def test_overlapping_files_of_any_order_are_one_history(
    on_sqlite: Callable[[], Database], tmp_path: Path
) -> None:
    whole = await of_whole_log(on_sqlite, tmp_path)
    packed = tmp_path / "queue_log.1.gz"
    packed.write_bytes(gzip.compress("\n".join(LINES[:20]).encode()))
    files = [write_log(tmp_path / "b", LINES[12:]), packed, write_log(tmp_path / "c", LINES[5:15]), packed]
    assert await recorded(on_sqlite, lambda database: bring(database, files)) == whole


async def test_month_after_month_is_the_same_as_all_at_once(on_sqlite: Callable[[], Database], tmp_path: Path) -> None:
    whole = await of_whole_log(on_sqlite, tmp_path)

    async def one_by_one(database: Database) -> None:
        for part in (LINES[:9], LINES[9:17], LINES[15:]):
            assert not (await bring(database, [write_log(tmp_path / "part", part)])).again

    assert await recorded(on_sqlite, one_by_one) == whole


async def test_an_older_file_after_a_newer_one_makes_all_again(
    on_sqlite: Callable[[], Database], tmp_path: Path
) -> None:
    whole = await of_whole_log(on_sqlite, tmp_path)

    async def newest_first(database: Database) -> None:
        await bring(database, [write_log(tmp_path / "new", LINES[14:])])
        assert (await bring(database, [write_log(tmp_path / "old", LINES[:14])])).again

    assert await recorded(on_sqlite, newest_first) == whole


async def test_names_that_come_later_make_all_again_and_stay(on_sqlite: Callable[[], Database], tmp_path: Path) -> None:
    whole = await of_whole_log(on_sqlite, tmp_path)
    path = write_log(tmp_path / "queue_log", LINES)

    async def renamed(database: Database) -> None:
        await bring(database, [path], names=HistoryNames())
        assert (await bring(database, [path], names=NAMES)).again
        assert not (await bring(database, [path], names=HistoryNames())).has_work

    assert await recorded(on_sqlite, renamed) == whole


@pytest.mark.parametrize("batch", [0, 1, 3], ids=str)
async def test_an_import_that_was_broken_off_goes_on(
    on_sqlite: Callable[[], Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    whole = await of_whole_log(on_sqlite, tmp_path)
    monkeypatch.setattr(importing, "LINES_IN_BATCH", 1)
    path, real = write_log(tmp_path / "queue_log", LINES), WriterHere.write
    written: list[object] = []

    async def _write(self: WriterHere, *task: Any) -> None:
        if len(written) == batch:
            raise WriterFailed("the plug is pulled")
        written.append(task)
        await real(self, *task)

    async def broken_off(database: Database) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(WriterHere, "write", _write)
            with pytest.raises(WriterFailed):
                await bring(database, [path])
        again = await bring(database, [path])
        assert (again.new, again.unfinished) == (0, True)

    assert await recorded(on_sqlite, broken_off) == whole


async def test_a_cancelled_import_goes_on(on_sqlite: Callable[[], Database], tmp_path: Path) -> None:
    whole = await of_whole_log(on_sqlite, tmp_path)
    path = write_log(tmp_path / "queue_log", LINES)

    async def cancelled(database: Database) -> None:
        with opened_spool() as spool:
            survey([path], LA_PAZ, spool, lambda _rows: None, lambda _path, _row: None)
            history = HistoryImport(database, NODE)
            await history.begin(NAMES)
            compared = await history.compare(spool, lambda _done, _of: None)
            task = asyncio.create_task(history.carry_out(spool, compared, lambda _done, _of: None, aside=True))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await bring(database, [path])

    assert await recorded(on_sqlite, cancelled) == whole


# -- beside a bridge -------------------------------------------------------------------------------------


async def record_live(database: Database, folder: Path, lines: list[str]) -> None:
    """A bridge of this centre records these lines."""
    log = QueueLogWriter(folder)
    for line in lines:
        time, _, text = line.partition("|")
        log.write(int(time) * 1_000_000 + 250_000, text)
    now = lambda: (START + 10**6) * 1_000_000  # noqa: E731
    recorder, cursors = await resume("central", database, Fold("central"), "table", now)
    tail = await QueueLogTail.resume(LedgerTable(log.table), QueueLogFile(log.file), recorder, cursors, now)
    while await tail.step():
        pass


async def test_what_a_bridge_recorded_counts_once_and_stays_as_it_is(database: Database, tmp_path: Path) -> None:
    await record_live(database, tmp_path, LINES[12:])
    before = await records(database, "central")
    compared = await bring(database, [write_log(tmp_path / "old", LINES)])
    assert (compared.new, compared.elsewhere) == (12, len(LINES) - 12)
    assert await records(database, "central") == before
    channels = [row[0] for node in ("central", NODE) for row in (await records(database, node))["queue_entries"]]
    assert len(channels) == len(set(channels)) == 7


async def test_a_call_whose_end_alone_the_bridge_saw_is_not_counted_again(database: Database, tmp_path: Path) -> None:
    lines = call(0, 1)
    await record_live(database, tmp_path, lines[3:])
    assert (await bring(database, [write_log(tmp_path / "old", lines)])).elsewhere == len(lines)
    assert (await records(database))["queue_entries"] == []


async def test_the_name_of_a_bridge_is_refused(on_sqlite: Callable[[], Database], tmp_path: Path) -> None:
    database = on_sqlite()
    await record_live(database, tmp_path, LINES[:3])
    with pytest.raises(NodeTaken):
        await bring(database, [write_log(tmp_path / "old", LINES)], node="central")
    await database.close()


async def test_a_bridge_records_while_a_history_is_imported(database: Database, tmp_path: Path) -> None:
    later = [f"{int(line[:10]) + 10**7}{line[10:]}" for line in history(3)]
    path = write_log(tmp_path / "old", history(200, apart=300))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bring(database, [path]))
        tasks.create_task(record_live(database, tmp_path, later))
    assert len((await records(database))["queue_entries"]) == 201
    assert len((await records(database, "central"))["queue_entries"]) == 4
