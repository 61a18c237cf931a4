"""Telephones that are lost in mid-shift, queued calls that are redirected, and agents who reject calls."""

import pytest

from ami_bridge.floor.phone_watch import PATIENCE_US
from callcenter.instants import MICROSECONDS
from callcenter.messages.call_commands import RedirectQueuedCall
from callcenter.messages.commands import Accepted, PhoneLost, QueuePenalty, Refused, SetQueues
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    CallAnswered,
    OfferEnd,
    OfferEnded,
    PhoneState,
    QueueState,
)
from tests.telephony.bus_connection import BusConnection, bus_connection
from tests.telephony.phones.duty import STRAIGHT_HOST, caller, on_duty
from tests.telephony.phones.heard import Heard
from tests.telephony.phones.sip_leg import Leg, Manner
from tests.telephony.running_centre import RunningCentre
from tests.telephony.test_supervision import telephone
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

PATIENCE_SECONDS = PATIENCE_US / MICROSECONDS


async def calling(centre: RunningCentre, number: str, line: str) -> Leg:
    """A caller whose call is on its way."""
    return await (await caller(centre, number, host=STRAIGHT_HOST)).call(line)


async def waiting(bus: BusConnection, queue: str, number: str) -> str:
    """The caller's Uniqueid, when that number waits in the queue."""
    uniqueids: list[str] = []

    def there() -> bool:
        state = bus.last(QueueState, queue=queue)
        uniqueids[:] = [each.uniqueid for each in state.waiting if each.caller == number] if state else []
        return bool(uniqueids)

    await eventually(there, 10, f"{number} waits in {queue}")
    return uniqueids[0]


