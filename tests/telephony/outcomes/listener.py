"""An AMI session that keeps every byte it reads."""

import asyncio

_QUIET_SECONDS = 0.6


class Listener:
    """Logged in; `raw` is the recording so far, the log-in's answer included."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.raw = bytearray()
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, port: int, user: str, secret: str) -> "Listener":
        """Connect and log in. Raises ConnectionError, TimeoutError."""
        listener = cls(*await asyncio.open_connection("127.0.0.1", port))
        await listener.act(Action="Login", Username=user, Secret=secret)
        await listener.until(b"Message: Authentication")
        if b"Authentication accepted" not in listener.raw:
            raise ConnectionError("refused")
        return listener

    async def act(self, **headers: str) -> None:
        """Send an action."""
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._writer.write((text + "\r\n").encode())
        await self._writer.drain()

    async def until(self, text: bytes, seconds: float = 10, since: int = 0) -> None:
        """Wait until the text was read. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while text not in self.raw[since:]:
                self._news.clear()
                await self._news.wait()

    async def quiet(self) -> None:
        """Wait until nothing more comes."""
        while True:
            self._news.clear()
            try:
                async with asyncio.timeout(_QUIET_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                return
            if self._reader.at_eof():
                return

    async def close(self) -> None:
        """No more."""
        self._writer.close()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        while chunk := await self._reader.read(65536):
            self.raw += chunk
            self._news.set()
        self._news.set()
