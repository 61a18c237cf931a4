"""The live picture: who waits in which queue, whose phone rings, who talks. Pure.

Fed with AMI events in their order, told the time, and rebuilt from a snapshot at each connect. What it tells
goes on the bus and may be lost; the records do not depend on it. Handlers are idempotent: AMI says some
things twice (DialEnd CANCEL, an abandon after a codec mismatch).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ami_bridge.floor_members import Members
from ami_bridge.wire import AmiEvent
from callcenter.centre import Centre
from callcenter.clock import MICROSECONDS
from callcenter.messages import (
    CallAnswered,
    CallEnded,
    CallOffered,
    EndedBy,
    Fact,
    OfferEnd,
    OfferEnded,
    QueueState,
    WaitingCaller,
)

_ENDED_BY = {"caller": EndedBy.CALLER, "agent": EndedBy.AGENT, "transfer": EndedBy.TRANSFER}


@dataclass(slots=True)
class _Caller:
    uniqueid: str
    linkedid: str
    queue: str
    number: str
    joined_us: int


@dataclass(slots=True)
class _Phone:
    member: str
    caller: _Caller


@dataclass(slots=True)
class _Talk:
    member: str
    queue: str
    uniqueid: str


class Floor:
    """The state of one node. `apply` an event, then `take` the facts that follow from it."""

    def __init__(self, node: str, centre: Centre) -> None:
        self._node = node
        self._queues = dict(centre.queues_by_name)
        self._line_of = {line.queue: line.number for line in reversed(centre.lines)}
        self._waiting: dict[str, dict[str, _Caller]] = {name: {} for name in self._queues}
        self._members = Members(node)
        self._left: dict[str, _Caller] = {}
        self._phones: dict[str, _Phone] = {}  # by the uniqueid of the phone's channel, as the talks
        self._talks: dict[str, _Talk] = {}
        self._facts: list[Fact] = []
        self._stale_queues: set[str] = set(self._queues)
        self.unknown_queues = 0
        self.unknown_callers = 0
        self._handlers: dict[str, Callable[[AmiEvent, int], None]] = {
            "QueueCallerJoin": self._join,
            "QueueCallerLeave": self._leave,
            "AgentCalled": self._offer,
            "AgentRingNoAnswer": self._no_answer,
            "AgentConnect": self._answer,
            "AgentComplete": self._complete,
            "Hangup": self._hang_up,
            "QueueMemberAdded": self._member,
            "QueueMemberStatus": self._member,
            "QueueMemberPause": self._member,
            "QueueMemberRemoved": self._removed,
        }

    def wants(self, name: str) -> bool:
        """Whether an event of this name changes anything here."""
        return name in self._handlers

    def apply(self, event: AmiEvent, now_us: int) -> None:
        """Take in one event. An event of no interest costs one look-up."""
        handler = self._handlers.get(event.name)
        if handler is not None:
            handler(event, event.timestamp_us or now_us)

    def take(self, now_us: int) -> list[Fact]:
        """The facts since the last time, then each queue and agent whose picture changed, once."""
        facts = self.take_calls()
        states, queues = self._members.take(now_us)
        facts += states
        facts += [self._queue_state(queue, now_us) for queue in sorted(self._stale_queues | queues)]
        self._stale_queues = set()
        return facts

    def take_calls(self) -> list[Fact]:
        """Only what happened to calls since the last time; pictures that changed wait for `take`."""
        facts, self._facts = self._facts, []
        return facts

    @property
    def has_news(self) -> bool:
        """Whether a queue or an agent has to be shown anew."""
        return bool(self._members.stale or self._stale_queues)

    # -- the snapshot at each connect ------------------------------------------------------------

    def rebuild(self, events: Iterable[AmiEvent], now_us: int) -> None:
        """Replace the picture by QueueStatus' answer. Talks that still stand are kept by their channel."""
        for waiting in self._waiting.values():
            waiting.clear()
        self._members.leave_all()
        for event in events:
            if event.name == "QueueEntry":
                self._snapshot_caller(event, now_us)
            elif event.name == "QueueMember":
                self._update_member(event.get("Name") or event.get("MemberName"), event.get("Location"), event)
        self._stale_queues = set(self._queues)

    def keep_channels(self, alive: set[str]) -> None:
        """Forget talks whose agent's channel is no longer there."""
        for channel in [channel for channel in self._talks if channel not in alive]:
            self._members.end_talk(self._talks.pop(channel).member)
        for channel in [channel for channel in self._phones if channel not in alive]:
            self._members.ring(self._phones.pop(channel).member, "")
        self._left = {uniqueid: caller for uniqueid, caller in self._left.items() if uniqueid in alive}

    def _snapshot_caller(self, event: AmiEvent, now_us: int) -> None:
        queue, uniqueid = event.get("Queue"), event.get("Uniqueid")
        if queue in self._waiting:
            joined_us = now_us - int(event.get("Wait") or 0) * MICROSECONDS
            self._waiting[queue][uniqueid] = _Caller(
                uniqueid, uniqueid, queue, _digits(event.get("CallerIDNum")), joined_us
            )

    # -- callers -----------------------------------------------------------------------------------

    def _join(self, event: AmiEvent, at_us: int) -> None:
        queue, uniqueid = event.get("Queue"), event.get("Uniqueid")
        waiting = self._waiting.get(queue)
        if waiting is None:
            self.unknown_queues += 1
            return
        number = _digits(event.get("CallerIDNum"))
        waiting[uniqueid] = _Caller(uniqueid, event.get("Linkedid"), queue, number, at_us)
        self._stale_queues.add(queue)

    def _leave(self, event: AmiEvent, _at_us: int) -> None:
        """Out of the queue: answered, as AgentConnect tells in a moment, or not, as the phones' hang-ups tell."""
        queue, uniqueid = event.get("Queue"), event.get("Uniqueid")
        caller = self._waiting.get(queue, {}).pop(uniqueid, None)
        if caller is not None:
            self._left[uniqueid] = caller
            self._stale_queues.add(queue)

    def _caller(self, event: AmiEvent) -> _Caller | None:
        uniqueid = event.get("Uniqueid")
        found = self._waiting.get(event.get("Queue"), {}).get(uniqueid) or self._left.get(uniqueid)
        if found is None:
            self.unknown_callers += 1
        return found

    # -- offers and talks --------------------------------------------------------------------------

    def _offer(self, event: AmiEvent, at_us: int) -> None:
        """AgentCalled: a phone is about to ring. The one cause of a screen-pop."""
        caller, name, channel = self._caller(event), event.get("MemberName"), event.get("DestUniqueid")
        if caller is None or channel in self._phones:
            return
        self._phones[channel] = _Phone(name, caller)
        self._members.ring(name, caller.uniqueid)
        self._facts.append(
            CallOffered(
                node=self._node,
                member=name,
                uniqueid=caller.uniqueid,
                linkedid=caller.linkedid or caller.uniqueid,
                queue=caller.queue,
                line=self._line_of.get(caller.queue, ""),
                caller=caller.number,
                joined_us=caller.joined_us,
                offered_us=at_us,
            )
        )

    def _no_answer(self, event: AmiEvent, at_us: int) -> None:
        reason = OfferEnd.REJECTED if event.get("RingTime") == "0" else OfferEnd.NO_ANSWER
        self._end_offer(event.get("DestUniqueid"), reason, at_us)

    def _end_offer(self, channel: str, reason: OfferEnd, at_us: int) -> None:
        phone = self._phones.pop(channel, None)
        if phone is None:
            return
        self._members.ring(phone.member, "")
        self._facts.append(
            OfferEnded(
                node=self._node,
                member=phone.member,
                uniqueid=phone.caller.uniqueid,
                queue=phone.caller.queue,
                reason=reason,
                at_us=at_us,
            )
        )

    def _answer(self, event: AmiEvent, at_us: int) -> None:
        channel, name = event.get("DestUniqueid"), event.get("MemberName")
        caller = self._caller(event)
        if caller is None or channel in self._talks:
            return
        self._phones.pop(channel, None)
        for other in [key for key, phone in self._phones.items() if phone.caller is caller]:
            self._end_offer(other, OfferEnd.ANSWERED_ELSEWHERE, at_us)
        self._waiting[caller.queue].pop(caller.uniqueid, None)
        self._left.pop(caller.uniqueid, None)
        self._talks[channel] = _Talk(name, caller.queue, caller.uniqueid)
        self._members.talk(name, caller.uniqueid)
        self._facts.append(
            CallAnswered(
                node=self._node,
                member=name,
                uniqueid=caller.uniqueid,
                linkedid=caller.linkedid or caller.uniqueid,
                queue=caller.queue,
                joined_us=caller.joined_us,
                answered_us=at_us,
            )
        )

    def _complete(self, event: AmiEvent, at_us: int) -> None:
        """AgentComplete may come without the agent's channel: then the member's talk is meant."""
        channel, name = event.get("DestUniqueid"), event.get("MemberName")
        if channel not in self._talks:
            uniqueid = event.get("Uniqueid")
            own = (key for key, talk in self._talks.items() if talk.member == name and talk.uniqueid == uniqueid)
            channel = next(own, "")
        reason = event.get("Reason")
        self._end_talk(channel, _ENDED_BY.get(reason, EndedBy.UNKNOWN), at_us)

    def _hang_up(self, event: AmiEvent, at_us: int) -> None:
        channel = event.get("Uniqueid")
        self._end_offer(channel, OfferEnd.CALLER_LEFT, at_us)
        self._end_talk(channel, EndedBy.UNKNOWN, at_us)
        self._left.pop(channel, None)

    def _end_talk(self, channel: str, ended_by: EndedBy, at_us: int) -> None:
        talk = self._talks.pop(channel, None)
        if talk is None:
            return
        self._members.end_talk(talk.member, at_us + self._queues[talk.queue].wrap_up_seconds * MICROSECONDS)
        self._facts.append(
            CallEnded(
                node=self._node,
                member=talk.member,
                uniqueid=talk.uniqueid,
                queue=talk.queue,
                at_us=at_us,
                ended_by=ended_by,
            )
        )

    # -- members -----------------------------------------------------------------------------------

    def _member(self, event: AmiEvent, _at_us: int) -> None:
        self._update_member(event.get("MemberName"), event.get("Interface"), event)

    def _update_member(self, name: str, interface: str, event: AmiEvent) -> None:
        queue = event.get("Queue")
        if queue not in self._waiting or not name:
            self.unknown_queues += 1
            return
        if self._members.update(name, interface, queue, event):
            self._stale_queues.add(queue)

    def _removed(self, event: AmiEvent, _at_us: int) -> None:
        if event.get("Queue") in self._waiting:
            self._members.remove(event.get("MemberName"), event.get("Queue"))
            self._stale_queues.add(event.get("Queue"))

    def _queue_state(self, queue: str, now_us: int) -> QueueState:
        counts = self._members.counts(queue)
        waiting = sorted(self._waiting[queue].values(), key=lambda caller: caller.joined_us)
        return QueueState(
            node=self._node,
            queue=queue,
            waiting=tuple(
                WaitingCaller(
                    uniqueid=caller.uniqueid, caller=caller.number, position=place, joined_us=caller.joined_us
                )
                for place, caller in enumerate(waiting, 1)
            ),
            logged_in=counts.logged_in,
            available=counts.available,
            talking=counts.talking,
            paused=counts.paused,
            as_of_us=now_us,
        )


def _digits(number: str) -> str:
    """A caller's number as it may be shown and looked up: digits and a plus, at most 20."""
    return "".join(character for character in number if character in "0123456789+")[:20]
