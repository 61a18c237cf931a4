"""An application of the test's own on a port that the system chose."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

LIMIT_SECONDS = 10


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address it is served at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield "http://{}:{}".format(*listening.getsockname())
        finally:
            server.should_exit = True
            async with asyncio.timeout(LIMIT_SECONDS):
                await running
