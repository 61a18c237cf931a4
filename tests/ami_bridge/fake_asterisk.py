"""A fake Asterisk that speaks AMI on a loopback socket, and misbehaves where a test wants it to.

It knows what the tests need: banner, login, FullyBooted, ping, two lists, and whatever is scripted. Every
action that reached it is in `actions`; `connections` and `logins` count.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.ami_bridge.ami_text import BANNER, block, event

Reply = Callable[[dict[str, str]], bytes]


@dataclass
class FakeAsterisk:
    """What it does: set before or while a client is connected."""

    secret: str = "right"
    answers_pings: bool = True
    boots: bool = True
    greets: bool = True
    replies: dict[str, Reply] = field(default_factory=dict)
    actions: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0
    logins: int = 0
    port: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FakeAsterisk"]:
        """Listens on a port of the system's choice until the end of the block."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.drop()
            await server.wait_closed()

    def say(self, data: bytes) -> None:
        """Writes bytes to every client in one write, as Asterisk does with an event."""
        for writer in self._writers:
            writer.write(data)

    def hang_up(self) -> None:
        """Closes every connection once everything is sent."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    def drop(self) -> None:
        """Closes every connection at once."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def until(self, condition: Callable[["FakeAsterisk"], bool]) -> None:
        """Waits for a condition on this object."""
        async with self._changed:
            await self._changed.wait_for(lambda: condition(self))

    def names(self) -> list[str]:
        """The names of the actions that came, without pings and logins."""
        return [each["Action"] for each in self.actions if each["Action"] not in ("Ping", "Login")]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        await self._tell()
        if self.greets:
            writer.write(BANNER)
        try:
            while True:
                await self._act(await reader.readuntil(b"\r\n\r\n"), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        except asyncio.CancelledError:
            writer.transport.abort()

    async def _act(self, text: bytes, writer: asyncio.StreamWriter) -> None:
        action = dict(line.split(": ", 1) for line in text.decode().split("\r\n") if line)
        self.actions.append(action)
        writer.write(self._reply(action))
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _reply(self, action: dict[str, str]) -> bytes:
        name = action["Action"]
        if name in self.replies:
            return self.replies[name](action)
        if name == "Login":
            return self._login(action)
        if name == "Ping":
            return answer(action, Ping="Pong") if self.answers_pings else b""
        if name == "QueueStatus":
            return queue_status(action, members=())
        if name == "CoreShowChannels":
            return no_channels(action)
        return answer(action, Message="ok")

    def _login(self, action: dict[str, str]) -> bytes:
        self.logins += 1
        if action["Secret"] != self.secret:
            return answer(action, status="Error", Message="Authentication failed")
        boot = event("FullyBooted", {"Uptime": "9", "LastReload": "9"}, kind="system", at="")
        return answer(action, Message="Authentication accepted") + (boot if self.boots else b"")


def answer(action: dict[str, str], *, status: str = "Success", **headers: str) -> bytes:
    """A response to the action."""
    return block({"Response": status, "ActionID": action["ActionID"]} | headers)


def denied(action: dict[str, str]) -> bytes:
    """To a user who may not."""
    return answer(action, status="Error", Message="Permission denied")


def no_channels(action: dict[str, str]) -> bytes:
    """The answer to CoreShowChannels of an Asterisk without calls."""
    end = {"Event": "CoreShowChannelsComplete", "EventList": "Complete", "ListItems": "0"}
    return answer(action, EventList="start", Message="follows") + block(end | {"ActionID": action["ActionID"]})


def silence(_: dict[str, str]) -> bytes:
    """No answer at all."""
    return b""


MEMBER = {"Queue": "q101", "Name": "Ana", "Location": "PJSIP/1001"}


def queue_status(action: dict[str, str], members: tuple[dict[str, str], ...] = (MEMBER,)) -> bytes:
    """A whole answer to QueueStatus: one queue and these memberships in it."""
    mine = {"ActionID": action["ActionID"]}
    params = {"Event": "QueueParams", "Queue": "q101", "Max": "0", "Strategy": "rrmemory", "Calls": "0"}
    end = {"Event": "QueueStatusComplete"} | mine | {"EventList": "Complete", "ListItems": str(1 + len(members))}
    start = answer(action, EventList="start", Message="Queue status will follow")
    rows = b"".join(block({"Event": "QueueMember"} | member | mine) for member in members)
    return start + block(params | mine) + rows + block(end)
