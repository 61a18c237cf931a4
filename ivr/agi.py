"""The only door to FastAGI: Asterisk connects once for each script of a call, and does what the script says.

Asterisk gives up a connection that does not answer within a second or two (`TIMEOUT(absolute)` in the dialplan) and
carries the call on. So the first thing a connection does is to take that limit over, and each step sets it anew to
what the step may take at most: a process that freezes in mid-call keeps its caller no longer than that.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Self

from ivr import agi_wire
from ivr.agi_wire import Answer, BadHead, NotAllowed, Variables

log = logging.getLogger(__name__)

LIMIT = "TIMEOUT(absolute)"
KEYS = "TRONCAL_KEYS"
# What a step may take beyond the sounds it plays and the time it waits for keys.
LEASE_SECONDS = 8.0
SECONDS_A_SOUND = 12.0
HEAD_SECONDS, HEAD_BYTES = 2.0, 16_384
LONGEST_SECONDS = 900.0
MOST_CALLS = 300
LOOPBACK = ("127.0.0.1", "::1")


class CallerGone(Exception):
    """The caller hung up, or Asterisk gave the connection up: there is nobody to talk to."""


class AgiCall:
    """One script's hold of one call. Every method raises CallerGone when the caller is gone."""

    def __init__(self, variables: Variables, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.variables = variables
        self._reader, self._writer = reader, writer
        self._call: str | None = None

    async def get(self, name: str) -> str:
        """A channel variable; empty when it is not set. Raises NotAllowed."""
        return (await self._do(agi_wire.get_variable(name))).text

    async def set(self, name: str, value: str) -> None:
        """Set a channel variable. Raises NotAllowed for a value that could be more than a value."""
        await self._do(agi_wire.set_variable(name, value))

    async def lease(self, seconds: float = LEASE_SECONDS) -> None:
        """Asterisk waits so long for what comes next, and no longer."""
        await self.set(LIMIT, f"{seconds:g}")

    async def play(self, *sounds: str) -> None:
        """Play sounds to their end; keys are not heard meanwhile. Raises NotAllowed."""
        if sounds:
            await self.lease(LEASE_SECONDS + SECONDS_A_SOUND * len(sounds))
            await self._do(agi_wire.playback(sounds))
            await self.lease()

    async def ask(self, sounds: tuple[str, ...], most: int = 1, seconds: float = 5.0) -> str:
        """Play until a key is pressed and collect keys: `most` of them, or up to #, or until `seconds` of silence.

        Gives the keys without the #; empty for silence. Raises NotAllowed.
        """
        await self.lease(LEASE_SECONDS + SECONDS_A_SOUND * len(sounds) + seconds * (most + 1))
        await self._do(agi_wire.read(KEYS, sounds, most, seconds))
        keys = await self.get(KEYS)
        await self.lease()
        return keys

    async def ledger(self, verb: str, *fields: str, queue: str = "NONE") -> None:
        """A row of the ledger, of the call that this channel is. Raises NotAllowed."""
        if self._call is None:
            self._call = await self.get("TRONCAL_CALL") or self.variables.uniqueid
        await self._do(agi_wire.queue_log(queue, self._call, verb, fields))

    async def _do(self, command: str) -> Answer:
        try:
            self._writer.write(f"{command}\n".encode())
            await self._writer.drain()
            answer = await self._answered()
        except (OSError, asyncio.LimitOverrunError, ValueError) as error:
            raise CallerGone(str(error)) from error
        if answer.code == agi_wire.DEAD_CHANNEL or (answer.result < 0 and command.startswith("EXEC")):
            raise CallerGone(f"{command.split()[0]}: {answer.code}")
        if answer.code != 200:
            raise RuntimeError(f"Asterisk does not know {command[:80]!r}: {answer.code}")
        return answer

    async def _answered(self) -> Answer:
        """The next line that is an answer; a usage text has several lines and ends with one of code 520."""
        while True:
            line = (await self._reader.readline()).decode("utf-8", "replace")
            if not line or line.strip() == agi_wire.HANGUP_LINE:
                raise CallerGone("the connection ended")
            found = agi_wire.answer(line)
            if found is not None and line[3:4] != "-":
                return found


Script = Callable[[AgiCall], Awaitable[None]]


class AgiServer:
    """Listens for Asterisk and runs a script for each connection. Use as `async with`.

    `peers` are the addresses that may connect. Over `most` calls at once a connection is closed unread, so that the
    dialplan goes on without it at once.
    """

    def __init__(
        self,
        host: str,
        port: int,
        scripts: Mapping[str, Script],
        *,
        peers: tuple[str, ...] = LOOPBACK,
        most: int = MOST_CALLS,
        head_seconds: float = HEAD_SECONDS,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        self._host, self._wished, self._scripts = host, port, scripts
        self._peers, self._most = peers, most
        self._head_seconds, self._longest_seconds = head_seconds, longest_seconds
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, self._host, self._wished, limit=HEAD_BYTES)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for call in tuple(self._calls):
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def calls(self) -> int:
        """How many connections there are now."""
        return len(self._calls)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        task = asyncio.current_task()
        assert task is not None
        try:
            if peer is None or peer[0] not in self._peers:
                log.warning("a connection from %s is refused", peer)
            elif len(self._calls) >= self._most:
                log.error("%d calls are being served, another one is sent on without us", len(self._calls))
            else:
                self._calls.add(task)
                async with asyncio.timeout(self._longest_seconds):
                    await self._serve(reader, writer)
        except (CallerGone, OSError):
            pass  # a caller may hang up at any moment, and Asterisk carries the call on without us
        except TimeoutError:
            log.warning("a call took longer than %g s and is sent on", self._longest_seconds)
        finally:
            self._calls.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._head_seconds):
                variables = await _head(reader)
        except TimeoutError:
            log.warning("a connection said nothing for %g s", self._head_seconds)
            return
        except BadHead as error:
            log.warning("a connection that is no AGI: %s", error)
            return
        if variables is None:
            return
        script = self._scripts.get(variables.script)
        if script is None:
            log.error("there is no script %r", variables.script[:60])
            return
        await self._run(script, AgiCall(variables, reader, writer))

    async def _run(self, script: Script, call: AgiCall) -> None:
        try:
            await call.lease()
            await script(call)
        except (CallerGone, TimeoutError):
            raise
        except Exception:
            # Whatever a script did not think of: the dialplan finds no result and leads the caller to a person.
            log.exception("script %s failed in call %s", call.variables.script, call.variables.uniqueid)


async def _head(reader: asyncio.StreamReader) -> Variables | None:
    """The head of a connection; None when the client closed it without a word. Raises BadHead."""
    lines: list[str] = []
    size = 0
    while True:
        try:
            line = await reader.readline()
        except ValueError as error:
            raise BadHead("a line without end") from error
        size += len(line)
        if size > HEAD_BYTES:
            raise BadHead("too long")
        if not line:
            if lines:
                raise BadHead("it ended in the middle")
            return None
        if line in (b"\n", b"\r\n"):
            return agi_wire.variables(lines)
        lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))


__all__ = ["AgiCall", "AgiServer", "CallerGone", "NotAllowed", "Script", "Variables"]
