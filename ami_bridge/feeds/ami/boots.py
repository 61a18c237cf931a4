"""Whether Asterisk restarted: AMI does not report it to a client that was not connected. Pure."""

from ami_bridge.ledger.uniqueids import age
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

# Uptime is in whole seconds, and Asterisk takes a channel's second and its counter one after the other: only a clearly
# later second proves a new boot.
_BOOT_SECONDS = 2


class Boots:
    """Two signs of a restart: an uptime (FullyBooted, at each log-in) shorter than the time that passed, and a channel
    counter (in the Uniqueid) that begins anew.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """The restart was handled: begin anew."""
        self._uptime: int | None = None
        self._booted_us: int | None = None
        self._first_us: int | None = None
        self._youngest: dict[str, tuple[int, int]] = {}

    def log_in(self, uptime: str) -> None:
        """A log-in. It has no moment of its own; the next event's is used."""
        if uptime.isascii() and uptime.isdigit() and len(uptime) < 12:
            self._uptime = int(uptime)

    def reach(self, now: Moment | None) -> bool:
        """An event of this moment. True when the log-in before it was to a restarted Asterisk."""
        if now is None:
            return False
        self._first_us = self._first_us or now.earliest_us
        if self._uptime is None:
            return False
        booted_us, self._uptime = now.earliest_us - self._uptime * MICROSECONDS, None
        former_us, self._booted_us = self._booted_us or self._first_us, booted_us
        return booted_us > former_us + _BOOT_SECONDS * MICROSECONDS

    def note(self, uniqueid: str) -> None:
        """A channel of this boot; each system name has a counter of its own."""
        node, (second, counter) = uniqueid.rpartition("-")[0], age(uniqueid)
        if second and counter >= self._youngest.get(node, (0, 0))[1]:
            self._youngest[node] = second, counter

    def is_of_another(self, uniqueid: str) -> bool:
        """Whether that channel's counter is lower than an older channel's."""
        second, counter = age(uniqueid)
        was_second, was_counter = self._youngest.get(uniqueid.rpartition("-")[0], (0, 0))
        return counter < was_counter and second >= was_second + (1 if counter == 0 else _BOOT_SECONDS)
