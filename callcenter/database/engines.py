"""Which database an address names, and how Troncal opens SQLite: pools and the options of each connection."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, PoolProxiedConnection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from callcenter.database.problems import BadAddress

WAIT_SECONDS = 5
READERS = 4
# A checkpoint costs the writer a hundredth of a second: SQLite makes one when its log has grown to 64 MB, and when the
# last connection closes.
WAL_PAGES_AT_MOST = 16_384


class Dialect(StrEnum):
    """The two databases Troncal runs on."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


def address(url: str) -> URL:
    """The SQLAlchemy URL with the driver Troncal uses. Raises BadAddress."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadAddress("TRONCAL_DATABASE_URL is no address like postgresql://user@host/name") from error
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        path = Path(parsed.database).expanduser().absolute()
        return URL.create("sqlite+aiosqlite", database=str(path))
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+asyncpg")
    raise BadAddress(f"TRONCAL_DATABASE_URL: {kind!r} is no database here; write sqlite:///FILE or postgresql://...")


def sqlite_lane_reader(url: URL, name: str, wait_seconds: float, connections: int) -> Engine:
    """Connections for threads that read, of a lane of that name."""
    return _of_lane(url, name, wait_seconds, connections, ("query_only=1",), "BEGIN")


def sqlite_lane_writer(url: URL, name: str, wait_seconds: float, foreign_keys: bool, wal_pages: int) -> Engine:
    """The connection of a thread that writes."""
    return _of_lane(url, name, wait_seconds, 1, _writing(foreign_keys, wal_pages), "BEGIN IMMEDIATE")


def _of_lane(url: URL, name: str, wait_seconds: float, connections: int, pragmas: Sequence[str], begin: str) -> Engine:
    existing = _existing(url).set(drivername="sqlite+pysqlite")
    engine = create_engine(existing, logging_name=name, **_sqlite_options(wait_seconds, connections))
    _on_each_connection(engine, pragmas, begin)
    return engine


def sqlite_writer(url: URL, wait_seconds: float, foreign_keys: bool, wal_pages: int) -> AsyncEngine:
    """A connection that writes; it takes SQLite's write lock when a transaction begins."""
    engine = create_async_engine(_existing(url), **_sqlite_options(wait_seconds, connections=1))
    _on_each_connection(engine.sync_engine, _writing(foreign_keys, wal_pages), begin="BEGIN IMMEDIATE")
    return engine


def _writing(foreign_keys: bool, wal_pages: int) -> tuple[str, ...]:
    return (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"foreign_keys={int(foreign_keys)}",
        f"wal_autocheckpoint={wal_pages}",
    )


def sqlite_reader(url: URL, wait_seconds: float) -> AsyncEngine:
    """Connections that cannot write."""
    engine = create_async_engine(_existing(url), **_sqlite_options(wait_seconds, READERS))
    _on_each_connection(engine.sync_engine, ("query_only=1",), begin="BEGIN")
    return engine


def _existing(url: URL) -> URL:
    """The same file, where a missing one is an error and not an empty database to make."""
    assert url.database is not None
    return url.set(database=Path(url.database).as_uri(), query={"mode": "rw", "uri": "true"})


def _sqlite_options(wait_seconds: float, connections: int) -> dict[str, Any]:
    return {
        "pool_size": connections,
        "max_overflow": 0,
        "pool_timeout": wait_seconds,
        # The driver must not begin transactions by itself; `timeout` is SQLite's busy_timeout.
        "connect_args": {"isolation_level": None, "timeout": wait_seconds},
    }


def _on_each_connection(engine: Engine, pragmas: Sequence[str], begin: str) -> None:
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        try:
            cursor = connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        except Exception:
            connection.close()  # ends its thread; the pool does not know of it yet
            raise

    def _begin(dbapi_connection: PoolProxiedConnection) -> None:
        cursor = dbapi_connection.cursor()
        cursor.execute(begin)
        cursor.close()

    # A listener, for this or for anything else, makes a small look-up half as dear again.
    engine.dialect.do_begin = _begin  # type: ignore[method-assign]
