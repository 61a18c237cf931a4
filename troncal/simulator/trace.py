"""SIPp's message trace: every SIP message a telephone sent or received, with the telephone's own clock. Pure.

Five headers of every message: 16 µs each here, 75 µs with sipmessage 0.7.1, 55 µs with `email.parser` alone.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from callcenter.instants import as_us

_HEAD = re.compile(rb"-{20,} (\S+)\n\w+ message (sent|received) \[(\d+)\] bytes ?:\n\n")
_USER = re.compile(r"sips?:([^@;>]+)@")
_SOUND = re.compile(r"^c=IN IP4 (\S+).*?^m=audio (\d+) ", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class TracedMessage:
    """One SIP message. `status` is 0 for a request; `method` is that of the CSeq, so a response has one too."""

    at_us: int
    sent: bool
    call_id: str
    method: str
    status: int
    caller: str
    dialled: str
    refer_to: str
    sound: tuple[str, int] | None

    @property
    def is_request(self) -> bool:
        """A request, not a response."""
        return self.status == 0


class TraceReader:
    """Takes the trace in pieces of any size and gives whole messages."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[TracedMessage]:
        """The messages that are complete now."""
        self._rest += piece
        found: list[TracedMessage] = []
        while (head := _HEAD.search(self._rest)) and len(self._rest) >= head.end() + int(head[3]):
            end = head.end() + int(head[3])
            found += _message(head, self._rest[head.end() : end].decode("utf-8", "replace"))
            self._rest = self._rest[end:]
        return found


def _message(head: re.Match[bytes], text: str) -> list[TracedMessage]:
    lines, _, body = text.replace("\r\n", "\n").partition("\n\n")
    first, *rest = lines.split("\n")
    headers: dict[str, str] = {}
    for line in rest:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    if "call-id" not in headers or "cseq" not in headers:
        return []
    words = first.split(" ")
    sound = _SOUND.search(body)
    return [
        TracedMessage(
            as_us(datetime.fromisoformat(head[1].decode())),
            head[2] == b"sent",
            headers["call-id"],
            headers["cseq"].split(" ")[-1],
            int(words[1]) if words[0] == "SIP/2.0" else 0,
            _user(headers.get("from", "")),
            _user(headers.get("to", "") if words[0] == "SIP/2.0" else words[1]),
            _user(headers.get("refer-to", "")),
            (sound[1], int(sound[2])) if sound else None,
        )
    ]


def _user(uri: str) -> str:
    found = _USER.search(uri)
    return found[1] if found else ""
