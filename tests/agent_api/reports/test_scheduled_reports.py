"""Reports that go out by mail: what may be scheduled, stopped and removed, and what the page says of the last time."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.database.transactions import Database
from callcenter.roles import Role
from tests.agent_api.api_site import Site, open_site
from tests.agent_api.reports.scheduled_store import MemoryScheduledReports
from tests.agent_api.web.browser_like import browser_of
from tests.conftest import Databases
from tests.reports.recorded_month import CENTRE

pytestmark = pytest.mark.database
PATH = "/api/scheduled-reports"
ORDER: dict[str, Any] = {
    **{"report": "menus", "asked": {"period": "last_month", "lines": ["101"]}, "how_often": "monthly", "form": "pdf"},
    **{"recipients": ["jefa@cooperativa.bo", "otra@cooperativa.bo"], "enabled": True},
}


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@pytest.fixture
def kept() -> MemoryScheduledReports:
    """What goes out."""
    return MemoryScheduledReports()


@pytest.fixture
async def mailing(database: Database, kept: MemoryScheduledReports) -> AsyncIterator[Site]:
    """An interface to a centre whose reports go out by mail."""
    async with open_site(database, SmartflexStore(database), CENTRE, scheduled=kept) as opened:
        yield opened


async def test_a_report_is_scheduled_stopped_and_removed(mailing: Site, kept: MemoryScheduledReports) -> None:
    headers = await mailing.supervisor()
    assert (await mailing.http.post(PATH, json=ORDER, headers=headers)).status_code == 200
    [view] = (await mailing.http.get(PATH, headers=headers)).json()["scheduled"]
    assert {name: view[name] for name in ORDER} == ORDER
    assert (view["made_by"], view["last_run_us"]) == ("jefa", None)
    stopped = {**ORDER, "enabled": False}
    assert (await mailing.http.put(f"{PATH}/{view['id']}", json=stopped, headers=headers)).status_code == 200
    assert not kept.kept[view["id"]].what.enabled
    assert (await mailing.http.delete(f"{PATH}/{view['id']}", headers=headers)).status_code == 200
    assert kept.kept == {}
    for answer in (
        await mailing.http.put(f"{PATH}/7", json=ORDER, headers=headers),
        await mailing.http.delete(f"{PATH}/7", headers=headers),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (409, "Este envío ya no existe.")


@pytest.mark.parametrize(
    ("more", "status", "why"),
    [
        ({"report": "nada"}, 404, "No existe"),
        ({"asked": {"first_day": "2026-10-01", "last_day": "2026-10-31"}}, 422, "con fechas mandaría siempre lo mismo"),
        ({"asked": {"period": "last_month", "lines": ["999"]}}, 422, "no existe la línea"),
        ({"recipients": []}, 422, "El dato recipients"),
        ({"recipients": ["nadie"]}, 422, "El dato recipients"),
        ({"recipients": ["a@b.bo\r\nBcc: c@d.bo"]}, 422, "El dato recipients"),
        ({"form": "json"}, 422, "El dato form"),
        ({"how_often": "never"}, 422, "El dato how_often"),
    ],
)
async def test_what_cannot_go_out_is_refused(
    mailing: Site, kept: MemoryScheduledReports, more: dict[str, Any], status: int, why: str
) -> None:
    answer = await mailing.http.post(PATH, json={**ORDER, **more}, headers=await mailing.supervisor())
    assert answer.status_code == status and why in answer.json()["detail"]
    assert kept.kept == {}


async def test_the_page_says_what_goes_out_and_how_it_went(mailing: Site, kept: MemoryScheduledReports) -> None:
    headers = await mailing.supervisor()
    await mailing.http.post(PATH, json=ORDER, headers=headers)
    kept.kept[1] = replace(kept.kept[1], last_run_us=1_790_000_000_000_000, last_problem="El correo no responde.")
    view = {"name": "Todo el mes", "report": "menus", "asked": {"period": "last_month"}}
    await mailing.http.post("/api/saved-views", json=view, headers=headers)
    fixed = {**view, "name": "Octubre", "asked": {"first_day": "2026-10-01", "last_day": "2026-10-31"}}
    await mailing.http.post("/api/saved-views", json=fixed, headers=headers)
    page = await browser_of(mailing, "jefa")
    shown = (await page.page("/informes/correo")).text
    for said in (
        "Recorrido por los menús",
        "el mes pasado; de jefa",
        "Cada mes",
        "El correo no responde.",
        "Todo el mes",
    ):
        assert said in shown, said
    assert "Octubre" not in shown
    assert 'href="/informes/correo"' in (await page.page("/informes")).text


async def test_a_centre_without_mail_says_so(site: Site) -> None:
    headers = await site.supervisor()
    assert (await site.http.post(PATH, json=ORDER, headers=headers)).status_code == 409
    page = await browser_of(site, "jefa")
    assert "no se envían informes por correo" in (await page.page("/informes/correo")).text
    assert "/informes/correo" not in (await page.page("/informes")).text


async def test_agents_may_not(mailing: Site) -> None:
    await mailing.user("1003", Role.AGENT, "1003")
    assert (await mailing.http.get(PATH, headers=await mailing.token("1003"))).status_code == 403
