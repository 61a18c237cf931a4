"""Conversations in the records, in the order in which they were recorded, and which of them have no contact yet.

Every queue entry has the number of the reading that changed it last, and every reading the time of its rows: what is
later than the last reading that was looked at is new, however long the bridge, the database or this service was away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, literal_column, select

from agent_api.contacts.store import ContactKey
from callcenter.calls import StepKind
from callcenter.database.transactions import Database, put
from callcenter.instants import MICROSECONDS
from callcenter.records.calls import queue_entries
from callcenter.records.contacts import contact_notes, contact_readings
from callcenter.records.ivr import call_steps
from callcenter.records.ledger import cursors, readings
from callcenter.records.users import users

# So many entries are looked at in one go, and those of the same reading as the last of them.
ENTRIES_AT_ONCE = 100

_NODES = (
    select(cursors.c.node, contact_readings.c.reading)
    .outerjoin(contact_readings, contact_readings.c.node == cursors.c.node)
    .distinct()
)
_SPAN = (readings.c.node == bindparam("asked"), readings.c.number > bindparam("seen"))
_LAST = select(func.max(readings.c.number)).where(*_SPAN)
_IS_THERE = select(readings.c.number).where(
    readings.c.node == bindparam("asked"), readings.c.number == bindparam("last")
)
_MOMENTS = select(func.min(readings.c.earliest_us).label("since"), func.max(readings.c.latest_us).label("until")).where(
    *_SPAN, readings.c.number <= bindparam("last"), readings.c.earliest_us > 0
)
# The second is the condition of the index, word for word.
_READ_BETWEEN = and_(
    queue_entries.c.node == bindparam("asked"),
    queue_entries.c.reading != literal_column("0"),
    queue_entries.c.reading > bindparam("seen"),
    queue_entries.c.reading <= bindparam("last"),
)
_ENOUGH = (
    select(queue_entries.c.reading)
    .where(_READ_BETWEEN)
    .order_by(queue_entries.c.reading)
    .limit(1)
    .offset(ENTRIES_AT_ONCE)
)
_e = queue_entries.c
_ENTRIES = select(_e.call, _e.member, _e.queue, _e.answered_us, _e.ended_us).where(_READ_BETWEEN)
_TRANSFERS = (
    select(call_steps.c.uniqueid, call_steps.c.at_us, users.c.login)
    .join(users, users.c.extension == call_steps.c.detail)
    .where(call_steps.c.step == StepKind.TRANSFERRED.value, call_steps.c.node == bindparam("asked"), users.c.active)
    .where(call_steps.c.at_us >= bindparam("since"), call_steps.c.at_us <= bindparam("until"))
)
# One by one, by the whole key: of many at once PostgreSQL without statistics reads the table.
_CONTACT = select(contact_notes.c.saved_us).where(
    contact_notes.c.uniqueid == bindparam("channel"),
    contact_notes.c.member == bindparam("agent"),
    contact_notes.c.node == bindparam("its_node"),
)


@dataclass(frozen=True, slots=True)
class AgentConversation:
    """An agent and a caller. `queue` None: the caller came by a transfer. Instants in microseconds, UTC."""

    key: ContactKey
    queue: str | None
    began_us: int
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class NewlyRecorded:
    """What the readings of a node up to `reading` changed: conversations, the earliest first.

    `without_contact`: those of them that have none.
    """

    node: str
    reading: int
    conversations: Sequence[AgentConversation]
    without_contact: Sequence[AgentConversation]


class RecordedConversations:
    """Reads the records from where it was `done` on. Every method raises DatabaseProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def new(self) -> tuple[NewlyRecorded, ...]:
        """What is new, of each node that has something; not all of it where there is much."""
        return await self._database.read(lambda connection: tuple(_new(connection)))

    async def done(self, recorded: NewlyRecorded) -> None:
        """Every conversation of these has its contact."""
        await self._database.write(lambda connection: _keep_done(connection, recorded))


def _keep_done(connection: Connection, recorded: NewlyRecorded) -> None:
    """Not where the database was restored meanwhile: the numbers up to that reading will be others' then."""
    if connection.scalar(_IS_THERE, {"asked": recorded.node, "last": recorded.reading}) is not None:
        put(connection, contact_readings, [{"node": recorded.node, "reading": recorded.reading}])


def _new(connection: Connection) -> Iterator[NewlyRecorded]:
    for node, seen in connection.execute(_NODES).all():
        asked = {"asked": node, "seen": seen or 0}
        last = connection.scalar(_LAST, asked)
        if last is not None:
            enough = connection.scalar(_ENOUGH, {**asked, "last": last})
            yield _recorded(connection, {**asked, "last": enough or last})


def _recorded(connection: Connection, asked: dict[str, Any]) -> NewlyRecorded:
    found = [*_answered(connection, asked), *_transferred(connection, asked)]
    found.sort(key=lambda each: each.began_us)
    missing = [each for each in found if not _has_contact(connection, each.key)]
    return NewlyRecorded(asked["asked"], asked["last"], found, missing)


def _answered(connection: Connection, asked: dict[str, Any]) -> Iterator[AgentConversation]:
    """Under the channel that was connected: it may have taken the place of the one that joined."""
    for row in connection.execute(_ENTRIES, asked):
        if row.answered_us is not None and row.member is not None:
            key = ContactKey(asked["asked"], row.call, row.member)
            yield AgentConversation(key, row.queue, row.answered_us, row.ended_us)


def _transferred(connection: Connection, asked: dict[str, Any]) -> Iterator[AgentConversation]:
    """Callers whom an agent got by a transfer: the ledger knows agents by their extensions.

    A row that stood in the file alone is known to the second.
    """
    moments = connection.execute(_MOMENTS, asked).one()
    if moments.since is None:
        return
    span = {"asked": asked["asked"], "since": moments.since - MICROSECONDS, "until": moments.until + MICROSECONDS}
    for row in connection.execute(_TRANSFERS, span):
        yield AgentConversation(ContactKey(asked["asked"], row.uniqueid, row.login), None, row.at_us, None)


def _has_contact(connection: Connection, key: ContactKey) -> bool:
    asked = {"channel": key.uniqueid, "agent": key.member, "its_node": key.node}
    return connection.execute(_CONTACT, asked).first() is not None
