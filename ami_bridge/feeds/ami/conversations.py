"""Answers, conversations and their ends, as AMI reports them. Pure."""

from collections import OrderedDict

from ami_bridge.feeds.ami.channels import Channels
from ami_bridge.feeds.ami.conversation import AmiConversation, end_of, was_redirected, who_hung_up
from ami_bridge.feeds.ami.queue_entries import QueueEntries
from ami_bridge.feeds.ami.writer import Mark, RowWriter, location_in, member_in, moment_of, number_in
from ami_bridge.feeds.file import clean
from ami_bridge.ledger.rows.row import Verb
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import AnomalyKind
from callcenter.moments import Moment

_COMPLETED = {"caller": Verb.COMPLETECALLER, "agent": Verb.COMPLETEAGENT}


class Conversations:
    """The conversations in progress, by each of their channels."""

    def __init__(self, writer: RowWriter, channels: Channels, entries: QueueEntries) -> None:
        self._writer, self._channels, self._entries = writer, channels, entries
        self._by_leg: dict[str, AmiConversation] = {}
        self._ending: OrderedDict[str, tuple[AmiConversation, Mark]] = OrderedDict()

    def __len__(self) -> int:
        return len({id(conversation) for conversation in self._by_leg.values()})

    # -- answers -----------------------------------------------------------------------------------

    def connect(self, event: AmiEvent) -> None:
        """AgentConnect."""
        uniqueid, queue, phone = event.get("Uniqueid"), event.get("Queue"), event.get("DestUniqueid")
        doubt = self._doubt_of_answer(event)
        if doubt is not None:
            return self._writer.anomaly(doubt, event)
        entry, caller = self._entries.answered(uniqueid, queue), self._channels.get(uniqueid)
        if entry is None:
            self._entries.begun_before(event)
        elif caller.asked_to_end is not None:
            return self._entries.abandoned_before_the_answer(entry, caller)
        picked_up = entry.picked_up if entry is not None else None
        at = picked_up[1] if picked_up is not None and picked_up[0] == phone else None
        data = (event.get("HoldTime"), phone, event.get("RingTime"))
        self._begin(AmiConversation(queue, uniqueid, member_in(event), phone, phone, location_in(event)))
        return self._writer.row(uniqueid, queue, member_in(event), Verb.CONNECT, data, at)

    def _doubt_of_answer(self, event: AmiEvent) -> AnomalyKind | None:
        phone = event.get("DestUniqueid")
        if phone in self._by_leg:
            return AnomalyKind.DUPLICATE
        unheard = phone and self._channels.is_unheard_of(phone)
        return self._channels.doubt(event) or (AnomalyKind.UNKNOWN_CHANNEL if unheard else None)

    def _begin(self, conversation: AmiConversation) -> None:
        former = self._by_leg.get(conversation.uniqueid)
        if former is not None:
            # The caller was redirected into a queue: the former AgentComplete comes when their channel ends.
            self._finish(former, None, self._writer.now)
        caller = self._channels.learn(conversation.uniqueid)
        caller.was_connected, caller.transferred_to = True, None
        self._by_leg[conversation.phone] = self._by_leg[conversation.uniqueid] = conversation

    # -- bridges -----------------------------------------------------------------------------------

    def bridged(self, event: AmiEvent) -> None:
        """BridgeEnter. A Local leg that Asterisk optimises away is swapped for the phone behind it."""
        uniqueid, swapped = event.get("Uniqueid"), event.get("SwapUniqueid")
        conversation = self._by_leg.get(swapped)
        if conversation is not None and conversation.leg == swapped:
            del self._by_leg[swapped]
            conversation.leg = uniqueid
            self._by_leg[uniqueid] = conversation
        conversation = self._by_leg.get(uniqueid)
        if conversation is not None:
            conversation.enter(uniqueid)

    def left_bridge(self, uniqueid: str) -> None:
        """BridgeLeave."""
        conversation = self._by_leg.get(uniqueid)
        if conversation is not None:
            conversation.leave(uniqueid, self._writer.mark)
            self.ending(uniqueid)

    # -- ends --------------------------------------------------------------------------------------

    def complete(self, event: AmiEvent) -> None:
        """AgentComplete; it may come without the agent's channel, and before or after the hang-ups."""
        conversation = self._conversation_of(event)
        if conversation is None:
            return self._complete_unknown(event)
        caller, agent = self._channels.get(conversation.uniqueid), self._channels.get(conversation.leg)
        if conversation.bridged and not conversation.has_ended(caller, agent):
            # Without a hang-up or a transfer it is not believed yet: a caller may have forged it.
            if conversation.unconfirmed is not None:
                return self._writer.anomaly(AnomalyKind.DUPLICATE, event)
            conversation.unconfirmed = event, self._writer.mark
            return None
        return self._finish(conversation, event, self._writer.now)

    def _conversation_of(self, event: AmiEvent) -> AmiConversation | None:
        phone, uniqueid, queue = event.get("DestUniqueid"), event.get("Uniqueid"), event.get("Queue")
        conversation = self._by_leg.get(phone)
        if conversation is not None:
            is_its_caller = self._channels.may_name(uniqueid, conversation.uniqueid)
            return conversation if conversation.queue == queue and is_its_caller else None
        for conversation in reversed(self._by_leg.values()):
            same = conversation.queue == queue and conversation.member == member_in(event)
            if same and uniqueid in ("", conversation.uniqueid):
                return conversation
        return None

    def _complete_unknown(self, event: AmiEvent) -> None:
        """AgentComplete of a conversation that began before the source did, or whose AgentConnect was lost."""
        uniqueid, queue = event.get("Uniqueid"), event.get("Queue")
        doubt = self._channels.doubt(event) if uniqueid else AnomalyKind.ORPHAN
        entry = self._entries.of(uniqueid)
        if doubt is None and entry is not None and entry.queue == queue and entry.picked_up is None:
            doubt = AnomalyKind.CONTRADICTION
        if doubt is not None:
            return self._writer.anomaly(doubt, event)
        if entry is not None and entry.queue == queue:
            self._entries.connect_unreported(entry)
        else:
            self._entries.begun_before(event)
        conversation = AmiConversation(queue, uniqueid, member_in(event), "", "")
        return self._finish(conversation, event, self._writer.now)

    def _finish(self, conversation: AmiConversation, event: AmiEvent | None, at: Moment | None) -> None:
        """Write the end by AgentComplete or, where that did not come, by what the channels did."""
        self._drop(conversation)
        caller, agent = self._channels.get(conversation.uniqueid), self._channels.get(conversation.leg)
        hold_time, talk_time, reason = map(event.get, ("HoldTime", "TalkTime", "Reason")) if event else ("", "", "")
        member = member_in(event) if event else conversation.member
        if reason == "transfer" or (event is None and caller.transferred_to is not None):
            verb = Verb.TRANSFER
            data: tuple[str, ...] = (clean(conversation.target(caller, event)), "", hold_time, talk_time, "")
            caller.transferred_to = None
        elif was_redirected(conversation, caller, agent):
            verb, data = Verb.TRANSFER, ("", "", hold_time, "", "")
            at = conversation.caller_left.at if conversation.caller_left else at
        else:
            completed = _COMPLETED.get(reason, Verb.COMPLETECALLER) if event else Verb.GONE
            verb, data = who_hung_up(conversation, caller, agent) or completed, (hold_time, talk_time, "")
        at = end_of(conversation, caller, verb, at)
        self._writer.row(conversation.uniqueid, conversation.queue, member, verb, data, at)

    def ending(self, uniqueid: str) -> None:
        """This channel hangs up, leaves the bridge or is transferred: AgentComplete is due, or came before."""
        conversation = self._by_leg.get(uniqueid)
        if conversation is None:
            return
        if conversation.unconfirmed is not None:
            event, mark = conversation.unconfirmed
            conversation.unconfirmed = None
            if not self._writer.is_long_ago(mark):
                return self._finish(conversation, event, moment_of(event) or self._writer.now)
            self._writer.anomaly(AnomalyKind.FORGED, event)
        caller = self._channels.get(conversation.uniqueid)
        if caller.is_ending or caller.transferred_to is not None:
            self._ending.setdefault(conversation.phone, (conversation, self._writer.mark))
        return None

    def hung_up(self, uniqueid: str) -> None:
        """Hangup of the agent's leg. Where the caller goes on, AgentComplete comes only at the end of their channel."""
        conversation = self._by_leg.get(uniqueid)
        if conversation is not None and uniqueid == conversation.leg:
            at = conversation.agent_left.at if conversation.agent_left else None
            data = (conversation.phone,)
            self._writer.row(conversation.uniqueid, conversation.queue, conversation.member, Verb.RELEASED, data, at)

    # -- transfers ---------------------------------------------------------------------------------

    def transferred_blind(self, event: AmiEvent) -> None:
        """BlindTransfer, begun by the agent or the caller: either ends the conversation, as in the queue log."""
        conversation = self._by_leg.get(event.get("TransfereeUniqueid"))
        caller = conversation.uniqueid if conversation is not None else event.get("TransfereeUniqueid")
        self._transferred(event, caller, clean(event.get("Extension")))

    def transferred_attended(self, event: AmiEvent) -> None:
        """AttendedTransfer: to a colleague, or into a queue where the agent's second call waits for the caller."""
        target = ""
        if event.get("Result", "Success") != "Success":
            return
        if event.get("DestType") == "App" and event.get("DestApp") == "Queue":
            caller, number = event.get("TransfereeUniqueid"), number_in(event, "TransfereeCallerIDNum")
            target = self._entries.take_over(event.get("SecondTransfererUniqueid"), caller, number) or "Queue"
        elif event.get("DestType") != "Fail":
            target = _consulted(event)
        self._transferred(event, event.get("TransfereeUniqueid"), target)

    def _transferred(self, event: AmiEvent, caller: str, target: str) -> None:
        if caller and event.get("Result", "Success") == "Success":
            self._channels.learn(caller).transferred_to = target
            self.ending(caller)

    # -- order -------------------------------------------------------------------------------------

    def tidy(self, *, everything: bool = False) -> None:
        """End the conversations whose caller is gone and whose AgentComplete did not come."""
        while self._ending:
            conversation, mark = next(iter(self._ending.values()))
            if not everything and not self._writer.is_long_ago(mark):
                return
            self._finish(conversation, None, mark.at or self._writer.now)

    def _drop(self, conversation: AmiConversation) -> None:
        self._ending.pop(conversation.phone, None)
        for leg in (conversation.phone, conversation.leg, conversation.uniqueid):
            if self._by_leg.get(leg) is conversation:
                del self._by_leg[leg]

    def close(self) -> None:
        """Asterisk stopped, or nothing more will be reported."""
        self.tidy(everything=True)
        self._by_leg.clear()


def _consulted(event: AmiEvent) -> str:
    """The extension that the agent called to consult.

    With a feature code the agent dials nothing: the target is a Local channel, which has the number of whoever answered
    and, until somebody does, only the extension that it stands for.
    """
    dialled, stands_for = event.get("SecondTransfererExten"), event.get("TransferTargetExten")
    if dialled.isdigit():
        return clean(dialled)
    is_local = event.get("TransferTargetChannel").startswith("Local/")
    local = clean(stands_for) if is_local and stands_for.isdigit() else ""
    return number_in(event, "TransferTargetCallerIDNum") or local
