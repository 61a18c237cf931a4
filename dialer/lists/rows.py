"""Loads, listed customers and campaigns as their tables keep them."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from callcenter.records.lists import list_loads
from dialer.campaigns.model import Campaign
from dialer.contacts.model import rank_of, service_of, services_as_json, services_from_json
from dialer.lists.model import (
    ListedCustomer,
    ListKind,
    ListLoad,
    LoadState,
    counts_from_json,
    header_from_json,
)

_loads = list_loads.c
_ALIKE = ("id", "campaign_id", "file_name", "uploaded_us", "uploaded_by", "refusal", "rows_read", "rows_in_all")
_ALIKE_TOO = ("changed_us", "loaded_us", "loaded_by", "undone_us", "undone_by")


def load_of(row: RowMapping) -> ListLoad:
    """A load from its row."""
    return ListLoad(
        kind=ListKind(row["kind"]),
        state=LoadState(row["state"]),
        counts=counts_from_json(row["counts"]),
        header=header_from_json(row["header"]) if row["header"] else None,
        **{name: row[name] for name in (*_ALIKE, *_ALIKE_TOO)},
    )


def find_load(connection: Connection, load_id: int) -> ListLoad | None:
    """The load of that number."""
    row = connection.execute(select(list_loads).where(_loads.id == load_id)).mappings().first()
    return load_of(row) if row else None


# What both a listed customer's row and a campaign's say: not who the customer is, nor the rank, nor how far they are.
SAID = ("customer_code", "name", "numbers", "services", "service", "segment", "expires_on", "amount")


def said_of(customer: ListedCustomer, campaign: Campaign, attempts: int = 0) -> dict[str, Any]:
    """`SAID` of a customer, and their rank after so many attempts."""
    return {
        "customer_code": customer.customer_code,
        "name": customer.name,
        "numbers": json.dumps(customer.numbers),
        "services": services_as_json(customer.services),
        "service": service_of(customer.services),
        "segment": customer.segment,
        "expires_on": customer.expires_on,
        "amount": customer.amount,
        "rank": rank_of(campaign.rules, customer.expires_on, customer.segment, attempts),
    }


def customer_of(row: RowMapping) -> ListedCustomer:
    """A listed customer from its row."""
    return ListedCustomer(
        customer=row["customer"],
        row_number=row["row_number"],
        numbers=tuple(json.loads(row["numbers"])),
        services=services_from_json(row["services"]),
        customer_code=row["customer_code"],
        name=row["name"],
        segment=row["segment"],
    )


def numbers_of(rows: Sequence[RowMapping]) -> set[str]:
    """All telephone numbers of these rows."""
    return {number for row in rows for number in json.loads(row["numbers"])}
