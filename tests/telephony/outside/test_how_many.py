"""How many calls to the outside there are at once, and which numbers are dialled: the dialplan holds both."""

import asyncio

import pytest

from tests.telephony.outcomes.listener import Listener
from tests.telephony.outside.outside_calls import (
    AGENT,
    CALLER,
    CHANNELS,
    FIRST,
    FOURTH,
    SECOND,
    THIRD,
    conversation,
    counted,
    dialled,
    hears_each_other,
    last_call,
    last_outgoing,
)
from tests.telephony.phones.duty import on_duty, settings_of
from tests.telephony.phones.heard import Heard
from tests.telephony.phones.sip_leg import Manner
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]

PLACED = "70713333"  # by a service, in one test only


async def refused(phone: SipPhone, number: str, outside: SipPhone, heard: Heard, why: str) -> None:
    """The agent hears why, the call ends, and nothing rang outside."""
    leg = await phone.call(number)
    await eventually(lambda: f"troncal/{why}" in heard.anybody(), 20, f"the agent hears {why}")
    await leg.hang_up()
    assert outside.incoming.empty()


async def test_an_agent_has_so_many_calls_outside_and_hears_why_there_is_no_other(
    open_centre: RunningCentre, agent: SipPhone, outside: SipPhone
) -> None:
    heard = Heard(open_centre)
    leg, there = await dialled(agent, FIRST, outside)
    await dialled(agent, SECOND, outside)
    await refused(agent, THIRD, outside, heard, "salida-agente-ocupado")
    assert await last_outgoing(open_centre, "purpose, member, result", THIRD) == ("agent", AGENT, "unplaced")
    await there.hang_up()
    await leg.until(leg.ended)
    await eventually(lambda: counted(open_centre) == [AGENT, "outside"], 10, "one call is counted")
    await dialled(agent, THIRD, outside)


async def test_the_trunk_has_so_many_calls_whoever_asks_for_one(
    open_centre: RunningCentre, agent: SipPhone, colleague: SipPhone, outside: SipPhone
) -> None:
    heard = Heard(open_centre)
    await dialled(agent, FIRST, outside)
    await dialled(agent, SECOND, outside)
    await dialled(colleague, THIRD, outside)
    await refused(colleague, FOURTH, outside, heard, "salida-sin-lineas")
    await placed(open_centre, PLACED, "callback-1-1")
    wanted = ("callback", "callback-1-1", "unplaced")
    assert await last_outgoing(open_centre, "purpose, reference, result", PLACED) == wanted
    assert outside.incoming.empty()
    rows = open_centre.ledger("SELECT data1 FROM queue_log WHERE data4 = 'callback-1-1'")  # at once: settled
    assert rows == [("unplaced",)]


async def test_of_two_who_dial_at_once_for_the_last_channel_one_at_most_gets_it(
    open_centre: RunningCentre, agent: SipPhone, colleague: SipPhone, outside: SipPhone
) -> None:
    await dialled(agent, FIRST, outside)
    await dialled(colleague, SECOND, outside)
    query = f"SELECT id FROM queue_log WHERE data1 = 'unplaced' AND data2 IN ('{THIRD}', '{FOURTH}')"
    before = len(open_centre.ledger(query))  # at once: measure
    legs = await asyncio.gather(agent.call(THIRD), colleague.call(FOURTH))
    await eventually(lambda: len(open_centre.ledger(query)) > before, 20, "one of them is refused")
    assert counted(open_centre).count("outside") <= CHANNELS
    await asyncio.gather(*(leg.hang_up() for leg in legs))


async def test_a_call_that_was_transferred_still_counts(
    open_centre: RunningCentre, agent: SipPhone, outside: SipPhone
) -> None:
    leg, there = await dialled(agent, FIRST, outside)
    assert (await leg.transfer("104")).status == 202
    await eventually(lambda: "Queue" in open_centre.console("core show channels"), 20, "the customer waits")
    assert counted(open_centre) == [AGENT, "outside"]
    await there.hang_up()


async def test_a_call_that_is_dialled_by_feature_code_counts_for_the_agent(
    open_centre: RunningCentre, outside: SipPhone
) -> None:
    async with (
        on_duty(open_centre, "1005", "104", manner=Manner.RING) as agent,
        conversation(open_centre, agent, "104") as (leg, taken),
    ):
        await taken.sound.press("*2")
        await eventually(lambda: taken.sound.loudest > 200, 20, "the agent is asked for the number")
        await taken.sound.press(FIRST)
        there = await outside.offered()
        assert counted(open_centre) == ["1005", "outside"]
        await there.answer()
        await taken.hang_up()
        await hears_each_other(leg, there)


async def test_a_caller_who_cannot_be_sent_outside_goes_back_to_the_queue(
    open_centre: RunningCentre, agent: SipPhone, outside: SipPhone
) -> None:
    heard = Heard(open_centre)
    async with conversation(open_centre, agent) as (_, taken):
        await dialled(agent, FIRST, outside)
        await dialled(agent, SECOND, outside)
        await taken.transfer(THIRD)
        await heard.until(CALLER, "troncal/salida-no-se-pudo")
        rows = f"SELECT id FROM queue_log WHERE event = 'ENTERQUEUE' AND callid = '{last_call(open_centre)}'"
        await eventually(lambda: len(open_centre.ledger(rows)) == 2, 20, "the caller waits again")
        assert outside.incoming.empty()


@pytest.mark.parametrize("number", ["120", "0059144123456", "800101010", "90012345", "101"])
async def test_a_service_has_no_other_numbers_dialled_than_agents_may_dial(
    open_centre: RunningCentre, outside: SipPhone, number: str
) -> None:
    await placed(open_centre, number, f"callback-2-{number}")
    assert await last_outgoing(open_centre, "result", number) == ("unplaced",)
    assert outside.incoming.empty()


async def placed(centre: RunningCentre, number: str, reference: str) -> None:
    """A callback to that number, as the bridge asks Asterisk for one, whatever the number is."""
    where, settings = centre.where, settings_of(centre)
    assert where is not None
    ami = await Listener.open(where.ami_port, settings.ami_actions_user, settings.ami_actions_secret.get_secret_value())
    values = {"TRONCAL_DIALLED": number, "TRONCAL_REFERENCE": reference, "TRONCAL_AS": "102", "TRONCAL_RING": "5"}
    await ami.act(
        Action="Originate",
        Channel="Local/callback@troncal-place/n",
        Context="troncal-place",
        Exten="nothing",
        Priority="1",
        Timeout="15000",
        Async="true",
        Variable=",".join(f"{name}={value}" for name, value in values.items()),
    )
    await ami.until(b"Originate successfully queued")
    await ami.close()
