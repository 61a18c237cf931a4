"""A connection that failed, or whose server is silent, is never used again, and nobody waits for it for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, func, make_url, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from callcenter.database.engines import address
from callcenter.database.problems import DatabaseBusy, DatabaseProblem, DatabaseUnavailable
from callcenter.database.transactions import Database
from callcenter.records.ledger import cursors
from tests.callcenter.database.silent_proxy import SilentProxy, silent_proxy
from tests.conftest import Databases

pytestmark = pytest.mark.database
ROW = {"node": "central", "source": "table", "mark": "a", "position": 1}
# Far beyond every limit of the connection; where there is none the test fails by this.
AT_MOST_SECONDS = 30


def insert(connection: Connection) -> None:
    connection.execute(cursors.insert(), [ROW])


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(cursors)).scalar_one()


async def write(database: Database) -> None:
    await database.write(insert)


async def transact(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.run_sync(insert)


async def read(database: Database) -> None:
    await database.read(count)


async def view(database: Database) -> None:
    async with database.reading() as connection:
        await connection.run_sync(count)


async def long_read(database: Database) -> None:
    await database.long_read(count, limit_seconds=0.5)


Use = Callable[[Database], Awaitable[None]]
WRITES: tuple[Use, ...] = (write, transact)
USES: tuple[Use, ...] = (*WRITES, read, view, long_read)


@pytest.fixture
async def sqlite(sqlite_databases: Databases) -> AsyncIterator[Database]:
    opened = Database(await asyncio.to_thread(sqlite_databases.migrated))
    yield opened
    await opened.close()


def become_read_only(connection: Connection) -> None:
    """As SQLite opens a file whose disk is mounted for reading: the connection stays so when the disk does not."""
    connection.exec_driver_sql("PRAGMA query_only=1")


async def make_read_only(database: Database, use: Use) -> None:
    if use is write:
        await database.write(become_read_only)
    else:
        async with database.transaction() as connection:
            await connection.run_sync(become_read_only)


@pytest.mark.parametrize("use", WRITES)
async def test_a_connection_that_was_opened_for_reading_only_does_not_outlive_its_first_failure(
    sqlite: Database, use: Use
) -> None:
    await make_read_only(sqlite, use)
    with pytest.raises(DatabaseUnavailable, match="readonly"):
        await use(sqlite)
    await use(sqlite)
    assert await sqlite.read(count) == 1


@dataclass
class Wire:
    """A database through a wire that can fall silent."""

    proxy: SilentProxy
    database: Database


@pytest.fixture
async def wire(postgresql_databases: Databases) -> AsyncIterator[Wire]:
    url = await asyncio.to_thread(postgresql_databases.migrated)
    async with silent_proxy(url) as (proxy, through):
        database = Database(through, wait_seconds=0.5, answer_seconds=0.5)
        yield Wire(proxy, database)
        async with asyncio.timeout(AT_MOST_SECONDS):
            await database.close()


@pytest.mark.parametrize("use", USES)
async def test_a_server_that_is_silent_is_reported_and_found_again(wire: Wire, use: Use) -> None:
    await wire.database.read(count)
    wire.proxy.fall_silent()
    async with asyncio.timeout(AT_MOST_SECONDS):
        with pytest.raises(DatabaseUnavailable):
            await use(wire.database)
        wire.proxy.speak()
        await use(wire.database)


async def test_a_server_that_falls_silent_in_the_middle_of_a_transaction_is_reported(wire: Wire) -> None:
    async with asyncio.timeout(AT_MOST_SECONDS):
        with pytest.raises(DatabaseUnavailable, match="does not answer"):
            async with wire.database.transaction() as connection:
                await connection.run_sync(insert)
                wire.proxy.fall_silent()
                await connection.run_sync(count)
        wire.proxy.speak()
        assert await wire.database.read(count) == 0


async def test_what_a_firewall_has_forgotten_is_noticed_before_it_is_used(wire: Wire) -> None:
    """Every idle connection of the pool is silent; the caller gets a new one, and no error."""
    await asyncio.gather(*(wire.database.read(count) for _ in range(5)))
    wire.proxy.fall_silent()
    wire.proxy.speak()
    async with asyncio.timeout(AT_MOST_SECONDS):
        for use in USES:
            await use(wire.database) if use is not transact else None


async def test_a_silent_server_does_not_keep_the_program_from_ending(wire: Wire) -> None:
    await asyncio.gather(*(wire.database.read(count) for _ in range(3)))
    wire.proxy.fall_silent()
    async with asyncio.timeout(AT_MOST_SECONDS):
        await wire.database.close()


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(wire: Wire) -> None:
    with pytest.raises(DatabaseBusy):
        await wire.database.read(lambda connection: connection.execute(text("SELECT pg_sleep(60)")).all())
    await wire.database.read(count)


async def test_a_long_read_is_not_held_to_the_limit_of_a_look_up(wire: Wire) -> None:
    seconds = "SELECT pg_sleep(1)"
    assert await wire.database.long_read(lambda connection: len(connection.execute(text(seconds)).all())) == 1


async def test_a_standby_is_an_operators_problem_and_not_a_defect(postgresql_databases: Databases) -> None:
    database = Database(await asyncio.to_thread(postgresql_databases.migrated))
    with pytest.raises(DatabaseProblem, match="read-only"):
        async with database.transaction() as connection:
            await connection.execute(text("SET TRANSACTION READ ONLY"))
            await connection.run_sync(insert)
    await write(database)
    await database.close()


_CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
_CLOSED, _OPEN = (f"ALTER DATABASE {{name}} WITH ALLOW_CONNECTIONS {allowed}" for allowed in ("false", "true"))


async def on_server(url: str, *statements: str) -> None:
    """By a connection to the server's own database."""
    server = make_url(url).set(database="postgres").render_as_string(hide_password=False)
    engine = create_async_engine(address(server), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement.format(name=make_url(url).database)))
    await engine.dispose()


async def test_a_server_that_cuts_everybody_off_and_lets_nobody_in_is_an_operators_problem(
    postgresql_databases: Databases,
) -> None:
    """Whatever it does in the middle of whatever word: its code, or that the driver loses its way, is no defect."""
    url = await asyncio.to_thread(postgresql_databases.migrated)
    database, is_over, problems = Database(url), False, set[type[DatabaseProblem]]()

    async def read_on() -> None:
        while not is_over:
            try:
                await database.read(count)
            except DatabaseProblem as problem:
                problems.add(type(problem))

    reading = [asyncio.create_task(read_on()) for _ in range(12)]
    for _ in range(4):
        await on_server(url, _CUT_OFF, _CUT_OFF, _CLOSED, _CUT_OFF)
        await on_server(url, _OPEN)
    is_over = True
    async with asyncio.timeout(AT_MOST_SECONDS):
        await asyncio.gather(*reading)
    assert problems == {DatabaseUnavailable}
    assert await database.read(count) == 0
    await database.close()
