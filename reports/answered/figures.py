"""Answered calls by queue and by agent: waits, conversations, who ended them, transfers. Pure.

Sums are added up from the counts of each queue and agent; ranks (median, 90th percentile) do not add up and are given.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from callcenter.calls import EndedBy
from reports.measures.lengths import Middle

BORDERS_SECONDS = (5, 10, 15, 20, 30, 45, 60, 90)


@dataclass(frozen=True, slots=True)
class AnsweredCount:
    """The answered calls of a queue and a member that ended so. `within_borders`: waits of up to each border."""

    queue: str
    member: str
    ended_by: EndedBy
    number: int
    within: int
    wait_us: int
    longest_wait_us: int
    talk_us: int
    longest_talk_us: int
    within_borders: tuple[int, ...]


@dataclass(slots=True)
class AnsweredCalls:
    """Summed answered calls. `middle` is None without calls."""

    number: int = 0
    within: int = 0
    wait_us: int = 0
    longest_wait_us: int = 0
    talk_us: int = 0
    longest_talk_us: int = 0
    ended_by: Counter[EndedBy] = field(default_factory=Counter)
    within_borders: tuple[int, ...] = (0,) * len(BORDERS_SECONDS)
    middle: Middle | None = None

    def add(self, count: AnsweredCount) -> None:
        """Count these too."""
        self.number += count.number
        self.within += count.within
        self.wait_us += count.wait_us
        self.talk_us += count.talk_us
        self.longest_wait_us = max(self.longest_wait_us, count.longest_wait_us)
        self.longest_talk_us = max(self.longest_talk_us, count.longest_talk_us)
        self.ended_by[count.ended_by] += count.number
        self.within_borders = tuple(map(sum, zip(self.within_borders, count.within_borders, strict=True)))


@dataclass(frozen=True, slots=True)
class AnsweredMiddles:
    """The ranks of the waits: of all, of each queue, of each member."""

    total: Middle | None
    queues: Mapping[str, Middle]
    members: Mapping[str, Middle]


@dataclass(frozen=True, slots=True)
class TransferCount:
    """How many conversations of a queue were transferred to that destination."""

    queue: str
    destination: str
    number: int


@dataclass(frozen=True, slots=True)
class AnsweredReport:
    """The days' answered calls in total, by queue and by member, each in the order of the names."""

    total: AnsweredCalls
    queues: Mapping[str, AnsweredCalls]
    members: Mapping[str, AnsweredCalls]
    transfers: tuple[TransferCount, ...]


def answered_report(
    counts: Iterable[AnsweredCount], middles: AnsweredMiddles, transfers: Iterable[TransferCount]
) -> AnsweredReport:
    """The report of these counts."""
    counts = list(counts)
    total = _summed(counts, lambda _: "", {"": middles.total} if middles.total else {})
    return AnsweredReport(
        total.get("", AnsweredCalls()),
        _summed(counts, lambda count: count.queue, middles.queues),
        _summed(counts, lambda count: count.member, middles.members),
        tuple(sorted(transfers, key=lambda each: (each.queue, -each.number, each.destination))),
    )


def _summed(
    counts: Iterable[AnsweredCount], name: Callable[[AnsweredCount], str], middles: Mapping[str, Middle]
) -> dict[str, AnsweredCalls]:
    sums: dict[str, AnsweredCalls] = {}
    for count in counts:
        sums.setdefault(name(count), AnsweredCalls(middle=middles.get(name(count)))).add(count)
    return dict(sorted(sums.items()))
