"""Whose a payment is, and that it counts once however many lists have it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# The customer, and what makes two payments of theirs equal.
_What = tuple[int, date, Decimal, str]


@dataclass(frozen=True, slots=True)
class LoadedPayment:
    """A payment as one load of a list has it; it names the customer, the contract or both."""

    load_id: int
    customer_code: str
    contract: str
    paid_on: date
    amount: Decimal
    service: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Payment:
    """A payment of a customer of the campaign."""

    paid_on: date
    amount: Decimal


class Owners:
    """Whose a payment is: the customer's whose code it has; where the code is none of the campaign's, the contract's.

    A code or a contract that two customers share, which is a fault of their list, is the elder one's.
    """

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._contracts: dict[str, int] = {}

    def add(self, customer_id: int, code: str, contracts: Iterable[str]) -> None:
        """A customer of the campaign; empty texts name nobody."""
        named = [(self._codes, code), *((self._contracts, contract) for contract in contracts)]
        for owners, name in named:
            if name:
                owners[name] = min(customer_id, owners.get(name, customer_id))

    def of(self, payment: LoadedPayment) -> int | None:
        """None: of nobody in the campaign."""
        return self._codes.get(payment.customer_code, self._contracts.get(payment.contract))


@dataclass(frozen=True, slots=True)
class PaymentsRead:
    """The payments of each customer who made any; `until`: the last day that any payment of the lists has."""

    of_customer: Mapping[int, tuple[Payment, ...]]
    until: date | None = None


def each_once(payments: Iterable[LoadedPayment], owners: Owners) -> PaymentsRead:
    """The payments of the campaign's customers. Loads overlap: of equal ones (customer, day, amount and service) there
    are as many as the load has that has most of them, not as many as all have.
    """
    counts: Counter[tuple[_What, int]] = Counter()
    until: date | None = None
    for each in payments:
        until = each.paid_on if until is None else max(until, each.paid_on)
        owner = owners.of(each)
        if owner is not None:
            counts[(owner, each.paid_on, each.amount, each.service), each.load_id] += 1
    most: dict[_What, int] = {}
    for (what, _), times in counts.items():
        most[what] = max(times, most.get(what, 0))
    return PaymentsRead(_by_customer(most), until)


def _by_customer(most: Mapping[_What, int]) -> dict[int, tuple[Payment, ...]]:
    found: dict[int, list[Payment]] = {}
    for (owner, paid_on, amount, _), times in most.items():
        found.setdefault(owner, []).extend([Payment(paid_on, amount)] * times)
    return {owner: tuple(sorted(each)) for owner, each in found.items()}
