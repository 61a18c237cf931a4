"""Customers who are in a campaign already, as far as lists have to do with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import InvalidOperation
from typing import Any

from sqlalchemy import Row, Select, select

from callcenter.campaign_outcomes import ContactState
from callcenter.database.raw import amount_of, day_of, raw
from callcenter.records.campaigns import campaign_contacts
from dialer.contacts.model import has_paid, services_from_json
from dialer.lists.rows import SAID

_TABLE = campaign_contacts.c
_RAW = ("expires_on", "amount", "paid_until")
_AS_KEPT = (
    *("id", "customer", "state", "attempts", "outcome", "due_us", "rank"),
    *(name for name in SAID if name not in _RAW),
)


@dataclass(frozen=True, slots=True)
class KnownContact:
    """One of them. `said`: `SAID` and the rank, as they are kept.

    What nobody can read of that is in it as it is, and so differs from whatever a list says: the list mends it.
    """

    id: int
    state: ContactState
    attempts: int
    outcome: str | None
    due_us: int | None
    paid_until: date | None
    said: Mapping[str, Any]

    @property
    def had_paid(self) -> bool:
        """Whether they had paid all that was listed; also where nobody can read what was."""
        try:
            return has_paid(self.paid_until, services_from_json(self.said["services"]))
        except ValueError:
            return True


def select_known() -> Select[Any]:
    """Rows for `known_contact`, of which each is read by itself."""
    return select(*(_TABLE[name] for name in _AS_KEPT), *(raw(_TABLE[name], name) for name in _RAW))


def known_contact(row: Row[Any]) -> KnownContact:
    """A row of `select_known`. Raises ValueError or TypeError where nobody can read what no list says anew."""
    said = {name: getattr(row, name) for name in (*SAID, "rank")}
    return KnownContact(
        id=row.id,
        state=ContactState(row.state),
        attempts=int(row.attempts),
        outcome=row.outcome,
        due_us=row.due_us,
        paid_until=day_of(row.paid_until) if row.paid_until is not None else None,
        said=said | {"expires_on": _day(row.expires_on), "amount": _amount(row.amount)},
    )


def _day(value: object) -> object:
    try:
        return day_of(value) if value is not None else None
    except ValueError:
        return value


def _amount(value: object) -> object:
    try:
        return amount_of(value) if value is not None else None
    except InvalidOperation:
        return value
