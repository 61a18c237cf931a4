"""Real calls and where they go: a closed line, a mass outage, urgent callers, and nobody to ask."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.instants import as_datetime
from callcenter.routing.calendar import Calendar
from callcenter.settings import PROJECT
from ivr.scripts.route import closed_message
from tests.telephony.phones.duty import caller, on_duty
from tests.telephony.phones.heard import Heard
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Each calls once: what was played to a number is that of its last call.
STRANGERS = count(76521000)
# A number of one customer only, who has no fault.
TOP_A = """
    SELECT t.number FROM customer_telephones t JOIN customers c ON c.id = t.customer_id
    WHERE c.segment = 'top_a' AND t.number LIKE '707%'
    AND t.number IN (SELECT number FROM customer_telephones GROUP BY number HAVING count(*) = 1)
    AND c.id NOT IN (
        SELECT o.customer_id FROM contracts o JOIN products p ON p.contract = o.number
        JOIN faults f ON f.product_id = p.id
    )
"""
CLOSED = '{number: "103", name: Instalaciones y traslados, queue: "103", recorded: true'


@pytest.fixture(scope="module")
def routed_centre() -> Iterator[RunningCentre]:
    """A centre whose line 103 is attended in three days and not before."""
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
    then = datetime.now(load(PROJECT / "centre.yaml").zone) + timedelta(days=3)
    hours = f'hours:\n  luego:\n    - {{days: [{WEEK[then.weekday()]}], from: "08:30", to: "12:00"}}\n'
    assert CLOSED in text
    text = text.replace("hours:\n", hours, 1).replace(CLOSED, f"{CLOSED}, hours: luego")
    with centre_open(text) as running:
        yield running


@asynccontextmanager
async def calling(centre: RunningCentre, number: str, line: str) -> AsyncIterator[Leg]:
    """A call that sends sound now and then: a line that is dead for half a minute is given up."""

    async def breathe() -> None:
        while True:
            await leg.sound.silence()
            await asyncio.sleep(4)  # world: pace

    phone = await caller(centre, number)
    leg = await phone.call(line)
    await leg.until(leg.answered)
    breathing = asyncio.create_task(breathe())
    try:
        yield leg
    finally:
        breathing.cancel()
        await phone.close()


async def to_a_person(heard: Heard, number: str, leg: Leg, line: str) -> None:
    """Through the menu."""
    await heard.until(number, f"troncal/bienvenida-{line}")
    await leg.sound.press("0")


def rows(centre: RunningCentre, number: str, *events: str) -> list[tuple[object, ...]]:
    """The rows of a number's last call: event, queue, first three fields, time."""
    ((call,),) = centre.ledger(
        f"SELECT callid FROM queue_log WHERE event = 'ARRIVED' AND data2 = '{number}' ORDER BY id DESC LIMIT 1"
    )
    wanted = ", ".join(f"'{event}'" for event in events)
    return centre.ledger(
        "SELECT event, queuename, data1, data2, data3, time FROM queue_log"
        f" WHERE callid = '{call}' AND event IN ({wanted}) ORDER BY id"
    )


async def routed(centre: RunningCentre, number: str) -> tuple[object, ...]:
    """The decision about a call: route, reason, priority."""
    await eventually(lambda: bool(rows(centre, number, "ROUTED")), 30, f"{number} is routed")
    (row,) = rows(centre, number, "ROUTED")
    return row[2:5]


async def waits(centre: RunningCentre, number: str) -> None:
    await eventually(lambda: bool(rows(centre, number, "ENTERQUEUE")), 40, f"{number} is in a queue")


async def test_a_closed_line_says_when_it_opens_and_hangs_up(routed_centre: RunningCentre) -> None:
    heard, number = Heard(routed_centre), "76520001"
    centre = load(Path(routed_centre.settings["TRONCAL_CENTRE"]))
    now = as_datetime(now_us(), centre.zone)
    message = closed_message(Calendar(centre.zone).open_at(centre.hours["luego"], now), now)
    async with calling(routed_centre, number, "103") as leg:
        await to_a_person(heard, number, leg, "103")
        assert await routed(routed_centre, number) == ("closed", "hours", "0")
        await leg.until(leg.ended, 40)
    played = heard.by(number)
    assert tuple(played[-len(message) :]) == message
    assert message[:2] == ("troncal/cerrado-horario", "troncal/cerrado-desde-el")
    assert rows(routed_centre, number, "ENTERQUEUE") == []  # at once: settled


