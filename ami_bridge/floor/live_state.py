"""The live picture: who waits in which queue, whose phone rings, who talks. Pure.

Fed with AMI events in their order, told the time, and rebuilt from a snapshot at each connect. What it tells
goes on the bus and may be lost; the records do not depend on it. Handlers are idempotent: AMI says some
things twice (DialEnd CANCEL, an abandon after a codec mismatch).
"""

from collections.abc import Callable, Iterable, Mapping

from ami_bridge.floor.callers import Callers, RingingPhone
from ami_bridge.floor.conversations import StandingReception, StandingTalk, Talk
from ami_bridge.floor.members import Member, Members
from ami_bridge.floor.offer_ends import why_unanswered
from ami_bridge.floor.recording_states import Recordings
from ami_bridge.floor.transfer_targets import found, received
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.model import Centre
from callcenter.clock import MICROSECONDS
from callcenter.messages.facts import (
    CallAnswered,
    CallEnded,
    CallOffered,
    EndedBy,
    Fact,
    OfferEnd,
    OfferEnded,
    QueueState,
)

_ENDED_BY = {"caller": EndedBy.CALLER, "agent": EndedBy.AGENT, "transfer": EndedBy.TRANSFER}


class Floor:
    """The state of one node. `apply` an event, then `take` the facts that follow from it."""

    def __init__(self, node: str, centre: Centre) -> None:
        self._node = node
        self._queues = dict(centre.queues_by_name)
        self._line_of = {line.queue: line.number for line in reversed(centre.lines)}
        self._callers = Callers(self._queues)
        self._recordings = Recordings()
        self._members = Members(node, self._recordings.of)
        self._phones: dict[str, RingingPhone] = {}  # by the uniqueid of the phone's channel, as the talks
        self._talks: dict[str, Talk] = {}
        self._facts: list[Fact] = []
        self._handlers: dict[str, Callable[[AmiEvent, int], None]] = {
            "QueueCallerJoin": self._join,
            "QueueCallerLeave": lambda event, _: self._callers.leave(event),
            "AgentCalled": self._offer,
            "AgentRingNoAnswer": self._no_answer,
            "AgentConnect": self._answer,
            "AgentComplete": self._complete,
            "Hangup": self._hang_up,
            **{name: self._recording for name in self._recordings.handlers},
            "UserEvent": lambda event, _: received(event, self._members),
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
        facts += [self._queue_state(queue, now_us) for queue in sorted(self._callers.stale | queues)]
        self._callers.stale = set()
        return facts

    def take_calls(self) -> list[Fact]:
        """Only what happened to calls since the last time; pictures that changed wait for `take`."""
        facts, self._facts = self._facts, []
        return facts

    @property
    def has_news(self) -> bool:
        """Whether a queue or an agent has to be shown anew."""
        return bool(self._members.stale or self._callers.stale)

    @property
    def unknown_queues(self) -> int:
        """How often Asterisk spoke of a queue that the centre does not have."""
        return self._callers.unknown_queues

    @property
    def unknown_callers(self) -> int:
        """How often a phone rang for somebody who never joined."""
        return self._callers.unknown_callers

    def member_named(self, name: str) -> Member | None:
        """The member of that name."""
        return self._members.get(name)

    def member_at(self, interface: str) -> Member | None:
        """Who serves some queue at that phone."""
        return self._members.at(interface)

    def talk_at(self, interface: str) -> Talk | None:
        """The talk at that phone with a queue's caller."""
        return next((talk for talk in self._talks.values() if talk.interface == interface), None)

    # -- the snapshot at each connect ------------------------------------------------------------

    def rebuild(self, events: Iterable[AmiEvent], now_us: int) -> None:
        """Replace the picture by QueueStatus' answer. Talks that still stand are kept by their channel."""
        self._callers.forget()
        self._members.leave_all()
        for event in events:
            if event.name == "QueueEntry":
                self._callers.found(event, now_us)
            elif event.name == "QueueMember":
                name = event.get("Name") or event.get("MemberName")
                self._update_member(name, event.get("Location"), event)
                self._members.found(name, event)

    def keep_channels(self, alive: set[str]) -> None:
        """Forget talks whose agent's channel is no longer there."""
        for channel in [channel for channel in self._talks if channel not in alive]:
            self._members.end_talk(self._talks.pop(channel).member)
        for channel in [channel for channel in self._phones if channel not in alive]:
            self._members.ring(self._phones.pop(channel).member, "")
        self._callers.keep(alive)
        self._recordings.keep(alive)
        self._members.keep_receptions(alive)

    def found_talks(self, talks: Iterable[StandingTalk], now_us: int) -> None:
        """Of the channels at a connect: talks that began while nobody here listened."""
        for each in talks:
            member = self._members.at(each.interface)
            known = each.channel in self._talks or self._callers.waits(each.queue, each.uniqueid)
            if member is None or known or not self._callers.knows(each.queue):
                continue
            self._talks[each.channel] = Talk(each.channel, member.name, each.interface, each.queue, each.uniqueid)
            self._members.talk(member.name, each.uniqueid, now_us - each.lasts_us)

    def found_receptions(self, receptions: Iterable[StandingReception]) -> None:
        """The same of callers who came by a transfer."""
        for each in receptions:
            found(each, self._members)

    def found_recordings(self, marks: Mapping[str, str], now_us: int) -> None:
        """And what the callers' channels are marked with, by Uniqueid."""
        for uniqueid, mark in marks.items():
            self._recordings.found(uniqueid, mark, now_us)
            self._members.stir(uniqueid)

    # -- offers and talks --------------------------------------------------------------------------

    def _join(self, event: AmiEvent, at_us: int) -> None:
        self._recordings.joined(event.get("Uniqueid"), at_us)
        self._members.end_receptions(event.get("Uniqueid"))
        self._callers.join(event, at_us)

    def _recording(self, event: AmiEvent, at_us: int) -> None:
        self._recordings.handlers[event.name](event, at_us)
        self._members.stir(event.get("Uniqueid"))

    def _offer(self, event: AmiEvent, at_us: int) -> None:
        """AgentCalled: a phone is about to ring. The one cause of a screen-pop."""
        caller, name, channel = self._callers.of(event), event.get("MemberName"), event.get("DestUniqueid")
        if caller is None or channel in self._phones:
            return
        self._phones[channel] = RingingPhone(name, caller)
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

    def _no_answer(self, event: AmiEvent, _at_us: int) -> None:
        """The ringing is over; why, the end of the phone's leg tells in a moment."""
        phone = self._phones.get(event.get("DestUniqueid"))
        if phone is not None:
            phone.rang_in_vain = True

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
        caller = self._callers.of(event)
        if caller is None or channel in self._talks:
            return
        self._phones.pop(channel, None)
        for other in [key for key, phone in self._phones.items() if phone.caller is caller]:
            self._end_offer(other, OfferEnd.ANSWERED_ELSEWHERE, at_us)
        self._callers.answered(caller)
        self._talks[channel] = Talk(channel, name, event.get("Interface"), caller.queue, caller.uniqueid)
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
        phone = self._phones.get(channel)
        if phone is not None:
            self._end_offer(
                channel, why_unanswered(event.get("Cause")) if phone.rang_in_vain else OfferEnd.CALLER_LEFT, at_us
            )
        self._end_talk(channel, EndedBy.UNKNOWN, at_us)
        self._callers.gone(channel)
        self._members.end_receptions(channel, event.get("Channel"))
        self._recordings.gone(channel)

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
        if name and self._callers.knows(queue) and self._members.update(name, interface, queue, event):
            self._callers.stale.add(queue)

    def _removed(self, event: AmiEvent, _at_us: int) -> None:
        queue = event.get("Queue")
        if self._callers.knows(queue):
            self._members.remove(event.get("MemberName"), event.get("Interface"), queue)
            self._callers.stale.add(queue)

    def _queue_state(self, queue: str, now_us: int) -> QueueState:
        counts = self._members.counts(queue)
        return QueueState(
            node=self._node,
            queue=queue,
            waiting=self._callers.shown(queue),
            logged_in=counts.logged_in,
            available=counts.available,
            talking=counts.talking,
            paused=counts.paused,
            as_of_us=now_us,
        )
