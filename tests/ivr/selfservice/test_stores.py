"""The self-services over the stores that Troncal comes with and its demo customers: what is said is what is kept."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backoffice.demo.customers import generate
from backoffice.demo.services import services
from backoffice.fijacom.store import FijacomStore
from backoffice.guiatel.contract import keys_of
from backoffice.guiatel.store import GuiatelStore
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import CustomerView, FaultState, ProductKind, ProductState
from backoffice.smartflex.fault_store import SmartflexFaultsStore
from backoffice.smartflex.service_store import SmartflexServicesStore
from callcenter.database.transactions import Database
from ivr.agi.server import AgiServer
from ivr.menus.model import SERVICES
from ivr.prompts.speech import Sounds, bolivianos, day, digits, telephone
from ivr.selfservice.directory import LISTINGS_AT_MOST
from ivr.selfservice.registry import Systems, self_services
from tests.conftest import Databases, used
from tests.ivr.agi.fake_peer import SECRET, Caller, Heard, call
from tests.ivr.selfservice.memory_systems import CENTRE, NOW_US, MemorySystems
from troncal.installation import demo

CALLERS = 40


def systems_of(database: Database) -> Systems:
    smartflex = SmartflexServicesStore(database)
    return Systems(
        *(SmartflexStore(database), smartflex, smartflex, smartflex, SmartflexFaultsStore(database)),
        *(GuiatelStore(database), FijacomStore(database), MemorySystems().speak, CENTRE, lambda: NOW_US),
    )


@pytest.fixture(scope="module")
def filled() -> dict[type[Databases], str]:
    """The addresses of databases with the demo customers, one of each kind: filling them takes a second or two."""
    return {}


@pytest.fixture
def database_url(databases: Databases, filled: dict[type[Databases], str]) -> Iterator[str]:
    """The address of a fresh database with the demo customers."""
    kind = type(databases)
    if kind not in filled:
        filled[kind] = databases.migrated()
        asyncio.run(_fill(filled[kind]))
    yield from used(databases, databases.copied(filled[kind]))


async def _fill(url: str) -> None:
    original = Database(url)
    await demo.fill_backoffice(original, NOW_US)
    await original.close()


@pytest.fixture
async def systems(database: Database) -> AsyncIterator[Systems]:
    async with asyncio.timeout(60):
        yield systems_of(database)


@pytest.fixture
async def server(systems: Systems) -> AsyncIterator[AgiServer]:
    async with AgiServer("127.0.0.1", 0, self_services(systems), SECRET) as listening:
        yield listening


def callers() -> list[tuple[str, CustomerView]]:
    """The first demo customers, each with a number that is theirs alone."""
    every = generate(demo.SEED, demo.CUSTOMERS, NOW_US)
    numbers = [number for customer in every for number in customer.telephones]
    alone = [(n, each) for each in every[:CALLERS] for n in each.telephones[:1] if numbers.count(n) == 1]
    assert len(alone) > CALLERS // 2
    return alone


def outcome(heard: Heard) -> str:
    return heard.rows[-1][-1]


def says(heard: Heard, *sounds: str) -> bool:
    """Whether these were played one right after the other."""
    return any(tuple(heard.played[at : at + len(sounds)]) == sounds for at in range(len(heard.played)))


def prompts(*names: str) -> Sounds:
    return tuple(f"troncal/{name}" for name in names)


async def test_what_is_owed_is_what_the_statement_says(server: AgiServer, systems: Systems) -> None:
    seen = set[str]()
    for number, customer in callers():
        heard = await call(server.port, "amount_owed", Caller(number=number))
        statement = await systems.statements.statement(customer.contracts[0].number)
        assert statement is not None
        assert outcome(heard) == ("told" if statement.owed > 0 else "nothing")
        seen.add(outcome(heard))
        if statement.owed > 0:
            assert says(heard, *prompts("deuda-debe"), *bolivianos(statement.owed))
    assert seen == {"told", "nothing"}


async def test_the_day_that_is_said_is_the_one_on_which_the_prepaid_expires(
    server: AgiServer, systems: Systems
) -> None:
    said = 0
    for number, customer in callers():
        heard = await call(server.port, "prepaid_expiry", Caller(number=number))
        expiries = await systems.expiries.expiries(customer.contracts[0].number)
        assert outcome(heard) == ("told" if expiries else "nothing")
        for each in expiries[:3]:
            said += 1
            assert says(heard, *day(each.expires_on, year=each.expires_on.year != systems.today().year))
    assert said


async def test_every_order_of_the_first_customers_can_be_said(server: AgiServer, systems: Systems) -> None:
    seen = set[str]()
    for number, customer in callers():
        heard = await call(server.port, "order_state", Caller(number=number))
        orders = await systems.orders.orders(customer.contracts[0].number)
        assert (outcome(heard) == "nothing") == (not orders)
        seen |= {name for name in heard.sounds if re.match("orden|anulada", name)}
    assert len(seen) > 8


async def test_the_balance_is_that_of_the_callers_own_pocket(server: AgiServer, systems: Systems) -> None:
    said = 0
    for number, customer in callers():
        heard = await call(server.port, "fijacom_balance", Caller(number=number))
        theirs = [each for each in customer.products if each.kind is ProductKind.FIJACOM_4G]
        assert outcome(heard) == ("told" if theirs else "nothing")
        said += len(theirs)
        assert len([name for name in heard.sounds if name == "fijacom-saldo"]) == len(theirs)
    assert said


async def test_a_fault_that_is_reported_is_there_afterwards_and_its_number_was_said(
    server: AgiServer, systems: Systems
) -> None:
    seen = set[str]()
    for number, customer in callers():
        before = (await systems.faults.faults(customer.number))[0]
        heard = await call(server.port, "report_fault", Caller(("1", "1"), number=number))
        after = (await systems.faults.faults(customer.number))[0]
        seen.add(outcome(heard))
        if before.state is not ProductState.ACTIVE:
            assert (outcome(heard), after) == ("refused", before)
            continue
        assert after.fault is not None
        assert says(heard, *digits(str(after.fault.number)))
        repetitions = before.fault.repetitions + 1 if before.fault else 0
        assert after.fault.repetitions == repetitions
        assert outcome(heard) == ("reiterated" if before.fault else "registered")
    assert seen == {"registered", "reiterated", "refused"}


async def test_the_state_of_a_fault_is_the_one_that_is_kept(server: AgiServer, systems: Systems) -> None:
    seen = set[str]()
    for number, customer in callers():
        found = await systems.faults.faults(customer.number)
        heard = await call(server.port, "fault_state", Caller(number=number))
        open_ones = {each.fault.state for each in found if each.fault and each.state is ProductState.ACTIVE}
        wrong = open_ones or any(each.state is not ProductState.ACTIVE for each in found)
        unsolved = FaultState.ATTENDED_UNSOLVED in open_ones
        assert outcome(heard) == ("person" if unsolved else "told" if wrong else "nothing")
        seen.add(outcome(heard))
    assert {"told", "nothing"} <= seen


async def test_an_unknown_number_with_contract_and_card_hears_what_is_theirs(
    server: AgiServer, systems: Systems
) -> None:
    customer = next(c for _, c in callers() if c.identity_card and c.identity_card.number.isdigit())
    assert customer.identity_card is not None
    presses = (f"{customer.contracts[0].number}#", f"{customer.identity_card.number}#")
    heard = await call(server.port, "amount_owed", Caller(presses, number="76519999"))
    assert heard.variables["TRONCAL_CUSTOMER"] == str(customer.number)
    assert outcome(heard) in {"told", "nothing"}


async def test_a_number_that_customers_share_identifies_nobody(server: AgiServer) -> None:
    every = generate(demo.SEED, demo.CUSTOMERS, NOW_US)
    numbers = [number for customer in every for number in customer.telephones]
    shared = next(number for number in numbers if numbers.count(number) > 1)
    heard = await call(server.port, "amount_owed", Caller(("0",), number=shared))
    assert (heard.sounds[0], outcome(heard)) == ("identificar-inicio", "not_identified")


async def test_every_listed_name_of_the_demo_is_found_and_none_in_reserve(server: AgiServer) -> None:
    known = services(demo.SEED, generate(demo.SEED, demo.CUSTOMERS, NOW_US), NOW_US).entries
    hidden = {entry.number for entry in known if entry.reserved}
    assert len(hidden) > 5
    for entry in [each for each in known if each.reserved] + [each for each in known if not each.reserved][:40]:
        heard = await call(server.port, "directory", Caller((f"{keys_of(entry.name)[:20]}#", keys_of(entry.name)[20:])))
        said = "".join(name.removeprefix("digits/") for name in heard.played if name.startswith("digits/"))
        assert not [number for number in hidden if number in said]
        alike = [e for e in known if keys_of(e.name).startswith(keys_of(entry.name)) and e.number not in hidden]
        if entry.number not in hidden and len(alike) <= LISTINGS_AT_MOST:
            assert says(heard, *telephone(entry.number))


@pytest.mark.parametrize("service", sorted(SERVICES))
async def test_a_database_that_is_away_leads_to_a_person(service: str, tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path / 'none.sqlite'}")
    async with asyncio.timeout(10), AgiServer("127.0.0.1", 0, self_services(systems_of(away)), SECRET) as listening:
        heard = await call(listening.port, service, Caller(("768",)))
    await away.close()
    assert (outcome(heard), heard.variables["TRONCAL_RESULT"]) == ("unavailable", "person")
    assert heard.sounds[-1] == "servicio-no-disponible"
