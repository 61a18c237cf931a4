"""An hour that a customer agreed on with an agent: which hours there are, and whose call it is then. Pure."""

from callcenter.campaign_outcomes import CallOutcome
from callcenter.instants import MICROSECONDS, as_us
from dialer.campaigns.model import Campaign
from dialer.campaigns.turns import Turns, WhyNot

# For so long from the agreed hour on it is that agent's to call; then any other does.
KEPT_FOR_US = 15 * 60 * MICROSECONDS


class NotAgreeable(Exception):
    """The customer cannot be called at the moment that was agreed. `why_not` None: there is none, or it has passed."""

    def __init__(self, why_not: WhyNot | None, campaign: Campaign) -> None:
        super().__init__(why_not)
        self.why_not, self.campaign = why_not, campaign


def agreed_hour(outcome: CallOutcome, agreed_us: int | None, turns: Turns, now_us: int) -> int | None:
    """When to call again: an instant at which the campaign calls, also if it is paused now; None: nothing is agreed.

    Raises NotAgreeable.
    """
    if outcome is not CallOutcome.CALL_AGAIN:
        return None
    if agreed_us is None or agreed_us <= now_us:
        raise NotAgreeable(None, turns.campaign)
    why_not = WhyNot.AFTER_WINDOW if agreed_us >= as_us(turns.ends) else turns.closed_by_days(agreed_us)
    if why_not is not None:
        raise NotAgreeable(why_not, turns.campaign)
    return agreed_us


def is_anothers(agreed_us: int | None, with_whom: str | None, member: str | None, now_us: int) -> bool:
    """Whether a customer whose turn it is waits for the agent `with_whom` they agreed, who is not `member`."""
    if agreed_us is None or with_whom is None or with_whom == member:
        return False
    return now_us < agreed_us + KEPT_FOR_US
