"""By which clock a call ends: it is known by its arrival, which stays, and its end is by the clock of that. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ami_bridge.ledger.clock_steps import NO_DRIFT, SetClock
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import Call
from callcenter.moments import Length, Moment


class CallClocks:
    """By how much the wall clock was set since each arrival, of calls in which it was."""

    def __init__(self) -> None:
        self._drifts: dict[str, Length] = {}

    def set_clock(self, calls: Iterable[Call], departed: Mapping[str, Row], clock: SetClock) -> Iterator[Call]:
        """The wall clock was set. Those of the calls that have ended since, with the end that is right.

        `departed`: by call, the rows of those that ended last, by the clock of then.
        """
        for call in calls:
            if call.ended is None:
                before = self._drifts.get(call.uniqueid)
                drift = clock.drift_since(call.arrived) if before is None else before.plus(clock.drift)
                if drift != NO_DRIFT:
                    self._drifts[call.uniqueid] = drift
                continue
            row = departed.get(call.uniqueid)
            drift = clock.drift_between(call.arrived, row.at if row is not None and row.at is not None else call.ended)
            if drift != NO_DRIFT:
                yield replace(call, ended=call.ended.back(drift))

    def end(self, departed: Row) -> Moment | None:
        """When a call ended whose caller departed."""
        drift = self._drifts.pop(departed.callid, None)
        return departed.at.back(drift) if departed.at is not None and drift is not None else departed.at

    def forget(self) -> None:
        """Asterisk started again: all calls are over."""
        self._drifts.clear()
