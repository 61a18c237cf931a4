"""What follows from calls that are refused for good."""

from dataclasses import replace

import pytest

from callcenter.instants import MICROSECONDS
from dialer.campaigns.model import Campaign, CampaignKind, CampaignRules, CampaignState, DialMode
from dialer.campaigns.window import Window
from dialer.engine.refused_calls import CUSTOMER_WAITS_US, RefusedCalls
from tests.dialer.campaign_rows import ALWAYS, EXPIRES

MINUTE_US = 60 * MICROSECONDS
OF = (CampaignKind.GENERAL, "corte", "Corte", DialMode.PROGRESSIVE, CampaignState.RUNNING)
CAMPAIGN = Campaign(1, *OF, Window(EXPIRES, EXPIRES), CampaignRules(ALWAYS), "prepago", "102")


def refused_for_minutes(calls: RefusedCalls, minutes: int) -> int:
    """A call of another customer whenever the campaign may place one, all of them refused; how many."""
    count = 0
    for second in range(60 * minutes):
        if not calls.waits(CAMPAIGN, second * MICROSECONDS):
            calls.refused(CAMPAIGN, 100 + count, second * MICROSECONDS)
            count += 1
    return count


def test_a_campaign_tries_less_and_less_often_and_then_no_more() -> None:
    calls = RefusedCalls()
    assert (refused_for_minutes(calls, 2), calls.has_given_up(CAMPAIGN)) == (3, False)
    calls = RefusedCalls()
    assert (refused_for_minutes(calls, 240), calls.has_given_up(CAMPAIGN)) == (5, True)
    assert calls.waits(CAMPAIGN, 10**18)


def test_calls_that_are_refused_together_are_one_refusal() -> None:
    calls = RefusedCalls()
    for contact in range(30):
        calls.refused(CAMPAIGN, contact, 7)
    assert not calls.has_given_up(CAMPAIGN) and calls.waits(CAMPAIGN, 8)
    assert not calls.waits(CAMPAIGN, 7 + 30 * MICROSECONDS)


def test_one_that_is_placed_ends_it() -> None:
    calls = RefusedCalls()
    for number in range(4):
        calls.refused(CAMPAIGN, number, number * 60 * MINUTE_US)
    calls.placed(CAMPAIGN)
    assert not calls.waits(CAMPAIGN, 180 * MINUTE_US)


@pytest.mark.parametrize("others_are_placed", [True, False])
def test_a_refusal_is_the_customers_where_other_calls_are_placed(*, others_are_placed: bool) -> None:
    calls, at_us, theirs = RefusedCalls(), 0, []
    for _ in range(3):
        theirs.append(calls.refused(CAMPAIGN, 7, at_us))
        at_us += CUSTOMER_WAITS_US
        if others_are_placed:
            calls.placed(CAMPAIGN)
    assert theirs == [False, False, others_are_placed]


@pytest.mark.parametrize("changed", [replace(CAMPAIGN, line="101"), replace(CAMPAIGN, state=CampaignState.PAUSED)])
def test_a_campaign_that_is_changed_or_stopped_begins_anew(changed: Campaign) -> None:
    calls = RefusedCalls()
    calls.see(CAMPAIGN)
    refused_for_minutes(calls, 60)
    calls.see(CAMPAIGN)
    assert calls.has_given_up(CAMPAIGN)
    calls.see(changed)
    calls.see(CAMPAIGN)
    assert not calls.waits(CAMPAIGN, 0)


def test_an_asterisk_that_went_away_may_come_back_as_another() -> None:
    calls = RefusedCalls()
    refused_for_minutes(calls, 60)
    calls.forget()
    assert not calls.waits(CAMPAIGN, 0)
