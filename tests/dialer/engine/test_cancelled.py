"""What rings for a campaign that is stopped, or whose agents have gone, is given up; and how far ahead it looks."""

import pytest
from sqlalchemy import select, update

from callcenter.campaign_outcomes import ContactState
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.call_commands import HangUp
from callcenter.messages.facts import AgentStatus
from callcenter.records.campaigns import campaign_contacts, campaigns
from callcenter.routing.calendar import Calendar
from dialer.campaigns.model import CampaignState, DialMode
from dialer.campaigns.turns import Turns
from dialer.contacts.attempts import AttemptStore, DialOrder
from tests.dialer.campaign_rows import ZONE
from tests.dialer.engine.stage import dialing, looked
from tests.dialer.engine.test_campaigns import free, recorded, running_campaign

pytestmark = pytest.mark.database

TEAM = ("1003", "1004", "1005", "1006", "1007")
CUSTOMERS = tuple(f"7070{number:04d}" for number in range(500))


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.ENDED])
async def test_what_rings_for_a_campaign_that_is_stopped_is_cancelled_and_an_agents_own_call_is_not(
    database: Database, state: CampaignState
) -> None:
    campaign = await running_campaign(database, "70700001", "70700002")
    async with dialing(database) as bridge:
        free(bridge, "1003")
        first = await bridge.next_command()
        turns, other = Turns(campaign, Calendar(ZONE), ZONE), await ready_contact(database)
        own = DialOrder(other, DialMode.PREVIEW, "1004")
        previewed = await AttemptStore(database).begin(own, turns, None, now_us())
        assert previewed is not None
        for reference in (first.reference, previewed.reference):
            await recorded(database, reference)
        await looked(database, bridge)
        assert bridge.cancelled == []
        async with database.transaction() as connection:
            await connection.execute(update(campaigns).values(state=state.value, changed_us=now_us()))
        await looked(database, bridge)
        (asked,) = bridge.cancelled
    assert isinstance(asked, HangUp)
    assert (asked.uniqueid, asked.unanswered) == (f"central-{first.reference}", True)


async def test_what_rings_when_the_last_agent_goes_is_cancelled(database: Database) -> None:
    await running_campaign(database, "70700001")
    async with dialing(database) as bridge:
        free(bridge, "1003")
        await recorded(database, (await bridge.next_command()).reference)
        await looked(database, bridge)
        bridge.publish_agent("1003", AgentStatus.LOGGED_OUT)
        await looked(database, bridge)
        assert len(bridge.cancelled) == 1


async def ready_contact(database: Database) -> int:
    """The customer whose turn it is next."""
    query = select(campaign_contacts.c.id).where(campaign_contacts.c.state == ContactState.READY.value)
    async with database.reading() as connection:
        return int((await connection.execute(query)).scalar_one())


async def test_a_predictive_campaign_with_many_customers_dials_ahead_from_its_first_call_on(database: Database) -> None:
    """What it dares follows from the customers to come, and not from how many the trunk would take at once."""
    await running_campaign(database, *CUSTOMERS, mode=DialMode.PREDICTIVE)
    async with dialing(database) as bridge:
        free(bridge, *TEAM)
        for _ in range(len(TEAM) + 1):
            await recorded(database, (await bridge.next_command()).reference)
