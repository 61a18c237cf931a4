"""The bridge dies in mid-call: the next one knows who is connected to whom."""

import subprocess
import sys

import pytest

from ami_bridge.feeds.ledger_lock import LedgerTaken
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
from callcenter.settings import PROJECT
from tests.telephony.bus_connection import BusConnection, bus_connection
from tests.telephony.phones.duty import STRAIGHT_HOST, caller, on_duty
from tests.telephony.phones.heard import Heard
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

QUEUE, AGENT, RING_US = "104", "1005", 2 * MICROSECONDS


async def another_bridge(centre: RunningCentre, bus: BusConnection) -> None:
    """Killed, and up again."""
    bus.forget()
    centre.bridge().kill()
    await bus.until(BridgeState, state=Link.LOST)
    await bus.until(BridgeState, state=Link.UP)


async def test_a_call_that_began_before_is_shown_and_its_end_is_reported(centre: RunningCentre) -> None:
    async with bus_connection(centre) as bus, on_duty(centre, AGENT, QUEUE) as phone:
        customer = await caller(centre, "70750001", host=STRAIGHT_HOST)
        await customer.call(QUEUE)
        leg = await phone.offered()
        conversation = await bus.until(CallAnswered, member=AGENT)
        await another_bridge(centre, bus)
        state = await bus.until(AgentState, member=AGENT, state=AgentStatus.ON_CALL, uniqueid=conversation.uniqueid)
        assert abs(state.since_us - conversation.answered_us) < RING_US
        await leg.hang_up()
        ended = await bus.until(CallEnded, member=AGENT, uniqueid=conversation.uniqueid)
        assert (ended.queue, ended.ended_by) == (QUEUE, CallEndedBy.AGENT)
        await bus.until(AgentState, member=AGENT, state=AgentStatus.WRAP_UP)
        await customer.close()


async def test_the_caller_of_a_phone_that_is_lost_afterwards_goes_back_to_the_queue(centre: RunningCentre) -> None:
    heard = Heard(centre)
    async with bus_connection(centre) as bus, on_duty(centre, AGENT, QUEUE) as phone:
        customer = await caller(centre, "70750002", host=STRAIGHT_HOST)
        await customer.call(QUEUE)
        leg = await phone.offered()
        await bus.until(CallAnswered, member=AGENT)
        await another_bridge(centre, bus)
        await bus.until(AgentState, member=AGENT, state=AgentStatus.ON_CALL)
        await phone.register(0)
        assert isinstance(await bus.ask(PhoneLost, member=AGENT, interface=f"PJSIP/{AGENT}"), Accepted)
        await leg.until(leg.ended, 5)
        await heard.until("70750002", "troncal/telefono-perdido")

        def waits() -> bool:
            state = bus.last(QueueState, queue=QUEUE)
            return state is not None and [each.caller for each in state.waiting] == ["70750002"]

        await eventually(waits, 10, "the caller waits again")
        await customer.close()


def test_a_second_bridge_on_the_same_ledger_says_so_and_ends(centre: RunningCentre) -> None:
    command = [sys.executable, "-m", "troncal.cli", "bridge"]
    environment = centre.bridge().environ()
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == LedgerTaken.exit_code
    assert "another bridge reads" in done.stderr
    assert "Traceback" not in done.stderr
    assert centre.bridge().is_running()
