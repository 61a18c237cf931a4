"""The contract of a customer directory. A new connector joins by a parameter of `filled`."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from backoffice.identity_card import IdentityCard
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import (
    Contract,
    CustomerContact,
    CustomerDirectory,
    CustomerView,
    Fault,
    FaultState,
    Product,
    ProductKind,
    ProductState,
    Segment,
)
from callcenter.database.transactions import Database
from callcenter.numbers import Number, NumberKind

Filled = Callable[..., Awaitable[CustomerDirectory]]

NOBODYS = Number("44009999", NumberKind.FIXED)
HOME = Number("44001111", NumberKind.FIXED)
FAULT = Fault(71, "Sin tono", FaultState.IN_REPAIR, 1_800_000_000_000_000, repetitions=2)
TELEPHONE = Product(
    *(11, ProductKind.FIXED_TELEPHONY, ProductState.ACTIVE, "Residencial", HOME.digits), open_faults=(FAULT,)
)
INTERNET = Product(12, ProductKind.INTERNET, ProductState.SUSPENDED_FOR_DEBT, "Hogar 50 Mbps")
OLD = Contract("2000001", date(2015, 3, 1), Decimal("1234.50"), date(2026, 10, 25), (TELEPHONE, INTERNET))
NEW = Contract("2000002", date(2026, 1, 9), Decimal("0.00"), None, ())
CONTACTS = tuple(CustomerContact(at_us, "102", f"Consulta {at_us}") for at_us in (50, 40, 30, 20, 10))
ANA = CustomerView(
    number=1,
    name="Ana Quispe Ñuñez",
    segment=Segment.TOP_A,
    zone="Cala Cala",
    address="Calle Los Pinos N° 7",
    identity_card=IdentityCard("1234567", "1A", "CB"),
    telephones=(HOME.digits, "70700001"),
    contracts=(OLD, NEW),
    contacts=CONTACTS,
)
FIRM = CustomerView(2, "Taller El Ceibo S.R.L.", Segment.PYME, "Sarco", "Calle 1", nit="1023456789")


@pytest.fixture(params=["store"])
def filled(request: pytest.FixtureRequest, database: Database) -> Filled:
    """Makes a directory, of each kind there is, that knows the customers given."""

    async def store(*customers: CustomerView) -> CustomerDirectory:
        made = SmartflexStore(database)
        await made.save(customers)
        return made

    return {"store": store}[request.param]


async def test_a_customer_is_found_whole_by_the_number_of_a_service(filled: Filled) -> None:
    directory = await filled(ANA, FIRM)
    assert await directory.by_telephone(HOME) == (ANA,)


async def test_a_customer_is_found_by_a_number_of_reference(filled: Filled) -> None:
    directory = await filled(ANA)
    assert await directory.by_telephone(Number("70700001", NumberKind.MOBILE)) == (ANA,)


async def test_everybody_on_a_shared_number_is_found_by_customer_number(filled: Filled) -> None:
    firm = replace(FIRM, telephones=(HOME.digits,))
    directory = await filled(firm, ANA)
    assert await directory.by_telephone(HOME) == (ANA, firm)


async def test_an_unknown_caller_is_an_empty_answer(filled: Filled) -> None:
    directory = await filled(ANA)
    assert await directory.by_telephone(NOBODYS) == ()
    assert await directory.by_contract("999") == ()
    assert await directory.by_document(IdentityCard("999")) == ()


async def test_a_contract_leads_to_its_customer_with_all_contracts(filled: Filled) -> None:
    directory = await filled(ANA, FIRM)
    assert await directory.by_contract("2000002") == (ANA,)


@pytest.mark.parametrize("card", [("1234567",), ("1234567", "1A"), ("1234567", "", "CB")])
async def test_parts_of_a_card_that_are_not_said_match_any(filled: Filled, card: tuple[str, ...]) -> None:
    directory = await filled(ANA)
    assert await directory.by_document(IdentityCard(*card)) == (ANA,)


async def test_a_complement_tells_apart_cards_with_one_number(filled: Filled) -> None:
    other = replace(FIRM, identity_card=IdentityCard("1234567", "2B", "LP"))
    directory = await filled(ANA, other)
    assert await directory.by_document(IdentityCard("1234567")) == (ANA, other)
    assert await directory.by_document(IdentityCard("1234567", "2B")) == (other,)


async def test_a_firm_is_found_by_its_nit(filled: Filled) -> None:
    directory = await filled(ANA, FIRM)
    assert await directory.by_document(IdentityCard("1023456789")) == (FIRM,)


async def test_a_fault_that_was_solved_is_not_shown(filled: Filled) -> None:
    solved = replace(TELEPHONE, open_faults=(FAULT, replace(FAULT, number=72, state=FaultState.SOLVED)))
    directory = await filled(replace(ANA, contracts=(replace(OLD, products=(solved, INTERNET)), NEW)))
    assert await directory.by_contract("2000001") == (ANA,)


async def test_only_the_last_five_contacts_are_shown(filled: Filled) -> None:
    older = (CustomerContact(5, "101", "Muy antiguo"), CustomerContact(4, "101", "Más antiguo"))
    directory = await filled(replace(ANA, contacts=CONTACTS + older), FIRM)
    assert await directory.by_telephone(HOME) == (ANA,)


async def test_no_more_than_twenty_customers_answer_to_a_number(filled: Filled) -> None:
    crowd = [replace(FIRM, number=number, telephones=(HOME.digits,)) for number in range(1, 31)]
    directory = await filled(*crowd)
    assert [found.number for found in await directory.by_telephone(HOME)] == list(range(1, 21))


async def test_text_that_is_no_number_finds_nobody_and_breaks_nothing(filled: Filled) -> None:
    directory = await filled(ANA)
    for text in ("", "' OR 1=1 --", "2000001\n", "Ñ" * 1000, "%", "\x00", "\ud800"):
        assert await directory.by_contract(text) == ()
