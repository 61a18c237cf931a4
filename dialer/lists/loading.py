"""What was decided of a load is carried out: its customers enter their campaign, or leave it, or what was read goes.

The decision is the load's state, which one transaction changed (`dialer.lists.store`); what follows from it is here, in
short transactions that may be cut anywhere and are gone on with. Customers who enter are `arriving`, whom nobody
calls, until the last of them is there.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, RowMapping, Select, and_, delete, exists, insert, select, update

from callcenter.campaign_outcomes import ContactState
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, contact_skips
from callcenter.records.lists import list_files, list_loads, list_problems, listed_customers, payments
from dialer.campaigns.model import FINAL, Campaign, CampaignEvent, after
from dialer.campaigns.rows import find_campaign
from dialer.campaigns.store import apply_event, follow_anew
from dialer.contacts.model import ListedService, has_paid, rank_of
from dialer.contacts.rows import UNREADABLE
from dialer.contacts.settling import FREED, lock_each, set_aside_unread
from dialer.do_not_call import barred_among
from dialer.lists.known import KnownContact, known_contact, select_known
from dialer.lists.merge import merged
from dialer.lists.model import ListedCustomer, LoadState
from dialer.lists.rows import SAID, customer_of, numbers_of, said_of
from dialer.lists.work import CUSTOMERS_AT_ONCE, ROWS_AT_ONCE, LoadWork

_contacts, _listed, _loads = campaign_contacts.c, listed_customers.c, list_loads.c
_attempts = campaign_attempts.c
Values = dict[str, Any]
# Whoever waits in one of these is over where lists say nothing any more that is to be called about.
_NOT_OVER = (ContactState.WITHDRAWN, ContactState.READY, ContactState.WAITING)
# Whoever is in one of these may still be called.
_TO_CALL = (
    *(ContactState.READY, ContactState.WAITING, ContactState.SHOWN),
    *(ContactState.CALLING, ContactState.ARRIVING),
)
# Whoever is in one of these may be called again once a list says anew who they are.
_RETURNING = (ContactState.WITHDRAWN, ContactState.SET_ASIDE)


class _Known(NamedTuple):
    """A customer who is in the campaign, and what its standing lists say of them.

    `contact` None: nobody can read them, because of the `problem`.
    """

    id: int
    contact: KnownContact | None
    parts: list[ListedCustomer]
    problem: Exception | None = None


class _Listed(NamedTuple):
    """Some customers of a list, as they were read before anything is written of them."""

    rows: Sequence[RowMapping]
    barred: frozenset[str]
    known: dict[str, _Known]

    @property
    def unread(self) -> list[_Known]:
        """Those whom nobody can read."""
        return [each for each in self.known.values() if each.problem is not None]


class ListLoading:
    """Carries out what was decided of one load. Every method raises NotOursAnyMore and DatabaseProblem."""

    def __init__(self, work: LoadWork, campaign: Campaign | None) -> None:
        self._work, self._campaign = work, campaign
        # Its list stands already, but for its state.
        self._entering_load = work.load.id if work.load.state is LoadState.LOADING else 0

    async def load(self) -> None:
        """All its customers enter the campaign; payments count from the last statement on."""
        campaign = self._campaign
        if campaign is not None:
            last = ""
            while (some := await self._work.database.read(partial(self._next, campaign, last))).rows:
                new, again = self._entering(campaign, some)
                await self._work.write(partial(_enter, new, again, some.unread))
                last = some.rows[-1]["customer"]
            while await self._work.write(lambda connection: self._release(connection, campaign)):
                continue
        await self._work.write(self._moved(CampaignEvent.LIST_LOADED), state=LoadState.LOADED)

    async def undo(self) -> None:
        """Its customers leave the campaign, but for what other lists say; its payments go."""
        campaign = self._campaign
        if campaign is not None:
            while (some := await self._work.database.read(partial(self._next, campaign, ""))).rows:
                await self._work.write(partial(self._leave, campaign, some))
        await self._work.forget(payments)
        await self._work.write(self._moved(CampaignEvent.LIST_UNDONE), state=LoadState.UNDONE)

    async def cancel(self) -> None:
        """Nothing is kept of it but that it was uploaded, and what is wrong with it, where it was read to its end."""
        of_no_use = () if self._work.load.counts.rows else (list_problems,)
        await self._work.forget(listed_customers, payments, list_files, *of_no_use)
        await self._work.note(state=LoadState.CANCELLED)

    def _next(self, campaign: Campaign, last: str, connection: Connection) -> _Listed:
        """The next customers of the list, behind `last`; none where there are no more."""
        some = select(listed_customers).where(_listed.load_id == self._work.load.id, _listed.customer > last)
        rows = connection.execute(some.order_by(_listed.customer).limit(CUSTOMERS_AT_ONCE)).mappings().all()
        barred = barred_among(connection, numbers_of(rows))
        return _Listed(rows, barred, self._known(connection, campaign, [row["customer"] for row in rows]))

    def _entering(self, campaign: Campaign, some: _Listed) -> tuple[list[Values], list[Values]]:
        """Contacts to make, and what is said anew of those who are there; nothing of whoever is never to be called."""
        called = [row for row in some.rows if not some.barred.issuperset(numbers_of([row]))]
        new = [self._contact(row, campaign) for row in called if row["customer"] not in some.known]
        known = [some.known[row["customer"]] for row in called if row["customer"] in some.known]
        return new, list(self._said_again(campaign, known))

    def _contact(self, row: RowMapping, campaign: Campaign) -> Values:
        return {name: row[name] for name in SAID} | {
            "campaign_id": campaign.id,
            "customer": row["customer"],
            "rank": rank_of(campaign.rules, row["expires_on"], row["segment"], 0),
            "state": ContactState.HELD_OUT if row["held_out"] else ContactState.ARRIVING,
            "changed_us": self._work.clock(),
        }

    def _said_again(self, campaign: Campaign, known: Iterable[_Known]) -> Iterator[Values]:
        """What all standing lists say of customers who are there, where it is new. The `_RETURNING` are back."""
        for _, contact, parts, _ in known:
            if contact is None:
                continue
            listed = merged(parts)
            said = said_of(listed, campaign, contact.attempts)
            state = _state_since(contact, listed.services)
            if state is not None or any(contact.said[name] != value for name, value in said.items()):
                kept = {"id": contact.id, "was": contact.state, "state": state}
                yield said | kept | {"changed_us": self._work.clock()}

    def _release(self, connection: Connection, campaign: Campaign) -> int:
        """How many of those who are arriving have arrived now."""
        arriving = _contacts.campaign_id == campaign.id, _contacts.state == ContactState.ARRIVING
        some = select(_contacts.id).where(*arriving).limit(ROWS_AT_ONCE)
        keys = connection.execute(some).scalars().all()
        if keys:
            lock_each(connection, keys)
            arrived = update(campaign_contacts).where(_contacts.id.in_(keys))
            connection.execute(arrived.values(state=ContactState.READY))
        return len(keys)

    def _leave(self, campaign: Campaign, some: _Listed, connection: Connection) -> None:
        """These customers leave with the load, but for those whom other lists have."""
        lock_each(connection, [each.id for each in some.known.values()])
        listed = [each for each in some.known.values() if each.parts]
        _say_again(connection, list(self._said_again(campaign, listed)))
        _set_aside(connection, [each for each in some.unread if each.parts])
        _remove(connection, [each.id for each in some.known.values() if not each.parts], self._work.clock())
        customers = [row["customer"] for row in some.rows]
        of_load = _listed.load_id == self._work.load.id, _listed.customer.in_(customers)
        connection.execute(delete(listed_customers).where(*of_load))

    def _known(self, connection: Connection, campaign: Campaign, customers: Sequence[str]) -> dict[str, _Known]:
        """Those of the customers who are in the campaign, with what its standing lists say of each."""
        there = select_known().where(_contacts.campaign_id == campaign.id, _contacts.customer.in_(customers))
        known = {row.customer: _as_known(row) for row in connection.execute(there)}
        if known:
            for row in connection.execute(_said(campaign.id, [*known], self._entering_load)).mappings():
                known[row["customer"]].parts.append(customer_of(row))
        return known

    def _moved(self, event: CampaignEvent) -> Any:
        """The campaign's state after it, within the transaction that ends the work."""

        def moved(connection: Connection) -> None:
            now = find_campaign(connection, self._campaign.id) if self._campaign is not None else None
            if now is None or self._campaign is None:
                return
            if now.rules != self._campaign.rules:
                # They were listed by those of before.
                follow_anew(connection, now.id)
            goes_on = event is CampaignEvent.LIST_UNDONE and self._has_somebody(connection)
            if not goes_on and after(now.state, event) is not None:
                apply_event(connection, now.id, event, by=self._decided_by, now_us=self._work.clock())

        return moved

    @property
    def _decided_by(self) -> str:
        """The login of whoever loaded it, or undid that."""
        load = self._work.load
        return load.undone_by or load.loaded_by or load.uploaded_by

    def _has_somebody(self, connection: Connection) -> bool:
        """Whether anybody is left whom the campaign may call."""
        assert self._campaign is not None
        left = _contacts.campaign_id == self._campaign.id, _contacts.state.in_(_TO_CALL)
        return connection.execute(select(_contacts.id).where(*left).limit(1)).first() is not None


