"""What other systems know of the invented customers: bills, orders, prepaid expiries, pockets, the directory.

The same seed number and customers give the same, always. The first customers go through every situation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import TypeVar

from backoffice.demo import words
from backoffice.demo.customers import FIRST_CUSTOMER
from backoffice.fijacom.contract import Pocket
from backoffice.guiatel.contract import DirectoryEntry
from backoffice.smartflex.customers import Contract, CustomerView, Product, ProductKind, ProductState
from backoffice.smartflex.service_store import Bill
from backoffice.smartflex.services import AnnulmentCause, OrderKind, OrderState, Prepaid, WorkOrder
from callcenter.instants import MICROSECONDS, as_datetime

T = TypeVar("T")

FIRST_ORDER = 5_000_000
_DAY_US = 24 * 3600 * MICROSECONDS
_BILL_DAYS = 30
_IN_RESERVE, _WITH_AN_ORDER, _WITH_AN_OLDER_ORDER, _PREPAID = 0.12, 0.3, 0.2, 0.25
_PREPAID_KINDS = (ProductKind.INTERNET, ProductKind.CABLE_TV)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the stores are filled with."""

    bills: tuple[Bill, ...]
    orders: tuple[WorkOrder, ...]
    expiries: tuple[Prepaid, ...]
    pockets: tuple[Pocket, ...]
    entries: tuple[DirectoryEntry, ...]


@dataclass(frozen=True, slots=True)
class OrderSituation:
    """What has become of an order that was registered so many days ago."""

    state: OrderState
    cause: AnnulmentCause | None = None
    working: bool = False
    days_ago: tuple[int, int] = (10, 60)


ORDER_SITUATIONS = (
    OrderSituation(OrderState.REGISTERED, days_ago=(1, 5)),
    OrderSituation(OrderState.ASSIGNED, days_ago=(3, 9)),
    *(OrderSituation(OrderState.ANNULLED, cause) for cause in AnnulmentCause),
    OrderSituation(OrderState.EXECUTED, days_ago=(5, 10)),
    OrderSituation(OrderState.CLOSED, working=True),
    OrderSituation(OrderState.CLOSED, working=False),
)
# Days from today to the end of what is paid.
_EXPIRIES = (3, 0, -2, 20)
# Centavos in a pocket and the days it lasts.
_POCKETS = ((4_550, 12), (0, 5), (2_000, -3))


def services(seed: int, customers: Sequence[CustomerView], now_us: int) -> Services:
    """What is known of these customers at `now_us`. More of them leave the first ones as they are."""
    today = as_datetime(now_us).date()
    return Services(
        bills=tuple(bill for contract in _contracts(customers) for bill in bills_of(contract, today)),
        orders=tuple(order for customer in customers for order in _orders(seed, customer, now_us)),
        expiries=tuple(_expiries(seed, customers, today)),
        pockets=tuple(_pockets(seed, customers, today)),
        entries=(*_first_entries(), *_entries(seed, customers)),
    )


def bills_of(contract: Contract, today: date) -> Iterator[Bill]:
    """One for each month that the oldest is late, and one more; together they are the balance."""
    if contract.due_on is None:
        return
    bills = 1 + max(0, (today - contract.due_on).days) // _BILL_DAYS
    each, rest = divmod(int(contract.balance.scaleb(2)), bills)
    for index in range(bills):
        centavos = each + (rest if index == 0 else 0)
        due_on = contract.due_on + timedelta(days=index * _BILL_DAYS)
        yield Bill(contract.number, due_on, Decimal(centavos).scaleb(-2))


def _orders(seed: int, customer: CustomerView, now_us: int) -> Iterator[WorkOrder]:
    draw = _draw(seed, "orders", customer.number)
    index = customer.number - FIRST_CUSTOMER
    contract = customer.contracts[0]
    if index < len(ORDER_SITUATIONS):
        yield _order(draw, contract, FIRST_ORDER + index * 10, ORDER_SITUATIONS[index], now_us)
    elif draw.random() < _WITH_AN_ORDER:
        yield _order(draw, contract, FIRST_ORDER + index * 10, draw.choice(ORDER_SITUATIONS), now_us)
    if draw.random() < _WITH_AN_OLDER_ORDER:
        long_ago = OrderSituation(OrderState.CLOSED, working=True, days_ago=(90, 700))
        yield _order(draw, contract, FIRST_ORDER + index * 10 + 1, long_ago, now_us)


def _order(draw: Random, contract: Contract, number: int, situation: OrderSituation, now_us: int) -> WorkOrder:
    return WorkOrder(
        number=number,
        contract=contract.number,
        kind=draw.choice(list(OrderKind)),
        product=contract.products[0].kind,
        state=situation.state,
        registered_us=now_us - draw.randint(*situation.days_ago) * _DAY_US,
        cause=situation.cause,
        working=situation.working,
    )


def _expiries(seed: int, customers: Sequence[CustomerView], today: date) -> Iterator[Prepaid]:
    """Prepaid are Internet and cable television (GC-PRC-OPE-ASE-02, K 2); who pays in advance owes nothing."""
    numbers = count()
    for contract in _contracts(customers):
        for product in contract.products:
            prepaid = product.kind in _PREPAID_KINDS and product.state is ProductState.ACTIVE and not contract.balance
            if not prepaid:
                continue
            number, draw = next(numbers), _draw(seed, "prepaid", product.number)
            if number < len(_EXPIRIES) or draw.random() < _PREPAID:
                days = _in_turn(_EXPIRIES, number, draw)
                yield Prepaid(product.number, product.kind, today + timedelta(days=days))


def _pockets(seed: int, customers: Sequence[CustomerView], today: date) -> Iterator[Pocket]:
    numbers = count()
    for product in _products(customers, ProductKind.FIJACOM_4G):
        centavos, days = _in_turn(_POCKETS, next(numbers), _draw(seed, "pocket", product.number))
        yield Pocket(product.service_number, Decimal(centavos).scaleb(-2), today + timedelta(days=days))


def _first_entries() -> Iterator[DirectoryEntry]:
    for number, (name, reserved) in enumerate(words.DIRECTORY, 1):
        yield DirectoryEntry(name, f"443{number:05}", reserved)


def _entries(seed: int, customers: Sequence[CustomerView]) -> Iterator[DirectoryEntry]:
    for customer in customers:
        for product in _products([customer], ProductKind.FIXED_TELEPHONY):
            reserved = _draw(seed, "directory", product.number).random() < _IN_RESERVE
            yield DirectoryEntry(_surnames_first(customer), product.service_number, reserved)


def _surnames_first(customer: CustomerView) -> str:
    if customer.identity_card is None:
        return customer.name  # a firm's name has no surnames
    first, _, surnames = customer.name.partition(" ")
    return f"{surnames} {first}"


def _in_turn(situations: Sequence[T], number: int, draw: Random) -> T:
    return situations[number] if number < len(situations) else draw.choice(situations)


def _draw(seed: int, what: str, number: int) -> Random:
    return Random(f"{seed}/{what}/{number}")  # noqa: S311 - invented, no secrets


def _contracts(customers: Sequence[CustomerView]) -> Iterator[Contract]:
    return (contract for customer in customers for contract in customer.contracts)


def _products(customers: Sequence[CustomerView], kind: ProductKind) -> Iterator[Product]:
    return (product for customer in customers for product in customer.products if product.kind is kind)
