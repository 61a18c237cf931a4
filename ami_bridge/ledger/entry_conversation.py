"""The conversation of a queue entry, and who ended it. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from callcenter.calls import EndedBy
from callcenter.clock import MICROSECONDS
from callcenter.moments import Moment

# A phone's leg that ends this much before app_queue says "complete", at nobody's request, ended the conversation by
# itself: app_queue then waits for the caller, who was sent elsewhere (feature code, redirect).
LATE_COMPLETE_US = MICROSECONDS // 2
A_SIDE = (EndedBy.CALLER, EndedBy.AGENT)


@dataclass(frozen=True, slots=True)
class ReportedHangUp:
    """Who hung up, and when, as the legs tell, which know better than app_queue."""

    by: EndedBy
    at: Moment | None

    def ends(self, ended: Moment | None) -> bool:
        """Whether what ended at that moment ended by this."""
        if self.at is None or ended is None:
            return False
        return max(ended.earliest_us - self.at.latest_us, self.at.earliest_us - ended.latest_us) < LATE_COMPLETE_US


class Conversation(NamedTuple):
    """What an entry has from the answer on.

    `released`: when the agent's leg ended; `returned`: Queue() returned the caller to the dialplan.
    """

    answered: Moment | None
    member: str
    channel: str
    released: Moment | None = None
    returned: bool = False

    def end(self, at: Moment | None, by: EndedBy, hung_up: ReportedHangUp | None) -> tuple[Moment | None, EndedBy]:
        """When it ended and by whom, where app_queue reports `at` and `by`: a leg that ended before says more."""
        late_us = at.earliest_us - self.released.latest_us if at and self.released else 0
        ended = self.released if late_us > 0 else at
        if late_us > LATE_COMPLETE_US and (hung_up is None or hung_up.by is not EndedBy.CALLER):
            if by is EndedBy.CALLER:
                by = EndedBy.AGENT if self.returned else EndedBy.TRANSFER
        elif hung_up is not None and by in A_SIDE and hung_up.ends(ended):
            by = hung_up.by
        return ended, by


NO_CONVERSATION = Conversation(None, "", "")
