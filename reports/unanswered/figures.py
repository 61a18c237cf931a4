"""Unanswered calls by cause, queue and position in the queue. Pure.

Who entered and was not answered is abandoned, whatever ended the wait; who was refused (full, empty) never entered.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from callcenter.calls import REFUSALS, Outcome
from reports.measures.lengths import mean_number

# The first position of each band: from 6 on there are several in one. In words: Excel takes 6-10 for a date.
_FIRST_OF_BAND = (1, 2, 3, 4, 5, 6, 11)
BANDS = (
    *(str(first) if after == first + 1 else f"{first} a {after - 1}" for first, after in pairwise(_FIRST_OF_BAND)),
    f"{_FIRST_OF_BAND[-1]} o más",
)


@dataclass(frozen=True, slots=True)
class UnansweredCount:
    """The unanswered calls of a queue that ended so, and entered at that position; None: it is not known.

    `wait_us` is the sum of their waits, `left_total` that of the positions at the end of those `left_number` that have
    one.
    """

    queue: str
    outcome: Outcome
    number: int
    wait_us: int
    longest_wait_us: int
    entered_position: int | None = None
    left_total: int = 0
    left_number: int = 0

    @property
    def refused(self) -> bool:
        """Whether the queue did not let them in."""
        return self.outcome in REFUSALS


@dataclass(slots=True)
class PositionSum:
    """Of positions in a queue, of as many calls as have one."""

    total: int = 0
    number: int = 0

    def add(self, total: int, number: int) -> None:
        """Count these too."""
        self.total += total
        self.number += number

    @property
    def mean(self) -> Decimal | None:
        """With two decimals; None of nothing."""
        return mean_number(self.total, self.number)


@dataclass(slots=True)
class Unanswered:
    """Summed. Waits and positions, at the joining and at the end, are of those who entered: the abandoned."""

    abandoned: int = 0
    refused: int = 0
    wait_us: int = 0
    longest_wait_us: int = 0
    entered: PositionSum = field(default_factory=PositionSum)
    left: PositionSum = field(default_factory=PositionSum)
    causes: Counter[Outcome] = field(default_factory=Counter)

    def add(self, count: UnansweredCount) -> None:
        """Count these too."""
        self.causes[count.outcome] += count.number
        if count.refused:
            self.refused += count.number
            return
        self.abandoned += count.number
        self.wait_us += count.wait_us
        self.longest_wait_us = max(self.longest_wait_us, count.longest_wait_us)
        self.left.add(count.left_total, count.left_number)
        if count.entered_position is not None:
            self.entered.add(count.entered_position * count.number, count.number)

    @property
    def number(self) -> int:
        """All of them."""
        return self.abandoned + self.refused


@dataclass(frozen=True, slots=True)
class UnansweredReport:
    """In total, by queue, and by cause (in the order of `Outcome`). `answered`: how many of each queue were.

    `bands`: the abandoned by position at the joining, as `BANDS`; `unplaced`: those of whom it is not known.
    """

    total: Unanswered
    queues: Mapping[str, Unanswered]
    causes: Mapping[Outcome, Unanswered]
    answered: Mapping[str, int]
    bands: tuple[Unanswered, ...]
    unplaced: Unanswered

    @property
    def received(self) -> int:
        """Answered and abandoned."""
        return sum(self.answered.values()) + self.total.abandoned


def unanswered_report(counts: Iterable[UnansweredCount], answered: Mapping[str, int]) -> UnansweredReport:
    """The report of these counts; a queue without unanswered calls has a row where some were answered."""
    total, queues = Unanswered(), {name: Unanswered() for name in answered}
    causes: dict[Outcome, Unanswered] = {}
    bands, unplaced = tuple(Unanswered() for _ in BANDS), Unanswered()
    for count in counts:
        total.add(count)
        queues.setdefault(count.queue, Unanswered()).add(count)
        causes.setdefault(count.outcome, Unanswered()).add(count)
        if not count.refused:
            position = count.entered_position
            (unplaced if position is None else bands[band_of(position)]).add(count)
    ordered = {outcome: causes[outcome] for outcome in Outcome if outcome in causes}
    return UnansweredReport(total, dict(sorted(queues.items())), ordered, answered, bands, unplaced)


def band_of(position: int) -> int:
    """Which of `BANDS` a position is in."""
    return bisect_right(_FIRST_OF_BAND, position) - 1
