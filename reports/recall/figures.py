"""Lost callers, and what became of each. Pure.

By the rule of the recall list (`callcenter.recalls`); what an agent did is told before what happened by itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from callcenter.calls import Outcome
from callcenter.recalls.rules import RecallState

MOST_LISTED = 200_000


class Fate(Enum):
    """What became of a lost caller."""

    OPEN = auto()
    TAKEN = auto()
    REACHED = auto()
    NOT_REACHED = auto()
    DISCARDED = auto()
    CALLBACK = auto()
    SERVED_LATER = auto()
    WITHHELD = auto()


_BY_STATE = {
    RecallState.OPEN: Fate.OPEN,
    RecallState.TAKEN: Fate.TAKEN,
    RecallState.REACHED: Fate.REACHED,
    RecallState.NOT_REACHED: Fate.NOT_REACHED,
    RecallState.DISCARDED: Fate.DISCARDED,
}
# With these the caller needs nothing more.
RECOVERED = frozenset({Fate.REACHED, Fate.CALLBACK, Fate.SERVED_LATER})


@dataclass(frozen=True, slots=True)
class LostCall:
    """A call that nobody answered. `state`, `owner`, `note`, `changed_us`: what an agent did, empty where nobody."""

    entered_us: int
    queue: str
    caller: str
    outcome: Outcome
    wait_us: int
    state: RecallState
    owner: str
    note: str
    changed_us: int | None
    has_callback: bool
    served_later: bool

    @property
    def fate(self) -> Fate:
        """What became of the caller."""
        if not self.caller:
            return Fate.WITHHELD
        if self.state is not RecallState.OPEN:
            return _BY_STATE[self.state]
        if self.has_callback:
            return Fate.CALLBACK
        return Fate.SERVED_LATER if self.served_later else Fate.OPEN


@dataclass(frozen=True, slots=True)
class RecallReport:
    """By queue, how many met each fate; those listed are the first `MOST_LISTED`. `until_reached_us`: summed."""

    total: Counter[Fate]
    queues: Mapping[str, Counter[Fate]]
    listed: tuple[LostCall, ...]
    until_reached_us: int

    @property
    def lost(self) -> int:
        """All of them."""
        return self.total.total()


def recall_report(calls: Iterable[LostCall], most: int = MOST_LISTED) -> RecallReport:
    """The report of these calls, which pass by in the order of time."""
    total, queues, listed, until_reached_us = Counter[Fate](), dict[str, Counter[Fate]](), list[LostCall](), 0
    for call in calls:
        fate = call.fate
        total[fate] += 1
        queues.setdefault(call.queue, Counter())[fate] += 1
        if fate is Fate.REACHED and call.changed_us is not None:
            until_reached_us += max(0, call.changed_us - call.entered_us)
        if len(listed) < most:
            listed.append(call)
    return RecallReport(total, dict(sorted(queues.items())), tuple(listed), until_reached_us)


def recovered(fates: Counter[Fate]) -> int:
    """How many need nothing more."""
    return sum(number for fate, number in fates.items() if fate in RECOVERED)
