"""The built-in customer directory, the one writer of the tables of `backoffice.smartflex.customer_tables`.

A look-up is three statements, prepared once: the chain customer - contract - product - fault in one join
(each link hangs on the one before, so no row repeats another's), the telephones and the last contacts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, ScalarSelect, Select, bindparam, delete, func, or_, select

from backoffice.identity_card import IdentityCard
from backoffice.smartflex.customer_rows import rows_of
from backoffice.smartflex.customer_tables import (
    contracts,
    customer_contacts,
    customer_telephones,
    customers,
    faults,
    products,
)
from backoffice.smartflex.customers import (
    LAST_CONTACTS,
    MOST_CUSTOMERS,
    Contract,
    CustomerContact,
    CustomerView,
    Fault,
    FaultState,
    Product,
    ProductKind,
    ProductState,
    Segment,
    is_contract,
)
from backoffice.systems import kept_in_the_database
from callcenter.database.transactions import Database
from callcenter.numbers import Number

Found = Row[Any]
Telephones = dict[int, list[str]]
Contacts = dict[int, list[CustomerContact]]


@dataclass(frozen=True, slots=True)
class _LookUp:
    """The statements that answer one kind of question."""

    chain: Select[Any]
    telephones: Select[Any]
    contacts: Select[Any]


class SmartflexStore:
    """A `CustomerDirectory` over the database; `save` fills it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_telephone(self, number: Number) -> tuple[CustomerView, ...]:
        """Those who are reached at, or have a service with, this number."""
        return await self._look_up(_BY_TELEPHONE, asked=number.digits)

    async def by_contract(self, number: str) -> tuple[CustomerView, ...]:
        """Whose contract it is: one customer or none."""
        if not is_contract(number):
            return ()
        return await self._look_up(_BY_CONTRACT, asked=number)

    async def by_document(self, document: IdentityCard) -> tuple[CustomerView, ...]:
        """Whose identity card it is, or whose NIT the number is. Parts left empty match any."""
        found = await self._look_up(_BY_DOCUMENT, asked=document.number)
        return tuple(
            customer
            for customer in found
            if customer.nit == document.number
            or (customer.identity_card and customer.identity_card.agrees_with(document))
        )

    async def save(self, saved: Sequence[CustomerView]) -> None:
        """Keep these customers in place of what was known of them. Raises SystemUnavailable."""
        with kept_in_the_database("Smartflex"):
            async with self._database.transaction() as connection:
                if saved:
                    forget = delete(customers).where(customers.c.id == bindparam("old"))
                    await connection.execute(forget, [{"old": customer.number} for customer in saved])
                for table, rows in rows_of(saved):
                    if rows:
                        await connection.execute(table.insert(), rows)

    async def _look_up(self, statements: _LookUp, asked: str) -> tuple[CustomerView, ...]:
        with kept_in_the_database("Smartflex"):
            return await self._database.read(lambda connection: _views(connection, statements, asked))


def _statements(customer_ids: Select[tuple[int]]) -> _LookUp:
    ids = customer_ids.order_by(customer_ids.selected_columns[0]).limit(MOST_CUSTOMERS).scalar_subquery()
    return _LookUp(_chain(ids), _telephones(ids), _contacts(ids))


def _chain(ids: ScalarSelect[int]) -> Select[Any]:
    open_fault = (faults.c.product_id == products.c.id) & (faults.c.state != FaultState.SOLVED.value)
    return (
        select(
            customers,
            contracts.c.number.label("contract"),
            *(contracts.c.signed_on, contracts.c.balance_centavos, contracts.c.due_on),
            products.c.id.label("product"),
            products.c.kind.label("product_kind"),
            products.c.state.label("product_state"),
            *(products.c.plan, products.c.service_number),
            faults.c.number.label("fault"),
            faults.c.kind.label("fault_kind"),
            faults.c.state.label("fault_state"),
            *(faults.c.opened_us, faults.c.repetitions),
        )
        .select_from(
            customers.outerjoin(contracts, contracts.c.customer_id == customers.c.id)
            .outerjoin(products, products.c.contract == contracts.c.number)
            .outerjoin(faults, open_fault)
        )
        .where(customers.c.id.in_(ids))
        .order_by(customers.c.id, contracts.c.number, products.c.id, faults.c.opened_us, faults.c.number)
    )


