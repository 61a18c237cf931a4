"""Folds rows of the queue log into calls, queue entries, agents' periods and interruptions. Pure.

Feed rows to `Fold.apply` in the order of their source and take the facts that changed with `Fold.take`.
Nothing is raised for what does not fit: it becomes an `Anomaly`, and the fold goes on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ami_bridge.ledger.agent_periods import AgentTime
from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.dialplan_events import OwnRows
from ami_bridge.ledger.entries import Entries
from ami_bridge.ledger.entry import EntryInProgress
from ami_bridge.ledger.identity import Identity
from ami_bridge.ledger.ivr_steps import IvrRows
from ami_bridge.ledger.restarts import gap, shut_down
from ami_bridge.ledger.rows import NONE, Row, Verb, fields_fit, known_verb
from ami_bridge.ledger.transfer_targets import Receivers
from callcenter.calls import (
    REFUSALS,
    AgentPeriod,
    Anomaly,
    AnomalyKind,
    Call,
    CallStep,
    EndedBy,
    Handled,
    Interruption,
    OfferResult,
    Outcome,
    PeriodKind,
)
from callcenter.clock import MICROSECONDS
from callcenter.moments import Length, Moment

__all__ = ["CLOCK_TOLERANCE_US", "Changes", "Fold"]

CLOCK_TOLERANCE_US = MICROSECONDS


class Fold:
    """The ledger's state: what is open now, and what ended lately."""

    def __init__(self, node: str, wrap_up_seconds: Mapping[str, int] | None = None, boot_us: int = 0) -> None:
        self.node = node
        self.clock_tolerance_us = CLOCK_TOLERANCE_US
        self._agents = AgentTime(node, wrap_up_seconds or {})
        self._entries = Entries(node, boot_us)
        self._identity = Identity(self._entries)
        self._own = OwnRows(self._entries, self._identity, self._odd)
        self._receivers = Receivers(self._entries)
        self._ivr = IvrRows(node, self._own, self._receivers, self._odd)
        self._rows = 0
        self._interruptions: list[Interruption] = []
        self._anomalies: list[Anomaly] = []
        self._last: Moment | None = None
        self._handlers = self._table()

    # -- the doors -----------------------------------------------------------------------------

    @property
    def boot_us(self) -> int:
        """When this Asterisk started, as far as the rows told."""
        return self._entries.boot_us

    @boot_us.setter
    def boot_us(self, boot_us: int) -> None:
        self._entries.boot_us = boot_us

    @property
    def open_entries(self) -> int:
        """How many entries wait or talk now."""
        return len(self._entries)

    @property
    def last_sign(self) -> Moment | None:
        """The moment of the last row."""
        return self._last

    @property
    def open_channels(self) -> frozenset[str]:
        """The callers' channels that wait or talk now."""
        return frozenset(entry.key.uniqueid for entry in self._entries.all_open())

    def apply(self, row: Row) -> None:
        """Fold one row."""
        verb = known_verb(row.verb)
        if verb is None:
            return self._odd(AnomalyKind.UNKNOWN_VERB, row)
        if not fields_fit(verb, len(row.data)):
            return self._odd(AnomalyKind.MALFORMED_ROW, row)
        self._rows += 1
        self._watch_clock(row)
        self._own.tidy(row.at, self._end_talk)
        handler = self._handlers.get(verb)
        if handler is not None:
            handler(row)
        return None

    def take(self) -> Changes:
        """Everything that changed since the last time, once."""
        entries = self._entries.take(self._last)
        cuts, odd = tuple(self._interruptions), tuple(self._anomalies)
        self._interruptions, self._anomalies = [], []
        return Changes(self._own.take(), entries, self._agents.take(), cuts, odd, *self._ivr.take())

    def close(self) -> None:
        """The source has ended. A talk whose agent's leg is known to have ended, ended there."""
        self._own.tidy(None, self._end_talk)
        for entry in self._entries.all_open():
            if entry.is_talking and entry.released is not None:
                entry.finish(entry.released, EndedBy.UNKNOWN)
                self._entries.settle(entry)
            else:
                self._entries.touch(entry)

    def resume(
        self,
        entries: list[EntryInProgress],
        calls: list[Call],
        periods: list[AgentPeriod],
        last: Moment | None,
        callbacks: Iterable[tuple[CallStep, str]] = (),
    ) -> None:
        """Go on from what the records hold: open entries and those ended lately, calls, open periods, calls back."""
        self._entries.resume(entries)
        self._own.resume(calls)
        self._receivers.resume(entries)
        self._agents.resume(periods)
        self._ivr.resume(callbacks)
        self._last = last

    # -- verbs ---------------------------------------------------------------------------------

    def _table(self) -> dict[Verb, Callable[[Row], None]]:
        return {
            Verb.QUEUESTART: self._restart,
            Verb.CALLER: lambda row: self._identity.note_caller(row.callid, row.field(0)),
            Verb.ENTERQUEUE: self._enter,
            Verb.CONNECT: self._connect,
            Verb.COMPLETECALLER: lambda row: self._complete(row, EndedBy.CALLER),
            Verb.COMPLETEAGENT: lambda row: self._complete(row, EndedBy.AGENT),
            Verb.GONE: lambda row: self._complete(row, EndedBy.UNKNOWN),
            Verb.BLINDTRANSFER: lambda row: self._complete(row, EndedBy.TRANSFER, row.field(0)),
            Verb.TRANSFER: lambda row: self._complete(row, EndedBy.TRANSFER, row.field(0)),
            Verb.ATTENDEDTRANSFER: self._attended_transfer,
            Verb.IDENTITY: lambda row: self._identity.swap(row.queue, row.callid, row.field(0), row.field(1)),
            Verb.ABANDON: lambda row: self._leave(row, Outcome.ABANDONED, row.seconds(2)),
            Verb.EXITWITHTIMEOUT: lambda row: self._leave(row, Outcome.TIMEOUT, row.seconds(2)),
            Verb.EXITWITHKEY: lambda row: self._leave(row, Outcome.KEY_EXIT, row.seconds(3)),
            Verb.EXITEMPTY: lambda row: self._leave(row, Outcome.LEFT_EMPTY, row.seconds(2)),
            Verb.WITHDRAW: lambda row: self._leave(row, Outcome.WITHDRAWN, row.seconds(2)),
            Verb.FULL: lambda row: self._refused(row, Outcome.FULL),
            Verb.JOINEMPTY: lambda row: self._refused(row, Outcome.JOIN_REFUSED),
            Verb.RINGNOANSWER: self._rang_in_vain,
            Verb.RINGCANCELED: lambda row: self._ring_over(row, OfferResult.CANCELLED),
            Verb.AGENTDUMP: lambda row: self._ring_over(row, OfferResult.DUMPED),
            **dict.fromkeys(AgentTime.VERBS, self._agents.apply),
            **self._own.handlers(),
            **self._ivr.handlers(),
        }

    def _enter(self, row: Row) -> None:
        former = self._entries.open_at(row.queue, row.callid)
        if former is not None and former.to_enter_again:
            former.to_enter_again = False
            return None
        late = former or self._entries.ended_at(row.queue, row.callid)
        if late is not None and late.joined_as_guessed(row.at):
            late.caller = late.caller or row.field(1)
            return self._entries.touch(late)
        if former is not None and former.is_waiting and former.joined == row.at and not former.offers:
            return self._odd(AnomalyKind.DUPLICATE, row)
        if former is not None:
            self._odd(AnomalyKind.LOST_END, row)
            self._entries.settle(former)
        self._identity.note_caller(row.callid, row.field(1))
        self._begin(row, row.at)
        return None

    def _connect(self, row: Row) -> None:
        entry = self._find(row, row.seconds(0))
        if entry is None:
            return
        if not entry.is_waiting:
            return self._odd(AnomalyKind.DUPLICATE, row)
        entry.answer(row.at, row.agent, row.field(1), row.seconds(0))
        self._identity.note_talk(row.callid, entry)
        if row.at is not None:
            self._agents.begin(row.agent, PeriodKind.ON_CALL, row.queue, row.at)
        return None

    def _complete(self, row: Row, ended_by: EndedBy, transferred_to: str = "") -> None:
        hold, talk = row.seconds(0), row.seconds(1)
        if ended_by is EndedBy.TRANSFER:
            hold, talk = row.seconds(len(row.data) - 3), row.seconds(len(row.data) - 2)
        answered = row.at.back(talk) if row.at and talk else row.at
        entry = self._find(row, hold, at=answered)
        if entry is None:
            return
        if entry.is_waiting:
            self._odd(AnomalyKind.LOST_ANSWER, row)
            entry.answer(answered, row.agent, "", hold)
        entry.finish(row.at, ended_by, transferred_to)
        self._end_talk(entry)
        self._identity.note_talk(row.callid, entry)
        self._entries.settle(entry)

    def _attended_transfer(self, row: Row) -> None:
        """Into a queue, the row may already stand under the channel that waited there in the caller's stead."""
        into_queue = row.data[:2] == ("APP", "Queue")
        talk = self._identity.transferred(row) if into_queue else None
        if talk is not None:
            row = replace(row, callid=talk.call)
        known = talk.transferred_to if talk is not None else ""
        self._complete(row, EndedBy.TRANSFER, known or ("Queue" if into_queue else self._receivers.of(row)))
        entry = self._identity.last_talk_of(row.callid)
        if entry is not None and entry.closed and not entry.transferred_to:
            self._receivers.want(entry, row.at)

    def _leave(self, row: Row, outcome: Outcome, hold: Length | None) -> None:
        entry = self._find(row, hold)
        if entry is not None and not entry.is_waiting:
            self._odd(AnomalyKind.CONTRADICTION, row)
        elif entry is not None:
            entry.leave(outcome, row.at, hold)
            self._entries.settle(entry)

    def _refused(self, row: Row, outcome: Outcome) -> None:
        if self._entries.open_at(row.queue, row.callid) is not None:
            return self._odd(AnomalyKind.CONTRADICTION, row)
        former = self._entries.ended_at(row.queue, row.callid)
        if former is not None and former.outcome in REFUSALS and former.ended == row.at:
            return self._odd(AnomalyKind.DUPLICATE, row)
        self._identity.note_caller(row.callid, row.field(0))
        entry = self._begin(row, None)
        entry.leave(outcome, row.at, None)
        self._entries.settle(entry)
        return None

    # -- offers --------------------------------------------------------------------------------

    def _rang_in_vain(self, row: Row) -> None:
        rang = (row.number(0) or 0) * 1000
        result = OfferResult.NO_ANSWER if rang else OfferResult.REJECTED
        self._ring_over(row, result, Length(rang, rang))

    def _ring_over(self, row: Row, result: OfferResult, rang: Length | None = None) -> None:
        entry = self._entries.open_at(row.queue, row.callid)
        if entry is None:
            return self._odd(AnomalyKind.ORPHAN, row)
        if not entry.end_offer(row.agent, "", row.at, result, rang):
            return self._odd(AnomalyKind.DUPLICATE, row)
        return self._entries.touch(entry)

    # -- restart -------------------------------------------------------------------------------

    def _restart(self, row: Row) -> None:
        """QUEUESTART: Asterisk began again. What is open now never got its end."""
        between = gap(self._last, row.at)
        cut = self._entries.all_open() or shut_down(self._entries.lately_ended(), self._last, row.at)
        for entry in cut:
            entry.interrupt(between)
            self._end_talk(entry)
            self._entries.touch(entry)
        if row.at is not None:
            if self._last is not None or cut:
                self._interruptions.append(Interruption(self.node, row.at, self._last, len(cut)))
            self.boot_us, self._last = row.at.earliest_us, row.at
        self._own.cut_off(between)
        self._entries.cut_off()
        self._identity.forget()
        self._receivers.forget()

    # -- what serves several verbs -----------------------------------------------------------------

    def _find(self, row: Row, hold: Length | None, at: Moment | None = None) -> EntryInProgress | None:
        """The open entry a row speaks of. One that nothing told of is made up from the row's hold time."""
        entry = self._entries.open_at(row.queue, row.callid)
        if entry is None and self._entries.ended_at(row.queue, row.callid) is not None:
            self._odd(AnomalyKind.DUPLICATE, row)
            return None
        if entry is None:
            entry = self._identity.replaced(row, hold)
        if entry is None:
            self._odd(AnomalyKind.ORPHAN, row)
            since = at or row.at
            entry = self._begin(row, since.back(hold) if since and hold else None)
            entry.hold, entry.start_is_guessed = hold, True
        self._entries.touch(entry)
        return entry

    def _begin(self, row: Row, joined: Moment | None) -> EntryInProgress:
        self._own.reached(row.callid, Handled.QUEUE)
        line = self._own.line_of(row.callid) or self._ivr.line_of(row.callid)
        return self._entries.begin(row.queue, row.callid, line, self._identity.caller(row.callid), joined)

    def _end_talk(self, entry: EntryInProgress) -> None:
        if entry.answered is not None and entry.ended is not None:
            self._agents.end_call(entry.member, entry.key.queue, entry.ended)

    def _watch_clock(self, row: Row) -> None:
        if row.at is None:
            return
        if self._last is not None and row.at.latest_us < self._last.earliest_us - self.clock_tolerance_us:
            self._odd(AnomalyKind.CLOCK_WENT_BACK, row)
        if row.verb != Verb.QUEUESTART:
            self._last = row.at

    def _odd(self, kind: AnomalyKind, row: Row) -> None:
        what = "|".join((row.callid, row.queue or NONE, row.agent, row.verb, *row.data))[:500]
        self._anomalies.append(Anomaly(kind, row.position, row.at, what))
