"""Real calls through the menus: keys, silence, and a change of the menus while callers are inside."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ivr.menus.walk import keys_of, walk
from tests.ivr.menus.trees import TEXT, real
from tests.telephony.phones.heard import Heard
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import until

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]

CALLERS_INSIDE = 20
TRUNK = "127.0.0.2"
# One menu in which silence is short.
FIRST = TEXT.replace("- name: fijacom\n", "- name: fijacom\n    timeout_seconds: 1\n    retries: 1\n")
SECOND = FIRST.replace('key: "2", title: Cobro excesivo', 'key: "4", title: Cobro excesivo')
THIRD = SECOND.replace("title: Reclamos y certificados", "title: Otros temas")


@pytest.fixture(scope="module")
def menus() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="troncal-menus-") as folder:
        path = Path(folder) / "menus.yaml"
        path.write_text(FIRST, encoding="utf-8")
        yield path


@pytest.fixture(scope="module")
def own_centre(menus: Path) -> Iterator[RunningCentre]:
    with centre_open(TRONCAL_MENUS=str(menus)) as running:
        yield running


@pytest.fixture
def open_centre(own_centre: RunningCentre, menus: Path) -> RunningCentre:
    """A centre with the first menus, which the test may change."""
    _apply(own_centre, menus, FIRST)
    return own_centre


@asynccontextmanager
async def calling(centre: RunningCentre, line: str, *numbers: str) -> AsyncIterator[list[Leg]]:
    """Callers on the line, who hear something; they hang up at the end of the block."""
    where = centre.where
    assert where is not None
    phones = [await SipPhone.open(number, (where.sip_host, where.sip_port), host=TRUNK) for number in numbers]
    try:
        legs = [await phone.call(line) for phone in phones]
        for leg in legs:
            await leg.until(leg.answered, 30)
        yield legs
    finally:
        for phone in phones:
            await phone.close()


@asynccontextmanager
async def breathing(legs: list[Leg]) -> AsyncIterator[None]:
    """Callers who press nothing still send sound: Asterisk gives up on a line that is dead for half a minute."""

    async def breathe() -> None:
        while True:
            await _each(leg.sound.silence() for leg in legs)
            await asyncio.sleep(5)  # world: pace

    task = asyncio.create_task(breathe())
    try:
        yield
    finally:
        task.cancel()


async def soon(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    await asyncio.to_thread(until, condition, seconds, what)


def path_of(centre: RunningCentre, number: str) -> list[str]:
    """The keys of a caller's last call as the ledger has them, `key menu title`, and the queue entered."""
    ((call,),) = centre.ledger(
        f"SELECT callid FROM queue_log WHERE event = 'ARRIVED' AND data2 = '{number}' ORDER BY id DESC LIMIT 1"
    )
    rows = centre.ledger(
        "SELECT event, queuename, data1, data2, data3, data4 FROM queue_log"
        f" WHERE callid = '{call}' AND event IN ('INFO', 'ENTERQUEUE') ORDER BY id"
    )
    keys = [f"{key} {menu} {title}".strip() for event, _, verb, key, menu, title in rows if verb == "IVRAPPEND"]
    return keys + [f"queue {queue}" for event, queue, *_ in rows if event == "ENTERQUEUE"]


def started(centre: RunningCentre, number: str) -> bool:
    rows = centre.ledger(f"SELECT 1 FROM queue_log WHERE event = 'INFO' AND data1 = 'IVRSTART' AND data3 = '{number}'")
    return bool(rows)


async def press(centre: RunningCentre, leg: Leg, number: str, keys: str) -> None:
    """One key after the other, the next when the ledger has the one before."""
    for count, key in enumerate(keys, len(path_of(centre, number)) + 1):
        await leg.sound.press(key)
        await soon(lambda count=count: len(path_of(centre, number)) >= count, f"key {key} of {number}")  # type: ignore[misc]


async def in_queue(centre: RunningCentre, number: str) -> list[str]:
    """The path of a caller who has come to a queue."""
    await soon(lambda: "queue" in " ".join(path_of(centre, number)), f"{number} is in a queue", 60)
    return path_of(centre, number)


async def test_a_caller_finds_a_person_through_two_levels_and_back(open_centre: RunningCentre) -> None:
    async with calling(open_centre, "102", "70100001") as (leg,):
        await soon(lambda: started(open_centre, "70100001"), "the menus begin")
        await press(open_centre, leg, "70100001", "3#*0")
        assert await in_queue(open_centre, "70100001") == [
            "3 facturacion Reclamos y certificados",
            "hash factura-reclamos",
            "star factura-reclamos",
            "0 facturacion Persona",
            "queue 102",
        ]


async def test_silence_and_keys_that_are_no_option_lead_to_a_person(open_centre: RunningCentre) -> None:
    played = await asyncio.to_thread(Heard, open_centre)
    async with calling(open_centre, "109", "70100002") as (leg,):
        await soon(lambda: started(open_centre, "70100002"), "the menus begin")
        await press(open_centre, leg, "70100002", "9")
        async with breathing([leg]):
            path = await in_queue(open_centre, "70100002")
    assert path == ["i fijacom", "t fijacom", "queue 109"]
    heard = [name.removeprefix("troncal/") for name in played.anybody() if name.startswith("troncal/")]
    assert _in_this_order(heard, ["menu-opcion-no-valida", "opcion-saldo-fijacom", "menu-salidas", "menu-a-persona"])