async def test_an_outage_notice_is_played_before_the_menus_and_takes_a_number(routed_centre: RunningCentre) -> None:
    heard, number = Heard(routed_centre), "76520002"
    on = await asyncio.to_thread(routed_centre.troncal, "ivr", "outage", "on", "--product", "internet")
    outage = re.findall(r"outage (\d+) is on", on.stdout)[0]
    try:
        await outage_notice(routed_centre, heard)
        async with calling(routed_centre, number, "102") as leg:
            await heard.until(number, "troncal/corte-ofrecer")
            await leg.sound.press("1")
            await heard.until(number, "troncal/corte-confirmar")
            await leg.sound.press("1")
            await heard.until(number, "troncal/bienvenida-102")
    finally:
        await asyncio.to_thread(routed_centre.troncal, "ivr", "outage", "off", outage)
        await outage_notice(routed_centre, heard, played=False)
    played = [name.removeprefix("troncal/") for name in heard.by(number) if name.startswith("troncal/corte")]
    assert played[:4] == ["corte-aviso", "corte-de-internet", "corte-trabajamos", "corte-ofrecer"]
    assert played[-1] == "corte-anotado"
    assert [row[2:4] for row in rows(routed_centre, number, "NOTICED")] == [("outage", outage)]  # at once: settled
    kept = f"SELECT number FROM outage_contacts WHERE outage_id = {outage}"
    await eventually(lambda: routed_centre.rows(kept) == [(number,)], 10, "the number is kept")


async def outage_notice(centre: RunningCentre, heard: Heard, *, played: bool = True) -> None:
    """Call until the notice is on, or off: the open outages are read every few seconds."""
    async with asyncio.timeout(20):
        while (await first_heard(centre, heard, f"{next(STRANGERS)}") == "troncal/corte-aviso") is not played:
            pass


async def first_heard(centre: RunningCentre, heard: Heard, number: str) -> str:
    async with calling(centre, number, "102"):
        await eventually(lambda: bool(heard.by(number)), 20, f"something is said to {number}")
        return heard.by(number)[0]


async def test_a_top_a_caller_is_served_before_an_ordinary_one_who_waits(routed_centre: RunningCentre) -> None:
    heard, ordinary = Heard(routed_centre), "76520003"
    urgent = str(routed_centre.rows(TOP_A)[0][0])  # at once: given
    async with calling(routed_centre, ordinary, "102") as first, calling(routed_centre, urgent, "102") as second:
        await to_a_person(heard, ordinary, first, "102")
        await waits(routed_centre, ordinary)
        await to_a_person(heard, urgent, second, "102")
        await waits(routed_centre, urgent)
        assert await routed(routed_centre, ordinary) == ("queue", "none", "0")
        assert await routed(routed_centre, urgent) == ("queue", "top_a", "20")
        async with on_duty(routed_centre, "1003", "102") as agent:
            await agent.offered(20)
            await eventually(lambda: bool(rows(routed_centre, urgent, "CONNECT")), 20, "the urgent one is served")
            assert rows(routed_centre, ordinary, "CONNECT") == []  # at once: settled


async def test_without_an_answer_within_a_second_the_lines_own_queue_takes_the_call(
    routed_centre: RunningCentre,
) -> None:
    heard, number = Heard(routed_centre), "76520004"
    with routed_centre.frozen("agi"):
        async with calling(routed_centre, number, "104") as leg:
            await to_a_person(heard, number, leg, "104")
            await waits(routed_centre, number)
    pressed, decided, entered = rows(routed_centre, number, "INFO", "ROUTED", "ENTERQUEUE")[-3:]  # at once: settled
    assert (decided[2:4], entered[1]) == (("queue", "no_answer"), "104")
    assert seconds_between(pressed, entered) < 1.5


def seconds_between(one: tuple[object, ...], other: tuple[object, ...]) -> float:
    return (datetime.fromisoformat(str(other[-1])) - datetime.fromisoformat(str(one[-1]))).total_seconds()
