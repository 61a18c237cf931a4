"""The built-in statements, work orders and prepaid expiries; writes unpaid_bills, work_orders and prepaid.

Each question is one statement, prepared once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select

from backoffice.smartflex.customer_tables import contracts, products
from backoffice.smartflex.customers import ProductKind, is_contract
from backoffice.smartflex.service_tables import prepaid, unpaid_bills, work_orders
from backoffice.smartflex.services import (
    MOST_ORDERS,
    AnnulmentCause,
    OrderKind,
    OrderState,
    Prepaid,
    Statement,
    WorkOrder,
)
from backoffice.systems import kept_in_the_database
from callcenter.database.transactions import Database, upsert


@dataclass(frozen=True, slots=True)
class Bill:
    """A monthly bill that was not paid. `amount` in bolivianos."""

    contract: str
    due_on: date
    amount: Decimal


class SmartflexServicesStore:
    """`Statements`, `WorkOrders` and `PrepaidExpiries` over the database; `save` fills it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def statement(self, contract: str) -> Statement | None:
        """Of a contract; None when there is no such contract."""
        rows = await self._rows(_STATEMENT, contract)
        return _statement(rows[0]) if rows else None

    async def orders(self, contract: str) -> tuple[WorkOrder, ...]:
        """Of a contract, the newest first, 20 at most; empty where there is none or no such contract."""
        return tuple(map(_order, await self._rows(_ORDERS, contract)))

    async def expiries(self, contract: str) -> tuple[Prepaid, ...]:
        """Of a contract, the first to expire first; what expired is there until it is paid again."""
        return tuple(map(_prepaid, await self._rows(_EXPIRIES, contract)))

    async def save(self, bills: Sequence[Bill], orders: Sequence[WorkOrder], expiries: Sequence[Prepaid]) -> None:
        """Keep these in place of what was known of them. Their contracts and products must be there.

        Raises SystemUnavailable.
        """
        with kept_in_the_database("Smartflex"):
            async with self._database.transaction() as connection:
                await upsert(connection, unpaid_bills, [_bill_row(bill) for bill in bills])
                await upsert(connection, work_orders, [_order_row(order) for order in orders])
                await upsert(connection, prepaid, [_prepaid_row(product) for product in expiries])

    async def _rows(self, statement: Select[Any], contract: str) -> Sequence[Row[Any]]:
        if not is_contract(contract):
            return ()
        with kept_in_the_database("Smartflex"):
            return await self._database.read(
                lambda connection: connection.execute(statement, {"contract": contract}).all()
            )


_CONTRACT = bindparam("contract", type_=contracts.c.number.type)
_STATEMENT = (
    select(
        *(contracts.c.number, contracts.c.balance_centavos, contracts.c.due_on),
        func.count(unpaid_bills.c.due_on).label("unpaid"),
    )
    .select_from(contracts.outerjoin(unpaid_bills, unpaid_bills.c.contract == contracts.c.number))
    .where(contracts.c.number == _CONTRACT)
    .group_by(contracts.c.number, contracts.c.balance_centavos, contracts.c.due_on)
)
_ORDERS = (
    select(work_orders)
    .where(work_orders.c.contract == _CONTRACT)
    .order_by(work_orders.c.registered_us.desc(), work_orders.c.number.desc())
    .limit(MOST_ORDERS)
)
_EXPIRIES = (
    select(products.c.id, products.c.kind, prepaid.c.expires_on)
    .join_from(products, prepaid, prepaid.c.product_id == products.c.id)
    .where(products.c.contract == _CONTRACT)
    .order_by(prepaid.c.expires_on, products.c.id)
)


def _statement(row: Row[Any]) -> Statement:
    return Statement(row.number, Decimal(row.balance_centavos).scaleb(-2), row.due_on, row.unpaid)


def _order(row: Row[Any]) -> WorkOrder:
    return WorkOrder(
        number=row.number,
        contract=row.contract,
        kind=OrderKind(row.kind),
        product=ProductKind(row.product),
        state=OrderState(row.state),
        registered_us=row.registered_us,
        cause=AnnulmentCause(row.cause) if row.cause else None,
        working=row.working,
    )


def _prepaid(row: Row[Any]) -> Prepaid:
    return Prepaid(row.id, ProductKind(row.kind), row.expires_on)


def _bill_row(bill: Bill) -> dict[str, Any]:
    centavos = int(bill.amount.scaleb(2).to_integral_exact())
    return {"contract": bill.contract, "due_on": bill.due_on, "amount_centavos": centavos}


def _order_row(order: WorkOrder) -> dict[str, Any]:
    return {
        "number": order.number,
        "contract": order.contract,
        "kind": order.kind.value,
        "product": order.product.value,
        "state": order.state.value,
        "cause": order.cause.value if order.cause else None,
        "registered_us": order.registered_us,
        "working": order.working,
    }


def _prepaid_row(product: Prepaid) -> dict[str, Any]:
    return {"product_id": product.product, "expires_on": product.expires_on}
