"""The watch over plans sees what it is there for."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from callcenter.database.transactions import Database
from tests.conftest import Databases
from tests.query_plans import Watch, sqlite_scans

pytestmark = pytest.mark.database


@pytest.fixture
async def database(sqlite_databases: Databases) -> AsyncIterator[Database]:
    opened = Database(await asyncio.to_thread(sqlite_databases.migrated))
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM queue_entries AS e WHERE e.outcome = 'open'",
        "SELECT * FROM users JOIN calls ON calls.caller = users.login",
        "SELECT * FROM ledger_readings WHERE node = 'a' AND writer = 'b'",
        "SELECT * FROM call_steps WHERE step = 'routed'",
    ],
)
async def test_a_table_that_is_read_through_is_seen(database: Database, statement: str) -> None:
    found = await database.long_read(lambda connection: sqlite_scans(connection, statement, ()))
    assert len(found) == 1


async def test_a_look_up_by_an_index_is_none(database: Database) -> None:
    statement = "SELECT * FROM calls WHERE uniqueid = '1.1' AND node = 'a'"
    assert await database.read(lambda connection: sqlite_scans(connection, statement, ())) == []


async def test_a_scan_that_somebody_waits_for_is_noted_once_and_a_long_read_is_not(
    database: Database, watch: Watch
) -> None:
    scan = text("SELECT count(*) FROM offers WHERE result = 'x'")
    await database.long_read(lambda connection: connection.execute(scan).all())
    assert watch.scans == []
    for _ in range(2):
        await database.read(lambda connection: connection.execute(scan).all())
    found, watch.scans = watch.scans, []
    assert [each.splitlines()[0] for each in found] == ["SCAN offers"]
