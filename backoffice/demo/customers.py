"""Invented customers to show and to test with: the same seed number gives the same customers, always.

The first of them go through every situation an agent meets; the others are spread as in life.
"""

from datetime import timedelta
from decimal import Decimal
from enum import Enum, auto
from random import Random

from backoffice.demo import words
from backoffice.identity_card import IdentityCard
from backoffice.smartflex.customers import (
    Contract,
    CustomerContact,
    CustomerView,
    Fault,
    FaultState,
    Product,
    ProductKind,
    ProductState,
    Segment,
)
from callcenter.instants import MICROSECONDS, as_datetime

FIRST_CUSTOMER = 100_001
_HOUR_US = 3600 * MICROSECONDS
_DAY_US = 24 * _HOUR_US


class Situation(Enum):
    """What the customer's call will be about."""

    NOTHING_SPECIAL = auto()
    OWES = auto()
    SUSPENDED_FOR_DEBT = auto()
    SUSPENDED_AT_REQUEST = auto()
    FAULT_REGISTERED = auto()
    FAULT_IN_REPAIR = auto()
    FAULT_REPEATED = auto()
    FAULT_UNSOLVED = auto()
    EVERYTHING = auto()
    MOBILE_ONLY = auto()
    SHARES_A_NUMBER = auto()


# Customers in a hundred.
_AS_IN_LIFE = {
    Situation.NOTHING_SPECIAL: 45,
    Situation.OWES: 18,
    Situation.SUSPENDED_FOR_DEBT: 6,
    Situation.SUSPENDED_AT_REQUEST: 2,
    Situation.FAULT_REGISTERED: 4,
    Situation.FAULT_IN_REPAIR: 4,
    Situation.FAULT_REPEATED: 3,
    Situation.FAULT_UNSOLVED: 2,
    Situation.EVERYTHING: 5,
    Situation.MOBILE_ONLY: 8,
    Situation.SHARES_A_NUMBER: 3,
}
_FAULT_STATES = {
    Situation.FAULT_REGISTERED: FaultState.REGISTERED,
    Situation.FAULT_IN_REPAIR: FaultState.IN_REPAIR,
    Situation.FAULT_REPEATED: FaultState.IN_REPAIR,
    Situation.FAULT_UNSOLVED: FaultState.ATTENDED_UNSOLVED,
    Situation.EVERYTHING: FaultState.REGISTERED,
}
_SEGMENTS = {
    Segment.MASIVO: 80,
    Segment.PYME: 10,
    Segment.TOP_B: 5,
    Segment.TOP_A: 3,
    Segment.INFLUENCER: 2,
}
_AT_HOME = (ProductKind.FIXED_TELEPHONY, ProductKind.INTERNET, ProductKind.CABLE_TV, ProductKind.MULTIMEDIA)


def generate(seed: int, count: int, now_us: int) -> tuple[CustomerView, ...]:
    """`count` customers as they would be at `now_us`. More of them leave the first ones as they are."""
    return tuple(_Maker(seed, index, now_us).customer() for index in range(count))


def situation_of(seed: int, index: int) -> Situation:
    """What is special about the customer at an index."""
    every = list(Situation)
    if index < len(every):
        return every[index]
    return Random(f"{seed}/{index}").choices(list(_AS_IN_LIFE), list(_AS_IN_LIFE.values()))[0]  # noqa: S311


