"""The recordings of callers in the live state: on, paused or off, and since when. Pure.

Asterisk reports every change, whoever requested it, and the recording that begins anew with the next agent, which is
not paused.
"""

from collections.abc import Callable, Mapping, Set

from ami_bridge.wire.items import AmiEvent
from callcenter.messages.facts import RecordingStatus

_PAUSED = "1"
# The mark that the dialplan and `actions.call_control` set on a recorded caller's channel; `paused:` and since when.
_MARKS = {"": RecordingStatus.OFF, "on": RecordingStatus.ON, "paused": RecordingStatus.PAUSED}


class LiveRecordings:
    """All recordings of one node, by the caller's Uniqueid."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[RecordingStatus, int]] = {}
        self.handlers: Mapping[str, Callable[[AmiEvent, int], None]] = {
            "MixMonitorStart": self._began,
            "MixMonitorStop": self._ended,
            "MixMonitorMute": self._muted,
        }

    def joined(self, uniqueid: str, at_us: int) -> None:
        """A caller joined a queue: a recording that was not reported by then has not begun."""
        self._of.setdefault(uniqueid, (RecordingStatus.OFF, at_us))

    def _began(self, event: AmiEvent, at_us: int) -> None:
        self._of[event.get("Uniqueid")] = (RecordingStatus.ON, at_us)

    def _ended(self, event: AmiEvent, at_us: int) -> None:
        self._of[event.get("Uniqueid")] = (RecordingStatus.OFF, at_us)

    def _muted(self, event: AmiEvent, at_us: int) -> None:
        """MixMonitorMute. Reported again, it is not a new pause."""
        status = RecordingStatus.PAUSED if event.get("State") == _PAUSED else RecordingStatus.ON
        if self.of(event.get("Uniqueid"))[0] is not status:
            self._of[event.get("Uniqueid")] = (status, at_us)

    def found(self, uniqueid: str, mark: str, now_us: int) -> None:
        """The mark on the caller's channel, at a connect. Any other text is ignored."""
        word, _, since = mark.partition(":")
        status = _MARKS.get(word)
        if status is not None and self.of(uniqueid)[0] is not status:
            self._of[uniqueid] = (status, int(since) if since.isdecimal() and since.isascii() else now_us)

    def gone(self, uniqueid: str) -> None:
        """The channel hung up."""
        self._of.pop(uniqueid, None)

    def keep(self, alive: Set[str]) -> None:
        """Forget callers whose channel is gone."""
        self._of = {uniqueid: known for uniqueid, known in self._of.items() if uniqueid in alive}

    def of(self, uniqueid: str) -> tuple[RecordingStatus | None, int | None]:
        """Its state and since when, microseconds UTC; (None, None) where nothing is known."""
        return self._of.get(uniqueid, (None, None))
