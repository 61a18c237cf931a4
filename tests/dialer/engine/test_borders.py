"""Months of the dialer with its clock set to each border, by a new process: one campaign, and calls in hours only."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import select, update

from callcenter.database.lease_holder import LeaseHolder
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.messages.facts import AgentStatus
from callcenter.outgoing_calls import OutgoingPurpose, OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaigns
from callcenter.records.outgoing_calls import outgoing_calls
from dialer.campaigns.model import CampaignEvent, CampaignState, DialMode
from dialer.campaigns.schedule import CampaignSchedule
from dialer.campaigns.store import CampaignStore
from tests.conftest import SqliteDatabases
from tests.dialer.campaign_rows import add_contact
from tests.dialer.campaigns.kept import ZONE, at, audited
from tests.dialer.engine.stage import CENTRE, NODE, Bridge, dialing, looked
from tests.waiting import answered, eventually
from troncal.processes.dialer import Work

pytestmark = [pytest.mark.database, pytest.mark.timeout(120)]

READY, RUNNING, ENDED = CampaignState.READY, CampaignState.RUNNING, CampaignState.ENDED


@dataclass(frozen=True, slots=True)
class Border:
    """A moment in La Paz: how the campaign stands when it has been looked at, and whether it calls."""

    moment: tuple[int, ...]
    state: CampaignState
    calls: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """Its borders in order, the first of them on a day before the 25th."""

    name: str
    borders: tuple[Border, ...]


# The last day is a Monday.
NOVEMBER = Month(
    "prepago-2026-11",
    (
        Border((2026, 11, 24, 23, 59, 59), READY),
        Border((2026, 11, 25), RUNNING),
        Border((2026, 11, 25, 7, 59, 59), RUNNING),
        Border((2026, 11, 25, 8), RUNNING, calls=True),
        Border((2026, 11, 25, 19, 59, 59), RUNNING, calls=True),
        Border((2026, 11, 25, 20), RUNNING),
        Border((2026, 11, 30, 19, 59, 59), RUNNING, calls=True),
        Border((2026, 11, 30, 20), ENDED),
        Border((2026, 12, 1, 8), ENDED),
    ),
)
# It begins on Christmas.
DECEMBER = Month(
    "prepago-2026-12",
    (
        Border((2026, 12, 24, 23, 59, 59), READY),
        Border((2026, 12, 25), RUNNING),
        Border((2026, 12, 25, 10), RUNNING),
        Border((2026, 12, 26, 8, 59, 59), RUNNING),
        Border((2026, 12, 26, 9), RUNNING, calls=True),
        Border((2026, 12, 31, 19, 59, 59), RUNNING, calls=True),
        Border((2026, 12, 31, 20), ENDED),
    ),
)
# Its 25th and 26th are Carnival, and the 29th is a Friday.
LEAP_FEBRUARY = Month(
    "prepago-2036-02",
    (
        Border((2036, 2, 24, 23, 59, 59), READY),
        Border((2036, 2, 25, 10), RUNNING),
        Border((2036, 2, 26, 19, 59, 59), RUNNING),
        Border((2036, 2, 27, 8), RUNNING, calls=True),
        Border((2036, 2, 29, 19, 59, 59), RUNNING, calls=True),
        Border((2036, 2, 29, 20), ENDED),
        Border((2036, 3, 1), ENDED),
    ),
)
# The last day is a Sunday, on which nobody is called.
MAY = Month(
    "prepago-2026-05",
    (
        Border((2026, 5, 24, 23, 59, 59), READY),
        Border((2026, 5, 25, 8), RUNNING, calls=True),
        Border((2026, 5, 30, 12, 59, 59), RUNNING, calls=True),
        Border((2026, 5, 30, 13), ENDED),
        Border((2026, 5, 31, 10), ENDED),
    ),
)


@dataclass
class Looks:
    """The schedule beside a dialer, looking all the time: `all`, how often it has."""

    database: Database
    clock: Callable[[], int]
    all: int = field(default=0)

    def beside(self, holder: LeaseHolder) -> Sequence[Work]:
        schedule = CampaignSchedule(self.database, CENTRE, lambda: holder.lease is not None, self.clock)
        return (partial(self._look, schedule),)

    async def _look(self, schedule: CampaignSchedule) -> None:
        while True:
            await schedule.look()
            self.all += 1
            await asyncio.sleep(0.05)  # world: pace


@asynccontextmanager
async def started(database: Database, moment: tuple[int, ...]) -> AsyncIterator[Bridge]:
    """A new process at that moment, which has looked at the campaigns."""
    looks = Looks(database, lambda: at(*moment))
    async with dialing(database, clock=looks.clock, beside=looks.beside) as bridge:
        bridge.publish_agent("1003", AgentStatus.AVAILABLE, "prepago")
        await eventually(lambda: looks.all > 1, 20, "the campaigns were looked at")
        yield bridge


async def test_each_month_has_one_campaign_that_calls_in_its_hours_whoever_restarts_when(
    sqlite_databases: SqliteDatabases,
) -> None:
    """All at once, each with a database of its own: most of it is waiting."""
    months = (MAY, NOVEMBER, DECEMBER, LEAP_FEBRUARY)
    urls = [await asyncio.to_thread(sqlite_databases.migrated) for _ in months]
    async with asyncio.TaskGroup() as tasks:
        for url, month in zip(urls, months, strict=True):
            tasks.create_task(passes(Database(url), month))


async def passes(database: Database, month: Month) -> None:
    await runs_as_it_should(database, month)
    created = [details["campaign"] for _, what, details in await audited(database) if what == "campaign.created"]
    assert created.count(month.name) == 1 and len(created) == len(set(created))
    await database.close()


async def runs_as_it_should(database: Database, month: Month) -> None:
    await made(database, month)
    called = 0
    for border in month.borders:
        async with started(database, border.moment) as bridge:
            assert (await state_of(database, month.name)) is border.state, border
            if border.calls:
                await busy(database, bridge)
                called += 1
            else:
                await looked(database, bridge)
                assert bridge.commands.empty(), border
    assert await begun(database, month.name) == called


async def made(database: Database, month: Month) -> None:
    """By the first process of the month, and by that alone; its list is loaded, and agents get its calls."""
    store, (year, number, *_) = CampaignStore(database, CENTRE), month.borders[0].moment
    for moment in ((year, number, 1), (year, number, 1, 0, 0, 1)):
        async with started(database, moment):
            (campaign,) = [each for each in await store.standing() if each.name == month.name]
    for index in range(9):
        await add_contact(database, campaign, f"7070{number:02d}{index:02d}")
    await store.move(campaign.id, CampaignEvent.LIST_LOADED, by="jefa", now_us=at(year, number, 20))
    async with database.transaction() as connection:
        changed = update(campaigns).where(campaigns.c.id == campaign.id)
        await connection.execute(changed.values(mode=DialMode.PROGRESSIVE.value))


async def state_of(database: Database, name: str) -> CampaignState:
    async with database.reading() as connection:
        found = await connection.execute(select(campaigns.c.state).where(campaigns.c.name == name))
        return CampaignState(found.scalar_one())


async def busy(database: Database, bridge: Bridge) -> None:
    """A telephone is rung, and busy: the attempt ends."""
    command, at_us = await bridge.next_command(), bridge.clock()
    row = {
        **{"uniqueid": f"{NODE}-{command.reference}", "node": NODE, "purpose": OutgoingPurpose.CAMPAIGN.value},
        **{"reference": command.reference, "number": command.interface[6:14], "dialled_us": at_us, "rang": True},
        **{"ended_us": at_us, "result": OutgoingResult.BUSY.value},
    }
    async with database.transaction() as connection:
        # Nobody else is called at that moment: what is looked at is whether somebody is.
        await connection.execute(update(campaigns).values(mode=DialMode.PREVIEW.value))
        await connection.execute(outgoing_calls.insert(), [row])
    bridge.wake()
    await answered(lambda: unfinished(database), lambda count: count == 0)
    async with database.transaction() as connection:
        await connection.execute(update(campaigns).values(mode=DialMode.PROGRESSIVE.value))


async def unfinished(database: Database) -> int:
    async with database.reading() as connection:
        query = select(campaign_attempts.c.reference).where(campaign_attempts.c.closed_us.is_(None))
        return len((await connection.execute(query)).all())


async def begun(database: Database, name: str) -> int:
    """Attempts of a campaign, all of them in the hours of the centre's outbound service."""
    query = select(campaign_attempts.c.begun_us).join(campaigns).where(campaigns.c.name == name)
    async with database.reading() as connection:
        moments = [as_datetime(each, ZONE) for each in (await connection.execute(query)).scalars()]
    assert all(in_hours(each) for each in moments), moments
    return len(moments)


def in_hours(moment: datetime) -> bool:
    return (8 <= moment.hour < 20) if moment.weekday() < 5 else (moment.weekday() == 5 and 9 <= moment.hour < 13)
