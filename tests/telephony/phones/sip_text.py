"""The few parts of SIP text that a test phone reads and writes.

sipmessage 0.7.1 computes no digest and knows no session descriptions: ten lines would go.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

CRLF = "\r\n"


@dataclass(slots=True)
class SipMessage:
    """A request or a response; header names in lower case, repeated ones (Via) in order."""

    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    def get(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every header of that name, in order."""
        return [value for key, value in self.headers if key == name]

    @property
    def is_sip(self) -> bool:
        """Whether somebody can be answered; a straggler of another call's sound, say, is nothing of the kind."""
        return bool(self.get("via") and self.get("cseq"))

    @property
    def is_response(self) -> bool:
        """Whether this answers a request."""
        return self.first.startswith("SIP/2.0")

    @property
    def status(self) -> int:
        """The status of a response."""
        return int(self.first.split()[1])

    @property
    def method(self) -> str:
        """What a request asks, or what a response answers."""
        return self.get("cseq").split()[1] if self.is_response else self.first.split()[0]

    def text(self) -> bytes:
        """As it goes over the wire."""
        lines = [self.first, *(f"{name.title()}: {value}" for name, value in self.headers)]
        lines.append(f"Content-Length: {len(self.body.encode())}")
        return (CRLF.join(lines) + CRLF * 2 + self.body).encode()


def parsed(data: bytes) -> SipMessage:
    """A message as read from the wire."""
    head, _, body = data.decode("utf-8", "replace").partition(CRLF * 2)
    first, *lines = head.split(CRLF)
    headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return SipMessage(first, [h for h in headers if h[0] != "content-length"], body)


def token() -> str:
    """A tag, a branch, a call id."""
    return secrets.token_hex(8)


def address_in(header: str) -> str:
    """The URI inside a name-addr."""
    found = re.search(r"<([^>]+)>", header)
    return found.group(1) if found else header.split(";")[0]


def tag_in(header: str) -> str:
    """The tag of a From or To."""
    found = re.search(r";tag=([^;]+)", header)
    return found.group(1) if found else ""


def credentials(challenge: str, user: str, password: str, method: str, uri: str) -> str:
    """The Authorization header that a digest challenge asks for."""
    said = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

    def digest(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret = digest(f"{user}:{said['realm']}:{password}")
    nonce, count, mine = said["nonce"], "00000001", token()
    proof = digest(f"{secret}:{nonce}:{count}:{mine}:auth:{digest(f'{method}:{uri}')}")
    answer = f'Digest username="{user}", realm="{said["realm"]}", nonce="{nonce}", uri="{uri}", response="{proof}"'
    answer += f', algorithm=MD5, cnonce="{mine}", qop=auth, nc={count}'
    return answer + (f', opaque="{said["opaque"]}"' if "opaque" in said else "")


def offer(host: str, port: int, *, direction: str = "sendrecv") -> str:
    """A session description: A-law and telephone events."""
    lines = [
        "v=0",
        f"o=- 1 {int(secrets.randbits(30))} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP 8 101",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        f"a={direction}",
    ]
    return CRLF.join(lines) + CRLF


def media_address(description: str) -> tuple[str, int] | None:
    """Where a session description wants the sound."""
    host = re.search(r"^c=IN IP4 (\S+)", description, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", description, re.MULTILINE)
    return (host.group(1), int(port.group(1))) if host and port else None
