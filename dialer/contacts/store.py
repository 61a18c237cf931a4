"""Whose turn it is among a campaign's customers, and whom an agent is shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select, update

from callcenter.campaign_outcomes import ContactState
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.records.campaigns import campaign_contacts, contact_skips
from dialer.campaigns.turns import Turns
from dialer.contacts.agreements import KEPT_FOR_US
from dialer.contacts.model import BOTH, SkipReason, last_expiry
from dialer.contacts.rows import UNREADABLE, StoredContact, contact, select_contacts
from dialer.contacts.settling import (
    FREED,
    change,
    known_or_set_aside,
    locked,
    set_aside,
    set_aside_unread,
    settle,
    turn_values,
)

# For so long an agent may look at a customer before dialling; then the customer is anybody's.
SHOWN_FOR_US = 10 * 60 * MICROSECONDS
SKIPPED_FOR_US = 60 * 60 * MICROSECONDS
_AT_ONCE = 500
# Half a millisecond of that lock each, among a million.
_WOKEN_AT_ONCE = 100
# Some hundredths of a second of SQLite's write lock.
LOOKED_AT = 20
_TABLE = campaign_contacts.c
_WOKEN: dict[str, Any] = {**FREED, "state": ContactState.READY.value, "due_us": None}
_IN_ORDER = (_TABLE.priority, _TABLE.rank, _TABLE.id)
# As `agreements.is_anothers` has it, of rows: they wait for no agent, or for no other than this one.
_OPEN_TO_ALL = or_(_TABLE.agreed_us.is_(None), _TABLE.member.is_(None), _TABLE.agreed_us <= bindparam("kept_since"))
_OPEN_TO_ONE = or_(_OPEN_TO_ALL, _TABLE.member == bindparam("by"))
# Built once: building and recognising a statement costs as much as executing it, and these are waited for.
_OF_READY = (_TABLE.campaign_id == bindparam("campaign"), _TABLE.state == ContactState.READY.value)
_READY = select(_TABLE.id).where(*_OF_READY, _OPEN_TO_ALL).order_by(*_IN_ORDER).limit(bindparam("most"))
_NEXT = (
    select_contacts().where(*_OF_READY, _OPEN_TO_ONE).order_by(*_IN_ORDER).limit(1).with_for_update(skip_locked=True)
)
_NEXT_OF_SERVICE = _NEXT.where(_TABLE.service == bindparam("service"))
_SHOWN_TO = (
    select_contacts()
    .where(_TABLE.campaign_id == bindparam("campaign"), _TABLE.state == ContactState.SHOWN.value)
    .where(_TABLE.member == bindparam("by"))
    .limit(1)
)
_SHOWN_TO_LOCKED = _SHOWN_TO.with_for_update()


class ContactStore:
    """The customers of all campaigns. Every method raises DatabaseProblem; instants are microseconds, UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wake_due(self, campaign_id: int, now_us: int) -> int:
        """Customers whose hour has come are ready, as are those whom an agent looked at for too long. How many."""
        due = _of(campaign_id, ContactState.WAITING).where(_TABLE.due_us <= now_us).order_by(_TABLE.due_us)
        left = select(_TABLE.id).where(_TABLE.state == ContactState.SHOWN.value, _TABLE.held_until_us <= now_us)
        return await self._database.write(
            lambda it: _wake(it, due, ContactState.WAITING) + _wake(it, left, ContactState.SHOWN)
        )

    async def ready(self, campaign_id: int, count: int, now_us: int) -> tuple[int, ...]:
        """The ids of those whose turn it is and who do not wait for an agent of theirs, in their order."""
        of = {"campaign": campaign_id, "kept_since": now_us - KEPT_FOR_US, "most": count}
        return await self._database.read(lambda connection: tuple(connection.execute(_READY, of).scalars()))

    async def agreed(self, campaign_id: int, members: Collection[str], now_us: int) -> dict[str, int]:
        """Of each of these agents the first customer who agreed with them on an hour that has come: ids by agent."""
        query = select(_TABLE.member, _TABLE.id).where(
            *(_TABLE.campaign_id == campaign_id, _TABLE.state == ContactState.READY.value, _TABLE.priority == 0),
            *(_TABLE.member.in_(members), _TABLE.agreed_us > now_us - KEPT_FOR_US),
        )
        last_first = query.order_by(*(each.desc() for each in _IN_ORDER))
        return await self._database.read(lambda it: {row.member: row.id for row in it.execute(last_first)})

    async def find(self, contact_id: int) -> StoredContact | None:
        """One customer; None also of one whom nobody can read."""
        query = select_contacts().where(_TABLE.id == contact_id)
        return await self._database.read(lambda connection: _read(connection, query, {}))

    async def shown_to(self, member: str, campaign_id: int) -> StoredContact | None:
        """The customer whom this agent looks at now; None also of one whom nobody can read."""
        of = {"campaign": campaign_id, "by": member}
        return await self._database.read(lambda connection: _read(connection, _SHOWN_TO, of))

    async def show_next(
        self, member: str, turns: Turns, now_us: int, services: Collection[str] = ()
    ) -> StoredContact | None:
        """The next customer for this agent to look at: the one they have, who agreed with them, else the next in order.

        `services`: only customers of these. None: it is nobody's turn.
        """
        if turns.closed(now_us) is not None:
            return None
        for _ in range(_AT_ONCE // LOOKED_AT):
            # Those whose turn it is not after all are looked at some at a time: others write between two of them.
            found = await self._database.write(lambda connection: _show(connection, member, turns, now_us, services))
            if not isinstance(found, _Others):
                return found
        return None

    async def skip(self, contact_id: int, member: str, reason: SkipReason, turns: Turns, now_us: int) -> bool:
        """The agent does not dial this customer now. False: they are not shown to this agent."""
        return await self._database.write(
            lambda connection: _skip(connection, contact_id, member, reason, turns, now_us)
        )

    async def set_aside(self, contact_id: int, why: str) -> None:
        """Not call this customer until somebody mends what is wrong; the log says `why`, the campaign how many."""
        await self._database.write(lambda connection: set_aside(connection, contact_id, why))


class _Others:
    """It was nobody's turn of those that were looked at, and there may be others."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A customer, and where they stand in the order."""

    place: tuple[int, int, int]
    stored: StoredContact


def _first(connection: Connection, query: Select[Any], of: Mapping[str, Any]) -> _Found | _Others | None:
    """The one customer of a query that locks them; `_Others`: nobody can read them, and they are set aside."""
    try:
        row = connection.execute(query, of).one_or_none()
        return _Found((row.priority, row.rank, row.id), contact(row)) if row is not None else None
    except UNREADABLE as problem:
        set_aside_unread(connection, connection.execute(query.with_only_columns(_TABLE.id), of).scalar_one(), problem)
        return _Others()


def _read(connection: Connection, query: Select[Any], of: Mapping[str, Any]) -> StoredContact | None:
    try:
        row = connection.execute(query, of).one_or_none()
        return contact(row) if row is not None else None
    except UNREADABLE:
        # Whoever would call them sets them aside, and says so.
        return None


def _of(campaign_id: int, state: ContactState) -> Select[Any]:
    return select(_TABLE.id).where(_TABLE.campaign_id == campaign_id, _TABLE.state == state.value)


def _wake(connection: Connection, which: Select[Any], state: ContactState) -> int:
    """Whom somebody changes just now is left to the next time: nobody waits for another who waits for them."""
    ids = connection.execute(which.limit(_WOKEN_AT_ONCE).with_for_update(skip_locked=True)).scalars().all()
    if not ids:
        return 0
    # By their ids: an index of states, which SQLite would take, has all who wait.
    still = update(campaign_contacts).where(_TABLE.id.in_(ids), _TABLE.state.concat("") == state.value)
    return connection.execute(still.values(_WOKEN)).rowcount


def _show(
    connection: Connection, member: str, turns: Turns, now_us: int, services: Collection[str]
) -> StoredContact | _Others | None:
    campaign_id = turns.campaign.id
    shown = _first(connection, _SHOWN_TO_LOCKED, {"campaign": campaign_id, "by": member})
    has = shown.stored if isinstance(shown, _Found) else None
    if has is not None:
        change(connection, has.id, now_us, held_until_us=now_us + SHOWN_FOR_US)
        return has
    for _ in range(LOOKED_AT):
        found = _next_for(connection, campaign_id, member, now_us, services)
        if found is None:
            return None
        stored = found.stored if isinstance(found, _Found) else None
        known = known_or_set_aside(connection, stored, turns, now_us) if stored is not None else None
        if stored is None or known is None:
            continue
        turn = turns.next_of(known, now_us)
        if turn is not None and turn.due_us <= now_us:
            values = {"state": ContactState.SHOWN.value, "member": member, "held_until_us": now_us + SHOWN_FOR_US}
            change(connection, stored.id, now_us, **values)
            return replace(stored, state=ContactState.SHOWN, member=member)
        change(connection, stored.id, now_us, **turn_values(turn, now_us, agreed_us=stored.agreed_us))
    return _Others()


def _next_for(
    connection: Connection, campaign_id: int, member: str, now_us: int, services: Collection[str]
) -> _Found | _Others | None:
    """Of each service by an index, then the first of those, whom nobody else changes until the transaction ends.

    Whoever agreed with another agent is left to them.
    """
    of = {"campaign": campaign_id, "kept_since": now_us - KEPT_FOR_US, "by": member}
    if not services:
        return _first(connection, _NEXT, of)
    asked = [_first(connection, _NEXT_OF_SERVICE, of | {"service": each}) for each in sorted({*services, BOTH})]
    found = [each for each in asked if isinstance(each, _Found)]
    first = min(found, key=attrgetter("place"), default=None)
    return first or next((each for each in asked if each is not None), None)


def _skip(connection: Connection, contact_id: int, member: str, reason: SkipReason, turns: Turns, now_us: int) -> bool:
    stored = locked(connection, contact_id)
    if stored is None or stored.state is not ContactState.SHOWN or stored.member != member:
        return False
    row = {"contact_id": contact_id, "member": member, "reason": reason.value, "at_us": now_us}
    connection.execute(contact_skips.insert(), [row])
    if reason is SkipReason.ALREADY_PAID:
        change(connection, contact_id, now_us, paid_until=last_expiry(stored.services))
    elif reason is SkipReason.WRONG_DATA:
        change(connection, contact_id, now_us, wrong_data=True)
    settle(connection, contact_id, turns, now_us, not_before_us=now_us + SKIPPED_FOR_US)
    return True
