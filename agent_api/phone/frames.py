"""What a browser may say to Asterisk's SIP door: one message a frame, and every request in its own name.

Asterisk asks every phone for its password too; what is refused here is refused before Asterisk reads it. The forms
are RFC 3261's, only those that a browser's phone writes: no folded lines, no bare line ends, one From, an exact length.

Not read with the kept library (sipmessage 0.7.1): a gate must refuse what two readers may read differently, and that
one takes folded lines, bare line ends, two senders and a wrong length; 61 µs a frame, 11 µs here.
"""

import re
from dataclasses import dataclass

LONGEST_FRAME = 65_536
METHODS = frozenset({"REGISTER", "INVITE", "ACK", "CANCEL", "BYE", "REFER", "INFO", "UPDATE", "PRACK", "NOTIFY"})
# What names a user by an address of record; within a dialog the phone goes by the name of its own contact.
_BY_RECORD = frozenset({"REGISTER", "INVITE"})

_REQUEST = re.compile(r"([A-Z]+) sips?:\S+ SIP/2\.0")
_RESPONSE = re.compile(r"SIP/2\.0 [1-6]\d\d( [^\r\n]*)?")
_QUOTED = r'(?:"(?:[^"\\]|\\.)*" ?|)'
_FROM = re.compile(_QUOTED + r'<sips?:([\w.+-]+)@[^<>@\s"]+>(?:;tag=[\w.+-]+)?')
_TO = re.compile(_QUOTED + r'<sips?:(?:([^@<>\s"]+)@)?[^<>@\s"]+>(?:;tag=([^\s;,]+))?')
_CONTACT = re.compile(r"<sips?:([\w.+-]+)@[^<>@\s]+>.*")
_COMPACT = {"f": "from", "t": "to", "m": "contact", "l": "content-length"}
_SEQUENCE = re.compile(r"^cseq\s*:\s*\d+\s+([A-Z]+)\s*$", re.IGNORECASE | re.MULTILINE)
_CALL_ID = re.compile(r"^(?:call-id|i)\s*:\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)


class ForeignFrame(ValueError):
    """The frame is not one that this phone may send. `user`: in whose name it was, as far as it could be read."""

    def __init__(self, why: str, user: str = "") -> None:
        super().__init__(why)
        self.user = user


@dataclass(frozen=True, slots=True)
class Frame:
    """What matters of a frame. `method` is empty for a response, `contact` the user part of the Contact, or empty."""

    method: str
    contact: str = ""
    expires: int | None = None

    @property
    def registers(self) -> bool:
        """Whether calls are to come to this contact from now on."""
        return self.method == "REGISTER" and self.expires != 0


class OpenCalls(set[str]):
    """The calls that are connected over one line, by their Call-ID, from the frames of both directions."""

    def follow(self, text: str) -> None:
        """A 2xx to INVITE opens a call, BYE ends it, whoever sends them."""
        ends = text.startswith("BYE ")
        if not ends and agreed_to(text) != "INVITE":
            return
        named = _CALL_ID.search(_head(text))
        if named is not None:
            (self.discard if ends else self.add)(named[1])


def agreed_to(text: str) -> str:
    """The method of the request that a 2xx answers; empty for any other frame."""
    if not text.startswith("SIP/2.0 2"):
        return ""
    found = _SEQUENCE.search(_head(text))
    return found[1] if found else ""


def _head(text: str) -> str:
    return text.partition("\r\n\r\n")[0].replace("\r\n", "\n")


def read(text: str, endpoint: str) -> Frame:
    """The frame of a phone that is `endpoint` and no other. Raises ForeignFrame."""
    first, headers, body = _parts(text)
    if headers.get("content-length", ("",))[0] != str(len(body.encode())) or len(headers["content-length"]) != 1:
        raise ForeignFrame("its length is not what it says")
    if _RESPONSE.fullmatch(first):
        return Frame("")
    request = _REQUEST.fullmatch(first)
    if request is None or request[1] not in METHODS:
        raise ForeignFrame(f"not a request of a phone: {first[:60]!r}")
    _require_own(request[1], headers, endpoint)
    contact = _CONTACT.fullmatch(_one(headers, "contact")) if "contact" in headers else None
    return Frame(request[1], contact[1] if contact else "", _expires(headers))


def _parts(text: str) -> tuple[str, dict[str, tuple[str, ...]], str]:
    head, end, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    if not end or any(mark in line for line in (first, *lines) for mark in "\r\n\0"):
        raise ForeignFrame("not a SIP message")
    headers: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or line[0].isspace():
            raise ForeignFrame("a line that is no header")
        known = name.strip().lower()
        known = _COMPACT.get(known, known)
        headers[known] = (*headers.get(known, ()), value.strip())
    return first, headers, body


def _require_own(method: str, headers: dict[str, tuple[str, ...]], endpoint: str) -> None:
    sender = _FROM.fullmatch(_one(headers, "from"))
    recipient = _TO.fullmatch(_one(headers, "to"))
    if sender is None or recipient is None:
        raise ForeignFrame("From or To is not in the form of a phone's")
    begins = method in _BY_RECORD and recipient[2] is None
    user = sender[1]
    if user != endpoint and (begins or not user.startswith(f"{endpoint}-")):
        raise ForeignFrame("in the name of another", user)
    if method == "REGISTER" and recipient[1] != endpoint:
        raise ForeignFrame("registers another", recipient[1])


def _one(headers: dict[str, tuple[str, ...]], name: str) -> str:
    values = headers.get(name, ())
    if len(values) != 1:
        raise ForeignFrame(f"{name} is there {len(values)} times")
    return values[0]


def _expires(headers: dict[str, tuple[str, ...]]) -> int | None:
    text = headers.get("expires", ("",))[0]
    return int(text) if text.isascii() and text.isdigit() else None
