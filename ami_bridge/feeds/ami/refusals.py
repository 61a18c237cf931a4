"""Callers whom a queue refused: AMI reports only the variable QUEUESTATUS, without the queue. Pure."""

from ami_bridge.feeds.ami.channels import Channel, Channels
from ami_bridge.feeds.ami.writer import RowWriter, number_in
from ami_bridge.ledger.rows.row import NONE, Verb
from ami_bridge.wire.items import AmiEvent

REFUSALS = {"FULL": Verb.FULL, "JOINEMPTY": Verb.JOINEMPTY, "JOINUNAVAIL": Verb.JOINEMPTY}
Step = tuple[str, str, str]


class Refusals:
    """Finds the queue by Newexten, or by other callers who joined at the same step of the dialplan."""

    def __init__(self, writer: RowWriter, channels: Channels) -> None:
        self._writer, self._channels = writer, channels
        self._queue_at: dict[Step, str] = {}

    def note_joining(self, event: AmiEvent) -> None:
        """A caller joined from this step of the dialplan."""
        self._queue_at[_step(event)] = event.get("Queue")

    def refused(self, event: AmiEvent) -> None:
        """VarSet QUEUESTATUS with a refusal; it may come before the Newexten that names the queue."""
        uniqueid = event.get("Uniqueid")
        channel = self._channels.learn(uniqueid)
        channel.refusal = REFUSALS[event.get("Value")], number_in(event), self._writer.mark
        queue = channel.queue or self._queue_at.get(_step(event), "")
        if queue:
            self.write(uniqueid, channel, queue)

    def write(self, uniqueid: str, channel: Channel, queue: str) -> None:
        """Write that channel's refusal, if one is pending, as by this queue; "" where it will not be known."""
        if channel.refusal is not None:
            verb, number, mark = channel.refusal
            channel.refusal = None
            self._writer.row(uniqueid, queue, NONE, verb, (number,), mark.at)


def _step(event: AmiEvent) -> Step:
    return event.get("Context"), event.get("Exten"), event.get("Priority")
