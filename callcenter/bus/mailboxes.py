"""What waits for a slow reader: bounded, a newer state replaces an older one."""

import asyncio
from collections import OrderedDict
from typing import Generic, TypeVar

from callcenter.bus.drops import Drops

T = TypeVar("T")


class MailboxClosed(Exception):
    """The mailbox will get nothing more."""


class Mailbox(Generic[T]):
    """A bounded queue for one reader in which a newer state replaces an older one.

    Items with a key (states, the key is the topic) are never dropped: a slow reader ends with the latest
    states. Of the others the oldest is dropped, and counted, when `limit` items wait. `of_what` names the items in
    the log.
    """

    def __init__(self, limit: int, of_what: str = "messages") -> None:
        self._limit = limit
        self._drops = Drops(of_what)
        self._items: OrderedDict[object, T] = OrderedDict()
        self._changed = asyncio.Event()
        self._closed = False

    @property
    def dropped(self) -> int:
        """Since the start."""
        return self._drops.count

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T, key: str | None = None) -> None:
        """Add at the end."""
        if key is not None:
            self._items.pop(key, None)
        elif len(self._items) >= self._limit:
            self._drop_oldest()
        self._items[object() if key is None else key] = item
        self._changed.set()

    async def get(self) -> T:
        """The next item. Raises MailboxClosed when the mailbox is closed and empty."""
        while not self._items:
            self._drops.room()
            if self._closed:
                raise MailboxClosed
            self._changed.clear()
            await self._changed.wait()
        return self._items.popitem(last=False)[1]

    def close(self) -> None:
        """Nothing more will come."""
        self._closed = True
        self._changed.set()

    def drop_all(self) -> None:
        """Empty it; what has no key counts as dropped."""
        self._drops.add(sum(not isinstance(key, str) for key in self._items))
        self._items.clear()

    def _drop_oldest(self) -> None:
        oldest = next((key for key in self._items if not isinstance(key, str)), None)
        if oldest is not None:
            del self._items[oldest]
            self._drops.add()
