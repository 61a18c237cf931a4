"""Writes rows with the moment and the position of the current event; reads headers of events. Pure."""

from typing import NamedTuple

from ami_bridge.feeds.file import clean
from ami_bridge.ledger.rows.row import Row, Verb
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

# How long a late event is waited for: Asterisk's threads write events out of order by milliseconds, on a busy machine
# by a second or two. Without time stamps, events are counted instead.
LATE_US = 5 * MICROSECONDS
LATE_EVENTS = 2_000
_NO_NUMBER = ("<unknown>", "<none>")
DialplanLocation = tuple[str, str]


class Mark(NamedTuple):
    """When something was reported: its position in the source, and its moment, None where events have no stamps."""

    position: int
    at: Moment | None


class RowWriter:
    """`now` is the last moment that the source reported, `position` that of the current event."""

    def __init__(self) -> None:
        self.now: Moment | None = None
        self.position = 0
        self._out: list[Row | Anomaly] = []

    @property
    def mark(self) -> Mark:
        """The current position and moment."""
        return Mark(self.position, self.now)

    def is_long_ago(self, mark: Mark) -> bool:
        """Whether an event that was due soon after that mark will not come any more."""
        if self.position - mark.position > LATE_EVENTS:
            return True
        return self.now is not None and mark.at is not None and self.now.earliest_us - mark.at.latest_us > LATE_US

    def row(
        self, callid: str, queue: str, agent: str, verb: Verb, data: tuple[str, ...], at: Moment | None = None
    ) -> None:
        """Write one row, with the moment `now` unless another is given."""
        is_late = at is not None and self.now is not None and at.latest_us < self.now.earliest_us
        reported = self.now if is_late else None
        self._out.append(Row(self.position, at or self.now, callid, queue, clean(agent), verb, data, reported))

    def anomaly(self, kind: AnomalyKind, event: AmiEvent) -> None:
        """Write down an event that does not fit."""
        names = ("Queue", "Uniqueid", "MemberName", "CallerIDNum")
        reported = "|".join((event.name, *(event.get(name) for name in names)))
        self._out.append(Anomaly(kind, self.position, self.now, clean(reported)))

    def drain(self) -> list[Row | Anomaly]:
        """What was written since the last time."""
        out, self._out = self._out, []
        return out


def member_in(event: AmiEvent) -> str:
    """A member by its name, else by its interface."""
    return event.get("MemberName") or event.get("Interface") or event.get("Location")


def number_in(event: AmiEvent, header: str = "CallerIDNum") -> str:
    """A number as the records keep it; empty where Asterisk knows none."""
    number = event.get(header)
    return "" if number in _NO_NUMBER else clean(number)


def location_in(event: AmiEvent) -> DialplanLocation:
    """Where in the dialplan the channel is: context and extension."""
    return event.get("Context"), event.get("Exten")


def moment_of(event: AmiEvent) -> Moment | None:
    """The event's own moment; None where events have no stamps."""
    return None if event.timestamp_us is None else Moment.exact(event.timestamp_us)
