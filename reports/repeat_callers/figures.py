"""Who called the same line again after being answered: first-call resolution as calls alone can tell it. Pure.

Windows in use go from one day to thirty, a week being common. The default is the shortest: who was not helped mostly
calls again within hours, and a second matter is rarely taken for the first; what comes back later passes for resolved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

WINDOW = timedelta(hours=24)
AFTER_HOURS = (1, 4, 24)
"""Repeated calls are parted by the hours after which they came, each up to and with the hour."""


@dataclass(frozen=True, slots=True)
class LineRepeats:
    """The answered calls of a line. With a known number: `resolved` and repeated ones by the hours after which.

    `undecided`: not called again, but the window is not over yet. `withheld`: without a number, so nobody knows.
    """

    line: str
    resolved: int
    repeated: tuple[int, ...]
    undecided: int
    withheld: int

    @property
    def times_repeated(self) -> int:
        """All that were repeated."""
        return sum(self.repeated)

    @property
    def decided(self) -> int:
        """What the share is of."""
        return self.resolved + self.times_repeated

    @property
    def answered(self) -> int:
        """All answered calls."""
        return self.decided + self.undecided + self.withheld


@dataclass(frozen=True, slots=True)
class RepeatReport:
    """In total, and by line in the order of the numbers."""

    total: LineRepeats
    lines: Mapping[str, LineRepeats]


def repeat_report(lines: Iterable[LineRepeats]) -> RepeatReport:
    """The report of these lines."""
    ordered = {each.line: each for each in sorted(lines, key=lambda each: each.line)}
    every = list(ordered.values())
    total = LineRepeats(
        "",
        sum(each.resolved for each in every),
        tuple(sum(each.repeated[place] for each in every) for place in range(len(AFTER_HOURS))),
        sum(each.undecided for each in every),
        sum(each.withheld for each in every),
    )
    return RepeatReport(total, ordered)
