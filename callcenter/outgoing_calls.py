"""Calls to the outside that the centre makes itself, as the queue log tells of them."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.moments import Moment


class OutgoingPurpose(StrEnum):
    """Why an outside telephone was rung. `agent`: somebody dialled or clicked the number; `recall`: from the list of
    abandoned callers; `transfer`: an agent sent a caller there; `unknown`: AMI does not say.
    """

    CALLBACK = "callback"
    CAMPAIGN = "campaign"
    RECALL = "recall"
    AGENT = "agent"
    TRANSFER = "transfer"
    UNKNOWN = "unknown"


# Those that a service asks for; the others an agent dials.
PLACED = (OutgoingPurpose.CALLBACK, OutgoingPurpose.CAMPAIGN)


class AnsweredBy(StrEnum):
    """Who took the call, where that was looked at."""

    UNKNOWN = ""
    PERSON = "person"
    MACHINE = "machine"


class CustomerKey(StrEnum):
    """What a customer pressed who heard a message: to talk to somebody, where to pay, or never to be called again."""

    AGENT = "1"
    WHERE_TO_PAY = "2"
    NEVER_AGAIN = "9"


class OutgoingResult(StrEnum):
    """What came of ringing a telephone. `cancelled`: we hung up while it rang; `unplaced`: it was never rung.

    `interrupted`: Asterisk stopped meanwhile, and nobody knows whether it was answered.
    """

    OPEN = ""
    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    REJECTED = "rejected"
    CONGESTION = "congestion"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNPLACED = "unplaced"
    INTERRUPTED = "interrupted"


# ITU-T Q.850, which Asterisk translates the network's answers into.
_BY_CAUSE = {
    **dict.fromkeys((1, 2, 3, 22, 28), OutgoingResult.WRONG_NUMBER),
    17: OutgoingResult.BUSY,
    **dict.fromkeys((18, 19), OutgoingResult.NO_ANSWER),
    21: OutgoingResult.REJECTED,
    **dict.fromkeys((34, 38, 41, 42, 44, 47), OutgoingResult.CONGESTION),
    **dict.fromkeys((0, 16, 26, 127), OutgoingResult.CANCELLED),
}


def result_of_cause(cause: int) -> OutgoingResult:
    """What the cause says of a telephone that was rung and not answered."""
    return _BY_CAUSE.get(cause, OutgoingResult.FAILED)


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """One ringing of one outside telephone; `uniqueid` is its channel's. Moments are Asterisk's own.

    `reference` is that of who asked for it (an attempt of the dialer), `member` the agent who dialled. `handed_to`: the
    queue or extension it was given to, if any; `told`: the message that was played to its end; `pressed`: a
    `CustomerKey`, where the customer chose one. `rang`: the network
    reported ringing. `cause`: of the end, None while it goes on.
    """

    node: str
    uniqueid: str
    purpose: OutgoingPurpose
    reference: str
    number: str
    member: str
    dialled: Moment
    answered: Moment | None = None
    answered_by: AnsweredBy = AnsweredBy.UNKNOWN
    told: str = ""
    pressed: str = ""
    handed: Moment | None = None
    handed_to: str = ""
    ended: Moment | None = None
    rang: bool = False
    cause: int | None = None
    ended_by_customer: bool | None = None
    result: OutgoingResult = OutgoingResult.OPEN
