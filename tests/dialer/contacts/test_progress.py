"""A campaign in figures, counted from its customers and attempts."""

from typing import Any

import pytest

from callcenter.campaign_outcomes import CallOutcome, ContactState, is_call
from callcenter.database.transactions import Database
from callcenter.outgoing_calls import OutgoingResult
from dialer.attempt_results import AttemptResult
from dialer.campaigns.explanation import Due
from dialer.campaigns.model import DialMode
from dialer.campaigns.store import CampaignStore
from dialer.campaigns.turns import WhyNot
from dialer.contacts.agreements import KEPT_FOR_US
from dialer.contacts.attempts import DialOrder
from dialer.contacts.explanations import explanation_of
from dialer.contacts.progress import AttemptCount, CampaignFigures, CampaignProgress
from reports.campaign.queries import read_campaign_report
from tests.dialer.campaign_rows import ZONE
from tests.dialer.campaigns.kept import CENTRE, NOW, at, made
from tests.dialer.contacts.conftest import MOBILE, Dialled
from tests.dialer.contacts.listed import attempt, contact

CANCELLED = AttemptResult(OutgoingResult.CANCELLED, is_over=True)


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


@pytest.mark.parametrize("outcome", [None, CallOutcome.FAILED, CallOutcome.NO_ANSWER])
@pytest.mark.parametrize("result", [None, *OutgoingResult])
async def test_what_was_no_call_is_no_attempt_of_the_page(
    database: Database, campaign_id: int, result: OutgoingResult | None, outcome: CallOutcome | None
) -> None:
    called = await contact(database, campaign_id, "a", ContactState.OVER, service="internet")
    await attempt(database, campaign_id, called, 1, member="1001", result=result, outcome=outcome)
    counts = await CampaignFigures(database).attempts(campaign_id)
    wanted = [is_call(result, outcome)] * 3
    assert [len(each) for each in (counts.by_outcome, counts.by_member, counts.by_service)] == wanted


@pytest.mark.parametrize(
    ("mode", "called"), [(DialMode.PREVIEW, 1), (DialMode.PREDICTIVE, 0)], ids=["by the agent", "by the dialer"]
)
async def test_a_call_that_was_given_up_manages_nobody_unless_an_agent_gave_it_up(
    dialled: Dialled, mode: DialMode, called: int
) -> None:
    customer = await dialled.add(MOBILE)
    member = (await dialled.shown()).member if mode is DialMode.PREVIEW else None
    order, now = DialOrder(customer, mode, member), dialled.now_us
    begun = await dialled.attempts.begin(order, dialled.turns, await dialled.lease(), now)
    assert begun is not None
    await dialled.attempts.close(begun, CANCELLED, dialled.turns, now)
    found = await CampaignFigures(dialled.database).progress([dialled.campaign.id])
    assert found[dialled.campaign.id].called == called
    read = await read_campaign_report(dialled.database, ZONE, dialled.campaign.id)
    assert read.report.total.managed == called


async def test_whose_turn_it_is_at_a_moment(database: Database, campaign_id: int) -> None:
    figures = CampaignFigures(database)
    assert await figures.due(campaign_id, NOW) == Due()
    await contact(database, campaign_id, "a", ContactState.READY)
    await contact(database, campaign_id, "b", ContactState.WAITING, due_us=NOW)
    await contact(database, campaign_id, "c", ContactState.WAITING, due_us=NOW + 7)
    await contact(database, campaign_id, "d", ContactState.SHOWN)
    assert await figures.due(campaign_id, NOW) == Due(ready=2, waiting=1, in_hand=1, next_due_us=NOW + 7)
    assert await figures.due(campaign_id, NOW + 7) == Due(ready=3, in_hand=1)


@pytest.mark.parametrize(
    ("state", "due_us"), [(ContactState.READY, None), (ContactState.WAITING, NOW)], ids=["ready", "waited"]
)
async def test_who_waits_for_their_agent_is_ready_for_nobody_else(
    database: Database, campaign_id: int, state: ContactState, due_us: int | None
) -> None:
    figures = CampaignFigures(database)
    agreed: dict[str, Any] = {"agreed_us": NOW, "member": "1001", "priority": 0}
    await contact(database, campaign_id, "a", state, due_us=due_us, **agreed)
    assert await figures.due(campaign_id, NOW) == Due(ready=1, kept=1)
    assert await figures.due(campaign_id, NOW + KEPT_FOR_US) == Due(ready=1)
    await contact(database, campaign_id, "b", ContactState.READY)
    await contact(database, campaign_id, "c", ContactState.SHOWN, **agreed)
    await contact(database, campaign_id, "d", ContactState.WAITING, due_us=NOW + KEPT_FOR_US, **agreed)
    found = await figures.due(campaign_id, NOW)
    assert (found.ready, found.kept, found.is_for_all) == (2, 1, True)


async def test_it_is_explained_from_what_is_kept(database: Database, campaign_id: int) -> None:
    campaign = await CampaignStore(database, CENTRE).one(campaign_id)
    assert campaign is not None
    explained = await explanation_of(database, CENTRE, campaign, at_us=at(2026, 11, 28, 18, 5), now_us=NOW)
    assert explained.why_not is WhyNot.WAITS_FOR_LIST
    assert explained.opens_us == at(2026, 11, 30, 8)
