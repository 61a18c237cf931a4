"""Campaigns are made, begin and end by themselves, whoever restarts when."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaigns
from dialer.campaigns.model import CampaignEvent, CampaignState
from dialer.campaigns.rows import at_work
from dialer.campaigns.schedule import CampaignSchedule
from dialer.campaigns.settings import settings_of
from dialer.campaigns.store import CampaignStore
from tests.conftest import Databases
from tests.dialer.campaigns.kept import CENTRE, at, audited
from tests.waiting import answered, eventually


class Looks:
    """A new process at each look: it knows what is in the tables, and nothing else."""

    def __init__(self, database: Database) -> None:
        self.database, self.acts = database, True

    async def at(self, *moment: int) -> None:
        await CampaignSchedule(self.database, CENTRE, lambda: self.acts, lambda: at(*moment)).look()


async def overwrite(database: Database, name: str = "prepago-2026-11", **values: str) -> None:
    """Nobody can read this campaign any more."""
    async with database.transaction() as connection:
        await connection.execute(update(campaigns).where(campaigns.c.name == name).values(values))


async def names(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list((await connection.execute(select(campaigns.c.name))).scalars())


async def test_a_month_is_made_begun_and_ended_once_however_often_it_is_looked_at(database: Database) -> None:
    looks, store = Looks(database), CampaignStore(database, CENTRE)
    for _ in range(2):
        await looks.at(2026, 11, 1)
    (campaign,) = await store.standing()
    assert (campaign.name, campaign.state) == ("prepago-2026-11", CampaignState.DRAFT)
    await store.move(campaign.id, CampaignEvent.LIST_LOADED, by="jefa", now_us=at(2026, 11, 20))
    await looks.at(2026, 11, 24, 23, 59, 59)
    assert (await store.standing())[0].state is CampaignState.READY
    for _ in range(2):
        await looks.at(2026, 11, 25)
    assert (await store.standing())[0].state is CampaignState.RUNNING
    await looks.at(2026, 11, 30, 19, 59, 59)
    assert (await store.standing())[0].state is CampaignState.RUNNING
    for _ in range(2):
        await looks.at(2026, 11, 30, 20)
    assert await store.standing() == ()
    assert [(who, what) for who, what, _ in await audited(database) if who == "dialer"] == [
        *(("dialer", "campaign.created"), ("dialer", "campaign.started"), ("dialer", "campaign.ended"))
    ]


async def test_what_was_slept_through_is_made_good_at_the_next_start(database: Database) -> None:
    looks, store = Looks(database), CampaignStore(database, CENTRE)
    await looks.at(2026, 10, 31, 9)
    await looks.at(2026, 12, 28, 9)  # down for two months: November is over, December is not
    assert [each.name for each in await store.standing()] == ["prepago-2026-12"]
    assert [each.name for each in await store.ended()] == ["prepago-2026-10"]


async def test_a_campaign_that_somebody_ended_is_not_made_again(database: Database) -> None:
    looks, store = Looks(database), CampaignStore(database, CENTRE)
    await looks.at(2026, 11, 3)
    (campaign,) = await store.standing()
    await store.move(campaign.id, CampaignEvent.END, by="jefa", now_us=at(2026, 11, 26))
    await looks.at(2026, 11, 26, 9)
    assert await store.standing() == ()


@pytest.mark.parametrize("spoilt", [{"rules": "{"}, {"mode": "by_hand"}, {"kind": "sale"}], ids=str)
async def test_a_month_that_nobody_can_read_is_not_made_again(
    database: Database, spoilt: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    looks = Looks(database)
    await looks.at(2026, 11, 25, 10)
    await overwrite(database, **spoilt)
    await looks.at(2026, 11, 25, 10, 1)
    assert await names(database) == ["prepago-2026-11"]
    assert "campaign prepago-2026-11 cannot be read and does not dial" in caplog.text


@pytest.mark.parametrize("column", ["first_day", "last_day"])
async def test_a_month_whose_days_nobody_can_read_keeps_the_others_from_nothing(
    sqlite_databases: Databases, column: str
) -> None:
    database = Database(await asyncio.to_thread(sqlite_databases.migrated))
    try:
        looks = Looks(database)
        await looks.at(2026, 11, 25, 10)
        async with database.transaction() as connection:
            await connection.exec_driver_sql(f"UPDATE campaigns SET {column} = 'soon'")
        await looks.at(2026, 12, 1, 10)
        assert [each.name for each in await CampaignStore(database, CENTRE).standing()] == ["prepago-2026-12"]
        assert [each.name for each in await at_work(database, at(2026, 12, 1))] == ["prepago-2026-12"]
    finally:
        await database.close()


async def test_the_next_month_is_made_as_the_last_that_can_be_read(database: Database) -> None:
    looks, store = Looks(database), CampaignStore(database, CENTRE)
    await looks.at(2026, 10, 2)
    (october,) = await store.standing()
    wanted = replace(settings_of(october), script="Buenos días, {nombre}.")
    await store.change(october.id, wanted, by="jefa", now_us=at(2026, 10, 3))
    await looks.at(2026, 11, 2)
    await overwrite(database, "prepago-2026-11", rules="{")
    await looks.at(2026, 12, 2)
    (december,) = [each for each in await store.standing() if each.name == "prepago-2026-12"]
    assert december.script == "Buenos días, {nombre}."


async def test_who_has_no_lease_does_nothing(database: Database) -> None:
    looks, store = Looks(database), CampaignStore(database, CENTRE)
    looks.acts = False
    await looks.at(2026, 11, 3)
    assert await store.standing() == ()
    looks.acts = True
    await looks.at(2026, 11, 3)
    assert len(await store.standing()) == 1


async def test_two_who_believe_to_have_it_make_one(database: Database) -> None:
    looks, store = Looks(database), CampaignStore(database, CENTRE)
    await asyncio.gather(*(looks.at(2026, 11, 3) for _ in range(3)))
    assert len(await store.standing()) == 1
    assert len(await audited(database)) == 1


async def test_it_looks_at_its_start_and_is_woken_again(database: Database) -> None:
    now, store = [at(2026, 10, 31, 10)], CampaignStore(database, CENTRE)
    schedule = CampaignSchedule(database, CENTRE, lambda: True, lambda: now[0], seconds="*")
    running = asyncio.ensure_future(schedule.run())
    try:
        await answered(store.standing, lambda found: len(found) == 1, what="the campaign of October")
        now[0] = at(2026, 11, 1)
        await answered(store.standing, lambda found: found[0].name == "prepago-2026-11", what="that of November")
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_while_the_database_is_away_it_says_so_and_goes_on(
    sqlite_databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    url = await asyncio.to_thread(sqlite_databases.migrated)
    kept = Path(url.removeprefix("sqlite:///"))
    away = await asyncio.to_thread(kept.rename, kept.with_suffix(".away"))
    database = Database(url)
    schedule = CampaignSchedule(database, CENTRE, lambda: True, lambda: at(2026, 11, 3), seconds="*")
    running = asyncio.ensure_future(schedule.run())
    try:
        await eventually(lambda: "neither made, begun nor ended for now" in caplog.text)
        await asyncio.to_thread(away.rename, kept)
        await answered(CampaignStore(database, CENTRE).standing, lambda found: len(found) == 1, what="the campaign")
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await database.close()
