"""What the pages of campaigns say of what the tables hold."""

import pytest

from agent_api.campaigns.campaign_schemas import ActivityView
from agent_api.pages import campaign_words as words
from callcenter.campaign_outcomes import CallOutcome
from callcenter.outgoing_calls import OutgoingResult
from dialer.campaigns.model import CampaignState, DialMode, OrderBy


def test_everything_that_a_campaign_can_be_has_words() -> None:
    assert set(words.STATES) == {*CampaignState}
    assert set(words.MODES) == {*DialMode}
    assert set(words.ORDERS) == {*OrderBy}
    assert set(words.PAUSES) <= {*CallOutcome}


@pytest.mark.parametrize("name", [*CallOutcome, *OutgoingResult, ""])
def test_every_outcome_has_words(name: str) -> None:
    assert words.outcome(name) != name


def test_what_another_version_wrote_is_shown_as_it_is() -> None:
    assert words.outcome("new_outcome") == "new_outcome"
    assert words.service("gas") == "gas"


def test_services_and_shares() -> None:
    assert (words.service("both"), words.service("")) == ("Internet y TV cable", "Sin indicar")
    assert (words.percent(3.0), words.percent(2.5)) == ("3 %", "2,5 %")
    figures = {"ringing": 0, "talking": 0, "agents_available": 0, "as_of_us": 1}
    shown = [
        words.abandoned(ActivityView(**figures, live_answers_today=answers, abandoned_today=2)) for answers in (0, 200)
    ]
    assert shown == ["2", "2 (1,0 %)"]
