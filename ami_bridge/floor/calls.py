"""The calls in the live state: whose phone rings for which caller, and who is connected to whom. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ami_bridge.floor.conversations import LiveConversation, StandingConversation
from ami_bridge.floor.members import Members
from ami_bridge.floor.offer_ends import why_unanswered
from ami_bridge.floor.queued_callers import Callers, QueuedCaller, RingingPhone, digits
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.model import Centre
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import CallAnswered, CallEnded, CallEndedBy, CallOffered, Fact, OfferEnd, OfferEnded

_ENDED_BY: Mapping[str, CallEndedBy] = {
    "caller": CallEndedBy.CALLER,
    "agent": CallEndedBy.AGENT,
    "transfer": CallEndedBy.TRANSFER,
}


class Calls:
    """All calls of one node between callers and members, by the uniqueid of the phone's channel."""

    def __init__(self, node: str, centre: Centre, callers: Callers, members: Members) -> None:
        self._node, self._callers, self._members = node, callers, members
        self._line_of = {line.queue: line.number for line in reversed(centre.lines)}
        self._wrap_up_us = {queue.name: queue.wrap_up_seconds * MICROSECONDS for queue in centre.queues}
        self._phones: dict[str, RingingPhone] = {}
        self._conversations: dict[str, LiveConversation] = {}
        self._facts: list[Fact] = []

    def drain(self) -> list[Fact]:
        """The facts since the last time."""
        facts, self._facts = self._facts, []
        return facts

    def at(self, interface: str) -> LiveConversation | None:
        """The conversation at that phone with a queue's caller."""
        return next(
            (conversation for conversation in self._conversations.values() if conversation.interface == interface), None
        )

    # -- the snapshot at each connect ----------------------------------------------------------------

    def keep(self, alive: set[str]) -> None:
        """Forget conversations and ringing phones whose channel is gone."""
        for channel in [channel for channel in self._conversations if channel not in alive]:
            self._members.end_conversation(self._conversations.pop(channel).member)
        for channel in [channel for channel in self._phones if channel not in alive]:
            self._members.ring(self._phones.pop(channel).member, "")

    def found(self, conversations: Iterable[StandingConversation], now_us: int) -> None:
        """Add the conversations that began while there was no session."""
        for each in conversations:
            member = self._members.at(each.interface)
            known = each.channel in self._conversations or self._callers.waits(each.queue, each.uniqueid)
            if member is None or known or not self._callers.knows(each.queue):
                continue
            self._conversations[each.channel] = LiveConversation(
                channel=each.channel,
                member=member.name,
                interface=each.interface,
                queue=each.queue,
                uniqueid=each.uniqueid,
            )
            self._members.begin_conversation(member.name, each.uniqueid, now_us - each.lasts_us)

    # -- offers --------------------------------------------------------------------------------------

    def offer(self, event: AmiEvent, at_us: int) -> None:
        """AgentCalled: a phone is about to ring. The one cause of a screen-pop."""
        caller, name, channel = self._callers.of(event), event.get("MemberName"), event.get("DestUniqueid")
        if caller is None or channel in self._phones:
            return
        self._callers.renumbered(caller, digits(event.get("CallerIDNum")))
        rings_already = name in self._members_rung_for(caller)
        self._phones[channel] = RingingPhone(name, caller)
        if not rings_already:
            self._offered(caller, name, at_us)

    def _members_rung_for(self, caller: QueuedCaller) -> set[str]:
        """Whose phones ring for that caller: an offer is a member's, at however many phones."""
        return {phone.member for phone in self._phones.values() if phone.caller is caller}

    def _offered(self, caller: QueuedCaller, member: str, at_us: int) -> None:
        self._members.ring(member, caller.uniqueid)
        self._facts.append(
            CallOffered(
                node=self._node,
                member=member,
                uniqueid=caller.uniqueid,
                linkedid=caller.linkedid or caller.uniqueid,
                queue=caller.queue,
                line=self._line_of.get(caller.queue, ""),
                caller=caller.number,
                joined_us=caller.joined_us,
                offered_us=at_us,
            )
        )

    def caller_changes(self, caller: QueuedCaller, at_us: int) -> None:
        """Another is about to take that caller's place: what was offered was not this one's call."""
        for member in sorted(self._members_rung_for(caller)):
            self._offer_ended(caller, member, OfferEnd.CALLER_LEFT, at_us)

    def caller_changed(self, caller: QueuedCaller, at_us: int) -> None:
        """Another took the place: the phones that ring, ring for them."""
        for member in sorted(self._members_rung_for(caller)):
            self._offered(caller, member, at_us)

    def move_phone(self, former: str, channel: str) -> None:
        """A member's call goes on as another channel: one that picked it up, or the phone behind a Local channel."""
        if former in self._phones:
            self._phones[channel] = self._phones.pop(former)
        if former in self._conversations:
            self._conversations[channel] = replace(self._conversations.pop(former), channel=channel)

    def no_answer(self, event: AmiEvent, _at_us: int) -> None:
        """AgentRingNoAnswer: it rings no longer; the hang-up of the phone's leg gives the reason in a moment."""
        phone = self._phones.get(event.get("DestUniqueid"))
        if phone is not None:
            phone.unanswered = True

    def _end_offer(self, channel: str, reason: OfferEnd, at_us: int) -> None:
        phone = self._phones.pop(channel, None)
        if phone is not None and phone.member not in self._members_rung_for(phone.caller):
            self._members.ring(phone.member, "")
            self._offer_ended(phone.caller, phone.member, reason, at_us)

    def _offer_ended(self, caller: QueuedCaller, member: str, reason: OfferEnd, at_us: int) -> None:
        self._facts.append(
            OfferEnded(
                node=self._node,
                member=member,
                uniqueid=caller.uniqueid,
                queue=caller.queue,
                reason=reason,
                at_us=at_us,
            )
        )

    # -- conversations ---------------------------------------------------------------------------------------

    def answer(self, event: AmiEvent, at_us: int) -> None:
        """AgentConnect: one phone is answered, the others that ring for the caller stop."""
        channel, name = event.get("DestUniqueid"), event.get("MemberName")
        caller = self._callers.of(event)
        if caller is None or channel in self._conversations:
            return
        self._phones.pop(channel, None)
        for other in [key for key, phone in self._phones.items() if phone.caller is caller]:
            if self._phones[other].member == name:
                del self._phones[other]
            else:
                self._end_offer(other, OfferEnd.ANSWERED_ELSEWHERE, at_us)
        self._callers.answered(caller)
        self._conversations[channel] = LiveConversation(
            channel, name, event.get("Interface"), caller.queue, caller.uniqueid
        )
        self._members.begin_conversation(name, caller.uniqueid)
        self._facts.append(self._answered(caller, name, at_us))

    def _answered(self, caller: QueuedCaller, member: str, at_us: int) -> CallAnswered:
        return CallAnswered(
            node=self._node,
            member=member,
            uniqueid=caller.uniqueid,
            linkedid=caller.linkedid or caller.uniqueid,
            queue=caller.queue,
            joined_us=caller.joined_us,
            answered_us=at_us,
        )

    def complete(self, event: AmiEvent, at_us: int) -> None:
        """AgentComplete; without the agent's channel it means the member's conversation with that caller."""
        channel, name = event.get("DestUniqueid"), event.get("MemberName")
        if channel not in self._conversations:
            uniqueid = event.get("Uniqueid")
            matching = (
                key
                for key, conversation in self._conversations.items()
                if conversation.member == name and conversation.uniqueid == uniqueid
            )
            channel = next(matching, "")
        reason = event.get("Reason")
        self._end_conversation(channel, _ENDED_BY.get(reason, CallEndedBy.UNKNOWN), at_us)

    def hang_up(self, event: AmiEvent, at_us: int) -> None:
        """Hangup of a phone: its offer or its conversation is over."""
        channel = event.get("Uniqueid")
        phone = self._phones.get(channel)
        if phone is not None:
            unanswered = phone.unanswered
            self._end_offer(channel, why_unanswered(event.get("Cause")) if unanswered else OfferEnd.CALLER_LEFT, at_us)
        self._end_conversation(channel, CallEndedBy.UNKNOWN, at_us)

    def _end_conversation(self, channel: str, ended_by: CallEndedBy, at_us: int) -> None:
        conversation = self._conversations.pop(channel, None)
        if conversation is None:
            return
        self._members.end_conversation(conversation.member, at_us + self._wrap_up_us[conversation.queue])
        self._facts.append(
            CallEnded(
                node=self._node,
                member=conversation.member,
                uniqueid=conversation.uniqueid,
                queue=conversation.queue,
                at_us=at_us,
                ended_by=ended_by,
            )
        )
