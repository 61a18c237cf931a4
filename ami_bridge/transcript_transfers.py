"""Where callers were transferred to, until AgentComplete tells of the end. Pure."""

from collections import OrderedDict

from ami_bridge.feeds.file import clean
from ami_bridge.ledger.entries import remember
from ami_bridge.transcript_channels import Channels
from ami_bridge.transcript_stays import Stays
from ami_bridge.transcript_writer import number_in
from ami_bridge.wire.items import AmiEvent


class Transfers:
    """By the Uniqueid of the caller; the target is empty where it is not known."""

    def __init__(self, channels: Channels, stays: Stays) -> None:
        self._channels, self._stays = channels, stays
        self._targets: OrderedDict[str, str] = OrderedDict()

    def __contains__(self, uniqueid: str) -> bool:
        return uniqueid in self._targets

    def pop(self, uniqueid: str) -> str | None:
        """The target of the caller's transfer, once; None where nothing told of one."""
        return self._targets.pop(uniqueid, None)

    def forget(self) -> None:
        """Asterisk stopped."""
        self._targets.clear()

    def blind(self, event: AmiEvent) -> str | None:
        """BlindTransfer: the caller it concerns, None where it failed."""
        if event.get("Result", "Success") != "Success":
            return None
        caller = event.get("TransfereeUniqueid")
        remember(self._targets, caller, clean(event.get("Extension")))
        return caller

    def attended(self, event: AmiEvent) -> str | None:
        """AttendedTransfer: to a colleague, or into a queue where the agent waits in the caller's stead."""
        if event.get("Result", "Success") != "Success":
            return None
        caller, target = event.get("TransfereeUniqueid"), ""
        if event.get("DestType") == "App" and event.get("DestApp") == "Queue":
            number = number_in(event, "TransfereeCallerIDNum")
            target = self._stays.take_over(event.get("SecondTransfererUniqueid"), caller, number) or "Queue"
        elif event.get("DestType") != "Fail":
            target = self._colleague(event)
        remember(self._targets, caller, target)
        return caller

    def _colleague(self, event: AmiEvent) -> str:
        """By a key the agent's second leg is a Local channel, and the colleague is behind it in its bridge."""
        dialled = event.get("SecondTransfererExten")
        if dialled.isdigit():
            return clean(dialled)
        second = event.get("SecondBridgeUniqueid")
        other = self._channels.others_in(second, event.get("SecondTransfererUniqueid"))
        return number_in(event, "TransferTargetCallerIDNum") or other
