from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.demo import customers as demo
from backoffice.demo import services as demo_services
from backoffice.demo.services import ORDER_SITUATIONS, Services
from backoffice.guiatel.contract import keys_of
from backoffice.smartflex.customers import CustomerView, ProductKind
from backoffice.smartflex.services import AnnulmentCause, OrderState
from callcenter.instants import as_datetime
from callcenter.numbers import Number, normalise

NOW_US = 1_795_000_000_000_000
TODAY = as_datetime(NOW_US).date()


@pytest.fixture(scope="module")
def customers() -> tuple[CustomerView, ...]:
    return demo.generate(seed=7, count=400, now_us=NOW_US)


@pytest.fixture(scope="module")
def made(customers: tuple[CustomerView, ...]) -> Services:
    return demo_services.services(7, customers, NOW_US)


@settings(max_examples=10)
@given(st.integers(0, 10**9), st.integers(0, 40))
def test_more_customers_leave_what_is_known_of_the_first_as_it_is(seed: int, count: int) -> None:
    every = demo.generate(seed, 40, NOW_US)
    some, whole = (demo_services.services(seed, part, NOW_US) for part in (every[:count], every))
    assert whole.orders[: len(some.orders)] == some.orders
    assert whole.expiries[: len(some.expiries)] == some.expiries
    assert whole.pockets[: len(some.pockets)] == some.pockets
    assert whole.entries[: len(some.entries)] == some.entries


def test_the_first_customers_have_an_order_in_every_state(customers: tuple[CustomerView, ...]) -> None:
    orders = demo_services.services(7, customers[: len(ORDER_SITUATIONS)], NOW_US).orders
    assert {order.state for order in orders} == set(OrderState)
    assert {order.cause for order in orders} == {None, *AnnulmentCause}
    assert {order.working for order in orders if order.state is OrderState.CLOSED} == {True, False}


def test_a_cause_is_given_for_what_was_annulled_and_for_nothing_else(made: Services) -> None:
    for order in made.orders:
        assert (order.cause is not None) == (order.state is OrderState.ANNULLED)
        assert order.registered_us < NOW_US


def test_bills_sum_up_to_the_balance_and_begin_on_its_date(customers: tuple[CustomerView, ...], made: Services) -> None:
    owed: Counter[str] = Counter()
    for bill in made.bills:
        owed[bill.contract] += int(bill.amount * 100)
    balances = {contract.number: contract for customer in customers for contract in customer.contracts}
    assert {number: int(found.balance * 100) for number, found in balances.items() if found.balance} == owed
    first = {bill.contract: bill.due_on for bill in reversed(made.bills)}
    assert all(first[number] == balances[number].due_on for number in first)


def test_some_owe_one_bill_and_some_more(made: Services) -> None:
    counts = set(Counter(bill.contract for bill in made.bills).values())
    assert {1, 2} <= counts
    assert all(bill.amount > Decimal(0) for bill in made.bills)


def test_prepaid_are_internet_and_television_some_over_and_some_not(made: Services) -> None:
    assert {product.kind for product in made.expiries} == {ProductKind.INTERNET, ProductKind.CABLE_TV}
    assert [product.expires_on - TODAY for product in made.expiries[:3]] == [
        timedelta(days=days) for days in (3, 0, -2)
    ]


def test_every_fijacom_service_has_a_pocket_some_empty_and_some_over(
    customers: tuple[CustomerView, ...], made: Services
) -> None:
    services = [product for customer in customers for product in customer.products]
    fijacom = {product.service_number for product in services if product.kind is ProductKind.FIJACOM_4G}
    assert {pocket.service_number for pocket in made.pockets} == fijacom
    assert any(pocket.balance == 0 for pocket in made.pockets)
    assert any(pocket.valid_until < TODAY for pocket in made.pockets)


def test_the_directory_has_all_that_is_hard_to_find(made: Services) -> None:
    entries = made.entries
    surnames = Counter(entry.name.split()[0] for entry in entries)
    assert surnames["Soto"] > 1
    assert any(name != "Soto" and keys_of(name).startswith(keys_of("Soto")) for name in surnames)
    assert 0.03 < sum(entry.reserved for entry in entries) / len(entries) < 0.3
    assert len({(entry.name, entry.number) for entry in entries}) == len(entries)


def test_every_number_of_the_directory_is_of_the_numbering_plan(made: Services) -> None:
    for entry in made.entries:
        found = normalise(entry.number)
        assert isinstance(found, Number)
        assert found.digits == entry.number


def test_a_person_is_listed_with_the_surnames_first_and_a_firm_as_it_is_called(
    customers: tuple[CustomerView, ...], made: Services
) -> None:
    names = {entry.number: entry.name for entry in made.entries}
    listed = [customer for customer in customers if customer.telephones[0] in names]
    assert {customer.identity_card is None for customer in listed} == {True, False}
    for customer in listed:
        words, own = names[customer.telephones[0]].split(), customer.name.split()
        assert words == (own if customer.identity_card is None else [*own[1:], own[0]])
