"""Folds rows of the queue log into calls, queue entries, agents' periods and interruptions. Pure.

`Fold.apply` each row in the order of its source; `Fold.drain` returns what changed. Each verb has one handler: those of
app_queue in queue_rows.py, those of our dialplan in dialplan_events.py, ivr_steps.py and, of calls that the centre
makes, outgoing_rows.py, agents' log-ins and pauses in agent_periods.py. A row that does not fit raises nothing: it
becomes an `Anomaly`, and the fold goes on.
"""

from collections.abc import Callable, Iterable, Mapping

from ami_bridge.ledger.agent_periods import AgentTime
from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.checkpoint import Checkpoint
from ami_bridge.ledger.clock_steps import ClockSteps
from ami_bridge.ledger.dialplan_events import DialplanEvents
from ami_bridge.ledger.entries.in_progress import Entries
from ami_bridge.ledger.identity import Identity
from ami_bridge.ledger.ivr_steps import IvrRows
from ami_bridge.ledger.outgoing_rows import OutgoingRows
from ami_bridge.ledger.queue_rows import QueueRows
from ami_bridge.ledger.restarts import AsteriskRestart, gap, shut_down
from ami_bridge.ledger.rows.row import Row, Verb, anomaly_of, fields_fit, known_verb
from ami_bridge.ledger.transfer_targets import TransferTargets
from callcenter.calls import Anomaly, AnomalyKind, EndedBy, Interruption
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

_CLOCK_TOLERANCE_US = MICROSECONDS
# Rows that begin an entry, or make one up whose beginning was lost.
_BEGIN_ENTRIES = frozenset(
    {
        *(Verb.ENTERQUEUE, Verb.FULL, Verb.JOINEMPTY, Verb.CONNECT, Verb.ABANDON, Verb.COMPLETECALLER),
        *(Verb.COMPLETEAGENT, Verb.EXITWITHTIMEOUT, Verb.EXITWITHKEY, Verb.EXITEMPTY, Verb.WITHDRAW),
        *(Verb.TRANSFER, Verb.BLINDTRANSFER, Verb.ATTENDEDTRANSFER),
    }
)


def first_begun(rows: Iterable[Row]) -> dict[tuple[str, str], int]:
    """When the first row that may begin an entry was, by queue and channel, up to a start of Asterisk."""
    begun: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.verb == Verb.QUEUESTART:
            break
        if row.verb in _BEGIN_ENTRIES and row.at is not None:
            begun.setdefault((row.of_one_spelling.queue, row.callid), row.at.earliest_us)
    return begun


