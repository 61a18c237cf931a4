"""Supervisors make, change, start, pause, end and question campaigns: the API and the pages over it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from agent_api.campaigns.fields import fields_of
from callcenter.bus.memory import MemoryBus
from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.clock import now_us
from callcenter.instants import as_datetime
from callcenter.messages.campaign_facts import CampaignActivity
from callcenter.messages.envelope import Service
from dialer.campaigns.model import CampaignEvent
from dialer.campaigns.store import CampaignStore
from dialer.campaigns.window import Window
from tests.agent_api.api_site import NODE, Site
from tests.dialer.campaigns.kept import CENTRE, ZONE, audited, settings
from tests.dialer.contacts.listed import attempt, contact
from tests.waiting import answered

ALWAYS = [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "opens": "00:00", "closes": "24:00"}]
Headers = dict[str, str]


@pytest.fixture
async def jefa(site: Site) -> Headers:
    return await site.supervisor()


def sent(**changes: Any) -> dict[str, Any]:
    """The settings of a campaign of the next ten days, at any hour."""
    today = as_datetime(now_us(), ZONE).date()
    wanted = settings(window=Window(today, today + timedelta(days=10)))
    return {**fields_of(wanted).model_dump(mode="json"), "hours": ALWAYS, **changes}


async def created(site: Site, jefa: Headers, **changes: Any) -> int:
    answer = await site.http.post("/api/campaigns", headers=jefa, json=sent(**changes))
    assert answer.status_code == 200, answer.text
    return int(answer.json()["id"])


async def ready(site: Site, jefa: Headers) -> int:
    """A campaign with one customer whose turn it is."""
    campaign_id = await created(site, jefa)
    await contact(site.database, campaign_id, "a", ContactState.READY, service="internet")
    await CampaignStore(site.database, CENTRE).move(campaign_id, CampaignEvent.LIST_LOADED, by="jefa", now_us=now_us())
    return campaign_id


async def detail(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["detail"])


async def test_a_campaign_is_made_once_changed_and_read(site: Site, jefa: Headers) -> None:
    campaign_id = await created(site, jefa)
    again = await site.http.post("/api/campaigns", headers=jefa, json=sent())
    assert "Ya hay una campaña" in await detail(again, 409)
    changed = await site.http.put(f"/api/campaigns/{campaign_id}", headers=jefa, json=sent(ring_seconds=40))
    assert changed.json() == {"detail": "Ajustes de la campaña guardados.", "id": campaign_id, "state": "draft"}
    found = (await site.http.get(f"/api/campaigns/{campaign_id}", headers=jefa)).json()
    assert (found["title"], found["state"], found["why_not"]) == ("Corte programado", "draft", "waits_for_list")
    assert found["settings"]["ring_seconds"] == 40
    assert found["settings"]["hours"] == ALWAYS
    listed = (await site.http.get("/api/campaigns", headers=jefa)).json()
    assert [each["id"] for each in listed["campaigns"]] == [campaign_id]


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"line": "70712345"}, 409, "línea"),
        ({"queue": "101"}, 409, "servicio saliente"),
        ({"ring_seconds": 5}, 409, "15 a 60 s"),
        ({"ceiling_percent": 4}, 409, "3 %"),
        ({"hours": []}, 409, "horario"),
        ({"hours": [{**ALWAYS[0], "opens": "8"}]}, 422, "opens"),
        ({"mode": "robot"}, 422, "mode"),
        ({"title": "   "}, 422, "title"),
        ({"script": "Hola {otro}"}, 409, "guion"),
    ],
)
async def test_what_is_wrong_is_refused_with_what_to_do(
    site: Site, jefa: Headers, changes: dict[str, Any], status: int, said: str
) -> None:
    answer = await site.http.post("/api/campaigns", headers=jefa, json=sent(**changes))
    assert said in await detail(answer, status)
    assert (await site.http.get("/api/campaigns", headers=jefa)).json()["campaigns"] == []


async def test_a_campaign_is_started_paused_and_ended(site: Site, jefa: Headers) -> None:
    campaign_id = await created(site, jefa)
    path = f"/api/campaigns/{campaign_id}"
    assert "cárguela primero" in await detail(await site.http.post(f"{path}/start", headers=jefa), 409)
    await CampaignStore(site.database, CENTRE).move(campaign_id, CampaignEvent.LIST_LOADED, by="jefa", now_us=1)
    for order, state in (("start", "running"), ("pause", "paused"), ("start", "running"), ("end", "ended")):
        done = await site.http.post(f"{path}/{order}", headers=jefa)
        assert done.json()["state"] == state
    assert "ya terminó" in await detail(await site.http.post(f"{path}/start", headers=jefa), 409)
    ended = (await site.http.get("/api/campaigns?ended=true", headers=jefa)).json()
    assert [each["id"] for each in ended["campaigns"]] == [campaign_id]
    whats = [(who, what) for who, what, _ in await audited(site.database) if what.startswith("campaign.")]
    assert ("jefa", "campaign.paused") in whats


async def test_what_the_dialer_says_is_on_the_page_and_wakes_it(site: Site, jefa: Headers) -> None:
    campaign_id = await ready(site, jefa)
    path = f"/api/campaigns/{campaign_id}"
    await site.http.post(f"{path}/start", headers=jefa)
    before = (await site.http.get(path, headers=jefa)).json()
    assert (before["why_not"], before["activity"]) == ("dialer_away", None)
    figures = {"ringing": 2, "talking": 3, "agents_available": 0, "live_answers_today": 200, "abandoned_today": 3}
    said = {"why_not": "no_agents", **figures, "as_of_us": now_us()}
    async with MemoryBus(site.broker, Service.DIALER, NODE) as bus, site.screen(jefa, "/api/floor/events") as screen:
        await screen.next("floor")
        bus.publish(CampaignActivity(node=NODE, campaign_id=campaign_id, **said))  # type: ignore[arg-type]
        assert await screen.next("campaign") == {"id": campaign_id}
    after = (await site.http.get(path, headers=jefa)).json()
    assert (after["why_not"], after["activity"]["talking"]) == ("no_agents", 3)
    page = await site.http.get(f"/campanas/{campaign_id}/parte/marcha", headers=jefa)
    assert "No hay agentes libres" in page.text
    assert "3 (1,5 %)" in page.text


async def test_it_is_explained_now_and_at_another_moment(site: Site, jefa: Headers) -> None:
    campaign_id = await ready(site, jefa)
    path = f"/api/campaigns/{campaign_id}/explanation"
    now = (await site.http.get(path, headers=jefa)).json()
    assert (now["why_not"], now["is_now"], now["ready"]) == ("not_started", True, 1)
    late = now_us() + 30 * 24 * 3600 * 1_000_000
    then = (await site.http.get(path, headers=jefa, params={"at_us": late})).json()
    assert (then["why_not"], then["is_now"]) == ("after_window", False)
    page = f"/campanas/{campaign_id}/explicacion"
    assert "1 cliente por llamar" in (await site.http.get(page, headers=jefa)).text
    asked = await site.http.get(page, headers=jefa, params={"cuando": "2020-01-02T10:00"})
    assert "Todavía no llegó su primer día." in asked.text
    for wrong in ("ayer", "4200-01-01T10:00"):
        answer = await site.http.get(page, headers=jefa, params={"cuando": wrong})
        assert "No se entiende la fecha" in await detail(answer, 422)


async def test_attempts_are_counted_and_shown_by_people_s_names(site: Site, jefa: Headers) -> None:
    campaign_id = await ready(site, jefa)
    await site.agent("1001")
    contact_id = await contact(site.database, campaign_id, "b", ContactState.OVER, service="internet")
    await attempt(site.database, campaign_id, contact_id, 1, member="1001", outcome=CallOutcome.PROMISED)
    await attempt(site.database, campaign_id, contact_id, 2, result="no_answer")
    counts = (await site.http.get(f"/api/campaigns/{campaign_id}/attempts", headers=jefa)).json()
    assert counts["by_service"] == [{"name": "internet", "attempts": 2, "contacted": 1, "promised": 1}]
    page = (await site.http.get(f"/campanas/{campaign_id}/parte/intentos", headers=jefa)).text
    for shown in ("Promete pagar", "No contesta", "Persona 1001", "Ninguno", "Internet"):
        assert shown in page


async def test_agents_and_their_services_are_set(site: Site, jefa: Headers) -> None:
    campaign_id = await created(site, jefa)
    await site.agent("1001")
    path = f"/api/campaigns/{campaign_id}/agents"
    assert (await site.http.get(path, headers=jefa)).json() == {"agents": []}
    wanted = {"agents": [{"member": "1001", "service": "internet"}]}
    assert await detail(await site.http.put(path, headers=jefa, json=wanted), 200)
    assert (await site.http.get(path, headers=jefa)).json() == wanted
    stranger = {"agents": [{"member": "jefa", "service": ""}]}
    assert "jefa" in await detail(await site.http.put(path, headers=jefa, json=stranger), 409)


async def test_a_campaign_that_is_not_there_is_said_so(site: Site, jefa: Headers) -> None:
    for path in ("", "/explanation", "/agents"):
        answer = await site.http.get(f"/api/campaigns/77{path}", headers=jefa)
        assert "No existe la campaña 77" in await detail(answer, 409)


async def test_every_page_is_served(site: Site, jefa: Headers) -> None:
    campaign_id = await ready(site, jefa)
    paths = ("", "/nueva", f"/{campaign_id}", f"/{campaign_id}/ajustes", f"/{campaign_id}/agentes", "/parte/en-pie")
    for path in paths:
        answer = await site.http.get(f"/campanas{path}", headers=jefa)
        assert answer.status_code == 200, answer.text
        assert "style=" not in answer.text
    assert (await site.http.get(f"/campanas/{campaign_id}/parte/otra", headers=jefa)).status_code == 404


async def test_what_a_supervisor_wrote_is_text_on_the_page(site: Site, jefa: Headers) -> None:
    campaign_id = await created(site, jefa, title="<script>alert(1)</script>")
    for path in ("", f"/{campaign_id}", f"/{campaign_id}/ajustes"):
        answer = await site.http.get(f"/campanas{path}", headers=jefa)
        assert "<script>alert" not in answer.text


@pytest.mark.slow
async def test_an_older_page_of_those_that_ended(site: Site, jefa: Headers) -> None:
    store = CampaignStore(site.database, CENTRE)
    for number in range(21):
        campaign_id = await created(site, jefa, title=f"Corte {number}")
        await store.move(campaign_id, CampaignEvent.END, by="jefa", now_us=now_us())

    async def first() -> str:
        return (await site.http.get("/campanas", headers=jefa)).text

    page = await answered(first, lambda text: "Anteriores" in text, what="a first page")
    assert "Corte 20" in page
    older = (await site.http.get("/api/campaigns?ended=true", headers=jefa)).json()["older"]
    assert "Corte 0<" in (await site.http.get(f"/campanas?antes={older}", headers=jefa)).text
