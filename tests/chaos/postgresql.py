"""What happens to the records in PostgreSQL: the centre's settings say where."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress

import psutil
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from callcenter.database.engines import address
from tests.chaos.harms import Harm, calls_end
from tests.telephony.running_centre import RunningCentre

_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
_READ_ONLY, _WRITABLE = (
    f"ALTER DATABASE {{name}} SET default_transaction_read_only = {value}" for value in ("on", "off")
)
_CLOSED, _OPEN = (f"ALTER DATABASE {{name}} WITH ALLOW_CONNECTIONS {value}" for value in ("false", "true"))


def of_postgresql() -> Iterator[Harm]:
    """Locked by somebody else; a standby for a while; stopped; and there, but silent, as behind a firewall."""
    yield Harm("locked", "postgresql", lambda centre: asyncio.run(_locked(centre)))
    yield Harm("read-only", "postgresql", _between([_READ_ONLY, _OTHERS], [_WRITABLE, _OTHERS]))
    yield Harm("stopped", "postgresql", _between([_CLOSED, _OTHERS], [_OPEN]))
    yield Harm("silent", "postgresql", _silent)


def _url(centre: RunningCentre) -> str:
    return centre.settings["TRONCAL_DATABASE_URL"]


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    """To the server's own database, which no harm is done to."""
    server = make_url(url).set(database="postgres").render_as_string(hide_password=False)
    engine = create_async_engine(address(server), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


def _between(before: Sequence[str], after: Sequence[str]) -> Callable[[RunningCentre], None]:
    """Calls end between statements on the server."""

    async def execute(url: str, statements: Sequence[str]) -> None:
        async with _connected(url) as connection:
            for statement in statements:
                await connection.execute(text(statement.format(name=make_url(url).database)))

    def do(centre: RunningCentre) -> None:
        asyncio.run(execute(_url(centre), before))
        try:
            calls_end(centre)
        finally:
            asyncio.run(execute(_url(centre), after))

    return do


async def _locked(centre: RunningCentre) -> None:
    engine = create_async_engine(address(_url(centre)))
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE queue_entries IN ACCESS EXCLUSIVE MODE"))
        await asyncio.to_thread(calls_end, centre)
    await engine.dispose()


def _silent(centre: RunningCentre) -> None:
    with _suspended(asyncio.run(_server(_url(centre)))):
        calls_end(centre)


async def _server(url: str) -> psutil.Process:
    """The process that all others of the server descend from."""
    async with _connected(url) as connection:
        pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        parent = psutil.Process(pid).parent()
    assert parent is not None
    return parent


@contextmanager
def _suspended(server: psutil.Process) -> Iterator[None]:
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()
