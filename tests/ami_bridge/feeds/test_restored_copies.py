"""Copies of the queue log that were restored, moved, made anew, rotated, or written late: every row counts once."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ami_bridge.feeds import table as ledger_table
from ami_bridge.feeds.ledger_lock import LedgerTaken, ledger_locked
from ami_bridge.records import recorder
from ami_bridge.records.recorder import TwoBridges
from callcenter.database.transactions import Database
from callcenter.records.calls import queue_entries
from tests.ami_bridge.feeds.asterisk_writes import QueueLogWriter
from tests.ami_bridge.feeds.reading import (
    START_US,
    abandoned_calls,
    anomaly_kinds,
    entries,
    one_call,
    record,
    tail_of,
)

SECOND = 1_000_000
STAMP = "2026-09-21 14:13:20.000000"


@pytest.fixture
def log(tmp_path: Path) -> QueueLogWriter:
    return QueueLogWriter(tmp_path)


def rows_deleted(log: QueueLogWriter) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{log.table}{suffix}").unlink(missing_ok=True)


def copied_file(log: QueueLogWriter) -> None:
    copy = log.folder / "copy"
    shutil.copyfile(log.file, copy)
    copy.replace(log.file)


def copied_folder(log: QueueLogWriter) -> None:
    """Both copies on another disk: other inodes, the same text."""
    away = log.folder / "away"
    away.mkdir()
    for path in list(log.folder.iterdir()):
        if path.is_file():
            shutil.copyfile(path, away / path.name)
            path.unlink()
            shutil.move(away / path.name, path)
    away.rmdir()


def rotated_file(log: QueueLogWriter) -> None:
    log.file.rename(log.folder / "queue_log.1")


def table_anew(log: QueueLogWriter) -> None:
    rows_deleted(log)
    ledger_table.create(log.table)


@pytest.mark.parametrize("happens", [copied_file, copied_folder, rotated_file, table_anew])
async def test_what_was_recorded_counts_no_second_time(
    log: QueueLogWriter, database: Database, happens: Callable[[QueueLogWriter], None]
) -> None:
    abandoned_calls(log, 700)
    await record(log, database)
    happens(log)
    one_call(log, 1, 200)
    await record(log, database)
    found = await entries(database)
    assert len(found) == 701
    assert (found[-1]["outcome"], found[-1]["wait_max_us"]) == ("answered", 4_250_000)
    assert await anomaly_kinds(database) <= {"copy_replaced"}


async def test_an_older_copy_of_the_table_brings_nothing_back_and_hides_nothing(
    log: QueueLogWriter, database: Database
) -> None:
    one_call(log, 1, 0)
    backup = log.folder / "backup.sqlite"
    shutil.copyfile(log.table, backup)
    one_call(log, 2, 20)
    await record(log, database)
    rows_deleted(log)
    shutil.copyfile(backup, log.table)
    one_call(log, 3, 40)
    one_call(log, 4, 60)
    await record(log, database)
    assert [(entry["outcome"], entry["wait_max_us"]) for entry in await entries(database)] == [
        ("answered", 4_250_000)
    ] * 4
    assert await anomaly_kinds(database) == {"copy_replaced"}


async def test_copies_that_come_back_after_both_were_away_count_nothing_again(
    log: QueueLogWriter, database: Database
) -> None:
    one_call(log, 1, 0)
    await record(log, database)
    away = log.folder / "away"
    shutil.copytree(log.folder, away)
    table_anew(log)
    log.file.unlink()
    tail = await tail_of(log, database)
    while await tail.step():
        pass
    rows_deleted(log)
    for path in away.iterdir():
        shutil.copyfile(path, log.folder / path.name)
    one_call(log, 2, 20)
    while await tail.step():
        pass
    assert [entry["wait_max_us"] for entry in await entries(database)] == [4_250_000] * 2


async def test_a_running_bridge_notices_that_the_table_was_made_anew(log: QueueLogWriter, database: Database) -> None:
    tail = await tail_of(log, database)
    one_call(log, 1, 0)
    while await tail.step():
        pass
    table_anew(log)
    one_call(log, 2, 20)
    while await tail.step():
        pass
    assert [entry["wait_max_us"] for entry in await entries(database)] == [4_250_000] * 2
    assert await anomaly_kinds(database) == {"copy_replaced"}


async def test_rows_that_a_stalled_disk_stored_late_keep_their_moments(log: QueueLogWriter, database: Database) -> None:
    log.line_lag_us = 40 * SECOND
    log.write(START_US, "c1|101|NONE|ENTERQUEUE||70712345|1")
    await record(log, database)
    log.line_lag_us = 3 * SECOND
    log.write(START_US + 18_500_000, "c1|101|1001|CONNECT|18|a1|3")
    await record(log, database)
    (entry,) = await entries(database)
    assert (entry["wait_min_us"], entry["wait_max_us"], await anomaly_kinds(database)) == (
        18_500_000,
        18_500_000,
        set(),
    )


async def test_the_end_of_a_rotated_file_is_read_also_by_a_bridge_that_was_away(
    log: QueueLogWriter, database: Database
) -> None:
    one_call(log, 1, 0)
    await record(log, database)
    log.table_fails = True
    one_call(log, 2, 20)
    rotated_file(log)
    one_call(log, 3, 40)
    await record(log, database)
    assert [entry["outcome"] for entry in await entries(database)] == ["answered"] * 3
    assert await anomaly_kinds(database) == {"missing_in_table"}


async def test_a_file_that_cannot_be_read_leaves_the_table(log: QueueLogWriter, database: Database) -> None:
    log.file.mkdir()
    log.file_fails = True
    one_call(log, 1, 0)
    await record(log, database)
    assert [entry["outcome"] for entry in await entries(database)] == ["answered"]


async def test_a_row_in_another_encoding_stops_nobody(log: QueueLogWriter, database: Database) -> None:
    columns = "time, callid, queuename, agent, event"
    log.execute(f"INSERT INTO queue_log ({columns}) VALUES (?, CAST(x'ff41' AS TEXT), '101', '1001', 'DID')", STAMP)
    one_call(log, 1, 0)
    await record(log, database)
    assert len(await entries(database)) == 1


async def test_texts_longer_than_their_columns_stop_nobody(log: QueueLogWriter, database: Database) -> None:
    channel, caller = "a" * 200, "7" * 100
    log.write(START_US, f"c1|101|NONE|ENTERQUEUE||{caller}|1")
    log.write(START_US + SECOND, f"c1|101|{'m' * 100}|OFFERED|{channel}")
    log.write(START_US + 2 * SECOND, f"c1|101|{'m' * 100}|CONNECT|2|{channel}|1")
    await record(log, database)
    (entry,) = await entries(database)
    assert (entry["outcome"], len(entry["agent_channel"]), len(entry["caller"])) == ("answered", 150, 64)


@pytest.mark.timeout(300)  # fourteen beginnings: five seconds of a processor
async def test_a_bridge_killed_while_it_catches_up_counts_each_call_once(
    log: QueueLogWriter, database: Database
) -> None:
    abandoned_calls(log, 7_000)
    for _ in range(40):
        tail = await tail_of(log, database)
        if not await tail.step():
            break
    query = select(func.count(), func.count(queue_entries.c.ended_us)).select_from(queue_entries)
    async with database.reading() as connection:
        counted = (await connection.execute(query)).one()
    assert tuple(counted) == (7_000, 7_000)
    assert await anomaly_kinds(database) == set()


async def test_two_bridges_on_one_ledger_record_each_call_once(log: QueueLogWriter, database: Database) -> None:
    one, other = await tail_of(log, database), await tail_of(log, database)
    one_call(log, 1, 0)
    assert await one.step()
    with pytest.raises(TwoBridges, match="central"):
        await other.step()
    assert len(await entries(database)) == 1


def test_a_ledger_is_one_bridges_alone(log: QueueLogWriter) -> None:
    with ledger_locked(log.table), pytest.raises(LedgerTaken, match="another bridge"), ledger_locked(log.table):
        pass
    with ledger_locked(log.table):
        pass


RETURNS_US = START_US + 4001 * SECOND


@pytest.fixture
async def forgotten(log: QueueLogWriter, database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """A caller left queue 101 after 38 s, an hour ago; the bridge has them in no checkpoint any more. The clock."""
    monkeypatch.setattr(recorder, "ROWS_UNTIL_CHECKPOINT", 1)
    now = [START_US]
    tail = await tail_of(log, database, lambda: now[0])
    log.write(START_US, "1789999999.1|101|NONE|ENTERQUEUE||70712345|1")
    log.write(START_US + 38 * SECOND, "1789999999.1|101|NONE|EXITWITHKEY|1|1|1|38")
    await tail.step()
    now[0] = RETURNS_US
    others_join(log, RETURNS_US - SECOND)
    await tail.step()
    return lambda: now[0]


def others_join(log: QueueLogWriter, at_us: int) -> None:
    """So many that what is over goes with the next checkpoint."""
    for number in range(20):
        log.write(at_us + number, f"{at_us // SECOND}.{number}|101|NONE|ENTERQUEUE||70712346|1")


async def entries_of_returned(database: Database) -> list[tuple[int, str, int]]:
    mine = [entry for entry in await entries(database) if entry["uniqueid"] == "1789999999.1"]
    return [(entry["ordinal"], entry["outcome"], entry["wait_max_us"]) for entry in mine]


BOTH_ENTRIES = [(0, "key_exit", 38 * SECOND), (1, "answered", 4 * SECOND)]


async def test_a_caller_who_returns_to_the_queue_after_hours_is_a_second_entry(
    log: QueueLogWriter, database: Database, forgotten: Callable[[], int]
) -> None:
    log.write(RETURNS_US, "1789999999.1|101|NONE|ENTERQUEUE||70712345|1")
    log.write(RETURNS_US + 4 * SECOND, "1789999999.1|101|1001|CONNECT|4|a1|3")
    await (await tail_of(log, database, forgotten)).step()
    assert await entries_of_returned(database) == BOTH_ENTRIES


@pytest.mark.parametrize("until_checkpoint", [1, 1000], ids=["in the checkpoint", "in the journal"])
async def test_the_second_entry_keeps_its_number_over_a_restart_in_it(
    log: QueueLogWriter,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    forgotten: Callable[[], int],
    until_checkpoint: int,
) -> None:
    monkeypatch.setattr(recorder, "ROWS_UNTIL_CHECKPOINT", until_checkpoint)
    log.write(RETURNS_US, "1789999999.1|101|NONE|ENTERQUEUE||70712345|1")
    others_join(log, RETURNS_US + SECOND)
    await (await tail_of(log, database, forgotten)).step()
    log.write(RETURNS_US + 4 * SECOND, "1789999999.1|101|1001|CONNECT|4|a1|3")
    await (await tail_of(log, database, forgotten)).step()
    assert await entries_of_returned(database) == BOTH_ENTRIES


async def test_a_caller_who_declined_a_callback_waits_on_also_across_a_restart(
    log: QueueLogWriter, database: Database
) -> None:
    for second, text in (
        (0, "NONE|ENTERQUEUE||70712345|1"),
        (88, "NONE|EXITWITHKEY|1|1|1|88"),
        (90, "NONE|STAYED"),
        (90.1, "NONE|ENTERQUEUE||70712345|1"),
        (98, "1001|CONNECT|8|a1|3"),
    ):
        log.write(START_US + round(second * SECOND), f"c1|101|{text}")
        await record(log, database)
    (entry,) = await entries(database)
    assert (entry["outcome"], entry["wait_max_us"]) == ("answered", 98 * SECOND)


async def test_a_row_from_the_future_holds_nothing_back(log: QueueLogWriter, database: Database) -> None:
    log.write(START_US + 10**16, "c0|101|NONE|ENTERQUEUE||70712345|1")
    tail = await tail_of(log, database)
    abandoned_calls(log, 3000)
    while await tail.step():
        pass
    assert len(await entries(database)) == 3001
    assert not await anomaly_kinds(database) & {"missing_in_table", "missing_in_file"}


async def test_a_clock_that_is_set_back_costs_no_exactness(log: QueueLogWriter, database: Database) -> None:
    tail = await tail_of(log, database)
    for number, second in ((1, 100), (2, 40), (3, 70)):
        one_call(log, number, second)
        while await tail.step():
            pass
    assert [entry["wait_max_us"] for entry in await entries(database)] == [4_250_000] * 3
    assert await anomaly_kinds(database) == {"clock_went_back"}


async def test_a_clock_that_was_ahead_once_makes_no_later_start_forget_who_waits(
    log: QueueLogWriter, database: Database
) -> None:
    ahead_us = 10 * 86_400 * SECOND
    log.write(START_US + ahead_us, "c0|101|NONE|ENTERQUEUE||70712345|1")
    tail = await tail_of(log, database, lambda: START_US + ahead_us)
    while await tail.step():
        pass
    for second, text in (
        (10, "c0|101|NONE|ABANDON|1|1|10"),
        (20, "c1|101|NONE|ENTERQUEUE||70712346|1"),
        (27, "c1|101|1001|CONNECT|7|a1|3"),
        (40, "c1|101|1001|COMPLETECALLER|7|13|1"),
    ):
        log.write(START_US + second * SECOND, text)
        tail = await tail_of(log, database, partial(int, START_US + second * SECOND))
        while await tail.step():
            pass
    found = {entry["uniqueid"]: entry for entry in await entries(database)}
    assert [found[name]["outcome"] for name in ("c0", "c1")] == ["abandoned", "answered"]
    assert (found["c1"]["wait_max_us"], found["c1"]["ended_us"]) == (7 * SECOND, START_US + 40 * SECOND)


@pytest.mark.parametrize("later", [3600, 86_402, 7 * 86_400], ids=["hourly", "daily", "weekly"])
async def test_a_call_in_a_file_that_was_cut_and_then_rotated_is_found(
    log: QueueLogWriter, database: Database, later: int
) -> None:
    for number in range(3):
        log.write(START_US + number * SECOND, f"c{number}|101|NONE|ENTERQUEUE||7071234{number}|1")
    await record(log, database)
    lines = log.file.read_text().splitlines(keepends=True)
    log.file.write_text("".join(lines[:-1]))
    log.table_fails = True
    log.write(START_US + (later - 60) * SECOND, "c8|101|NONE|ENTERQUEUE||70712348|1")
    log.table_fails = False
    rotated_file(log)
    log.write(START_US + later * SECOND, "c9|101|NONE|ENTERQUEUE||70712349|1")
    await record(log, database)
    assert [entry["uniqueid"] for entry in await entries(database)] == ["c0", "c1", "c2", "c8", "c9"]
