"""The callers in the live state: who waits in which queue, and who has just left it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ami_bridge.wire.items import AmiEvent
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import WaitingCaller

# QueueStatus has waits in whole seconds: an entry that began within so much of another's beginning may be the same.
_SAME_WAIT_US = 2 * MICROSECONDS


class ChannelIdentity(NamedTuple):
    """Who a channel is: its name, Uniqueid, Linkedid, and the caller's number."""

    channel: str
    uniqueid: str
    linkedid: str
    number: str


@dataclass(slots=True)
class QueuedCaller:
    """One caller in a queue. Another channel may take the place of theirs: the wait goes on."""

    uniqueid: str
    linkedid: str
    queue: str
    number: str
    joined_us: int
    channel: str = ""

    def become(self, other: ChannelIdentity) -> None:
        """Another channel waits on in this place."""
        self.channel, self.uniqueid, self.linkedid, self.number = other


@dataclass(slots=True)
class RingingPhone:
    """A member's phone that rings for a caller; `unanswered`: it stopped, for a reason not known yet."""

    member: str
    caller: QueuedCaller
    unanswered: bool = False


class Callers:
    """All callers of one node. Events of a queue that the centre does not have are only counted.

    `_vacated`: channels that hung up while they waited. app_queue reports the leaving before the hang-up, so either
    that was missed or another channel took the place, which Asterisk does not always report (INVITE with Replaces).
    `_became`: which channel took a channel's place; events already under way name the former one.
    """

    def __init__(self, queues: Iterable[str]) -> None:
        self._waiting: dict[str, dict[str, QueuedCaller]] = {name: {} for name in queues}
        self._left: dict[str, QueuedCaller] = {}
        self._vacated: dict[str, QueuedCaller] = {}
        self._became: dict[str, str] = {}
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
            number, channel = digits(event.get("CallerIDNum")), event.get("Channel")
            self._vacated.pop(uniqueid, None)
            self._waiting[queue][uniqueid] = QueuedCaller(
                uniqueid, event.get("Linkedid"), queue, number, at_us, channel
            )
            self.stale.add(queue)

    def leave(self, event: AmiEvent) -> None:
        """QueueCallerLeave: answered, which AgentConnect reports in a moment, or not."""
        queue, uniqueid = event.get("Queue"), self._now(event.get("Uniqueid"))
        self._vacated.pop(uniqueid, None)
        caller = self._waiting.get(queue, {}).pop(uniqueid, None)
        if caller is not None:
            self._left[uniqueid] = caller
            self.stale.add(queue)

    def of(self, event: AmiEvent) -> QueuedCaller | None:
        """The caller in an event of an agent's phone; one who never joined is counted."""
        uniqueid = self._now(event.get("Uniqueid"))
        found = self._waiting.get(event.get("Queue"), {}).get(uniqueid) or self._left.get(uniqueid)
        self.unknown_callers += found is None
        return found

    def answered(self, caller: QueuedCaller) -> None:
        """AgentConnect: the caller waits no longer."""
        self._waiting[caller.queue].pop(caller.uniqueid, None)
        self._left.pop(caller.uniqueid, None)

    def renumbered(self, caller: QueuedCaller, number: str) -> None:
        """The caller's channel has another number now, as after a transfer on the far side of a Local channel."""
        if number and number != caller.number:
            caller.number = number
            self.stale.add(caller.queue)

    def gone(self, uniqueid: str) -> None:
        """The channel hung up: it waits no longer, whether or not the leaving was reported."""
        self._left.pop(uniqueid, None)
        if uniqueid in self._became.values():
            self._became = {former: now for former, now in self._became.items() if now != uniqueid}
        for queue, waiting in self._waiting.items():
            caller = waiting.pop(uniqueid, None)
            if caller is not None:
                self._vacated[uniqueid] = caller
                self.stale.add(queue)

    def _now(self, uniqueid: str) -> str:
        """The channel that took that one's place; the same where none did."""
        return self._became.get(uniqueid, uniqueid)

    # -- another channel in the same place ---------------------------------------------------------------

    @property
    def in_doubt(self) -> list[str]:
        """The queues where a channel hung up while it waited: somebody else may wait in its place."""
        return sorted({caller.queue for caller in self._vacated.values()})

    def behind(self, local: str) -> QueuedCaller | None:
        """Who waits on the far side of that half of a Local channel; halves are named `;1` and `;2`."""
        name, separator, half = local.rpartition(";")
        if not separator:
            return None
        other = f"{name};{'2' if half == '1' else '1'}"
        return next(
            (each for calls in self._waiting.values() for each in calls.values() if each.channel == other), None
        )

    def of_channel(self, uniqueid: str) -> QueuedCaller | None:
        """Who waits as that channel, or did until it hung up."""
        waiting = (calls[uniqueid] for calls in self._waiting.values() if uniqueid in calls)
        return next(waiting, self._vacated.get(uniqueid))

    def take_over(self, caller: QueuedCaller, other: ChannelIdentity) -> None:
        """Another channel waits on in that caller's place."""
        self._waiting[caller.queue].pop(caller.uniqueid, None)
        self._vacated.pop(caller.uniqueid, None)
        if caller.uniqueid != other.uniqueid:
            self._became[caller.uniqueid] = other.uniqueid
        caller.become(other)
        self._waiting[caller.queue][other.uniqueid] = caller
        self.stale.add(caller.queue)

    def successor_of(self, entry: AmiEvent, now_us: int) -> QueuedCaller | None:
        """The vacated place that a QueueEntry unknown here goes on with: of the same queue, waiting for as long."""
        queue, joined_us = entry.get("Queue"), _joined(entry, now_us)
        if self.waits(queue, entry.get("Uniqueid")):
            return None
        candidates = [each for each in self._vacated.values() if each.queue == queue]
        nearest = min(candidates, key=lambda each: abs(each.joined_us - joined_us), default=None)
        return nearest if nearest is not None and abs(nearest.joined_us - joined_us) <= _SAME_WAIT_US else None

    def believe(self, queue: str) -> None:
        """That queue was looked at: whoever has no successor is gone."""
        self._vacated = {uniqueid: each for uniqueid, each in self._vacated.items() if each.queue != queue}

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
        self._vacated.clear()
        self._became.clear()
        self.stale = set(self._waiting)

    def found(self, event: AmiEvent, now_us: int) -> None:
        """QueueEntry of the snapshot."""
        queue, uniqueid = event.get("Queue"), event.get("Uniqueid")
        if queue in self._waiting and not self.waits(queue, uniqueid):
            other = identity_in_entry(event)
            joined_us = _joined(event, now_us)
            self._waiting[queue][uniqueid] = QueuedCaller(
                uniqueid, uniqueid, queue, other.number, joined_us, other.channel
            )
            self.stale.add(queue)

    def keep(self, alive: set[str]) -> None:
        """Forget callers who left and whose channel is gone."""
        self._left = {uniqueid: caller for uniqueid, caller in self._left.items() if uniqueid in alive}


def identity_in_entry(event: AmiEvent) -> ChannelIdentity:
    """The channel of a QueueEntry, which has no Linkedid."""
    uniqueid = event.get("Uniqueid")
    return ChannelIdentity(event.get("Channel"), uniqueid, uniqueid, digits(event.get("CallerIDNum")))


def _joined(entry: AmiEvent, now_us: int) -> int:
    return now_us - int(entry.get("Wait") or 0) * MICROSECONDS


def digits(number: str) -> str:
    """A caller's number as it may be shown and looked up: digits and a plus, at most 20."""
    return "".join(character for character in number if character in "0123456789+")[:20]
