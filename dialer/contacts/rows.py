"""Campaigns' customers and attempts as rows, for the other files of this room."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Select, and_, bindparam, or_, select

from callcenter.campaign_outcomes import CallOutcome, ContactState, is_call
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from dialer.campaigns.model import DialMode
from dialer.campaigns.turns import Attempt, CampaignContact
from dialer.contacts.model import ListedService, has_paid, services_from_json
from dialer.do_not_call import barred_among

log = logging.getLogger(__name__)

# What is raised where nobody can read a customer's row: its JSON, its words, or SQLite's idea of a date or an amount.
UNREADABLE = (ValueError, ArithmeticError, TypeError)
_NUMBERS = TypeAdapter(tuple[str, ...])
_TABLE = campaign_attempts.c
_OF_ATTEMPT = ("contact_id", "number", "begun_us", "closed_us", "result", "outcome")
_AT_NUMBERS = and_(
    _TABLE.number.in_(bindparam("numbers", expanding=True)),
    _TABLE.begun_us >= bindparam("since"),
    or_(_TABLE.campaign_id == bindparam("campaign"), _TABLE.begun_us >= bindparam("day")),
)
# One statement, which is built once: agents wait for it, and of most customers it finds nothing.
_TRIED: Select[Any] = (
    select(*(_TABLE[name] for name in _OF_ATTEMPT))
    .where(or_(_TABLE.contact_id == bindparam("contact"), _AT_NUMBERS))
    .order_by(_TABLE.begun_us)
)
# Attempts that rang no telephone: they count for nothing.
_NEVER_RANG = OutgoingResult.UNPLACED.value


@dataclass(frozen=True, slots=True)
class StoredContact:
    """A customer of a campaign as they stand. `member`: the agent who agreed to call, or looks at them now."""

    id: int
    campaign_id: int
    customer: str
    customer_code: str
    name: str
    numbers: tuple[str, ...]
    services: tuple[ListedService, ...]
    expires_on: date | None
    amount: Decimal | None
    segment: str
    state: ContactState
    attempts: int
    agreed_us: int | None
    member: str | None
    due_us: int | None
    paid_until: date | None
    wrong_data: bool

    @property
    def is_dropped(self) -> bool:
        """An agent has said that there is nothing to call them about, and no list says otherwise since."""
        return self.wrong_data or has_paid(self.paid_until, self.services)


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """One attempt as it stands. `ends_us`: without a word of the records it is over then."""

    reference: str
    contact_id: int
    campaign_id: int
    number: str
    mode: DialMode
    member: str | None
    begun_us: int
    ends_us: int
    closed_us: int | None
    result: OutgoingResult
    outcome: CallOutcome | None


def select_contacts() -> Select[Any]:
    """Whole rows of customers, for `contact`."""
    return select(campaign_contacts)


def contact(row: Row[Any]) -> StoredContact:
    """A row of `select_contacts`. Raises `UNREADABLE`."""
    return StoredContact(
        id=row.id,
        campaign_id=row.campaign_id,
        customer=row.customer,
        customer_code=row.customer_code,
        name=row.name,
        numbers=_NUMBERS.validate_json(row.numbers),
        services=services_from_json(row.services),
        expires_on=row.expires_on,
        amount=row.amount,
        segment=row.segment,
        state=ContactState(row.state),
        attempts=row.attempts,
        agreed_us=row.agreed_us,
        member=row.member,
        due_us=row.due_us,
        paid_until=row.paid_until,
        wrong_data=row.wrong_data,
    )


def attempt(row: Row[Any]) -> StoredAttempt:
    """A row of campaign_attempts. Raises ValueError for one that nobody can read."""
    return StoredAttempt(
        reference=row.reference,
        contact_id=row.contact_id,
        campaign_id=row.campaign_id,
        number=row.number,
        mode=DialMode(row.mode),
        member=row.member,
        begun_us=row.begun_us,
        ends_us=row.ends_us,
        closed_us=row.closed_us,
        result=OutgoingResult(row.result or ""),
        outcome=CallOutcome(row.outcome) if row.outcome else None,
    )


def readable_attempts(rows: Iterable[Row[Any]], logged: set[str]) -> tuple[StoredAttempt, ...]:
    """The attempts of these rows. One that nobody can read keeps the others from nothing, and is `logged` once."""
    found = list[StoredAttempt]()
    for row in rows:
        try:
            found.append(attempt(row))
        except ValueError as problem:
            if row.reference not in logged:
                logged.add(row.reference)
                log.error(
                    "the attempt %s cannot be read, and is left as it is: %s", row.reference, in_one_line(problem)
                )
    return tuple(found)


def in_one_line(problem: Exception) -> str:
    """What is wrong, for the log."""
    return " ".join(str(problem).split())


def with_attempts(connection: Connection, stored: StoredContact, since_us: int, day_us: int) -> CampaignContact:
    """The customer with what was tried, at which of their numbers others were called too, and what is barred.

    `since_us`: when the campaign began; `day_us`: when this day did. Raises ValueError where nobody can read what an
    attempt at this customer came to.
    """
    of = {"contact": stored.id, "campaign": stored.campaign_id, "numbers": stored.numbers, "day": day_us}
    rows = connection.execute(_TRIED, of | {"since": min(since_us, day_us)}).all()
    return CampaignContact(
        id=stored.id,
        numbers=stored.numbers,
        attempts=_counted([row for row in rows if row.contact_id == stored.id]),
        # What they came to is of no matter to this customer, nor whether anybody can read it.
        others=tuple(
            Attempt(row.number, row.begun_us, None, counts=is_call(row.result, row.outcome))
            for row in rows
            if row.contact_id != stored.id and row.result != _NEVER_RANG
        ),
        agreed_us=stored.agreed_us,
        barred=barred_among(connection, stored.numbers),
        is_dropped=stored.is_dropped,
    )


def _counted(rows: Sequence[Row[Any]]) -> tuple[Attempt, ...]:
    return tuple(_counted_attempt(row) for row in rows if row.result != _NEVER_RANG)


def _counted_attempt(row: Row[Any]) -> Attempt:
    outcome = CallOutcome(row.outcome) if row.outcome and _is_closed(row) else None
    return Attempt(row.number, row.begun_us, outcome, counts=is_call(row.result, row.outcome))


def _is_closed(row: Row[Any]) -> bool:
    """Until its telephone is free it has come to nothing yet, whatever an agent has said of it already."""
    return row.closed_us is not None
