"""When Asterisk stood still: what it wrote of telephones right afterwards may have happened at any moment meanwhile.

A process that is stopped, or waits for its disk, stamps what its telephones did when it goes on, not when they did it.
That it stood still is known by its silence: its manager interface, asked every two seconds, answered nothing for
longer, while this process itself went on looking. Pure: whoever asks Asterisk says when it answered (`heard`), and a
clock says that we look (`look`). Their moments are those of a wall clock that is not set meanwhile; see `set_clock`.
"""

from collections import deque
from dataclasses import replace
from typing import NamedTuple

from ami_bridge.ledger.rows.row import Row, Verb
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

# An answer is late by so much at most where nothing stands still. Nothing is stamped later in a standstill.
SILENCE_US = 5 * MICROSECONDS
# Whoever looks as often as `LOOK_SECONDS` and missed a look stood still itself.
LOOK_SECONDS, LOOKS_ARE_APART_US = 0.5, 2 * MICROSECONDS
# How long Asterisk takes for all that its telephones sent meanwhile.
CATCH_UP_US = 2 * MICROSECONDS
KEPT = 16
# What a telephone did, and in which field the row counts whole seconds up to then.
_BY_TELEPHONES: dict[str, tuple[int, ...]] = {
    Verb.CONNECT: (0,),
    Verb.ABANDON: (2,),
    Verb.EXITWITHKEY: (3,),
    Verb.COMPLETECALLER: (0, 1),
    Verb.COMPLETEAGENT: (0, 1),
    Verb.RELEASED: (),
    Verb.DEPARTED: (),
}


class _Standstill(NamedTuple):
    """Asterisk answered at `since_us`, and then not before `until_us`; None while it does not."""

    since_us: int
    until_us: int | None


class Standstills:
    """The last ones, of one Asterisk."""

    def __init__(self) -> None:
        self._heard_us: int | None = None
        self._looked_us = 0
        self._over: deque[_Standstill] = deque(maxlen=KEPT)
        self._is_silent = False

    def heard(self, now_us: int) -> None:
        """Asterisk answered."""
        if self._is_silent and self._heard_us is not None:
            self._over.append(_Standstill(self._heard_us, now_us))
        self._heard_us, self._is_silent = now_us, False

    def look(self, now_us: int) -> bool:
        """Nothing was heard since the last time, or it was. True when a standstill begins."""
        if now_us - self._looked_us > LOOKS_ARE_APART_US and self._heard_us is not None and not self._is_silent:
            self._heard_us = now_us
        self._looked_us = now_us
        was_silent = self._is_silent
        self._is_silent = self._heard_us is not None and now_us - self._heard_us > SILENCE_US
        return self._is_silent and not was_silent

    def set_clock(self, by_us: int) -> None:
        """The wall clock was set; all moments so far were by the old one."""
        self._heard_us = None if self._heard_us is None else self._heard_us + by_us
        self._looked_us += by_us
        moved = [
            _Standstill(since_us + by_us, None if until_us is None else until_us + by_us)
            for since_us, until_us in self._over
        ]
        self._over = deque(moved, maxlen=KEPT)

    def restarted(self) -> None:
        """It was no standstill: Asterisk had ended, and its telephones know."""
        self._over.clear()
        self._heard_us, self._is_silent = None, False

    def as_known(self, row: Row) -> Row:
        """The row as exactly as its moment is known, and without the seconds that it counts up to then."""
        fields = _BY_TELEPHONES.get(row.verb)
        if fields is None or row.at is None:
            return row
        for since_us, until_us in self._all():
            if since_us + SILENCE_US < row.at.latest_us and (
                until_us is None or row.at.earliest_us <= until_us + CATCH_UP_US
            ):
                data = tuple("" if at in fields else each for at, each in enumerate(row.data))
                return replace(row, at=Moment(min(since_us, row.at.earliest_us), row.at.latest_us), data=data)
        return row

    def _all(self) -> list[_Standstill]:
        goes_on = [_Standstill(self._heard_us, None)] if self._is_silent and self._heard_us is not None else []
        return [*self._over, *goes_on]
