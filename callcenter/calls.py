"""What is known of calls: steps through the menus, queue entries, offers to agents, agents' periods, interruptions.

These are the facts that the ledger is folded into, that the records keep and the reports count.
"""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.instants import MICROSECONDS
from callcenter.moments import Length, Moment

# The longest that a call (or callback) with its wait and conversation lasts: a working day. A query for what belongs to
# a call looks back so far. Longer only costs index rows read for nothing; shorter loses the end of a long call, and
# makes the figure for the regulator wrong.
LONGEST_CALL_US = 12 * 3600 * MICROSECONDS
# As long for what an agent does without an end: nobody is logged in for longer than a day.
LONGEST_PERIOD_US = 24 * 3600 * MICROSECONDS


class Outcome(StrEnum):
    """How a queue entry ended, or that it has not ended yet (`open`)."""

    OPEN = "open"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMEOUT = "timeout"
    KEY_EXIT = "key_exit"
    LEFT_EMPTY = "left_empty"
    FULL = "full"
    JOIN_REFUSED = "join_refused"
    WITHDRAWN = "withdrawn"
    INTERRUPTED = "interrupted"


REFUSALS = frozenset({Outcome.FULL, Outcome.JOIN_REFUSED})


class EndedBy(StrEnum):
    """Who ended the entry: the conversation, or by a hang-up the wait. `unknown`: an exit, or no source reports it."""

    CALLER = "caller"
    AGENT = "agent"
    TRANSFER = "transfer"
    UNKNOWN = "unknown"


class OfferResult(StrEnum):
    """What became of an offer to an agent's phone."""

    RINGING = "ringing"
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    DUMPED = "dumped"


MISSED = (OfferResult.NO_ANSWER, OfferResult.REJECTED)
"""Rung and not answered, or refused."""


class PeriodKind(StrEnum):
    """What an agent was doing."""

    LOGGED_IN = "logged_in"
    PAUSED = "paused"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"


class FinalStage(StrEnum):
    """How far a call came: exactly one stage each, the last in this order that it reached.

    `menu`: the caller hung up before any queue, unserved. `interrupted`: Asterisk stopped meanwhile. `ivr`: a
    self-service served the caller, who then wanted no person. `callback`: a callback was asked for instead of entering
    a queue. `closed`: a person was wanted out of hours. `queue`: it was for a queue, let in or refused.
    """

    OPEN = ""
    MENU = "menu"
    INTERRUPTED = "interrupted"
    IVR = "ivr"
    CALLBACK = "callback"
    CLOSED = "closed"
    QUEUE = "queue"

    def or_further(self, other: "FinalStage") -> "FinalStage":
        """The later of both: whatever the order in which the rows come, the stage is the same."""
        return max(self, other, key=_FINAL_STAGES.index)


_FINAL_STAGES = tuple(FinalStage)


class StepKind(StrEnum):
    """What happened to a caller outside the queue. In brackets what `CallStep.detail` holds, parted by bars."""

    START = "start"  # the menus began [line]
    KEY = "key"  # a key in a menu; t silence, i a key without an option [key, menu, title]
    GOAL = "goal"  # a self-service ended [service, SelfServiceResult]
    NOTICED = "noticed"  # a notice was played to its end [recording] or [outage, its number]
    ROUTED = "routed"  # [queue or closed, reason, priority, queue]
    CALLBACK_REQUESTED = "callback_requested"  # [its number, telephone, reason, queue]
    CALLBACK_ANSWERED = "callback_answered"  # on the channel of the callback, before its queue [its number, queue]
    OVERFLOWED = "overflowed"  # sent on from queue to queue too often [how often, the next queue]
    TRANSFERRED = "transferred"  # after a transfer, to whom the caller is connected from now on [extension or number]


class SelfServiceResult(StrEnum):
    """How a self-service ended."""

    TOLD = "told"
    NOTHING = "nothing"
    REGISTERED = "registered"
    REITERATED = "reiterated"
    TAKEN = "taken"
    NOT_IDENTIFIED = "not_identified"
    UNAVAILABLE = "unavailable"
    LEFT = "left"
    PERSON = "person"
    REFUSED = "refused"


