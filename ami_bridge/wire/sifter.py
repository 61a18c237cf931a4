"""Raw AMI text in, trustworthy events out. Pure: for the live link and for the replay of recordings.

A caller chooses part of the text that Asterisk writes (number, extension, account code), and Asterisk does
not escape all of it. CR LF in such a value cuts one genuine event into a head that stops too early, blocks of
the caller's own making, and the genuine rest, which stands alone or sticks to the last of them. What such a
cut leaves behind rarely looks like Asterisk's own text all the way, and what it may have touched is
quarantined:

- a head that stops before the headers which the event always has (`Shape.CUT`) opens a *doubt*. Blocks are
  kept back until the genuine rest shows up, and go with it;
- a block that is wrong without an open doubt takes its neighbours before it along; one of an event that
  nobody here reads goes alone, for Asterisk's modules repeat headers and leave some out.

The two uses differ in what bounds a doubt. Asterisk writes an event with one call, so on a live connection
all parts of a cut event come in one read: `settle()` ends the doubt, and until then everything up to the last
suspicious block is dropped. A recording has no such borders: there the first rest ends the doubt.

What remains possible: a caller who cuts the *last* value of an event (`open_end` in wire_layouts: the
argument of an application, a dialled string, a transfer's target), or who completes the cut event himself and
makes the genuine rest fit under a head of his own, leaves blocks without a visible fault; so may one whose
cut event a busy connection spreads over two reads exactly between two blocks. Hence the defence in front
(only the provider's SIP, numbers filtered in the first dialplan line) and the one behind (queue events count
only for known channels, the ledger decides what happened).
"""

import re
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ami_bridge.wire.frames import (
    MAX_BLOCK_BYTES,
    Block,
    Framer,
    Malformed,
    Repeated,
    excerpt,
    fast_headers,
    is_plain,
    read_block,
    readable_headers,
    template,
    without_blank_lines,
)
from ami_bridge.wire.items import AmiEvent, AmiResponse, Item, Quarantined, QuarantineReason
from ami_bridge.wire.layouts import LAYOUTS
from ami_bridge.wire.verdicts import (
    Verdict,
    concerns_nobody,
    exceeds,
    has,
    has_class,
    judged,
    microseconds,
    missing,
    owed,
)

__all__ = ["AmiEvent", "AmiResponse", "Block", "Item", "QuarantineReason", "Quarantined", "Sifter"]

_BANNER = b"Asterisk Call Manager/"
_KNOWN_LAYOUTS_AT_MOST = 4096
_TEMPLATES_PER_EVENT = 3
_DOUBT_EVENTS_REPLAYED = 8
_DOUBT_BLOCKS_AT_MOST = 256
_NEIGHBOURS_LIVE = 8


_Template = tuple[tuple[str, ...], Callable[[str], re.Match[str] | None], Verdict]


class _Piece(NamedTuple):
    """A block that waits for its neighbours' verdicts."""

    raw: bytes
    item: AmiEvent | AmiResponse | None
    fault: QuarantineReason | None

    def quarantined(self) -> Quarantined:
        reason = self.fault or QuarantineReason.NEIGHBOUR
        return Quarantined(reason, excerpt(self.raw), readable_headers(self.raw))


def _seen_in_doubt(piece: _Piece) -> _Piece:
    """A faultless event with more at its end than it has is another one's rest under a forged head."""
    item = piece.item
    if not isinstance(item, AmiEvent) or not exceeds(item.name, list(item.headers)[-1]):
        return piece
    return piece._replace(fault=QuarantineReason.DISORDER)


