"""Nobody who waits stands behind a scan: the plans on a large database, before it has statistics and after."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection, text

from callcenter.database.engines import Dialect
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from tests.conftest import Databases
from tests.query_plans import GROWING, postgresql_scans, sqlite_scans, sqlite_work, statements_of
from tests.waited_for import WaitedFor, waited_for
from troncal.bench.large_records import LargeRecords, fill

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
RECORDS = LargeRecords(100_000, 1_790_000_000 * MICROSECONDS)
Scans = dict[str, list[str]]


async def scans_of(database: Database, each: WaitedFor) -> list[str]:
    """The steps of its statements' plans that read too much."""
    if each.before is not None:
        await each.before()
    with statements_of() as statements:
        await each.work()

    def found(connection: Connection) -> list[str]:
        scans = [scan for one in statements.items() for scan in _scans(connection, *one, each.most_rows)]
        connection.rollback()
        return scans

    return await database.write(found)


def _scans(connection: Connection, statement: str, parameters: Any, most_rows: int) -> list[str]:
    if connection.dialect.name == Dialect.POSTGRESQL:
        return postgresql_scans(connection, statement, parameters, most_rows)
    planned = sqlite_scans(connection, statement, parameters)
    return planned or sqlite_work(connection, statement, parameters, most_rows)


async def all_scans(database: Database) -> Scans:
    found = {name: await scans_of(database, each) for name, each in waited_for(database, RECORDS).items()}
    return {name: scans for name, scans in found.items() if scans}


async def without_statistics(database: Database) -> None:
    """PostgreSQL would make them by itself while the test runs."""
    if database.dialect is Dialect.POSTGRESQL:
        async with database.transaction() as connection:
            for table in GROWING:
                await connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = false)"))


async def test_nobody_who_waits_stands_behind_a_scan(databases: Databases) -> None:
    database = Database(await asyncio.to_thread(databases.migrated))
    await without_statistics(database)
    await fill(database, RECORDS)
    freshly_filled = await all_scans(database)
    async with database.transaction() as connection:
        await connection.execute(text("ANALYZE"))
    analysed = await all_scans(database)
    await database.close()
    assert (freshly_filled, analysed) == ({}, {})
