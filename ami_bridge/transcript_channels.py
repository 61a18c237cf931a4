"""What AMI told of each channel, as far as the ledger needs it. Pure."""

from collections import OrderedDict
from dataclasses import dataclass

from ami_bridge.wire.items import AmiEvent
from callcenter.clock import MICROSECONDS
from callcenter.moments import Moment

REMEMBERED_CHANNELS = 20_000
REMEMBERED_BRIDGES = 1_000
# Asterisk takes a channel's second and its counter one after the other: only a later second tells a new boot.
_BOOT_SECONDS = 2


@dataclass(slots=True)
class Channel:
    """Positions are places in the source; 0 where it did not happen yet."""

    queue: str = ""
    next_queue: str = ""
    hung_up: Moment | None = None
    asked_to_end: int = 0
    made_to_end: int = 0
    left_bridge: int = 0
    in_bridge: bool = False
    talked: bool = False
    gone: int = 0
    last_queue: str = ""
    last_exit: int = 0
    last_exit_at: Moment | None = None


class Channels:
    """The newest channels by Uniqueid."""

    def __init__(self) -> None:
        self._channels: OrderedDict[str, Channel] = OrderedDict()
        self._bridges: OrderedDict[str, dict[str, str]] = OrderedDict()
        self._youngest: dict[str, tuple[int, int]] = {}
        self.are_told = False
        self.ends_are_told = False

    def get(self, uniqueid: str) -> Channel:
        """What is known of a channel; nothing, of an unknown one."""
        return self._channels.get(uniqueid) or Channel()

    def knows(self, uniqueid: str) -> bool:
        """Whether the channel was heard of."""
        return uniqueid in self._channels

    def learn(self, uniqueid: str) -> Channel:
        """The channel, remembered from now on."""
        channel = self._channels.get(uniqueid)
        if channel is None:
            channel = self._channels[uniqueid] = Channel()
            self._note_age(uniqueid)
            if len(self._channels) > REMEMBERED_CHANNELS:
                self._channels.popitem(last=False)
        return channel

    def should_know(self, uniqueid: str) -> bool:
        """Whether this channel began after the source did, so that its beginning should be in it."""
        if not self.are_told or not self._channels:
            return False
        return age(uniqueid) > age(next(iter(self._channels)))

    def is_of_another_boot(self, uniqueid: str) -> bool:
        """Whether Asterisk must have started again: its channels' counter begins anew."""
        second, counter = age(uniqueid)
        was_second, was_counter = self._youngest.get(uniqueid.rpartition("-")[0], (0, 0))
        return counter < was_counter and second >= was_second + (1 if counter == 0 else _BOOT_SECONDS)

    def _note_age(self, uniqueid: str) -> None:
        node, (second, counter) = uniqueid.rpartition("-")[0], age(uniqueid)
        if second and counter >= self._youngest.get(node, (0, 0))[1]:
            self._youngest[node] = second, counter

    def forget(self) -> None:
        """Asterisk started again: none of them is left."""
        self._channels.clear()
        self._bridges.clear()
        self._youngest.clear()

    def note_party(self, event: AmiEvent, number: str) -> None:
        """A channel entered or left a bridge; its number may be known by then only."""
        bridge = event.get("BridgeUniqueid")
        parties = self._bridges.setdefault(bridge, {})
        self._bridges.move_to_end(bridge)
        parties[event.get("Uniqueid")] = number or parties.get(event.get("Uniqueid"), "")
        if len(self._bridges) > REMEMBERED_BRIDGES:
            self._bridges.popitem(last=False)

    def others_in(self, bridge: str, uniqueid: str) -> str:
        """The number of the last party of a bridge beside that one."""
        numbers = [number for party, number in self._bridges.get(bridge, {}).items() if party != uniqueid]
        return numbers[-1] if numbers else ""


class BootClock:
    """Each log-in tells the uptime in whole seconds: less of it than time passed means another boot."""

    def __init__(self) -> None:
        self._uptime: int | None = None
        self._booted_us: int | None = None
        self._first_us: int | None = None

    def log_in(self, uptime: str) -> None:
        """A log-in; it has no moment of its own, the next event's is as good."""
        if uptime.isascii() and uptime.isdigit() and len(uptime) < 12:
            self._uptime = int(uptime)

    def is_another(self, now: Moment | None) -> bool:
        """Whether the log-in before this moment was to an Asterisk that had started again."""
        if now is None:
            return False
        self._first_us = self._first_us or now.earliest_us
        if self._uptime is None:
            return False
        booted_us, self._uptime = now.earliest_us - self._uptime * MICROSECONDS, None
        former, self._booted_us = self._booted_us or self._first_us, booted_us
        return booted_us > former + _BOOT_SECONDS * MICROSECONDS

    def forget(self) -> None:
        """The restart is known already."""
        self._uptime, self._booted_us, self._first_us = None, None, None


def age(uniqueid: str) -> tuple[int, int]:
    """The second and the counter in `[system-]second.counter`; (0, 0) for a name of another form."""
    second, _, counter = uniqueid.rpartition("-")[2].partition(".")
    if second.isascii() and second.isdigit() and counter.isascii() and counter.isdigit() and len(uniqueid) < 100:
        return int(second), int(counter)
    return 0, 0
