"""Offers, answers and conversations as AMI tells them. Pure."""

from collections import OrderedDict

from ami_bridge.feeds.file import clean
from ami_bridge.ledger.entries import remember
from ami_bridge.ledger.rows import Verb
from ami_bridge.transcript_channels import Channels
from ami_bridge.transcript_reasons import Stay, place_of
from ami_bridge.transcript_stays import DECIDED_AFTER_EVENTS, DECIDED_AFTER_US, Stays
from ami_bridge.transcript_talk import Talk, end_of, ended_by_key, first_who_asked, has_ended, was_sent_away
from ami_bridge.transcript_transfers import Transfers
from ami_bridge.transcript_writer import RowWriter, member_in
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import AnomalyKind
from callcenter.moments import Moment

_COMPLETED = {"caller": Verb.COMPLETECALLER, "agent": Verb.COMPLETEAGENT}


class Talks:
    """The conversations that go on, by the phone that answered."""

    def __init__(self, writer: RowWriter, channels: Channels, stays: Stays, transfers: Transfers) -> None:
        self._writer, self._channels, self._stays = writer, channels, stays
        self._talks: dict[str, Talk] = {}
        self._by_leg: dict[str, Talk] = {}
        self._ending: dict[str, Talk] = {}
        self._called: OrderedDict[str, str] = OrderedDict()
        self._transfers = transfers

    def __len__(self) -> int:
        return len(self._talks)

    # -- offers ------------------------------------------------------------------------------------

    def called(self, event: AmiEvent) -> None:
        """AgentCalled: a member's phone is going to ring."""
        if self._stays.of(event.get("Uniqueid")) is not None:
            remember(self._called, event.get("DestUniqueid"), member_in(event))
            self._about(event, Verb.OFFERED, (event.get("DestUniqueid"),))

    def not_answered(self, event: AmiEvent) -> None:
        """AgentRingNoAnswer, milliseconds."""
        self._about(event, Verb.RINGNOANSWER, (event.get("RingTime") or "0",))

    def dumped(self, event: AmiEvent) -> None:
        """AgentDump: the member answered and hung up before the caller was put through."""
        stay = self._stays.of(event.get("Uniqueid"))
        if stay is not None:
            stay.picked_up = None
        self._about(event, Verb.AGENTDUMP, ())

    def picked_up(self, event: AmiEvent) -> None:
        """DialEnd: with ANSWER this is the exact moment of the answer."""
        stay = self._stays.of(event.get("Uniqueid"))
        offered = event.get("DestUniqueid") in self._called
        if stay is not None and offered and event.get("DialStatus") == "ANSWER":
            stay.picked_up = (event.get("DestUniqueid"), self._writer.now)

    def _about(self, event: AmiEvent, verb: Verb, data: tuple[str, ...], at: Moment | None = None) -> None:
        if self._stays.belief.is_believed(event):
            self._writer.row(event.get("Uniqueid"), event.get("Queue"), member_in(event), verb, data, at)

    # -- answers -----------------------------------------------------------------------------------

    def connect(self, event: AmiEvent) -> None:
        """AgentConnect."""
        uniqueid, phone = event.get("Uniqueid"), event.get("DestUniqueid")
        if phone in self._talks:
            return self._writer.odd(AnomalyKind.DUPLICATE, event)
        if not self._stays.belief.is_believed(event):
            return None
        if phone and not self._channels.knows(phone) and self._channels.should_know(phone):
            return self._writer.odd(AnomalyKind.UNKNOWN_CHANNEL, event)
        stay = self._stays.answered(uniqueid, event.get("Queue"))
        if stay is None:
            self._stays.begun_before(event)
        caller = self._channels.get(uniqueid)
        if stay is not None and caller.hung_up is not None:
            # Asterisk goes on with the member's subroutine after the caller is gone: no answer.
            return self._stays.exit_abandoned(stay, caller.hung_up)
        at = stay.picked_up[1] if stay and stay.picked_up and stay.picked_up[0] == phone else None
        self._begin(event.get("Queue"), uniqueid, member_in(event), phone, place_of(event))
        self._called.pop(phone, None)
        data = (event.get("HoldTime"), phone, event.get("RingTime"))
        return self._writer.row(uniqueid, event.get("Queue"), member_in(event), Verb.CONNECT, data, at)

    def connect_unseen(self, stay: Stay) -> None:
        """The phone answered and the caller left the queue, but AgentConnect was lost."""
        if stay.picked_up is None:
            return
        phone, at = stay.picked_up
        member = self._called.pop(phone, "")
        self._begin(stay.queue, stay.uniqueid, member, phone, stay.place)
        self._writer.row(stay.uniqueid, stay.queue, member, Verb.CONNECT, ("", phone, ""), at)

    def _begin(self, queue: str, uniqueid: str, member: str, phone: str, place: tuple[str, str]) -> None:
        former = self._by_leg.get(uniqueid)
        if former is not None:
            self._end_unseen(former)
        talk = Talk(queue, uniqueid, member, phone, phone, place)
        talk.bridged = self._channels.get(phone).in_bridge
        if self._channels.knows(uniqueid):
            self._channels.learn(uniqueid).talked = True
        self._talks[phone] = self._by_leg[phone] = self._by_leg[uniqueid] = talk

    def bridged(self, event: AmiEvent) -> None:
        """BridgeEnter. A Local leg that is optimised away is swapped for the phone behind it."""
        talk = self._by_leg.get(event.get("SwapUniqueid")) if event.get("SwapUniqueid") else None
        if talk is not None and talk.leg == event.get("SwapUniqueid"):
            del self._by_leg[talk.leg]
            talk.leg = event.get("Uniqueid")
            self._by_leg[talk.leg] = talk
        talk = self._by_leg.get(event.get("Uniqueid"))
        if talk is not None and talk.leg == event.get("Uniqueid"):
            talk.bridged, talk.first_to_leave, talk.leg_left_at = True, "", None

    def left_bridge(self, uniqueid: str) -> None:
        """BridgeLeave: who left the conversation first."""
        talk = self._by_leg.get(uniqueid)
        if talk is not None and uniqueid == talk.leg:
            talk.leg_left_at = self._writer.now
        if talk is not None and not talk.first_to_leave:
            talk.first_to_leave = "agent" if uniqueid == talk.leg else "caller"
            talk.left_position, talk.left_at = self._writer.position, self._writer.now

    # -- ends --------------------------------------------------------------------------------------

    def complete(self, event: AmiEvent) -> None:
        """AgentComplete; it may come without the agent's channel, or after its hang-up."""
        talk = self._talk_of(event)
        stay = self._stays.of(event.get("Uniqueid"))
        if talk is None and stay is not None and stay.queue == event.get("Queue"):
            if stay.picked_up is None:
                return self._writer.odd(AnomalyKind.CONTRADICTION, event)
            self._stays.answered(stay.uniqueid, stay.queue)
            self._called.setdefault(stay.picked_up[0], member_in(event))
            self.connect_unseen(stay)
            talk = self._talk_of(event)
        if talk is None:
            return self._complete_from_before(event)
        if talk.bridged and not (talk.uniqueid in self._transfers or has_ended(talk, self._channels)):
            # Asterisk tells of the hang-up or the transfer first: without one nobody believes it yet.
            if talk.claimed is not None:
                return self._writer.odd(AnomalyKind.DUPLICATE, event)
            talk.claimed = event
            return self._mark(talk)
        return self._finish(talk, event, self._writer.now)

    def _complete_from_before(self, event: AmiEvent) -> None:
        if not event.get("Uniqueid"):
            return self._writer.odd(AnomalyKind.ORPHAN, event)
        if not self._stays.belief.is_believed(event):
            return None
        if not self._channels.get(event.get("Uniqueid")).queue:
            self._stays.begun_before(event)
        verb = _COMPLETED.get(event.get("Reason"), Verb.COMPLETECALLER)
        data: tuple[str, ...] = (event.get("HoldTime"), event.get("TalkTime"), "")
        if event.get("Reason") == "transfer":
            verb, data = Verb.TRANSFER, (self._transfers.pop(event.get("Uniqueid")) or "", "", *data)
        return self._writer.row(event.get("Uniqueid"), event.get("Queue"), member_in(event), verb, data)

    def _talk_of(self, event: AmiEvent) -> Talk | None:
        talk = self._talks.get(event.get("DestUniqueid")) or self._by_leg.get(event.get("DestUniqueid"))
        queue, member, uniqueid = event.get("Queue"), member_in(event), event.get("Uniqueid")
        if talk is not None:
            same = talk.queue == queue and uniqueid in ("", talk.uniqueid)
            return talk if same else None
        for talk in reversed(self._talks.values()):
            if talk.queue == queue and talk.member == member and uniqueid in ("", talk.uniqueid):
                return talk
        return None

    def _finish(self, talk: Talk, event: AmiEvent, at: Moment | None) -> None:
        self._drop(talk)
        reason, hold, length = event.get("Reason"), event.get("HoldTime"), event.get("TalkTime")
        verb = _COMPLETED.get(reason, Verb.COMPLETECALLER)
        data: tuple[str, ...] = (hold, length, "")
        if reason == "transfer":
            target = self._transfers.pop(talk.uniqueid)
            verb, data = Verb.TRANSFER, (self._target(talk, event) if target is None else target, "", *data)
        elif was_sent_away(talk, self._channels):
            verb, data, at = Verb.TRANSFER, ("", "", hold, "", ""), talk.left_at or at
        elif ended_by_key(talk, self._channels):
            verb = Verb.COMPLETEAGENT
        else:
            verb = first_who_asked(talk, self._channels) or verb
        at = end_of(talk, self._channels, verb, at)
        self._writer.row(talk.uniqueid, talk.queue, member_in(event), verb, data, at)

    def _target(self, talk: Talk, event: AmiEvent) -> str:
        """Where the caller stands after a transfer of which nothing told."""
        place = place_of(event)
        return clean(place[1]) if all(place) and place[0] != talk.place[0] and place[1].isdigit() else ""

    def ended(self, uniqueid: str) -> None:
        """Something told that this channel leaves: an AgentComplete that came before it is believed now."""
        talk = self._by_leg.get(uniqueid)
        if talk is None:
            return
        if talk.claimed is None:
            return self._mark(talk) if self._is_over(talk) else None
        at = talk.claimed.timestamp_us
        return self._finish(talk, talk.claimed, Moment.exact(at) if at is not None else self._writer.now)

    def hung_up(self, uniqueid: str) -> None:
        """Hangup of one of the two. Asterisk's AgentComplete follows, or came before."""
        talk = self._by_leg.get(uniqueid)
        if talk is None:
            self._called.pop(uniqueid, None)
        elif uniqueid == talk.leg:
            self._writer.row(talk.uniqueid, talk.queue, talk.member, Verb.RELEASED, (talk.phone,), talk.leg_left_at)

    def _is_over(self, talk: Talk) -> bool:
        """Whether the caller's channel ends, or went on to somebody else: Asterisk's AgentComplete is due."""
        caller = self._channels.get(talk.uniqueid)
        return talk.uniqueid in self._transfers or bool(caller.gone or caller.asked_to_end or caller.made_to_end)

    def _mark(self, talk: Talk) -> None:
        if not talk.ending:
            talk.ending, talk.ending_at = self._writer.position, self._writer.now
            self._ending[talk.phone] = talk

    def transferred(self, uniqueid: str | None) -> None:
        """That caller was transferred: AgentComplete is due."""
        if uniqueid:
            self.ended(uniqueid)

    # -- order -------------------------------------------------------------------------------------

    def tidy(self, *, everything: bool = False) -> None:
        """Conversations whose caller is gone and whose AgentComplete was lost, or was never true."""
        while self._ending:
            talk = next(iter(self._ending.values()))
            if not everything and not self._is_overdue(talk):
                return
            del self._ending[talk.phone]
            talk.ending = 0
            if talk.claimed is not None:
                self._writer.odd(AnomalyKind.FORGED, talk.claimed)
                talk.claimed = None
            if self._is_over(talk):
                self._end_unseen(talk)

    def _is_overdue(self, talk: Talk) -> bool:
        if self._writer.position - talk.ending > DECIDED_AFTER_EVENTS:
            return True
        now, at = self._writer.now, talk.ending_at
        return now is not None and at is not None and now.earliest_us - at.latest_us > DECIDED_AFTER_US

    def _end_unseen(self, talk: Talk) -> None:
        self._drop(talk)
        at = talk.ending_at or self._writer.now
        target = self._transfers.pop(talk.uniqueid)
        if target is not None:
            data = (target, "", "", "", "")
            return self._writer.row(talk.uniqueid, talk.queue, talk.member, Verb.TRANSFER, data, at)
        verb = first_who_asked(talk, self._channels) or Verb.GONE
        verb = Verb.COMPLETEAGENT if ended_by_key(talk, self._channels) else verb
        return self._writer.row(talk.uniqueid, talk.queue, talk.member, verb, ("", "", ""), at)

    def _drop(self, talk: Talk) -> None:
        self._talks.pop(talk.phone, None)
        self._ending.pop(talk.phone, None)
        for leg in (talk.phone, talk.leg, talk.uniqueid):
            if self._by_leg.get(leg) is talk:
                del self._by_leg[leg]

    def forget(self) -> None:
        """Asterisk stopped."""
        self.tidy(everything=True)
        self._transfers.forget()
        for memory in (self._talks, self._by_leg, self._ending, self._called):
            memory.clear()
