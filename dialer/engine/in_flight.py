"""Attempts that are not over, and what the records know of each."""

from dataclasses import dataclass

from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import Campaign, DialMode
from dialer.contacts.rows import StoredAttempt


@dataclass(frozen=True, slots=True)
class InFlight:
    """An attempt that is not over, and what the records know of it."""

    attempt: StoredAttempt
    campaign: Campaign
    result: AttemptResult

    @property
    def is_talking(self) -> bool:
        """An agent has the customer."""
        return self.result.talked_us is not None

    @property
    def is_unanswered(self) -> bool:
        """The telephone rings, or is about to."""
        return self.result.answered_us is None

    @property
    def is_an_agents_own(self) -> bool:
        """Made for one agent, who has looked at the customer or agreed with them."""
        return self.attempt.mode is DialMode.PREVIEW

    @property
    def needs_an_agent(self) -> bool:
        """An agent of the queue is to be free for it soon.

        An agent's own call of the preview has its agent already, and who hears a message asks for one or does not.
        """
        if self.is_talking or self.is_an_agents_own:
            return False
        return self.attempt.mode is not DialMode.AGENTLESS or self.result.handed_us is not None
