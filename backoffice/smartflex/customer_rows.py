"""Customers as rows of the tables of `backoffice.smartflex.customer_tables`."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Table

from backoffice.smartflex.customer_tables import (
    contracts,
    customer_contacts,
    customer_telephones,
    customers,
    faults,
    products,
)
from backoffice.smartflex.customers import Contract, CustomerView, Product

Rows = list[dict[str, Any]]


def rows_of(saved: Sequence[CustomerView]) -> list[tuple[Table, Rows]]:
    """The rows of each table, in the order in which they can be inserted."""
    agreed = [(customer, contract) for customer in saved for contract in customer.contracts]
    owned = [(contract, product) for _, contract in agreed for product in contract.products]
    return [
        (customers, [_customer(customer) for customer in saved]),
        (customer_telephones, [row for customer in saved for row in _telephones(customer)]),
        (contracts, [_contract(customer, contract) for customer, contract in agreed]),
        (products, [_product(contract, product) for contract, product in owned]),
        (faults, [row for _, product in owned for row in _faults(product)]),
        (customer_contacts, [row for customer in saved for row in _contacts(customer)]),
    ]


def _customer(customer: CustomerView) -> dict[str, Any]:
    card = customer.identity_card
    return {
        "id": customer.number,
        "name": customer.name,
        "ci_number": card.number if card else None,
        "ci_complement": card.complement if card else "",
        "ci_issued": card.issued if card else "",
        "nit": customer.nit,
        "segment": customer.segment.value,
        "zone": customer.zone,
        "address": customer.address,
    }


def _telephones(customer: CustomerView) -> Iterator[dict[str, Any]]:
    services = {product.service_number for product in customer.products if product.service_number}
    for number in sorted(services.union(customer.telephones)):
        yield {"number": number, "customer_id": customer.number}


def _contract(customer: CustomerView, contract: Contract) -> dict[str, Any]:
    return {
        "number": contract.number,
        "customer_id": customer.number,
        "signed_on": contract.signed_on,
        "balance_centavos": int(contract.balance.scaleb(2).to_integral_exact()),
        "due_on": contract.due_on,
    }


def _product(contract: Contract, product: Product) -> dict[str, Any]:
    return {
        "id": product.number,
        "contract": contract.number,
        "kind": product.kind.value,
        "state": product.state.value,
        "plan": product.plan,
        "service_number": product.service_number,
    }


def _faults(product: Product) -> Iterator[dict[str, Any]]:
    for fault in product.open_faults:
        yield {
            "number": fault.number,
            "product_id": product.number,
            "kind": fault.kind,
            "state": fault.state.value,
            "opened_us": fault.opened_us,
            "repetitions": fault.repetitions,
        }


def _contacts(customer: CustomerView) -> Iterator[dict[str, Any]]:
    for contact in reversed(customer.contacts):  # the newest is counted last
        yield {
            "customer_id": customer.number,
            "at_us": contact.at_us,
            "line": contact.line,
            "summary": contact.summary,
        }
