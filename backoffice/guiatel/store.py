"""The built-in directory, the one writer of the table directory_entries."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from backoffice.guiatel.contract import MOST_LISTINGS, DirectoryEntry, Listing, are_keys, keys_of
from backoffice.guiatel.tables import directory_entries
from backoffice.systems import kept_in_the_database
from callcenter.database.transactions import Database, upsert


class GuiatelStore:
    """A `Guiatel` over the database; `save` fills it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_keys(self, keys: str, limit: int) -> tuple[Listing, ...]:
        """Whose name begins with these keys, in the order of their keys, `limit` (20 at most) of them."""
        if not are_keys(keys) or limit < 1:
            return ()
        asked = {"first": keys, "after": _after(keys), "most": min(limit, MOST_LISTINGS)}
        with kept_in_the_database("Guiatel"):
            return await self._database.read(lambda connection: _listings(connection, asked))

    async def save(self, entries: Sequence[DirectoryEntry]) -> None:
        """Keep these entries in place of those with the same number and name. Raises SystemUnavailable."""
        rows = [
            {"number": entry.number, "name": entry.name, "keys": keys_of(entry.name), "reserved": entry.reserved}
            for entry in entries
        ]
        with kept_in_the_database("Guiatel"):
            async with self._database.transaction() as connection:
                await upsert(connection, directory_entries, rows)


# Not `c.keys`, which is a method of every table's columns.
_keys = directory_entries.c["keys"]
_TWIN = directory_entries.alias("twin")
_IN_RESERVE = exists().where(_TWIN.c.number == directory_entries.c.number, _TWIN.c.reserved)
# A range, which the index answers; LIKE would read every name.
_BY_KEYS = (
    select(directory_entries.c.name, directory_entries.c.number, directory_entries.c.reserved)
    .where(_keys >= bindparam("first"), _keys < bindparam("after"))
    .where(~directory_entries.c.reserved, ~_IN_RESERVE)
    .order_by(_keys, directory_entries.c.name, directory_entries.c.number)
    .limit(bindparam("most"))
)


def _after(keys: str) -> str:
    """The first text after all those that begin with these keys: letters come after every digit."""
    stem = keys.rstrip("9")
    return f"{stem[:-1]}{int(stem[-1]) + 1}" if stem else "A"


def _listings(connection: Connection, asked: dict[str, Any]) -> tuple[Listing, ...]:
    found = connection.execute(_BY_KEYS, asked)
    entries = (DirectoryEntry(name=row.name, number=row.number, reserved=row.reserved) for row in found)
    return tuple(entry.listing for entry in entries if entry.listing)
