"""Lists for a campaign: uploaded, read, loaded and undone, by the processes that do it at a centre.

Beside them somebody commits all the time, as the bridge does: how long that waits is a figure, too.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Connection, func, insert, select, update

import migrations
from callcenter.background import background
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.records.campaigns import campaign_contacts, campaigns, leases
from callcenter.settings import PROJECT
from dialer.campaigns import stored_rules
from dialer.campaigns.model import CampaignKind, CampaignRules, CampaignState, DialMode
from dialer.campaigns.window import Window, prepaid_window
from dialer.lists.model import ListKind, LoadState
from dialer.lists.reader import ListReader
from dialer.lists.store import ListStore
from dialer.lists.uploads import ListUploads, UploadedList
from dialer.lists.work import ListTerms
from troncal.bench.figures import Figure, Target, percentile

CUSTOMERS, QUICK_CUSTOMERS, MANY_CUSTOMERS = 100_000, 5_000, 500_000
_HEADINGS = "Código;Contrato;Nombre;Teléfono;Servicio;Fecha de vencimiento;Monto;Segmento\r\n"
_COUNTED = select(func.count()).select_from(campaign_contacts)
_BY, _PIECE_ROWS, _LOOK_SECONDS, _LIMIT_SECONDS = "bench", 2000, 0.02, 900
_LOADED_WITHIN, _MEMORY, _WAIT = Target(30, "s"), Target(300, "MB"), Target(200, "ms")


@dataclass(frozen=True, slots=True)
class _Stage:
    """A piece of work on a load: how long it took, and the most memory that its process had."""

    seconds: float
    megabytes: float


async def measure(*, quick: bool) -> list[Figure]:
    """A hundred thousand customers."""
    return await _measured(QUICK_CUSTOMERS if quick else CUSTOMERS)


async def measure_many(*, quick: bool) -> list[Figure]:
    """As many as a list may have."""
    return await _measured(QUICK_CUSTOMERS if quick else MANY_CUSTOMERS)


async def _measured(customers: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'records.sqlite'}"
        await migrations.upgrade(url)
        database = Database(url)
        try:
            return await _figures(database, url, customers)
        finally:
            await database.close()


async def _figures(database: Database, url: str, customers: int) -> list[Figure]:
    centre = load(PROJECT / "centre.yaml")
    store, uploads = ListStore(database, centre.zone, now_us), ListUploads(database, centre.zone, now_us)
    window = prepaid_window(as_datetime(now_us(), centre.zone).date())
    campaign = await database.write(lambda connection: _campaign(connection, window))
    reader = ListReader(database, url, ListTerms.of(centre), now_us)
    waits: list[float] = []
    async with background(reader.run(), _commits(database, waits), failure="the bench measures nothing more"):
        began = time.perf_counter()
        upload = UploadedList(ListKind.PREPAID_REPORT, campaign, "reporte.csv", _BY)
        load_id = await uploads.take(upload, _list(customers, window))
        uploaded = time.perf_counter() - began
        read = await _until(store, load_id, LoadState.PREVIEWED)
        await store.load(load_id, _BY)
        loaded = await _until(store, load_id, LoadState.LOADED)
        there = await database.long_read(lambda connection: connection.execute(_COUNTED).scalar_one())
        assert there == customers, "not everybody is in the campaign"
        await store.undo(load_id, _BY)
        undone = await _until(store, load_id, LoadState.UNDONE)
    return list(_table(customers, uploaded, read, loaded, undone, waits))


def _table(
    customers: int, uploaded: float, read: _Stage, loaded: _Stage, undone: _Stage, waits: list[float]
) -> Iterator[Figure]:
    of = f"{customers:,} customers"
    target = _LOADED_WITHIN if customers <= CUSTOMERS else None
    yield Figure(f"{of}: uploaded, {_megabytes_of(customers):.0f} MB of text", uploaded, "s")
    yield Figure(f"{of}: read", read.seconds, "s")
    yield Figure(f"{of}: loaded", loaded.seconds, "s")
    yield Figure(f"{of}: read and loaded", read.seconds + loaded.seconds, "s", target=target)
    yield Figure(f"{of}: undone", undone.seconds, "s")
    for stage, name in ((read, "reads"), (loaded, "loads"), (undone, "undoes")):
        yield Figure(f"{of}: memory of the process that {name} them", stage.megabytes, "MB", target=_MEMORY)
    yield Figure(f"{of}: a commit beside it, p99", percentile(waits, 0.99), "ms", target=_WAIT)
    yield Figure(f"{of}: a commit beside it, the slowest of {len(waits):,}", max(waits), "ms")


def _megabytes_of(customers: int) -> float:
    window = prepaid_window(as_datetime(now_us()).date())
    return len(_row(customers, window).encode()) * customers / 1e6


async def _list(customers: int, window: Window) -> AsyncIterator[bytes]:
    """The list as text; every tenth customer has a second telephone."""
    yield _HEADINGS.encode()
    for begin in range(0, customers, _PIECE_ROWS):
        yield "".join(_row(number, window) for number in range(begin, min(begin + _PIECE_ROWS, customers))).encode()


def _row(number: int, window: Window) -> str:
    telephones = f"7{number:07}" + (f" / 44{200_000 + number % 99_999:06}" if number % 10 == 0 else "")
    expires = f"{window.last:%d/%m/%Y}"
    return f"{100_000 + number};C{number};CLIENTE NÚMERO {number};{telephones};INTERNET;{expires};149,50;ORO\r\n"


def _campaign(connection: Connection, window: Window) -> int:
    now = now_us()
    made: dict[str, Any] = {
        **{"name": "bench", "kind": CampaignKind.PREPAID_EXPIRY, "title": "Prepago", "mode": DialMode.PREVIEW},
        **{"state": CampaignState.DRAFT, "first_day": window.first, "last_day": window.last, "queue": "104"},
        **{"line": "104", "rules": stored_rules.as_json(CampaignRules(())), "created_us": now, "created_by": _BY},
        "changed_us": now,
    }
    return int(connection.execute(insert(campaigns).values(made).returning(campaigns.c.id)).scalar_one())


async def _until(store: ListStore, load_id: int, state: LoadState) -> _Stage:
    """The work until the load is in that state."""
    began, most = time.perf_counter(), 0.0
    while time.perf_counter() - began < _LIMIT_SECONDS:
        most = max(most, _children_megabytes())
        found = await store.find(load_id)
        assert found is not None
        if found.state is state:
            return _Stage(time.perf_counter() - began, most)
        if found.refusal:
            raise RuntimeError(found.refusal)
        await asyncio.sleep(_LOOK_SECONDS)
    raise TimeoutError(f"the load was not {state.value} after {_LIMIT_SECONDS} s")


def _children_megabytes() -> float:
    """What the processes that this one started have in memory."""
    total = 0.0
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            total += child.memory_info().rss / 1e6
    return total


async def _commits(database: Database, waits: list[float]) -> None:
    """Somebody else who commits; `waits`: milliseconds that each took."""
    lease = {"name": "bench", "holder": "bench", "epoch": 0, "until_us": 0}
    await database.write(lambda connection: connection.execute(insert(leases).values(lease)))
    again = update(leases).where(leases.c.name == "bench").values(epoch=leases.c.epoch + 1)
    while True:
        began = time.perf_counter()
        await database.write(lambda connection: connection.execute(again))
        waits.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(_LOOK_SECONDS)
