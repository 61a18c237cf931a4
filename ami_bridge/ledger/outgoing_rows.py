"""The rows of calls that the centre makes itself: OUTGOING, and what happened. Pure.

They stand beside the registered calls and never among them. The first row of a call names the attempt (`reference`); a
row whose first one was lost is an anomaly, and whoever asked for that call hears nothing of it.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from ami_bridge.ledger.clock_steps import SetClock
from ami_bridge.ledger.dialplan_events import NoteAnomaly
from ami_bridge.ledger.entries.in_progress import remember
from ami_bridge.ledger.outgoing_clocks import OutgoingClocks
from ami_bridge.ledger.rows.row import NONE, Row, Verb, whole_number
from callcenter.calls import AnomalyKind
from callcenter.moments import Moment
from callcenter.outgoing_calls import (
    AnsweredBy,
    CustomerKey,
    OutgoingCall,
    OutgoingPurpose,
    OutgoingResult,
    result_of_cause,
)

_NUMBER = re.compile(r"[0-9]{3,16}", re.ASCII)
_REFERENCE = re.compile(r"[0-9A-Za-z._-]{0,64}", re.ASCII)
_NAME = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)
_BY, _RINGING, _UP = "by:", "Ringing", "Up"


class What(StrEnum):
    """What happened: the first field of the row, and what follows it."""

    DIALLED = "dialled"  # number|purpose|reference
    UNPLACED = "unplaced"  # number|purpose|reference: it failed; of a telephone that was rung its own rows say more
    ANSWERED = "answered"
    TAKEN_BY = "taken_by"  # person or machine
    TOLD = "told"  # the message's name
    PRESSED = "pressed"  # the customer's key
    HANDED = "handed"  # the queue or extension
    ENDED = "ended"  # cause|by:channel|the channel's state


class OutgoingRows:
    """The outgoing calls of one node, those that go on and the last that ended."""

    def __init__(self, node: str, note_anomaly: NoteAnomaly) -> None:
        self._node, self._note_anomaly = node, note_anomaly
        self._calls: OrderedDict[str, OutgoingCall] = OrderedDict()
        self._changed: dict[str, OutgoingCall] = {}
        self._of_before: frozenset[str] = frozenset()
        self._references: OrderedDict[str, str] = OrderedDict()
        self._clocks = OutgoingClocks()
        self._by_what: dict[str, Callable[[Row], OutgoingCall | AnomalyKind | None]] = {
            What.DIALLED: self._dialled,
            What.UNPLACED: self._unplaced,
            What.ANSWERED: lambda row: self._on(row, answered=row.at, result=OutgoingResult.ANSWERED),
            What.TAKEN_BY: self._taken_by,
            What.TOLD: lambda row: self._named(row, told=row.field(1)),
            What.PRESSED: self._pressed,
            What.HANDED: lambda row: self._named(row, handed_to=row.field(1), handed=row.at),
            What.ENDED: self._ended,
        }

    def handlers(self) -> dict[Verb, Callable[[Row], None]]:
        """The handler of the verb."""
        return {Verb.OUTGOING: self._apply}

    def open_calls(self) -> set[str]:
        """The channels of those that go on."""
        return {uniqueid for uniqueid, call in self._calls.items() if call.ended is None}

    def drain(self) -> tuple[OutgoingCall, ...]:
        """Those that changed since the last time."""
        changed, self._changed = tuple(self._changed.values()), {}
        return changed

    def cut_off(self, between: Moment | None) -> None:
        """Asterisk started again: what went on ended with it, and unanswered calls nobody knows the result of."""
        for call in [call for call in self._calls.values() if call.ended is None]:
            result = OutgoingResult.ANSWERED if call.answered is not None else OutgoingResult.INTERRUPTED
            ended = call.dialled if between is None else self._clocks.of_dialling(call.uniqueid, between)
            self._keep(replace(call, ended=ended, result=result))
        self._of_before = frozenset(self._calls)
        self._clocks.forget()

    def set_clock(self, clock: SetClock) -> None:
        """The wall clock was set."""
        for call in list(self._clocks.set_clock(self._calls, clock)):
            self._keep(call)

    # -- what happened -----------------------------------------------------------------------------

    def _apply(self, row: Row) -> None:
        what = self._by_what.get(row.field(0))
        if what is None or row.at is None or row.callid in ("", NONE):
            return self._note_anomaly(AnomalyKind.MALFORMED_ROW, row)
        found = what(replace(row, at=self._clocks.of_dialling(row.callid, row.at)))
        if isinstance(found, AnomalyKind):
            return self._note_anomaly(found, row)
        if found is not None:
            self._clocks.note(row.callid, row.field(0), row.at)
            self._keep(found)
        return None

    def _dialled(self, row: Row) -> OutgoingCall | AnomalyKind:
        number, purpose, reference = (row.field(index) for index in (1, 2, 3))
        well = _NUMBER.fullmatch(number) and _REFERENCE.fullmatch(reference) and purpose in set(OutgoingPurpose)
        if row.at is None or not well:
            return AnomalyKind.MALFORMED_ROW
        if row.callid in self._calls or row.callid in self._of_before:
            return AnomalyKind.DUPLICATE
        member = "" if row.agent == NONE else row.agent
        return OutgoingCall(self._node, row.callid, OutgoingPurpose(purpose), reference, number, member, row.at)

    def _unplaced(self, row: Row) -> OutgoingCall | AnomalyKind | None:
        found = self._dialled(row)
        if isinstance(found, AnomalyKind):
            return found
        is_rung = found.reference in self._references
        return None if is_rung else replace(found, ended=row.at, result=OutgoingResult.UNPLACED)

    def _taken_by(self, row: Row) -> OutgoingCall | AnomalyKind:
        if row.field(1) not in (AnsweredBy.PERSON, AnsweredBy.MACHINE):
            return AnomalyKind.MALFORMED_ROW
        return self._answered(row, answered_by=AnsweredBy(row.field(1)))

    def _pressed(self, row: Row) -> OutgoingCall | AnomalyKind:
        if row.field(1) not in set(CustomerKey):
            return AnomalyKind.MALFORMED_ROW
        return self._answered(row, pressed=row.field(1))

    def _named(self, row: Row, **changes: object) -> OutgoingCall | AnomalyKind:
        return self._answered(row, **changes) if _NAME.fullmatch(row.field(1)) else AnomalyKind.MALFORMED_ROW

    def _ended(self, row: Row) -> OutgoingCall | AnomalyKind:
        cause, by, state = whole_number(row.field(1)), row.field(2), row.field(3)
        call = self._calls.get(row.callid)
        if cause is None or not by.startswith(_BY):
            return AnomalyKind.MALFORMED_ROW
        if call is None:
            return AnomalyKind.ORPHAN
        by_customer = by.startswith(f"{_BY}PJSIP/") if by != _BY else None
        end = {"ended": row.at, "cause": cause, "ended_by_customer": by_customer}
        if call.answered is not None or state == _UP:
            return self._answered(row, **end, rang=True)
        return self._on(row, **end, rang=state == _RINGING, result=result_of_cause(cause))

    # -- what serves several -----------------------------------------------------------------------

    def _on(self, row: Row, **changes: object) -> OutgoingCall | AnomalyKind:
        """The call with these changes, if it goes on."""
        call = self._calls.get(row.callid)
        if call is None:
            return AnomalyKind.ORPHAN
        return AnomalyKind.DUPLICATE if call.ended is not None else replace(call, **changes)  # type: ignore[arg-type]

    def _answered(self, row: Row, **changes: object) -> OutgoingCall | AnomalyKind:
        """The same of what only an answered telephone does: where the row of the answer was lost, it was before."""
        found = self._on(row, **changes)
        if isinstance(found, AnomalyKind) or found.answered is not None or row.at is None:
            return found
        before = Moment(found.dialled.earliest_us, max(found.dialled.latest_us, row.at.latest_us))
        return replace(found, answered=before, result=OutgoingResult.ANSWERED)

    def _keep(self, call: OutgoingCall) -> None:
        remember(self._calls, call.uniqueid, call)
        if call.reference:
            remember(self._references, call.reference, call.uniqueid)
        self._changed[call.uniqueid] = call
