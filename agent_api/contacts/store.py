"""What agents write down of their contacts: notes as they are typed, and the disposition.

A contact is one caller's channel with one agent. It is begun when the agent answers (or writes while the phone rings)
or receives the caller by a transfer, and is closed by the agent, or by the next call when no disposition is pending.
Notes may be mended after that for as long as a shift lasts. A disposition that was not given in the shift is nobody's
to give any more: supervisors see it as pending.

What is heard live begins a contact at once; `agent_api.contacts.reconciliation` begins those that the records have and
nobody heard of. Both begin it as of the answer, so that its shift and its place among the agent's others are the same.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Update, and_, bindparam, select, update

from callcenter.calls import LONGEST_CALL_US
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database, put_missing
from callcenter.instants import MICROSECONDS
from callcenter.records.calls import queue_entries
from callcenter.records.contacts import contact_notes

SHIFT_SECONDS = 12 * 3600
PENDING_SHOWN_SECONDS = 31 * 24 * 3600


class NotYours(Exception):
    """No contact of this agent, or none of this shift."""


class UnknownDisposition(Exception):
    """No disposition of this contact's queue."""


class DispositionMissing(Exception):
    """The queue wants a disposition before the contact is closed."""


@dataclass(frozen=True, slots=True)
class ContactKey:
    """Names a contact: the node and the caller's channel, and the agent's login."""

    node: str
    uniqueid: str
    member: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as it was last saved.

    `disposition_pending`: its queue wants one before it is closed. Instants in microseconds, UTC.
    """

    key: ContactKey
    queue: str
    disposition: str
    notes: str
    customer_number: int | None
    saved_us: int
    closed_us: int | None
    disposition_pending: bool


_OF_KEY = and_(
    contact_notes.c.node == bindparam("its_node"),
    contact_notes.c.uniqueid == bindparam("its_uniqueid"),
    contact_notes.c.member == bindparam("its_member"),
    contact_notes.c.saved_us >= bindparam("since"),
)
_ONE = select(contact_notes).where(_OF_KEY)
_OPEN = (
    select(contact_notes)
    .where(contact_notes.c.member == bindparam("asked"), contact_notes.c.closed_us.is_(None))
    .where(contact_notes.c.saved_us >= bindparam("since"))
    .order_by(contact_notes.c.saved_us.desc())
)
_LATEST = (
    select(contact_notes)
    .where(contact_notes.c.member == bindparam("asked"), contact_notes.c.saved_us >= bindparam("since"))
    .order_by(contact_notes.c.saved_us.desc())
    .limit(1)
)
# By the call: the caller's channel may have taken the place of the one that joined.
_ENTERED = (
    select(queue_entries.c.queue, queue_entries.c.answered_us)
    .where(queue_entries.c.node == bindparam("node"), queue_entries.c.call == bindparam("asked"))
    .where(queue_entries.c.entered_us >= bindparam("since"), queue_entries.c.entered_us <= bindparam("until"))
    .order_by(queue_entries.c.entered_us.desc())
    .limit(1)
)
_CONNECTED = _ENTERED.where(queue_entries.c.member == bindparam("by"), queue_entries.c.answered_us.is_not(None))
_LATER = (
    select(contact_notes.c.uniqueid)
    .where(contact_notes.c.member == bindparam("asked"), contact_notes.c.saved_us > bindparam("than"))
    .limit(1)
)


def _closing(requiring: tuple[str, ...]) -> tuple[Update, Update]:
    """Close an agent's earlier contacts, or one that was found late, where no disposition is pending."""
    free = (contact_notes.c.disposition != "") | contact_notes.c.queue.not_in(requiring)
    open_ones = (
        update(contact_notes)
        .where(contact_notes.c.member == bindparam("by"), contact_notes.c.closed_us.is_(None), free)
        .values(closed_us=bindparam("now"))
    )
    others = contact_notes.c.uniqueid != bindparam("its_uniqueid")
    earlier = open_ones.where(others, contact_notes.c.saved_us <= bindparam("began"))
    return earlier, open_ones.where(contact_notes.c.uniqueid == bindparam("its_uniqueid"))


