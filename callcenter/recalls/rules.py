"""Which callers nobody answered are on the recall list, for how long, and what can be done for them. Pure."""

from enum import StrEnum

from callcenter.calls import Outcome

REACH_BACK_SECONDS = 48 * 3600
"""For so long a caller whom nobody answered is on the list."""
RECALLED_OUTCOMES = (
    *(Outcome.ABANDONED, Outcome.TIMEOUT, Outcome.LEFT_EMPTY),
    *(Outcome.FULL, Outcome.JOIN_REFUSED, Outcome.INTERRUPTED),
)


class RecallState(StrEnum):
    """What has been done for an abandoned call."""

    OPEN = "open"
    TAKEN = "taken"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    DISCARDED = "discarded"
