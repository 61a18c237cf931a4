"""How many waited how long, answered and abandoned apart. Pure.

A border belongs to the bin that ends there, as 20.000 s is within 20 seconds: a wait of exactly 5.000000 s is in 0-5,
one of 5.000001 s in 5-10.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

BORDERS_SECONDS = (5, 10, 15, 20, 30, 45, 60, 90)
BINS = (
    f"0-{BORDERS_SECONDS[0]} s",
    *(f"{low}-{high} s" for low, high in pairwise(BORDERS_SECONDS)),
    f"más de {BORDERS_SECONDS[-1]} s",
)


@dataclass(frozen=True, slots=True)
class WaitCount:
    """How many of a queue waited so long: `bin` is a place in `BINS`."""

    queue: str
    answered: bool
    bin: int
    number: int


@dataclass(slots=True)
class Waits:
    """The waits of answered and of abandoned calls, by their place in `BINS`."""

    answered: Counter[int] = field(default_factory=Counter)
    abandoned: Counter[int] = field(default_factory=Counter)

    def add(self, count: WaitCount) -> None:
        """Count these too."""
        (self.answered if count.answered else self.abandoned)[count.bin] += count.number


@dataclass(frozen=True, slots=True)
class WaitsReport:
    """In total, and by queue in the order of the names."""

    total: Waits
    queues: Mapping[str, Waits]


def waits_report(counts: Iterable[WaitCount]) -> WaitsReport:
    """The report of these counts."""
    total, queues = Waits(), dict[str, Waits]()
    for count in counts:
        total.add(count)
        queues.setdefault(count.queue, Waits()).add(count)
    return WaitsReport(total, dict(sorted(queues.items())))
