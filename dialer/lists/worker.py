"""A process of its own for the work on one load: `python -m dialer.lists.worker`, started by `dialer.lists.reader`.

A list of half a million rows takes minutes of the processor, which the calls of the process that dials need at that
moment. Its order is a line of JSON on its standard input, which has the database's address and so is not an argument;
when that is closed, the process that started it is gone, and it ends at once, whatever it does.
"""

import asyncio
import json
import logging
import os
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import BinaryIO

from backoffice.extracts.files.uploads import ExtractLimits
from callcenter.clock import now_us
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from dialer.campaigns.rows import find_campaign
from dialer.lists.loading import ListLoading
from dialer.lists.model import LoadState
from dialer.lists.reading import ListReading
from dialer.lists.rows import find_load
from dialer.lists.work import ListTerms, LoadWork, NotOursAnyMore, begin_reading

log = logging.getLogger(__name__)

# How it ends: done, or to be tried again because the database was away; any other end is a defect.
DONE, TRY_AGAIN = 0, 75
# Behind the calls, but not so far that a busy machine leaves it alone with the write lock in its hands.
_LOWER_PRIORITY = 5
# A checkpoint is made by whoever's commit it is due at: by this process, before the bridge has to make a large one.
_WAL_PAGES = 2000


@dataclass(frozen=True, slots=True)
class ListOrder:
    """What a worker is to do. `database`: its address with the password. The rest is a ListTerms."""

    load_id: int
    database: str
    own: list[str]
    area_code: str
    most_bytes: int
    most_rows: int

    @classmethod
    def of(cls, load_id: int, database: str, terms: ListTerms) -> "ListOrder":
        """The order for a load."""
        limits = terms.limits
        return cls(load_id, database, sorted(terms.own), terms.area_code, limits.most_bytes, limits.most_rows)

    @property
    def terms(self) -> ListTerms:
        """How the list is read."""
        return ListTerms(frozenset(self.own), self.area_code, ExtractLimits(self.most_bytes, self.most_rows))

    def to_line(self) -> bytes:
        """As it is sent; `from_line` reads it back."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "ListOrder":
        """Raises ValueError or TypeError for what is no order."""
        return cls(**json.loads(line))


async def work_on(database: Database, load_id: int, terms: ListTerms) -> None:
    """What is to be done of a load, whatever is done of it already; if anything. Raises DatabaseProblem."""
    load = await database.read(lambda connection: find_load(connection, load_id))
    if load is None:
        return
    campaign_id, campaign = load.campaign_id, None
    if campaign_id is not None:
        campaign = await database.read(lambda connection: find_campaign(connection, campaign_id))
    state = await _begun(database, load_id, load.state)
    work = LoadWork(database, load, state, now_us)
    loading = ListLoading(work, campaign)
    try:
        match state:
            case LoadState.READING:
                await ListReading(work, campaign, terms, time.monotonic).run()
            case LoadState.LOADING:
                await loading.load()
            case LoadState.UNDOING:
                await loading.undo()
            case LoadState.CANCELLING:
                await loading.cancel()
    except NotOursAnyMore:
        log.info("list load %d is worked on no more: somebody decided otherwise", load_id)


async def _begun(database: Database, load_id: int, state: LoadState) -> LoadState:
    """The state in which the work goes on: an upload is being read from now on."""
    if state is not LoadState.UPLOADED:
        return state
    await database.write(lambda connection: begin_reading(connection, load_id, now_us()))
    return LoadState.READING


async def _work(order: ListOrder) -> int:
    database = Database(order.database, wal_pages=_WAL_PAGES)
    try:
        await work_on(database, order.load_id, order.terms)
    except DatabaseProblem as problem:
        log.warning("list load %d is tried again: %s", order.load_id, problem)
        return TRY_AGAIN
    finally:
        await database.close()
    return DONE


def _end_with(starter: BinaryIO) -> None:
    starter.read()
    os._exit(TRY_AGAIN)


def main() -> int:
    """The exit code."""
    os.nice(_LOWER_PRIORITY)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    orders = sys.stdin.buffer
    order = ListOrder.from_line(orders.readline())
    threading.Thread(target=_end_with, args=(orders,), daemon=True).start()
    return asyncio.run(_work(order))


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    os._exit(code)  # the thread that waits for its starter holds the standard input, which the interpreter would close
