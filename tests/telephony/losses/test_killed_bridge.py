"""The bridge dies in mid-call: the one that comes after it knows who talks with whom."""

import pytest

from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import Accepted, PhoneLost
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    BridgeState,
    CallAnswered,
    CallEnded,
    CallEndedBy,
    Link,
    QueueState,
)
from tests.telephony.bus_seat import BusSeat, bus_seat
from tests.telephony.phones.duty import STRAIGHT_HOST, caller, on_duty
from tests.telephony.phones.heard import Heard
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

QUEUE, AGENT, RING_US = "104", "1005", 2 * MICROSECONDS


async def another_bridge(centre: RunningCentre, seat: BusSeat) -> None:
    """Killed, and up again."""
    seat.forget()
    centre.bridge().kill()
    await seat.until(BridgeState, state=Link.LOST)
    await seat.until(BridgeState, state=Link.UP)


async def test_a_call_that_began_before_is_shown_and_ends_with_a_word(centre: RunningCentre) -> None:
    async with bus_seat(centre) as seat, on_duty(centre, AGENT, QUEUE) as phone:
        customer = await caller(centre, "70750001", host=STRAIGHT_HOST)
        await customer.call(QUEUE)
        leg = await phone.offered()
        conversation = await seat.until(CallAnswered, member=AGENT)
        await another_bridge(centre, seat)
        told = await seat.until(AgentState, member=AGENT, state=AgentStatus.ON_CALL, uniqueid=conversation.uniqueid)
        assert abs(told.since_us - conversation.answered_us) < RING_US
        await leg.hang_up()
        ended = await seat.until(CallEnded, member=AGENT, uniqueid=conversation.uniqueid)
        assert (ended.queue, ended.ended_by) == (QUEUE, CallEndedBy.AGENT)
        await seat.until(AgentState, member=AGENT, state=AgentStatus.WRAP_UP)
        await customer.close()


async def test_the_caller_of_a_phone_that_is_lost_afterwards_goes_back_to_the_queue(centre: RunningCentre) -> None:
    heard = Heard(centre)
    async with bus_seat(centre) as seat, on_duty(centre, AGENT, QUEUE) as phone:
        customer = await caller(centre, "70750002", host=STRAIGHT_HOST)
        await customer.call(QUEUE)
        leg = await phone.offered()
        await seat.until(CallAnswered, member=AGENT)
        await another_bridge(centre, seat)
        await seat.until(AgentState, member=AGENT, state=AgentStatus.ON_CALL)
        await phone.register(0)
        assert isinstance(await seat.ask(PhoneLost, member=AGENT, interface=f"PJSIP/{AGENT}"), Accepted)
        await leg.until(leg.ended, 5)
        await heard.until("70750002", "troncal/telefono-perdido")

        def waits() -> bool:
            told = seat.last(QueueState, queue=QUEUE)
            return told is not None and [each.caller for each in told.waiting] == ["70750002"]

        await eventually(waits, 10, "the caller waits again")
        await customer.close()
