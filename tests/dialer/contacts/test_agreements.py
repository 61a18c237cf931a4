"""An hour that a customer agreed on: which there are, and whose call it is then."""

from dataclasses import replace

import pytest

from callcenter.campaign_outcomes import CallOutcome
from dialer.campaigns.model import CampaignState
from dialer.campaigns.turns import Turns, WhyNot
from dialer.contacts.agreements import KEPT_FOR_US, NotAgreeable, agreed_hour, is_anothers
from tests.dialer.campaigns.test_turns import CALENDAR, CAMPAIGN, at
from tests.dialer.campaigns.test_turns import turns as turns_of

NOW, TURNS = at(25, 10), turns_of()


@pytest.mark.parametrize(
    ("agreed", "why_not"),
    [
        (None, None),
        (NOW, None),
        (at(25, 20), WhyNot.OUT_OF_HOURS),
        (at(29, 10), WhyNot.OUT_OF_HOURS),
        (at(1, 10, month=12), WhyNot.AFTER_WINDOW),
        (253_402_315_200_000_000, WhyNot.AFTER_WINDOW),
    ],
    ids=["none", "now", "evening", "sunday", "after-it", "year-10000"],
)
def test_only_hours_to_come_at_which_the_campaign_calls(agreed: int | None, why_not: WhyNot | None) -> None:
    with pytest.raises(NotAgreeable) as refused:
        agreed_hour(CallOutcome.CALL_AGAIN, agreed, TURNS, NOW)
    assert refused.value.why_not is why_not


def test_also_while_it_is_paused_and_with_no_other_outcome() -> None:
    paused = Turns(replace(CAMPAIGN, state=CampaignState.PAUSED), CALENDAR, TURNS.zone)
    assert agreed_hour(CallOutcome.CALL_AGAIN, at(26, 8), paused, NOW) == at(26, 8)
    assert agreed_hour(CallOutcome.PROMISED, at(26, 8), paused, NOW) is None


def test_it_is_that_agents_for_a_quarter_of_an_hour() -> None:
    assert is_anothers(NOW, "1001", "1002", NOW) and is_anothers(NOW, "1001", None, NOW + KEPT_FOR_US - 1)
    assert not is_anothers(NOW, "1001", "1001", NOW)
    assert not is_anothers(NOW, "1001", None, NOW + KEPT_FOR_US)
    assert not is_anothers(None, "1001", "1002", NOW) and not is_anothers(NOW, None, "1002", NOW)
