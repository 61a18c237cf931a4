"""Who is left in a call to the outside: it ends with its agent, and two telephones outside are never joined."""

import pytest

from callcenter.messages.call_commands import Transfer
from callcenter.messages.commands import Accepted, Refusal, Refused
from tests.telephony.bus_connection import bus_connection
from tests.telephony.outside.outside_calls import (
    AGENT,
    COLLEAGUE,
    CUSTOMER,
    FIRST,
    SECOND,
    conversation,
    dialled,
    hears_each_other,
    last_call,
    ringing,
)
from tests.telephony.phones.duty import STRAIGHT_HOST, caller
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]


async def test_a_call_ends_when_its_agent_leaves_it(agent: SipPhone, outside: SipPhone) -> None:
    leg, there = await dialled(agent, FIRST, outside)
    await leg.hold()
    await leg.hang_up()
    await there.until(there.ended)


async def test_a_customer_outside_can_be_transferred_to_a_colleague(
    agent: SipPhone, colleague: SipPhone, outside: SipPhone
) -> None:
    leg, there = await dialled(agent, FIRST, outside)
    assert (await leg.transfer(COLLEAGUE)).status == 202
    taken = await colleague.offered()
    await taken.answer()
    await hears_each_other(there, taken)
    await taken.hang_up()
    await there.until(there.ended)


async def test_and_after_a_consultation(agent: SipPhone, colleague: SipPhone, outside: SipPhone) -> None:
    there, taken = await handed(agent, FIRST, colleague, outside)
    await hears_each_other(there, taken)
    await taken.hang_up()
    await there.until(there.ended)


async def handed(agent: SipPhone, number: str, colleague: SipPhone, outside: SipPhone) -> tuple[Leg, Leg]:
    """A customer outside whom the agent connected to a colleague after a consultation, and that colleague's leg."""
    leg, there = await dialled(agent, number, outside)
    await leg.hold()
    consultation = await agent.call(COLLEAGUE)
    taken = await colleague.offered()
    await taken.answer()
    await consultation.until(consultation.answered)
    assert (await leg.transfer_to(consultation)).status == 202
    await leg.hang_up()
    return there, taken


async def test_a_caller_can_be_connected_to_the_outside_after_a_consultation(
    open_centre: RunningCentre, agent: SipPhone, outside: SipPhone
) -> None:
    async with conversation(open_centre, agent) as (leg, taken):
        await taken.hold()
        consultation, there = await dialled(agent, FIRST, outside)
        assert (await taken.transfer_to(consultation)).status == 202
        await hears_each_other(leg, there)


async def test_also_while_it_rings(open_centre: RunningCentre, agent: SipPhone, outside: SipPhone) -> None:
    async with conversation(open_centre, agent) as (leg, taken):
        await taken.hold()
        consultation, there = await ringing(agent, FIRST, outside)
        assert (await taken.transfer_to(consultation)).status == 202
        await there.answer()
        await hears_each_other(leg, there)


async def test_a_customer_outside_is_not_sent_outside(agent: SipPhone, outside: SipPhone) -> None:
    leg, there = await dialled(agent, FIRST, outside)
    await leg.transfer(SECOND)
    await hears_each_other(leg, there)
    assert outside.incoming.empty()


async def test_nor_from_the_desk(open_centre: RunningCentre, agent: SipPhone, outside: SipPhone) -> None:
    leg, there = await dialled(agent, FIRST, outside)
    async with bus_connection(open_centre) as bus:
        outcome = await bus.ask(Transfer, member=AGENT, interface=f"PJSIP/{AGENT}", exten=SECOND)
        assert isinstance(outcome, Refused)
        assert outcome.reason is Refusal.WRONG_STATE
        await hears_each_other(leg, there)
        assert isinstance(await bus.ask(Transfer, member=AGENT, interface=f"PJSIP/{AGENT}", exten="104"), Accepted)
    assert outside.incoming.empty()


async def test_nor_by_a_colleague_who_got_the_customer(
    open_centre: RunningCentre, agent: SipPhone, colleague: SipPhone, outside: SipPhone
) -> None:
    there, taken = await handed(agent, FIRST, colleague, outside)
    await taken.transfer(SECOND)
    await there.until(there.ended)
    assert outside.incoming.empty()


async def test_two_telephones_outside_are_not_joined(agent: SipPhone, outside: SipPhone) -> None:
    leg, there = await dialled(agent, FIRST, outside)
    await leg.hold()
    other, other_there = await dialled(agent, SECOND, outside)
    await leg.transfer_to(other)
    await there.until(there.ended)
    await other_there.until(other_there.ended)


async def test_nor_while_one_of_them_rings(agent: SipPhone, outside: SipPhone) -> None:
    leg, there = await dialled(agent, FIRST, outside)
    await leg.hold()
    other, other_there = await ringing(agent, SECOND, outside)
    await leg.transfer_to(other)
    await there.until(there.ended)
    await other_there.until(other_there.ended)


@pytest.mark.parametrize("consulted", [True, False])
async def test_nor_by_a_colleague_who_got_both(
    agent: SipPhone, colleague: SipPhone, outside: SipPhone, consulted: bool
) -> None:
    got = []
    for number in (FIRST, SECOND):
        if consulted:
            got.append(await handed(agent, number, colleague, outside))
        else:
            leg, there = await dialled(agent, number, outside)
            assert (await leg.transfer(COLLEAGUE)).status == 202
            taken = await colleague.offered()
            await taken.answer()
            got.append((there, taken))
        await got[-1][1].hold()
    (there, taken), (other_there, other) = got
    await taken.transfer_to(other)
    await there.until(there.ended)
    await other_there.until(other_there.ended)


async def test_a_phone_forwards_no_call_that_a_colleague_sends_it(
    open_centre: RunningCentre, agent: SipPhone, colleague: SipPhone, outside: SipPhone
) -> None:
    async with conversation(open_centre, agent) as (leg, taken):
        await taken.transfer(COLLEAGUE)
        await forwarded(colleague)
        await leg.until(leg.ended)
    assert outside.incoming.empty()


async def test_nor_one_of_its_queue(open_centre: RunningCentre, agent: SipPhone, outside: SipPhone) -> None:
    phone = await caller(open_centre, CUSTOMER, host=STRAIGHT_HOST)
    leg = await phone.call("102")
    await forwarded(agent)
    rows = f"SELECT agent FROM queue_log WHERE event = 'RINGNOANSWER' AND callid = '{last_call(open_centre)}'"
    await eventually(lambda: open_centre.ledger(rows) == [(AGENT,)], 20, "the agent has not answered")
    assert not leg.ended.is_set()
    assert outside.incoming.empty()
    await phone.close()


async def forwarded(phone: SipPhone) -> None:
    """The phone sends the next call that rings to a number outside: 302, whose Contact names it."""
    offered = await phone.offered(40)
    number, phone.user = phone.user, FIRST
    offered.refuse(302)
    phone.user = number
