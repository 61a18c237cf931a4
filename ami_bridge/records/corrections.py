"""Notes when queue entries were said to have entered before a late row corrected it.

Whoever counts entries by that moment counts both parts of the day again: where the entry was, and where it is now.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from callcenter.database.engines import Dialect
from callcenter.records.calls import entry_corrections, queue_entries

# The names of columns are taken: an INSERT means its own by them.
_PREFIX = "its_"
_KEY = tuple(queue_entries.primary_key.columns)
_COLUMNS = (*(column.name for column in _KEY), "entered_us", "reading")
_FORMER = select(bindparam("its_reading", type_=BigInteger), queue_entries.c.node, queue_entries.c.entered_us).where(
    *(column == bindparam(_PREFIX + column.name) for column in _KEY),
    queue_entries.c.entered_us != bindparam("its_entered_us"),
)
_INSERTED = ("reading", "node", "entered_us")
_NOTE = {
    Dialect.SQLITE: sqlite.insert(entry_corrections).from_select(_INSERTED, _FORMER).on_conflict_do_nothing(),
    Dialect.POSTGRESQL: postgresql.insert(entry_corrections).from_select(_INSERTED, _FORMER).on_conflict_do_nothing(),
}

_NOTED = select(entry_corrections.c.entered_us).where(
    entry_corrections.c.reading == bindparam("of"), entry_corrections.c.node == bindparam("at")
)


def note_corrections(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """To be called before these rows of `queue_entries` overwrite what is there; they are of one reading. Returns what
    was said before, in microseconds.
    """
    if not entries:
        return ()
    asked = [{_PREFIX + name: entry[name] for name in _COLUMNS} for entry in entries]
    connection.execute(_NOTE[Dialect(connection.dialect.name)], asked)
    return connection.scalars(_NOTED, {"of": entries[0]["reading"], "at": entries[0]["node"]}).all()
