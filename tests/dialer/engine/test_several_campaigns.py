"""Campaigns beside each other: the agents whom they share, and what one leaves to the others."""

import pytest
from sqlalchemy import select, update

from callcenter.campaign_outcomes import ContactState
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.campaign_facts import CampaignActivity
from callcenter.messages.facts import AgentStatus
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from dialer.campaigns.model import CampaignState
from dialer.campaigns.store import CampaignStore
from tests.dialer.engine.stage import CENTRE, NODE, Bridge, dialing, looked
from tests.dialer.engine.test_campaigns import begun_attempt, recorded, results, running_campaign
from tests.waiting import answered, eventually

pytestmark = pytest.mark.database

DAY_US = 24 * 3600 * MICROSECONDS


async def test_two_campaigns_of_one_service_have_one_call_for_one_free_agent(database: Database) -> None:
    await running_campaign(database, "70700001", "70700002")
    await running_campaign(database, "70700003", "70700004")
    async with dialing(database) as bridge:
        bridge.publish_agent("1003", AgentStatus.AVAILABLE, "prepago")
        await recorded(database, (await bridge.next_command()).reference)
        await looked(database, bridge)
        assert bridge.commands.empty()


async def test_a_campaign_that_nobody_can_read_keeps_the_others_from_nothing(database: Database) -> None:
    unreadable = await running_campaign(database, "70700001")
    async with database.transaction() as connection:
        spoilt = update(campaigns).where(campaigns.c.id == unreadable.id)
        await connection.execute(spoilt.values(rules='{"hours": 7}'))
    await running_campaign(database, "70700003")
    assert [each.id for each in await CampaignStore(database, CENTRE).standing()] != [unreadable.id]
    async with dialing(database) as bridge:
        bridge.publish_agent("1003", AgentStatus.AVAILABLE, "prepago")
        assert (await bridge.next_command()).interface == "PJSIP/70700003@red-publica"


async def end(database: Database, campaign_id: int, at_us: int) -> None:
    async with database.transaction() as connection:
        ended = update(campaigns).where(campaigns.c.id == campaign_id)
        await connection.execute(ended.values(state=CampaignState.ENDED.value, changed_us=at_us))


async def test_a_call_of_a_campaign_that_ended_long_ago_keeps_its_number_from_nobody(database: Database) -> None:
    old = await running_campaign(database, "70700001")
    begun = await begun_attempt(database, old, now_us() - DAY_US)
    await recorded(database, begun.reference, OutgoingResult.BUSY)
    await end(database, old.id, now_us() - DAY_US)
    await running_campaign(database, "70700001")
    async with dialing(database) as bridge:
        bridge.publish_agent("1003", AgentStatus.AVAILABLE, "prepago")
        assert await answered(lambda: results(database), bool) == [OutgoingResult.BUSY]


async def test_a_call_of_which_nobody_said_anything_is_over_although_its_campaign_ended_long_ago(
    database: Database,
) -> None:
    old = await running_campaign(database, "70700001")
    begun = await begun_attempt(database, old, now_us() - DAY_US)
    async with database.transaction() as connection:
        over = {"closed_us": now_us() - DAY_US // 2, "result": "answered", "member": "1003"}
        await connection.execute(update(campaign_attempts).values(over))
    await end(database, old.id, now_us() - DAY_US)

    async def state() -> str:
        query = select(campaign_contacts.c.state).where(campaign_contacts.c.id == begun.contact_id)
        async with database.reading() as connection:
            return str((await connection.execute(query)).scalar_one())

    async with dialing(database):
        assert await answered(state, lambda found: found == ContactState.OVER) == ContactState.OVER


def kept(bridge: Bridge) -> set[str]:
    """The campaigns of which the broker keeps what they were at last."""
    topics = [each.topic for each in bridge.broker.retained(CampaignActivity.topic_filter(NODE))]
    return {topic.rsplit("/", 1)[1] for topic in topics}


def activity(campaign_id: int) -> CampaignActivity:
    figures = dict.fromkeys(("ringing", "talking", "agents_available", "live_answers_today", "abandoned_today"), 0)
    return CampaignActivity(node=NODE, campaign_id=campaign_id, why_not=None, as_of_us=1, **figures)


async def test_the_broker_keeps_nothing_of_campaigns_that_are_gone(database: Database) -> None:
    ending, going_on = await running_campaign(database), await running_campaign(database)
    async with dialing(database) as bridge:
        # What a process before this one said.
        bridge.bus.publish(activity(90_001))
        await eventually(lambda: kept(bridge) == {str(ending.id), str(going_on.id)})
        await end(database, ending.id, now_us() - DAY_US)
        await eventually(lambda: kept(bridge) == {str(going_on.id)})


async def test_a_campaign_that_just_ended_says_what_it_is_at_until_everything_is_known(database: Database) -> None:
    ended = await running_campaign(database)
    await end(database, ended.id, now_us())
    async with dialing(database) as bridge:
        await eventually(lambda: kept(bridge) == {str(ended.id)})
        await looked(database, bridge)
        assert kept(bridge) == {str(ended.id)}
