"""What waits for a slow reader: bounded, a newer state replaces an older one."""

import asyncio
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class MailboxClosed(Exception):
    """The mailbox will get nothing more."""


class Mailbox(Generic[T]):
    """A bounded queue for one reader in which a newer state replaces an older one.

    Items with a key (states, the key is the topic) are never dropped: a slow reader ends with the latest
    states. Of the others the oldest is dropped, and counted, when `limit` items wait.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: OrderedDict[object, T] = OrderedDict()
        self._changed = asyncio.Event()
        self._closed = False
        self.dropped = 0

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
        self.dropped += sum(not isinstance(key, str) for key in self._items)
        self._items.clear()

    def _drop_oldest(self) -> None:
        oldest = next((key for key in self._items if not isinstance(key, str)), None)
        if oldest is not None:
            del self._items[oldest]
            self.dropped += 1
