"""The script `arrival`, over a real connection."""

import asyncio
from dataclasses import replace

import pytest

from backoffice.demo import customers as demo
from backoffice.smartflex.customers import CustomerView, ProductKind
from callcenter.database.transactions import Database
from callcenter.numbers import Number
from callcenter.routing.outage_store import OutageStore
from callcenter.routing.outages import Outage
from ivr.agi.server import AgiServer
from ivr.prompts.catalogue import texts
from ivr.prompts.rendering import SpeechUnavailable
from ivr.prompts.speech import telephone
from ivr.routing.decision import WhoCalls
from ivr.routing.who_calls import CallerFinder
from ivr.scripts.arrival import MOST_NOTICES, ArrivalScript, concerning
from tests.conftest import Databases
from tests.ivr.agi.fake_peer import SECRET, Caller, Heard, call

pytestmark = pytest.mark.database
STRANGER, ANOTHER = "76500001", "76500002"
SAVED, LOST = "corte-anotado", "corte-no-anotado"


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: the store has tests of its own over both."""
    return sqlite_databases


class Directory:
    """Knows one customer of Cala Cala with television."""

    def __init__(self) -> None:
        (found,) = demo.generate(seed=1, count=1, now_us=0)
        (contract,) = found.contracts
        television = replace(contract.products[0], kind=ProductKind.CABLE_TV)
        self.customer = replace(found, zone="Cala Cala", contracts=(replace(contract, products=(television,)),))

    async def by_telephone(self, number: Number) -> tuple[CustomerView, ...]:
        return (self.customer,) if number.digits in self.customer.telephones else ()

    async def by_contract(self, number: str) -> tuple[CustomerView, ...]:
        raise NotImplementedError

    async def by_document(self, document: object) -> tuple[CustomerView, ...]:
        raise NotImplementedError


class Speaker:
    """Speaks a zone, or is broken."""

    def __init__(self, *, broken: bool = False) -> None:
        self._broken = broken

    async def say(self, text: str) -> str:
        if self._broken:
            raise SpeechUnavailable("espeak-ng does not start")
        return f"troncal/said/{text.replace(' ', '-').lower()}"


class Centre:
    """A database with outages, and the script over it."""

    def __init__(self, database: Database) -> None:
        self.store, self.directory, self.speaker = OutageStore(database), Directory(), Speaker()
        self.open: tuple[Outage, ...] = ()

    async def outage(self, zone: str, product: str) -> Outage:
        outage = await self.store.begin(zone, product, by="jefa", now_us=5)
        self.open = await self.store.open()
        return outage

    async def arrives(self, caller: str, *keys: str, hangs_up_at: int | None = None) -> Heard:
        finder = CallerFinder(self.directory, "4")
        script = ArrivalScript(
            *(lambda: self.open, self.store, finder, self.speaker, lambda: 7), area_code="4", own=("44251000",)
        )
        async with asyncio.timeout(10), AgiServer("127.0.0.1", 0, {"arrival": script}, SECRET) as server:
            return await call(server.port, "arrival", Caller(keys, caller, hangs_up_at))

    async def left(self, outage: Outage) -> list[str]:
        return [each.number for each in await self.store.left_numbers(outage.number)]


@pytest.fixture
def centre(database: Database) -> Centre:
    return Centre(database)


async def test_without_an_outage_a_caller_hears_nothing(centre: Centre) -> None:
    heard = await centre.arrives(STRANGER)
    assert (heard.played, heard.rows) == ([], [])


async def test_a_customer_hears_of_the_outage_in_the_zone_and_it_is_written_down(centre: Centre) -> None:
    outage = await centre.outage("cala cala", "cable_tv")
    heard = await centre.arrives(centre.directory.customer.telephones[0])
    notice = ["corte-aviso", "corte-de-cable-tv", "corte-en-la-zona", "said/cala-cala", "corte-trabajamos"]
    assert heard.sounds == [*notice, "corte-ofrecer"]
    assert heard.rows == [("NOTICED", "outage", str(outage.number))]
    assert await centre.left(outage) == []


@pytest.mark.parametrize(("zone", "product"), [("Sarco", "cable_tv"), ("Cala Cala", "internet"), ("", "mobile")])
async def test_a_customer_does_not_hear_of_what_does_not_concern_them(centre: Centre, zone: str, product: str) -> None:
    await centre.outage(zone, product)
    assert (await centre.arrives(centre.directory.customer.telephones[0])).played == []


async def test_a_stranger_hears_only_of_what_is_broken_everywhere(centre: Centre) -> None:
    await centre.outage("Cala Cala", "")
    assert (await centre.arrives(STRANGER)).played == []
    await centre.outage("", "internet")
    assert (await centre.arrives("")).sounds[:2] == ["corte-aviso", "corte-de-internet"]


async def test_a_zone_that_cannot_be_spoken_is_left_out(centre: Centre) -> None:
    centre.speaker = Speaker(broken=True)
    await centre.outage("Cala Cala", "")
    heard = await centre.arrives(centre.directory.customer.telephones[0])
    assert heard.sounds[:3] == ["corte-aviso", "corte-de-todo", "corte-trabajamos"]


async def test_a_caller_leaves_the_number_they_call_from(centre: Centre) -> None:
    outage = await centre.outage("", "")
    heard = await centre.arrives(STRANGER, "1", "1")
    assert heard.played[-len(telephone(STRANGER)) - 2 : -2] == list(telephone(STRANGER))
    assert heard.sounds[-1] == SAVED
    assert await centre.left(outage) == [STRANGER]


async def test_a_caller_leaves_another_number(centre: Centre) -> None:
    outage = await centre.outage("", "")
    heard = await centre.arrives(STRANGER, "1", "2", ANOTHER, "1")
    assert heard.sounds[-1] == SAVED
    assert await centre.left(outage) == [ANOTHER]


async def test_a_caller_without_a_number_keys_one_in_and_seven_digits_are_of_cochabamba(centre: Centre) -> None:
    outage = await centre.outage("", "")
    await centre.arrives("", "1", "4400999", "1")
    assert await centre.left(outage) == ["44400999"]


@pytest.mark.parametrize("keys", ["101", "1234567", "12345678", "4251000", "800131313", "999", "", "44*0099"])
async def test_a_number_that_cannot_be_called_is_asked_again_and_never_kept(centre: Centre, keys: str) -> None:
    outage = await centre.outage("", "")
    heard = await centre.arrives("", "1", keys, keys, keys, "1")
    assert heard.sounds.count("corte-numero-invalido") == 3
    assert await centre.left(outage) == []


@pytest.mark.parametrize("keys", [(), ("2",), ("0",), ("1",), ("1", "9"), ("1", "2")])
async def test_silence_and_other_keys_go_on_without_a_number(centre: Centre, keys: tuple[str, ...]) -> None:
    outage = await centre.outage("", "")
    await centre.arrives(STRANGER, *keys)
    assert await centre.left(outage) == []


async def test_a_number_is_left_for_every_outage_that_was_heard(centre: Centre) -> None:
    outages = [await centre.outage("", "cable_tv"), await centre.outage("Cala Cala", "cable_tv")]
    mobile = next(each for each in centre.directory.customer.telephones if each.startswith("707"))
    heard = await centre.arrives(mobile, "1", "1")
    assert heard.rows == [("NOTICED", "outage", str(outages[1].number)), ("NOTICED", "outage", str(outages[0].number))]
    assert [await centre.left(outage) for outage in outages] == [[mobile], [mobile]]


async def test_a_caller_may_hang_up_at_any_moment(centre: Centre, caplog: pytest.LogCaptureFixture) -> None:
    outage = await centre.outage("", "")
    whole = await centre.arrives(STRANGER, "1", "2", ANOTHER, "1")
    kept_at = next(at for at, line in enumerate(whole.commands) if "corte-anotado" in line)
    await centre.store.end(outage.number, by="jefa", now_us=6)
    outage = await centre.outage("", "")
    for moment in range(kept_at - 1):
        assert (await centre.arrives(STRANGER, "1", "2", ANOTHER, "1", hangs_up_at=moment)).hung_up
    assert await centre.left(outage) == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_number_that_could_not_be_kept_is_not_promised_to(centre: Centre) -> None:
    centre.open = (Outage(77, "", "", 5, "jefa"),)
    assert (await centre.arrives(STRANGER, "1", "1")).sounds[-1] == LOST


def test_nobody_hears_more_than_two_notices_and_the_nearest_come_first() -> None:
    outages = tuple(Outage(n, zone, "", n, "jefa") for n, zone in enumerate(("", "Cala Cala", "cala cala", "Sarco")))
    heard = concerning(outages, WhoCalls((Directory().customer,)))
    assert [outage.number for outage in heard] == [2, 1]
    assert len(heard) == MOST_NOTICES


def test_every_product_has_its_words() -> None:
    words = {f"corte-de-{kind.value.replace('_', '-')}" for kind in ProductKind}
    assert words <= set(texts())