class Contacts:
    """Keeps the contacts of all agents; the only writer of their table. Every method raises DatabaseProblem."""

    def __init__(self, database: Database, centre: Centre, clock: Callable[[], int]) -> None:
        self._database, self._centre, self._clock = database, centre, clock
        # Of a campaign's call its outcome is asked for instead.
        inbound = [queue for queue in centre.queues if queue.name not in centre.outbound_by_queue]
        self._requiring = tuple(queue.name for queue in inbound if queue.disposition_required)
        self._close_earlier, self._close_late = _closing(self._requiring)

    async def begin(self, key: ContactKey, queue: str, began_us: int) -> None:
        """Make the contact where there is none yet; close the agent's earlier ones that have no disposition pending.

        One that is begun after the next one is closed itself, where no disposition is pending.
        """
        await self._database.write(lambda connection: self._begin(connection, key, queue, began_us))

    async def begin_transferred(self, key: ContactKey, began_us: int) -> None:
        """The same for a caller who came by a transfer; none where the records do not have them (yet)."""
        await self._database.write(lambda connection: self._begin_transferred(connection, key, began_us))

    async def ensure(self, key: ContactKey, queue: str, began_us: int) -> None:
        """Make the contact where there is none yet."""
        await self._database.write(lambda connection: _make(connection, key, queue, began_us))

    async def open_of(self, member: str) -> tuple[Contact, ...]:
        """The agent's contacts that are not closed, newest first."""
        asked = {"asked": member, "since": self._since()}
        rows = await self._database.read(lambda connection: connection.execute(_OPEN, asked).all())
        return tuple(self._contact(row) for row in rows)

    async def latest_of(self, member: str) -> Contact | None:
        """The contact that the agent worked on last in this shift, closed or not."""
        asked = {"asked": member, "since": self._since()}
        row = await self._database.read(lambda connection: connection.execute(_LATEST, asked).first())
        return self._contact(row) if row is not None else None

    async def pending_of(self, member: str) -> tuple[Contact, ...]:
        """The agent's contacts of the last month whose disposition is pending, of whichever shift, newest first."""
        asked = {"asked": member, "since": self._clock() - PENDING_SHOWN_SECONDS * MICROSECONDS}
        rows = await self._database.read(lambda connection: connection.execute(_OPEN, asked).all())
        return tuple(contact for contact in map(self._contact, rows) if contact.disposition_pending)

    async def has_pending_disposition(self, member: str) -> bool:
        """Whether a queue waits for a disposition of this agent."""
        return bool(await self.with_pending_disposition((member,)))

    async def with_pending_disposition(self, members: Collection[str]) -> tuple[str, ...]:
        """Those of them of whom a queue waits for a disposition: one trip for all."""
        if not self._requiring or not members:
            return ()
        since = self._since()
        return await self._database.read(
            lambda connection: tuple(each for each in members if self._is_pending_of(connection, each, since))
        )

    async def save(self, key: ContactKey, changed: dict[str, Any]) -> Contact:
        """Save what was typed: any of `notes`, `disposition`, `customer_number`.

        Raises NotYours, or UnknownDisposition: then nothing is saved.
        """
        now = self._clock()
        return await self._database.write(lambda connection: self._save(connection, key, changed, now))

    async def close(self, key: ContactKey) -> Contact:
        """The agent has finished. Raises NotYours or DispositionMissing."""
        now = self._clock()
        return await self._database.write(lambda connection: self._close(connection, key, now))

    def _since(self) -> int:
        return self._clock() - SHIFT_SECONDS * MICROSECONDS

    def _is_pending_of(self, connection: Connection, member: str, since: int) -> bool:
        rows = connection.execute(_OPEN, {"asked": member, "since": since}).all()
        return any(self._contact(row).disposition_pending for row in rows)

    def _begin(self, connection: Connection, key: ContactKey, queue: str, began_us: int) -> None:
        made = _make(connection, key, queue, began_us)
        of = {"by": key.member, "its_uniqueid": key.uniqueid, "now": self._clock()}
        connection.execute(self._close_earlier, {**of, "began": began_us})
        if made and connection.execute(_LATER, {"asked": key.member, "than": began_us}).first() is not None:
            connection.execute(self._close_late, of)

    def _begin_transferred(self, connection: Connection, key: ContactKey, began_us: int) -> None:
        since = began_us - LONGEST_CALL_US
        asked = {"node": key.node, "asked": key.uniqueid, "since": since, "until": began_us}
        queue = connection.scalar(_ENTERED, asked)
        if queue is not None:
            self._begin(connection, key, queue, began_us)

    def _save(self, connection: Connection, key: ContactKey, changed: dict[str, Any], now: int) -> Contact:
        found = self._found(connection, key) or self._begin_from_records(connection, key, now)
        code = changed.get("disposition")
        if code and code not in {each.code for each in self._centre.dispositions_of(found.queue)}:
            raise UnknownDisposition
        return self._changed(connection, key, {**changed, "saved_us": now})

    def _close(self, connection: Connection, key: ContactKey, now: int) -> Contact:
        found = self._found(connection, key)
        if found is None:
            raise NotYours
        if found.disposition_pending:
            raise DispositionMissing
        return self._changed(connection, key, {"closed_us": found.closed_us or now})

    def _changed(self, connection: Connection, key: ContactKey, values: dict[str, Any]) -> Contact:
        connection.execute(update(contact_notes).where(_OF_KEY).values(**values), self._named(key))
        changed = self._found(connection, key)
        if changed is None:
            raise NotYours
        return changed

    def _begin_from_records(self, connection: Connection, key: ContactKey, now: int) -> Contact:
        """A conversation that began while no process of ours listened: the records know whose it is."""
        asked = {"node": key.node, "asked": key.uniqueid, "by": key.member, "since": self._since(), "until": now}
        found = connection.execute(_CONNECTED, asked).first()
        if found is None:
            raise NotYours
        self._begin(connection, key, found.queue, found.answered_us)
        return Contact(key, found.queue, "", "", None, found.answered_us, None, found.queue in self._requiring)

    def _found(self, connection: Connection, key: ContactKey) -> Contact | None:
        row = connection.execute(_ONE, self._named(key)).first()
        return self._contact(row) if row is not None else None

    def _named(self, key: ContactKey) -> dict[str, Any]:
        return {"its_node": key.node, "its_uniqueid": key.uniqueid, "its_member": key.member, "since": self._since()}

    def _contact(self, row: Any) -> Contact:
        return Contact(
            key=ContactKey(row.node, row.uniqueid, row.member),
            queue=row.queue,
            disposition=row.disposition,
            notes=row.notes,
            customer_number=row.customer_number,
            saved_us=row.saved_us,
            closed_us=row.closed_us,
            disposition_pending=not row.disposition and row.closed_us is None and row.queue in self._requiring,
        )


def _make(connection: Connection, key: ContactKey, queue: str, began_us: int) -> bool:
    named = {"node": key.node, "uniqueid": key.uniqueid, "member": key.member, "queue": queue, "saved_us": began_us}
    blank = {"disposition": "", "notes": "", "customer_number": None, "closed_us": None}
    return put_missing(connection, contact_notes, [{**named, **blank}]) == 1
