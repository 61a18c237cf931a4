"""Statistics are kept, and nothing waits for them."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from callcenter.database.statistics import EVERY_SECONDS, autovacuum_is_on, keep_statistics, refresh_statistics
from callcenter.database.transactions import Database
from callcenter.records.ledger import cursors
from tests.conftest import Databases

pytestmark = pytest.mark.database
ROW = {"node": "central", "source": "table", "mark": "", "position": 1}


@pytest.fixture
async def sqlite(sqlite_databases: Databases) -> Database:
    return Database(await asyncio.to_thread(sqlite_databases.migrated))


async def tables_with_statistics(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set((await connection.execute(text("SELECT tbl FROM sqlite_stat1"))).scalars())


async def test_sqlite_gets_statistics_of_what_is_in_its_tables(sqlite: Database) -> None:
    await sqlite.write(lambda connection: connection.execute(cursors.insert(), ROW))
    await refresh_statistics(sqlite)
    assert "ledger_cursors" in await tables_with_statistics(sqlite)
    await sqlite.close()


async def test_they_are_made_every_hour_and_a_database_that_is_away_does_not_end_that(
    tmp_path: Path,
) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep_statistics(Database(f"sqlite:///{tmp_path / 'away.sqlite'}"), pause)
    assert pauses == [EVERY_SECONDS] * 3


async def test_each_database_says_that_its_statistics_are_kept(database: Database) -> None:
    await refresh_statistics(database)
    assert await autovacuum_is_on(database)


async def test_a_server_that_keeps_none_is_found_out(postgresql_databases: Databases) -> None:
    url = await asyncio.to_thread(postgresql_databases.migrated)
    database = Database(url)
    async with database.transaction() as connection:
        await connection.execute(text(f"ALTER DATABASE {make_url(url).database} SET track_counts = off"))
    await database.close()
    assert not await autovacuum_is_on(Database(url))
