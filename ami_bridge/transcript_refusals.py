"""Callers whom a queue refused: of them AMI tells only the variable QUEUESTATUS, without the queue. Pure."""

from ami_bridge.ledger.rows import NONE, Verb
from ami_bridge.transcript_channels import Channels
from ami_bridge.transcript_writer import RowWriter, number_in
from ami_bridge.wire.items import AmiEvent
from callcenter.moments import Moment

REFUSALS = {"FULL": Verb.FULL, "JOINEMPTY": Verb.JOINEMPTY, "JOINUNAVAIL": Verb.JOINEMPTY}
Refusal = tuple[Verb, str, Moment | None]


class Refusals:
    """The queue is known from Newexten, or from others who joined at the same step of the dialplan."""

    def __init__(self, writer: RowWriter, channels: Channels) -> None:
        self._writer, self._channels = writer, channels
        self._queue_at: dict[tuple[str, str, str], str] = {}
        self._nameless: dict[str, Refusal] = {}

    def note_joining(self, event: AmiEvent) -> None:
        """A caller joined from this step of the dialplan."""
        self._queue_at[_step(event)] = event.get("Queue")

    def refused(self, event: AmiEvent) -> None:
        """VarSet QUEUESTATUS with a refusal."""
        uniqueid = event.get("Uniqueid")
        channel = self._channels.learn(uniqueid)
        queue = channel.next_queue or channel.queue or self._queue_at.get(_step(event), "")
        refusal = (REFUSALS[event.get("Value")], number_in(event), self._writer.now)
        if queue:
            self._write(uniqueid, queue, refusal)
        else:
            self._nameless[uniqueid] = refusal

    def queue_is_known(self, uniqueid: str, queue: str) -> None:
        """A refusal that came without a queue may have been this one's; with none at all it is told as it is."""
        refusal = self._nameless.pop(uniqueid, None)
        if refusal is not None:
            self._write(uniqueid, queue, refusal)

    def close(self) -> None:
        """No queue will be told any more."""
        for uniqueid in list(self._nameless):
            self.queue_is_known(uniqueid, "")

    def _write(self, uniqueid: str, queue: str, refusal: Refusal) -> None:
        verb, number, at = refusal
        self._writer.row(uniqueid, queue, NONE, verb, (number,), at)


def _step(event: AmiEvent) -> tuple[str, str, str]:
    return event.get("Context"), event.get("Exten"), event.get("Priority")
