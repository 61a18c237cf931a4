"""Whose a payment is, and that it counts once, in however many lists it stands."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reports.campaign.payments import LoadedPayment, Owners, Payment, each_once

DAY = date(2026, 11, 28)
PAID = LoadedPayment(1, "C1", "", DAY, Decimal("150.00"), "internet")


def owners() -> Owners:
    """Customers 1 to 3, each with a code and two contracts."""
    made = Owners()
    for number in (1, 2, 3):
        made.add(number, f"C{number}", (f"K{number}", f"L{number}"))
    return made


def amounts(*payments: LoadedPayment) -> dict[int, list[Payment]]:
    return {owner: list(each) for owner, each in each_once(payments, owners()).of_customer.items()}


def test_a_payment_is_the_customers_whose_code_it_has_and_else_the_contracts() -> None:
    found = owners()
    assert found.of(PAID) == 1
    assert found.of(replace(PAID, contract="K2")) == 1
    assert found.of(replace(PAID, customer_code="", contract="L2")) == 2
    assert found.of(replace(PAID, customer_code="X9", contract="K3")) == 3
    assert found.of(replace(PAID, customer_code="X9")) is None
    assert found.of(replace(PAID, customer_code="")) is None


def test_customers_without_a_code_and_services_without_a_contract_own_nothing() -> None:
    made = Owners()
    made.add(1, "", ("",))
    assert made.of(replace(PAID, customer_code="")) is None


def test_what_two_customers_share_is_the_elder_ones_in_whichever_order_they_come() -> None:
    for numbers in ((5, 2), (2, 5)):
        made = Owners()
        for number in numbers:
            made.add(number, "C1", ())
        assert made.of(PAID) == 2


def test_equal_payments_count_as_often_as_the_load_that_has_most_of_them() -> None:
    twice_in_one = [PAID, PAID, replace(PAID, load_id=2)]
    assert amounts(*twice_in_one) == {1: [Payment(DAY, Decimal("150.00"))] * 2}


def test_payments_that_differ_in_day_amount_or_service_are_others() -> None:
    others = (
        replace(PAID, paid_on=date(2026, 11, 29)),
        replace(PAID, amount=Decimal("75.00")),
        replace(PAID, service="cable_tv"),
    )
    assert len(amounts(PAID, *others)[1]) == 4


def test_one_load_may_name_the_customer_and_another_the_contract() -> None:
    assert amounts(PAID, replace(PAID, load_id=2, customer_code="", contract="K1")) == {1: [Payment(DAY, PAID.amount)]}


def test_the_last_day_is_that_of_anybodys_payment() -> None:
    strange = replace(PAID, customer_code="X9", paid_on=date(2026, 12, 9))
    read = each_once([strange, PAID], owners())
    assert (read.until, set(read.of_customer)) == (date(2026, 12, 9), {1})
    assert each_once([], owners()).until is None


LOADED = st.builds(
    LoadedPayment,
    st.just(1),
    st.sampled_from(["C1", "C2", "", "X9"]),
    st.sampled_from(["", "K1", "K3"]),
    st.dates(date(2026, 11, 25), date(2026, 11, 27)),
    st.sampled_from([Decimal("10.00"), Decimal("150.00")]),
    st.sampled_from(["", "internet"]),
)


@given(st.lists(LOADED, max_size=20), st.data())
def test_a_list_that_is_loaded_again_whole_or_in_part_changes_nothing(
    loaded: list[LoadedPayment], data: st.DataObject
) -> None:
    once = each_once(loaded, owners())
    part = data.draw(st.lists(st.sampled_from(loaded), unique_by=id, max_size=len(loaded))) if loaded else []
    chosen = [each for each in loaded if any(each is one for one in part)]
    again = [replace(each, load_id=2) for each in loaded]
    assert each_once([*loaded, *again, *(replace(each, load_id=3) for each in chosen)], owners()) == once


@given(st.lists(LOADED, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(loaded: list[LoadedPayment], chance: random.Random) -> None:
    other = chance.sample(loaded, len(loaded))
    assert each_once(loaded, owners()) == each_once(other, owners())
