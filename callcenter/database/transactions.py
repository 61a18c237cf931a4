"""The database: SQLite in the state folder or PostgreSQL, by one setting. The records' one door: commits are here.

SQLite has one writer: its connection takes the write lock when a transaction begins, so a wait for the
lock happens there and nowhere else, and readers on their own connections see the last committed state. Whoever waits
reads in another lane than what takes long (`callcenter.database.lanes`).
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.database import engines
from callcenter.database.engines import Dialect
from callcenter.database.lanes import LONG_READS_AT_ONCE, LongReadTurns, SqliteLanes, limit_statements
from callcenter.database.postgresql import ANSWER_SECONDS, DRIVER_ERRORS, GRACE_SECONDS, postgresql_engine
from callcenter.database.problems import (
    DatabaseBusy,
    DatabaseUnavailable,
    ReadTooLong,
    SchemaMismatch,
    is_doubtful,
    problem_of,
)
from callcenter.records import SCHEMA_VERSION

Row = Mapping[str, Any]
T = TypeVar("T")

LONG_READ_SECONDS = 30.0
CONNECTIONS = 10
# A report of a month of ten million entries takes minutes; nobody waits longer than this for one.
REPORT_SECONDS = 1800.0


class Database:
    """Connections to one database, opened when first needed.

    Raises BadAddress for an address that is neither SQLite nor PostgreSQL. Every method that touches
    the database raises DatabaseUnavailable, DatabaseBusy or DiskFull. A connection on which anything failed but a
    constraint is closed, and the next use makes another.

    `wait_seconds`: for a lock, a connection of the pool or a new one. `answer_seconds`: for each statement on
    PostgreSQL but those of `long_read`; a server that is later is silent. None: no limit, for changes of the tables.
    `wal_pages`: after so many that SQLite has logged, a commit here makes the checkpoint.
    """

    def __init__(
        self,
        url: str,
        *,
        wait_seconds: float = engines.WAIT_SECONDS,
        answer_seconds: float | None = ANSWER_SECONDS,
        foreign_keys: bool = True,
        wal_pages: int = engines.WAL_PAGES_AT_MOST,
    ) -> None:
        self._url = engines.address(url)
        self.dialect = Dialect(self._url.get_backend_name())
        self._lanes: SqliteLanes | None = None
        self._long_read_turns = LongReadTurns()
        if self.dialect is Dialect.SQLITE:
            self._writer = engines.sqlite_writer(self._url, wait_seconds, foreign_keys, wal_pages)
            self._reader = self._long_reader = engines.sqlite_reader(self._url, wait_seconds)
            self._lanes = SqliteLanes(self._url, wait_seconds, foreign_keys, wal_pages)
        else:
            self._writer = postgresql_engine(self._url, wait_seconds, answer_seconds, CONNECTIONS)
            self._reader = _read_only(self._writer)
            self._long_reader = _read_only(postgresql_engine(self._url, wait_seconds, None, LONG_READS_AT_ONCE))

    def __str__(self) -> str:
        return self._url.render_as_string(hide_password=True)

    @property
    def sql_dialect(self) -> Any:
        """What statements are compiled for."""
        return self._writer.dialect

    @property
    def address(self) -> str:
        """The address with its password: for a process of our own, and for no command line and no log."""
        return self._url.render_as_string(hide_password=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """All or nothing: committed at the end of the block, rolled back when it raises."""
        async with self._connected(self._writer) as connection:
            yield connection
            await connection.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One unchanging view of what was committed. Writing in it fails."""
        async with self._connected(self._reader) as connection:
            yield connection

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` makes of one unchanging view: for small look-ups that must be quick.

        `work` may execute several statements and nothing else; each finds its few rows by an index, whatever the
        tables have grown to. On SQLite the whole of it is one trip to a thread, where each statement of `reading()`
        takes four.
        """
        if self._lanes is None:
            async with self.reading() as connection:
                return await connection.run_sync(work)
        with self._as_operator_problems():
            self._look_for_the_file()
            return await self._lanes.quick_reads.do(work)

    async def long_read(self, work: Callable[[Connection], T], *, limit_seconds: float = LONG_READ_SECONDS) -> T:
        """The same for what may take long: searches, lists, reports. Nobody's look-up waits for it.

        A few go on at once, the others wait for their turn. Raises ReadTooLong when the limit is over,
        DatabaseBusy when it is before there was a turn. A task that is cancelled ends its read, too.
        """
        async with self._long_read_turns.turn(limit_seconds) as seconds:
            if self._lanes is None:
                return await self._long_read(work, seconds)
            with self._as_operator_problems(of_long_read=True):
                self._look_for_the_file()
                return await self._lanes.long_read(work, seconds)

    async def _long_read(self, work: Callable[[Connection], T], seconds: float) -> T:
        """On PostgreSQL, whose own limit it is; a server that does not keep it is silent."""
        try:
            async with (
                asyncio.timeout(seconds + GRACE_SECONDS),
                self._connected(self._long_reader, of_long_read=True) as connection,
            ):
                await limit_statements(connection, seconds)
                return await connection.run_sync(work)
        except TimeoutError as error:
            raise DatabaseUnavailable(f"{self} does not answer") from error

    async def write(self, work: Callable[[Connection], T]) -> T:
        """What `work` makes of one transaction: for what is committed many times a second.

        All or nothing, as `transaction()`; on SQLite the whole of it is one trip to a thread. When the awaiting
        task is cancelled meanwhile, the transaction is finished all the same.
        """
        if self._lanes is None:
            async with self.transaction() as connection:
                return await connection.run_sync(work)
        with self._as_operator_problems():
            self._look_for_the_file()
            return await self._lanes.writes.do(lambda connection: _transaction(connection, work))

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine, *, of_long_read: bool = False) -> AsyncIterator[AsyncConnection]:
        # The stack gives the connection back also when the task is cancelled a second time meanwhile.
        with self._as_operator_problems(of_long_read=of_long_read):
            async with AsyncExitStack() as stack:
                connection = await self._connect(engine, stack)
                try:
                    yield connection
                except DBAPIError as error:
                    if is_doubtful(error):
                        await connection.invalidate(error)
                    raise

    async def _connect(self, engine: AsyncEngine, stack: AsyncExitStack) -> AsyncConnection:
        self._look_for_the_file()
        try:
            return await stack.enter_async_context(engine.connect())
        except PoolExhausted:
            raise
        except (OSError, SQLAlchemyError, *DRIVER_ERRORS) as error:
            # Nothing was asked of it yet: whatever it is, it is the fault of no statement.
            said, kind = (error.orig, problem_of(error)) if isinstance(error, DBAPIError) else (error, None)
            raise (kind or DatabaseUnavailable)(f"{self} cannot be reached: {str(said) or 'no answer'}") from error

    def _look_for_the_file(self) -> None:
        if self.dialect is Dialect.SQLITE and self._url.database:
            try:
                os.stat(self._url.database)  # noqa: PTH116 - before every look-up: a Path costs three times as much
            except OSError as error:
                raise DatabaseUnavailable(f"{self} cannot be reached: {error}") from error

    @contextmanager
    def _as_operator_problems(self, *, of_long_read: bool = False) -> Iterator[None]:
        try:
            yield
        except PoolExhausted as error:
            raise DatabaseBusy(f"{self}: no connection became free") from error
        except DBAPIError as error:
            kind = problem_of(error)
            if kind is None:
                raise
            if kind is ReadTooLong and not of_long_read:
                kind = DatabaseBusy  # the server's limit for any statement
            raise kind(f"{self}: {error.orig}") from error

    async def schema_version(self) -> str | None:
        """The revision the tables are at; None when there are none yet."""
        async with self.reading() as connection:
            if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
                return None
            found = await connection.execute(text("SELECT version_num FROM alembic_version"))
            return found.scalar_one_or_none()

    async def require_current_schema(self) -> None:
        """Raise SchemaMismatch unless the tables are those of this program."""
        found = await self.schema_version()
        if found is not None and found > SCHEMA_VERSION:
            raise SchemaMismatch(
                f"{self} was made by a newer Troncal (schema {found}, this program knows {SCHEMA_VERSION}): "
                "install that version or restore the backup made before its upgrade"
            )
        if found != SCHEMA_VERSION:
            raise SchemaMismatch(
                f"{self} has schema {found or 'none'}, this program needs {SCHEMA_VERSION}: run `troncal db upgrade`"
            )

    def create(self) -> None:
        """Make an empty SQLite file, its owner's only, where there is none. Nothing for PostgreSQL."""
        if self.dialect is Dialect.SQLITE and self._url.database:
            path = Path(self._url.database)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o600)
            except OSError as error:
                raise DatabaseUnavailable(f"{self} cannot be made: {error}") from error

    async def close(self) -> None:
        """Close every connection. The database may be used again afterwards."""
        await self._writer.dispose()
        await self._reader.dispose()
        await self._long_reader.dispose()
        if self._lanes is not None:
            self._lanes.close()


def _read_only(engine: AsyncEngine) -> AsyncEngine:
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _transaction(connection: Connection, work: Callable[[Connection], T]) -> T:
    """All or nothing, for a connection that is used in another thread."""
    made = work(connection)
    connection.commit()
    return made


async def insert_missing(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows whose key is not there yet and leave the others alone. Rows have equal columns."""
    if rows:
        await connection.execute(_insert_missing(table, connection.dialect.name), rows)


def put_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """`insert_missing` for `Database.write`. How many were missing."""
    return connection.execute(_insert_missing(table, connection.dialect.name), rows).rowcount if rows else 0


def put(connection: Connection, table: Table, rows: Sequence[Row], *, if_same: str | None = None) -> None:
    """`upsert` for `Database.write`. `if_same`: a row that differs in this column is left as it is."""
    if rows:
        connection.execute(upsert_statement(table, connection.dialect.name, tuple(rows[0]), (), if_same), rows)


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Row], *, add: tuple[str, ...] = ()) -> None:
    """Insert rows, or overwrite those with the same primary key; columns in `add` are summed instead.

    All rows have the columns of the first one. Columns that are not in them stay as they are.
    """
    if rows:
        await connection.execute(upsert_statement(table, connection.dialect.name, tuple(rows[0]), add), rows)


def _insert(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == Dialect.SQLITE else postgresql.insert(table)


@lru_cache(maxsize=128)
def _insert_missing(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    return _insert(table, dialect).on_conflict_do_nothing()


@lru_cache(maxsize=256)
def upsert_statement(
    table: Table, dialect: str, columns: tuple[str, ...], add: tuple[str, ...], if_same: str | None = None
) -> sqlite.Insert | postgresql.Insert:
    """An insert that overwrites what has the same primary key."""
    statement = _insert(table, dialect)
    key = [column.name for column in table.primary_key.columns]
    new = {name: statement.excluded[name] for name in columns if name not in key}
    summed = {name: table.c[name] + statement.excluded[name] for name in add}
    if not new:
        return statement.on_conflict_do_nothing(index_elements=key)
    same = None if if_same is None else table.c[if_same] == statement.excluded[if_same]
    return statement.on_conflict_do_update(index_elements=key, set_={**new, **summed}, where=same)
