"""One FastAGI connection: its head, commands and answers one at a time, and what a script may do with its call.

A protocol of asyncio and nothing above it: a call costs some dozens of these exchanges, all of them short.
"""

import asyncio
from collections.abc import Callable
from enum import Enum, auto
from typing import cast

from ivr.agi import wire
from ivr.agi.sound_lengths import usual_seconds
from ivr.agi.wire import AgiReply, BadHead, Variables

LIMIT = "TIMEOUT(absolute)"
KEYS = "TRONCAL_KEYS"
# What a step may take beyond the sounds it plays and the time it waits for keys, and what a key takes.
LEASE_SECONDS = 8.0
SECONDS_A_KEY = 2.0
# What Asterisk may be late with its answer after it should have ended the call.
GRACE_SECONDS, LOOK_SECONDS = 5.0, 5.0
MOST_BYTES = 16_384
# Between two parts of a long announcement; whoever presses a key then has interrupted it.
_BREATH_SECONDS = 0.1


class CallerGone(Exception):
    """The caller hung up, or Asterisk gave the connection up: there is nobody to play anything to."""


class UnknownToAsterisk(Exception):
    """Asterisk does not know the command or the application: its configuration lacks a module."""


class ConnectionStage(Enum):
    """How far a connection is."""

    HEAD = auto()
    COMMANDS = auto()
    GONE = auto()


