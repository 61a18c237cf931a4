"""The callers in the live state: who waits in which queue, and who has just left it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from ami_bridge.wire.items import AmiEvent
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import WaitingCaller


@dataclass(slots=True)
class QueuedCaller:
    """One caller in a queue."""

    uniqueid: str
    linkedid: str
    queue: str
    number: str
    joined_us: int


@dataclass(slots=True)
class RingingPhone:
    """A member's phone that rings for a caller; `unanswered`: it stopped, for a reason not known yet."""

    member: str
    caller: QueuedCaller
    unanswered: bool = False


class Callers:
    """All callers of one node. Events of a queue that the centre does not have are only counted."""

    def __init__(self, queues: Iterable[str]) -> None:
        self._waiting: dict[str, dict[str, QueuedCaller]] = {name: {} for name in queues}
        self._left: dict[str, QueuedCaller] = {}
        self.unknown_queues = 0
        self.unknown_callers = 0
        self.stale: set[str] = set(self._waiting)

    def knows(self, queue: str) -> bool:
        """Whether the centre has that queue; if not, it is counted."""
        self.unknown_queues += queue not in self._waiting
        return queue in self._waiting

    def waits(self, queue: str, uniqueid: str) -> bool:
        """Whether that caller waits there."""
        return uniqueid in self._waiting.get(queue, {})

    def join(self, event: AmiEvent, at_us: int) -> None:
        """QueueCallerJoin."""
        queue, uniqueid = event.get("Queue"), event.get("Uniqueid")
        if self.knows(queue):
            number = digits(event.get("CallerIDNum"))
            self._waiting[queue][uniqueid] = QueuedCaller(uniqueid, event.get("Linkedid"), queue, number, at_us)
            self.stale.add(queue)

    def leave(self, event: AmiEvent) -> None:
        """QueueCallerLeave: answered, which AgentConnect reports in a moment, or not."""
        queue, uniqueid = event.get("Queue"), event.get("Uniqueid")
        caller = self._waiting.get(queue, {}).pop(uniqueid, None)
        if caller is not None:
            self._left[uniqueid] = caller
            self.stale.add(queue)

    def of(self, event: AmiEvent) -> QueuedCaller | None:
        """The caller in an event of an agent's phone; one who never joined is counted."""
        uniqueid = event.get("Uniqueid")
        found = self._waiting.get(event.get("Queue"), {}).get(uniqueid) or self._left.get(uniqueid)
        self.unknown_callers += found is None
        return found

    def answered(self, caller: QueuedCaller) -> None:
        """AgentConnect: the caller waits no longer."""
        self._waiting[caller.queue].pop(caller.uniqueid, None)
        self._left.pop(caller.uniqueid, None)

    def gone(self, uniqueid: str) -> None:
        """The channel hung up."""
        self._left.pop(uniqueid, None)

    def in_order(self, queue: str) -> list[QueuedCaller]:
        """Who waits there, the longest wait first."""
        return sorted(self._waiting[queue].values(), key=lambda caller: caller.joined_us)

    def shown(self, queue: str) -> tuple[WaitingCaller, ...]:
        """The same as the bus reports it."""
        return tuple(
            WaitingCaller(uniqueid=each.uniqueid, caller=each.number, position=position, joined_us=each.joined_us)
            for position, each in enumerate(self.in_order(queue), 1)
        )

    # -- the snapshot at each connect ----------------------------------------------------------------

    def forget(self) -> None:
        """Nobody waits until the snapshot lists them."""
        for waiting in self._waiting.values():
            waiting.clear()
        self.stale = set(self._waiting)

    def found(self, event: AmiEvent, now_us: int) -> None:
        """QueueEntry of the snapshot."""
        queue, uniqueid = event.get("Queue"), event.get("Uniqueid")
        if queue in self._waiting:
            joined_us = now_us - int(event.get("Wait") or 0) * MICROSECONDS
            number = digits(event.get("CallerIDNum"))
            self._waiting[queue][uniqueid] = QueuedCaller(uniqueid, uniqueid, queue, number, joined_us)

    def keep(self, alive: set[str]) -> None:
        """Forget callers who left and whose channel is gone."""
        self._left = {uniqueid: caller for uniqueid, caller in self._left.items() if uniqueid in alive}


def digits(number: str) -> str:
    """A caller's number as it may be shown and looked up: digits and a plus, at most 20."""
    return "".join(character for character in number if character in "0123456789+")[:20]
