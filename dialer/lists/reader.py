"""Has the work on lists done, one load after the other, in a process of its own each: part of the process that dials.

There is one reader at a time: whoever runs it holds the dialer's lease.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, select, update

from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.records.lists import list_files, list_loads
from callcenter.settings import PROJECT
from dialer.lists.model import TO_DO, LoadState
from dialer.lists.rows import find_load
from dialer.lists.work import OF_A_LOAD, ListTerms, LoadWork, NotOursAnyMore
from dialer.lists.worker import DONE, TRY_AGAIN, ListOrder

log = logging.getLogger(__name__)

_LOOK_SECONDS, _AGAIN_SECONDS = 0.5, 5.0
_BROKEN_OFF_US = 15 * 60 * MICROSECONDS
_TRIES = 3
_loads = list_loads.c
_DEFECT = (
    "La lista no se pudo leer por un error interno, que quedó registrado. Vuelva a exportarla y súbala; "
    "si se repite, avise a soporte."
)


class ListReader:
    """Does what is to be done of any load, until it is cancelled. `address`: the database's, with its password."""

    def __init__(self, database: Database, address: str, terms: ListTerms, clock: Callable[[], int]) -> None:
        self._database, self._address, self._terms, self._clock = database, address, terms, clock
        self._failed: dict[int, int] = {}

    async def run(self) -> None:
        """For ever. While the database is away it waits."""
        while True:
            try:
                pause = _LOOK_SECONDS if await self.step() else 0.0
            except DatabaseProblem as problem:
                log.warning("lists wait: %s", problem)
                pause = _AGAIN_SECONDS
            await asyncio.sleep(pause)

    async def step(self) -> bool:
        """The next load's work, to its end; whether there was none. Raises DatabaseProblem."""
        load_id = await self._database.read(self._next)
        if load_id is None:
            return True
        await self._database.write(lambda connection: _cancel_broken_off(connection, load_id, self._clock()))
        code = await self._worked(load_id)
        if code == DONE:
            self._failed.pop(load_id, None)
        elif code == TRY_AGAIN:
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            await self._judge(load_id, code)
        return False

    def _next(self, connection: Connection) -> int | None:
        """The load that has waited longest; an upload that goes on no more is one, too."""
        broken_off = (_loads.state == LoadState.UPLOADING) & (_loads.changed_us < self._clock() - _BROKEN_OFF_US)
        waiting = select(_loads.id).where(_loads.state.in_(sorted(TO_DO)) | broken_off)
        return connection.execute(waiting.order_by(_loads.changed_us, _loads.id).limit(1)).scalar_one_or_none()

    async def _worked(self, load_id: int) -> int:
        """The exit code of a process that works on it; it ends with this one, however this one ends."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "dialer.lists.worker"),
            stdin=asyncio.subprocess.PIPE,
            cwd=PROJECT,
        )
        assert process.stdin is not None
        try:
            process.stdin.write(ListOrder.of(load_id, self._address, self._terms).to_line())
            with suppress(ConnectionError):
                await process.stdin.drain()
            return await process.wait()
        finally:
            process.stdin.close()
            if process.returncode is None:
                process.kill()
                await asyncio.shield(process.wait())

    async def _judge(self, load_id: int, code: int) -> None:
        """A process ended by a defect, or was killed: it is tried again, after the other loads.

        A list that ends each of them while it is read is refused; what was decided of one goes on being tried.
        """
        failed = self._failed[load_id] = self._failed.get(load_id, 0) + 1
        log.error("the work on list load %d ended with %d; failures so far: %d", load_id, code, failed)
        load = await self._database.read(lambda connection: find_load(connection, load_id))
        if load is None:
            return
        work = LoadWork(self._database, load, load.state, self._clock)
        with suppress(NotOursAnyMore):
            await work.note()
            if failed >= _TRIES and load.state in (LoadState.UPLOADED, LoadState.READING):
                await work.forget(*OF_A_LOAD, list_files)
                await work.note(state=LoadState.REFUSED, refusal=_DEFECT)
        if failed >= _TRIES:
            await asyncio.sleep(_AGAIN_SECONDS)


def _cancel_broken_off(connection: Connection, load_id: int, now_us: int) -> None:
    """An upload whose process was killed meanwhile: nobody will go on with it."""
    broken_off = _loads.id == load_id, _loads.state == LoadState.UPLOADING
    connection.execute(update(list_loads).where(*broken_off).values(state=LoadState.CANCELLING, changed_us=now_us))
