"""The dialer with a campaign: whom it has rung when, and what a process leaves to the next one."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from callcenter.callbacks.rules import CallbackReason, QueuePosition, Rules
from callcenter.callbacks.store import CallbackRequest, CallbackStore
from callcenter.clock import now_us
from callcenter.database.leases import Leases
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.messages.call_commands import Originate
from callcenter.messages.commands import CommandAnswer, Refusal, Refused
from callcenter.messages.facts import AgentStatus, Link
from callcenter.outgoing_calls import OutgoingPurpose, OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.routing.calendar import Calendar
from dialer.campaigns.model import Campaign, CampaignState, DialMode
from dialer.campaigns.turns import Turns
from dialer.campaigns.window import Window
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.rows import StoredAttempt
from tests.dialer.campaign_rows import ALWAYS, ZONE, add_contact, make_campaign
from tests.dialer.engine.stage import NODE, Bridge, dialing, looked
from tests.waiting import answered

pytestmark = pytest.mark.database

QUEUE = "prepago"


async def running_campaign(database: Database, *numbers: str, mode: DialMode = DialMode.PROGRESSIVE) -> Campaign:
    """A campaign that may call now, with a customer for each number."""
    today = as_datetime(now_us(), ZONE).date()
    window = Window(today - timedelta(days=1), today + timedelta(days=1))
    made = await make_campaign(database, window, mode=mode, hours=ALWAYS)
    for number in numbers:
        await add_contact(database, made, number)
    return made


async def begun_attempt(database: Database, campaign: Campaign, begun_us: int) -> StoredAttempt:
    """What a process leaves that was killed between beginning an attempt and sending its command."""
    contact = await first_contact(database)
    lease = await Leases(database, "dialer", lambda: begun_us).take("killed")
    turns = Turns(campaign, Calendar(ZONE), ZONE)
    order = DialOrder(contact, DialMode.PROGRESSIVE)
    attempt = await AttemptStore(database).begin(order, turns, lease, begun_us)
    assert attempt is not None
    return attempt


async def first_contact(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(campaign_contacts.c.id).limit(1))).scalar_one())


async def recorded(database: Database, reference: str, result: OutgoingResult = OutgoingResult.OPEN) -> None:
    """The ledger has the call of that attempt: it rings, or ended so."""
    over = result is not OutgoingResult.OPEN
    row = {
        **{"uniqueid": f"central-{reference}", "node": NODE, "purpose": OutgoingPurpose.CAMPAIGN.value},
        **{"reference": reference, "number": "70700001", "dialled_us": now_us(), "rang": True},
        **{"ended_us": now_us() if over else None, "result": result.value if over else None},
    }
    async with database.transaction() as connection:
        await connection.execute(outgoing_calls.insert(), [row])


async def results(database: Database) -> Sequence[str]:
    async with database.reading() as connection:
        query = select(campaign_attempts.c.result).where(campaign_attempts.c.closed_us.is_not(None))
        return list((await connection.execute(query)).scalars())


def free(bridge: Bridge, *members: str) -> None:
    for member in members:
        bridge.publish_agent(member, AgentStatus.AVAILABLE, QUEUE)


async def test_a_free_agent_gets_one_call_and_no_more_while_it_rings(database: Database) -> None:
    campaign = await running_campaign(database, "70700001", "70700002")
    async with dialing(database) as bridge:
        free(bridge, "1003")
        command = await bridge.next_command()
        await recorded(database, command.reference)
        await looked(database, bridge)
        assert bridge.commands.empty()
    assert (command.interface, command.exten, command.queue) == ("PJSIP/70700001@red-publica", "campaign", QUEUE)
    assert (command.caller_id, command.ring_seconds) == (campaign.line, campaign.rules.ring_seconds)


async def test_an_attempt_ends_as_the_ledger_says_and_the_next_customer_is_called(database: Database) -> None:
    await running_campaign(database, "70700001", "70700002")
    async with dialing(database) as bridge:
        free(bridge, "1003")
        await recorded(database, (await bridge.next_command()).reference, OutgoingResult.BUSY)
        bridge.wake()
        assert (await bridge.next_command()).interface == "PJSIP/70700002@red-publica"
    assert await results(database) == [OutgoingResult.BUSY]


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.ENDED])
async def test_a_campaign_that_is_stopped_calls_nobody_from_that_moment(
    database: Database, state: CampaignState
) -> None:
    await running_campaign(database, "70700001", "70700002")
    async with dialing(database) as bridge:
        free(bridge, "1003")
        first = await bridge.next_command()
        async with database.transaction() as connection:
            await connection.execute(update(campaigns).values(state=state.value, changed_us=now_us()))
        await recorded(database, first.reference, OutgoingResult.BUSY)
        await answered(lambda: results(database), bool)
        await looked(database, bridge)
        assert bridge.commands.empty()


async def test_nobody_is_called_while_the_bridge_or_its_records_are_away(database: Database) -> None:
    await running_campaign(database, "70700001")
    async with dialing(database) as bridge:
        bridge.link(Link.LOST)
        free(bridge, "1003")
        await looked(database, bridge)
        assert bridge.commands.empty()
        bridge.link(Link.UP)
        await bridge.next_command()


async def test_nobody_is_called_where_the_records_would_not_tell_what_became_of_it(database: Database) -> None:
    await running_campaign(database, "70700001")
    async with dialing(database, hears_results=False) as bridge:
        free(bridge, "1003")
        await looked(database, bridge)
        assert bridge.commands.empty()


async def test_a_predictive_campaign_has_at_least_a_call_for_each_free_agent(database: Database) -> None:
    await running_campaign(database, *(f"7070{number:04d}" for number in range(20)), mode=DialMode.PREDICTIVE)
    async with dialing(database) as bridge:
        free(bridge, "1003", "1004", "1005", "1006")
        numbers = {(await bridge.next_command()).interface for _ in range(4)}
    assert len(numbers) == 4


async def test_agents_whom_waiting_callers_need_get_no_campaign_calls(database: Database) -> None:
    await running_campaign(database, "70700001")
    async with dialing(database) as bridge:
        bridge.publish_agent("1003", AgentStatus.AVAILABLE, QUEUE, "102")
        bridge.publish_queue("102", bridge.waiting_caller())
        await looked(database, bridge)
        assert bridge.commands.empty()


async def test_callbacks_come_before_campaigns_where_the_trunk_has_no_room_for_both(database: Database) -> None:
    await running_campaign(database, "70700001")
    store = CallbackStore(database, NODE, Rules())
    at_us = now_us()
    for number in range(6):
        position = QueuePosition(0, at_us)
        request = CallbackRequest(f"7000000{number}", "102", "102", f"c{number}", position, CallbackReason.KEY)
        await store.ask(request, at_us)
    async with dialing(database) as bridge:
        free(bridge, "1003")
        bridge.publish_queue("102", available=6)
        purposes = [(await bridge.next_command()).exten for _ in range(7)]
    assert purposes == ["callback"] * 6 + ["campaign"]


async def test_of_two_dialers_one_calls(database: Database) -> None:
    await running_campaign(database, *(f"7070000{number}" for number in range(6)))
    async with dialing(database) as first, dialing(database) as second:
        for bridge in (first, second):
            free(bridge, "1003", "1004")
        await looked(database, first, second)
        sent = [first.commands.qsize(), second.commands.qsize()]
    assert sorted(sent) == [0, 2]


async def test_a_command_that_nobody_answers_is_not_sent_again(database: Database) -> None:
    await running_campaign(database, "70700001")
    async with dialing(database) as bridge:
        bridge.decide = lambda command: None
        free(bridge, "1003")
        await bridge.next_command()
        await looked(database, bridge)
        assert bridge.commands.empty()
    assert await results(database) == []


@pytest.mark.parametrize("reason", [Refusal.ASTERISK_AWAY, Refusal.INVALID])
async def test_a_call_that_was_not_made_leaves_the_customer_to_be_called_later(
    database: Database, reason: Refusal
) -> None:
    await running_campaign(database, "70700001")

    def refuse(command: Originate) -> CommandAnswer:
        return Refused(node=NODE, command_id=command.command_id, at_us=now_us(), reason=reason, text="no")

    async with dialing(database) as bridge:
        bridge.decide = refuse
        free(bridge, "1003")
        await bridge.next_command()
        assert await answered(lambda: results(database), bool) == [OutgoingResult.UNPLACED]
    async with database.reading() as connection:
        contact = (await connection.execute(select(campaign_contacts))).one()
    assert (contact.state, contact.attempts) == ("waiting", 0)


# -- a process that was killed, by the step at which it was -------------------------------------------


async def test_killed_before_its_command_was_sent_the_customer_is_called_when_nothing_can_ring_any_more(
    database: Database,
) -> None:
    campaign = await running_campaign(database, "70700001")
    begun = await begun_attempt(database, campaign, now_us() - 20 * MICROSECONDS)
    async with dialing(database) as bridge:
        free(bridge, "1003")
        await looked(database, bridge)
        assert bridge.commands.empty() and begun.ends_us > now_us()
        async with database.transaction() as connection:
            await connection.execute(update(campaign_attempts).values(ends_us=now_us()))
        bridge.records_follow()
        assert await answered(lambda: results(database), bool) == [OutgoingResult.UNPLACED]


async def test_and_not_before_the_records_were_read_so_far(database: Database) -> None:
    campaign = await running_campaign(database, "70700001")
    await begun_attempt(database, campaign, now_us() - 20 * MICROSECONDS)
    async with dialing(database) as bridge:
        async with database.transaction() as connection:
            await connection.execute(update(campaign_attempts).values(ends_us=now_us()))
        bridge.records_are_behind()
        free(bridge, "1003")
        await looked(database, bridge)
    assert await results(database) == []


@pytest.mark.parametrize("result", [OutgoingResult.BUSY, OutgoingResult.ANSWERED, OutgoingResult.INTERRUPTED])
async def test_killed_while_the_telephone_rang_the_next_process_reads_what_became_of_it(
    database: Database, result: OutgoingResult
) -> None:
    campaign = await running_campaign(database, "70700001")
    begun = await begun_attempt(database, campaign, now_us() - 20 * MICROSECONDS)
    await recorded(database, begun.reference, result)
    async with dialing(database) as bridge:
        free(bridge, "1003")
        assert await answered(lambda: results(database), bool) == [result]
        await looked(database, bridge)
        assert bridge.commands.empty()


async def test_a_process_that_slept_after_it_began_an_attempt_has_nothing_rung_any_more(database: Database) -> None:
    campaign = await running_campaign(database, "70700001")
    async with dialing(database) as bridge:
        free(bridge, "1003")
        command = await bridge.next_command()
    async with database.reading() as connection:
        attempt = (await connection.execute(select(campaign_attempts))).one()
    assert command.expires_us == attempt.begun_us + 5 * MICROSECONDS
    assert campaign.id == attempt.campaign_id