class Sifter:
    """One AMI session, or one recording, from its first byte on.

    `live`: the caller calls `settle()` after each read; see the head of this module.
    """

    def __init__(self, *, live: bool = False) -> None:
        self._live = live
        self._framer = Framer()
        self._neighbours = _NEIGHBOURS_LIVE if live else 1
        self._held: deque[_Piece] = deque()
        self._doubt: list[_Piece] = []
        self._owed = ""
        self._verdicts: dict[tuple[str, ...], Verdict] = {}
        self._templates: dict[bytes, list[_Template]] = {}
        self._stamped: bool | None = None
        self.banner = ""

    def feed(self, data: bytes) -> list[Item]:
        """What the bytes settle, in the order of the stream. The last block waits for the next one."""
        out: list[Item] = []
        held, neighbours = self._held, self._neighbours
        for raw in self._framer.push(data):
            piece = self._read(raw)
            if piece is None:
                continue
            if piece.fault is not None or self._doubt:
                self._suspect(piece, out)
                continue
            held.append(piece)
            if len(held) > neighbours:
                self._release(held.popleft(), out)
        return out

    def settle(self) -> list[Item]:
        """The read is over: what was held back is released, unless a block is still arriving."""
        out: list[Item] = []
        if not self._framer.pending:
            self._end_doubt(out)
            self._release_held(out)
        return out

    def flush(self) -> list[Item]:
        """The stream is over."""
        out: list[Item] = []
        rest = without_blank_lines(self._framer.finish())
        if rest and not (rest.startswith(_BANNER) and b"\n" not in rest):
            self._suspect(_Piece(rest, None, QuarantineReason.UNFINISHED), out)
        self._end_doubt(out)
        self._release_held(out)
        return out

    def _release(self, piece: _Piece, out: list[Item]) -> None:
        out.append(piece.item if piece.item is not None else piece.quarantined())

    def _release_held(self, out: list[Item]) -> None:
        while self._held:
            self._release(self._held.popleft(), out)

    def _suspect(self, piece: _Piece, out: list[Item]) -> None:
        if self._doubt:
            piece = _seen_in_doubt(piece)
            self._doubt.append(piece)
            self._bound_doubt(piece, out)
            return
        if piece.fault in (QuarantineReason.CUT, QuarantineReason.UNFINISHED) or concerns_nobody(
            piece.raw, piece.fault
        ):
            self._release_held(out)
        while self._held:
            out.append(self._held.popleft().quarantined())
        self._owed = "" if piece.fault is QuarantineReason.UNFINISHED else owed(piece.raw)
        if self._owed:
            self._doubt.append(piece)
        else:
            out.append(piece.quarantined())

    def _bound_doubt(self, piece: _Piece, out: list[Item]) -> None:
        """A recording's doubt ends with the first rest; a live one's with the read."""
        if not self._live and self._is_rest(piece):
            self._end_doubt(out)
        elif len(self._doubt) > _DOUBT_BLOCKS_AT_MOST or (not self._live and self._is_far_from_head()):
            self._end_doubt_before_next_cut(out)

    def _is_far_from_head(self) -> bool:
        """More whole events of channels than a number has room for; what is shorter than they does not count."""
        whole = sum(each.fault is None and b"\r\nUniqueid: " in each.raw for each in self._doubt)
        return whole > _DOUBT_EVENTS_REPLAYED

    def _end_doubt_before_next_cut(self, out: list[Item]) -> None:
        """A head that was cut in the meantime has a doubt of its own."""
        cuts = [at for at, each in enumerate(self._doubt) if at and each.fault is QuarantineReason.CUT]
        since = cuts[-1] if cuts else len(self._doubt)
        later, self._doubt = self._doubt[since:], self._doubt[:since]
        self._end_doubt(out)
        self._doubt = later
        self._owed = owed(later[0].raw) if later else ""

    def _is_rest(self, piece: _Piece) -> bool:
        if piece.fault in (None, QuarantineReason.CUT):
            return False
        if not all(has(piece.raw, header) for header in missing(self._doubt[0].raw)):
            return False
        return piece.fault is QuarantineReason.HEADLESS or self._may_end(piece)

    def _may_end(self, piece: _Piece) -> bool:
        """True when the block has the header with which the cut event must end."""
        return has(piece.raw, self._owed)

    def _end_doubt(self, out: list[Item]) -> None:
        """Everything up to the last suspicious block goes; what follows it is innocent.

        After a clean cut a faultless block may still be the rest under a forged head that it fits; after mere
        damage in a recording that is far-fetched, and would cost innocent events.
        """
        doubt, self._doubt = self._doubt, []
        fits = self._live or (bool(doubt) and doubt[0].fault is QuarantineReason.CUT)
        suspicious = []
        for at, each in enumerate(doubt):
            self._owed = owed(each.raw) if each.fault is QuarantineReason.CUT else self._owed
            if each.fault is not None or (fits and self._may_end(each)):
                suspicious.append(at)
        last = suspicious[-1] if suspicious else 0
        out.extend(piece.quarantined() for piece in doubt[: last + 1])
        for piece in doubt[last + 1 :]:
            self._release(piece, out)

    def _read(self, raw: bytes) -> _Piece | None:
        """The block as a piece; None for a block of nothing, or of the banner alone."""
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

    def _read_closely(self, raw: bytes) -> _Piece | None:
        stripped = without_blank_lines(raw)
        if stripped.startswith(_BANNER) and not self._doubt:
            banner, _, stripped = stripped.partition(b"\r\n")
            self.banner = banner.removeprefix(_BANNER).decode("utf-8", "replace").strip()
            self._stamped = None
        if not stripped:
            return None
        if len(stripped) > MAX_BLOCK_BYTES:
            return _Piece(stripped, None, QuarantineReason.TOO_LONG)
        try:
            return self._piece(stripped, read_block(stripped).folded())
        except Malformed:
            fault = QuarantineReason.MALFORMED
        except Repeated:
            fault = QuarantineReason.REPEATED
        headless = not stripped.startswith((b"Event: ", b"Response: "))
        return _Piece(stripped, None, QuarantineReason.HEADLESS if headless else fault)

    def _piece(self, raw: bytes, headers: dict[str, str]) -> _Piece:
        if len(raw) > MAX_BLOCK_BYTES:
            return _Piece(raw, None, QuarantineReason.TOO_LONG)
        if raw.startswith(b"Event: "):
            return self._event(raw, headers)
        if not raw.startswith(b"Response: "):
            return _Piece(raw, None, QuarantineReason.HEADLESS)
        if "Event" in headers or "Privilege" in headers:
            return _Piece(raw, None, QuarantineReason.DISORDER)
        return _Piece(raw, AmiResponse(headers["Response"], headers), None)

    def _event(self, raw: bytes, headers: dict[str, str]) -> _Piece:
        key = (headers["Event"], *headers)
        verdict = self._verdicts.get(key) or self._judge(key)
        return self._checked(raw, headers, verdict)

    def _checked(self, raw: bytes, headers: dict[str, str], verdict: Verdict) -> _Piece:
        """The event after what its values say: its class, its stamp."""
        if verdict.fault is not None:
            return _Piece(raw, None, verdict.fault)
        if verdict.privilege is not None and not has_class(headers["Privilege"], verdict.privilege):
            return _Piece(raw, None, QuarantineReason.HEAD)
        timestamp_us = microseconds(headers["Timestamp"]) if verdict.stamped else None
        if verdict.needs_stamp and not self._stamps_agree(verdict.stamped, timestamp_us):
            return _Piece(raw, None, QuarantineReason.HEAD)
        return _Piece(raw, AmiEvent(headers["Event"], headers, timestamp_us), None)

    def _stamps_agree(self, stamped: bool, timestamp_us: int | None) -> bool:
        """Asterisk stamps every event or none; the first event of the session says which."""
        if self._stamped is None and not self._doubt:
            self._stamped = stamped
        if stamped:
            return timestamp_us is not None
        return not self._stamped

    def _judge(self, key: tuple[str, ...]) -> Verdict:
        if len(self._verdicts) >= _KNOWN_LAYOUTS_AT_MOST:
            self._verdicts.clear()
        verdict = self._verdicts[key] = judged(key[0], key[1:])
        if verdict.fault is None and key[0] in LAYOUTS:
            templates = self._templates.setdefault(f"Event: {key[0]}".encode(), [])
            if len(templates) < _TEMPLATES_PER_EVENT:
                templates.append((key[1:], template(key[1:]), verdict))
        return verdict
