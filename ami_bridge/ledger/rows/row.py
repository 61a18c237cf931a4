"""A row of Asterisk's queue log: its verbs, and how many fields each has.

Those of app_queue in Asterisk 16 to 22, those of older versions that logs of before still have, and those that our own
dialplan adds (docs/ledger.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from callcenter.calls import Anomaly, AnomalyKind
from callcenter.moments import Length, Moment

MAX_FIELD = 255
# No queue holds so many: a greater number is no position.
HIGHEST_POSITION = 9999
NONE = "NONE"


class Verb(StrEnum):
    """What a row reports."""

    QUEUESTART = "QUEUESTART"
    CONFIGRELOAD = "CONFIGRELOAD"
    ENTERQUEUE = "ENTERQUEUE"
    CONNECT = "CONNECT"
    COMPLETECALLER = "COMPLETECALLER"
    COMPLETEAGENT = "COMPLETEAGENT"
    ABANDON = "ABANDON"
    EXITWITHTIMEOUT = "EXITWITHTIMEOUT"
    EXITWITHKEY = "EXITWITHKEY"
    EXITEMPTY = "EXITEMPTY"
    WITHDRAW = "WITHDRAW"
    RINGNOANSWER = "RINGNOANSWER"
    RINGCANCELED = "RINGCANCELED"
    AGENTDUMP = "AGENTDUMP"
    SYSCOMPAT = "SYSCOMPAT"
    BLINDTRANSFER = "BLINDTRANSFER"
    ATTENDEDTRANSFER = "ATTENDEDTRANSFER"
    TRANSFER = "TRANSFER"
    ADDMEMBER = "ADDMEMBER"
    REMOVEMEMBER = "REMOVEMEMBER"
    PAUSE = "PAUSE"
    UNPAUSE = "UNPAUSE"
    PAUSEALL = "PAUSEALL"
    UNPAUSEALL = "UNPAUSEALL"
    PENALTY = "PENALTY"
    AGENTLOGIN = "AGENTLOGIN"
    AGENTLOGOFF = "AGENTLOGOFF"
    AGENTCALLBACKLOGIN = "AGENTCALLBACKLOGIN"
    AGENTCALLBACKLOGOFF = "AGENTCALLBACKLOGOFF"
    DID = "DID"
    INFO = "INFO"
    # written by our dialplan, or by other centres' for the refusals that app_queue does not log
    FULL = "FULL"
    JOINEMPTY = "JOINEMPTY"
    LEAVEEMPTY = "LEAVEEMPTY"
    CLOSED = "CLOSED"
    ARRIVED = "ARRIVED"
    INSIDE = "INSIDE"
    DEPARTED = "DEPARTED"
    OFFERED = "OFFERED"
    RELEASED = "RELEASED"
    RETURNED = "RETURNED"
    STAYED = "STAYED"
    NOTICED = "NOTICED"
    ROUTED = "ROUTED"
    CALLBACK = "CALLBACK"
    SURVEYED = "SURVEYED"
    RECORDED = "RECORDED"
    RECEIVED = "RECEIVED"
    OVERFLOWED = "OVERFLOWED"
    OUTGOING = "OUTGOING"
    # written by the bridge
    CLOCKSET = "CLOCKSET"
    # in no queue log, made from AMI events: the caller's channel replaced another that waited in the queue
    IDENTITY = "IDENTITY"
    # the number of a caller who joined before the source began; a conversation's end that no AgentComplete reported
    CALLER = "CALLER"
    GONE = "GONE"


_VERBS: Mapping[str, Verb] = {verb.value: verb for verb in Verb}
AMI_ONLY = frozenset({Verb.IDENTITY, Verb.CALLER, Verb.GONE})
# What our dialplan and our scripts write; docs/ledger.md describes each. INFO is app_queue's, its IVR rows are ours.
DIALPLAN_VERBS = frozenset(
    {
        *(Verb.ARRIVED, Verb.INSIDE, Verb.CLOSED, Verb.DEPARTED, Verb.FULL, Verb.JOINEMPTY, Verb.RETURNED, Verb.STAYED),
        *(Verb.OFFERED, Verb.RELEASED, Verb.RECEIVED, Verb.OVERFLOWED, Verb.OUTGOING),
        *(Verb.INFO, Verb.NOTICED, Verb.ROUTED, Verb.CALLBACK, Verb.SURVEYED, Verb.RECORDED),
    }
)
# What the bridge has Asterisk write there.
BRIDGE_VERBS = frozenset({Verb.CLOCKSET})

# At least and at most so many data fields; an empty last field may be left out by Asterisk.
FIELDS: Mapping[Verb, tuple[int, int]] = {
    Verb.QUEUESTART: (0, 0),
    Verb.CONFIGRELOAD: (0, 0),
    Verb.ENTERQUEUE: (3, 4),
    Verb.CONNECT: (1, 3),
    Verb.COMPLETECALLER: (2, 3),
    Verb.COMPLETEAGENT: (2, 3),
    Verb.ABANDON: (1, 3),
    Verb.EXITWITHTIMEOUT: (1, 3),
    Verb.EXITWITHKEY: (2, 4),
    Verb.EXITEMPTY: (1, 3),
    Verb.WITHDRAW: (1, 5),
    Verb.RINGNOANSWER: (1, 1),
    Verb.RINGCANCELED: (1, 1),
    Verb.TRANSFER: (2, 5),
    Verb.BLINDTRANSFER: (2, 5),
    Verb.ATTENDEDTRANSFER: (2, 6),
    Verb.ARRIVED: (1, 4),
    Verb.INSIDE: (1, 1),
    Verb.OFFERED: (1, 1),
    Verb.RELEASED: (1, 3),
    Verb.NOTICED: (1, 2),
    Verb.ROUTED: (3, 4),
    Verb.CALLBACK: (2, 4),
    Verb.SURVEYED: (2, 2),
    Verb.RECORDED: (1, 1),
    Verb.RECEIVED: (1, 1),
    Verb.OVERFLOWED: (2, 2),
    Verb.OUTGOING: (1, 5),
    Verb.CLOCKSET: (3, 3),
    Verb.IDENTITY: (1, 2),
    Verb.CALLER: (1, 1),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `position` is where it stands in its source; `at` is None where the source has no time.

    `reported`: when the source reported it, where that was later than the moment of what it says, `at`.
    """

    position: int
    at: Moment | None
    callid: str
    queue: str
    agent: str
    verb: str
    data: tuple[str, ...]
    reported: Moment | None = None

    @property
    def of_one_spelling(self) -> "Row":
        """The same with its queue in small letters: app_queue finds a queue in whatever letters it is asked for, and
        logs those of the asker in one row and the queue's own in the next.
        """
        spelt = self.queue if self.queue == NONE else self.queue.lower()
        return self if spelt == self.queue else replace(self, queue=spelt)

    def field(self, index: int) -> str:
        """Data field `index` from 0, empty when absent."""
        return self.data[index] if index < len(self.data) else ""

    def number(self, index: int) -> int | None:
        """Data field `index` as a whole number, None when it is none."""
        return whole_number(self.field(index))

    def queue_position(self, index: int) -> int | None:
        """Data field `index` as a position in a queue, 1 is next; None when it is none."""
        value = self.number(index)
        return value if value is not None and 1 <= value <= HIGHEST_POSITION else None

    def seconds(self, index: int) -> Length | None:
        """Data field `index`, the difference of two times in whole seconds, as a length."""
        value = self.number(index)
        return None if value is None else Length.between_whole_seconds(value)


def anomaly_of(kind: AnomalyKind, row: Row) -> Anomaly:
    """A row that does not fit, with what it says."""
    said = "|".join((row.callid, row.queue or NONE, row.agent, row.verb, *row.data))[:500]
    return Anomaly(kind, row.position, row.at, said)


def whole_number(text: str) -> int | None:
    """A non-negative whole number in ASCII digits, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def known_verb(text: str) -> Verb | None:
    """The verb of that name, or None."""
    return _VERBS.get(text)


def fields_fit(verb: Verb, count: int) -> bool:
    """Whether a row of this verb may have so many data fields."""
    least, most = FIELDS.get(verb, (0, 5))
    return least <= count <= most
