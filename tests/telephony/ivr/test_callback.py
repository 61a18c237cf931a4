"""Callbacks with real calls: the position kept, who is connected, and what callers hear whom nobody can answer."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from callcenter.settings import PROJECT
from tests.telephony.phones.duty import STRAIGHT_HOST, TRUNK_HOST, caller, on_duty, public_phone
from tests.telephony.phones.heard import Heard
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import eventually
from troncal.machines.ports import free_ports

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]

CUSTOMER, OTHER = "70712345", "70719876"
LONGEST_SECONDS = 120 * 60
# Each queue refuses in its own way.
QUEUES = {
    '{name: "103", title: Instalaciones y traslados}': "join_when_empty: false",
    '{name: "104", title: Informaciones}': "wait_limit_seconds: 2",
    '{name: "109", title: Fijacom 4G}': "max_waiting: 1",
}


@pytest.fixture(scope="module")
def outside_port() -> int:
    """Where the public network takes the centre's calls."""
    return free_ports(1, host=TRUNK_HOST, udp=True)[0]


@pytest.fixture(scope="module")
def open_centre(outside_port: int) -> Iterator[RunningCentre]:
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8").replace("127.0.0.2:5060", f"127.0.0.2:{outside_port}")
    # Neither the notice nor the wrap-up is what is tried here, and both take their time.
    text = text.replace(", recorded: true", "").replace("wrap_up_seconds: 10", "wrap_up_seconds: 1")
    for queue, more in QUEUES.items():
        assert queue in text
        text = text.replace(queue, f"{queue[:-1]}, {more}}}")
    with centre_open(text) as running:
        yield running


async def rung(telephone: SipPhone, number: str) -> Leg:
    """The call to that number; others are busy."""
    while True:
        leg = await telephone.offered(40)
        assert leg.invite is not None
        if f"sip:{number}@" in leg.invite.first:
            return leg
        leg.refuse()


@asynccontextmanager
async def calling(centre: RunningCentre, number: str, line: str, *, host: str = TRUNK_HOST) -> AsyncIterator[Leg]:
    phone = await caller(centre, number, host=host)
    leg = await phone.call(line)
    try:
        await leg.until(leg.answered)
        yield leg
    finally:
        await phone.close()


@asynccontextmanager
async def talking(*legs: Leg) -> AsyncIterator[None]:
    """Sound now and then: Asterisk hangs up on a telephone without any."""

    async def go_on() -> None:
        while True:
            for leg in legs:
                await leg.sound.silence()
            await asyncio.sleep(4)  # world: pace

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()


async def to_the_queue(heard: Heard, number: str, leg: Leg, line: str) -> None:
    """Through the menu to a person."""
    await heard.until(number, f"troncal/bienvenida-{line}")
    await leg.sound.press("0")


async def entered(centre: RunningCentre, number: str, queue: str, times: int = 1) -> None:
    query = f"SELECT id FROM queue_log WHERE event = 'ENTERQUEUE' AND queuename = '{queue}' AND data2 = '{number}'"
    await eventually(lambda: len(centre.ledger(query)) >= times, 30, f"{number} waits in {queue}")


async def asked(centre: RunningCentre, number: str) -> tuple[object, ...]:
    """The ledger's row of a callback that was asked for: queue, reason."""
    query = (
        "SELECT queuename, data4 FROM queue_log WHERE event = 'CALLBACK' AND data1 = 'asked'"
        f" AND data3 = '{number}' ORDER BY id DESC"
    )
    await eventually(lambda: bool(centre.ledger(query)), 40, f"{number} asked to be called back")
    return centre.ledger(query)[0]


async def callback_is(centre: RunningCentre, number: str, state: str) -> tuple[object, ...]:
    """Wait for the state of a number's last callback; its tries, last result and channel."""
    query = (
        f"SELECT state, tries, last_result, returned_uniqueid FROM callbacks WHERE number = '{number}' ORDER BY id DESC"
    )
    await eventually(lambda: [row[0] for row in centre.rows(query)][:1] == [state], 40, f"{number} is {state}")
    return centre.rows(query)[0][1:]