class _Maker:
    """Makes one customer; what it draws depends on the seed and the index alone."""

    def __init__(self, seed: int, index: int, now_us: int) -> None:
        self._index, self._now_us = index, now_us
        self._situation = situation_of(seed, index)
        self._number = FIRST_CUSTOMER + index
        self._draw = Random(f"{seed}:{index}")  # noqa: S311 - invented customers, no secrets
        # Each index has its own digits, so no two customers get a number by accident.
        self._own_digits = (index * 7919 + seed) % 100_000

    def customer(self) -> CustomerView:
        segment = self._draw.choices(list(_SEGMENTS), list(_SEGMENTS.values()))[0]
        company = segment is Segment.PYME
        contract = self._contract()
        return CustomerView(
            number=self._number,
            name=self._company() if company else self._person(),
            segment=segment,
            zone=self._draw.choice(words.ZONES),
            address=f"Calle {self._draw.choice(words.STREETS)} N° {self._draw.randint(10, 1999)}",
            identity_card=None if company else self._card(),
            nit=str(10_000_000_000 + self._number) if company else None,
            telephones=self._telephones(contract),
            contracts=(contract,),
            contacts=self._contacts(),
        )

    def _person(self) -> str:
        first = self._draw.choice(words.FIRST_NAMES)
        return " ".join((first, *self._draw.sample(words.SURNAMES, 2)))

    def _company(self) -> str:
        return f"{self._draw.choice(words.TRADES)} {self._draw.choice(words.TRADE_NAMES)} S.R.L."

    def _card(self) -> IdentityCard:
        number = str(self._draw.randint(700_000, 14_999_999))
        complement = f"{self._draw.randint(1, 9)}{self._draw.choice('ABCDEFGH')}"
        has_complement = self._draw.random() < 0.1
        return IdentityCard(number, complement if has_complement else "", self._draw.choice(words.PLACES_OF_ISSUE))

    def _telephones(self, contract: Contract) -> tuple[str, ...]:
        numbers = {product.service_number for product in contract.products if product.service_number}
        numbers.add(self._mobile(self._own_digits))
        if self._situation is Situation.SHARES_A_NUMBER and self._index:
            neighbour = (self._own_digits - 7919) % 100_000
            numbers.add(self._mobile(neighbour))
        return tuple(sorted(numbers))

    def _mobile(self, digits: int) -> str:
        return f"707{digits:05}"

    def _contract(self) -> Contract:
        owed = self._owed()
        today = as_datetime(self._now_us).date()
        overdue_days = self._draw.randint(-20, 75)
        return Contract(
            number=f"{2_000_000 + self._index}",
            signed_on=today - timedelta(days=self._draw.randint(90, 7000)),
            balance=owed,
            due_on=today - timedelta(days=overdue_days) if owed else None,
            products=tuple(self._product(index, kind) for index, kind in enumerate(self._kinds())),
        )

    def _owed(self) -> Decimal:
        owing = (Situation.OWES, Situation.SUSPENDED_FOR_DEBT, Situation.EVERYTHING)
        centavos = self._draw.randint(4_500, 98_000) if self._situation in owing else 0
        return Decimal(centavos).scaleb(-2)

    def _kinds(self) -> tuple[ProductKind, ...]:
        if self._situation is Situation.MOBILE_ONLY:
            return (self._draw.choice((ProductKind.MOBILE, ProductKind.FIJACOM_4G)),)
        if self._situation is Situation.EVERYTHING:
            return tuple(ProductKind)
        return tuple(self._draw.sample(_AT_HOME, self._draw.randint(1, 3)))

    def _product(self, index: int, kind: ProductKind) -> Product:
        number = self._number * 10 + index
        return Product(
            number=number,
            kind=kind,
            state=self._state(),
            plan=self._draw.choice(words.PLANS[kind.value]),
            service_number=self._service_number(kind),
            open_faults=(self._fault(number, kind),) if self._is_broken(index) else (),
        )

    def _state(self) -> ProductState:
        match self._situation:
            case Situation.SUSPENDED_FOR_DEBT:
                return ProductState.SUSPENDED_FOR_DEBT
            case Situation.SUSPENDED_AT_REQUEST:
                return ProductState.SUSPENDED_AT_REQUEST
        return ProductState.ACTIVE

    def _service_number(self, kind: ProductKind) -> str:
        prefixes = {
            ProductKind.FIXED_TELEPHONY: "440",
            ProductKind.MULTIMEDIA: "441",
            ProductKind.MOBILE: "708",
            ProductKind.FIJACOM_4G: "709",
        }
        return f"{prefixes[kind]}{self._own_digits:05}" if kind in prefixes else ""

    def _is_broken(self, index: int) -> bool:
        return index == 0 and self._situation in _FAULT_STATES

    def _fault(self, product: int, kind: ProductKind) -> Fault:
        repeated = self._situation in (Situation.FAULT_REPEATED, Situation.FAULT_UNSOLVED)
        return Fault(
            number=product * 10 + 1,
            kind=self._draw.choice(words.FAULTS[kind.value]),
            state=_FAULT_STATES[self._situation],
            opened_us=self._now_us - self._draw.randint(1, 120) * _HOUR_US,
            repetitions=self._draw.randint(1, 4) if repeated else 0,
        )

    def _contacts(self) -> tuple[CustomerContact, ...]:
        days_ago = sorted(self._draw.sample(range(1, 200), self._draw.randint(0, 5)))
        return tuple(
            CustomerContact(self._now_us - days * _DAY_US, *self._draw.choice(words.CONTACTS)) for days in days_ago
        )
