"""By which clock a call ends: it is known by its arrival, which stays, and its end is by the clock of that. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ami_bridge.ledger.clock_steps import NO_DRIFT, SetClock
from ami_bridge.ledger.rows import Row
from callcenter.calls import Call
from callcenter.moments import Length, Moment


class CallClocks:
    """By how much the wall clock was set since each arrival, of calls in which it was."""

    def __init__(self) -> None:
        self._drifts: dict[str, Length] = {}

    def set_clock(self, calls: Iterable[Call], clock: SetClock) -> Iterator[Call]:
        """The wall clock was set. Those of the calls that have ended since, with the end that is right."""
        for call in calls:
            if clock.is_new(call.arrived):
                continue
            if call.ended is None:
                self._drifts[call.uniqueid] = self._drifts.get(call.uniqueid, NO_DRIFT).plus(clock.drift)
            elif clock.is_new(call.ended):
                yield replace(call, ended=call.ended.back(clock.drift))

    def end(self, departed: Row) -> Moment | None:
        """When a call ended whose caller departed."""
        drift = self._drifts.pop(departed.callid, None)
        return departed.at.back(drift) if departed.at is not None and drift is not None else departed.at

    def forget(self) -> None:
        """Asterisk started again: all calls are over."""
        self._drifts.clear()
