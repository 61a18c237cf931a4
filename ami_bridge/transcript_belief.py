"""Which queue events are believed: those of queues that exist and of channels that were heard of. Pure."""

from ami_bridge.transcript_channels import Channels
from ami_bridge.transcript_writer import RowWriter
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import AnomalyKind

DOUBTED_AT_MOST = 64


class Belief:
    """`queues`: those that exist; None where that is not known."""

    def __init__(self, writer: RowWriter, channels: Channels, queues: frozenset[str] | None) -> None:
        self._writer, self._channels, self._queues = writer, channels, queues
        self._doubted: dict[str, AmiEvent] = {}

    def is_believed(self, event: AmiEvent) -> bool:
        """Whether it counts; if not, that is written down. A joining is kept: its channel may come late."""
        if self._queues is not None and event.get("Queue") not in self._queues:
            self._writer.odd(AnomalyKind.UNKNOWN_QUEUE, event)
            return False
        uniqueid = event.get("Uniqueid")
        if self._channels.knows(uniqueid) or not self._channels.should_know(uniqueid):
            return True
        self._writer.odd(AnomalyKind.UNKNOWN_CHANNEL, event)
        if event.name == "QueueCallerJoin" and len(self._doubted) < DOUBTED_AT_MOST:
            self._doubted[uniqueid] = event
        return False

    def no_longer_doubted(self, uniqueid: str) -> AmiEvent | None:
        """The joining of a channel that was not known then and is now."""
        return self._doubted.pop(uniqueid, None) if self._doubted else None

    def forget(self) -> None:
        """Asterisk stopped."""
        self._doubted.clear()
