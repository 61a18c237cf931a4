import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvloop
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from callcenter.database.problems import DatabaseBusy, DatabaseUnavailable, DiskFull
from callcenter.database.transactions import Database, insert_missing, upsert
from callcenter.records.agents import agent_periods
from callcenter.records.calls import interruptions
from callcenter.records.ledger import cursors

ROW = {"node": "central", "source": "table", "mark": "a", "position": 1}


def cursor_row(**changes: Any) -> dict[str, Any]:
    return {**ROW, **changes}


async def positions(database: Database) -> dict[str, int]:
    async with database.reading() as connection:
        found = await connection.execute(select(cursors.c.source, cursors.c.position))
        return {source: position for source, position in found}


@pytest.fixture
async def impatient(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, wait_seconds=0.2)
    yield opened
    await opened.close()


@pytest.fixture
def sqlite_url(sqlite_databases: Any) -> str:
    url: str = sqlite_databases.migrated()
    return url


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


async def test_a_transaction_that_ends_is_kept(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(cursors.insert(), [ROW])
    assert await positions(database) == {"table": 1}


async def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as connection:
            await connection.execute(cursors.insert(), [ROW])
            raise ZeroDivisionError
    assert await positions(database) == {}


async def test_a_cancelled_transaction_leaves_nothing_and_frees_its_connection(database: Database) -> None:
    begun = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.transaction() as connection:
            await connection.execute(cursors.insert(), [ROW])
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await begun.wait()
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.001)
    async with database.transaction() as connection:
        await upsert(connection, cursors, [cursor_row(source="file")])
    assert await positions(database) == {"file": 1}


async def test_a_reader_sees_one_unchanging_view(database: Database) -> None:
    count = select(func.count()).select_from(cursors)
    async with database.reading() as reader:
        assert (await reader.execute(count)).scalar_one() == 0
        async with database.transaction() as connection:
            await connection.execute(cursors.insert(), [ROW])
        assert (await reader.execute(count)).scalar_one() == 0
    assert await positions(database) == {"table": 1}


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises((DBAPIError, DatabaseUnavailable), match=r"read-?only"):
        async with database.reading() as connection:
            await connection.execute(cursors.insert(), [ROW])


async def test_concurrent_writers_wait_for_one_another(database: Database) -> None:
    async def count_up() -> None:
        async with database.transaction() as connection:
            await upsert(connection, cursors, [ROW], add=("position",))

    await asyncio.gather(*(count_up() for _ in range(40)))
    assert await positions(database) == {"table": 40}


async def test_a_broken_rule_of_the_tables_is_no_operators_problem(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as connection:
            await connection.execute(cursors.insert(), [ROW, ROW])


async def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as connection:
            await connection.execute(text("INSERT INTO customer_telephones (number, customer_id) VALUES ('44', 1)"))


async def test_a_lock_held_too_long_is_reported_as_busy(database: Database, impatient: Database) -> None:
    async with database.transaction() as holder:
        await upsert(holder, cursors, [ROW])
        with pytest.raises(DatabaseBusy) as caught:
            async with impatient.transaction() as connection:
                await upsert(connection, cursors, [ROW])
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("url", ["sqlite:///{}/none.sqlite", "postgresql://a:hidden@/x?host={}"])
async def test_an_absent_database_is_reported_without_its_password(url: str, tmp_path: Path) -> None:
    database = Database(url.format(tmp_path))
    with pytest.raises(DatabaseUnavailable) as caught:
        await database.schema_version()
    assert caught.value.__cause__ is not None
    assert "hidden" not in str(caught.value)


async def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    path.write_text("these are not the rows you look for" * 100)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailable, match="not a database"):
        async with database.transaction() as connection:
            await upsert(connection, cursors, [ROW])
    await database.close()


async def test_a_full_disk_is_reported_and_nothing_is_kept(sqlite_database: Database) -> None:
    rows = [cursor_row(source=str(number), mark="x" * 64) for number in range(5000)]
    with pytest.raises(DiskFull):
        async with sqlite_database.transaction() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count={pages}"))
            await upsert(connection, cursors, rows)
    assert await positions(sqlite_database) == {}


@pytest.mark.database
async def test_a_server_that_closes_its_connections_is_reported_and_found_again(
    postgresql_databases: Any,
) -> None:
    database = Database(await asyncio.to_thread(postgresql_databases.migrated))
    with pytest.raises(DatabaseUnavailable):
        async with database.transaction() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert await positions(database) == {}
    await database.close()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_an_address_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="TRONCAL_DATABASE_URL"):
        Database(url)


async def test_missing_rows_are_inserted_and_others_left_alone(database: Database) -> None:
    async with database.transaction() as connection:
        await insert_missing(connection, cursors, [ROW])
        await insert_missing(connection, cursors, [cursor_row(position=9), cursor_row(source="file")])
        await insert_missing(connection, cursors, [])
    assert await positions(database) == {"table": 1, "file": 1}


async def test_upsert_overwrites_what_is_given_and_adds_what_is_asked(database: Database) -> None:
    async with database.transaction() as connection:
        await upsert(connection, cursors, [ROW, cursor_row(source="file")])
        await upsert(connection, cursors, [cursor_row(position=5)])
        await upsert(connection, cursors, [cursor_row(source="file", position=5)], add=("position",))
        await upsert(connection, cursors, [])
    assert await positions(database) == {"table": 5, "file": 6}


async def test_upsert_of_keys_alone_keeps_the_row(database: Database) -> None:
    row = {"node": "n", "restarted_us": 1, "interrupted_entries": 2}
    async with database.transaction() as connection:
        await upsert(connection, interruptions, [row])
        await upsert(connection, interruptions, [{**row, "interrupted_entries": 3}])
        found = await connection.execute(select(interruptions.c.interrupted_entries))
        assert found.scalars().all() == [3]


async def test_ten_thousand_rows_go_in_at_once(database: Database) -> None:
    rows = [
        {"node": "n", "member": "m", "kind": "paused", "queue": "q", "started_us": number} for number in range(10_000)
    ]
    async with database.transaction() as connection:
        await insert_missing(connection, agent_periods, rows)
        found = await connection.execute(select(func.count()).select_from(agent_periods))
        assert found.scalar_one() == 10_000


def test_the_database_works_on_uvloop(database_url: str) -> None:
    async def write_and_read() -> dict[str, int]:
        database = Database(database_url)
        async with database.transaction() as connection:
            await upsert(connection, cursors, [ROW])
        found = await positions(database)
        await database.close()
        return found

    assert uvloop.run(write_and_read()) == {"table": 1}


async def test_a_small_read_is_one_view_and_cannot_write(database: Database) -> None:
    async with database.transaction() as connection:
        await upsert(connection, cursors, [ROW])
    found = await database.read(lambda sync: sync.execute(select(cursors.c.position)).scalars().all())
    assert found == [1]
    with pytest.raises((DBAPIError, DatabaseUnavailable), match=r"read-?only"):
        await database.read(lambda sync: sync.execute(cursors.insert(), [cursor_row(source="file")]))


async def test_small_reads_side_by_side_do_not_mix(database: Database) -> None:
    async def echo(number: int) -> int:
        return await database.read(lambda sync: sync.execute(text(f"SELECT {number}")).scalar_one())

    assert await asyncio.gather(*(echo(number) for number in range(100))) == list(range(100))


async def test_a_small_read_of_an_absent_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="No such file"):
        await Database(f"sqlite:///{tmp_path / 'none'}").read(lambda sync: sync.execute(text("SELECT 1")))
