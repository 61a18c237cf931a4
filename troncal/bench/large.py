"""What people and the bridge wait for at the records of a large centre, before they have statistics and after.

A month of calls, and one entry at its beginning that never ended: each commit makes the board count again, what moved.
"""

import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from sqlalchemy import update

import migrations
from agent_api.board.level_reader import LevelReader
from agent_api.contacts.recall_list import RecallList
from agent_api.contacts.store import ContactKey, Contacts
from agent_api.pop.call_history import History
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.folded import LONGEST_STORE_US
from ami_bridge.records.recorder import resume
from callcenter.callbacks.rules import Rules
from callcenter.callbacks.store import CallbackStore
from callcenter.calls import Outcome
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.statistics import refresh_statistics
from callcenter.database.transactions import Database
from callcenter.level.upkeep import LevelUpkeep
from callcenter.messages.facts import CallOffered
from callcenter.numbers import Number, normalise
from callcenter.records.calls import queue_entries
from callcenter.settings import PROJECT
from ivr.routing.queues import WaitsRead
from troncal.bench.figures import Figure, Target, median
from troncal.bench.large_records import NODE, LargeRecords, fill

ENTRIES, QUICK_ENTRIES = 1_000_000, 50_000
TIMES = 7
LATEST_US = 1 << 62
Work = Callable[[], Awaitable[object]]


async def measure(*, quick: bool) -> list[Figure]:
    """Milliseconds of each, median of some, on the same records without statistics and with them."""
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'records.sqlite'}"
        await migrations.upgrade(url)
        database = Database(url)
        try:
            return await _measure(database, LargeRecords(QUICK_ENTRIES if quick else ENTRIES, now_us()))
        finally:
            await database.close()


async def _measure(database: Database, records: LargeRecords) -> list[Figure]:
    await fill(database, records)
    await _leave_open(database, records)
    await counted(database, load(PROJECT / "centre.yaml"))
    fresh = await _figures(database, records, "freshly filled")
    began = time.perf_counter()
    await refresh_statistics(database)
    seconds = time.perf_counter() - began
    what = f"statistics, {records.entries:,} entries, every hour"
    return [*fresh, Figure(what, seconds * 1000, "ms"), *await _figures(database, records, "analysed")]


async def counted(database: Database, centre: Centre) -> None:
    """Count every half-hour that changed: what the bridge does beside its work."""
    upkeep = LevelUpkeep(database, centre, now_us)
    while await upkeep.count_some():
        pass


async def _leave_open(database: Database, records: LargeRecords) -> None:
    ghost = update(queue_entries).where(queue_entries.c.uniqueid == records.uniqueid(10))
    async with database.transaction() as connection:
        await connection.execute(ghost.values(outcome=Outcome.OPEN.value, answered_us=None, ended_us=None))


async def _figures(database: Database, records: LargeRecords, state: str) -> list[Figure]:
    centre = load(PROJECT / "centre.yaml")
    figures: list[Figure] = []
    for what, (work, bound_ms) in _waited_for(database, records, centre).items():
        title = f"{what}, {records.entries:,} entries, {state}"
        figures.append(Figure(title, await _milliseconds(work), "ms", target=Target(bound_ms, "ms")))
    board = _Board(database, records, centre)
    began = time.perf_counter()
    await board.now()
    first = (time.perf_counter() - began) * 1000
    title = f"board, {records.entries:,} entries, {state}"
    again = await _milliseconds(board.now, board.commit)
    return [
        *figures,
        Figure(f"{title}, the first count", first, "ms"),
        Figure(title, again, "ms", target=Target(50, "ms")),
    ]


async def _milliseconds(work: Work, before: Work | None = None) -> float:
    taken: list[float] = []
    for _ in range(TIMES):
        if before is not None:
            await before()
        began = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def _waited_for(database: Database, records: LargeRecords, centre: Centre) -> Mapping[str, tuple[Work, float]]:
    """What is waited for, and for how many milliseconds at most."""
    now, last = records.until_us, records.entries - records.entries % 10 - 1
    history, contacts = History(database, centre), Contacts(database, centre, lambda: now)
    store, recalls = CallbackStore(database, NODE, Rules()), RecallList(database, lambda: now)
    number, offer = _offer(records, centre, last)
    key = ContactKey(NODE, records.uniqueid(last), records.member(last))
    waiting = [records.uniqueid(each) for each in range(last - 30, last)]
    queues = tuple(centre.queues_by_name)
    return {
        "pop look-up": (lambda: history.last_calls(number, offer), 10),
        "callback priorities": (lambda: store.priorities(waiting), 10),
        "callbacks in the queue": (lambda: store.returned(waiting), 10),
        "contact save": (lambda: contacts.save(key, {"notes": "algo"}), 20),
        "recall list": (lambda: recalls.listed(queues), 1000),
        "look at the queues": (WaitsRead(database, NODE, lambda: now), 100),
        "bridge start": (lambda: _bridge_start(database, now), 1000),
    }


def _offer(records: LargeRecords, centre: Centre, number: int) -> tuple[Number, CallOffered]:
    caller = records.caller(number)
    normal = normalise(caller, centre.about.area_code)
    assert isinstance(normal, Number)
    offer = CallOffered(
        node=NODE,
        member=records.member(number),
        uniqueid=records.uniqueid(number),
        linkedid=records.uniqueid(number),
        queue="101",
        line="101",
        caller=caller,
        joined_us=records.until_us,
        offered_us=records.until_us,
    )
    return normal, offer


async def _bridge_start(database: Database, now: int) -> None:
    recorder, _ = await resume(NODE, database, Fold(NODE), "table", lambda: now)
    await recorder.folded_between(now - 2 * LONGEST_STORE_US, LATEST_US)


class _Board:
    """What a board looks at when something was committed of the last entry."""

    def __init__(self, database: Database, records: LargeRecords, centre: Centre) -> None:
        self._database, self._records = database, records
        self._levels = LevelReader(database, centre, lambda: records.until_us)

    async def now(self) -> None:
        """Look."""
        await self._levels.now()

    async def commit(self) -> None:
        """A reading changes the last entry."""
        last = queue_entries.c.uniqueid == self._records.uniqueid(self._records.entries)
        moved = update(queue_entries).where(last).values(reading=queue_entries.c.reading + 1_000_000)
        await self._database.write(lambda connection: connection.execute(moved))
