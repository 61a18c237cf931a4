"""The rows that our own dialplan adds to the queue log: arrivals, offers, released legs, departures. Pure.

Here a call begins (ARRIVED) and ends (DEPARTED). For queue entries these rows add what app_queue does not log: which
phone rang when, who really hung up, and that a caller is gone, so that no entry remains open whose end was lost.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from ami_bridge.ledger.call_clocks import CallClocks
from ami_bridge.ledger.clock_steps import SetClock, moved
from ami_bridge.ledger.entries.entry import EntryInProgress
from ami_bridge.ledger.entries.in_progress import Entries, remember
from ami_bridge.ledger.identity import Identity
from ami_bridge.ledger.restarts import SLOW_RESTART_US, AsteriskRestart, Departure
from ami_bridge.ledger.rows.row import Row, Verb
from ami_bridge.ledger.uniqueids import age
from callcenter.calls import AnomalyKind, Call, EndedBy, FinalStage, Outcome
from callcenter.centre.phones import extension_of
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

# app_queue writes the end of an entry within moments of the caller's departure, before or after it.
END_MAY_LAG_US = 5 * MICROSECONDS
_ORDERLY = "16"
_BY = "by:"
# The origin of a call by a trunk whose callers are not the public.
_INTERNAL = "internal"
# The source of a hang-up that the dialplan asked for is `dialplan/` and where.
_DIALPLAN = "dialplan"
_STATUS = {
    "TIMEOUT": Outcome.TIMEOUT,
    "LEAVEEMPTY": Outcome.LEFT_EMPTY,
    "LEAVEUNAVAIL": Outcome.LEFT_EMPTY,
    "WITHDRAW": Outcome.WITHDRAWN,
}
NoteAnomaly = Callable[[AnomalyKind, Row], None]


class DialplanEvents:
    """The calls, and what these rows add to the queue entries."""

    def __init__(self, entries: Entries, identity: Identity, note_anomaly: NoteAnomaly) -> None:
        self._entries, self._identity, self._note_anomaly = entries, identity, note_anomaly
        self._calls: OrderedDict[str, Call] = OrderedDict()
        self._changed: dict[str, Call] = {}
        # Uniqueids that have a call already, of before the last restart or in the records, and the lines of calls that
        # bear one of them again: see docs/ledger.md.
        self._of_before: frozenset[str] = frozenset()
        self._forgotten_until = -1
        self._lines_of_namesakes: OrderedDict[str, str] = OrderedDict()
        self._clocks = CallClocks()
        self._departed: OrderedDict[str, Row] = OrderedDict()
        self._departures: OrderedDict[str, Departure] = OrderedDict()

    def handlers(self) -> dict[Verb, Callable[[Row], None]]:
        """The handler of each of these verbs."""
        return {
            Verb.ARRIVED: self.arrived,
            Verb.INSIDE: lambda row: self._identity.note_internal(row.callid, row.field(0)),
            Verb.CLOSED: lambda row: self.reached(row.callid, FinalStage.CLOSED),
            Verb.DEPARTED: self.departed,
            Verb.OFFERED: self.offered,
            Verb.RELEASED: self.released,
            Verb.RETURNED: self.returned,
            Verb.STAYED: self.stayed,
        }

    def line_of(self, callid: str) -> str:
        """The line that this channel called."""
        call = self._calls.get(callid)
        line = call.line if call is not None else self._identity.internal_line(callid)
        return self._lines_of_namesakes.get(callid, line)

    def drain(self) -> tuple[Call, ...]:
        """The calls that changed since the last time."""
        changed, self._changed = tuple(self._changed.values()), {}
        return changed

    def open_calls(self) -> set[str]:
        """The calls that have not departed yet."""
        return {callid for callid, call in self._calls.items() if call.ended is None}

    # -- calls -------------------------------------------------------------------------------------

    def arrived(self, row: Row) -> None:
        """ARRIVED line|caller|linkedid|origin. A call that bears the name of one of before has no row of its own."""
        internal = row.field(3) == _INTERNAL
        if internal:
            self._identity.note_internal(row.callid, row.field(0))
        if row.at is None or row.callid in self._calls or row.callid in self._of_before:
            if row.callid in self._of_before:
                remember(self._lines_of_namesakes, row.callid, row.field(0))
                self._identity.note_caller(row.callid, row.field(1))
            return self._note_anomaly(AnomalyKind.DUPLICATE, row)
        self._identity.note_caller(row.callid, row.field(1))
        return self._keep(Call(self._entries.node, row.callid, row.field(0), row.field(1), row.at, internal=internal))

    def reached(self, callid: str, final_stage: FinalStage) -> None:
        """The call got this far; a stage further on that it reached before stands."""
        call = None if callid in self._lines_of_namesakes else self._calls.get(callid)
        if call is not None and call.final_stage.or_further(final_stage) is not call.final_stage:
            self._keep(replace(call, final_stage=final_stage))

    def departed(self, row: Row) -> None:
        """DEPARTED cause|by:channel. A normal end that no channel asked for: the agent used a feature code."""
        call = self._calls.get(row.callid)
        if call is not None and call.ended is None:
            stage = call.final_stage.or_further(FinalStage.MENU)
            self._keep(replace(call, ended=self._clocks.end(row), final_stage=stage))
        if row.data[:2] == (_ORDERLY, _BY):
            entry = self._identity.last_conversation_of(row.callid)
            if entry is not None and entry.note_hang_up(EndedBy.AGENT, row.at):
                self._entries.touch(entry)
        if _is_by_a_phone(row.field(1)):
            self._caller_hung_up(row)
        remember(self._departed, row.callid, row)
        remember(self._departures, row.callid, _departure(row))

    def _caller_hung_up(self, row: Row) -> None:
        """Who waits is connected to nobody: a phone that ends their channel is their own.

        The row of the wait's end normally came before, and may come after.
        """
        ended = self._entries.last_ended_of(row.callid)
        for entry in (ended, *self._entries.open_of(row.callid)):
            waited = entry is not None and (entry.is_waiting or entry.outcome is Outcome.ABANDONED)
            if entry is not None and waited and entry.note_hang_up(EndedBy.CALLER, row.at):
                self._entries.touch(entry)

    def departure(self, callid: str) -> Departure:
        """Who ended that channel, as far as its row says."""
        return self._departures.get(callid, Departure.UNKNOWN)

    def cut_off(self, between: Moment | None, restart: AsteriskRestart) -> None:
        """Asterisk started again: the calls that went on ended with it, and so did those that its stop ended."""
        stopped = self._stopped(restart) if restart.took(SLOW_RESTART_US) else []
        for call in [call for call in self._calls.values() if call.ended is None] + stopped:
            stage = call.final_stage.or_further(FinalStage.INTERRUPTED)
            self._keep(replace(call, ended=call.ended or between, final_stage=stage))
        self._of_before = frozenset(self._calls)
        self._lines_of_namesakes.clear()
        self._clocks.forget()

    def set_clock(self, clock: SetClock) -> None:
        """The wall clock was set."""
        for call in list(self._clocks.set_clock(self._calls.values(), self._departed, clock)):
            self._keep(call)
        for callid, row in self._departed.items():
            self._departed[callid] = replace(row, at=moved(row.at, clock))

    def _stopped(self, restart: AsteriskRestart) -> list[Call]:
        ended = [call for call in self._calls.values() if restart.may_have_ended(call.ended)]
        return [call for call in ended if self.departure(call.uniqueid) is Departure.UNASKED]

    def _keep(self, call: Call) -> None:
        forgotten = remember(self._calls, call.uniqueid, call)
        if forgotten is not None:
            self.forget_calls_until(age(forgotten)[0])
        self._changed[call.uniqueid] = call

    # -- calls of longer ago than is remembered --------------------------------------------------------

    def may_have_forgotten(self, callid: str) -> bool:
        """Whether a call of that name may have been longer ago than is remembered."""
        return callid not in self._calls and age(callid)[0] <= self._forgotten_until

    def note_call_before(self, callid: str) -> None:
        """There was one: it is in the records."""
        self._of_before |= {callid}

    def forget_calls_until(self, second: int) -> None:
        """Of calls that began in that second or before, only some are known."""
        self._forgotten_until = max(self._forgotten_until, second)

    # -- entries whose end was lost ----------------------------------------------------------------

    def tidy(self, now: Moment | None, end_conversation: Callable[[EntryInProgress], None]) -> None:
        """Close the entries that are still open though their caller departed. `now` None: the source is over."""
        while self._departed:
            row = next(iter(self._departed.values()))
            if now is not None and row.at is not None and now.latest_us - row.at.latest_us < END_MAY_LAG_US:
                return
            del self._departed[row.callid]
            for entry in self._entries.open_of(row.callid):
                self._note_anomaly(AnomalyKind.LOST_END, row)
                entry.end_unreported(row.at)
                end_conversation(entry)
                self._entries.close(entry)

    def returned(self, row: Row) -> None:
        """RETURNED status: Queue() returned the caller. An exit that app_queue's row did not report is known now."""
        entry = self._entries.open_at(row.queue, row.callid)
        if entry is not None and entry.is_connected:
            entry.return_caller()
        elif entry is not None and row.field(0) in _STATUS:
            self._note_anomaly(AnomalyKind.LOST_END, row)
            entry.leave(_STATUS[row.field(0)], row.at, None)
            self._entries.close(entry)

    def stayed(self, row: Row) -> None:
        """STAYED: a caller who pressed the key for a callback declined it.

        They enter the same queue again, at the position that was kept.
        """
        entry = self._entries.ended_at(row.queue, row.callid)
        if entry is None or not entry.resume_wait():
            return self._note_anomaly(AnomalyKind.ORPHAN, row)
        return self._entries.reopen(entry)

    # -- legs --------------------------------------------------------------------------------------

    def offered(self, row: Row) -> None:
        """OFFERED channel: an agent's phone began to ring.

        The offer is the member's; rows of before name the phone, which may be the one in the browser.
        """
        entry = self._entries.open_at(row.queue, row.callid)
        if entry is None or not entry.is_waiting:
            return self._note_anomaly(AnomalyKind.ORPHAN, row)
        if not entry.offers.ring(extension_of(row.agent), row.field(0), row.at):
            return self._note_anomaly(AnomalyKind.DUPLICATE, row)
        return self._entries.touch(entry)

    def released(self, row: Row) -> None:
        """RELEASED channel|cause|by:channel: an agent's leg ended, and the conversation with it at the latest."""
        entry = self._entries.open_at(row.queue, row.callid) or self._entries.ended_at(row.queue, row.callid)
        if entry is None:
            return self._note_anomaly(AnomalyKind.ORPHAN, row)
        if not entry.conversation.channel or entry.conversation.channel != row.field(0):
            return None
        entry.release(row.at)
        really = _who(row.agent, row.field(2))
        if really is not None and entry.note_hang_up(really, row.at):
            self._entries.touch(entry)
        return None


def _departure(row: Row) -> Departure:
    by = row.field(1)
    if not by.startswith(_BY):
        return Departure.UNKNOWN
    return Departure.UNASKED if by == _BY else Departure.BY_A_CHANNEL


def _is_by_a_phone(by: str) -> bool:
    """Whether a channel asked for the hang-up, and not the dialplan or an operator."""
    technology, _, name = by.removeprefix(_BY).partition("/")
    return by.startswith(_BY) and bool(name) and technology != _DIALPLAN


def _who(endpoint: str, by: str) -> EndedBy | None:
    """Who asked for the hang-up, if a phone did."""
    if not endpoint or not by.startswith(f"{_BY}PJSIP/"):
        return None
    return EndedBy.AGENT if by.startswith(f"{_BY}PJSIP/{endpoint}-") else EndedBy.CALLER
