"""What moves a campaign on, and what is refused."""

import pytest

from dialer.campaigns.model import CampaignEvent, CampaignState, after

DRAFT, READY, RUNNING = CampaignState.DRAFT, CampaignState.READY, CampaignState.RUNNING
PAUSED, ENDED = CampaignState.PAUSED, CampaignState.ENDED


@pytest.mark.parametrize(
    ("state", "event", "then"),
    [
        (DRAFT, CampaignEvent.LIST_LOADED, READY),
        (RUNNING, CampaignEvent.LIST_LOADED, RUNNING),
        (RUNNING, CampaignEvent.LIST_UNDONE, DRAFT),
        (READY, CampaignEvent.START, RUNNING),
        (RUNNING, CampaignEvent.PAUSE, PAUSED),
        (PAUSED, CampaignEvent.START, RUNNING),
        (DRAFT, CampaignEvent.START, None),
        (DRAFT, CampaignEvent.PAUSE, None),
    ],
)
def test_an_event_leads_to_one_state_or_is_refused(
    state: CampaignState, event: CampaignEvent, then: CampaignState | None
) -> None:
    assert after(state, event) is then


@pytest.mark.parametrize("event", CampaignEvent)
def test_what_has_ended_stays_so(event: CampaignEvent) -> None:
    assert after(ENDED, event) is None


@pytest.mark.parametrize("state", [DRAFT, READY, RUNNING, PAUSED])
def test_every_campaign_can_be_ended_at_once(state: CampaignState) -> None:
    assert after(state, CampaignEvent.END) is ENDED
