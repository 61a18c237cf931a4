from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.demo import customers as demo
from backoffice.demo.customers import Situation
from backoffice.smartflex.customers import CustomerView, FaultState, ProductKind, ProductState, Segment
from callcenter.numbers import Number, normalise

NOW_US = 1_795_000_000_000_000


@pytest.fixture(scope="module")
def customers() -> tuple[CustomerView, ...]:
    return demo.generate(seed=7, count=2000, now_us=NOW_US)


@settings(max_examples=20)
@given(st.integers(0, 10**9), st.integers(0, 40))
def test_a_seed_gives_the_same_customers_however_many_are_asked_for(seed: int, count: int) -> None:
    assert demo.generate(seed, 40, NOW_US)[:count] == demo.generate(seed, count, NOW_US)


def test_another_seed_gives_other_customers() -> None:
    assert demo.generate(1, 5, NOW_US) != demo.generate(2, 5, NOW_US)


def test_the_first_customers_are_in_every_situation() -> None:
    count = len(Situation)
    assert {demo.situation_of(3, index) for index in range(count)} == set(Situation)


def test_every_state_kind_and_segment_occurs(customers: tuple[CustomerView, ...]) -> None:
    products = [product for customer in customers for product in customer.products]
    faults = [fault for customer in customers for fault in customer.open_faults]
    assert {product.kind for product in products} == set(ProductKind)
    assert {product.state for product in products} == set(ProductState)
    assert {fault.state for fault in faults} == set(FaultState) - {FaultState.SOLVED}
    assert {customer.segment for customer in customers} == set(Segment)
    assert any(fault.is_repeated for fault in faults)


def test_every_telephone_is_of_the_numbering_plan(customers: tuple[CustomerView, ...]) -> None:
    for digits in {number for customer in customers for number in customer.telephones}:
        found = normalise(digits)
        assert isinstance(found, Number)
        assert found.digits == digits


def test_a_number_is_shared_only_where_that_is_the_situation(customers: tuple[CustomerView, ...]) -> None:
    owners = Counter(number for customer in customers for number in customer.telephones)
    sharing = sum(demo.situation_of(7, index) is Situation.SHARES_A_NUMBER for index in range(2000))
    assert sum(owners.values()) - len(owners) == sharing
    assert max(owners.values()) == 2


def test_who_owes_has_a_due_date_and_who_does_not_has_none(customers: tuple[CustomerView, ...]) -> None:
    for customer in customers:
        assert (customer.balance > Decimal(0)) == (customer.due_on is not None)


def test_nothing_is_dated_after_the_present(customers: tuple[CustomerView, ...]) -> None:
    for customer in customers:
        assert all(contact.at_us < NOW_US for contact in customer.contacts)
        assert all(fault.opened_us < NOW_US for fault in customer.open_faults)
