"""The HTTP server: it ends the streams before it waits for the open answers, else it would wait for ever."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from agent_api.web.parts import Parts

# How long open answers may take when the service stops.
GRACE_SECONDS = 3
# Of a phone's websocket: what it may send at once, and how soon a computer that is gone is noticed.
LONGEST_FRAME_BYTES = 65_536
PING_SECONDS = 5.0
# Longer than programs and proxies keep a connection that is idle (up to a minute): whose side closes it first is never
# in the middle of the other's next request.
KEEP_ALIVE_SECONDS = 75
# Of a request's first line and headers, or of what follows its body.
LONGEST_HEAD_BYTES = 65_536


class Http(HttpToolsProtocol):
    """Refuses a request whose head is too long: its parser has no limit.

    uvicorn's parser in Python has one; with it a call costs the API a tenth more.
    """

    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """What came. It is of a head until a head is complete, or is found to be of a body."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > LONGEST_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """The head is over."""
        self._head_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body, which `agent_api.web.guards` limits."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next head begins."""
        self._head_bytes = 0
        super().on_message_complete()


class Websocket(WebSocketsSansIOProtocol):
    """A websocket that was refused, or whose browser left before it was accepted, has had its answer.

    uvicorn knows only of those that were accepted, and would write an error into the log for each of the others.
    """

    async def send(self, message: ASGISendEvent) -> None:
        """One message of the application."""
        await super().send(message)
        if self.close_sent or self.transport.is_closing():
            self.handshake_complete = True


class ApiServer(uvicorn.Server):
    """Serves one application of `agent_api.app.create`."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        # No access log: it would hold telephone numbers and documents from the queries.
        config = uvicorn.Config(
            *(app, host, port),
            access_log=False,
            log_config=None,
            http=Http,
            ws=Websocket,
            ws_max_size=LONGEST_FRAME_BYTES,
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=PING_SECONDS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        config.timeout_graceful_shutdown = GRACE_SECONDS
        super().__init__(config)
        self._parts: Parts = app.state.parts

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the service's that runs this."""
        yield

    async def serve_until_cancelled(self) -> None:
        """Serve; when cancelled, finish what is open first."""
        serving = asyncio.create_task(self.serve())
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            self.should_exit = True
            await serving
            raise

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what is open and stop."""
        self._parts.live.end_streams()
        await super().shutdown(sockets)
