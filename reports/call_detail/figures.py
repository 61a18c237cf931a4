"""Each call, put together from its queue entries. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from callcenter.calls import EndedBy, FinalStage, Outcome

MOST_CALLS = 200_000
"""More than a list to work on; a workbook has at most a million rows."""


class RecordingState(Enum):
    """Whether there is a recording of a call."""

    NONE = auto()
    KEPT = auto()
    DELETED = auto()


@dataclass(frozen=True, slots=True)
class DetailEntry:
    """One queue entry of a call; `talk_us` is None where nobody answered, `entered_position` where it is not known."""

    queue: str
    outcome: Outcome
    member: str
    wait_us: int
    talk_us: int | None
    ended_by: EndedBy
    transferred_to: str
    entered_position: int | None = None


@dataclass(frozen=True, slots=True)
class DetailCall:
    """A call to a line, with its entries in the order of time."""

    arrived_us: int
    line: str
    caller: str
    final_stage: FinalStage
    recording: RecordingState
    entries: tuple[DetailEntry, ...]

    @property
    def outcome(self) -> Outcome | None:
        """Answered where anybody did, else that of the last queue; None without a queue."""
        if any(entry.talk_us is not None for entry in self.entries):
            return Outcome.ANSWERED
        return self.entries[-1].outcome if self.entries else None

    @property
    def wait_us(self) -> int | None:
        """The wait in all queues; None without a queue."""
        return sum(entry.wait_us for entry in self.entries) if self.entries else None

    @property
    def talk_us(self) -> int | None:
        """All conversations; None without one."""
        talked = [entry.talk_us for entry in self.entries if entry.talk_us is not None]
        return sum(talked) if talked else None

    @property
    def members(self) -> tuple[str, ...]:
        """Who answered, each once, in the order of time."""
        return tuple(dict.fromkeys(entry.member for entry in self.entries if entry.member))

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues it was in, as they came; a queue that it entered twice in a row once."""
        return tuple(dict.fromkeys(entry.queue for entry in self.entries))


@dataclass(frozen=True, slots=True)
class CallDetail:
    """The calls in the order of their arrival, the first `MOST_CALLS` of them, and how many there are."""

    calls: tuple[DetailCall, ...]
    number: int


def call_detail(calls: Iterable[DetailCall], queues: tuple[str, ...], most: int = MOST_CALLS) -> CallDetail:
    """Of those calls that were in one of the queues; no queues: all."""
    kept: list[DetailCall] = []
    number = 0
    for call in _of_queues(calls, frozenset(queues)):
        number += 1
        if number <= most:
            kept.append(call)
    return CallDetail(tuple(kept), number)


def _of_queues(calls: Iterable[DetailCall], queues: frozenset[str]) -> Iterator[DetailCall]:
    return (call for call in calls if not queues or queues.intersection(call.queues))
