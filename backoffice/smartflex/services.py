"""Smartflex as a caller asks it: what a contract owes, faults, work orders and the end of what was paid in advance.

Each Protocol is a seam: the built-in store (`backoffice.smartflex.service_store`) and a connector to the real system
keep its contract, which one suite of tests states. Every method raises SystemUnavailable. How long to wait for an
answer is the caller's business.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from backoffice.smartflex.customers import Fault, ProductKind, ProductState

LONGEST_FAULT_KIND, LONGEST_CALL = 40, 150
MOST_ORDERS = 20
# GC-PRC-OPE-ASE-02, C 5: an installation or a transfer is promised within 1 to 10 days.
MOST_ORDER_DAYS = 10
# What a caller without an agent can say of a fault: that it does not work.
OUT_OF_SERVICE = "Sin servicio"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a contract owes (GC-PRC-OPE-ASE-02, B 4-5), in bolivianos; negative is in the customer's favour.

    `due_on` is of the oldest unpaid bill, None when nothing is owed. `unpaid_bills` is 0 also where
    the system has the sum but not the bills.
    """

    contract: str
    owed: Decimal
    due_on: date | None
    unpaid_bills: int


class Statements(Protocol):
    """What is owed."""

    async def statement(self, contract: str) -> Statement | None:
        """Of a contract; None when there is no such contract."""


@dataclass(frozen=True, slots=True)
class ProductFault:
    """A product and its open fault. Of several open ones it is the last to be opened."""

    product: int
    kind: ProductKind
    state: ProductState
    service_number: str
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class FaultReceipt:
    """What is said to a caller of a fault that was registered (no repetitions) or reiterated (one or more)."""

    number: int
    product: int
    repetitions: int


class FaultRefused(Exception):
    """A fault is not taken; nothing was written. `product` is None where there is none."""

    def __init__(self, product: int | None, why: str) -> None:
        super().__init__(why)
        self.product = product


class FaultAlreadyOpen(FaultRefused):
    """The product has an open fault, which can be reiterated: `fault` (A 5-6 and 8)."""

    def __init__(self, product: int, fault: Fault) -> None:
        super().__init__(product, f"product {product} has the open fault {fault.number}")
        self.fault = fault


class ProductSuspended(FaultRefused):
    """Cut off for debt or at the customer's request, which is no fault: `state` says which (A 10)."""

    def __init__(self, product: int, state: ProductState) -> None:
        super().__init__(product, f"product {product} is {state.value}")
        self.state = state


class NotOpen(FaultRefused):
    """The fault was solved: what is wrong now is another one."""

    def __init__(self, product: int, fault: int) -> None:
        super().__init__(product, f"fault {fault} of product {product} was solved")
        self.fault = fault


class UnknownProduct(FaultRefused):
    """There is no such product."""

    def __init__(self, product: int) -> None:
        super().__init__(None, f"there is no product {product}")


class UnknownFault(FaultRefused):
    """There is no such fault."""

    def __init__(self, fault: int) -> None:
        super().__init__(None, f"there is no fault {fault}")


class Faults(Protocol):
    """Damages to products ("daños a producto"), as the line 101 attends them: GC-PRC-OPE-ASE-02, A 4-11.

    A call reports a product once: asking again under the same `call` (its unique identity) returns the
    receipt of the first time and changes nothing. Instants are microseconds, UTC.
    """

    async def faults(self, customer: int) -> tuple[ProductFault, ...]:
        """Every product of a customer by its number; empty for an unknown customer."""

    async def register(self, product: int, kind: str, *, call: str, at_us: int) -> FaultReceipt:
        """Register a new fault (A 7). `kind` is Smartflex's Spanish text.

        Raises ProductSuspended, FaultAlreadyOpen, UnknownProduct; ValueError for a kind that is not 1 to 40
        printable characters, or a call that is not 1 to 150.
        """

    async def reiterate(self, fault: int, *, call: str, at_us: int) -> FaultReceipt:
        """Report the same fault once more with the same cause: open, or attended without solution (A 8, 11).

        Raises NotOpen, ProductSuspended, UnknownFault; ValueError for a call as above.
        """


class OrderKind(StrEnum):
    """What a work order of the line 103 is for."""

    INSTALLATION = "installation"
    TRANSFER = "transfer"


class OrderState(StrEnum):
    """The states of a work order (GC-PRC-OPE-ASE-02, definitions)."""

    REGISTERED = "registered"
    ASSIGNED = "assigned"
    ANNULLED = "annulled"
    EXECUTED = "executed"
    CLOSED = "closed"


class AnnulmentCause(StrEnum):
    """Why an order was annulled (C 9.1)."""

    TECHNICAL_DATA = "technical_data"
    SUBSCRIBER_ABSENT = "subscriber_absent"
    WRONG_ADDRESS = "wrong_address"

    @property
    def is_the_customers(self) -> bool:
        """Another visit can be agreed on (C 12). Else there is no technical capacity: it is not feasible (C 11)."""
        return self is not AnnulmentCause.TECHNICAL_DATA


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """An order of installation or transfer. `cause` only of an annulled one; `registered_us` in microseconds, UTC.

    `working` is whether a closed order left a working service.
    """

    number: int
    contract: str
    kind: OrderKind
    product: ProductKind
    state: OrderState
    registered_us: int
    cause: AnnulmentCause | None = None
    working: bool = False

    @property
    def is_closed_without_service(self) -> bool:
        """Needs attention before others (C 7)."""
        return self.state is OrderState.CLOSED and not self.working


class WorkOrders(Protocol):
    """Work orders as the line 103 reads them (GC-PRC-OPE-ASE-02, C 4-13)."""

    async def orders(self, contract: str) -> tuple[WorkOrder, ...]:
        """Of a contract, the newest first, 20 at most; empty where there is none or no such contract."""


@dataclass(frozen=True, slots=True)
class Prepaid:
    """A product that was paid in advance, and the last day that it was paid for."""

    product: int
    kind: ProductKind
    expires_on: date


class PrepaidExpiries(Protocol):
    """The report of prepaid customers, CCVP (GC-PRC-OPE-ASE-02, K 1-2)."""

    async def expiries(self, contract: str) -> tuple[Prepaid, ...]:
        """Of a contract, the first to expire first; what expired is there until it is paid again."""


SPANISH: dict[StrEnum, str] = {
    OrderKind.INSTALLATION: "Instalación",
    OrderKind.TRANSFER: "Traslado",
    OrderState.REGISTERED: "Registrada",
    OrderState.ASSIGNED: "Asignada",
    OrderState.ANNULLED: "Anulada",
    OrderState.EXECUTED: "Ejecutada",
    OrderState.CLOSED: "Cerrada",
    AnnulmentCause.TECHNICAL_DATA: "Falta de capacidad técnica",
    AnnulmentCause.SUBSCRIBER_ABSENT: "Abonado ausente",
    AnnulmentCause.WRONG_ADDRESS: "Dirección errónea",
}
