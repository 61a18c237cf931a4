"""What is kept back after an event was cut: blocks that the caller may have written, up to its genuine rest. Pure.

The docstring of `ami_bridge.wire.sifter` explains what a doubt is, and what bounds it.
"""

from typing import NamedTuple

from ami_bridge.wire.frames import excerpt, readable_headers
from ami_bridge.wire.items import AmiEvent, AmiResponse, Item, Quarantined, QuarantineReason
from ami_bridge.wire.verdicts import exceeds, has, missing, owed

_DOUBT_EVENTS_REPLAYED = 8
_DOUBT_BLOCKS_AT_MOST = 256


class Piece(NamedTuple):
    """A block that waits for the verdicts on its neighbours."""

    raw: bytes
    item: AmiEvent | AmiResponse | None
    fault: QuarantineReason | None

    def quarantined(self) -> Quarantined:
        """The block as one that is not trusted."""
        reason = self.fault or QuarantineReason.NEIGHBOUR
        return Quarantined(reason, excerpt(self.raw), readable_headers(self.raw))

    def released(self) -> Item:
        """The block as the event or response that it is, if it has no fault."""
        return self.item if self.item is not None else self.quarantined()


def _seen_in_doubt(piece: Piece) -> Piece:
    """An event that ends with headers it does not have is another one's rest under a forged head."""
    item = piece.item
    if not isinstance(item, AmiEvent) or not exceeds(item.name, list(item.headers)[-1]):
        return piece
    return piece._replace(fault=QuarantineReason.DISORDER)


class Doubt:
    """One at a time; there is one while it has `pieces`. The first of them is the head that was cut."""

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._owed = ""
        self.pieces: list[Piece] = []

    def open(self, piece: Piece) -> bool:
        """Whether something of that block is still to come: then it opens a doubt."""
        self._owed = "" if piece.fault is QuarantineReason.UNFINISHED else owed(piece.raw)
        if self._owed:
            self.pieces.append(piece)
        return bool(self._owed)

    def add(self, piece: Piece, out: list[Item]) -> None:
        """A recording's doubt ends with the first rest; a live one's with the read."""
        piece = _seen_in_doubt(piece)
        self.pieces.append(piece)
        if not self._live and self._is_rest(piece):
            self.end(out)
        elif len(self.pieces) > _DOUBT_BLOCKS_AT_MOST or (not self._live and self._is_far_from_head()):
            self._end_before_next_cut(out)

    def end(self, out: list[Item]) -> None:
        """Everything up to the last suspicious block goes; what follows it is innocent.

        After a clean cut a faultless block may still be the rest under a forged head that it fits; after mere
        damage in a recording that is far-fetched, and would cost innocent events.
        """
        doubt, self.pieces = self.pieces, []
        fits = self._live or (bool(doubt) and doubt[0].fault is QuarantineReason.CUT)
        suspicious = []
        for at, each in enumerate(doubt):
            self._owed = owed(each.raw) if each.fault is QuarantineReason.CUT else self._owed
            if each.fault is not None or (fits and self._may_end(each)):
                suspicious.append(at)
        last = suspicious[-1] if suspicious else 0
        out.extend(piece.quarantined() for piece in doubt[: last + 1])
        out.extend(piece.released() for piece in doubt[last + 1 :])

    def _is_far_from_head(self) -> bool:
        """More whole events of channels than a number has room for; what is shorter than they does not count."""
        whole = sum(each.fault is None and b"\r\nUniqueid: " in each.raw for each in self.pieces)
        return whole > _DOUBT_EVENTS_REPLAYED

    def _end_before_next_cut(self, out: list[Item]) -> None:
        """A head that was cut in the meantime has a doubt of its own."""
        cuts = [at for at, each in enumerate(self.pieces) if at and each.fault is QuarantineReason.CUT]
        since = cuts[-1] if cuts else len(self.pieces)
        later, self.pieces = self.pieces[since:], self.pieces[:since]
        self.end(out)
        self.pieces = later
        self._owed = owed(later[0].raw) if later else ""

    def _is_rest(self, piece: Piece) -> bool:
        if piece.fault in (None, QuarantineReason.CUT):
            return False
        if not all(has(piece.raw, header) for header in missing(self.pieces[0].raw)):
            return False
        return piece.fault is QuarantineReason.HEADLESS or self._may_end(piece)

    def _may_end(self, piece: Piece) -> bool:
        """True when the block has the header with which the cut event must end."""
        return has(piece.raw, self._owed)
