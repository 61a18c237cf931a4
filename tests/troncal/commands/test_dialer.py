"""Why a campaign calls or does not, from the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from typer.testing import CliRunner

import migrations
from callcenter.campaign_outcomes import ContactState
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from dialer.campaigns.model import Campaign, CampaignEvent
from dialer.campaigns.store import CampaignStore
from dialer.campaigns.window import Window
from tests.dialer.campaigns.kept import CENTRE, ZONE, made, rules
from tests.dialer.campaigns.test_monthly import ALWAYS
from tests.dialer.contacts.listed import contact
from troncal.cli import app
from troncal.commands import dialer
from troncal.installation import state_folder

pytestmark = pytest.mark.database
T = TypeVar("T")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder with secrets and an empty database."""
    monkeypatch.setenv("TRONCAL_STATE", str(tmp_path))
    monkeypatch.delenv("TRONCAL_DATABASE_URL", raising=False)
    state_folder.make_secrets(tmp_path)
    asyncio.run(migrations.upgrade(state_folder.settings().database))


def done(work: Callable[[Database], Awaitable[T]]) -> T:
    async def opened() -> T:
        database = Database(state_folder.settings().database)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(opened())


async def running(database: Database) -> Campaign:
    """A campaign of the next ten days, at any hour, with one customer whose turn it is."""
    today = as_datetime(now_us(), ZONE).date()
    store, window = CampaignStore(database, CENTRE), Window(today, today + timedelta(days=10))
    campaign = await made(store, now_us=now_us(), window=window, rules=rules(hours=ALWAYS).rules)
    await contact(database, campaign.id, "a", ContactState.READY)
    for event in (CampaignEvent.LIST_LOADED, CampaignEvent.START):
        await store.move(campaign.id, event, by="jefa", now_us=now_us())
    return campaign


def test_it_is_explained_by_name_or_number_now_and_at_another_moment(capsys: pytest.CaptureFixture[str]) -> None:
    campaign = done(running)
    dialer.explain(str(campaign.id), "2020-01-02 18:05")
    assert capsys.readouterr().out.splitlines()[:2] == [
        "corte: Corte programado (02/01/2020 18:05)",
        "Todavía no llegó su primer día.",
    ]
    dialer.explain("corte", "")
    printed = capsys.readouterr().out
    assert "1 cliente por llamar" in printed


@pytest.mark.parametrize("at", ["ayer", "2026-13-01", "4200-01-01 10:00"])
def test_what_is_no_moment_is_wrong_use(at: str) -> None:
    with pytest.raises(dialer.NoMoment):
        dialer.explain("corte", at)


@pytest.mark.parametrize("wanted", ["otra", "77", "9" * 40])
def test_a_campaign_that_is_not_there_is_said_with_those_that_are(wanted: str) -> None:
    done(running)
    with pytest.raises(dialer.NoSuchCampaign, match="corte"):
        dialer.explain(wanted, "")


def test_the_group_explains_itself() -> None:
    for words in (["dialer", "--help"], ["dialer", "explain", "--help"]):
        answer = CliRunner().invoke(app, words)
        assert (answer.exit_code, "explain" in answer.output) == (0, True)
