"""The systems that the self-services ask, in memory: what they know is given, and they can be slow or away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from backoffice.fijacom.contract import Pocket
from backoffice.guiatel.contract import DirectoryEntry, Listing, are_keys, keys_of
from backoffice.identity_card import IdentityCard
from backoffice.smartflex.customers import (
    Contract,
    CustomerView,
    Fault,
    FaultState,
    Product,
    ProductKind,
    ProductState,
    Segment,
)
from backoffice.smartflex.services import (
    FaultAlreadyOpen,
    FaultReceipt,
    NotOpen,
    Prepaid,
    ProductFault,
    ProductSuspended,
    Statement,
    UnknownProduct,
    WorkOrder,
)
from backoffice.systems import SystemUnavailable
from callcenter.centre.file import load
from callcenter.instants import as_us
from callcenter.numbers import Number
from callcenter.settings import PROJECT
from ivr.selfservice.registry import Systems

CENTRE = load(PROJECT / "centre.yaml")
NOW = datetime(2026, 10, 5, 10, 0, tzinfo=ZoneInfo("America/La_Paz"))
NOW_US, TODAY = as_us(NOW), NOW.date()
HOUR_US = 3_600_000_000
CALLER, CONTRACT, CARD = "70700001", "2000001", "1234567"


def product(
    number: int = 1,
    kind: ProductKind = ProductKind.INTERNET,
    state: ProductState = ProductState.ACTIVE,
    *faults: Fault,
    service_number: str = "",
) -> Product:
    return Product(number, kind, state, "Hogar", service_number, faults)


def fault(
    state: FaultState = FaultState.REGISTERED, *, hours: int = 5, repetitions: int = 0, number: int = 77
) -> Fault:
    return Fault(number, "Sin navegación", state, NOW_US - hours * HOUR_US, repetitions)


def customer(
    *products: Product, number: int = 100_001, contract: str = CONTRACT, also: Sequence[str] = ()
) -> CustomerView:
    numbers = (contract, *also)
    contracts = [Contract(each, date(2020, 1, 1), Decimal(0), None, ()) for each in numbers]
    contracts[0] = replace(contracts[0], products=products)
    card = IdentityCard(CARD)
    return CustomerView(
        number, "X", Segment.MASIVO, "Sarco", "Calle", card, "1020304050", (CALLER,), contracts=tuple(contracts)
    )


@dataclass
class MemorySystems:
    """Every system in one. `away`: asking raises; `slow`: it never answers."""

    customers: list[CustomerView] = field(default_factory=list)
    owed: dict[str, Statement] = field(default_factory=dict)
    work: list[WorkOrder] = field(default_factory=list)
    paid: dict[str, tuple[Prepaid, ...]] = field(default_factory=dict)
    pockets: dict[str, Pocket] = field(default_factory=dict)
    entries: list[DirectoryEntry] = field(default_factory=list)
    reports: list[tuple[str, int]] = field(default_factory=list)
    away: bool = False
    slow: bool = False

    def systems(self) -> Systems:
        return Systems(self, self, self, self, self, self, self, self.speak, CENTRE, lambda: NOW_US)

    async def by_telephone(self, number: Number) -> tuple[CustomerView, ...]:
        return tuple(each for each in self.customers if number.digits in each.telephones)

    async def by_contract(self, number: str) -> tuple[CustomerView, ...]:
        return tuple(each for each in self.customers if number in {contract.number for contract in each.contracts})

    async def by_document(self, document: IdentityCard) -> tuple[CustomerView, ...]:
        return tuple(each for each in self.customers if each.identity_card == document)

    async def statement(self, contract: str) -> Statement | None:
        await self._asked()
        return self.owed.get(contract)

    async def orders(self, contract: str) -> tuple[WorkOrder, ...]:
        await self._asked()
        return tuple(each for each in self.work if each.contract == contract)

    async def expiries(self, contract: str) -> tuple[Prepaid, ...]:
        await self._asked()
        return self.paid.get(contract, ())

    async def pocket(self, service_number: Number) -> Pocket | None:
        await self._asked()
        return self.pockets.get(service_number.digits)

    async def by_keys(self, keys: str, limit: int) -> tuple[Listing, ...]:
        await self._asked()
        hidden = {entry.number for entry in self.entries if entry.reserved}
        named = [entry for entry in self.entries if are_keys(keys) and keys_of(entry.name).startswith(keys)]
        return tuple(entry.listing for entry in named if entry.listing and entry.number not in hidden)[:limit]

    async def faults(self, customer: int) -> tuple[ProductFault, ...]:
        await self._asked()
        found = [product for each in self.customers if each.number == customer for product in each.products]
        return tuple(_product_fault(each) for each in found)

    async def register(self, product: int, kind: str, *, call: str, at_us: int) -> FaultReceipt:
        known = {each.number: each for one in self.customers for each in one.products}
        if product not in known:
            raise UnknownProduct(product)
        if known[product].state is not ProductState.ACTIVE:
            raise ProductSuspended(product, known[product].state)
        if known[product].open_faults:
            raise FaultAlreadyOpen(product, known[product].open_faults[-1])
        self.reports.append((call, product))
        return FaultReceipt(501, product, 0)

    async def reiterate(self, fault: int, *, call: str, at_us: int) -> FaultReceipt:
        found = [(each, own) for one in self.customers for each in one.products for own in each.open_faults]
        for each, own in found:
            if own.number == fault and own.state is FaultState.SOLVED:
                raise NotOpen(each.number, fault)
            if own.number == fault:
                self.reports.append((call, each.number))
                return FaultReceipt(fault, each.number, own.repetitions + 1)
        raise UnknownProduct(fault)

    async def speak(self, text: str) -> str:
        return f"troncal/said/{keys_of(text)}"

    async def _asked(self) -> None:
        if self.away:
            raise SystemUnavailable("Smartflex")
        if self.slow:
            await asyncio.get_running_loop().create_future()


def _product_fault(each: Product) -> ProductFault:
    last = each.open_faults[-1] if each.open_faults else None
    return ProductFault(each.number, each.kind, each.state, each.service_number, last)
