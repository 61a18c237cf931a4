"""A campaign in figures, counted from its customers and attempts."""

import pytest

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.database.transactions import Database
from dialer.campaigns.explanation import Due
from dialer.campaigns.store import CampaignStore
from dialer.campaigns.turns import WhyNot
from dialer.contacts.explanations import explanation_of
from dialer.contacts.progress import AttemptCount, CampaignFigures, CampaignProgress
from tests.dialer.campaigns.kept import CENTRE, NOW, at, made
from tests.dialer.contacts.listed import attempt, contact


@pytest.fixture
async def campaign_id(database: Database) -> int:
    return (await made(CampaignStore(database, CENTRE))).id


async def test_progress_counts_customers_and_leaves_out_the_withdrawn(database: Database, campaign_id: int) -> None:
    other = await made(CampaignStore(database, CENTRE), "otra")
    for number, state in enumerate((ContactState.READY, ContactState.WAITING, ContactState.CALLING)):
        await contact(database, campaign_id, f"left-{number}", state)
    await contact(database, campaign_id, "kept out", ContactState.HELD_OUT)
    await contact(database, campaign_id, "gone", ContactState.WITHDRAWN, attempts=1, outcome=CallOutcome.PROMISED)
    for outcome in (CallOutcome.PROMISED, CallOutcome.REFUSED, CallOutcome.NO_ANSWER):
        await contact(database, campaign_id, outcome.value, ContactState.OVER, attempts=2, outcome=outcome)
    found = await CampaignFigures(database).progress([campaign_id, other.id])
    assert found[campaign_id] == CampaignProgress(customers=6, called=3, contacted=2, promised=1, left=3, held_out=1)
    assert found[other.id] == CampaignProgress()


async def test_attempts_are_counted_by_outcome_agent_and_service(database: Database, campaign_id: int) -> None:
    internet = await contact(database, campaign_id, "a", ContactState.OVER, service="internet")
    both = await contact(database, campaign_id, "b", ContactState.OVER, service="both")
    await attempt(database, campaign_id, internet, 1, member="1001", result="no_answer")
    await attempt(database, campaign_id, internet, 2, member="1001", result="answered", outcome=CallOutcome.PROMISED)
    await attempt(database, campaign_id, both, 1, result="no_answer")
    counts = await CampaignFigures(database).attempts(campaign_id)
    assert counts.by_outcome == (AttemptCount("no_answer", 2, 0, 0), AttemptCount("promised", 1, 1, 1))
    assert counts.by_member == (AttemptCount("1001", 2, 1, 1), AttemptCount("", 1, 0, 0))
    assert counts.by_service == (AttemptCount("internet", 2, 1, 1), AttemptCount("both", 1, 0, 0))


async def test_whose_turn_it_is_at_a_moment(database: Database, campaign_id: int) -> None:
    figures = CampaignFigures(database)
    assert await figures.due(campaign_id, NOW) == Due()
    await contact(database, campaign_id, "a", ContactState.READY)
    await contact(database, campaign_id, "b", ContactState.WAITING, due_us=NOW)
    await contact(database, campaign_id, "c", ContactState.WAITING, due_us=NOW + 7)
    await contact(database, campaign_id, "d", ContactState.SHOWN)
    assert await figures.due(campaign_id, NOW) == Due(ready=2, waiting=1, in_hand=1, next_due_us=NOW + 7)
    assert await figures.due(campaign_id, NOW + 7) == Due(ready=3, in_hand=1)


async def test_it_is_explained_from_what_is_kept(database: Database, campaign_id: int) -> None:
    campaign = await CampaignStore(database, CENTRE).one(campaign_id)
    assert campaign is not None
    explained = await explanation_of(database, CENTRE, campaign, at_us=at(2026, 11, 28, 18, 5), now_us=NOW)
    assert explained.why_not is WhyNot.WAITS_FOR_LIST
    assert explained.opens_us == at(2026, 11, 30, 8)
