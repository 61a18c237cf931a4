"""Campaigns are kept, changed and moved on, each with its row in the audit log."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from callcenter.campaign_outcomes import CallOutcome
from callcenter.centre.model import OpenSpan
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaigns
from dialer.campaigns.model import CampaignEvent, CampaignKind, CampaignState, DialMode, OrderBy
from dialer.campaigns.settings import CampaignRefusal, CampaignSettings, NewCampaign, UnknownCampaign, settings_of
from dialer.campaigns.store import CHANGED_MEANWHILE, OVER, CampaignStore
from dialer.campaigns.window import Window
from tests.dialer.campaigns.kept import CENTRE, NOW, audited, made, rules, settings

ON_MONDAYS = (OpenSpan.model_validate({"days": ["mon"], "from": "08:00", "to": "20:00"}),)


@pytest.fixture
def store(database: Database) -> CampaignStore:
    return CampaignStore(database, CENTRE)


async def test_a_campaign_is_read_back_as_it_was_made_and_audited(database: Database, store: CampaignStore) -> None:
    campaign = await made(store)
    assert await store.one(campaign.id) == await store.named("corte") == campaign
    assert settings_of(campaign) == settings()
    assert (campaign.state, campaign.kind) == (CampaignState.DRAFT, CampaignKind.GENERAL)
    ((who, what, details),) = await audited(database)
    assert (who, what) == ("jefa", "campaign.created")
    assert (details["campaign"], details["line"], details["first_day"]) == ("corte", "102", "2026-11-23")


async def test_the_same_name_again_makes_nothing(database: Database, store: CampaignStore) -> None:
    campaign = await made(store)
    again = NewCampaign(CampaignKind.GENERAL, "corte", settings(title="Otra"))
    assert await store.create(again, by="otra", now_us=NOW) is None
    assert await store.standing() == (campaign,)
    assert len(await audited(database)) == 1


async def test_of_many_who_make_the_same_one_makes_it(database: Database, store: CampaignStore) -> None:
    new = NewCampaign(CampaignKind.GENERAL, "corte", settings())
    results = await asyncio.gather(*(store.create(new, by="dialer", now_us=NOW) for _ in range(4)))
    assert len([each for each in results if each is not None]) == 1
    assert len(await audited(database)) == 1


async def test_what_is_wrong_is_not_kept(database: Database, store: CampaignStore) -> None:
    with pytest.raises(CampaignRefusal, match="15 a 60 s"):
        await store.create(NewCampaign(CampaignKind.GENERAL, "corte", rules(ring_seconds=5)), by="jefa", now_us=NOW)
    campaign = await made(store)
    with pytest.raises(CampaignRefusal, match="línea"):
        await store.change(campaign.id, settings(line="44123456"), by="jefa", now_us=NOW)
    assert await store.standing() == (campaign,)
    assert len(await audited(database)) == 1


async def test_settings_are_changed_and_the_audit_log_has_what_was_and_what_is(
    database: Database, store: CampaignStore
) -> None:
    campaign = await made(store)
    wanted = settings(title="Corte del centro", mode=DialMode.PROGRESSIVE, held_out_percent=10)
    changed = await store.change(campaign.id, wanted, by="otra", now_us=NOW + 1)
    assert await store.one(campaign.id) == changed
    assert settings_of(changed) == wanted
    changes = {
        **{"title": ["Corte programado", "Corte del centro"], "mode": ["preview", "progressive"]},
        **{"held_out_percent": [0, 10]},
    }
    last = (await audited(database))[-1]
    assert last == ("otra", "campaign.changed", {"campaign": "corte", "changes": changes})
    await store.change(campaign.id, wanted, by="otra", now_us=NOW + 2)
    assert (await audited(database))[-1] == last  # nothing differed


async def test_of_two_who_change_what_they_both_saw_the_second_is_told(store: CampaignStore) -> None:
    campaign = await made(store)
    seen = settings_of(campaign)
    first = await store.change(campaign.id, settings(title="Uno"), seen=seen, by="jefa", now_us=NOW)
    with pytest.raises(CampaignRefusal, match=CHANGED_MEANWHILE):
        await store.change(campaign.id, settings(title="Otro"), seen=seen, by="otra", now_us=NOW)
    assert await store.one(campaign.id) == first


async def test_the_days_of_a_prepaid_campaign_are_those_of_its_month(store: CampaignStore) -> None:
    new = NewCampaign(CampaignKind.PREPAID_EXPIRY, "prepago-2026-11", settings())
    campaign = await store.create(new, by="dialer", now_us=NOW)
    assert campaign is not None
    with pytest.raises(CampaignRefusal, match="los del mes"):
        window = Window(date(2026, 11, 1), date(2026, 11, 30))
        await store.change(campaign.id, settings(window=window), by="jefa", now_us=NOW)


async def test_a_campaign_moves_on_by_events_each_audited(database: Database, store: CampaignStore) -> None:
    campaign = await made(store)
    events = (
        *(CampaignEvent.LIST_LOADED, CampaignEvent.START, CampaignEvent.LIST_LOADED, CampaignEvent.PAUSE),
        *(CampaignEvent.START, CampaignEvent.LIST_UNDONE, CampaignEvent.END),
    )
    states = [(await store.move(campaign.id, each, by="jefa", now_us=NOW)).state for each in events]
    assert [each.value for each in states] == ["ready", "running", "running", "paused", "running", "draft", "ended"]
    assert [what.removeprefix("campaign.") for _, what, _ in await audited(database)] == [
        *("created", "ready", "started", "paused", "started", "emptied", "ended")
    ]


async def test_what_is_not_possible_is_refused_with_what_to_do(store: CampaignStore) -> None:
    campaign = await made(store)
    with pytest.raises(CampaignRefusal, match="cárguela primero"):
        await store.move(campaign.id, CampaignEvent.START, by="jefa", now_us=NOW)
    await store.move(campaign.id, CampaignEvent.END, by="jefa", now_us=NOW)
    with pytest.raises(CampaignRefusal, match=OVER):
        await store.move(campaign.id, CampaignEvent.START, by="jefa", now_us=NOW)
    with pytest.raises(CampaignRefusal, match=OVER):
        await store.change(campaign.id, settings(title="Otro"), by="jefa", now_us=NOW)
    with pytest.raises(UnknownCampaign, match="No existe la campaña 77"):
        await store.move(77, CampaignEvent.START, by="jefa", now_us=NOW)


async def test_of_two_supervisors_at_once_one_wins_and_the_other_is_told(
    database: Database, store: CampaignStore
) -> None:
    campaign = await made(store)
    await store.move(campaign.id, CampaignEvent.LIST_LOADED, by="jefa", now_us=NOW)
    orders = [CampaignEvent.END] * 4
    moves = (store.move(campaign.id, event, by=f"jefa{n}", now_us=NOW) for n, event in enumerate(orders))
    results = await asyncio.gather(*moves, return_exceptions=True)
    refusals = [each for each in results if isinstance(each, CampaignRefusal)]
    assert len(refusals) == 3
    assert {str(each) for each in refusals} <= {OVER, CHANGED_MEANWHILE}
    assert [what for _, what, _ in await audited(database)].count("campaign.ended") == 1


async def test_those_that_ended_are_read_by_the_page(store: CampaignStore) -> None:
    for number in range(23):
        campaign = await made(store, f"corte-{number}")
        await store.move(campaign.id, CampaignEvent.END, by="jefa", now_us=NOW)
    standing = await made(store, "otra")
    assert await store.standing() == (standing,)
    first = await store.ended()
    assert [each.name for each in first] == [f"corte-{number}" for number in range(22, 2, -1)]
    assert [each.name for each in await store.ended(first[-1].id)] == ["corte-2", "corte-1", "corte-0"]
    latest = await store.latest_of(CampaignKind.GENERAL)
    assert latest == standing
    assert await store.latest_of(CampaignKind.PREPAID_EXPIRY) is None


async def test_agents_and_the_service_that_each_previews(database: Database, store: CampaignStore) -> None:
    campaign = await made(store)
    assert await store.agents(campaign.id) == {}
    await store.set_agents(campaign.id, {"1001": "internet", "1002": ""}, by="jefa", now_us=NOW)
    await store.set_agents(campaign.id, {"1002": "cable_tv"}, by="jefa", now_us=NOW)
    assert await store.agents(campaign.id) == {"1002": "cable_tv"}
    with pytest.raises(CampaignRefusal, match="servicio no existe"):
        await store.set_agents(campaign.id, {"1002": "gas"}, by="jefa", now_us=NOW)
    last = (await audited(database))[-1]
    assert last == ("jefa", "campaign.agents_set", {"campaign": "corte", "agents": {"1002": "cable_tv"}})


@pytest.mark.parametrize(
    ("wanted", "follow"),
    [
        (rules(segments=("Oro",)), True),
        (rules(order=(OrderBy.ATTEMPTS,)), True),
        (rules(pauses_seconds={CallOutcome.BUSY: 60}), True),
        (rules(hours=ON_MONDAYS), True),
        (rules(customer_a_day=1), True),
        (settings(window=Window(date(2026, 11, 23), date(2026, 12, 4))), True),
        (rules(ring_seconds=30), False),
        (settings(script="Hola"), False),
    ],
    ids=["segments", "order", "pauses", "hours", "limits", "days", "ringing", "script"],
)
async def test_who_is_listed_is_to_follow_what_order_and_hours_follow_from(
    database: Database, store: CampaignStore, wanted: CampaignSettings, follow: bool
) -> None:
    campaign = await made(store)
    await store.change(campaign.id, wanted, by="jefa", now_us=NOW)
    async with database.reading() as connection:
        found = (await connection.execute(select(campaigns.c.followed_to))).scalar_one()
    assert found == ("" if follow else None)
