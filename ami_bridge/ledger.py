"""Folds rows of the queue log into calls, queue entries, agents' periods and interruptions. Pure.

Feed rows to `Fold.apply` in the order of their source and take the facts that changed with `Fold.take`.
Nothing is raised for what does not fit: it becomes an `Anomaly`, and the fold goes on.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from ami_bridge.agent_time import AgentTime
from ami_bridge.entry import EntryInProgress
from ami_bridge.rows import NONE, Row, Verb, fields_fit, known_verb
from callcenter.calls import (
    AgentPeriod,
    Anomaly,
    AnomalyKind,
    Call,
    EndedBy,
    EntryKey,
    Interruption,
    Offer,
    OfferResult,
    Outcome,
    PeriodKind,
    QueueEntry,
)
from callcenter.clock import MICROSECONDS
from callcenter.moments import Length, Moment

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED = 4096
SHUTDOWN_WINDOW_US = 2 * MICROSECONDS
QUICK_RESTART_US = 5 * MICROSECONDS
SLOW_RESTART_US = 60 * MICROSECONDS
CLOCK_TOLERANCE_US = MICROSECONDS


@dataclass(frozen=True, slots=True)
class Changes:
    """The facts that changed since the last `take`, each in its latest state."""

    calls: tuple[Call, ...]
    entries: tuple[QueueEntry, ...]
    periods: tuple[AgentPeriod, ...]
    interruptions: tuple[Interruption, ...]
    anomalies: tuple[Anomaly, ...]


class Fold:
    """The ledger's state: what is open now, and what ended lately."""

    def __init__(self, node: str, wrap_up_seconds: Mapping[str, int] | None = None, boot_us: int = 0) -> None:
        self.node, self.boot_us = node, boot_us
        self._agents = AgentTime(node, wrap_up_seconds or {})
        self._open: dict[tuple[str, str], EntryInProgress] = {}
        self._ended: OrderedDict[tuple[str, str], EntryInProgress] = OrderedDict()
        self._ordinals: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._calls: OrderedDict[str, Call] = OrderedDict()
        self._swapping: OrderedDict[str, Moment | None] = OrderedDict()
        self._changed: dict[EntryKey, EntryInProgress] = {}
        self._changed_calls: dict[str, Call] = {}
        self._interruptions: list[Interruption] = []
        self._anomalies: list[Anomaly] = []
        self._last: Moment | None = None
        self._handlers = self._table()

    # -- the doors -----------------------------------------------------------------------------

    def apply(self, row: Row) -> None:
        """Fold one row."""
        verb = known_verb(row.verb)
        if verb is None:
            return self._odd(AnomalyKind.UNKNOWN_VERB, row)
        if not fields_fit(verb, len(row.data)):
            return self._odd(AnomalyKind.MALFORMED_ROW, row)
        self._watch_clock(row)
        handler = self._handlers.get(verb)
        if handler is not None:
            handler(row)
        return None

    def take(self) -> Changes:
        """Everything that changed since the last time, once."""
        entries = tuple(entry.snapshot(self._last) for entry in self._changed.values())
        calls = tuple(self._changed_calls.values())
        changes = Changes(calls, entries, self._agents.take(), tuple(self._interruptions), tuple(self._anomalies))
        self._changed, self._changed_calls = {}, {}
        self._interruptions, self._anomalies = [], []
        return changes

    def close(self) -> None:
        """The source has ended. A talk whose agent's leg is known to have ended, ended there."""
        for place, entry in list(self._open.items()):
            if entry.is_talking and entry.released is not None:
                entry.finish(entry.released, EndedBy.UNKNOWN)
                self._settle(place, entry)
            else:
                self._touch(entry)

    def resume(
        self,
        entries: list[EntryInProgress],
        calls: list[Call],
        periods: list[AgentPeriod],
        last: Moment | None,
    ) -> None:
        """Go on from what the records hold: open entries and those ended lately, calls, open periods."""
        for entry in sorted(entries, key=lambda entry: entry.key.ordinal):
            place = (entry.key.queue, entry.key.uniqueid)
            self._ordinals[place] = entry.key.ordinal
            if entry.closed:
                self._ended[place] = entry
            else:
                self._open[place] = entry
        self._calls.update((call.uniqueid, call) for call in calls)
        self._agents.resume(periods)
        self._last = last

    @property
    def open_entries(self) -> int:
        """How many entries wait or talk now."""
        return len({id(entry) for entry in self._open.values()})

    # -- verbs ---------------------------------------------------------------------------------

    def _table(self) -> dict[Verb, Callable[[Row], None]]:
        return {
            Verb.QUEUESTART: self._restart,
            Verb.ARRIVED: self._arrived,
            Verb.CLOSED: self._closed,
            Verb.DEPARTED: self._departed,
            Verb.ENTERQUEUE: self._enter,
            Verb.CONNECT: self._connect,
            Verb.COMPLETECALLER: lambda row: self._complete(row, EndedBy.CALLER),
            Verb.COMPLETEAGENT: lambda row: self._complete(row, EndedBy.AGENT),
            Verb.BLINDTRANSFER: lambda row: self._transfer(row, row.field(0), row.seconds(2)),
            Verb.TRANSFER: lambda row: self._transfer(row, row.field(0), row.seconds(2)),
            Verb.ATTENDEDTRANSFER: self._attended_transfer,
            Verb.IDENTITY: self._identity,
            Verb.ABANDON: lambda row: self._leave(row, Outcome.ABANDONED, row.seconds(2)),
            Verb.EXITWITHTIMEOUT: lambda row: self._leave(row, Outcome.TIMEOUT, row.seconds(2)),
            Verb.EXITWITHKEY: lambda row: self._leave(row, Outcome.KEY_EXIT, row.seconds(3)),
            Verb.EXITEMPTY: lambda row: self._leave(row, Outcome.LEFT_EMPTY, row.seconds(2)),
            Verb.WITHDRAW: lambda row: self._leave(row, Outcome.WITHDRAWN, row.seconds(2)),
            Verb.FULL: lambda row: self._refused(row, Outcome.FULL),
            Verb.JOINEMPTY: lambda row: self._refused(row, Outcome.JOIN_REFUSED),
            Verb.OFFERED: self._offered,
            Verb.RELEASED: self._released,
            Verb.RETURNED: self._returned,
            Verb.RINGNOANSWER: self._rang_in_vain,
            Verb.RINGCANCELED: lambda row: self._ring_over(row, OfferResult.CANCELLED),
            Verb.AGENTDUMP: lambda row: self._ring_over(row, OfferResult.DUMPED),
            **dict.fromkeys(AgentTime.VERBS, self._agents.apply),
        }

    def _arrived(self, row: Row) -> None:
        if row.at is None or row.callid in self._calls:
            return self._odd(AnomalyKind.DUPLICATE, row)
        return self._keep_call(Call(self.node, row.callid, row.field(0), row.field(1), row.at))

    def _closed(self, row: Row) -> None:
        call = self._calls.get(row.callid)
        if call is not None:
            self._keep_call(replace(call, handled="closed"))

    def _departed(self, row: Row) -> None:
        call = self._calls.get(row.callid)
        if call is not None and call.ended is None:
            self._keep_call(replace(call, ended=row.at))

    def _enter(self, row: Row) -> None:
        place = (row.queue, row.callid)
        former = self._open.get(place)
        if former is not None and former.is_waiting and former.joined == row.at and not former.offers:
            return self._odd(AnomalyKind.DUPLICATE, row)
        if former is not None:
            self._odd(AnomalyKind.LOST_END, row)
            self._settle(place, former)
        self._begin(row, joined=row.at, caller=row.field(1))
        return None

    def _connect(self, row: Row) -> None:
        entry = self._find(row, row.seconds(0))
        if entry is None:
            return
        if not entry.is_waiting:
            return self._odd(AnomalyKind.DUPLICATE, row)
        entry.answer(row.at, row.agent, row.field(1), row.seconds(0))
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
        self._settle((row.queue, row.callid), entry)

    def _transfer(self, row: Row, to: str, _hold: Length | None) -> None:
        self._complete(row, EndedBy.TRANSFER, to)

    def _attended_transfer(self, row: Row) -> None:
        if row.field(0) == "APP" and row.field(1) == "Queue":
            _remember(self._swapping, row.callid, row.at)
        self._complete(row, EndedBy.TRANSFER, row.field(1) if row.field(0) == "APP" else "")

    def _identity(self, row: Row) -> None:
        entry = self._open.get((row.queue, row.callid))
        if entry is not None:
            self._adopt(row.queue, row.field(0), entry)

    def _leave(self, row: Row, outcome: Outcome, hold: Length | None) -> None:
        entry = self._find(row, hold)
        if entry is None:
            return
        if not entry.is_waiting:
            return self._odd(AnomalyKind.CONTRADICTION, row)
        entry.leave(outcome, row.at, hold)
        self._settle((row.queue, row.callid), entry)
        return None

    def _refused(self, row: Row, outcome: Outcome) -> None:
        if (row.queue, row.callid) in self._open:
            return self._odd(AnomalyKind.CONTRADICTION, row)
        entry = self._begin(row, joined=None, caller=row.field(0))
        entry.leave(outcome, row.at, None)
        self._settle((row.queue, row.callid), entry)
        return None

    def _offered(self, row: Row) -> None:
        entry = self._open.get((row.queue, row.callid))
        if entry is None or not entry.is_waiting:
            return self._odd(AnomalyKind.ORPHAN, row)
        if entry.was_offered(row.agent, row.field(0)):
            return self._odd(AnomalyKind.DUPLICATE, row)
        entry.offers.append(Offer(row.agent, row.field(0), row.at))
        return self._touch(entry)

    def _released(self, row: Row) -> None:
        """An agent's leg ended. For the leg that answered this is the end of the talk at the latest."""
        place = (row.queue, row.callid)
        entry = self._open.get(place) or self._ended.get(place)
        if entry is None:
            return self._odd(AnomalyKind.ORPHAN, row)
        if entry.is_talking and entry.agent_channel == row.field(0):
            entry.released = row.at
        return None

    def _returned(self, row: Row) -> None:
        entry = self._open.get((row.queue, row.callid))
        if entry is not None and entry.is_talking:
            entry.returned = True

    def _rang_in_vain(self, row: Row) -> None:
        rang = (row.number(0) or 0) * 1000
        result = OfferResult.NO_ANSWER if rang else OfferResult.REJECTED
        self._ring_over(row, result, Length(rang, rang))

    def _ring_over(self, row: Row, result: OfferResult, rang: Length | None = None) -> None:
        entry = self._open.get((row.queue, row.callid))
        if entry is None:
            return self._odd(AnomalyKind.ORPHAN, row)
        if not entry.end_offer(row.agent, "", row.at, result, rang):
            return self._odd(AnomalyKind.DUPLICATE, row)
        return self._touch(entry)

    # -- restart -------------------------------------------------------------------------------

    def _restart(self, row: Row) -> None:
        """QUEUESTART: Asterisk began again. What is open now never got its end."""
        between = self._gap(row.at)
        cut = list({id(entry): entry for entry in self._open.values()}.values()) or self._shut_down(row.at)
        for entry in cut:
            entry.interrupt(between)
            self._end_talk(entry)
            self._touch(entry)
        if row.at is not None:
            if self._last is not None or cut:
                self._interruptions.append(Interruption(self.node, row.at, self._last, len(cut)))
            self.boot_us, self._last = row.at.earliest_us, row.at
        for place, entry in self._open.items():
            _remember(self._ended, place, entry)
        self._open.clear()
        self._ordinals.clear()

    def _gap(self, until: Moment | None) -> Moment | None:
        if until is None or self._last is None:
            return until
        return Moment(min(self._last.earliest_us, until.latest_us), until.latest_us)

    def _shut_down(self, restarted: Moment | None) -> list[EntryInProgress]:
        """Entries that an orderly stop ended all at once just before the restart; they look like customers."""
        if restarted is None or self._last is None:
            return []
        since = self._last.earliest_us - SHUTDOWN_WINDOW_US
        cut = [entry for entry in self._ended.values() if entry.ended and entry.ended.latest_us >= since]
        cut = [entry for entry in cut if entry.outcome in (Outcome.ABANDONED, Outcome.ANSWERED)]
        pause = restarted.earliest_us - self._last.latest_us
        limit = SLOW_RESTART_US if len(cut) > 1 else QUICK_RESTART_US
        return cut if pause <= limit else []

    # -- helpers -------------------------------------------------------------------------------

    def _find(self, row: Row, hold: Length | None, at: Moment | None = None) -> EntryInProgress | None:
        """The open entry a row speaks of. One that nothing told of is made up from the row's hold time."""
        place = (row.queue, row.callid)
        entry = self._open.get(place)
        if entry is None and place in self._ended:
            self._odd(AnomalyKind.DUPLICATE, row)
            return None
        if entry is None:
            entry = self._swapped(row, hold)
        if entry is None:
            self._odd(AnomalyKind.ORPHAN, row)
            since = at or row.at
            entry = self._begin(row, joined=since.back(hold) if since and hold else None, caller="")
            entry.hold = hold
        self._touch(entry)
        return entry

    def _swapped(self, row: Row, hold: Length | None) -> EntryInProgress | None:
        """The waiting entry whose channel was replaced by an attended transfer into the queue."""
        if row.callid not in self._swapping or row.at is None or hold is None:
            return None
        began = row.at.back(hold)
        candidates = [
            entry
            for (queue, _), entry in self._open.items()
            if queue == row.queue and entry.is_waiting and entry.joined and _overlap(entry.joined, began)
        ]
        if len(candidates) != 1:
            return None
        self._adopt(row.queue, row.callid, candidates[0])
        return candidates[0]

    def _adopt(self, queue: str, callid: str, entry: EntryInProgress) -> None:
        """From now on this channel is the waiting caller of that entry."""
        self._open[(queue, callid)] = entry
        call = self._calls.get(callid)
        entry.call, entry.line = callid, call.line if call else entry.line
        entry.caller = call.caller if call else entry.caller
        self._touch(entry)

    def _begin(self, row: Row, joined: Moment | None, caller: str) -> EntryInProgress:
        place = (row.queue, row.callid)
        ordinal = self._ordinals.get(place, -1) + 1
        _remember(self._ordinals, place, ordinal)
        call = self._calls.get(row.callid)
        entry = EntryInProgress(
            EntryKey(self.node, self.boot_us, row.queue, row.callid, ordinal),
            row.callid,
            call.line if call else "",
            caller or (call.caller if call else ""),
            joined,
        )
        self._open[place] = entry
        self._ended.pop(place, None)
        self._touch(entry)
        return entry

    def _settle(self, place: tuple[str, str], entry: EntryInProgress) -> None:
        """The entry is over: only remembered, so that a late row is known for what it is."""
        entry.closed = True
        for known in [known for known, other in self._open.items() if other is entry] or [place]:
            self._open.pop(known, None)
            _remember(self._ended, known, entry)
        self._touch(entry)

    def _end_talk(self, entry: EntryInProgress) -> None:
        if entry.answered is not None and entry.ended is not None:
            self._agents.end_call(entry.member, entry.key.queue, entry.ended)

    def _keep_call(self, call: Call) -> None:
        _remember(self._calls, call.uniqueid, call)
        self._changed_calls[call.uniqueid] = call

    def _touch(self, entry: EntryInProgress) -> None:
        self._changed[entry.key] = entry

    def _watch_clock(self, row: Row) -> None:
        if row.at is None:
            return
        if self._last is not None and row.at.latest_us < self._last.earliest_us - CLOCK_TOLERANCE_US:
            self._odd(AnomalyKind.CLOCK_WENT_BACK, row)
        if row.verb != Verb.QUEUESTART:
            self._last = row.at

    def _odd(self, kind: AnomalyKind, row: Row) -> None:
        what = "|".join((row.callid, row.queue or NONE, row.agent, row.verb, *row.data))
        self._anomalies.append(Anomaly(kind, row.position, row.at, what[:500]))


def _overlap(one: Moment, other: Moment) -> bool:
    return one.earliest_us <= other.latest_us and other.earliest_us <= one.latest_us


def _remember(memory: "OrderedDict[K, V]", key: K, value: V) -> None:
    """Keep the newest few thousand."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
