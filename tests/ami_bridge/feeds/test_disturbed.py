"""Whatever happens to the copies of the queue log and to the bridge: the records of the undisturbed history.

`make disturbed` tries ten thousand histories; with the other tests there are forty, and a few over PostgreSQL.
"""

import asyncio
import os
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

import migrations
from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.feeds.two_copies import GIVES_UP_US
from ami_bridge.ledger.fold import Fold
from ami_bridge.records.recorder import Recorder, TwoBridges, resume
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.records.calls import calls, offers, queue_entries
from callcenter.records.ivr import call_steps
from callcenter.records.ledger import anomalies
from callcenter.records.outgoing_calls import outgoing_calls
from tests.ami_bridge.feeds.disturbed_log import Disturbed
from tests.ami_bridge.feeds.histories import INCOMING, OUTGOING, History
from tests.ami_bridge.feeds.outgoing_compared import (
    are_as_long_as_they_were,
    are_within_bounds,
    holds_the_truth,
    leave_the_level_alone,
)
from tests.conftest import PostgresqlDatabases
from tests.reports.recorded_month import empty

EXAMPLES = int(os.environ.get("DISTURBED_EXAMPLES", "30"))
# What says that a difference is known: rows that one copy lacks, or has twice, or stored later than younger ones (which
# looks like a clock that was set back), and copies that are not those that were read.
DECLARED = {"missing_in_table", "missing_in_file", "copy_replaced", "duplicate", "clock_went_back", "clock_set"}
OF_BRIDGES = (
    st.tuples(st.just("rows"), st.integers(1, 12)),
    st.tuples(st.just("pause"), st.integers(1, 90)),
    st.tuples(st.just("bridge"), st.integers(1, 3)),
    st.tuples(st.just("kill"), st.just(0)),
    st.tuples(st.just("second bridge"), st.just(0)),
    st.tuples(st.just("restart"), st.just(0)),
)
HAPPENINGS = st.one_of(
    *OF_BRIDGES,
    st.tuples(st.just("stall"), st.sampled_from([0, 3, 20, 60])),
    st.tuples(st.sampled_from(["lock table", "lock file"]), st.integers(0, 1)),
    st.tuples(st.sampled_from(["late row", "late line"]), st.integers(1, 6)),
    st.tuples(st.sampled_from(["cut file", "double lines", "double rows"]), st.integers(1, 8)),
    st.tuples(st.just("first lines again"), st.integers(2, 30)),
    st.tuples(st.sampled_from(["rotate", "copy and truncate", "copy file", "copy table", "table anew"]), st.just(0)),
    st.tuples(st.sampled_from(["back up", "restore file", "restore table"]), st.just(0)),
)


class Bridge:
    """A bridge over a disturbed log; `kill` ends it between two steps."""

    def __init__(self, log: Disturbed, database: Database) -> None:
        self.log, self.database = log, database
        self.tail: QueueLogTail | None = None

    async def step(self) -> bool:
        """One step; one that finds that another bridge has recorded begins anew."""
        if self.tail is None:
            self.tail = await self.begin()
        try:
            return await self.tail.step()
        except TwoBridges:
            self.tail = None
            return True

    async def do(self, what: str, much: int) -> None:
        """`bridge`: some steps; `kill`; `second bridge`: another one that begins, makes one step, and is killed."""
        match what:
            case "bridge":
                for _ in range(much):
                    await self.step()
            case "kill":
                self.tail = None
            case _:
                await (await self.begin()).step()

    async def begin(self) -> QueueLogTail:
        """A bridge that goes on from the records."""
        recorder, cursors = await resume("central", self.database, Fold("central"), "table", self.clock)
        table, file = LedgerTable(self.log.table), QueueLogFile(self.log.file)
        return await QueueLogTail.resume(table, file, recorder, cursors, self.clock)

    def clock(self) -> int:
        return self.log.now_us

    async def finish(self) -> None:
        """All that is there, with time enough for whatever is waited for."""
        for _ in range(3):
            self.log.now_us += 3600 * MICROSECONDS
            for _ in range(200):
                if not await self.step():
                    break


async def recorded(database: Database, table: Table, *but: str) -> list[dict[str, Any]]:
    """The rows of a table, ordered, without some columns."""
    columns = [column for column in table.columns if column.name not in but]
    async with database.reading() as connection:
        found = await connection.execute(select(*columns).order_by(*columns))
        return [dict(row) for row in found.mappings()]


