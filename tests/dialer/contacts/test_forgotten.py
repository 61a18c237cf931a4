"""The tables are a copy of before some calls, which the queue log still knows: nobody is called again for that."""

import pytest
from sqlalchemy import delete, update

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import OutgoingPurpose, OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from callcenter.records.outgoing_calls import outgoing_calls
from dialer.attempt_results import AttemptResults
from dialer.campaigns.model import DialMode
from dialer.contacts.attempts import DialOrder
from dialer.contacts.rows import StoredAttempt
from tests.dialer.campaign_rows import add_contact, make_campaign
from tests.dialer.contacts.conftest import FIXED, MOBILE, Dialled

NODE = "central"


async def begin(dialled: Dialled, contact: int) -> StoredAttempt | None:
    order = DialOrder(contact, DialMode.PROGRESSIVE)
    return await dialled.attempts.begin(order, dialled.turns, await dialled.lease(), dialled.now_us)


async def called(dialled: Dialled, contact: int, result: OutgoingResult, number: str = MOBILE, **more: object) -> str:
    """A call to a customer that is over, and of which the records know."""
    name = f"campaign-{contact}-{dialled.now_us}"
    row = {
        **{"uniqueid": f"central-{name}", "node": NODE, "purpose": OutgoingPurpose.CAMPAIGN.value, "reference": name},
        **{"number": number, "dialled_us": dialled.now_us, "rang": True, "ended_us": dialled.now_us + 1, **more},
        "result": result.value,
    }
    async with dialled.database.transaction() as connection:
        await connection.execute(outgoing_calls.insert(), [row])
    dialled.pass_seconds(60)
    return name


async def looked(dialled: Dialled) -> None:
    """As the engine does it: attempts that are not over end as the records say."""
    attempts = await dialled.attempts.open()
    results = await AttemptResults(dialled.database, NODE).of([each.reference for each in attempts])
    for each in attempts:
        await dialled.attempts.close(each, results[each.reference], dialled.turns, dialled.now_us)


async def test_who_was_called_is_not_called_again_beyond_the_limits(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    forgotten = await called(dialled, contact, OutgoingResult.BUSY)
    assert await begin(dialled, contact) is None
    assert (await dialled.contact(contact)).state is ContactState.CALLING
    await looked(dialled)
    kept = await dialled.contact(contact)
    began_us = dialled.now_us - 60 * MICROSECONDS
    assert (kept.state, kept.attempts, kept.due_us) == (ContactState.WAITING, 1, began_us + 900 * MICROSECONDS)
    assert await dialled.references() == [forgotten]
    dialled.pass_seconds(900)
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    assert await begin(dialled, contact) is not None


async def test_several_calls_to_one_number_are_put_back_one_after_the_other(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    names = [await called(dialled, contact, OutgoingResult.NO_ANSWER) for _ in range(2)]
    for _ in names:
        assert await begin(dialled, contact) is None
        await looked(dialled)
        async with dialled.database.transaction() as connection:
            await connection.execute(update(campaign_contacts).values(state=ContactState.READY.value))
    assert sorted(await dialled.references()) == sorted(names)
    assert await begin(dialled, contact) is None  # the limit of a day
    assert (await dialled.contact(contact)).attempts == 2


async def test_who_had_pressed_never_again_is_barred(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE, FIXED)
    await called(dialled, contact, OutgoingResult.ANSWERED, answered_us=dialled.now_us, told="aviso", pressed="9")
    assert await begin(dialled, contact) is None
    await looked(dialled)
    assert await dialled.barred() == [MOBILE]
    assert (await dialled.contact(contact)).state is ContactState.OVER


async def test_with_whom_an_agent_talked_that_agent_is_asked_what_it_came_to(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    name = await called(dialled, contact, OutgoingResult.ANSWERED, answered_us=dialled.now_us, member="1003")
    assert await begin(dialled, contact) is None
    await looked(dialled)
    said = await dialled.attempts.say(name, CallOutcome.PROMISED, dialled.turns, dialled.now_us, said_by="1003")
    assert said is not None and said.state is ContactState.OVER


async def test_a_list_that_was_loaded_again_has_other_customers_and_the_same_numbers(dialled: Dialled) -> None:
    gone = await dialled.add(MOBILE)
    await called(dialled, gone, OutgoingResult.ANSWERED, answered_us=dialled.now_us)
    async with dialled.database.transaction() as connection:
        await connection.execute(delete(campaign_contacts))
    again = await dialled.add(FIXED, MOBILE)
    assert await begin(dialled, again) is None
    assert (await dialled.contact(again)).state is ContactState.CALLING


async def test_a_call_to_somebody_else_at_that_number_is_theirs(dialled: Dialled) -> None:
    theirs, mine = await dialled.add(MOBILE), await dialled.add(MOBILE)
    await called(dialled, theirs, OutgoingResult.BUSY)
    assert await begin(dialled, mine) is None
    await looked(dialled)
    assert ((await dialled.contact(theirs)).attempts, (await dialled.contact(mine)).attempts) == (1, 0)


async def test_a_call_of_which_an_attempt_tells_is_no_forgotten_one(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    attempt = await begin(dialled, contact)
    assert attempt is not None
    dialled.now_us = attempt.begun_us
    await called(dialled, contact, OutgoingResult.BUSY)
    await looked(dialled)
    dialled.pass_seconds(1800)
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    assert await begin(dialled, contact) is not None


@pytest.mark.parametrize(
    ("purpose", "reference"),
    [("callback", "callback-1-1"), ("agent", ""), ("campaign", ""), ("campaign", "campaign-x-1")],
)
async def test_calls_that_no_campaign_made_count_for_none(dialled: Dialled, purpose: str, reference: str) -> None:
    contact = await dialled.add(MOBILE)
    await called(dialled, contact, OutgoingResult.ANSWERED)
    async with dialled.database.transaction() as connection:
        await connection.execute(update(outgoing_calls).values(purpose=purpose, reference=reference))
    assert await begin(dialled, contact) is not None


async def test_calls_of_before_the_campaign_are_not_looked_for(dialled: Dialled) -> None:
    contact, now_us = await dialled.add(MOBILE), dialled.now_us
    dialled.now_us -= 30 * 86_400 * MICROSECONDS
    await called(dialled, contact, OutgoingResult.ANSWERED)
    dialled.now_us = now_us
    assert await begin(dialled, contact) is not None


async def test_a_call_of_another_campaign_is_put_back_there(dialled: Dialled) -> None:
    other = await make_campaign(dialled.database, dialled.campaign.window)
    theirs, mine = await add_contact(dialled.database, other, MOBILE), await dialled.add(MOBILE)
    await called(dialled, theirs, OutgoingResult.BUSY)
    assert await begin(dialled, mine) is None
    async with dialled.database.reading() as connection:
        (row,) = (await connection.execute(campaign_attempts.select())).all()
    assert (row.campaign_id, row.contact_id) == (other.id, theirs)


async def test_it_is_a_call_as_that_campaign_makes_them(dialled: Dialled) -> None:
    """Who heard a message to its end was told, and is not called again, whoever asks first."""
    agentless = await make_campaign(dialled.database, dialled.campaign.window, mode=DialMode.AGENTLESS)
    other, contact = await add_contact(dialled.database, agentless, MOBILE), await dialled.add(MOBILE)
    await called(dialled, other, OutgoingResult.ANSWERED, answered_us=dialled.now_us, told="campana-mensaje")
    assert await begin(dialled, contact) is None
    (attempt,) = await dialled.attempts.open()
    assert (attempt.contact_id, attempt.mode) == (other, DialMode.AGENTLESS)
