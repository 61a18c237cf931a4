"""The call of a contact that is over, from the records: its pop stays on the desk while the agent writes it up."""

from typing import Any

from sqlalchemy import bindparam, select

from agent_api.contacts import ContactKey
from agent_api.history import offer_in
from callcenter.database import Database
from callcenter.messages import CallOffered
from callcenter.records.calls import queue_entries

_ENTRY = (
    select(queue_entries)
    .where(queue_entries.c.node == bindparam("its_node"), queue_entries.c.uniqueid == bindparam("its_uniqueid"))
    .where(queue_entries.c.member == bindparam("its_member"), queue_entries.c.answered_us.is_not(None))
    .order_by(queue_entries.c.entered_us.desc())
    .limit(1)
)


async def offer_of(database: Database, key: ContactKey) -> CallOffered | None:
    """The offer that the contact began with; None where the records do not have it (yet). Raises DatabaseProblem."""
    row = await _entry(database, key)
    return offer_in(row, key.member, row.answered_us) if row is not None else None


async def ended_us_of(database: Database, key: ContactKey) -> int | None:
    """When the conversation ended; None while it goes on or nothing is known of it (yet). Raises DatabaseProblem."""
    row = await _entry(database, key)
    return row.ended_us if row is not None else None


async def _entry(database: Database, key: ContactKey) -> Any:
    asked = {"its_node": key.node, "its_uniqueid": key.uniqueid, "its_member": key.member}
    return await database.read(lambda connection: connection.execute(_ENTRY, asked).first())