async def test_a_caller_who_asks_for_it_is_called_back_and_served_before_who_came_later(
    open_centre: RunningCentre, outside_port: int
) -> None:
    heard = Heard(open_centre)
    async with (
        on_duty(open_centre, "1003", "102") as agent,
        public_phone(open_centre, CUSTOMER, outside_port) as telephone,
        calling(open_centre, "70700001", "102", host=STRAIGHT_HOST) as first,
    ):
        conversation = await agent.offered()
        async with talking(first, conversation), calling(open_centre, CUSTOMER, "102") as leg:
            await to_the_queue(heard, CUSTOMER, leg, "102")
            await entered(open_centre, CUSTOMER, "102")
            await leg.sound.press("1")
            await heard.until(CUSTOMER, "troncal/callback-confirme")
            async with calling(open_centre, "70700009", "102", host=STRAIGHT_HOST) as later, talking(later):
                await entered(open_centre, "70700009", "102")
                await leg.sound.press("1")
                assert await asked(open_centre, CUSTOMER) == ("102", "key")
                back = await rung(telephone, CUSTOMER)
                await back.answer()
                await eventually(lambda: "troncal/callback-saludo" in heard.anybody(), 20, "the customer is greeted")
                await back.sound.press("1")
                await entered(open_centre, CUSTOMER, "102", times=2)
                await first.hang_up()
                taken = await agent.offered(30)  # after the wrap-up
                _, _, channel = await callback_is(open_centre, CUSTOMER, "done")
                assert last_answered(open_centre) == channel
                # The limit goes on through what the dialplan asks, the queue and the conversation.
                assert abs(hung_up_at(open_centre, str(channel)) - answered_at(open_centre) - LONGEST_SECONDS) <= 1
                await not_joined(agent, taken, back, telephone)


async def not_joined(agent: SipPhone, taken: Leg, back: Leg, telephone: SipPhone) -> None:
    """The agent joins the customer with somebody else outside: both calls end (docs/adr/0027)."""
    await taken.hold()
    consultation = await agent.call(OTHER)
    there = await rung(telephone, OTHER)
    await there.answer()
    await consultation.until(consultation.answered)
    await taken.transfer_to(consultation)
    await asyncio.gather(back.until(back.ended), there.until(there.ended))


def hung_up_at(centre: RunningCentre, channel: str) -> int:
    """When Asterisk will hang up on a channel, in seconds of the epoch; 0 for never."""
    found = re.search(r"Time to Hangup: (\d+)", centre.console(f"core show channel {channel}"))
    assert found is not None
    return int(found[1])


def answered_at(centre: RunningCentre) -> int:
    """When the customer answered, in seconds of the epoch."""
    query = f"SELECT answered_us / 1000000 FROM outgoing_calls WHERE number = '{CUSTOMER}'"
    ((seconds,),) = centre.rows(query)
    return int(str(seconds))


def last_answered(centre: RunningCentre) -> object:
    return centre.ledger("SELECT callid FROM queue_log WHERE event = 'CONNECT' ORDER BY id DESC LIMIT 1")[0][0]


@pytest.mark.parametrize(
    ("line", "reason", "prompt"),
    [
        ("103", "empty", "callback-explica-sin-agentes"),
        ("104", "timeout", "callback-explica-espera"),
        ("109", "full", "callback-explica-llena"),
    ],
)
async def test_a_caller_who_cannot_be_answered_hears_why_and_is_offered_a_callback(
    open_centre: RunningCentre, line: str, reason: str, prompt: str
) -> None:
    heard, number = Heard(open_centre), f"70711{line}"
    async with calling(open_centre, "70700002", "109", host=STRAIGHT_HOST):
        await entered(open_centre, "70700002", "109")
        async with calling(open_centre, number, line) as leg:
            await to_the_queue(heard, number, leg, line)
            sounds = await heard.until(number, "troncal/callback-confirme", 40)
            assert sounds.index(f"troncal/{prompt}") < sounds.index("troncal/callback-oferta")
            await leg.sound.press("1")
            assert await asked(open_centre, number) == (line, reason)


async def test_a_caller_who_wants_no_callback_after_all_has_one_queue_entry(open_centre: RunningCentre) -> None:
    heard, number = Heard(open_centre), "70712777"
    async with calling(open_centre, number, "102") as leg:
        await to_the_queue(heard, number, leg, "102")
        await entered(open_centre, number, "102")
        await leg.sound.press("1")
        await heard.until(number, "troncal/callback-o-espere", 40)
        await leg.sound.press("3")
        await entered(open_centre, number, "102", times=2)
        await leg.hang_up()
    query = f"SELECT outcome, entered_us = joined_us FROM queue_entries WHERE caller = '{number}'"
    await eventually(lambda: open_centre.rows(query) == [("abandoned", 1)], 20, "one wait, given up")


async def test_who_answers_and_presses_nothing_is_tried_again_later(
    open_centre: RunningCentre, outside_port: int
) -> None:
    heard, number = Heard(open_centre), "70712999"
    async with public_phone(open_centre, CUSTOMER, outside_port) as telephone:
        async with calling(open_centre, number, "103") as leg:
            await to_the_queue(heard, number, leg, "103")
            await heard.until(number, "troncal/callback-confirme", 40)
            await leg.sound.press("1")
            await asked(open_centre, number)
        async with on_duty(open_centre, "1005", "103"):
            back = await rung(telephone, number)
            await back.answer()
            await back.hang_up()
            tries, result, _ = await callback_is(open_centre, number, "pending")
            assert (tries, result) == (1, "not_confirmed")
