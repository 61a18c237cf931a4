"""The contract of statements, orders and prepaid expiries. A new connector joins by a parameter of `filled`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Protocol

import pytest

from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import Contract, CustomerView, Product, ProductKind, ProductState, Segment
from backoffice.smartflex.service_store import Bill, SmartflexServicesStore
from backoffice.smartflex.services import (
    AnnulmentCause,
    OrderKind,
    OrderState,
    Prepaid,
    PrepaidExpiries,
    Statement,
    Statements,
    WorkOrder,
    WorkOrders,
)
from callcenter.database.transactions import Database


class Services(Statements, WorkOrders, PrepaidExpiries, Protocol):
    """All that a contract is asked about."""


class Filled(Protocol):
    """Makes services that know these of the two contracts."""

    def __call__(
        self, bills: Sequence[Bill] = (), orders: Sequence[WorkOrder] = (), expiries: Sequence[Prepaid] = ()
    ) -> Awaitable[Services]: ...


INTERNET = Product(12, ProductKind.INTERNET, ProductState.ACTIVE, "Hogar 50 Mbps")
TV = Product(13, ProductKind.CABLE_TV, ProductState.ACTIVE, "Básico")
OWING = Contract("2000001", date(2015, 3, 1), Decimal("1234.50"), date(2026, 10, 25), (INTERNET, TV))
PAID = Contract("2000002", date(2026, 1, 9), Decimal("0.00"), None, ())
CUSTOMER = CustomerView(1, "Ana Quispe", Segment.MASIVO, "Sarco", "Calle 1", contracts=(OWING, PAID))
ORDER = WorkOrder(5, "2000001", OrderKind.TRANSFER, ProductKind.INTERNET, OrderState.REGISTERED, 1_800_000_000_000_000)


@pytest.fixture(params=["store"])
def filled(request: pytest.FixtureRequest, database: Database) -> Filled:
    """Makes the services, of each kind there is."""

    async def store(
        bills: Sequence[Bill] = (), orders: Sequence[WorkOrder] = (), expiries: Sequence[Prepaid] = ()
    ) -> Services:
        await SmartflexStore(database).save([CUSTOMER])
        made = SmartflexServicesStore(database)
        await made.save(bills, orders, expiries)
        return made

    kinds: dict[str, Filled] = {"store": store}
    return kinds[request.param]


async def test_a_statement_says_what_is_owed_since_when_and_in_how_many_bills(filled: Filled) -> None:
    bills = [Bill("2000001", date(2026, month, 25), Decimal("617.25")) for month in (10, 11)]
    found = await (await filled(bills)).statement("2000001")
    assert found == Statement("2000001", Decimal("1234.50"), date(2026, 10, 25), unpaid_bills=2)


async def test_who_owes_nothing_has_a_statement_of_nothing(filled: Filled) -> None:
    assert await (await filled()).statement("2000002") == Statement("2000002", Decimal("0.00"), None, 0)


async def test_a_sum_without_bills_is_stated_all_the_same(filled: Filled) -> None:
    found = await (await filled()).statement("2000001")
    assert found == Statement("2000001", Decimal("1234.50"), date(2026, 10, 25), unpaid_bills=0)


@pytest.mark.parametrize("state", OrderState)
async def test_an_order_comes_back_in_each_state(filled: Filled, state: OrderState) -> None:
    order = replace(ORDER, state=state)
    assert await (await filled(orders=[order])).orders("2000001") == (order,)


@pytest.mark.parametrize("cause", AnnulmentCause)
async def test_an_annulled_order_says_why(filled: Filled, cause: AnnulmentCause) -> None:
    order = replace(ORDER, state=OrderState.ANNULLED, cause=cause)
    assert await (await filled(orders=[order])).orders("2000001") == (order,)


async def test_the_newest_order_comes_first_and_twenty_at_most(filled: Filled) -> None:
    orders = [replace(ORDER, number=number, registered_us=number * 10) for number in range(1, 31)]
    found = await (await filled(orders=orders)).orders("2000001")
    assert [order.number for order in found] == list(range(30, 10, -1))


def test_only_a_closed_order_can_be_closed_without_service() -> None:
    closed = replace(ORDER, state=OrderState.CLOSED)
    assert closed.is_closed_without_service
    assert not replace(closed, working=True).is_closed_without_service
    assert not ORDER.is_closed_without_service


def test_only_for_want_of_technical_capacity_no_other_visit_can_be_agreed_on() -> None:
    assert [cause for cause in AnnulmentCause if not cause.is_the_customers] == [AnnulmentCause.TECHNICAL_DATA]


async def test_what_expires_first_comes_first(filled: Filled) -> None:
    internet = Prepaid(12, ProductKind.INTERNET, date(2026, 11, 30))
    tv = Prepaid(13, ProductKind.CABLE_TV, date(2026, 11, 20))
    assert await (await filled(expiries=[internet, tv])).expiries("2000001") == (tv, internet)


async def test_a_contract_is_not_answered_with_what_is_another_s(filled: Filled) -> None:
    expiry = Prepaid(12, ProductKind.INTERNET, date(2026, 11, 30))
    services = await filled([Bill("2000001", date(2026, 10, 25), Decimal(1))], [ORDER], [expiry])
    assert await services.orders("2000002") == ()
    assert await services.expiries("2000002") == ()


@pytest.mark.parametrize("text", ["", "999", "' OR 1=1 --", "2000001\n", "Ñ" * 1000, "%", "\x00", "\ud800"])
async def test_what_is_no_contract_is_an_empty_answer(filled: Filled, text: str) -> None:
    services = await filled(orders=[ORDER])
    asked: tuple[Callable[[str], Awaitable[object]], ...] = (services.statement, services.orders, services.expiries)
    assert [await ask(text) for ask in asked] == [None, (), ()]
