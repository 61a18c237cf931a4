"""What a call came to, as the telephone itself says it. Pure.

The agent says it of every call that they had; this is for the others, and for those of which nothing was said.
"""

from callcenter.outgoing_calls import AnsweredBy, OutgoingResult
from dialer.campaigns.model import CallOutcome

_BY_RESULT = {
    OutgoingResult.BUSY: CallOutcome.BUSY,
    OutgoingResult.REJECTED: CallOutcome.BUSY,  # whoever presses red refuses this call, not the centre
    OutgoingResult.NO_ANSWER: CallOutcome.NO_ANSWER,
    OutgoingResult.CANCELLED: CallOutcome.NO_ANSWER,
    OutgoingResult.WRONG_NUMBER: CallOutcome.WRONG_NUMBER,
}


def of_unanswered(result: OutgoingResult) -> CallOutcome:
    """Of a telephone that did not answer, and of a call of which nobody knows."""
    return _BY_RESULT.get(result, CallOutcome.FAILED)


def of_answered(answered_by: AnsweredBy, told: str, *, talked: bool, agentless: bool) -> CallOutcome:
    """Of an answered call about which no agent has said anything.

    `told`: the message that was heard to its end. Where no agent could take the call that is the apology, so that it
    was abandoned; where nobody was to take it, it is what the customer was called for. A customer who hung up before
    either is one who was not reached.
    """
    if answered_by is AnsweredBy.MACHINE:
        return CallOutcome.MACHINE
    if talked or (agentless and told):
        return CallOutcome.CONTACTED
    return CallOutcome.ABANDONED if told else CallOutcome.NO_ANSWER
