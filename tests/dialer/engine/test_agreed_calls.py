"""Customers who agreed on an hour with an agent, in campaigns that the dialer dials."""

import pytest
from sqlalchemy import select, update

from callcenter.campaign_outcomes import ContactState
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.call_commands import Originate
from callcenter.messages.commands import CommandAnswer, Refusal, Refused
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from dialer.campaigns.model import Campaign, DialMode
from dialer.contacts.agreements import KEPT_FOR_US
from tests.dialer.campaign_rows import add_contact
from tests.dialer.engine.looks import centre_with, looking, moved_to
from tests.dialer.engine.stage import dialing, looked
from tests.dialer.engine.test_campaigns import first_contact, free, recorded, results, running_campaign
from tests.waiting import answered

pytestmark = pytest.mark.database
AGENT, COLLEAGUE, NUMBER = "1003", "1004", "70700001"


async def agreed(database: Database, mode: DialMode = DialMode.PROGRESSIVE, *, ago_us: int = MICROSECONDS) -> None:
    """A campaign of one customer, who agreed with AGENT on an hour that has come."""
    await running_campaign(database, NUMBER, mode=mode)
    one = update(campaign_contacts).where(campaign_contacts.c.id == await first_contact(database))
    async with database.transaction() as connection:
        await connection.execute(one.values(agreed_us=now_us() - ago_us, member=AGENT, priority=0))


@pytest.mark.parametrize("mode", [DialMode.PROGRESSIVE, DialMode.PREDICTIVE, DialMode.AGENTLESS])
async def test_that_agent_calls_them_as_soon_as_they_are_free(database: Database, mode: DialMode) -> None:
    await agreed(database, mode)
    async with dialing(database) as bridge:
        free(bridge, COLLEAGUE)
        await looked(database, bridge)
        assert bridge.commands.empty()
        free(bridge, AGENT)
        command = await bridge.next_command()
        await recorded(database, command.reference)
        await looked(database, bridge)
        assert bridge.commands.empty()
    assert (command.interface, command.exten, command.caller_id) == (f"PJSIP/{AGENT}", NUMBER, NUMBER)
    # By the queue the dialplan knows what it is for: its customer hears the notice, and it is recorded.
    assert (command.awaited, command.queue) == (False, "prepago")
    async with database.reading() as connection:
        (attempt,) = (await connection.execute(select(campaign_attempts))).all()
    assert (attempt.member, attempt.mode) == (AGENT, DialMode.PREVIEW)


async def test_whoever_is_free_gets_them_where_that_agent_is_not_in_time(database: Database) -> None:
    await agreed(database, ago_us=KEPT_FOR_US + MICROSECONDS)
    async with dialing(database) as bridge:
        free(bridge, COLLEAGUE)
        command = await bridge.next_command()
    assert (command.interface, command.queue) == (f"PJSIP/{NUMBER}@red-publica", "prepago")


async def test_the_agreement_stands_where_the_agents_phone_cannot_be_rung(database: Database) -> None:
    await agreed(database)

    def refuse(command: Originate) -> CommandAnswer:
        of = {"command_id": command.command_id, "at_us": now_us(), "reason": Refusal.PHONE_AWAY}
        return Refused.model_validate({"node": command.node, "text": "not registered", **of})

    async with dialing(database) as bridge:
        bridge.decide = refuse
        free(bridge, AGENT)
        await bridge.next_command()
        await answered(lambda: results(database), bool)
    assert await results(database) == [OutgoingResult.UNPLACED]
    async with database.reading() as connection:
        (contact,) = (await connection.execute(select(campaign_contacts))).all()
    assert (contact.state, contact.member, contact.priority) == (ContactState.WAITING, AGENT, 0)
    assert contact.agreed_us is not None


async def agreed_later(database: Database, campaign: Campaign) -> None:
    """One more customer of the campaign's, who agreed with AGENT on an hour that has come."""
    one = update(campaign_contacts).where(campaign_contacts.c.id == await add_contact(database, campaign, "70700009"))
    async with database.transaction() as connection:
        await connection.execute(one.values(agreed_us=now_us() - MICROSECONDS, member=AGENT, priority=0))


async def test_who_is_needed_for_a_call_that_rings_makes_none_of_their_own(database: Database) -> None:
    campaign = await running_campaign(database, NUMBER)
    async with looking(database) as looks:
        looks.free(AGENT, "prepago")
        await looks.look()
        (ringing,) = looks.commands
        await recorded(database, ringing.reference)
        await agreed_later(database, campaign)
        await looks.look(1)
        assert looks.commands == [ringing]
        looks.free(COLLEAGUE, "prepago")
        await looks.look(1)
        assert [each.interface for each in looks.commands[1:]] == [f"PJSIP/{AGENT}"]


async def test_who_is_needed_by_a_waiting_caller_makes_none_of_their_own(database: Database) -> None:
    await agreed_later(database, await running_campaign(database))
    async with looking(database) as looks:
        looks.free(AGENT, "prepago", "102")
        looks.free(COLLEAGUE, "prepago")
        looks.caller_waits("102")
        await looks.look()
        assert looks.commands == []


async def test_who_makes_a_call_of_their_own_is_promised_to_no_other_queue(database: Database) -> None:
    await agreed_later(database, await running_campaign(database))
    await moved_to(database, await running_campaign(database, NUMBER), queue="otra")
    async with looking(database, centre_with("prepago", "otra")) as looks:
        looks.free(AGENT, "prepago", "otra")
        looks.free(COLLEAGUE, "prepago")
        await looks.look()
        assert [each.interface for each in looks.commands] == [f"PJSIP/{AGENT}"]


async def test_an_agents_phone_that_cannot_be_rung_says_nothing_of_the_campaigns_calls(database: Database) -> None:
    await agreed_later(database, await running_campaign(database, NUMBER))
    async with looking(database) as looks:
        looks.refuses = lambda command: Refusal.PHONE_AWAY if command.interface == f"PJSIP/{AGENT}" else None
        looks.free(AGENT, "prepago")
        await looks.look()
        looks.free(COLLEAGUE, "prepago")
        await looks.look(1)
        assert [each.exten for each in looks.commands][1:] == ["campaign"]