async def test_what_is_played_is_what_the_walk_says(open_centre: RunningCentre) -> None:
    played = await asyncio.to_thread(Heard, open_centre)
    said = [f"troncal/{name}" for step in walk(real(), "4251000", keys_of("")).steps for name in step.said]
    menu = [f"troncal/{name}" for step in walk(real(), "104", keys_of("")).steps for name in step.said]
    async with calling(open_centre, "4251000", "70100003"):
        assert await in_queue(open_centre, "70100003") == ["queue central"]
    async with calling(open_centre, "104", "70100004"):
        await soon(lambda: menu[-1] in played.anybody(), "the menu is said to its end", 60)
    assert _in_this_order(played.anybody(), [*said, *menu])


async def test_an_option_leads_to_the_agents_of_another_line(open_centre: RunningCentre) -> None:
    async with calling(open_centre, "104", "70100005") as (leg,):
        await soon(lambda: started(open_centre, "70100005"), "the menus begin")
        await press(open_centre, leg, "70100005", "2")
        assert (await in_queue(open_centre, "70100005"))[-1] == "queue guia"


def test_a_wrong_file_changes_nothing(open_centre: RunningCentre, menus: Path) -> None:
    before = (open_centre.state / "asterisk/etc/menus.conf").read_text()
    menus.write_text(FIRST.replace("menu: factura-reclamos}", "menu: nada}"), encoding="utf-8")
    done = open_centre.troncal("ivr", "apply")
    menus.write_text(FIRST, encoding="utf-8")
    assert done.returncode == 1
    assert "menu 'nada' is not under menus" in done.stderr
    assert (open_centre.state / "asterisk/etc/menus.conf").read_text() == before


async def test_menus_change_under_twenty_callers_and_each_finishes_where_it_began(
    open_centre: RunningCentre, menus: Path
) -> None:
    numbers = [f"702000{number:02d}" for number in range(CALLERS_INSIDE)]
    async with calling(open_centre, "102", *numbers) as legs:
        async with breathing(legs):
            await soon(lambda: all(started(open_centre, number) for number in numbers), "all are in the menus")
            for text in (SECOND, THIRD):
                await asyncio.to_thread(_apply, open_centre, menus, text)
        assert not any(leg.ended.is_set() for leg in legs)
        await _each(press(open_centre, leg, number, "32") for leg, number in zip(legs, numbers, strict=True))
        async with breathing(legs):
            for number in numbers:
                assert await in_queue(open_centre, number) == [
                    "3 facturacion Reclamos y certificados",
                    "2 factura-reclamos Cobro excesivo",
                    "queue 102",
                ]
        async with calling(open_centre, "102", "70300001") as (newcomer,):
            await soon(lambda: started(open_centre, "70300001"), "the menus begin")
            await press(open_centre, newcomer, "70300001", "34")
            assert (await in_queue(open_centre, "70300001"))[:2] == [
                "3 facturacion Otros temas",
                "4 factura-reclamos Cobro excesivo",
            ]
        assert not any(leg.ended.is_set() for leg in legs)
    await soon(lambda: "0 active channels" in open_centre.console("core show channels count"), "no channel is left")


async def test_going_back_brings_the_menus_before(open_centre: RunningCentre, menus: Path) -> None:
    for text in (SECOND, FIRST):
        await asyncio.to_thread(_apply, open_centre, menus, text)
    back = await asyncio.to_thread(open_centre.troncal, "ivr", "back")
    assert back.returncode == 0, back.stderr
    async with calling(open_centre, "102", "70400001") as (leg,):
        await soon(lambda: started(open_centre, "70400001"), "the menus begin")
        await press(open_centre, leg, "70400001", "34")
        assert "4 factura-reclamos Cobro excesivo" in await in_queue(open_centre, "70400001")


def test_an_asterisk_that_starts_again_has_the_menus_that_were_applied(open_centre: RunningCentre, menus: Path) -> None:
    for text in (FIRST, THIRD):
        _apply(open_centre, menus, text)
    killed = open_centre.asterisk()
    killed.kill()
    until(lambda: not killed.is_running(), 30, "Asterisk is dead")
    until(lambda: "Goto(m-" in open_centre.console("dialplan show troncal-menus"), 60, "Asterisk is back")
    current = json.loads((open_centre.state / "ivr/applied.json").read_text())[0]
    assert f"m-{current}-102" in open_centre.console("dialplan show troncal-menus")


def _apply(centre: RunningCentre, menus: Path, text: str) -> None:
    menus.write_text(text, encoding="utf-8")
    done = centre.troncal("ivr", "apply")
    assert done.returncode == 0, done.stdout + done.stderr


async def _each(work: Iterator[Awaitable[None]]) -> None:
    await asyncio.gather(*work)


def _in_this_order(heard: list[str], wanted: list[str]) -> bool:
    """Whether the wanted sounds are among those heard, in their order."""
    ahead = iter(heard)
    return all(name in ahead for name in wanted)
