"""Callbacks that callers asked for: how many, why, what became of them, how soon and with how many tries. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from callcenter.callbacks.rules import CallbackReason, CallbackState


@dataclass(frozen=True, slots=True)
class CallbackCount:
    """Callbacks of a queue with that reason and state. `until_done_us`: from asking to the end, of those done."""

    queue: str
    reason: CallbackReason
    state: CallbackState
    number: int
    tries: int
    until_done_us: int
    longest_us: int


@dataclass(slots=True)
class Callbacks:
    """Summed."""

    asked: int = 0
    tries: int = 0
    until_done_us: int = 0
    longest_us: int = 0
    reasons: Counter[CallbackReason] = field(default_factory=Counter)
    states: Counter[CallbackState] = field(default_factory=Counter)

    def add(self, count: CallbackCount) -> None:
        """Count these too."""
        self.asked += count.number
        self.tries += count.tries
        self.reasons[count.reason] += count.number
        self.states[count.state] += count.number
        if count.state is CallbackState.DONE:
            self.until_done_us += count.until_done_us
            self.longest_us = max(self.longest_us, count.longest_us)

    @property
    def done(self) -> int:
        """The customer answered and reached the queue."""
        return self.states[CallbackState.DONE]

    @property
    def under_way(self) -> int:
        """Without an end yet."""
        return self.states[CallbackState.PENDING] + self.states[CallbackState.CALLING]

    @property
    def ended(self) -> int:
        """All with an end: what the share of those done is of."""
        return self.asked - self.under_way


@dataclass(frozen=True, slots=True)
class CallbacksReport:
    """In total, and by queue in the order of the names."""

    total: Callbacks
    queues: Mapping[str, Callbacks]


def callbacks_report(counts: Iterable[CallbackCount]) -> CallbacksReport:
    """The report of these counts."""
    total, queues = Callbacks(), dict[str, Callbacks]()
    for count in counts:
        total.add(count)
        queues.setdefault(count.queue, Callbacks()).add(count)
    return CallbacksReport(total, dict(sorted(queues.items())))
