"""Whose turn it is among a campaign's customers, and whom an agent is shown."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, case, null, or_, select, update

from callcenter.campaign_outcomes import ContactState
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.records.campaigns import campaign_contacts, contact_skips
from dialer.campaigns.turns import Turns
from dialer.contacts.model import BOTH, SkipReason
from dialer.contacts.rows import UNREADABLE, StoredContact, contact, select_contacts
from dialer.contacts.settling import change, known_or_set_aside, locked, set_aside, settle, turn_values

# For so long an agent may look at a customer before dialling; then the customer is anybody's.
SHOWN_FOR_US = 10 * 60 * MICROSECONDS
# So long after the hour that a customer agreed on with an agent, any other calls them.
_WAITED_FOR_US = 15 * 60 * MICROSECONDS
_SKIPPED_FOR_US = 60 * 60 * MICROSECONDS
_AT_ONCE = 500
# Some hundredths of a second of SQLite's write lock.
LOOKED_AT = 20
_TABLE = campaign_contacts.c
_WOKEN: dict[str, Any] = {
    **{"state": ContactState.READY.value, "due_us": None, "held_until_us": None},
    # Only who agreed with an agent remains theirs.
    "member": case((_TABLE.agreed_us.is_(None), null()), else_=_TABLE.member),
}
_IN_ORDER = (_TABLE.priority, _TABLE.rank, _TABLE.id)


class ContactStore:
    """The customers of all campaigns. Every method raises DatabaseProblem; instants are microseconds, UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wake_due(self, campaign_id: int, now_us: int) -> int:
        """Customers whose hour has come are ready, as are those whom an agent looked at for too long. How many."""
        due = _of(campaign_id, ContactState.WAITING).where(_TABLE.due_us <= now_us).order_by(_TABLE.due_us)
        left = select(_TABLE.id).where(_TABLE.state == ContactState.SHOWN.value, _TABLE.held_until_us <= now_us)

        def woken(connection: Connection) -> int:
            count = 0
            for some in (due, left):
                ids = connection.execute(some.limit(_AT_ONCE)).scalars().all()
                if ids:
                    connection.execute(update(campaign_contacts).where(_TABLE.id.in_(ids)).values(_WOKEN))
                count += len(ids)
            return count

        return await self._database.write(woken)

    async def ready(self, campaign_id: int, count: int) -> tuple[int, ...]:
        """The ids of those whose turn it is, in their order."""
        query = _of(campaign_id, ContactState.READY).order_by(*_IN_ORDER).limit(count)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def find(self, contact_id: int) -> StoredContact | None:
        """One customer; None also of one whom nobody can read."""
        query = select_contacts().where(_TABLE.id == contact_id)
        return await self._database.read(lambda connection: _read(connection, query))

    async def shown_to(self, member: str, campaign_id: int) -> StoredContact | None:
        """The customer whom this agent looks at now; None also of one whom nobody can read."""
        query = select_contacts().where(*_shown(member, campaign_id)).limit(1)
        return await self._database.read(lambda connection: _read(connection, query))

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


def _read(connection: Connection, query: Select[Any]) -> StoredContact | None:
    try:
        row = connection.execute(query).one_or_none()
        return contact(row) if row is not None else None
    except UNREADABLE:
        # Whoever would call them sets them aside, and says so.
        return None


def _of(campaign_id: int, state: ContactState) -> Select[Any]:
    return select(_TABLE.id).where(_TABLE.campaign_id == campaign_id, _TABLE.state == state.value)


def _shown(member: str, campaign_id: int) -> tuple[Any, ...]:
    return (_TABLE.campaign_id == campaign_id, _TABLE.state == ContactState.SHOWN.value, _TABLE.member == member)


def _show(
    connection: Connection, member: str, turns: Turns, now_us: int, services: Collection[str]
) -> StoredContact | _Others | None:
    campaign_id = turns.campaign.id
    had = connection.scalar(select(_TABLE.id).where(*_shown(member, campaign_id)).limit(1))
    has = locked(connection, had) if had is not None else None
    if has is not None:
        change(connection, has.id, now_us, held_until_us=now_us + SHOWN_FOR_US)
        return has
    for _ in range(LOOKED_AT):
        chosen = _next_for(connection, campaign_id, member, now_us, services)
        if chosen is None:
            return None
        stored = locked(connection, chosen)
        known = known_or_set_aside(connection, stored, turns, now_us) if stored is not None else None
        if stored is None or known is None:
            continue
        turn = turns.next_of(known, now_us)
        if turn is not None and turn.due_us <= now_us:
            values = {"state": ContactState.SHOWN.value, "member": member, "held_until_us": now_us + SHOWN_FOR_US}
            change(connection, stored.id, now_us, **values)
            return locked(connection, stored.id)
        change(connection, stored.id, now_us, **turn_values(turn, now_us, agreed_us=stored.agreed_us))
    return _Others()


def _next_for(
    connection: Connection, campaign_id: int, member: str, now_us: int, services: Collection[str]
) -> int | None:
    """Of each service by an index, then the first of those. Whoever agreed with another agent is left to them."""
    anybodys = or_(_TABLE.member.is_(None), _TABLE.member == member, _TABLE.agreed_us <= now_us - _WAITED_FOR_US)
    query = select(*_IN_ORDER).where(_TABLE.campaign_id == campaign_id, _TABLE.state == ContactState.READY.value)
    query = query.where(anybodys).order_by(*_IN_ORDER).limit(1).with_for_update(skip_locked=True)
    some = [query.where(_TABLE.service == each) for each in sorted({*services, BOTH})] if services else [query]
    found = [row for each in some if (row := connection.execute(each).one_or_none()) is not None]
    first = min(found, key=lambda row: (row.priority, row.rank, row.id), default=None)
    return first.id if first is not None else None


def _skip(connection: Connection, contact_id: int, member: str, reason: SkipReason, turns: Turns, now_us: int) -> bool:
    stored = locked(connection, contact_id)
    if stored is None or stored.state is not ContactState.SHOWN or stored.member != member:
        return False
    row = {"contact_id": contact_id, "member": member, "reason": reason.value, "at_us": now_us}
    connection.execute(contact_skips.insert(), [row])
    if reason in (SkipReason.ALREADY_PAID, SkipReason.WRONG_DATA):
        change(connection, contact_id, now_us, state=ContactState.OVER.value, held_until_us=None)
    else:
        settle(connection, contact_id, turns, now_us, not_before_us=now_us + _SKIPPED_FOR_US)
    return True
