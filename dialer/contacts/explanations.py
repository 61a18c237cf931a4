"""Why a campaign calls or does not, from what is kept of it."""

from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.routing.calendar import Calendar
from callcenter.routing.calendar_store import CalendarStore
from dialer.campaigns.explanation import Explanation, explain, lacking
from dialer.campaigns.model import Campaign
from dialer.campaigns.turns import WhyNot
from dialer.contacts.progress import CampaignFigures


async def explanation_of(
    database: Database,
    centre: Centre,
    campaign: Campaign,
    *,
    at_us: int,
    now_us: int,
    live: WhyNot | None = None,
) -> Explanation:
    """At `at_us`; `live`: what the dialer waits for now. Raises DatabaseProblem."""
    calendar = Calendar(centre.zone, await CalendarStore(database).overrides())
    due = await CampaignFigures(database).due(campaign.id, at_us)
    missing = lacking(campaign, centre)
    return explain(campaign, calendar, centre.zone, due, at_us=at_us, now_us=now_us, lacking=missing, live=live)
