"""Bytes of an AMI session cut into blocks of headers. Pure.

Framing is done on bytes, so a character that two reads share is never lost. Every byte is looked at a fixed
number of times, whatever the size of the reads.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

MAX_BLOCK_BYTES = 64 * 1024
EXCERPT_CHARACTERS = 400
_END = b"\r\n\r\n"
_LINE_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09})
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_MAY_REPEAT = frozenset({"Variable", "Output"})
# Asterisk built for tests, as Debian's is, writes the state of an application and the new state of a test.
_REPEATED_BY_ASTERISK = {"TestEvent": frozenset({"State"})}


class Malformed(ValueError):
    """A block that cannot be read as headers."""


class Repeated(ValueError):
    """A header that Asterisk writes once stands there twice."""


@lru_cache(maxsize=256)
def template(names: tuple[str, ...]) -> Callable[[str], re.Match[str] | None]:
    """Matches a whole plain block with exactly these headers, one value a group; twice as fast as splitting.

    It does not check the values' characters, `is_plain` does: a pattern that also did would take five times as long to
    compile, and the live session would wait for it.
    """
    return re.compile("\r\n".join(f"{re.escape(name)}: (.*)" for name in names)).fullmatch


def is_plain(raw: bytes) -> bool:
    """ASCII without control characters but tabs and the ends of its lines."""
    return raw.isascii() and len(raw) - len(raw.translate(None, _LINE_CONTROLS)) == 2 * raw.count(b"\r\n")


@dataclass(frozen=True, slots=True)
class Block:
    """One block as it came: its (name, value) pairs in order, and its length on the wire in bytes."""

    pairs: tuple[tuple[str, str], ...]
    size: int

    def folded(self) -> dict[str, str]:
        """Name to value. Neighbouring repeats of a header that may repeat, and those that Asterisk itself writes
        apart, are joined by line feeds.

        Raises Repeated for any other repeat.
        """
        headers: dict[str, str] = {}
        last = ""
        anywhere = _REPEATED_BY_ASTERISK.get(self.pairs[0][1], frozenset())
        for name, value in self.pairs:
            if name not in headers:
                headers[name] = value
            elif name in anywhere or (name == last and (name in _MAY_REPEAT or name.endswith("ChanVariable"))):
                headers[name] += "\n" + value
            else:
                raise Repeated(name)
            last = name
        return headers


class Framer:
    """Cuts the stream at blank lines.

    Asterisk ends lines with CR LF. Only when the first line of the stream ends with a lone LF (a recording
    that an editor has been at) are lone LFs line ends; otherwise a caller sent them, and they remain in the value.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._skipping = False
        self._bare_line_feeds: bool | None = None
        self._carriage_return = b""

    @property
    def pending(self) -> int:
        """How many bytes of an unfinished block are kept."""
        return len(self._pending) + len(self._carriage_return)

    def push(self, data: bytes) -> list[bytes]:
        """The blocks that `data` completes. One longer than MAX_BLOCK_BYTES comes cut to one byte more."""
        pending = self._pending
        start = max(0, len(pending) - len(_END) + 1)
        pending += self._with_known_line_ends(data)
        end = pending.rfind(_END, start)
        if end < 0:
            return self._bound([])
        whole = without_blank_lines(bytes(pending[:end]))
        del pending[: end + len(_END)]
        blocks = whole.split(_END)
        if self._skipping:
            self._skipping = False
            del blocks[0]
        return self._bound(blocks)

    def finish(self) -> bytes:
        """The unfinished block at the end of the stream, b"" when there is none."""
        rest = b"" if self._skipping else bytes(self._pending) + self._carriage_return
        self._pending.clear()
        self._carriage_return = b""
        self._skipping = False
        return rest

    def _bound(self, blocks: list[bytes]) -> list[bytes]:
        pending = self._pending
        if self._skipping:
            del pending[: 1 - len(_END)]
        elif len(pending) > MAX_BLOCK_BYTES + len(_END):
            blocks.append(bytes(pending[: MAX_BLOCK_BYTES + 1]))
            self._skipping = True
            del pending[: 1 - len(_END)]
        return blocks

    def _with_known_line_ends(self, data: bytes) -> bytes:
        if self._bare_line_feeds is None:
            self._bare_line_feeds = self._first_line_end(data)
        if not self._bare_line_feeds:
            return data
        data = self._carriage_return + data
        self._carriage_return = b"\r" if data.endswith(b"\r") else b""
        data = data.removesuffix(self._carriage_return) if self._carriage_return else data
        return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def _first_line_end(self, data: bytes) -> bool | None:
        at = data.find(b"\n")
        if at < 0:
            return None
        before = data[at - 1 : at] if at else bytes(self._pending[-1:])
        return before != b"\r"


def without_blank_lines(raw: bytes) -> bytes:
    """The block without the blank lines around it, of which there are some where a caller put them."""
    while raw.startswith(b"\r\n"):
        raw = raw[2:]
    while raw.endswith(b"\r\n"):
        raw = raw[:-2]
    return raw


def fast_headers(raw: bytes) -> dict[str, str]:
    """The headers of a well-formed ASCII block, in order. Raises ValueError for any other."""
    lines = raw.decode("ascii").split("\r\n")
    if len(raw) - len(raw.translate(None, _LINE_CONTROLS)) != 2 * (len(lines) - 1):
        raise Malformed("control characters")
    headers = dict([line.split(": ", 1) for line in lines])
    if len(headers) != len(lines):
        raise Repeated("a header")
    return headers


def read_block(raw: bytes) -> Block:
    """The block, read tolerantly: control characters in values become U+FFFD, `Name:` is an empty value.

    Raises Malformed for a line that is no header.
    """
    lines = raw.decode("utf-8", "replace").split("\r\n")
    return Block(tuple(_pair(_CONTROL.sub("\ufffd", line)) for line in lines), len(raw))


def _pair(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip():
        raise Malformed(line[:EXCERPT_CHARACTERS])
    return name, value.removeprefix(" ")


def readable_headers(raw: bytes) -> Mapping[str, str]:
    """Whatever can be read of a block that is not trusted; the first of repeated headers."""
    headers: dict[str, str] = {}
    for line in raw[:MAX_BLOCK_BYTES].decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(": ")
        if colon:
            headers.setdefault(name, _CONTROL.sub("\ufffd", value))
    return headers


def excerpt(raw: bytes) -> str:
    """The beginning of a block, for the operator's eyes."""
    lines = raw[: 4 * EXCERPT_CHARACTERS].decode("utf-8", "replace").split("\r\n")
    return " | ".join(_CONTROL.sub("\ufffd", line) for line in lines)[:EXCERPT_CHARACTERS]