async def test_a_phone_that_goes_pauses_its_agent_until_it_is_back(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus, on_duty(centre, "1003", "103") as phone:
        await bus.until(AgentState, member="1003", state=AgentStatus.AVAILABLE)
        await phone.register(0)
        await bus.until(PhoneState, endpoint="1003", registered=False)
        await bus.until(AgentState, member="1003", state=AgentStatus.PAUSED, reason="Teléfono")
        bus.forget()
        await phone.register(300)
        await bus.until(PhoneState, endpoint="1003", registered=True, contact="1003")
        await bus.until(AgentState, member="1003", state=AgentStatus.AVAILABLE)


async def test_the_caller_of_a_closed_page_goes_back_to_the_head_of_the_queue(centre: RunningCentre) -> None:
    heard = Heard(centre)
    async with bus_connection(centre) as bus, on_duty(centre, "1003", "103") as phone:
        first = await calling(centre, "44240001", "103")
        lost = await phone.offered()
        conversation = await bus.until(CallAnswered, member="1003")
        second = await calling(centre, "44240002", "103")
        await waiting(bus, "103", "44240002")
        await phone.register(0)
        answer = await bus.ask(PhoneLost, member="1003", interface="PJSIP/1003")
        assert isinstance(answer, Accepted)
        await lost.until(lost.ended, 2)
        await heard.until("44240001", "troncal/telefono-perdido")
        await waiting(bus, "103", "44240001")
        async with on_duty(centre, "1004", "103") as colleague:
            await colleague.offered()
            again = await bus.until(CallAnswered, member="1004")
            assert again.uniqueid == conversation.uniqueid
        await first.hang_up()
        await second.hang_up()
    rows = "SELECT outcome, transferred_to FROM queue_entries WHERE caller = '44240001' ORDER BY ordinal"
    recorded = [("answered", "lost-phone"), ("answered", None)]
    await eventually(lambda: centre.rows(rows) == recorded, 10, "both of the caller's queue entries are recorded")


async def test_a_phone_that_stays_away_loses_its_caller_after_some_seconds(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus, on_duty(centre, "1003", "103") as phone:
        leg = await calling(centre, "44240003", "103")
        lost = await phone.offered()
        await phone.register(0)
        await lost.until(lost.ended, PATIENCE_SECONDS + 5)
        await waiting(bus, "103", "44240003")
        await leg.hang_up()


async def test_a_phone_that_is_back_in_time_keeps_its_call(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus, on_duty(centre, "1003", "103") as phone:
        leg = await calling(centre, "44240004", "103")
        conversation = await phone.offered()
        await phone.register(0)
        await bus.until(AgentState, member="1003", reason="Teléfono")
        await phone.register(300)
        leg.sound.play(1000)
        await eventually(lambda: conversation.sound.hears(1000) > 0.5, 10, "the call goes on")
        with pytest.raises(TimeoutError):
            await conversation.until(conversation.ended, PATIENCE_SECONDS + 2)
        await leg.hang_up()


async def test_a_page_without_a_call_loses_none(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus, on_duty(centre, "1003", "103"):
        assert isinstance(await bus.ask(PhoneLost, member="1003", interface="PJSIP/1003"), Refused)


async def test_an_agent_who_rejects_a_call_is_paused_and_the_next_agent_gets_it(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus, on_duty(centre, "1003", "103", manner=Manner.REFUSE):
        leg = await calling(centre, "44240005", "103")
        await bus.until(AgentState, member="1003", state=AgentStatus.PAUSED, reason="Rechazo")
        assert bus.last(OfferEnded, member="1003", reason=OfferEnd.REJECTED) is not None
        async with on_duty(centre, "1004", "103") as colleague:
            await colleague.offered()
            await leg.until(leg.answered)
        await leg.hang_up()
    offers = "SELECT count(*) FROM offers WHERE member = '1003' AND result != 'answered'"
    await eventually(lambda: centre.rows(offers) == [(1,)], 10, "one unanswered offer is recorded")


async def test_a_queued_call_is_redirected_to_another_queue(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus:
        leg = await calling(centre, "44240006", "103")
        uniqueid = await waiting(bus, "103", "44240006")
        assert isinstance(await bus.ask(RedirectQueuedCall, uniqueid=uniqueid, queue="109"), Accepted)
        assert await waiting(bus, "109", "44240006") == uniqueid
        await leg.hang_up()
    rows = "SELECT queue, outcome FROM queue_entries WHERE caller = '44240006' ORDER BY entered_us"
    await eventually(lambda: [outcome for _, outcome in centre.rows(rows)][1:] == ["abandoned"], 10, "it is recorded")
    assert centre.rows(rows)[0] == ("103", "withdrawn")  # at once: settled


async def test_a_supervisor_picks_a_caller_out_of_the_queue(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus:
        supervisor = await telephone(centre, "1101")
        leg = await calling(centre, "44240007", "103")
        uniqueid = await waiting(bus, "103", "44240007")
        assert isinstance(await bus.ask(RedirectQueuedCall, uniqueid=uniqueid, exten="1101"), Accepted)
        picked = await supervisor.offered()
        leg.sound.play(1000)
        await eventually(lambda: picked.sound.hears(1000) > 0.5, 10, "the supervisor hears the caller")
        await supervisor.close()


async def test_a_picked_caller_whom_nobody_answers_waits_on(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus:
        leg = await calling(centre, "44240008", "103")
        uniqueid = await waiting(bus, "103", "44240008")
        assert isinstance(await bus.ask(RedirectQueuedCall, uniqueid=uniqueid, exten="1102"), Accepted)
        await eventually(lambda: len(_entries(centre, "44240008")) == 2, 10, "the caller is back in the queue")
        assert not leg.ended.is_set()
        await leg.hang_up()


async def test_a_connected_caller_cannot_be_redirected(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus, on_duty(centre, "1003", "103") as phone:
        leg = await calling(centre, "44240009", "103")
        await phone.offered()
        conversation = await bus.until(CallAnswered, member="1003")
        assert isinstance(await bus.ask(RedirectQueuedCall, uniqueid=conversation.uniqueid, queue="109"), Refused)
        await leg.hang_up()


async def test_an_agents_queues_are_changed_while_they_are_paused(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus, on_duty(centre, "1003", "103") as phone:
        await phone.register(0)
        await bus.until(AgentState, member="1003", reason="Teléfono")
        queues = (QueuePenalty(queue="102", penalty=3), QueuePenalty(queue="104", penalty=0))
        answer = await bus.ask(SetQueues, member="1003", interface="PJSIP/1003", queues=queues)
        assert isinstance(answer, Accepted)
        await bus.until(AgentState, member="1003", queues=("102", "104"), state=AgentStatus.PAUSED)
        assert "penalty 3" in centre.console("queue show 102")


def _entries(centre: RunningCentre, number: str) -> list[tuple[object, ...]]:
    return centre.rows(f"SELECT queue, outcome FROM queue_entries WHERE caller = '{number}'")
