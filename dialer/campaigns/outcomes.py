"""What a call came to, as the telephone itself says it. Pure.

The agent says it of every call that they had; this is for the others, and for those of which nothing was said.
"""

from callcenter.campaign_outcomes import CallOutcome
from callcenter.outgoing_calls import AnsweredBy, OutgoingResult

_BY_RESULT = {
    OutgoingResult.BUSY: CallOutcome.BUSY,
    OutgoingResult.REJECTED: CallOutcome.BUSY,  # whoever presses red refuses this call, not the centre
    OutgoingResult.NO_ANSWER: CallOutcome.NO_ANSWER,
    OutgoingResult.WRONG_NUMBER: CallOutcome.WRONG_NUMBER,
}


def of_unanswered(result: OutgoingResult, *, had_time: bool) -> CallOutcome:
    """Of a telephone that did not answer, and of a call of which nobody knows.

    `had_time`: whoever gave it up had let it ring for as long as a call must.
    """
    if result is OutgoingResult.CANCELLED and had_time:
        return CallOutcome.NO_ANSWER
    return _BY_RESULT.get(result, CallOutcome.FAILED)


def of_answered(answered_by: AnsweredBy, *, informed: bool, left_alone: bool) -> CallOutcome:
    """Of an answered call about which no agent has said anything.

    `informed`: an agent talked, or the message that the call was for was heard to its end. `left_alone`: no agent took
    it in time, whoever ended the call. A customer who hung up before that was neither reached nor abandoned.
    """
    if answered_by is AnsweredBy.MACHINE:
        return CallOutcome.MACHINE
    if informed:
        return CallOutcome.CONTACTED
    return CallOutcome.ABANDONED if left_alone else CallOutcome.HUNG_UP
