"""Where the transcript writes its rows down, with the moment and the place of the event that brought them. Pure."""

from ami_bridge.feeds.file import clean
from ami_bridge.ledger.rows import Row, Verb
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.moments import Moment

_UNKNOWN = ("<unknown>", "<none>")


class RowWriter:
    """`now` is the last moment that the source told, `position` the place of the event in hand."""

    def __init__(self) -> None:
        self.now: Moment | None = None
        self.position = 0
        self._out: list[Row | Anomaly] = []

    def row(
        self, callid: str, queue: str, agent: str, verb: Verb, data: tuple[str, ...], at: Moment | None = None
    ) -> None:
        """Write one row, of `now` unless it has a moment of its own."""
        self._out.append(Row(self.position, at or self.now, callid, queue, clean(agent), verb, data))

    def odd(self, kind: AnomalyKind, event: AmiEvent) -> None:
        """Write down that this event does not fit."""
        names = ("Queue", "Uniqueid", "MemberName", "CallerIDNum")
        told = "|".join((event.name, *(event.get(name) for name in names)))
        self._out.append(Anomaly(kind, self.position, self.now, clean(told)))

    def take(self) -> list[Row | Anomaly]:
        """What was written since the last time."""
        out, self._out = self._out, []
        return out


def member_in(event: AmiEvent) -> str:
    """A member by its name, else by its interface."""
    return event.get("MemberName") or event.get("Interface") or event.get("Location")


def number_in(event: AmiEvent, header: str = "CallerIDNum") -> str:
    """A number as the records keep it; empty where Asterisk knows none."""
    number = event.get(header)
    return "" if number in _UNKNOWN else clean(number)