async def happened(log: Disturbed, bridge: Bridge, rows: History, what: str, much: int) -> None:
    """One thing that happens to Asterisk, to its copies or to the bridge."""
    match what:
        case "rows":
            log.write_all(rows, much)
        case "restart":
            log.stop()
            rows.restart()
            log.write_all(rows, 1)
        case "stall":
            log.store_us = much * MICROSECONDS
        case "bridge" | "kill" | "second bridge":
            await bridge.do(what, much)
        case _:
            getattr(log, what.replace(" ", "_"))(*([much] if much or what.startswith("lock") else []))


async def compare(log: Disturbed, database: Database, truth: Database) -> None:
    expected = Recorder("central", truth, Fold("central"), "table", lambda: log.now_us)
    await expected.record(log.rows, [])
    declared = {row["kind"] for row in await recorded(database, anomalies)}
    assert declared <= DECLARED, declared
    exact = not declared & {"missing_in_table"}
    for table in (queue_entries, calls, call_steps, offers):
        # In how many readings the rows came is the bridge's affair.
        found, wanted = await recorded(database, table, "reading"), await recorded(truth, table, "reading")
        if exact:
            assert found == wanted, (table.name, declared)
        else:
            assert [row["uniqueid"] for row in found] == [row["uniqueid"] for row in wanted], (table.name, declared)
    # A table that was lost after it had stood still for long: how late the lines are, nothing tells.
    if not exact and log.longest_store_us <= GIVES_UP_US:
        await compare_bounds(database, truth)


async def compare_bounds(database: Database, truth: Database) -> None:
    """Where rows were lost, the same entries with the same ends, and waits that include the true ones."""
    told = ("outcome", "member", "ended_by", "ordinal", "caller", "line", "entered_position", "left_position")
    pairs = zip(await recorded(database, queue_entries), await recorded(truth, queue_entries), strict=True)
    for found, wanted in pairs:
        assert {name: found[name] for name in told} == {name: wanted[name] for name in told}
        assert found["wait_min_us"] <= wanted["wait_min_us"] <= wanted["wait_max_us"] <= found["wait_max_us"]


async def compare_outgoing(log: Disturbed, history: History, database: Database, truth: Database) -> None:
    """To be called after `compare`."""
    declared = {row["kind"] for row in await recorded(database, anomalies)}
    exact = "missing_in_table" not in declared
    found, true = await recorded(database, outgoing_calls), await recorded(truth, outgoing_calls)
    are_as_long_as_they_were(log, true)
    holds_the_truth(history, true)
    holds_the_truth(history, found)
    if exact:
        assert found == true, declared
    elif log.longest_store_us <= GIVES_UP_US:
        are_within_bounds(found, true)
    await leave_the_level_alone(history, log.rows, database, exact=exact and "clock_set" not in declared)


async def run(
    folder: Path, database: Database, truth: Database, kinds: list[str], happenings: list[tuple[str, int]]
) -> None:
    """One history, with all that happens; two databases that are empty."""
    log = Disturbed(folder)
    bridge, rows = Bridge(log, database), History(kinds)
    await happened(log, bridge, rows, "rows", 1)
    await happened(log, bridge, rows, "bridge", 3)
    for what, much in happenings:
        await happened(log, bridge, rows, what, much)
    log.settle()
    log.write_all(rows)
    await bridge.finish()
    await compare(log, database, truth)
    await compare_outgoing(log, rows, database, truth)


async def over_sqlite(folder: Path, template: Path, kinds: list[str], happenings: list[tuple[str, int]]) -> None:
    """In two files that are copies of an empty database."""
    async with AsyncExitStack() as opened:
        for name in ("records.sqlite", "truth.sqlite"):
            shutil.copyfile(template, folder / name)
        database, truth = (Database(f"sqlite:///{folder / name}") for name in ("records.sqlite", "truth.sqlite"))
        opened.push_async_callback(database.close)
        opened.push_async_callback(truth.close)
        await run(folder, database, truth, kinds, happenings)


