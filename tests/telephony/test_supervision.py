"""Supervisors in agents' calls: who hears whom, known by the tones that each telephone hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from callcenter.centre.phone_secrets import phone_password
from callcenter.messages.call_commands import Mute, Release, Spy, SpyMode, Transfer
from callcenter.messages.commands import Accepted, Refusal, Refused
from callcenter.messages.facts import CallAnswered
from tests.telephony.bus_connection import BusConnection, bus_connection
from tests.telephony.phones.duty import PHONES_HOST, STRAIGHT_HOST, caller, on_duty, settings_of
from tests.telephony.phones.sip_leg import Leg, Manner
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

CALLER_HZ, AGENT_HZ, SUPERVISOR_HZ = 1000, 600, 440
HEARD, NOT_HEARD = 0.15, 0.02


@dataclass(slots=True)
class Conversation:
    """A caller and the agent 1001, each of whom sends a tone of their own."""

    centre: RunningCentre
    bus: BusConnection
    uniqueid: str
    caller: Leg
    agent: Leg

    async def order(self, form: type, **fields: object) -> object:
        """A command about this call."""
        own = {"member": "1001", "interface": "PJSIP/1001", "uniqueid": self.uniqueid}
        return await self.bus.ask(form, **{**own, **fields})

    async def spied(self, mode: SpyMode, phone: SipPhone) -> Leg:
        """The supervisor's leg, with a tone of its own. A phone that has just registered counts in a moment."""
        spy = {"interface": f"PJSIP/{phone.user}", "extension": "1001", "mode": mode}
        async with asyncio.timeout(5):
            while not isinstance(await self.bus.ask(Spy, **spy), Accepted):
                continue
        leg = await phone.offered()
        leg.sound.play(SUPERVISOR_HZ)
        return leg


async def telephone(centre: RunningCentre, extension: str, manner: Manner = Manner.ANSWER) -> SipPhone:
    """A telephone that is registered and serves no queue."""
    where = centre.where
    assert where is not None
    password = phone_password(settings_of(centre), extension)
    server = (where.sip_host, where.sip_port)
    return await SipPhone.open(extension, server, host=PHONES_HOST, password=password, manner=manner)


@asynccontextmanager
async def conversation(centre: RunningCentre, number: str) -> AsyncIterator[Conversation]:
    """Until the end of the block, or until somebody hangs up."""
    async with bus_connection(centre) as bus, on_duty(centre, "1001", "102") as agent:
        customer = await caller(centre, number, host=STRAIGHT_HOST)
        leg = await customer.call("102")
        answered = await agent.offered()
        call = await bus.until(CallAnswered, member="1001")
        leg.sound.play(CALLER_HZ)
        answered.sound.play(AGENT_HZ)
        supervised = Conversation(centre, bus, call.uniqueid, leg, answered)
        await hears(answered, CALLER_HZ)
        await hears(leg, AGENT_HZ)
        yield supervised
        await customer.close()


async def hears(leg: Leg, hertz: int) -> None:
    """That telephone hears the tone by and by."""
    await eventually(lambda: leg.sound.hears(hertz) > HEARD, 10, f"{leg.phone.user} hears {hertz} Hz")


async def hears_not(leg: Leg, hertz: int) -> None:
    """Of a whole second heard from now on nothing is that tone."""
    leg.sound.forget()
    before = leg.sound.received
    await eventually(lambda: leg.sound.received > before + 60, 10, f"{leg.phone.user} hears something")
    assert leg.sound.hears(hertz) < NOT_HEARD


async def test_a_supervisor_who_listens_hears_both_and_is_heard_by_nobody(centre: RunningCentre) -> None:
    async with conversation(centre, "44230001") as supervised:
        supervisor = await telephone(centre, "1101")
        leg = await supervised.spied(SpyMode.LISTEN, supervisor)
        await hears(leg, CALLER_HZ)
        await hears(leg, AGENT_HZ)
        await hears_not(supervised.caller, SUPERVISOR_HZ)
        await hears_not(supervised.agent, SUPERVISOR_HZ)
        await supervisor.close()


async def test_a_whisper_is_heard_by_the_agent_alone(centre: RunningCentre) -> None:
    async with conversation(centre, "44230002") as supervised:
        supervisor = await telephone(centre, "1101")
        leg = await supervised.spied(SpyMode.WHISPER, supervisor)
        await hears(supervised.agent, SUPERVISOR_HZ)
        await hears(supervised.agent, CALLER_HZ)
        await hears(leg, CALLER_HZ)
        await hears_not(supervised.caller, SUPERVISOR_HZ)
        await hears(supervised.caller, AGENT_HZ)
        await supervisor.close()