class Fold:
    """The ledger's state: what is open now, and what ended recently."""

    def __init__(self, node: str, wrap_up_seconds: Mapping[str, int] | None = None, boot_us: int = 0) -> None:
        self.node = node
        self._agents = AgentTime(node, wrap_up_seconds or {})
        self._entries = Entries(node, boot_us)
        self._identity = Identity(self._entries)
        self._dialplan_events = DialplanEvents(self._entries, self._identity, self._note_anomaly)
        self._transfer_targets = TransferTargets(self._entries)
        self._ivr = IvrRows(node, self._dialplan_events, self._transfer_targets, self._note_anomaly)
        self._queue = QueueRows(
            self._entries,
            self._identity,
            self._agents,
            self._transfer_targets,
            reached=self._dialplan_events.reached,
            line_of=lambda callid: self._dialplan_events.line_of(callid) or self._ivr.line_of(callid),
            note_anomaly=self._note_anomaly,
        )
        self._outgoing = OutgoingRows(node, self._note_anomaly)
        self._rows = 0
        self._interruptions: list[Interruption] = []
        self._anomalies: list[Anomaly] = []
        self._last: Moment | None = None
        self._clock_steps = ClockSteps()
        self._handlers: dict[Verb, Callable[[Row], None]] = {
            Verb.QUEUESTART: self._restart,
            Verb.CLOCKSET: self._set_clock,
            **dict.fromkeys(AgentTime.VERBS, self._agents.apply),
            **self._queue.handlers(),
            **self._dialplan_events.handlers(),
            **self._ivr.handlers(),
            **self._outgoing.handlers(),
        }

    # -- what callers use -----------------------------------------------------------------------------

    @property
    def boot_us(self) -> int:
        """When this Asterisk started, as far as the rows report it; 0 when they do not."""
        return self._entries.boot_us

    @property
    def open_entries(self) -> int:
        """How many entries wait or are connected now."""
        return len(self._entries)

    @property
    def last_sign(self) -> Moment | None:
        """The moment of the last row; of one that was reported late, that of its report."""
        return self._last

    @property
    def open_channels(self) -> frozenset[str]:
        """The callers' channels that wait or are connected now."""
        return frozenset(entry.key.uniqueid for entry in self._entries.all_open())

    @property
    def in_progress(self) -> frozenset[str]:
        """Every call of which more may be reported."""
        of_entries = {name for entry in self._entries.all_open() for name in (entry.key.uniqueid, entry.call)}
        of_calls = self._dialplan_events.open_calls() | self._outgoing.open_calls()
        return frozenset(of_entries | of_calls | self._identity.moving())

    def apply(self, row: Row) -> None:
        """Fold one row."""
        row = row.of_one_spelling
        verb = known_verb(row.verb)
        if verb is None:
            return self._note_anomaly(AnomalyKind.UNKNOWN_VERB, row)
        if not fields_fit(verb, len(row.data)):
            return self._note_anomaly(AnomalyKind.MALFORMED_ROW, row)
        self._rows += 1
        told, row = row, self._clock_steps.by_new_clock(row, self._last)
        self._watch_clock(row)
        self._dialplan_events.tidy(row.at, self._queue.end_conversation)
        handler = self._handlers.get(verb)
        if handler is not None:
            handler(row)
        if row is not told:
            self._entries.note_clock_set(row.queue, row.callid)
        return None

    def drain(self) -> Changes:
        """Everything that changed since the last `drain`."""
        entries = self._entries.drain(self._last)
        interruptions, anomalies = tuple(self._interruptions), tuple(self._anomalies)
        self._interruptions, self._anomalies = [], []
        calls, periods, outgoing = self._dialplan_events.drain(), self._agents.drain(), self._outgoing.drain()
        return Changes(calls, entries, periods, interruptions, anomalies, *self._ivr.drain(), outgoing)

    def close(self) -> None:
        """The source is over. A conversation whose agent's leg has ended, ended with that leg."""
        self._dialplan_events.tidy(None, self._queue.end_conversation)
        for entry in self._entries.all_open():
            released = entry.conversation.released
            if entry.is_connected and released is not None:
                entry.finish(released, EndedBy.UNKNOWN)
                self._entries.close(entry)
            else:
                self._entries.touch(entry)

    def end_lost(self, before_us: int) -> None:
        """Close what is open since before that moment, longer than any call lasts: no row will."""
        self._queue.end_lost(before_us)

    def resume(
        self, checkpoint: Checkpoint, rows_since: Iterable[Row], entries_before: Mapping[tuple[str, str], int]
    ) -> None:
        """Go on where another fold of the same rows was. What that makes was recorded before, and is dropped.

        `entries_before`: how often a channel was in a queue before the first of these rows of it, where it was.
        """
        self._entries.boot_us = checkpoint.boot_us
        for (queue, callid), count in entries_before.items():
            self._entries.note_entries_before(queue, callid, count)
        for row in checkpoint.rows:
            self.apply(row)
        self._dialplan_events.tidy(checkpoint.last, self._queue.end_conversation)
        self._last = checkpoint.last
        if checkpoint.last is not None:
            second = checkpoint.last.latest_us // MICROSECONDS
            self._entries.forget_channels_until(second)
            self._dialplan_events.forget_calls_until(second)
        self._agents.resume(checkpoint.periods, checkpoint.in_doubt, checkpoint.drifts)
        self._ivr.resume(checkpoint.callback_lines, checkpoint.channel_lines)
        for row in rows_since:
            self.apply(row)
        self.drain()

    def checkpoint(self, boot_us: int, rows: Iterable[Row]) -> Checkpoint:
        """What another fold needs to go on; `rows` are those of calls in progress, the first folded after `boot_us`."""
        periods, in_doubt = self._agents.open(), self._agents.in_doubt()
        drifts = self._agents.drifts()
        return Checkpoint(boot_us, self._last, periods, *self._ivr.lines(), tuple(rows), in_doubt, drifts)

    def may_have_forgotten(self, row: Row) -> bool:
        """Whether a row may begin an entry of a channel that was in that queue longer ago than is remembered."""
        return row.verb in _BEGIN_ENTRIES and self._entries.may_have_forgotten(row.queue, row.callid)

    def note_entries_before(self, queue: str, callid: str, count: int) -> None:
        """That channel has been in that queue so often since this Asterisk started."""
        self._entries.note_entries_before(queue, callid, count)

    def may_have_forgotten_call(self, row: Row) -> bool:
        """Whether a row begins a call whose name one of longer ago than is remembered may have had."""
        return row.verb == Verb.ARRIVED and self._dialplan_events.may_have_forgotten(row.callid)

    def note_call_before(self, callid: str) -> None:
        """A call of that name is in the records."""
        self._dialplan_events.note_call_before(callid)

    # -- restart -------------------------------------------------------------------------------

    def _restart(self, row: Row) -> None:
        """QUEUESTART: Asterisk started. What is still open was interrupted."""
        between, restart = gap(self._last, row.at), AsteriskRestart(self._last, row.at)
        cut = self._entries.all_open()
        departure, recently = self._dialplan_events.departure, self._entries.recently_ended()
        cut += shut_down(recently, departure, restart, none_open=not cut)
        for entry in cut:
            entry.interrupt(between)
            self._queue.end_conversation(entry)
            self._entries.touch(entry)
        if row.at is not None:
            if self._last is not None or cut:
                self._interruptions.append(Interruption(self.node, row.at, self._last, len(cut)))
            self._entries.boot_us, self._last = row.at.earliest_us, row.at
        self._agents.restarted(between)
        self._dialplan_events.cut_off(between, restart)
        self._outgoing.cut_off(between)
        self._entries.cut_off()
        self._identity.forget()
        self._transfer_targets.forget()

    def _set_clock(self, row: Row) -> None:
        """CLOCKSET by|before|after: the wall clock was set. The bridge has it written again where it got no answer."""
        clock = self._clock_steps.take(row)
        if isinstance(clock, AnomalyKind):
            return self._note_anomaly(clock, row)
        self._note_anomaly(AnomalyKind.CLOCK_SET, row)
        for each in (self._entries, self._dialplan_events, self._agents, self._outgoing):
            each.set_clock(clock)
        return None

    def _watch_clock(self, row: Row) -> None:
        sign = row.reported or row.at
        if sign is None:
            return
        if self._last is not None and sign.latest_us < self._last.earliest_us - _CLOCK_TOLERANCE_US:
            self._note_anomaly(AnomalyKind.CLOCK_WENT_BACK, row)
        if row.verb != Verb.QUEUESTART:
            self._last = sign
        self._clock_steps.note(sign)

    def _note_anomaly(self, kind: AnomalyKind, row: Row) -> None:
        self._anomalies.append(anomaly_of(kind, row))
