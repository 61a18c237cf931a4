"""What the dialer publishes of campaigns."""

from callcenter.messages.envelope import Count, Name, Service, Us
from callcenter.messages.facts import Fact


class CampaignActivity(Fact):
    """How a campaign dials now, or why it does not. Produced by the dialer that holds the lease, every few seconds.

    Silence means that nobody dials. `why_not`: a `dialer.campaigns.turns.WhyNot`; null: it dials. The dialer reads it
    to clear what the broker keeps of campaigns that are gone.
    """

    kind = "campaign_activity"
    path = "campaign/{campaign_id}"
    retained = True
    producers = frozenset({Service.DIALER})
    consumers = frozenset({Service.API, Service.DIALER})

    campaign_id: Count
    why_not: Name | None
    ringing: Count
    talking: Count
    agents_available: Count
    live_answers_today: Count
    abandoned_today: Count
    as_of_us: Us
