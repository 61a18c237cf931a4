"""Members' phones that ring for a caller, and the moment one is picked up. Pure."""

from ami_bridge.feeds.ami.channels import Channels
from ami_bridge.feeds.ami.queue_entries import QueueEntries
from ami_bridge.feeds.ami.writer import RowWriter, member_in
from ami_bridge.ledger.rows.row import Verb
from ami_bridge.wire.items import AmiEvent


class AmiOffers:
    """What app_queue reports of the phones that it dials."""

    def __init__(self, writer: RowWriter, channels: Channels, entries: QueueEntries) -> None:
        self._writer, self._channels, self._entries = writer, channels, entries

    def called(self, event: AmiEvent) -> None:
        """AgentCalled: a member's phone is about to ring."""
        entry = self._entries.of(event.get("Uniqueid"))
        if entry is not None and entry.queue == event.get("Queue"):
            entry.offered[event.get("DestUniqueid")] = member_in(event)
            self._offer(event, Verb.OFFERED, (event.get("DestUniqueid"),))

    def not_answered(self, event: AmiEvent) -> None:
        """AgentRingNoAnswer, with the ring time in milliseconds."""
        self._offer(event, Verb.RINGNOANSWER, (event.get("RingTime") or "0",))

    def dumped(self, event: AmiEvent) -> None:
        """AgentDump: the member answered and hung up before the caller was put through."""
        entry = self._entries.of(event.get("Uniqueid"))
        if entry is not None:
            entry.picked_up = None
        self._offer(event, Verb.AGENTDUMP, ())

    def picked_up(self, event: AmiEvent) -> None:
        """DialEnd: ANSWER is the exact moment of the answer; AgentConnect comes after the announcements."""
        entry = self._entries.of(event.get("Uniqueid"))
        phone = event.get("DestUniqueid")
        if entry is not None and phone in entry.offered and event.get("DialStatus") == "ANSWER":
            entry.picked_up = phone, self._writer.now

    def _offer(self, event: AmiEvent, verb: Verb, data: tuple[str, ...]) -> None:
        doubt = self._channels.doubt(event)
        if doubt is not None:
            return self._writer.anomaly(doubt, event)
        return self._writer.row(event.get("Uniqueid"), event.get("Queue"), member_in(event), verb, data)
