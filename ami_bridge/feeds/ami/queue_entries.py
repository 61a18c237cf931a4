"""The callers who wait, from QueueCallerJoin until the reason of their exit is known. Pure.

AMI reports the reason after the exit: by QUEUESTATUS, by the hang-up, or by what the channel does next. Until then
the exit is pending.
"""

from ami_bridge.feeds.ami.channels import Channel, Channels
from ami_bridge.feeds.ami.queue_entry import AmiEntry, caller_hung_up, end_of_wait, exit_fields, hung_up, likeliest_exit
from ami_bridge.feeds.ami.refusals import REFUSALS, Refusals
from ami_bridge.feeds.ami.writer import RowWriter, location_in, number_in
from ami_bridge.ledger.rows.row import NONE, Verb
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import AnomalyKind

_EXITS = {
    "TIMEOUT": Verb.EXITWITHTIMEOUT,
    "LEAVEEMPTY": Verb.EXITEMPTY,
    "LEAVEUNAVAIL": Verb.EXITEMPTY,
    "WITHDRAW": Verb.WITHDRAW,
}


class QueueEntries:
    """The callers who wait, and those whose exit is pending, by Uniqueid."""

    def __init__(self, writer: RowWriter, channels: Channels) -> None:
        self._writer, self._channels = writer, channels
        self.refusals = Refusals(writer, channels)
        self._entries: dict[str, AmiEntry] = {}
        self._pending: dict[str, AmiEntry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def of(self, uniqueid: str) -> AmiEntry | None:
        """The entry of a channel."""
        return self._entries.get(uniqueid)

    # -- joining -----------------------------------------------------------------------------------

    def join(self, event: AmiEvent) -> None:
        """QueueCallerJoin."""
        uniqueid, queue = event.get("Uniqueid"), event.get("Queue")
        doubt = self._channels.doubt(event)
        if doubt is not None:
            return self._writer.anomaly(doubt, event)
        former = self._entries.get(uniqueid)
        if former is not None and former.left is None and former.queue == queue and former.joined == self._writer.now:
            return self._writer.anomaly(AnomalyKind.DUPLICATE, event)
        if former is not None and not former.is_half_left(queue):
            self._decide(former, went_on=True)
            former = None
        self._entries[uniqueid] = former or AmiEntry(queue, uniqueid, self._writer.now, location_in(event))
        self.refusals.note_joining(event)
        self._channels.learn(uniqueid).queue = queue
        data = ("", number_in(event), event.get("Position") or "0")
        return self._writer.row(uniqueid, queue, NONE, Verb.ENTERQUEUE, data)

    def begun_before(self, event: AmiEvent) -> None:
        """A caller who joined before the source began: only their number is known."""
        if number := number_in(event):
            self._writer.row(event.get("Uniqueid"), event.get("Queue"), NONE, Verb.CALLER, (number,))

    # -- leaving -----------------------------------------------------------------------------------

    def abandon(self, event: AmiEvent) -> None:
        """QueueCallerAbandon, which has five possible reasons (see `queue_entry`)."""
        entry = self._leaving(event)
        if entry is not None:
            entry.abandoned = entry.abandoned or event
            entry.note_location(event)
            self._after_the_exit(entry)

    def leave(self, event: AmiEvent) -> None:
        """QueueCallerLeave: the caller is no longer in the queue, answered or not."""
        entry = self._leaving(event)
        if entry is not None:
            entry.note_leaving(event)
            self._over(entry)
            self._after_the_exit(entry)

    def _leaving(self, event: AmiEvent) -> AmiEntry | None:
        """The entry that the event ends; a new one where the source does not have the joining."""
        uniqueid, queue = event.get("Uniqueid"), event.get("Queue")
        entry = self._entries.get(uniqueid)
        if entry is not None:
            return entry if entry.queue == queue else None
        doubt = self._channels.doubt(event)
        if doubt is not None:
            self._writer.anomaly(doubt, event)
            return None
        waiting = [each for each in self._entries.values() if each.queue == queue and (each.vacated or not each.left)]
        channel = self._channels.get(uniqueid)
        if channel.was_connected and channel.queue != queue and len(waiting) == 1:
            # An attended transfer: the caller replaces the agent's second call. The class `agent` does not report it.
            self.take_over(waiting[0].uniqueid, uniqueid, number_in(event))
            return waiting[0]
        self.begun_before(event)
        self._entries[uniqueid] = AmiEntry(queue, uniqueid, None, location_in(event))
        return self._entries[uniqueid]

    def _over(self, entry: AmiEntry) -> None:
        entry.left = entry.left or self._writer.mark
        self._pending[entry.uniqueid] = entry

    def _after_the_exit(self, entry: AmiEntry) -> None:
        """Decide at once where the hang-up or the redirect is known already."""
        is_known = entry.moved or hung_up(entry, self._channels.get(entry.uniqueid))
        if entry.left is not None and entry.abandoned is not None and is_known:
            self._decide(entry)

    def status(self, event: AmiEvent) -> None:
        """VarSet QUEUESTATUS: the reason, where the source has it."""
        status, entry = event.get("Value"), self._entries.get(event.get("Uniqueid"))
        if status in _EXITS and entry is not None:
            self._exit(entry, _EXITS[status])
        elif status in REFUSALS:
            if entry is not None:
                self._decide(entry, went_on=True)
            self.refusals.refused(event)

    # -- what the channel does ---------------------------------------------------------------------

    def asked_to_end(self, uniqueid: str) -> None:
        """HangupRequest: the far end of the channel hung up."""
        entry = self._entries.get(uniqueid)
        if entry is not None:
            self._after_the_exit(entry)

    def stepped(self, uniqueid: str) -> None:
        """Newexten: the channel went on in the dialplan. A caller who left without a reason left by a key."""
        entry = self._pending.get(uniqueid)
        if entry is not None and entry.abandoned is None:
            self._decide(entry)

    def hung_up(self, event: AmiEvent, channel: Channel) -> None:
        """Hangup: the channel is gone. Without an exit another may have replaced it: AttendedTransfer comes after."""
        uniqueid = event.get("Uniqueid")
        self.refusals.write(uniqueid, channel, "")
        entry = self._entries.get(uniqueid)
        if entry is None:
            return
        if entry.left is None:
            entry.note_location(event)
            self._over(entry)
            entry.vacated = not (entry.exit_key or entry.abandoned or channel.asked_to_end)
        if not entry.vacated:
            self._decide(entry)

    # -- answers and transfers ---------------------------------------------------------------------

    def answered(self, uniqueid: str, queue: str) -> AmiEntry | None:
        """AgentConnect: the wait ended with an answer."""
        entry = self._entries.get(uniqueid)
        if entry is not None and entry.queue != queue:
            self._decide(entry, went_on=True)
            return None
        if entry is not None:
            self._drop(entry)
        return entry

    def connect_unreported(self, entry: AmiEntry) -> None:
        """The phone answered and the caller left the queue, but AgentConnect was lost."""
        self._drop(entry)
        phone, at = entry.picked_up or ("", None)
        member = entry.offered.get(phone, "")
        self._writer.row(entry.uniqueid, entry.queue, member, Verb.CONNECT, ("", phone, ""), at)

    def abandoned_before_the_answer(self, entry: AmiEntry, channel: Channel) -> None:
        """The caller hung up while the member's subroutine ran: Asterisk reports an answer all the same."""
        entry.left = channel.asked_to_end
        self._exit(entry, Verb.ABANDON)

    def take_over(self, waiting: str, caller: str, number: str) -> str:
        """An attended transfer replaced `waiting` by `caller`: Asterisk swaps the identities of the channels.

        The queue; empty where nobody waits.
        """
        entry = self._entries.get(waiting)
        if entry is None or (entry.left is not None and not entry.vacated):
            there = self._entries.get(caller)
            return there.queue if there is not None else ""
        self._writer.row(waiting, entry.queue, NONE, Verb.IDENTITY, (caller, number))
        self._entries[caller] = self._entries.pop(waiting)
        self._pending.pop(waiting, None)
        entry.replace_channel(caller)
        self._channels.learn(caller).queue = entry.queue
        self._channels.learn(waiting).successor = caller
        return entry.queue

    # -- deciding ----------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Decide what has been pending for long enough."""
        for entry in list(self._pending.values()):
            if entry.left is not None and self._writer.is_long_ago(entry.left):
                self._decide(entry)

    def close(self) -> None:
        """Asterisk stopped, or the source is over: pending exits are decided, who still waits remains open."""
        for entry in list(self._entries.values()):
            if entry.left is not None or entry.abandoned is not None:
                self._decide(entry)
        self._entries.clear()

    def _decide(self, entry: AmiEntry, *, went_on: bool = False) -> None:
        if entry.abandoned is None and entry.picked_up is not None:
            return self.connect_unreported(entry)
        return self._exit(entry, likeliest_exit(entry, self._channels, went_on=went_on))

    def _drop(self, entry: AmiEntry) -> None:
        self._entries.pop(entry.uniqueid, None)
        self._pending.pop(entry.uniqueid, None)

    def _exit(self, entry: AmiEntry, verb: Verb) -> None:
        self._drop(entry)
        channel = self._channels.get(entry.uniqueid)
        at = end_of_wait(entry, channel)
        self._writer.row(entry.uniqueid, entry.queue, NONE, verb, exit_fields(entry, verb), at)
        if verb is Verb.ABANDON and caller_hung_up(entry, channel):
            self._writer.row(entry.uniqueid, NONE, NONE, Verb.DEPARTED, ("", f"by:{channel.name}"), at)
