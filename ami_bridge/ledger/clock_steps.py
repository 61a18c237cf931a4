"""What a wall clock that was set does to the moments before it. Pure.

The bridge sees that the clock was set and has Asterisk write a CLOCKSET row. What began before goes on by another
clock: its moments are moved onto the new one, so that lengths across the step are right.

- Set back: only a clock that was wrong is. The moments are moved by as much, exactly.
- Set forward: either the clock was behind, and they are moved; or the machine stood still and its clock with it, and
  they were right as they are. Nothing on the machine tells which: they are known as an interval that has both.

The row comes up to a second after the step. What was stamped meanwhile is by the new clock already: that is told by
what the stamp says and, as the minutes by which a clock was set back come twice, by the order of the rows.
"""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Self

from ami_bridge.ledger.rows.folded import LONGEST_STORE_US
from ami_bridge.ledger.rows.row import NONE, Row, Verb
from callcenter.calls import LONGEST_CALL_US, AnomalyKind
from callcenter.instants import MICROSECONDS
from callcenter.moments import Length, Moment

NO_DRIFT = Length(0, 0)
# A smaller step is about as long as the time between two looks: what was stamped then may be by either clock.
_PLAIN_US = 2 * MICROSECONDS
# The file's seconds come from a clock that is read in ticks.
_TICK_US = MICROSECONDS // 20
# A clock shows more. Of a line that a caller cut in two, the last number may be a position in a queue, of four digits.
_LEAST_SHOWN_US = 10_000
_WHOLE = re.compile(r"-?[0-9]{1,16}")
_NOBODY = ("", NONE)
# The rows between a step and its row are among the last ones before that.
_STAMPS_AT_HAND, _STEPS_REMEMBERED = 1024, 16


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The wall clock was set by `by_us`, after it showed `before_us` and before it showed `after_us`."""

    by_us: int
    before_us: int
    after_us: int

    @classmethod
    def of(cls, row: Row) -> Self | None:
        """What a CLOCKSET row says; None for one that the bridge cannot have written."""
        if row.at is None or any(each not in _NOBODY for each in (row.callid, row.queue, row.agent)):
            return None
        if not all(map(_WHOLE.fullmatch, row.data)):
            return None
        step = cls(*map(int, row.data))
        # A row that waited until the clock was set again may be stamped long before what it says.
        apart_us = abs(row.at.earliest_us - step.after_us) - abs(step.by_us)
        is_of_then = apart_us <= LONGEST_CALL_US and 0 <= step.elapsed_us <= LONGEST_CALL_US
        is_of_then &= min(step.before_us, step.after_us) >= _LEAST_SHOWN_US
        return step if step.by_us and is_of_then else None

    @property
    def fields(self) -> tuple[str, str, str]:
        """What its row says."""
        return str(self.by_us), str(self.before_us), str(self.after_us)

    @property
    def elapsed_us(self) -> int:
        """How long it took from one look to the next, in truth."""
        return self.after_us - self.before_us - self.by_us

    @property
    def drift(self) -> Length:
        """How much later a moment from before is by the new clock. No call outlives a longer standstill."""
        return Length(0 if 0 < self.by_us <= LONGEST_CALL_US else self.by_us, self.by_us)

    def of_late_row(self, at: Moment, last: Moment) -> Moment:
        """The moment of a row that comes after the step's own: one that was stamped before it is moved.

        It waited for its disk meanwhile. `last`: the moment of the row before it. Set back, what shows a time from
        shortly before the step may also be from when the clock came there again.
        """
        latest_us = self.before_us + self.elapsed_us
        late_us = LONGEST_STORE_US if self.by_us > 0 else _PLAIN_US
        if -_PLAIN_US < self.by_us < 0 or not latest_us - late_us <= at.latest_us <= latest_us + _TICK_US:
            return at
        if self.by_us > 0:
            return at.forward(self.drift)
        is_ahead = at.earliest_us - last.earliest_us >= -self.by_us // 2
        return _either(at.forward(self.drift), at) if is_ahead else at


class SetClock:
    """A step, as seen from its row: which moments are from before it, and what they are by the new clock.

    `stamps`: those of the last rows up to that row, in their order; the clock was set after the first `older` of them.
    `is_first`: no moment was moved before.
    """

    def __init__(self, step: ClockStep, stamps: Iterable[Moment], *, older: int, is_first: bool) -> None:
        self._step, self._stamps, self._older, self._is_first = step, tuple(stamps), older, is_first
        self.drift = step.drift

    def is_old(self, moment: Moment) -> bool:
        """Whether it is from before the step, for certain."""
        return not self._is_since(moment) or (self._is_back and moment.latest_us not in self._after_the_drop)

    def is_new(self, moment: Moment) -> bool:
        """Whether it is by the new clock, for certain."""
        if self.is_old(moment):
            return False
        if self._is_back:
            return self._drop is not None and not self._may_be_shown_before(moment)
        return moment.earliest_us > self._step.before_us + self._step.elapsed_us + _TICK_US

    def by_new_clock(self, moment: Moment) -> Moment:
        """The same moment by the new clock; where it may be by either, both."""
        if self.is_new(moment):
            return moment
        moved = moment.forward(self.drift)
        return moved if self.is_old(moment) else _either(moved, moment)

    def drift_since(self, moment: Moment) -> Length:
        """By how much the clock was set after that moment; where it may be by either clock, from nothing on."""
        if self.is_new(moment):
            return NO_DRIFT
        return self.drift if self.is_old(moment) else self._drift_or_none

    def drift_between(self, began: Moment, ended: Moment) -> Length:
        """The same of what is over."""
        if self.is_old(ended) or self.is_new(began):
            return NO_DRIFT
        return self.drift if self.is_new(ended) and self.is_old(began) else self._drift_or_none

    def _is_since(self, moment: Moment) -> bool:
        """Whether the new clock showed that between the step and its row."""
        first_us = self._step.before_us + self._step.by_us - _TICK_US
        return first_us <= moment.latest_us and moment.earliest_us <= self._stamps[-1].latest_us

    @property
    def _drift_or_none(self) -> Length:
        return Length(min(0, self.drift.least_us), max(0, self.drift.most_us))

    @property
    def _is_back(self) -> bool:
        """Whether what the new clock shows may have been shown before, long enough ago to be told by the order."""
        return self._step.by_us <= -_PLAIN_US

    @cached_property
    def _drop(self) -> int | None:
        """Before which of the stamps the clock was set back, where their order shows it."""
        least_us = abs(self._step.by_us) // 2
        for at, (before, after) in enumerate(pairwise(self._stamps[self._older :]), start=self._older + 1):
            if before.latest_us - after.latest_us >= least_us and self._is_since(after):
                return at
        return None

    def _may_be_shown_before(self, moment: Moment) -> bool:
        """Whether a second that the new clock shows may be that of a row of the old one. No two share a microsecond."""
        if moment.is_exact:
            return False
        return (
            not self._is_first
            or moment.latest_us in self._before_the_drop
            or moment.earliest_us <= self._stamps[0].latest_us
        )

    @cached_property
    def _before_the_drop(self) -> frozenset[int]:
        return frozenset(stamp.latest_us for stamp in self._stamps[: self._drop])

    @cached_property
    def _after_the_drop(self) -> frozenset[int]:
        """What may be by the new clock, by the order; where that does not show, every row at hand."""
        return frozenset(stamp.latest_us for stamp in self._stamps[self._drop or self._older :])


class ClockSteps:
    """The last steps, and what is needed to tell which rows are from before them."""

    def __init__(self) -> None:
        self._stamps = deque[Moment](maxlen=_STAMPS_AT_HAND)
        self._steps = deque[ClockStep](maxlen=_STEPS_REMEMBERED)
        # What the last step's row is stamped with, and how many stamps came since.
        self._told, self._since_told = Moment.exact(0), 0

    def note(self, stamp: Moment) -> None:
        """A row has that stamp, the next one in order."""
        self._stamps.append(stamp)
        self._since_told += 1

    def take(self, row: Row) -> SetClock | AnomalyKind:
        """A CLOCKSET row, the last whose stamp was noted; or why it sets nothing."""
        step = ClockStep.of(row)
        if step is None or not self._stamps:
            return AnomalyKind.MALFORMED_ROW
        if step in self._steps:
            return AnomalyKind.DUPLICATE
        older = max(0, len(self._stamps) - self._since_told - 1) if self._was_told_before(step) else 0
        clock = SetClock(step, self._stamps, older=older, is_first=not self._steps)
        self._steps.append(step)
        self._told, self._since_told = self._stamps[-1], 0
        return clock

    def _was_told_before(self, step: ClockStep) -> bool:
        """Whether the row of the step before that one was written by the clock between both."""
        return bool(self._steps) and self._steps[-1].after_us <= self._told.latest_us <= step.before_us

    def by_new_clock(self, row: Row, last: Moment | None) -> Row:
        """The row, its moment moved where it was stamped before the last step. That of the next step is as it is."""
        if not self._steps or row.at is None or last is None or row.verb == Verb.CLOCKSET:
            return row
        at = self._steps[-1].of_late_row(row.at, last)
        return row if at == row.at else replace(row, at=at)


def moved(moment: Moment | None, clock: SetClock) -> Moment | None:
    """The same by the new clock."""
    return None if moment is None else clock.by_new_clock(moment)


def _either(one: Moment, other: Moment) -> Moment:
    return Moment(min(one.earliest_us, other.earliest_us), max(one.latest_us, other.latest_us))
