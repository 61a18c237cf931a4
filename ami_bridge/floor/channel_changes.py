"""Channels that take the place of others in a queue, at a phone, or in a conversation. Pure.

- AttendedTransfer into a queue: the transferred caller waits on in the place of the agent's consultation call. By a
  feature code that call is a Local channel, which goes on waiting for the caller.
- Pickup: a colleague's phone answers for the member's that rings.
- LocalOptimizationBegin and -End: the phone behind a member's Local channel takes that one's place.

Asterisk swaps the Uniqueid with the place. Of an INVITE with Replaces it reports nothing but the hang-up of the channel
that waited: then the queue is asked who waits (`look_again`).
"""

from collections.abc import Callable, Iterable, Mapping

from ami_bridge.floor.calls import Calls
from ami_bridge.floor.queued_callers import Callers, ChannelIdentity, QueuedCaller, digits, identity_in_entry
from ami_bridge.wire.items import AmiEvent

Handler = Callable[[AmiEvent, int], None]
# Optimizations that began and were not reported to have ended; each takes milliseconds.
_OPTIMIZATIONS_AT_MOST = 1_000


class ChannelChanges:
    """Follows them in the live state. `went_on`: is called with a caller who waits in a queue again."""

    def __init__(self, callers: Callers, calls: Calls, went_on: Callable[[str], None]) -> None:
        self._callers, self._calls, self._went_on = callers, calls, went_on
        self._optimizations: dict[str, tuple[str, str]] = {}
        self.handlers: Mapping[str, Handler] = {
            "AttendedTransfer": self._transferred,
            "Pickup": self._picked_up,
            "LocalOptimizationBegin": self._optimization_began,
            "LocalOptimizationEnd": self._optimization_ended,
        }

    def look_again(self, queue: str, entries: Iterable[AmiEvent], now_us: int) -> None:
        """QueueStatus' answer for a queue in doubt: whoever waited as long as a vacated place has taken it."""
        for entry in entries:
            vacated = self._callers.successor_of(entry, now_us)
            if vacated is not None:
                self._take_over(vacated, identity_in_entry(entry), now_us)
            else:
                self._callers.found(entry, now_us)
        self._callers.believe(queue)

    # -- callers who wait ----------------------------------------------------------------------------

    def _transferred(self, event: AmiEvent, at_us: int) -> None:
        """AttendedTransfer. Whichever of the transferer's two calls waits, the transferee waits on."""
        transferee = _identity(event, "Transferee")
        if event.get("Result") != "Success" or not transferee.uniqueid:
            return
        for role in ("SecondTransferer", "OrigTransferer"):
            waiting = self._callers.of_channel(event.get(f"{role}Uniqueid"))
            if waiting is not None:
                return self._take_over(waiting, transferee, at_us)
        behind = self._callers.behind(event.get("TransferTargetChannel"))
        if behind is not None:
            # app_queue goes on with the Local channel; only what is shown of the caller is another.
            other = transferee._replace(channel=behind.channel, uniqueid=behind.uniqueid)
            self._take_over(behind, other, at_us)
        return None

    def _take_over(self, caller: QueuedCaller, other: ChannelIdentity, at_us: int) -> None:
        self._calls.caller_changes(caller, at_us)
        self._callers.take_over(caller, other)
        self._calls.caller_changed(caller, at_us)
        self._went_on(other.uniqueid)

    # -- phones --------------------------------------------------------------------------------------

    def _picked_up(self, event: AmiEvent, _at_us: int) -> None:
        """Pickup: the ringing phone's call goes on as the channel that picked it up."""
        self._calls.move_phone(event.get("TargetUniqueid"), event.get("Uniqueid"))

    def _optimization_began(self, event: AmiEvent, _at_us: int) -> None:
        """LocalOptimizationBegin: the source is in a bridge with one half and will take the other half's place."""
        one, two = event.get("LocalOneUniqueid"), event.get("LocalTwoUniqueid")
        replaced = one if event.get("DestUniqueId") == two else two
        if len(self._optimizations) >= _OPTIMIZATIONS_AT_MOST:
            del self._optimizations[next(iter(self._optimizations))]
        self._optimizations[one] = replaced, event.get("SourceUniqueid")

    def _optimization_ended(self, event: AmiEvent, _at_us: int) -> None:
        """LocalOptimizationEnd. Its Success is "No" also of one that succeeded: app_queue ignores it too."""
        replaced, source = self._optimizations.pop(event.get("LocalOneUniqueid"), ("", ""))
        if source:
            self._calls.move_phone(replaced, source)


def _identity(event: AmiEvent, prefix: str) -> ChannelIdentity:
    names = ("Channel", "Uniqueid", "Linkedid")
    channel, uniqueid, linkedid = (event.get(prefix + name) for name in names)
    return ChannelIdentity(channel, uniqueid, linkedid, digits(event.get(f"{prefix}CallerIDNum")))