def _as_known(row: Row[Any]) -> _Known:
    try:
        return _Known(row.id, known_contact(row), [])
    except UNREADABLE as problem:
        return _Known(row.id, None, [], problem)


def _enter(new: Sequence[Values], again: Sequence[Values], unread: Sequence[_Known], connection: Connection) -> None:
    if new:
        connection.execute(insert(campaign_contacts), new)
    lock_each(connection, [*(each["id"] for each in again), *(each.id for each in unread)])
    _say_again(connection, again)
    _set_aside(connection, unread)


def _set_aside(connection: Connection, unread: Iterable[_Known]) -> None:
    """Whom nobody can read, the list leaves as they are; its other customers enter all the same."""
    for each in unread:
        if each.problem is not None:
            set_aside_unread(connection, each.id, each.problem)


def _say_again(connection: Connection, again: Sequence[Values]) -> None:
    """Contacts as they are said to be, but for the state of one that somebody has changed meanwhile."""
    for each in again:
        values = {name: value for name, value in each.items() if name not in ("id", "was", "state")}
        of_this = update(campaign_contacts).where(_contacts.id == each["id"])
        connection.execute(of_this.values(values))
        if each["state"] is not None:
            back = of_this.where(_contacts.state == each["was"])
            connection.execute(back.values(state=each["state"]))