def _telephones(ids: ScalarSelect[int]) -> Select[Any]:
    table = customer_telephones.c
    return select(table.customer_id, table.number).where(table.customer_id.in_(ids)).order_by(table.number)


def _contacts(ids: ScalarSelect[int]) -> Select[Any]:
    table = customer_contacts.c
    newest_first = (table.at_us.desc(), table.id.desc())
    rank = func.row_number().over(partition_by=table.customer_id, order_by=newest_first).label("rank")
    numbered = select(customer_contacts, rank).where(table.customer_id.in_(ids)).subquery()
    return select(numbered).where(numbered.c.rank <= LAST_CONTACTS).order_by(numbered.c.rank)


_ASKED = bindparam("asked", type_=customer_telephones.c.number.type)
_BY_TELEPHONE = _statements(select(customer_telephones.c.customer_id).where(customer_telephones.c.number == _ASKED))
_BY_CONTRACT = _statements(select(contracts.c.customer_id).where(contracts.c.number == _ASKED))
_BY_DOCUMENT = _statements(
    select(customers.c.id).where(or_(customers.c.ci_number == _ASKED, customers.c.nit == _ASKED))
)


def _views(connection: Connection, statements: _LookUp, asked: str) -> tuple[CustomerView, ...]:
    parameters = {"asked": asked}
    chain = connection.execute(statements.chain, parameters).all()
    if not chain:
        return ()
    numbers: Telephones = {}
    for row in connection.execute(statements.telephones, parameters):
        numbers.setdefault(row.customer_id, []).append(row.number)
    calls: Contacts = {}
    for row in connection.execute(statements.contacts, parameters):
        calls.setdefault(row.customer_id, []).append(CustomerContact(row.at_us, row.line, row.summary))
    groups = groupby(chain, key=attrgetter("id"))
    return tuple(_customer(list(rows), numbers, calls) for _, rows in groups)


def _customer(rows: list[Found], numbers: Telephones, calls: Contacts) -> CustomerView:
    first = rows[0]
    card = IdentityCard(first.ci_number, first.ci_complement, first.ci_issued) if first.ci_number else None
    return CustomerView(
        number=first.id,
        name=first.name,
        segment=Segment(first.segment),
        zone=first.zone,
        address=first.address,
        identity_card=card,
        nit=first.nit,
        telephones=tuple(numbers.get(first.id, ())),
        contracts=tuple(_contract(part) for part in _parts(rows, "contract")),
        contacts=tuple(calls.get(first.id, ())),
    )


def _parts(rows: list[Found], key: str) -> Iterator[list[Found]]:
    """The rows of each thing at the next link of the chain; none where the chain ends."""
    for number, part in groupby(rows, key=attrgetter(key)):
        if number is not None:
            yield list(part)


def _contract(rows: list[Found]) -> Contract:
    first = rows[0]
    balance = Decimal(first.balance_centavos).scaleb(-2)
    parts = _parts(rows, "product")
    return Contract(first.contract, first.signed_on, balance, first.due_on, tuple(_product(part) for part in parts))


def _product(rows: list[Found]) -> Product:
    first = rows[0]
    return Product(
        number=first.product,
        kind=ProductKind(first.product_kind),
        state=ProductState(first.product_state),
        plan=first.plan,
        service_number=first.service_number,
        open_faults=tuple(_fault(part[0]) for part in _parts(rows, "fault")),
    )


def _fault(row: Found) -> Fault:
    return Fault(row.fault, row.fault_kind, FaultState(row.fault_state), row.opened_us, row.repetitions)
