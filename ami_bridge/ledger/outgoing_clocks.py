"""By which clock an outgoing call goes on: that of its dialling, which stays and which it is known by. Pure."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ami_bridge.ledger.clock_steps import NO_DRIFT, SetClock
from ami_bridge.ledger.entries.in_progress import remember
from callcenter.moments import Length, Moment
from callcenter.outgoing_calls import OutgoingCall

_DIALLED = "dialled"
_LATER = ("answered", "handed", "ended")


class OutgoingClocks:
    """By how much the wall clock was set since each dialling, of calls that go on, and the stamps of the last moments.

    The stamps are by the clock of now: whatever a step's row finds among them may be from after that step.
    """

    def __init__(self) -> None:
        self._drifts: dict[str, Length] = {}
        self._stamps: OrderedDict[tuple[str, str], Moment] = OrderedDict()

    def of_dialling(self, uniqueid: str, at: Moment) -> Moment:
        """A moment of that call, by the clock that it was dialled by."""
        drift = self._drifts.get(uniqueid)
        return at if drift is None else at.back(drift)

    def note(self, uniqueid: str, what: str, at: Moment) -> None:
        """What happened to that call is stamped so."""
        if what == _DIALLED or what in _LATER:
            remember(self._stamps, (uniqueid, what), at)
        if what == "ended":
            self._drifts.pop(uniqueid, None)

    def set_clock(self, calls: Mapping[str, OutgoingCall], clock: SetClock) -> Iterator[OutgoingCall]:
        """The wall clock was set. Those of the calls that had a moment between the step and its row, put right."""
        for call in calls.values():
            began = self._stamps.get((call.uniqueid, _DIALLED), call.dialled)
            if call.ended is None:
                before = self._drifts.get(call.uniqueid)
                drift = clock.drift_since(began) if before is None else before.plus(clock.drift)
                if drift != NO_DRIFT:
                    self._drifts[call.uniqueid] = drift
            corrected = self._corrected(call, began, clock)
            if corrected:
                yield replace(call, **corrected)  # type: ignore[arg-type]
        for key, at in self._stamps.items():
            self._stamps[key] = clock.by_new_clock(at)

    def _corrected(self, call: OutgoingCall, began: Moment, clock: SetClock) -> dict[str, Moment]:
        corrected: dict[str, Moment] = {}
        for name in _LATER:
            moment, stamp = getattr(call, name), self._stamps.get((call.uniqueid, name))
            drift = NO_DRIFT if moment is None or stamp is None else clock.drift_between(began, stamp)
            if drift != NO_DRIFT:
                corrected[name] = moment.back(drift)
        return corrected

    def forget(self) -> None:
        """Asterisk started again: all calls are over."""
        self._drifts.clear()
        self._stamps.clear()
