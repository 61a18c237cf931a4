"""The HTTP server: it ends the streams before it waits for the open answers, else it would wait for ever."""

import socket

import uvicorn
from fastapi import FastAPI

from agent_api.parts import Parts


class Server(uvicorn.Server):
    """Serves one application of `agent_api.app.create`."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        # No access log: it would hold telephone numbers and documents from the queries.
        super().__init__(uvicorn.Config(app, host=host, port=port, access_log=False, log_config=None))
        self._parts: Parts = app.state.parts

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what is open and stop."""
        self._parts.live.end_streams()
        await super().shutdown(sockets)
