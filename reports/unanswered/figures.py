"""Unanswered calls by cause and queue. Pure.

Who entered and was not answered is abandoned, whatever ended the wait; who was refused (full, empty) never entered.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from callcenter.calls import REFUSALS, Outcome


@dataclass(frozen=True, slots=True)
class UnansweredCount:
    """The unanswered calls of a queue that ended so; `wait_us` is the sum of their waits."""

    queue: str
    outcome: Outcome
    number: int
    wait_us: int
    longest_wait_us: int

    @property
    def refused(self) -> bool:
        """Whether the queue did not let them in."""
        return self.outcome in REFUSALS


@dataclass(slots=True)
class Unanswered:
    """Summed. Waits are of those who entered: the abandoned."""

    abandoned: int = 0
    refused: int = 0
    wait_us: int = 0
    longest_wait_us: int = 0
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

    @property
    def number(self) -> int:
        """All of them."""
        return self.abandoned + self.refused


@dataclass(frozen=True, slots=True)
class UnansweredReport:
    """In total, by queue, and by cause (in the order of `Outcome`). `answered`: how many of each queue were."""

    total: Unanswered
    queues: Mapping[str, Unanswered]
    causes: Mapping[Outcome, Unanswered]
    answered: Mapping[str, int]

    @property
    def received(self) -> int:
        """Answered and abandoned."""
        return sum(self.answered.values()) + self.total.abandoned


def unanswered_report(counts: Iterable[UnansweredCount], answered: Mapping[str, int]) -> UnansweredReport:
    """The report of these counts; a queue without unanswered calls has a row where some were answered."""
    total, queues = Unanswered(), {name: Unanswered() for name in answered}
    causes: dict[Outcome, Unanswered] = {}
    for count in counts:
        total.add(count)
        queues.setdefault(count.queue, Unanswered()).add(count)
        causes.setdefault(count.outcome, Unanswered()).add(count)
    ordered = {outcome: causes[outcome] for outcome in Outcome if outcome in causes}
    return UnansweredReport(total, dict(sorted(queues.items())), ordered, answered)
