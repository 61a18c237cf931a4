"""A wire between a program and PostgreSQL that can fall silent: nothing passes, and nobody is told.

So does a firewall that forgets a connection, or a machine that hangs: nothing is refused and nothing is closed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, make_url


class SilentProxy:
    """Passes on what comes at 127.0.0.1 to a server's Unix socket, as long as it is not silent."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._speaks = asyncio.Event()
        self._speaks.set()

    def fall_silent(self) -> None:
        """What is open stays open for ever without a word; so does whatever is opened meanwhile."""
        self._speaks = asyncio.Event()

    def speak(self) -> None:
        """New connections are passed on again; those that fell silent are forgotten."""
        self._speaks = asyncio.Event()
        self._speaks.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        # The end of the test cancels those that are silent; asyncio's server takes that for a defect.
        with suppress(asyncio.CancelledError):
            await self._connect(reader, writer)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = self._speaks
        await wire.wait()
        server_reader, server_writer = await asyncio.open_unix_connection(self._server)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pass_on(wire, reader, server_writer))
            tasks.create_task(self._pass_on(wire, server_reader, writer))

    async def _pass_on(self, wire: asyncio.Event, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            if self._speaks is not wire:
                await asyncio.Event().wait()
            sink.write(data)
        sink.close()


@asynccontextmanager
async def silent_proxy(url: str) -> AsyncIterator[tuple[SilentProxy, str]]:
    """The proxy before the server of that address, and the address that leads through it."""
    behind = make_url(url)
    folder = str(behind.query["host"])
    proxy = SilentProxy(Path(folder) / f".s.PGSQL.{behind.port or 5432}")
    async with await asyncio.start_server(proxy.accept, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        through = URL.create("postgresql", behind.username, behind.password, "127.0.0.1", port, behind.database)
        yield proxy, through.render_as_string(hide_password=False)
