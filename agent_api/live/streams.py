"""Server-sent events: one open answer a screen, with a sign of life while nothing happens."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agent_api.live.desk import Desk, DeskClosed

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
SEND_SECONDS = 10.0
# Screens of the whole floor hear of everybody, and read again five times a second at most.
FLOOR_APART_SECONDS = 0.1
_HEARTBEAT = b": sigue en linea\n\n"


class EventStream(Response):
    """Sends what comes to a desk until the screen goes, reads too slowly, or may see it no longer.

    `still_allowed` is asked at every heartbeat. What comes within `apart_seconds` of the last piece is sent in one.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        attached: Callable[[], AbstractContextManager[Desk]],
        still_allowed: Callable[[], Awaitable[bool]],
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        apart_seconds: float = 0.0,
    ) -> None:
        # X-Accel-Buffering: proxies must not collect events.
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._attached, self._still_allowed = attached, still_allowed
        self._heartbeat_seconds, self._apart_seconds = heartbeat_seconds, apart_seconds

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; returns when the stream is over."""
        writing = asyncio.create_task(self._write(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writing, leaving):
                task.cancel()
            outcomes = await asyncio.gather(writing, leaving, return_exceptions=True)
        for outcome in outcomes:
            _log_outcome(outcome)

    async def _write(self, send: Send) -> None:
        with self._attached() as desk:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            with suppress(DeskClosed):
                await self._pass_on(desk, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pass_on(self, desk: Desk, send: Send) -> None:
        """One limit for all that is sent, and one timer a heartbeat: of its own an event would cost twice as much."""
        beats = _Beats(desk, self._heartbeat_seconds)
        try:
            async with asyncio.timeout(None) as limit:
                while True:
                    events = await desk.unread()
                    if events:
                        await _send(send, b"".join([event.written for event in events]), limit)
                        if self._apart_seconds:
                            await asyncio.sleep(self._apart_seconds)
                    if beats.is_due():
                        if not await self._still_allowed():
                            return
                        await _send(send, _HEARTBEAT, limit)
        finally:
            beats.stop()


class _Beats:
    """Wakes a desk's stream at every heartbeat."""

    def __init__(self, desk: Desk, seconds: float) -> None:
        self._desk, self._seconds, self._loop = desk, seconds, asyncio.get_running_loop()
        self._begin()

    def _begin(self) -> None:
        self._is_due = False
        self._timer = self._loop.call_later(self._seconds, self._beat)

    def _beat(self) -> None:
        self._is_due = True
        self._desk.wake()

    def is_due(self) -> bool:
        """Whether it is time for one; then the next is that much later.

        The timer says so, not the loop's time: uvloop rounds a delay to milliseconds, and may call before that.
        """
        if not self._is_due:
            return False
        self._begin()
        return True

    def stop(self) -> None:
        """No more."""
        self._timer.cancel()


async def _send(send: Send, body: bytes, limit: asyncio.Timeout) -> None:
    limit.reschedule(asyncio.get_running_loop().time() + SEND_SECONDS)
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if not limit.expired():
        limit.reschedule(None)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _log_outcome(outcome: object) -> None:
    if isinstance(outcome, TimeoutError | OSError):
        log.warning("a screen did not read and is cut off: %r", outcome)
    elif isinstance(outcome, Exception):
        log.error("a stream of events failed", exc_info=outcome)
