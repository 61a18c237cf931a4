"""A value from the database that is always at hand: read every few seconds, so that no call waits for it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from callcenter.background import background
from callcenter.database.problems import DatabaseProblem
from callcenter.instants import MICROSECONDS

log = logging.getLogger(__name__)
T = TypeVar("T")

EVERY_SECONDS = 3.0
READ_SECONDS = 5.0


class Refreshed(Generic[T]):
    """The last answer. Before the first, and `good_for_seconds` after the last, it is `otherwise`.

    `clock`: microseconds of a steady one, by the wall clock an answer would be too old where that is set forward.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[T]],
        otherwise: T,
        clock: Callable[[], int],
        *,
        what: str,
        good_for_seconds: float = float("inf"),
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        self._read, self._otherwise, self._clock, self._what = read, otherwise, clock, what
        self._good_for_us, self._every_seconds = good_for_seconds * MICROSECONDS, every_seconds
        self._answer, self._read_us = otherwise, 0
        self._is_away = False

    @property
    def value(self) -> T:
        """What is known now; never waits."""
        return self._answer if self._clock() - self._read_us <= self._good_for_us else self._otherwise

    async def refresh(self) -> None:
        """Read once. A database that is away is logged when it fails and when it is back."""
        try:
            async with asyncio.timeout(READ_SECONDS):
                self._answer = await self._read()
        except (DatabaseProblem, TimeoutError) as error:
            if not self._is_away:
                log.warning("%s cannot be read, the last known value is used for a while: %r", self._what, error)
            self._is_away = True
            return
        self._read_us = self._clock()
        if self._is_away:
            log.info("%s can be read again", self._what)
        self._is_away = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read once, then kept fresh while entered. Returns after `READ_SECONDS` at most."""
        await self._try()
        async with background(self._keep(), failure=f"{self._what} are not read again"):
            yield

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._every_seconds)
            await self._try()

    async def _try(self) -> None:
        try:
            await self.refresh()
        except Exception:  # a defect of one reading must not end all later ones
            log.exception("%s cannot be read", self._what)
