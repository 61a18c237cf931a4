"""Whether this process may act: it takes the lease and keeps it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from callcenter.database.leases import LEASE_SECONDS, RENEWED_EVERY_SECONDS, Lease, Leases
from callcenter.database.problems import DatabaseProblem
from callcenter.instants import MICROSECONDS

log = logging.getLogger(__name__)

_LOOKED_AT_SECONDS = 0.5
# A lease that was not renewed for so long is not trusted any more, although it has not run out yet.
_TRUSTED_US = LEASE_SECONDS * MICROSECONDS * 2 // 3


class LeaseHolder:
    """Holds the lease whenever it can. `holder`: another name for each process; `steady`: a clock that nobody sets."""

    def __init__(self, leases: Leases, holder: str, steady: Callable[[], int]) -> None:
        self._leases, self._holder, self._steady = leases, holder, steady
        self._lease: Lease | None = None
        self._renewed_us = 0
        # When the database last said who holds it, and why it has not said it since.
        self._said_us, self._problem = steady(), ""

    @property
    def lease(self) -> Lease | None:
        """The lease; None: another process acts, or the database does not say."""
        return self._lease if self._steady() - self._renewed_us < _TRUSTED_US else None

    @property
    def waits_for(self) -> str:
        """Why nobody can know any more who may act, in an operator's words; empty: it is known, or was a moment ago."""
        return self._problem if self._steady() - self._said_us >= _TRUSTED_US else ""

    async def run(self) -> None:
        """Take it, renew it, and give it up at the end."""
        try:
            while True:
                await self._renew()
                await asyncio.sleep(RENEWED_EVERY_SECONDS)
        finally:
            await self._give_up()

    async def while_held(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Have work done that goes on for ever, as long as this process may act."""
        while True:
            if self.lease is None:
                await asyncio.sleep(_LOOKED_AT_SECONDS)
                continue
            doing = asyncio.create_task(work())
            try:
                while self.lease is not None and not doing.done():
                    await asyncio.wait([doing], timeout=_LOOKED_AT_SECONDS)
            finally:
                doing.cancel()
                await asyncio.wait([doing])
            if not doing.cancelled():
                doing.result()

    async def _renew(self) -> None:
        asked_us, before = self._steady(), self._lease
        try:
            self._lease = await self._leases.take(self._holder)
        except DatabaseProblem as problem:
            log.warning("the lease of the %s cannot be renewed: %s", self._leases.name, problem)
            self._problem = problem.brief
            return
        self._renewed_us = self._said_us = asked_us
        self._problem = ""
        if self._lease != before:
            said = "this process has it" if self._lease else "another process has it, this one waits"
            log.info("the lease of the %s: %s", self._leases.name, said)

    async def _give_up(self) -> None:
        lease, self._lease = self._lease, None
        if lease is None:
            return
        try:
            await asyncio.shield(self._leases.give_up(lease))
        except DatabaseProblem as problem:
            log.warning("the lease of the %s runs out by itself: %s", self._leases.name, problem)
