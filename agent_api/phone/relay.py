"""Between a browser's phone and Asterisk's own websocket: SIP through the application's origin. Sound goes beside it.

A relay passes what `frames` lets pass and keeps nothing of it. Of the windows of one extension the one that
registered last has the phone; the others are notified, whichever process they are connected to.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from agent_api.phone import frames
from agent_api.phone.frames import LONGEST_FRAME, ForeignFrame, OpenCalls
from callcenter.background import background
from callcenter.bus.protocol import Bus
from callcenter.bus.subscriptions import Subscription
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import PhoneState

log = logging.getLogger(__name__)

_NOT_SEEN = "the windows of one phone hear of one another no more"
CONNECT_SECONDS = 3.0
# Less than the service itself has for its end.
CLOSE_SECONDS = 1.0
# Frames beside SIP: a sign of life, answered here (RFC 5626, 3.5.1), and word that another window has the phone.
PING, PONG, TAKEN_OVER = "\r\n\r\n", "\r\n", "troncal:taken-over"
GOING_AWAY, POLICY, TRY_LATER, SESSION_OVER = 1001, 1008, 1013, 4401
# How a line ends whose browser said nothing: none, no code in what was said, and what is made up for an end without it.
CUT_OFF = (None, 1005, 1006)
# The bridge waits for a phone that went away as long; then its caller is requeued by itself.
SUCCEEDED_US = 20 * MICROSECONDS


class AsteriskAway(Exception):
    """Asterisk takes no phones now."""


async def dial(host: str, port: int) -> ClientConnection:
    """A connection to Asterisk's websocket. Raises AsteriskAway."""
    try:
        return await connect(
            f"ws://{host}:{port}/ws",
            subprotocols=["sip"],  # type: ignore[list-item]
            compression=None,
            proxy=None,
            open_timeout=CONNECT_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=LONGEST_FRAME,
            ping_interval=None,
        )
    except (OSError, TimeoutError, WebSocketException) as problem:
        raise AsteriskAway(str(problem)) from problem


@dataclass(slots=True, eq=False)
class Relay:
    """One window's line. `contact`: the user part under which it registered, empty before; `since_us`: when it did."""

    endpoint: str
    browser: WebSocket
    asterisk: ClientConnection
    clock: Callable[[], int]
    on_register: Callable[["Relay"], Awaitable[None]]
    contact: str = ""
    since_us: int = 0
    taken_over_us: int | None = None
    calls: OpenCalls = field(default_factory=OpenCalls)
    _asked: str = ""

    async def run(self) -> int | None:
        """Pass on until either side goes; the code with which the browser left, or None. Raises ForeignFrame.

        Asterisk's side is left to be closed by whoever dialled it.

        A page that is closed, loaded anew or that crashed leaves with GOING_AWAY; a broken connection does not.
        """
        async with background(self._down(), failure="a browser's phone hears Asterisk no more"):
            try:
                return await self._up()
            except ForeignFrame:
                await self.close(POLICY)
                raise

    async def notify_taken_over(self) -> None:
        """Another window has the phone now."""
        self.taken_over_us = self.clock()
        with suppress(RuntimeError, WebSocketDisconnect):
            await self.browser.send_text(TAKEN_OVER)

    async def close(self, code: int) -> None:
        """End it from this side."""
        if self.browser.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect):
                await self.browser.close(code)

    async def _up(self) -> int | None:
        """From the browser to Asterisk."""
        try:
            while True:
                await self._pass_on(await self.browser.receive_text())
        except WebSocketDisconnect as left:
            return left.code
        except KeyError:
            raise ForeignFrame("a frame of bytes") from None
        except (ConnectionClosed, RuntimeError):
            return None

    async def _pass_on(self, text: str) -> None:
        if len(text) > LONGEST_FRAME:
            raise ForeignFrame("too long a frame")
        if text == PING:
            await self.browser.send_text(PONG)
        elif text.strip("\r\n"):
            frame = frames.read(text, self.endpoint)
            await self.asterisk.send(text)
            self.calls.follow(text)
            if frame.registers:
                self._asked = frame.contact

    async def _registered(self) -> None:
        """Not before Asterisk agreed: else the other window would leave before this one has come."""
        if self._asked != self.contact:
            self.contact, self.since_us, self.taken_over_us = self._asked, self.clock(), None
            await self.on_register(self)

    async def _down(self) -> None:
        """From Asterisk to the browser, which is sent away when Asterisk goes."""
        with suppress(WebSocketDisconnect, RuntimeError, ConnectionClosed):
            async for frame in self.asterisk:
                text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
                self.calls.follow(text)
                await self.browser.send_text(text)
                if frames.agreed_to(text) == "REGISTER":
                    await self._registered()
        await self.close(TRY_LATER)


@dataclass(slots=True)
class PhoneRelays:
    """The relays of this process. Runs in one event loop. `host`, `port`: of Asterisk's websocket; `secret_of`: the SIP
    password of an endpoint; `came` hears of each window that Asterisk has let in, before the bus reports of it: its
    agent may enter the queues with the next key.
    """

    host: str
    port: int
    secret_of: Callable[[str], str]
    bus: Bus
    came: Callable[[Relay], None]
    _open: dict[str, set[Relay]] = field(default_factory=dict)
    # By endpoint the contact of the line that was cut off in mid-call last, and when.
    _cut_off: dict[str, tuple[str, int]] = field(default_factory=dict)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hear from the bus which window Asterisk has registered, until left."""
        async with self.bus.subscribe(PhoneState) as states, background(self._read(states), failure=_NOT_SEEN):
            yield

    def add(self, relay: Relay) -> None:
        """A window came."""
        self._open.setdefault(relay.endpoint, set()).add(relay)

    def remove(self, relay: Relay) -> None:
        """A window went."""
        left = self._open.get(relay.endpoint, set())
        left.discard(relay)
        if not left:
            self._open.pop(relay.endpoint, None)

    def note_end(self, relay: Relay, code: int | None) -> bool:
        """A line ended in mid-call: whether with its page, as far as is known by now.

        A page says good-bye when it goes, but that may be lost with the connection. Then another window comes instead
        of it, after it or a moment before; a network that broke brings the same one back.
        """
        if code not in CUT_OFF:
            return code == GOING_AWAY
        if relay.taken_over_us is not None:
            return relay.clock() - relay.taken_over_us < SUCCEEDED_US
        self._cut_off[relay.endpoint] = (relay.contact, relay.clock())
        return False

    def end_cut_off(self, newest: Relay) -> bool:
        """A window registered: whether instead of one that was cut off in mid-call a moment ago."""
        contact, cut_off_us = self._cut_off.pop(newest.endpoint, (newest.contact, 0))
        return contact != newest.contact and newest.clock() - cut_off_us < SUCCEEDED_US

    async def registered(self, newest: Relay) -> None:
        """A window takes the phone: the others here lose it."""
        self.came(newest)
        for relay in self._others(newest.endpoint, newest.contact):
            await relay.notify_taken_over()

    async def _read(self, states: Subscription[PhoneState]) -> None:
        async for state in states:
            await self.apply(state)

    async def apply(self, state: PhoneState) -> None:
        """Asterisk says who has the phone: a window of another process perhaps."""
        if not state.registered or not state.contact:
            return
        for relay in self._others(state.endpoint, state.contact):
            if state.since_us > relay.since_us:
                await relay.notify_taken_over()

    def _others(self, endpoint: str, contact: str) -> list[Relay]:
        return [
            relay
            for relay in self._open.get(endpoint, ())
            if relay.contact and relay.contact != contact and relay.taken_over_us is None
        ]
