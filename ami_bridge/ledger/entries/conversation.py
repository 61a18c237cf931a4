"""The conversation of a queue entry, and who ended it. Pure."""

from typing import NamedTuple

from ami_bridge.ledger.clock_steps import SetClock, moved
from callcenter.calls import EndedBy
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

# Where the agent's leg ended this long before app_queue's COMPLETE row and nobody hung up, the leg's end is the end of
# the conversation: the caller was sent elsewhere (feature code, redirect), and the row came when they were gone.
LATE_COMPLETE_US = MICROSECONDS // 2
A_SIDE = (EndedBy.CALLER, EndedBy.AGENT)


class ReportedHangUp(NamedTuple):
    """Who hung up, and when, by the legs themselves, which know better than app_queue."""

    by: EndedBy
    at: Moment | None

    def ends(self, ended: Moment | None) -> bool:
        """Whether this hang-up is the cause of an end at that moment."""
        if self.at is None or ended is None:
            return False
        return max(ended.earliest_us - self.at.latest_us, self.at.earliest_us - ended.latest_us) < LATE_COMPLETE_US

    def ends_wait(self, ended: Moment | None) -> bool:
        """The same of a wait: a caller whom somebody took out of the queue may hang up elsewhere in the next second.

        A source without moments reports both at once.
        """
        if self.at is None or ended is None:
            return self.at is ended
        return abs(ended.earliest_us - self.at.earliest_us) < LATE_COMPLETE_US


class Conversation(NamedTuple):
    """The answer, and what came after it.

    `released`: when the agent's leg ended; `returned`: Queue() returned the caller to the dialplan.
    """

    answered: Moment | None
    member: str
    channel: str
    released: Moment | None = None
    returned: bool = False

    def by_new_clock(self, clock: SetClock) -> "Conversation":
        """The same after the wall clock was set."""
        return self._replace(answered=moved(self.answered, clock), released=moved(self.released, clock))

    def end(self, at: Moment | None, by: EndedBy, hung_up: ReportedHangUp | None) -> tuple[Moment | None, EndedBy]:
        """When it ended and by whom, where app_queue reports `at` and `by`: a leg that ended earlier knows better."""
        late_us = at.earliest_us - self.released.latest_us if at and self.released else 0
        ended = self.released if late_us > 0 else at
        if late_us > LATE_COMPLETE_US and (hung_up is None or hung_up.by is not EndedBy.CALLER):
            if by is EndedBy.CALLER:
                by = EndedBy.AGENT if self.returned else EndedBy.TRANSFER
        elif hung_up is not None and by in A_SIDE and hung_up.ends(ended):
            by = hung_up.by
        return ended.not_before(self.answered) if ended is not None else None, by


NO_CONVERSATION = Conversation(None, "", "")
