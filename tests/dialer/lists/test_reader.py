"""The reader and its processes: killed for certain in mid-work, alone without a parent, defects, uploads broken off."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import psutil
import pytest
from sqlalchemy import Table, select

from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_contacts
from callcenter.records.lists import list_loads, listed_customers
from callcenter.settings import PROJECT
from dialer.lists.model import ListKind, LoadState
from dialer.lists.reader import ListReader
from dialer.lists.uploads import UploadedList
from tests.dialer.lists.loads import BY, TERMS, Loads, report, row
from tests.waiting import answered, eventually

pytestmark = [pytest.mark.database, pytest.mark.timeout(240)]
MANY = report(*(row(number) for number in range(1, 4001)))
STARTER = """
import asyncio
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from dialer.lists.reader import ListReader
from tests.dialer.lists.loads import TERMS
import sys
asyncio.run(ListReader(Database(sys.argv[1]), sys.argv[1], TERMS, now_us).run())
"""


@pytest.fixture
def loads(database: Database) -> Loads:
    return Loads(database)


@pytest.fixture
def reader(database: Database, database_url: str) -> ListReader:
    return ListReader(database, database_url, TERMS, now_us)


def workers() -> list[psutil.Process]:
    """The processes of this one that work on lists."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "dialer.lists.worker" in child.cmdline():
                found.append(child)
    return found


async def state_is(loads: Loads, load_id: int, *states: LoadState) -> None:
    await answered(lambda: loads.load(load_id), lambda load: load.state in states, seconds=30)


async def killed_amid(loads: Loads, reader: ListReader, table: Table) -> None:
    """Kill the process that works on a load when the first of its rows are in that table."""
    work = asyncio.create_task(reader.step())
    await answered(lambda: loads.rows(table), bool, seconds=30)
    for each in workers():
        each.send_signal(signal.SIGKILL)
    await work


async def test_a_worker_that_is_killed_is_followed_by_one_that_ends_its_work(loads: Loads, reader: ListReader) -> None:
    load_id = await loads.upload(await loads.campaign(), MANY)
    await killed_amid(loads, reader, listed_customers)
    await reader.step()
    read = await loads.load(load_id)
    assert (read.state, read.counts.new) == (LoadState.PREVIEWED, 4000)
    await loads.store.load(load_id, BY)
    await killed_amid(loads, reader, campaign_contacts)
    await reader.step()
    assert {state for state, _ in (await loads.contacts()).values()} == {"ready"}
    assert len(await loads.contacts()) == 4000
    await loads.store.undo(load_id, BY)
    await reader.step()
    assert await loads.contacts() == {}


async def test_a_worker_ends_with_whoever_started_it(loads: Loads, database_url: str) -> None:
    load_id = await loads.upload(await loads.campaign(), MANY)
    starter = await asyncio.create_subprocess_exec(sys.executable, "-c", STARTER, database_url, cwd=PROJECT)
    try:
        await eventually(lambda: bool(workers()), seconds=30)
        (worker,) = workers()
        await state_is(loads, load_id, LoadState.READING, LoadState.PREVIEWED)
    finally:
        starter.kill()
        await starter.wait()
    await eventually(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)


async def test_a_reader_that_is_cancelled_leaves_no_worker(loads: Loads, reader: ListReader) -> None:
    load_id = await loads.upload(await loads.campaign(), MANY)
    running = asyncio.create_task(reader.run())
    await eventually(lambda: bool(workers()), seconds=30)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert workers() == []
    await reader.step()
    assert (await loads.load(load_id)).state is LoadState.PREVIEWED


async def test_a_list_that_kills_every_worker_is_refused(
    loads: Loads, reader: ListReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialer.lists.reader._AGAIN_SECONDS", 0.0)
    load_id = await loads.upload(await loads.campaign(), report(row(1)))
    monkeypatch.setattr("dialer.lists.reader.sys.executable", "/bin/false")
    for _ in range(3):
        assert (await loads.load(load_id)).state in (LoadState.UPLOADED, LoadState.READING)
        await reader.step()
    load = await loads.load(load_id)
    assert (load.state, "avise a soporte" in load.refusal) == (LoadState.REFUSED, True)
    assert await loads.is_clean()


async def test_a_load_whose_workers_fail_does_not_keep_others_waiting(
    loads: Loads, reader: ListReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialer.lists.reader._AGAIN_SECONDS", 0.0)
    campaign = await loads.campaign()
    failing, other = [await loads.upload(campaign, report(row(number))) for number in (1, 2)]
    with monkeypatch.context() as broken:
        broken.setattr("dialer.lists.reader.sys.executable", "/bin/false")
        await reader.step()
    await reader.step()
    assert (await loads.load(other)).state is LoadState.PREVIEWED
    assert (await loads.load(failing)).state is LoadState.UPLOADED
    await reader.step()
    assert (await loads.load(failing)).state is LoadState.PREVIEWED


async def test_an_upload_that_was_broken_off_is_taken_away(loads: Loads, database_url: str) -> None:
    campaign = await loads.campaign()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 1_100_000
        await asyncio.Event().wait()

    upload = UploadedList(ListKind.PREPAID_REPORT, campaign, "x.csv", BY)
    uploading = asyncio.create_task(loads.uploads.take(upload, endless()))
    states = select(list_loads.c.state)
    read = partial(loads.database.read, lambda connection: connection.execute(states).scalars().all())
    await answered(read, bool, 20, "the upload has begun")
    later = ListReader(loads.database, database_url, TERMS, lambda: now_us() + 3600 * 1_000_000)
    await later.step()
    (load,) = await loads.rows(list_loads)
    assert load["state"] == LoadState.CANCELLED
    uploading.cancel()
    with suppress(asyncio.CancelledError):
        await uploading
    assert await loads.is_clean()
