"""One open stream of a screen: what waits for it.

The queue is bounded: a screen that does not read is cut off, connects again and begins with what is so then.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass

from pydantic import BaseModel

log = logging.getLogger(__name__)

UNREAD_LIMIT = 100


class DeskClosed(Exception):
    """The stream is over: the screen was too slow, or the service stops."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something a screen hears: a name and a JSON text, `written` as the stream has it."""

    name: str
    written: bytes

    @classmethod
    def of(cls, name: str, body: BaseModel) -> "Event":
        """Written once, for however many screens."""
        return cls(name, f"event: {name}\ndata: {body.model_dump_json()}\n\n".encode())


class Desk:
    """What waits for one screen. `pop_of`: the caller whose pop it shows, empty for none."""

    def __init__(self, limit: int = UNREAD_LIMIT) -> None:
        self.pop_of = ""
        self._unread: deque[Event] = deque()
        self._limit = limit
        self._something_new = asyncio.Event()
        self._is_woken = False
        self.closed = False

    def put(self, event: Event) -> None:
        """Queue an event; a desk with too much unread is cut off."""
        if self.closed:
            return
        if len(self._unread) >= self._limit:
            log.warning("a screen was too slow and is cut off")
            self._unread.clear()
            self.closed = True
        else:
            self._unread.append(event)
        self._something_new.set()

    def wake(self) -> None:
        """Have `unread` return, also with nothing."""
        self._is_woken = True
        self._something_new.set()

    def close(self) -> None:
        """No more after what waits."""
        self.closed = True
        self._something_new.set()

    async def unread(self) -> tuple[Event, ...]:
        """What waits, as soon as something does or the desk is woken. Raises DeskClosed after the last one."""
        while not self._unread and not self._is_woken:
            if self.closed:
                raise DeskClosed
            self._something_new.clear()
            await self._something_new.wait()
        self._is_woken = False
        waiting = tuple(self._unread)
        self._unread.clear()
        return waiting
