"""The rows of a list on disk until all of them are read, so that those of one customer are found together.

A list may have half a million of them in any order, and memory is flat. The file is SQLite's own temporary one: it has
no name and ends with whoever has it open.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter

from pydantic import TypeAdapter

from dialer.lists.model import ListedCustomer

_CUSTOMER = TypeAdapter(ListedCustomer)
_AT_ONCE = 2000
_CACHE_KB = 4096


class ScratchRows:
    """What each row says of a customer; `close()` it."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, int, bytes]] = []
        self._disk = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KB}"):
            self._disk.execute(f"PRAGMA {pragma}")
        self._disk.execute("CREATE TABLE parts (customer TEXT, row INTEGER, part BLOB)")

    def add(self, part: ListedCustomer) -> None:
        """Keep a row."""
        self._kept.append((part.customer, part.row_number, _CUSTOMER.dump_json(part)))
        if len(self._kept) >= _AT_ONCE:
            self._to_disk()

    def _to_disk(self) -> None:
        self._disk.execute("BEGIN")
        self._disk.executemany("INSERT INTO parts VALUES (?, ?, ?)", self._kept)
        self._disk.execute("COMMIT")
        self._kept.clear()

    def by_customer(self) -> Iterator[list[ListedCustomer]]:
        """The rows of each customer, in the order of the list; customers in that of their keys."""
        self._to_disk()
        with closing(self._disk.execute("SELECT customer, part FROM parts ORDER BY customer, row")) as rows:
            for _, found in groupby(rows, key=itemgetter(0)):
                yield [_CUSTOMER.validate_json(part) for _, part in found]

    def close(self) -> None:
        """The file is gone."""
        self._disk.close()