class AgiConnection(asyncio.Protocol):
    """The text of one connection.

    `on_open` says whether it is accepted; `on_head` gets its variables, or what was wrong with them (None: it closed
    without a word); `on_gone` is called once at its end. None of them waits.
    """

    def __init__(
        self,
        on_open: Callable[["AgiConnection", object], bool],
        on_head: Callable[["AgiConnection", Variables | BadHead | None], None],
        on_gone: Callable[["AgiConnection"], None],
    ) -> None:
        self._on_open, self._on_head, self._on_gone = on_open, on_head, on_gone
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._stage, self._received = ConnectionStage.HEAD, b""
        self._asked: asyncio.Future[AgiReply] | None = None
        self._answer_due = 0.0
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asterisk, or somebody else."""
        # uvloop's transports are none of asyncio's by inheritance.
        self._transport = cast(asyncio.Transport, transport)
        if not self._on_open(self, transport.get_extra_info("peername")):
            self._stage = ConnectionStage.GONE
            transport.close()

    def data_received(self, data: bytes) -> None:
        """A piece of the head or of an answer."""
        if self._stage is ConnectionStage.GONE:
            return
        self._received = self._received + data if self._received else data
        if self._stage is ConnectionStage.HEAD:
            self._read_head()
        else:
            self._read_answers()
        if len(self._received) > MOST_BYTES:
            self._spoilt("a line or a head without end")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Asterisk closed it, or we did."""
        if self._stage is ConnectionStage.HEAD:
            self._on_head(self, BadHead("it ended in the middle") if self._received else None)
        self._stage = ConnectionStage.GONE
        self._stop_looking()
        self._fail("the connection ended")
        self._on_gone(self)

    def close(self) -> None:
        """End it; Asterisk goes on in the dialplan."""
        self._stage = ConnectionStage.GONE
        if self._transport is not None:
            self._transport.close()

    async def do(self, command: str, seconds: float) -> AgiReply:
        """One command and its answer, within so many seconds. Raises CallerGone, NotAllowed."""
        if self._stage is not ConnectionStage.COMMANDS or self._transport is None:
            raise CallerGone("the connection ended")
        line = wire.line(command)
        self._asked = self._loop.create_future()
        self._transport.write(line)
        self._answer_due = self._loop.time() + seconds
        if self._watch is None:
            self._look()
        try:
            return await self._asked
        except asyncio.CancelledError:
            # The answer to this would be taken for the answer to the next command.
            self.close()
            raise

    def _look(self) -> None:
        """Now and then, whether an answer is overdue: cheaper than a timer for each."""
        waits = self._asked is not None and not self._asked.done()
        if waits and self._loop.time() > self._answer_due:
            self._spoilt("no answer in time")
        elif self._stage is not ConnectionStage.GONE:
            self._watch = self._loop.call_later(LOOK_SECONDS, self._look)

    def _stop_looking(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    def _read_head(self) -> None:
        text = self._received.replace(b"\r\n", b"\n") if b"\r" in self._received else self._received
        head, end, rest = text.partition(b"\n\n")
        if not end:
            return
        self._received, self._stage = b"", ConnectionStage.COMMANDS
        self._on_head(self, _variables(head) if not rest else BadHead("it goes on unasked"))

    def _read_answers(self) -> None:
        *lines, self._received = self._received.split(b"\n")
        for line in lines:
            self._read(line.decode("utf-8", "replace"))

    def _read(self, line: str) -> None:
        """An answer, the end of a usage text, which is one, or nothing that matters."""
        if line.strip() == wire.HANGUP_LINE:
            self._spoilt("the caller hung up")
            return
        found = wire.answer(line)
        if found is None or line[3:4] == "-":
            return
        if self._asked is None or self._asked.done():
            self._spoilt("an answer that nobody asked for")
        else:
            self._asked.set_result(found)

    def _spoilt(self, why: str) -> None:
        """Nothing that comes now can be trusted."""
        self._fail(why)
        if self._stage is ConnectionStage.HEAD:
            self._on_head(self, BadHead(why))
        self.close()

    def _fail(self, why: str) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(CallerGone(why))


def _variables(head: bytes) -> Variables | BadHead:
    try:
        return wire.variables(head.decode("utf-8", "replace").split("\n"))
    except BadHead as problem:
        return problem


class AgiCall:
    """One call, as its script acts on it. Every method raises CallerGone when the caller is gone.

    What is sent is checked first, and what may not go to Asterisk raises NotAllowed.
    """

    def __init__(
        self, variables: Variables, connection: AgiConnection, seconds_of: Callable[[str], float] = usual_seconds
    ) -> None:
        self.variables = variables
        self._connection, self._seconds_of = connection, seconds_of
        self._call: str | None = None
        self._leased = LEASE_SECONDS

    async def get(self, name: str) -> str:
        """A channel variable; empty when it is not set."""
        return (await self._do(wire.get_variable(name))).text

    async def set(self, name: str, value: str) -> None:
        """Set a channel variable."""
        await self._do(wire.set_variable(name, value))

    async def lease(self, seconds: float = LEASE_SECONDS) -> None:
        """How long Asterisk waits for what comes next."""
        await self.set(LIMIT, f"{seconds:.1f}")
        self._leased = seconds

    async def play(self, *sounds: str) -> None:
        """Play sounds to their end; keys are not heard meanwhile."""
        for part in wire.parts(sounds):
            await self.lease(LEASE_SECONDS + sum(map(self._seconds_of, part)))
            await self._do(wire.playback(part))
        if sounds:
            await self.lease()

    async def ask(self, sounds: tuple[str, ...], most: int = 1, seconds: float = 5.0) -> str:
        """Play until a key is pressed and collect keys: `most` of them, or up to #, or until `seconds` of silence.

        Gives the keys without the #; empty for silence. Of a single key that is asked for, # is one like the others.
        """
        *before, last = wire.parts(sounds) or [()]
        first = ""
        for part in before:
            first = first or await self._read(part, 1, _BREATH_SECONDS)
        if not first:
            keys = await self._read(last, most, seconds)
        elif most == 1 or first == "#":
            keys = first if most == 1 else ""
        else:
            keys = first + await self._read((), most - 1, seconds)
        await self.lease()
        return keys

    async def ledger(self, verb: str, *fields: str, queue: str = "NONE") -> None:
        """A row of the ledger, of this channel's call."""
        if self._call is None:
            self._call = await self.get("TRONCAL_CALL") or self.variables.uniqueid
        await self._do(wire.queue_log(queue, self._call, verb, fields))

    async def _read(self, sounds: tuple[str, ...], most: int, seconds: float) -> str:
        keys = seconds * min(most, 2) + SECONDS_A_KEY * (most - 1)
        await self.lease(LEASE_SECONDS + sum(map(self._seconds_of, sounds)) + keys)
        await self._do(wire.read(KEYS, sounds, most, seconds))
        return await self.get(KEYS)

    async def _do(self, command: str) -> AgiReply:
        answer = await self._connection.do(command, self._leased + GRACE_SECONDS)
        if answer.code == wire.OK and answer.result >= 0:
            return answer
        if answer.code == wire.DEAD_CHANNEL or answer.result == wire.FAILED:
            raise CallerGone(f"{command.split()[0]}: {answer.code} {answer.result}")
        raise UnknownToAsterisk(f"{command[:80]!r}: {answer.code} {answer.result}")