async def over_postgresql(
    folder: Path, urls: tuple[str, str], kinds: list[str], happenings: list[tuple[str, int]]
) -> None:
    """In two databases that are emptied first."""
    async with AsyncExitStack() as opened:
        database, truth = (Database(url) for url in urls)
        for each in (database, truth):
            opened.push_async_callback(each.close)
            await empty(each)
        await run(folder, database, truth, kinds, happenings)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    asyncio.run(migrations.upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="module")
def postgresql(postgresql_databases: PostgresqlDatabases) -> tuple[str, str]:
    return postgresql_databases.migrated(), postgresql_databases.migrated()


# A clock is set on a node whose disks are well and whose table is not made anew meanwhile: what a stalled one stores
# after the step has stamps from before it, and of rows that the file alone has the second does not tell the side of it.
CLOCKS = st.one_of(
    *OF_BRIDGES,
    st.tuples(st.just("set clock"), st.sampled_from([60, -60, 1, -1])),
    st.tuples(st.sampled_from(["rotate", "copy file", "copy table", "back up"]), st.just(0)),
)
HISTORIES = {
    "kinds": st.lists(st.one_of(st.sampled_from(INCOMING), st.sampled_from(OUTGOING)), min_size=1, max_size=5),
    "happenings": st.lists(HAPPENINGS, max_size=25),
}


@pytest.mark.slow
# What was found by longer runs: lines told twice up to the file's last second; a table made anew while old lines wait;
# a file that is cut to nothing, and rotated before the next bridge.
@example(
    kinds=["answered"],
    happenings=[("lock table", 1), ("cut file", 1), ("second bridge", 0), ("rows", 1), ("rotate", 0)],
)
@example(
    kinds=["answered"],
    happenings=[("lock table", 1), ("cut file", 1), ("rotate", 0), ("second bridge", 0), ("rows", 1), ("rotate", 0)],
)
@example(kinds=["answered"], happenings=[("rows", 2), ("double lines", 2)])
@example(
    kinds=["answered", "answered"],
    happenings=[("stall", 60), ("rows", 7), ("second bridge", 0), ("rows", 1), ("table anew", 0), ("double lines", 6)],
)
@example(kinds=["answered"], happenings=[("rows", 1), ("lock table", 1), ("cut file", 1), ("rows", 1)])
@example(kinds=["answered"], happenings=[("lock table", 1), ("cut file", 1), ("rows", 2), ("rotate", 0)])
@example(
    kinds=["stayed"],
    happenings=[
        *(("rows", 9), ("rotate", 0), ("lock table", 1), ("rows", 1), ("second bridge", 0), ("copy and truncate", 0)),
    ],
)
# Calls that the centre made: by the file alone, cut off by a restart, and told again from the beginning.
@example(
    kinds=["campaign taken", "abandoned", "campaign left_alone"],
    happenings=[("lock table", 1), ("rows", 9), ("bridge", 2), ("first lines again", 5)],
)
@example(
    kinds=["callback taken", "agent busy", "campaign asked_for_agent"],
    happenings=[("rows", 8), ("kill", 0), ("restart", 0), ("bridge", 2), ("second bridge", 0)],
)
@settings(max_examples=EXAMPLES)
@given(**HISTORIES)
def test_the_records_are_those_of_the_undisturbed_history(
    template: Path, kinds: list[str], happenings: list[tuple[str, int]]
) -> None:
    note(f"{kinds} {happenings}")
    with TemporaryDirectory() as folder:
        asyncio.run(over_sqlite(Path(folder), template, kinds, happenings))


@pytest.mark.slow
@settings(max_examples=max(20, EXAMPLES // 2))
@given(kinds=HISTORIES["kinds"], happenings=st.lists(CLOCKS, max_size=25))
def test_so_they_are_where_the_clock_is_set(
    template: Path, kinds: list[str], happenings: list[tuple[str, int]]
) -> None:
    note(f"{kinds} {happenings}")
    with TemporaryDirectory() as folder:
        asyncio.run(over_sqlite(Path(folder), template, kinds, happenings))


@pytest.mark.database
@settings(max_examples=max(8, EXAMPLES // 10))
@given(**HISTORIES)
def test_the_same_over_postgresql(
    postgresql: tuple[str, str], kinds: list[str], happenings: list[tuple[str, int]]
) -> None:
    note(f"{kinds} {happenings}")
    with TemporaryDirectory() as folder:
        asyncio.run(over_postgresql(Path(folder), postgresql, kinds, happenings))
