"""What every request and answer keeps to, whatever the route: how much may be sent, and how it is to be read."""

from fastapi import FastAPI, HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The longest that a page sends is a contact's notes: 8,000 letters, which JSON may write in six bytes each.
LONGEST_BODY_BYTES = 256 * 1024
# A list is larger by far: its route counts what it reads, and keeps a megabyte of it at once (dialer.lists.uploads).
UPLOAD_PATH, UPLOAD_TYPE = "/api/lists", "application/octet-stream"
TOO_LARGE = f"El pedido es demasiado grande: se admiten hasta {LONGEST_BODY_BYTES // 1024} kB."
_STARTS = ("http.response.start", "websocket.http.response.start")


class GuardedApp(FastAPI):
    """An application behind `Guards`, so that the answers to defects go through it too."""

    def build_middleware_stack(self) -> ASGIApp:
        """The routes and their handlers of errors, guarded."""
        return Guards(super().build_middleware_stack())


class Guards:
    """Limits what is read of a request, and forbids browsers to guess what an answer is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, websocket or lifespan."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        exchange = _Exchange(scope, receive, send)
        is_limited = scope["type"] == "http" and not _is_upload(scope)
        await self._app(scope, exchange.receive if is_limited else receive, exchange.send)


def _is_upload(scope: Scope) -> bool:
    """A form is none, whatever its address: to look for its proof is to read it as a whole."""
    is_there = scope["method"] == "POST" and scope["path"] == UPLOAD_PATH
    return bool(is_there and Headers(scope=scope).get("content-type") == UPLOAD_TYPE)


class _Exchange:
    """One request and its answer. What is read is counted: a length that is declared need not be true, or there."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._declared = Headers(scope=scope).get("content-length", "")
        self._read_bytes, self._has_begun = 0, False

    async def receive(self) -> Message:
        """The next piece. Raises 413 where it is too much; an answer that has begun is ended instead."""
        if self._declared.isdecimal() and int(self._declared) > LONGEST_BODY_BYTES:
            return self._refuse()
        message = await self._receive()
        self._read_bytes += len(message.get("body", b""))
        return message if self._read_bytes <= LONGEST_BODY_BYTES else self._refuse()

    def _refuse(self) -> Message:
        if self._has_begun:
            return {"type": "http.disconnect"}
        raise HTTPException(413, TOO_LARGE)

    async def send(self, message: Message) -> None:
        """One message of the answer."""
        if message["type"] in _STARTS:
            self._has_begun = True
            MutableHeaders(scope=message).setdefault("X-Content-Type-Options", "nosniff")
        await self._send(message)
