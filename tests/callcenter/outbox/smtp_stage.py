"""A mail server on loopback that speaks SMTP, and does with each mail what the test says."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the server took."""

    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class SmtpStage:
    """`refuses`: what is answered to recipients; `data`: what to a message; `leaves`: gone in place of that answer."""

    taken: list[Taken] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    data: str = "250 taken"
    sender: str = "250 good"
    leaves: bool = False
    on_data: Callable[[], None] = lambda: None
    port: int = 0
    connections: int = 0
    tls: ssl.SSLContext | None = None
    logins: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipients: list[str] = []
        say(writer, "220 stage")
        while line := (await reader.readline()).decode("ascii").rstrip("\r\n"):
            verb = line[:4].upper()
            if verb == "MAIL":
                recipients = []
                say(writer, self.sender)
            elif verb == "RCPT":
                address = line[line.index("<") + 1 : line.index(">")]
                answer = self.refuses.get(address, "250 good")
                recipients += [address] if answer.startswith("2") else []
                say(writer, answer)
            elif verb == "DATA":
                say(writer, "354 go on" if recipients else "503 nobody gets it")
                if recipients and not await self._take(reader, writer, tuple(recipients)):
                    return
            elif verb == "EHLO":
                say(writer, "250-stage", "250-AUTH PLAIN", "250 STARTTLS" if self.tls is not None else "250 HELP")
            elif verb == "STAR" and self.tls is not None:
                say(writer, "220 go on")
                await writer.start_tls(self.tls)
            elif verb == "AUTH":
                self.logins.append(line.split()[-1])
                say(writer, "235 good")
            elif verb == "QUIT":
                return say(writer, "221 bye")
            else:
                say(writer, "250 stage")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: tuple[str, ...]) -> bool:
        raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        self.on_data()
        if self.data.startswith("2"):
            self.taken.append(Taken(to, message_from_bytes(raw, EmailMessage, policy=policy.default)))
        if not self.leaves:
            say(writer, self.data)
        return not self.leaves


def say(writer: asyncio.StreamWriter, *lines: str) -> None:
    writer.write("".join(f"{line}\r\n" for line in lines).encode())


@asynccontextmanager
async def smtp_stage() -> AsyncIterator[SmtpStage]:
    """A server that listens until the block ends."""
    stage = SmtpStage()
    server = await asyncio.start_server(stage.serve, "127.0.0.1", 0, limit=40_000_000)
    stage.port = server.sockets[0].getsockname()[1]
    async with server:
        yield stage
