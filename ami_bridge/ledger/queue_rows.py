"""The rows that app_queue writes about a caller: joining, offers, the answer, the end of the wait or the call. Pure."""

from collections.abc import Callable
from dataclasses import replace

from ami_bridge.ledger.agent_periods import AgentTime
from ami_bridge.ledger.dialplan_events import NoteAnomaly
from ami_bridge.ledger.entries.entry import EntryInProgress
from ami_bridge.ledger.entries.in_progress import Entries
from ami_bridge.ledger.identity import Identity
from ami_bridge.ledger.restarts import gap
from ami_bridge.ledger.rows.row import Row, Verb
from ami_bridge.ledger.transfer_targets import TransferTargets
from callcenter.calls import LONGEST_CALL_US, AnomalyKind, EndedBy, FinalStage, OfferResult, Outcome, PeriodKind
from callcenter.moments import Length, Moment

Reached = Callable[[str, FinalStage], None]
LineOf = Callable[[str], str]
# extension|context|wait|conversation; later versions have the position after them.
_OLD_TRANSFER = 4
# The field of ENTERQUEUE that older versions leave out.
_POSITION = 2


class QueueRows:
    """Moves entries from one state to the next.

    `reached` notes how far a call got; `line_of` is the line that a channel called.
    """

    def __init__(
        self,
        entries: Entries,
        identity: Identity,
        agents: AgentTime,
        transfer_targets: TransferTargets,
        *,
        reached: Reached,
        line_of: LineOf,
        note_anomaly: NoteAnomaly,
    ) -> None:
        self._entries, self._identity, self._agents, self._transfer_targets = (
            entries,
            identity,
            agents,
            transfer_targets,
        )
        self._reached, self._line_of, self._note_anomaly = reached, line_of, note_anomaly

    def handlers(self) -> dict[Verb, Callable[[Row], None]]:
        """The handler of each of these verbs."""
        return {
            Verb.CALLER: lambda row: self._identity.note_caller(row.callid, row.field(0)),
            Verb.IDENTITY: lambda row: self._identity.swap(row.queue, row.callid, row.field(0), row.field(1)),
            Verb.DID: lambda row: self._identity.note_line(row.callid, row.field(0)),
            Verb.ENTERQUEUE: self._enter,
            Verb.CONNECT: self._connect,
            **self._ends_of_conversations(),
            **self._ends_of_waits(),
            Verb.RINGNOANSWER: self._ring_no_answer,
            Verb.RINGCANCELED: lambda row: self._end_offer(row, OfferResult.CANCELLED),
            Verb.AGENTDUMP: lambda row: self._end_offer(row, OfferResult.DUMPED),
        }

    def _ends_of_conversations(self) -> dict[Verb, Callable[[Row], None]]:
        return {
            Verb.COMPLETECALLER: lambda row: self._complete(row, EndedBy.CALLER),
            Verb.COMPLETEAGENT: lambda row: self._complete(row, EndedBy.AGENT),
            Verb.GONE: lambda row: self._complete(row, EndedBy.UNKNOWN),
            Verb.BLINDTRANSFER: lambda row: self._complete(row, EndedBy.TRANSFER, row.field(0)),
            Verb.TRANSFER: lambda row: self._complete(row, EndedBy.TRANSFER, row.field(0)),
            Verb.ATTENDEDTRANSFER: self._attended_transfer,
        }

    def _ends_of_waits(self) -> dict[Verb, Callable[[Row], None]]:
        return {
            Verb.ABANDON: lambda row: self._leave(row, Outcome.ABANDONED),
            Verb.EXITWITHTIMEOUT: lambda row: self._leave(row, Outcome.TIMEOUT),
            Verb.EXITWITHKEY: lambda row: self._leave(row, Outcome.KEY_EXIT, first=1),
            Verb.EXITEMPTY: lambda row: self._leave(row, Outcome.LEFT_EMPTY),
            Verb.LEAVEEMPTY: lambda row: self._leave(row, Outcome.LEFT_EMPTY, first=len(row.data)),
            Verb.WITHDRAW: lambda row: self._leave(row, Outcome.WITHDRAWN),
            Verb.FULL: lambda row: self._refused(row, Outcome.FULL),
            Verb.JOINEMPTY: lambda row: self._refused(row, Outcome.JOIN_REFUSED),
        }

    def end_conversation(self, entry: EntryInProgress) -> None:
        """The agent of that entry is no longer on the call, but in wrap-up."""
        if entry.answered is not None and entry.ended is not None:
            self._agents.end_call(entry.conversation.member, entry.key.queue, entry.ended)

    def end_lost(self, before_us: int) -> None:
        """Of who has waited or talked since before that moment the end was lost."""
        for entry in self._entries.all_open():
            began = entry.answered or entry.joined
            if began is not None and began.latest_us < before_us:
                entry.end_unreported(Moment(began.earliest_us, began.latest_us + LONGEST_CALL_US))
                self.end_conversation(entry)
                self._entries.close(entry)

    # -- entries -------------------------------------------------------------------------------------

    def _enter(self, row: Row) -> None:
        former = self._entries.open_at(row.queue, row.callid)
        if former is not None and former.enter_again():
            return None
        late = former or self._entries.ended_at(row.queue, row.callid)
        if late is not None and late.joined_as_guessed(row.at):
            late.caller = late.caller or row.field(1)
            late.note_entered_position(row.queue_position(_POSITION))
            return self._entries.touch(late)
        if former is not None and former.is_waiting and former.joined == row.at and not former.offers:
            return self._note_anomaly(AnomalyKind.DUPLICATE, row)
        if former is not None:
            self._note_anomaly(AnomalyKind.LOST_END, row)
            former.end_unreported(gap(former.answered or former.joined, row.at))
            self.end_conversation(former)
            self._entries.close(former)
        self._identity.note_caller(row.callid, row.field(1))
        self._begin(row, row.at).note_entered_position(row.queue_position(_POSITION))
        return None

    def _connect(self, row: Row) -> None:
        entry = self._find(row, row.seconds(0))
        if entry is None:
            return None
        if not entry.answer(row.at, row.agent, row.field(1), row.seconds(0)):
            return self._note_anomaly(AnomalyKind.DUPLICATE, row)
        self._identity.note_conversation(row.callid, entry)
        if row.at is not None:
            self._agents.begin(row.agent, PeriodKind.ON_CALL, row.queue, row.at)
        return None

    def _complete(self, row: Row, ended_by: EndedBy, transferred_to: str = "") -> None:
        first = _first_length(row) if ended_by is EndedBy.TRANSFER else 0
        hold_time, talk_time = row.seconds(first), row.seconds(first + 1)
        answered = row.at.back(talk_time) if row.at and talk_time else row.at
        entry = self._find(row, hold_time, at=answered)
        if entry is None:
            return
        if entry.is_waiting:
            self._note_anomaly(AnomalyKind.LOST_ANSWER, row)
            entry.answer(answered, row.agent, "", hold_time)
        entry.note_entered_position(row.queue_position(first + 2))
        entry.finish(row.at, ended_by, transferred_to)
        self.end_conversation(entry)
        self._identity.note_conversation(row.callid, entry)
        self._entries.close(entry)

    def _attended_transfer(self, row: Row) -> None:
        """Into a queue: the row may stand under the agent's second call, which waited there for the caller."""
        into_queue = row.data[:2] == ("APP", "Queue")
        conversation, waiting = self._identity.transferred(row) if into_queue else (None, None)
        if conversation is not None:
            row = replace(row, callid=conversation.call)
        self._complete(row, EndedBy.TRANSFER, "Queue" if into_queue else self._transfer_targets.of(row))
        if conversation is not None and waiting is not None:
            self._identity.take_over(conversation, waiting)
        entry = self._identity.last_conversation_of(row.callid)
        if entry is not None and entry.is_ended and not entry.transferred_to:
            self._transfer_targets.want(entry, row.at)

    def _leave(self, row: Row, outcome: Outcome, first: int = 0) -> None:
        """`first`: the field of the position, before that at the joining and the hold time."""
        hold_time = row.seconds(first + 2)
        entry = self._find(row, hold_time)
        if entry is None:
            return None
        if not entry.is_waiting:
            return self._note_anomaly(AnomalyKind.CONTRADICTION, row)
        entry.note_entered_position(row.queue_position(first + 1))
        entry.leave(outcome, row.at, hold_time, row.queue_position(first))
        return self._entries.close(entry)

    def _refused(self, row: Row, outcome: Outcome) -> None:
        if self._entries.open_at(row.queue, row.callid) is not None:
            return self._note_anomaly(AnomalyKind.CONTRADICTION, row)
        former = self._entries.ended_at(row.queue, row.callid)
        if former is not None and former.outcome is outcome and former.ended == row.at:
            return self._note_anomaly(AnomalyKind.DUPLICATE, row)
        self._identity.note_caller(row.callid, row.field(0))
        entry = self._begin(row, None)
        entry.leave(outcome, row.at, None)
        return self._entries.close(entry)

    # -- offers --------------------------------------------------------------------------------------

    def _ring_no_answer(self, row: Row) -> None:
        rang = (row.number(0) or 0) * 1000
        result = OfferResult.NO_ANSWER if rang else OfferResult.REJECTED
        self._end_offer(row, result, Length(rang, rang))

    def _end_offer(self, row: Row, result: OfferResult, rang: Length | None = None) -> None:
        entry = self._entries.open_at(row.queue, row.callid)
        if entry is None:
            return self._note_anomaly(AnomalyKind.ORPHAN, row)
        if not entry.offers.end(row.agent, row.at, result, rang):
            return self._note_anomaly(AnomalyKind.DUPLICATE, row)
        return self._entries.touch(entry)

    # -- what serves several verbs -------------------------------------------------------------------

    def _find(self, row: Row, hold_time: Length | None, at: Moment | None = None) -> EntryInProgress | None:
        """The open entry of a row. One whose ENTERQUEUE is missing is made up from the row's hold time."""
        entry = self._entries.open_at(row.queue, row.callid) or self._identity.replaced(row, hold_time)
        if entry is None and self._entries.ended_at(row.queue, row.callid) is not None:
            self._note_anomaly(AnomalyKind.DUPLICATE, row)
            return None
        if entry is None:
            self._note_anomaly(AnomalyKind.ORPHAN, row)
            since = at or row.at
            entry = self._begin(row, since.back(hold_time) if since and hold_time else None)
            entry.hold_time, entry.start_is_guessed = hold_time, True
        self._entries.touch(entry)
        return entry

    def _begin(self, row: Row, joined: Moment | None) -> EntryInProgress:
        self._reached(row.callid, FinalStage.QUEUE)
        line = self._line_of(row.callid) or self._identity.line(row.callid)
        entry = self._entries.begin(row.queue, row.callid, line, self._identity.caller(row.callid), joined)
        entry.internal = self._identity.is_internal(row.callid)
        return entry


def _first_length(row: Row) -> int:
    """The field of the wait before a transfer: it, the conversation and the position, which Asterisk 1.4 had not, are
    the last ones.
    """
    return 2 if len(row.data) == _OLD_TRANSFER else max(len(row.data) - 3, 0)
