"""The call of a contact that is over, from the records: its pop stays on the desk while the agent writes it up."""

from typing import Any

from sqlalchemy import bindparam, case, select

from agent_api.contacts.store import ContactKey
from agent_api.pop.call_history import offer_in
from callcenter.database.transactions import Database
from callcenter.messages.facts import CallOffered
from callcenter.records.calls import queue_entries

_ITS_OWN = (queue_entries.c.member == bindparam("its_member")) & queue_entries.c.answered_us.is_not(None)
_ENTRY = (
    select(queue_entries)
    .where(queue_entries.c.node == bindparam("its_node"), queue_entries.c.call == bindparam("its_uniqueid"))
    .order_by(case((_ITS_OWN, 0), else_=1), queue_entries.c.entered_us.desc())
    .limit(1)
)


async def offer_of(database: Database, key: ContactKey) -> CallOffered | None:
    """The offer that the contact began with, or from which the caller came to it by a transfer.

    None where the records do not have it (yet). Raises DatabaseProblem.
    """
    row = await _entry(database, key)
    return offer_in(row, key.member, row.answered_us or row.ended_us or row.entered_us) if row is not None else None


async def ended_us_of(database: Database, key: ContactKey) -> int | None:
    """When the conversation from the queue ended; None while it goes on or nothing is known of it (yet).

    Raises DatabaseProblem.
    """
    row = await _entry(database, key)
    return row.ended_us if row is not None and row.member == key.member else None


async def _entry(database: Database, key: ContactKey) -> Any:
    asked = {"its_node": key.node, "its_uniqueid": key.uniqueid, "its_member": key.member}
    return await database.read(lambda connection: connection.execute(_ENTRY, asked).first())
