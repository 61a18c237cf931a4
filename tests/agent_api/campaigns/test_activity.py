"""What the dialer says of a campaign counts while it says it."""

from typing import Any

import pytest

from agent_api.campaigns.activity import SILENT_US, activity_view, live_reason
from callcenter.messages.campaign_facts import CampaignActivity
from dialer.campaigns.model import CampaignState
from dialer.campaigns.turns import WhyNot

NOW = 1_790_000_000_000_000
RUNNING = CampaignState.RUNNING


def said(**fields: Any) -> CampaignActivity:
    figures: dict[str, Any] = {"ringing": 1, "talking": 3, "agents_available": 0, "as_of_us": NOW}
    figures |= {"live_answers_today": 214, "abandoned_today": 2, "why_not": None}
    return CampaignActivity(node="central", campaign_id=7, **{**figures, **fields})


@pytest.mark.parametrize(
    ("state", "heard", "reason"),
    [
        (RUNNING, said(why_not="no_agents"), WhyNot.NO_AGENTS),
        (RUNNING, said(), None),
        (RUNNING, said(why_not="a_reason_of_next_year"), None),
        (RUNNING, said(as_of_us=NOW - SILENT_US), None),
        (RUNNING, said(as_of_us=NOW - SILENT_US - 1), WhyNot.DIALER_AWAY),
        (RUNNING, None, WhyNot.DIALER_AWAY),
        (CampaignState.PAUSED, None, None),
    ],
    ids=range(7),
)
def test_the_reason_that_only_the_dialer_knows(
    state: CampaignState, heard: CampaignActivity | None, reason: WhyNot | None
) -> None:
    assert live_reason(state, heard, NOW) is reason


def test_figures_of_a_silent_dialer_are_not_shown() -> None:
    shown = activity_view(said(), NOW)
    assert shown is not None
    assert (shown.talking, shown.live_answers_today) == (3, 214)
    assert activity_view(said(), NOW + SILENT_US + 1) is None
    assert activity_view(None, NOW) is None
