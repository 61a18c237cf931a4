"""The only door to FastAGI: Asterisk connects once for each script of a call, and does what the script says.

Asterisk gives up a connection that does not answer within a second or two (`TIMEOUT(absolute)` in the dialplan) and
the call goes on. So a connection first takes that limit over, and each step sets it anew to what the step may take at
most: a process that freezes in mid-call keeps its caller no longer than that.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self

from ivr.agi.proof import proven
from ivr.agi.session import AgiCall, AgiConnection, CallerGone
from ivr.agi.sound_lengths import usual_seconds
from ivr.agi.wire import BadHead, Variables

log = logging.getLogger(__name__)

HEAD_SECONDS = 2.0
LONGEST_SECONDS = 900.0
MOST_CALLS = 300
# One line in so many seconds says that strangers connect; more would let them fill the disk.
STRANGERS_SECONDS = 60.0
LOOPBACK = ("127.0.0.1", "::1")
Script = Callable[[AgiCall], Awaitable[None]]


@dataclass(slots=True)
class _Guest:
    """An accepted connection: the limit it is under, and its script once that runs."""

    limit: asyncio.TimerHandle
    script: "asyncio.Task[None] | None" = None
    late: bool = False


class _Strangers:
    """Tells them from Asterisk, and logs them now and then."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._refused, self._quiet_until = 0, 0.0

    def let_in(self, head: Variables, now: float) -> bool:
        """Whether our dialplan sent this."""
        if proven(self._secret, head):
            return True
        self._refused += 1
        if now >= self._quiet_until:
            log.warning(
                "%d requests without Asterisk's proof are refused, the last for script %r: somebody else's, "
                "or Asterisk runs with another TRONCAL_AGI_SECRET",
                *(self._refused, head.script[:60]),
            )
            self._refused, self._quiet_until = 0, now + STRANGERS_SECONDS
        return False


class AgiServer:
    """Listens for Asterisk and runs a script for each connection. Use as `async with`.

    `peers` are the addresses that may connect; `secret` is what the dialplan signs with (`ivr.agi.proof`): a connection
    without that proof is closed without a word. Over `most` calls at once a connection is closed unread, so that the
    dialplan goes on without it at once. `seconds_of` gives how long a sound takes: the longer it says, the longer a
    caller may wait for a process that does not answer.
    """

    def __init__(
        self,
        host: str,
        port: int,
        scripts: Mapping[str, Script],
        secret: str,
        *,
        peers: tuple[str, ...] = LOOPBACK,
        most: int = MOST_CALLS,
        head_seconds: float = HEAD_SECONDS,
        longest_seconds: float = LONGEST_SECONDS,
        seconds_of: Callable[[str], float] = usual_seconds,
    ) -> None:
        self._host, self._requested, self._scripts = host, port, scripts
        self._strangers = _Strangers(secret)
        self._peers, self._most = peers, most
        self._head_seconds, self._longest_seconds = head_seconds, longest_seconds
        self._seconds_of = seconds_of
        self._server: asyncio.Server | None = None
        self._guests: dict[AgiConnection, _Guest] = {}

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._server = await self._loop.create_server(
            partial(AgiConnection, self._opened, self._introduced, self._gone), self._host, self._requested
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        scripts = [guest.script for guest in self._guests.values() if guest.script is not None]
        for script in scripts:
            script.cancel()
        for connection in tuple(self._guests):
            connection.close()
        await asyncio.gather(*scripts, return_exceptions=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def calls(self) -> int:
        """How many connections there are now."""
        return len(self._guests)

    def _opened(self, connection: AgiConnection, peer: object) -> bool:
        if not isinstance(peer, tuple) or peer[0] not in self._peers:
            log.warning("a connection from %s is refused", peer)
            return False
        if len(self._guests) >= self._most:
            log.error("%d calls are being served; another one goes on in the dialplan without us", len(self._guests))
            return False
        limit = self._loop.call_later(self._head_seconds, self._said_nothing, connection)
        self._guests[connection] = _Guest(limit)
        return True

    def _said_nothing(self, connection: AgiConnection) -> None:
        log.warning("a connection did not say what it wants within %g s", self._head_seconds)
        self._gone(connection)

    def _introduced(self, connection: AgiConnection, head: Variables | BadHead | None) -> None:
        guest = self._guests.get(connection)
        if guest is None:
            return
        script = self._script(head)
        if script is None or not isinstance(head, Variables):
            self._ended(connection, guest)
            return
        guest.limit.cancel()
        guest.limit = self._loop.call_later(self._longest_seconds, self._too_long, guest)
        guest.script = self._loop.create_task(self._run(script, AgiCall(head, connection, self._seconds_of), guest))
        guest.script.add_done_callback(lambda _: self._ended(connection, guest))

    def _script(self, head: Variables | BadHead | None) -> Script | None:
        if isinstance(head, BadHead):
            log.warning("a connection that is no AGI: %s", head)
            return None
        if head is None or not self._strangers.let_in(head, self._loop.time()):
            return None
        if head.script not in self._scripts:
            log.error("there is no script %r", head.script[:60])
        return self._scripts.get(head.script)

    def _too_long(self, guest: _Guest) -> None:
        guest.late = True
        if guest.script is not None:
            guest.script.cancel()

    def _gone(self, connection: AgiConnection) -> None:
        """A script that runs ends by itself, at its next command; what it has begun is not broken off."""
        guest = self._guests.get(connection)
        if guest is not None and guest.script is None:
            self._ended(connection, guest)

    def _ended(self, connection: AgiConnection, guest: _Guest) -> None:
        guest.limit.cancel()
        self._guests.pop(connection, None)
        connection.close()

    async def _run(self, script: Script, call: AgiCall, guest: _Guest) -> None:
        try:
            await call.lease()
            await script(call)
        except CallerGone:
            pass  # a caller may hang up at any moment, and Asterisk carries the call on without us
        except asyncio.CancelledError:
            if not guest.late:
                raise
            log.warning("a call of script %s took longer than %g s", call.variables.script, self._longest_seconds)
        except Exception:
            # Whatever a script did not expect: the dialplan finds no result and leads the caller to a person.
            log.exception("script %s failed in call %s", call.variables.script, call.variables.uniqueid)
