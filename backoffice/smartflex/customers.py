"""Smartflex as the centre sees it: who a customer is, what they have, what they owe and what is broken.

`CustomerDirectory` is the seam: the built-in store (`backoffice.smartflex.customer_store`) and a connector to
the real system both keep its contract, which one suite of tests states.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from backoffice.identity_card import IdentityCard
from callcenter.numbers import Number

MOST_CUSTOMERS = 20
LAST_CONTACTS = 5
_CONTRACT = re.compile(r"[0-9A-Za-z-]{1,20}", re.ASCII)


def is_contract(text: str) -> bool:
    """Whether a text can be the number of a contract."""
    return _CONTRACT.fullmatch(text) is not None


class Segment(StrEnum):
    """The commercial segment: it decides the priority of work orders."""

    TOP_A = "top_a"
    TOP_B = "top_b"
    PYME = "pyme"
    INFLUENCER = "influencer"
    MASIVO = "masivo"


class ProductKind(StrEnum):
    """What a customer can have."""

    FIXED_TELEPHONY = "fixed_telephony"
    INTERNET = "internet"
    CABLE_TV = "cable_tv"
    MULTIMEDIA = "multimedia"
    MOBILE = "mobile"
    FIJACOM_4G = "fijacom_4g"


class ProductState(StrEnum):
    """Whether a product works for its owner."""

    ACTIVE = "active"
    SUSPENDED_FOR_DEBT = "suspended_for_debt"
    SUSPENDED_AT_REQUEST = "suspended_at_request"


class FaultState(StrEnum):
    """A fault as the call centre reads it. All but SOLVED are open."""

    REGISTERED = "registered"
    IN_REPAIR = "in_repair"
    ATTENDED_UNSOLVED = "attended_unsolved"
    SOLVED = "solved"


@dataclass(frozen=True, slots=True)
class Fault:
    """An open fault. `kind` is Smartflex's own Spanish text; instants in microseconds, UTC."""

    number: int
    kind: str
    state: FaultState
    opened_us: int
    repetitions: int

    @property
    def is_repeated(self) -> bool:
        """True when it was reported again while open, or after it was closed without a solution."""
        return self.repetitions > 0


@dataclass(frozen=True, slots=True)
class Product:
    """Something under a contract. `service_number` is empty for what has no telephone number."""

    number: int
    kind: ProductKind
    state: ProductState
    plan: str
    service_number: str = ""
    open_faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract and its products. `balance` is owed, in bolivianos; `due_on` is None when nothing is."""

    number: str
    signed_on: date
    balance: Decimal
    due_on: date | None
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class CustomerContact:
    """An earlier contact with the centre, in microseconds, UTC. `line` is the service called."""

    at_us: int
    line: str
    summary: str


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer with everything an agent needs when the call arrives.

    `telephones` are digits as `callcenter.numbers` writes them; `contacts` are the last five, newest first.
    """

    number: int
    name: str
    segment: Segment
    zone: str
    address: str
    identity_card: IdentityCard | None = None
    nit: str | None = None
    telephones: tuple[str, ...] = ()
    contracts: tuple[Contract, ...] = ()
    contacts: tuple[CustomerContact, ...] = ()

    @property
    def products(self) -> tuple[Product, ...]:
        """The products of every contract."""
        return tuple(product for contract in self.contracts for product in contract.products)

    @property
    def open_faults(self) -> tuple[Fault, ...]:
        """The open faults of every product."""
        return tuple(fault for product in self.products for fault in product.open_faults)

    @property
    def balance(self) -> Decimal:
        """What is owed under all contracts, in bolivianos."""
        return sum((contract.balance for contract in self.contracts), Decimal("0.00"))

    @property
    def due_on(self) -> date | None:
        """When the oldest unpaid bill was or is due; None when nothing is owed."""
        return min((contract.due_on for contract in self.contracts if contract.due_on), default=None)


class CustomerDirectory(Protocol):
    """Customers by what a caller can say. Every method raises SystemUnavailable.

    Whoever is not found is an empty answer. One telephone or card may belong to several customers:
    they come by their number, the lowest first, 20 at most.
    """

    async def by_telephone(self, number: Number) -> tuple[CustomerView, ...]:
        """Those who are reached at, or have a service with, this number."""

    async def by_contract(self, number: str) -> tuple[CustomerView, ...]:
        """Whose contract it is: one customer or none."""

    async def by_document(self, document: IdentityCard) -> tuple[CustomerView, ...]:
        """Whose identity card it is, or whose NIT the number is. Parts left empty match any."""


SPANISH: dict[StrEnum, str] = {
    Segment.TOP_A: "TOP A",
    Segment.TOP_B: "TOP B",
    Segment.PYME: "PYME",
    Segment.INFLUENCER: "Influencer",
    Segment.MASIVO: "Masivo",
    ProductKind.FIXED_TELEPHONY: "Telefonía fija",
    ProductKind.INTERNET: "Internet",
    ProductKind.CABLE_TV: "Televisión por cable",
    ProductKind.MULTIMEDIA: "Multimedia",
    ProductKind.MOBILE: "Móvil",
    ProductKind.FIJACOM_4G: "Fijacom 4G",
    ProductState.ACTIVE: "Activo",
    ProductState.SUSPENDED_FOR_DEBT: "Suspendido por deuda",
    ProductState.SUSPENDED_AT_REQUEST: "Suspendido a solicitud",
    FaultState.REGISTERED: "Registrado",
    FaultState.IN_REPAIR: "En reparación",
    FaultState.ATTENDED_UNSOLVED: "Atendido sin solución",
    FaultState.SOLVED: "Solucionado",
}
