"""The built-in faults: reads products and faults, registers and reiterates; the one writer of fault_reports.

Those who write take turns: SQLite lets one write at a time, and PostgreSQL is asked for a lock. So no two calls
open a fault of one product, no number is given twice, and a report that is sent again finds the first.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.smartflex.customer_tables import contracts, faults, products
from backoffice.smartflex.customers import Fault, FaultState, ProductKind, ProductState
from backoffice.smartflex.service_tables import fault_reports
from backoffice.smartflex.services import (
    LONGEST_CALL,
    LONGEST_FAULT_KIND,
    FaultAlreadyOpen,
    FaultReceipt,
    NotOpen,
    ProductFault,
    ProductSuspended,
    UnknownFault,
    UnknownProduct,
)
from backoffice.systems import kept_in_the_database
from callcenter.database.engines import Dialect
from callcenter.database.transactions import Database

# Any number of our own, the same in every process of ours.
_TURN = 2_022_101


class SmartflexFaultsStore:
    """`Faults` over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def faults(self, customer: int) -> tuple[ProductFault, ...]:
        """Every product of a customer by its number; empty for an unknown customer."""
        asked = {"customer": customer}
        with kept_in_the_database("Smartflex"):
            rows = await self._database.read(lambda connection: connection.execute(_OF_CUSTOMER, asked).all())
        return _last_opened(rows)

    async def register(self, product: int, kind: str, *, call: str, at_us: int) -> FaultReceipt:
        """Register a new fault. Raises ProductSuspended, FaultAlreadyOpen, UnknownProduct, ValueError."""
        _require_text(kind, LONGEST_FAULT_KIND)
        _require_text(call, LONGEST_CALL)
        async with self._turn() as connection:
            earlier = await _earlier(connection, call, product)
            if earlier is not None:
                return earlier
            _require_sound(product, (await connection.execute(_OF_PRODUCT, {"product": product})).all())
            number = await _open(connection, product, kind, at_us)
            return await _note(connection, FaultReceipt(number, product, repetitions=0), call, at_us)

    async def reiterate(self, fault: int, *, call: str, at_us: int) -> FaultReceipt:
        """Report the same fault once more. Raises NotOpen, ProductSuspended, UnknownFault, ValueError."""
        _require_text(call, LONGEST_CALL)
        async with self._turn() as connection:
            row = (await connection.execute(_OF_NUMBER, {"fault": fault})).first()
            if row is None:
                raise UnknownFault(fault)
            earlier = await _earlier(connection, call, row.id)
            if earlier is not None:
                return earlier
            _require_open(row)
            repetitions = row.repetitions + 1
            await connection.execute(_REPEAT, {"repeated": fault, "times": repetitions})
            return await _note(connection, FaultReceipt(fault, row.id, repetitions), call, at_us)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[AsyncConnection]:
        with kept_in_the_database("Smartflex"):
            async with self._database.transaction() as connection:
                if self._database.dialect is Dialect.POSTGRESQL:
                    await connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
                yield connection


_FAULT_OF_PRODUCT = (
    *(products.c.id, products.c.kind.label("product_kind"), products.c.state.label("product_state")),
    *(products.c.service_number, faults.c.number, faults.c.kind, faults.c.state),
    *(faults.c.opened_us, faults.c.repetitions),
)
_OPEN = (faults.c.product_id == products.c.id) & (faults.c.state != FaultState.SOLVED.value)
_NEWEST_FIRST = (faults.c.opened_us.desc(), faults.c.number.desc())
_OF_CUSTOMER: Select[Any] = (
    select(*_FAULT_OF_PRODUCT)
    .select_from(contracts.join(products, products.c.contract == contracts.c.number).outerjoin(faults, _OPEN))
    .where(contracts.c.customer_id == bindparam("customer"))
    .order_by(products.c.id, *_NEWEST_FIRST)
)
_OF_PRODUCT: Select[Any] = (
    select(*_FAULT_OF_PRODUCT)
    .select_from(products.outerjoin(faults, _OPEN))
    .where(products.c.id == bindparam("product"))
    .order_by(*_NEWEST_FIRST)
)
_OF_NUMBER: Select[Any] = (
    select(*_FAULT_OF_PRODUCT)
    .select_from(products.join(faults, faults.c.product_id == products.c.id))
    .where(faults.c.number == bindparam("fault"))
)
_REPEAT = update(faults).where(faults.c.number == bindparam("repeated")).values(repetitions=bindparam("times"))
_EARLIER = select(fault_reports).where(
    fault_reports.c.call == bindparam("call_of"), fault_reports.c.product_id == bindparam("product")
)


def _require_text(text: str, longest: int) -> None:
    if not text.isprintable() or not 1 <= len(text) <= longest:
        raise ValueError(f"wanted 1 to {longest} printable characters")


def _require_sound(product: int, rows: Sequence[Row[Any]]) -> None:
    """A new fault can be taken of it. Suspension comes first: then nothing is broken."""
    if not rows:
        raise UnknownProduct(product)
    found = _product_fault(rows[0])
    if found.state is not ProductState.ACTIVE:
        raise ProductSuspended(product, found.state)
    if found.fault is not None:
        raise FaultAlreadyOpen(product, found.fault)


def _require_open(row: Row[Any]) -> None:
    if row.state == FaultState.SOLVED.value:
        raise NotOpen(row.id, row.number)
    if row.product_state != ProductState.ACTIVE.value:
        raise ProductSuspended(row.id, ProductState(row.product_state))


async def _earlier(connection: AsyncConnection, call: str, product: int) -> FaultReceipt | None:
    row = (await connection.execute(_EARLIER, {"call_of": call, "product": product})).first()
    return FaultReceipt(row.fault, row.product_id, row.repetitions) if row else None


async def _open(connection: AsyncConnection, product: int, kind: str, at_us: int) -> int:
    last = await connection.scalar(select(func.max(faults.c.number)))
    number = (last or 0) + 1
    row = {"number": number, "product_id": product, "kind": kind, "opened_us": at_us}
    await connection.execute(faults.insert(), {**row, "state": FaultState.REGISTERED.value, "repetitions": 0})
    return number


async def _note(connection: AsyncConnection, receipt: FaultReceipt, call: str, at_us: int) -> FaultReceipt:
    row = {"call": call, "product_id": receipt.product, "fault": receipt.number, "at_us": at_us}
    await connection.execute(fault_reports.insert(), {**row, "repetitions": receipt.repetitions})
    return receipt


def _last_opened(rows: Sequence[Row[Any]]) -> tuple[ProductFault, ...]:
    found: dict[int, ProductFault] = {}
    for row in rows:
        found.setdefault(row.id, _product_fault(row))
    return tuple(found.values())


def _product_fault(row: Row[Any]) -> ProductFault:
    fault = None
    if row.number is not None:
        fault = Fault(row.number, row.kind, FaultState(row.state), row.opened_us, row.repetitions)
    kind, state = ProductKind(row.product_kind), ProductState(row.product_state)
    return ProductFault(row.id, kind, state, row.service_number, fault)
