"""Raw AMI text in, trustworthy events out. Pure; for the live session and for recordings.

A caller chooses part of the text that Asterisk writes (number, extension, account code), and Asterisk does
not escape all of it. CR LF in such a value cuts one genuine event into a head that stops too early, blocks
that the caller wrote, and the genuine rest, which stands alone or is appended to the last of them. The pieces
rarely look like whole events of Asterisk's, and what a cut may have touched is quarantined:

- a head that stops before the headers which the event always has (`Shape.CUT`) opens a *doubt*. Blocks are
  kept back until the genuine rest shows up, and go with it;
- a faulty block without an open doubt is quarantined with its neighbours before it; one of an event that
  nothing here uses goes alone, because some of Asterisk's modules repeat headers or leave some out.

The two uses differ in what bounds a doubt. Asterisk writes an event with one call, so on a live connection
all parts of a cut event come in one read: `drain()` ends the doubt, and everything up to the last suspicious
block is dropped. A recording has no such borders: there the first rest ends the doubt.

What remains possible: a caller who cuts the *last* value of an event (`open_end` in layouts.py: the
argument of an application, a dialled string, a transfer's target), or who completes the cut event and
makes the genuine rest fit under a forged head, leaves blocks without a visible fault; so may one whose
cut event a busy connection spreads over two reads exactly between two blocks. Hence the defence in front
(only the provider's SIP, numbers filtered in the first dialplan line) and the one behind (queue events count
only for known channels, the ledger decides what happened).
"""

import re
from collections import deque
from collections.abc import Callable

from ami_bridge.wire.doubt import Doubt, Piece
from ami_bridge.wire.frames import (
    MAX_BLOCK_BYTES,
    Framer,
    Malformed,
    Repeated,
    fast_headers,
    is_plain,
    read_block,
    template,
    without_blank_lines,
)
from ami_bridge.wire.items import AmiEvent, AmiResponse, Item, QuarantineReason
from ami_bridge.wire.layouts import LAYOUTS
from ami_bridge.wire.verdicts import HeaderVerdict, concerns_nobody, has_class, judged, microseconds

_BANNER = b"Asterisk Call Manager/"
_KNOWN_LAYOUTS_AT_MOST = 4096
_TEMPLATES_PER_EVENT = 3
_NEIGHBOURS_LIVE = 8


_Template = tuple[tuple[str, ...], Callable[[str], re.Match[str] | None], HeaderVerdict]


