"""What callers go through outside the queue: menus, notices, recording, transfers, callbacks, the survey. Pure.

The menus' rows are INFO rows with the verbs of QueueMetrics (IVRSTART, IVRAPPEND, IVRGOAL); other INFO rows are
ignored. A row whose fields are not as docs/ledger.md has them becomes an anomaly and nothing else.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from ami_bridge.ledger.dialplan_events import DialplanEvents, NoteAnomaly
from ami_bridge.ledger.entries.in_progress import remember
from ami_bridge.ledger.rows.row import NONE, Row, Verb, whole_number
from ami_bridge.ledger.transfer_targets import TransferTargets, is_transfer_target
from callcenter.calls import (
    SERVED_RESULTS,
    AnomalyKind,
    CallStep,
    FinalStage,
    Recording,
    SelfServiceResult,
    StepKind,
    SurveyAnswer,
)
from callcenter.moments import Moment
from callcenter.recording_files import is_day, names_a_file

_FIELD = re.compile(r"[0-9A-Za-zÁÉÍÓÚÜÑáéíóúüñ_ .:+-]*")
# How many fields after the verb; the last one may be empty and then be left out.
INFO_VERBS: Mapping[str, tuple[StepKind, int, int]] = {
    "IVRSTART": (StepKind.START, 1, 2),
    "IVRAPPEND": (StepKind.KEY, 2, 3),
    "IVRGOAL": (StepKind.GOAL, 2, 2),
}
_PREFIX = "IVR"
_LONGEST_DETAIL, _LONGEST_QUESTION = 200, 40
Known = tuple[str, int, StepKind | str, str]


class IvrRows:
    """Steps, survey answers and recordings, and the final stage that a step brings its call to."""

    def __init__(
        self, node: str, dialplan_events: DialplanEvents, transfer_targets: TransferTargets, note_anomaly: NoteAnomaly
    ) -> None:
        self._node, self._dialplan_events, self._transfer_targets, self._note_anomaly = (
            node,
            dialplan_events,
            transfer_targets,
            note_anomaly,
        )
        self._steps: list[CallStep] = []
        self._answers: dict[tuple[str, str], SurveyAnswer] = {}
        self._recordings: list[Recording] = []
        self._known: OrderedDict[Known, None] = OrderedDict()
        self._line_of_callback: OrderedDict[str, str] = OrderedDict()
        self._line_of_channel: OrderedDict[str, str] = OrderedDict()

    def handlers(self) -> dict[Verb, Callable[[Row], None]]:
        """The handler of each of these verbs."""
        return {
            Verb.INFO: self._info,
            Verb.NOTICED: self._noticed,
            Verb.ROUTED: self._routed,
            Verb.CALLBACK: self._callback,
            Verb.SURVEYED: self._surveyed,
            Verb.RECORDED: self._recorded,
            Verb.RECEIVED: self._received,
            Verb.OVERFLOWED: self._overflowed,
        }

    def line_of(self, callid: str) -> str:
        """Of the channel of a callback: the line that the customer had called."""
        return self._line_of_channel.get(callid, "")

    def drain(self) -> tuple[tuple[CallStep, ...], tuple[SurveyAnswer, ...], tuple[Recording, ...]]:
        """Everything since the last time."""
        taken = tuple(self._steps), tuple(self._answers.values()), tuple(self._recordings)
        self._steps, self._answers, self._recordings = [], {}, []
        return taken

    def lines(self) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
        """The lines of callbacks, by number and by channel, for `resume`."""
        return tuple(self._line_of_callback.items()), tuple(self._line_of_channel.items())

    def resume(self, of_callbacks: Iterable[tuple[str, str]], of_channels: Iterable[tuple[str, str]]) -> None:
        """Go on from these lines of callbacks."""
        self._line_of_callback, self._line_of_channel = OrderedDict(of_callbacks), OrderedDict(of_channels)

    # -- verbs -------------------------------------------------------------------------------------

    def _info(self, row: Row) -> None:
        verb, fields = row.field(0), row.data[1:]
        if not verb.startswith(_PREFIX):
            return None
        if verb not in INFO_VERBS:
            return self._note_anomaly(AnomalyKind.UNKNOWN_VERB, row)
        step, least, most = INFO_VERBS[verb]
        well = least <= len(fields) <= most and all(fields[:least])
        if step is StepKind.GOAL:
            well = well and fields[1] in set(SelfServiceResult)
        kept = self._kept_step(row, step, fields[:1] if step is StepKind.START else fields, well=well)
        if kept is not None and step is StepKind.GOAL and fields[1] in SERVED_RESULTS:
            self._dialplan_events.reached(row.callid, FinalStage.IVR)
        return None

    def _noticed(self, row: Row) -> None:
        """NOTICED recording, or outage|its number."""
        is_outage = row.field(0) == "outage" and whole_number(row.field(1)) is not None
        self._kept_step(row, StepKind.NOTICED, row.data, well=is_outage or row.data == ("recording",))

    def _routed(self, row: Row) -> None:
        """ROUTED queue|closed, reason, priority, queue (empty when closed)."""
        decision, reason, priority, queue = (row.field(index) for index in range(4))
        well = bool(reason) and whole_number(priority) is not None and (decision == "closed" or bool(queue))
        kept = self._kept_step(row, StepKind.ROUTED, row.data, well=well and decision in ("queue", "closed"))
        if kept is not None and decision == "closed":
            self._dialplan_events.reached(row.callid, FinalStage.CLOSED)

    def _callback(self, row: Row) -> None:
        """CALLBACK asked|id|number|reason, or returned|id on the channel of the callback, each with its queue."""
        named = whole_number(row.field(1)) is not None and row.queue not in ("", NONE)
        if row.field(0) == "asked":
            step, well = StepKind.CALLBACK_REQUESTED, named and len(row.data) == 4 and all(row.data)
        else:
            step, well = StepKind.CALLBACK_ANSWERED, named and len(row.data) == 2 and row.field(0) == "returned"
        kept = self._kept_step(row, step, (*row.data[1:], row.queue), well=well)
        if kept is not None:
            self._note_callback(kept, self._dialplan_events.line_of(row.callid) or self.line_of(row.callid))
            if step is StepKind.CALLBACK_REQUESTED:
                self._dialplan_events.reached(row.callid, FinalStage.CALLBACK)

    def _note_callback(self, step: CallStep, line: str) -> None:
        number = step.detail.partition("|")[0]
        if step.step is StepKind.CALLBACK_REQUESTED:
            remember(self._line_of_callback, number, line)
        elif number in self._line_of_callback:
            remember(self._line_of_channel, step.uniqueid, self._line_of_callback[number])

    def _surveyed(self, row: Row) -> None:
        """SURVEYED question|answer, with the queue and the agent."""
        question, answer = row.field(0), whole_number(row.field(1))
        if answer is None or answer > 9 or not 0 < len(question) <= _LONGEST_QUESTION:
            return self._note_anomaly(AnomalyKind.MALFORMED_ROW, row)
        at = self._new(row, Verb.SURVEYED, _detail(row.data))
        if at is not None:
            member = "" if row.agent == NONE else row.agent
            survey_answer = SurveyAnswer(self._node, row.callid, question, answer, at, row.queue, member)
            self._answers[row.callid, question] = survey_answer
        return None

    def _recorded(self, row: Row) -> None:
        """RECORDED day: the channel is recorded from now on, into its file in that day's folder."""
        day, has_queue = row.field(0), row.queue not in ("", NONE)
        if not (has_queue and is_day(day) and names_a_file(row.callid)):
            return self._note_anomaly(AnomalyKind.MALFORMED_ROW, row)
        at = self._new(row, Verb.RECORDED, day)
        if at is not None:
            self._recordings.append(Recording(self._node, row.callid, at, row.queue, day))
        return None

    def _received(self, row: Row) -> None:
        """RECEIVED number: by a transfer the caller is now connected to that extension or outside number."""
        if self._kept_step(row, StepKind.TRANSFERRED, row.data, well=is_transfer_target(row.field(0))) is not None:
            self._transfer_targets.received(row)

    def _overflowed(self, row: Row) -> None:
        """OVERFLOWED overflows|next: after so many the caller went to no other queue."""
        well = whole_number(row.field(0)) is not None and bool(row.field(1))
        self._kept_step(row, StepKind.OVERFLOWED, row.data, well=well)

    # -- what serves several verbs -----------------------------------------------------------------

    def _kept_step(self, row: Row, step: StepKind, fields: tuple[str, ...], *, well: bool) -> CallStep | None:
        """Keep a step. None when the row is not `well`, or was reported before."""
        if not well:
            self._note_anomaly(AnomalyKind.MALFORMED_ROW, row)
            return None
        detail = _detail(fields)
        at = self._new(row, step, detail)
        if at is None:
            return None
        kept = CallStep(self._node, row.callid, at, step, detail)
        self._steps.append(kept)
        return kept

    def _new(self, row: Row, what: StepKind | Verb, detail: str) -> Moment | None:
        """The moment of a row that is new; one with the same call, moment, kind and detail is a duplicate."""
        named = row.callid not in ("", NONE)
        if row.at is None or not named or len(detail) > _LONGEST_DETAIL or not all(map(_FIELD.fullmatch, row.data)):
            self._note_anomaly(AnomalyKind.MALFORMED_ROW, row)
            return None
        known = (row.callid, row.at.earliest_us, what, detail)
        if known in self._known:
            self._note_anomaly(AnomalyKind.DUPLICATE, row)
            return None
        remember(self._known, known, None)
        return row.at


def _detail(fields: tuple[str, ...]) -> str:
    """The fields as one text. Asterisk's table drops an empty last field, its file does not."""
    return "|".join(fields).rstrip("|")