def _said(campaign_id: int, customers: Collection[str], also: int) -> Select[Any]:
    """What the loaded lists of a campaign say of customers, in the order of the loads; and what one more load says."""
    of_campaign = list_loads.join(listed_customers, and_(_listed.load_id == _loads.id, _listed.customer.in_(customers)))
    standing = (_loads.state == LoadState.LOADED) | (_loads.id == also)
    wanted = select(listed_customers).select_from(of_campaign)
    return wanted.where(_loads.campaign_id == campaign_id, standing).order_by(_listed.customer, _loads.id)


def _state_since(contact: KnownContact, services: Sequence[ListedService]) -> ContactState | None:
    """What a customer is in since lists say this of them; None: as before.

    When one may be called who was withdrawn or set aside was kept with them. One who was skipped as paid is called
    again about what expires later than all that was listed then, and about nothing else.
    """
    is_over = contact.outcome in FINAL or has_paid(contact.paid_until, services)
    if contact.state in _RETURNING and not is_over:
        return ContactState.READY if contact.due_us is None else ContactState.WAITING
    if contact.state in _NOT_OVER and is_over:
        return ContactState.OVER
    if contact.state is not ContactState.OVER or is_over or contact.paid_until is None:
        return None
    return ContactState.READY if contact.had_paid else None


def _remove(connection: Connection, contacts: Sequence[int], now_us: int) -> None:
    """Contacts that no list has any more: whoever was called, or has paid, stays as `withdrawn`, for the records."""
    if not contacts:
        return
    known = exists().where(_attempts.contact_id == _contacts.id) | _contacts.paid_until.is_not(None)
    of_these = _contacts.id.in_(contacts)
    gone = update(campaign_contacts).where(of_these, known)
    left = {**FREED, "state": ContactState.WITHDRAWN, "wrong_data": False, "changed_us": now_us}
    connection.execute(gone.values(left))
    untouched = connection.execute(select(_contacts.id).where(of_these, ~known)).scalars().all()
    if untouched:
        connection.execute(delete(contact_skips).where(contact_skips.c.contact_id.in_(untouched)))
        connection.execute(delete(campaign_contacts).where(_contacts.id.in_(untouched)))