async def test_a_supervisor_who_barges_in_is_heard_by_both(centre: RunningCentre) -> None:
    async with conversation(centre, "44230003") as supervised:
        supervisor = await telephone(centre, "1101")
        leg = await supervised.spied(SpyMode.BARGE, supervisor)
        await hears(supervised.agent, SUPERVISOR_HZ)
        await hears(supervised.caller, SUPERVISOR_HZ)
        await hears(leg, AGENT_HZ)
        await supervisor.close()


async def test_listening_ends_with_the_call(centre: RunningCentre) -> None:
    async with conversation(centre, "44230004") as supervised:
        supervisor = await telephone(centre, "1101")
        leg = await supervised.spied(SpyMode.LISTEN, supervisor)
        await hears(leg, CALLER_HZ)
        await supervised.caller.hang_up()
        await leg.until(leg.ended)
        await supervisor.close()


async def test_a_phone_that_is_not_there_cannot_listen(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus:
        answer = await bus.ask(Spy, interface="PJSIP/1102", extension="1001", mode=SpyMode.LISTEN)
        assert isinstance(answer, Refused)
        assert answer.reason is Refusal.PHONE_AWAY


async def test_a_muted_agent_is_not_heard_until_unmuted(centre: RunningCentre) -> None:
    async with conversation(centre, "44230005") as supervised:
        assert isinstance(await supervised.order(Mute, muted=True), Accepted)
        supervised.caller.sound.forget()
        await hears_not(supervised.agent, AGENT_HZ)
        assert supervised.caller.sound.hears(AGENT_HZ) < NOT_HEARD
        await hears(supervised.agent, CALLER_HZ)
        assert isinstance(await supervised.order(Mute, muted=False), Accepted)
        await hears(supervised.caller, AGENT_HZ)


async def test_a_call_is_transferred_and_its_agent_is_free(centre: RunningCentre) -> None:
    async with conversation(centre, "44230006") as supervised:
        colleague = await telephone(centre, "1002")
        async with asyncio.timeout(5):  # a phone that has just registered counts in a moment
            while not isinstance(await supervised.order(Transfer, exten="1002"), Accepted):
                continue
        leg = await colleague.offered()
        await supervised.agent.until(supervised.agent.ended)
        leg.sound.play(SUPERVISOR_HZ)
        await hears(leg, CALLER_HZ)
        await hears(supervised.caller, SUPERVISOR_HZ)
        await colleague.close()
    asked = "SELECT ended_by, transferred_to FROM queue_entries WHERE caller = '44230006'"
    await eventually(lambda: centre.rows(asked) == [("transfer", "1002")], 10, "the transfer is recorded")


async def test_a_call_stays_with_its_agent_where_nobody_could_take_it(centre: RunningCentre) -> None:
    async with conversation(centre, "44230009") as supervised:
        answer = await supervised.order(Transfer, exten="1008")
        assert isinstance(answer, Refused)
        assert answer.reason is Refusal.PHONE_AWAY
        supervised.caller.sound.forget()
        await hears(supervised.caller, AGENT_HZ)


async def test_the_only_call_of_a_phone_needs_no_name(centre: RunningCentre) -> None:
    async with conversation(centre, "44230007") as supervised:
        assert isinstance(await supervised.order(Release, uniqueid=None), Accepted)
        await supervised.agent.until(supervised.agent.ended)
        await supervised.caller.until(supervised.caller.ended)
    await eventually(lambda: bool(_ended_by(centre, "44230007")), 10, "the call is recorded")
    assert _ended_by(centre, "44230007") == [("agent",)]


async def test_nobody_acts_on_anothers_call(centre: RunningCentre) -> None:
    async with conversation(centre, "44230008") as supervised:
        for form, fields in ((Release, {}), (Mute, {"muted": True}), (Transfer, {"exten": "1003"})):
            answer = await supervised.order(form, member="1002", interface="PJSIP/1002", **fields)
            assert isinstance(answer, Refused)
            assert answer.reason is Refusal.UNKNOWN_CALL
        await hears(supervised.caller, AGENT_HZ)


def _ended_by(centre: RunningCentre, number: str) -> list[tuple[object, ...]]:
    return centre.rows(f"SELECT ended_by FROM queue_entries WHERE caller = '{number}' AND ended_us IS NOT NULL")
