"""What the dialer says of a campaign, as long as it says something. Pure."""

from agent_api.campaigns.campaign_schemas import ActivityView
from callcenter.instants import MICROSECONDS
from callcenter.messages.campaign_facts import CampaignActivity
from dialer.campaigns.model import CampaignState
from dialer.campaigns.turns import WhyNot

# It is said every few seconds: after so long nobody dials.
SILENT_US = 20 * MICROSECONDS


def live_reason(state: CampaignState, said: CampaignActivity | None, now_us: int) -> WhyNot | None:
    """What a campaign waits for that only the dialer knows; that it is away is a reason only for one that runs."""
    if state is not CampaignState.RUNNING:
        return None
    if said is None or not _is_fresh(said, now_us):
        return WhyNot.DIALER_AWAY
    return WhyNot(said.why_not) if said.why_not in set(WhyNot) else None


def activity_view(said: CampaignActivity | None, now_us: int) -> ActivityView | None:
    """Its figures; None: nothing is known of this moment."""
    if said is None or not _is_fresh(said, now_us):
        return None
    return ActivityView(
        ringing=said.ringing,
        talking=said.talking,
        agents_available=said.agents_available,
        live_answers_today=said.live_answers_today,
        abandoned_today=said.abandoned_today,
        as_of_us=said.as_of_us,
    )


def _is_fresh(said: CampaignActivity, now_us: int) -> bool:
    return now_us - said.as_of_us <= SILENT_US