# With these the caller got what the self-service is for.
SERVED_RESULTS = frozenset(
    {
        SelfServiceResult.TOLD,
        SelfServiceResult.NOTHING,
        SelfServiceResult.REGISTERED,
        SelfServiceResult.REITERATED,
        SelfServiceResult.TAKEN,
    }
)


@dataclass(frozen=True, slots=True)
class EntryKey:
    """Names a queue entry for ever. One channel may enter the same queue again: the ordinal tells them apart."""

    node: str
    boot_us: int
    queue: str
    uniqueid: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One ringing of one agent's phone for one entry."""

    member: str
    channel: str
    offered: Moment | None
    ended: Moment | None = None
    result: OfferResult = OfferResult.RINGING


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A caller's queue entry, from joining to the end of the conversation.

    `wait` runs from joining to the answer, or to the end of the wait; while the entry is open, to the last
    sign of life. `joined` is None where the queue refused the caller or its moment is not known. `internal`: whoever
    called is not of the public. `entered_position`, `left_position`: in the queue, 1 is next, at the joining and where
    the wait ended without an answer; None where no source says it.
    """

    key: EntryKey
    call: str
    line: str
    caller: str
    joined: Moment | None
    answered: Moment | None
    ended: Moment | None
    wait: Length
    outcome: Outcome
    member: str
    agent_channel: str
    ended_by: EndedBy
    transferred_to: str
    offers: tuple[Offer, ...]
    internal: bool = False
    entered_position: int | None = None
    left_position: int | None = None

    @property
    def entered(self) -> Moment | None:
        """The moment that decides the month: joined, else refused or first known of."""
        return self.joined or self.answered or self.ended


@dataclass(frozen=True, slots=True)
class Call:
    """A call to one of the lines, whatever became of it. `internal`: by a trunk whose callers are not the public."""

    node: str
    uniqueid: str
    line: str
    caller: str
    arrived: Moment
    ended: Moment | None = None
    final_stage: FinalStage = FinalStage.OPEN
    internal: bool = False


@dataclass(frozen=True, slots=True)
class CallStep:
    """One step of a call outside the queue; `uniqueid` is that of the call, or of the callback's channel."""

    node: str
    uniqueid: str
    at: Moment
    step: StepKind
    detail: str


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """The key that answered one question of the survey. `member`: the agent of the conversation before it."""

    node: str
    uniqueid: str
    question: str
    answer: int
    at: Moment
    queue: str
    member: str


@dataclass(frozen=True, slots=True)
class Recording:
    """From `started` on conversations of that channel are recorded, wherever it goes. `day`: YYYY-MM-DD, its folder."""

    node: str
    uniqueid: str
    started: Moment
    queue: str
    day: str


@dataclass(frozen=True, slots=True)
class AgentPeriod:
    """Something an agent did for a while. `queue` is NONE where it concerns all queues."""

    node: str
    member: str
    kind: PeriodKind
    queue: str
    started: Moment
    ended: Moment | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Interruption:
    """Asterisk began again at `restarted`; what was open then was interrupted after `last_sign`."""

    node: str
    restarted: Moment
    last_sign: Moment | None
    interrupted_entries: int


class AnomalyKind(StrEnum):
    """What does not fit. It is kept and counted, never raised."""

    MALFORMED_ROW = "malformed_row"
    UNKNOWN_VERB = "unknown_verb"
    FORGED = "forged"
    DUPLICATE = "duplicate"
    ORPHAN = "orphan"
    LOST_END = "lost_end"
    LOST_ANSWER = "lost_answer"
    CONTRADICTION = "contradiction"
    CLOCK_WENT_BACK = "clock_went_back"
    CLOCK_SET = "clock_set"
    UNKNOWN_QUEUE = "unknown_queue"
    UNKNOWN_CHANNEL = "unknown_channel"
    MISSING_IN_TABLE = "missing_in_table"
    MISSING_IN_FILE = "missing_in_file"
    COPY_REPLACED = "copy_replaced"
    NO_TIMESTAMP = "no_timestamp"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One thing that did not fit: where it stood (row or byte `position` of its source) and what it was."""

    kind: AnomalyKind
    position: int
    at: Moment | None
    detail: str