class Sifter:
    """One AMI session, or one recording, from its first byte on.

    `live`: `drain()` is called after each read; see the docstring of this module.
    """

    def __init__(self, *, live: bool = False) -> None:
        self._framer = Framer()
        self._neighbours = _NEIGHBOURS_LIVE if live else 1
        self._held: deque[Piece] = deque()
        self._doubt = Doubt(live=live)
        self._verdicts: dict[tuple[str, ...], HeaderVerdict] = {}
        self._templates: dict[bytes, list[_Template]] = {}
        self._stamped: bool | None = None
        self.banner = ""

    def feed(self, data: bytes) -> list[Item]:
        """The items that the bytes complete, in their order. The last block waits for the next one."""
        out: list[Item] = []
        held, doubt, neighbours = self._held, self._doubt, self._neighbours
        for raw in self._framer.push(data):
            piece = self._read(raw)
            if piece is None:
                continue
            if piece.fault is not None or doubt.pieces:
                self._suspect(piece, out)
                continue
            held.append(piece)
            if len(held) > neighbours:
                out.append(held.popleft().released())
        return out

    def drain(self) -> list[Item]:
        """The read is over: what was held back is released, unless a block is still arriving."""
        out: list[Item] = []
        if not self._framer.pending:
            self._doubt.end(out)
            self._release_held(out)
        return out

    def flush(self) -> list[Item]:
        """The stream is over."""
        out: list[Item] = []
        rest = without_blank_lines(self._framer.finish())
        if rest and not (rest.startswith(_BANNER) and b"\n" not in rest):
            self._suspect(Piece(rest, None, QuarantineReason.UNFINISHED), out)
        self._doubt.end(out)
        self._release_held(out)
        return out

    def _release_held(self, out: list[Item]) -> None:
        while self._held:
            out.append(self._held.popleft().released())

    def _suspect(self, piece: Piece, out: list[Item]) -> None:
        if self._doubt.pieces:
            self._doubt.add(piece, out)
            return
        if piece.fault in (QuarantineReason.CUT, QuarantineReason.UNFINISHED) or concerns_nobody(
            piece.raw, piece.fault
        ):
            self._release_held(out)
        while self._held:
            out.append(self._held.popleft().quarantined())
        if not self._doubt.open(piece):
            out.append(piece.quarantined())

    def _read(self, raw: bytes) -> Piece | None:
        """The block as a piece; None for an empty block, or the banner alone."""
        templates = self._templates.get(raw[: raw.find(b"\r")], ())
        text = raw.decode("ascii") if templates and is_plain(raw) and len(raw) <= MAX_BLOCK_BYTES else ""
        for names, matches, verdict in templates if text else ():
            match = matches(text)
            if match is not None:
                return self._checked(raw, dict(zip(names, match.groups(), strict=True)), verdict)
        try:
            headers = fast_headers(raw)
        except ValueError:
            return self._read_closely(raw)
        return self._piece(raw, headers)

    def _read_closely(self, raw: bytes) -> Piece | None:
        stripped = without_blank_lines(raw)
        if stripped.startswith(_BANNER) and not self._doubt.pieces:
            banner, _, stripped = stripped.partition(b"\r\n")
            self.banner = banner.removeprefix(_BANNER).decode("utf-8", "replace").strip()
            self._stamped = None
        if not stripped:
            return None
        if len(stripped) > MAX_BLOCK_BYTES:
            return Piece(stripped, None, QuarantineReason.TOO_LONG)
        try:
            return self._piece(stripped, read_block(stripped).folded())
        except Malformed:
            fault = QuarantineReason.MALFORMED
        except Repeated:
            fault = QuarantineReason.REPEATED
        headless = not stripped.startswith((b"Event: ", b"Response: "))
        return Piece(stripped, None, QuarantineReason.HEADLESS if headless else fault)

    def _piece(self, raw: bytes, headers: dict[str, str]) -> Piece:
        if len(raw) > MAX_BLOCK_BYTES:
            return Piece(raw, None, QuarantineReason.TOO_LONG)
        if raw.startswith(b"Event: "):
            return self._event(raw, headers)
        if not raw.startswith(b"Response: "):
            return Piece(raw, None, QuarantineReason.HEADLESS)
        if "Event" in headers or "Privilege" in headers:
            return Piece(raw, None, QuarantineReason.DISORDER)
        return Piece(raw, AmiResponse(headers["Response"], headers), None)

    def _event(self, raw: bytes, headers: dict[str, str]) -> Piece:
        key = (headers["Event"], *headers)
        verdict = self._verdicts.get(key) or self._judge(key)
        return self._checked(raw, headers, verdict)

    def _checked(self, raw: bytes, headers: dict[str, str], verdict: HeaderVerdict) -> Piece:
        """The event, after a check of two values: its class and its stamp."""
        if verdict.fault is not None:
            return Piece(raw, None, verdict.fault)
        if verdict.privilege is not None and not has_class(headers["Privilege"], verdict.privilege):
            return Piece(raw, None, QuarantineReason.HEAD)
        timestamp_us = microseconds(headers["Timestamp"]) if verdict.stamped else None
        if verdict.needs_stamp and not self._stamps_agree(verdict.stamped, timestamp_us):
            return Piece(raw, None, QuarantineReason.HEAD)
        if "Queue" in headers:
            headers["Queue"] = headers["Queue"].lower()  # Asterisk finds a queue in whatever letters it is asked for
        return Piece(raw, AmiEvent(headers["Event"], headers, timestamp_us), None)

    def _stamps_agree(self, stamped: bool, timestamp_us: int | None) -> bool:
        """Asterisk stamps every event or none; the first event of the session decides which."""
        if self._stamped is None and not self._doubt.pieces:
            self._stamped = stamped
        if stamped:
            return timestamp_us is not None
        return not self._stamped

    def _judge(self, key: tuple[str, ...]) -> HeaderVerdict:
        if len(self._verdicts) >= _KNOWN_LAYOUTS_AT_MOST:
            self._verdicts.clear()
        verdict = self._verdicts[key] = judged(key[0], key[1:])
        if verdict.fault is None and key[0] in LAYOUTS:
            templates = self._templates.setdefault(f"Event: {key[0]}".encode(), [])
            if len(templates) < _TEMPLATES_PER_EVENT:
                templates.append((key[1:], template(key[1:]), verdict))
        return verdict
