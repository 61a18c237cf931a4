"""A supervisor's campaigns in a real browser: made, changed, started, paused, questioned, ended."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from agent_api.accounts.user_store import NewUser, create_user
from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.bus.memory import MemoryBus
from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.messages.campaign_facts import CampaignActivity
from callcenter.messages.envelope import Service
from callcenter.roles import Role
from callcenter.settings import PROJECT
from dialer.campaigns import monthly
from dialer.campaigns.model import CampaignEvent
from dialer.campaigns.settings import NewCampaign
from dialer.campaigns.store import CampaignStore
from dialer.campaigns.window import Window
from tests.agent_api.api_site import NODE, PASSWORD, Site, open_site
from tests.browser.browsing import DESK, TABLET, Browsing, axe, is_as_wide_as_its_window, screenshot
from tests.conftest import Databases
from tests.dialer.campaigns.kept import CENTRE, ZONE, rules
from tests.dialer.campaigns.test_monthly import ALWAYS
from tests.dialer.contacts.listed import attempt, contact

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.timeout(180)]

NARROW = (1280, 720)
# No table is scrolled to the side.
TABLES_WITHIN = """() => [...document.querySelectorAll('.table-frame')].every(
  each => each.scrollWidth <= each.clientWidth)"""
NAMES = {"1001": "Ana Quispe", "1002": "Bruno Mamani", "1003": "Carla Rojas"}
OUTCOMES = (
    *(CallOutcome.PROMISED, CallOutcome.NO_ANSWER, CallOutcome.CONTACTED, CallOutcome.BUSY, CallOutcome.PROMISED),
    *(CallOutcome.REFUSED, CallOutcome.ALREADY_PAID),
)


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """An API, a supervisor and agents; a campaign of this month that has called, and two that ended."""
    async with open_site(database, SmartflexStore(database), load(PROJECT / "centre.yaml")) as opened:
        await opened.linked()
        await opened.user("jefa", Role.SUPERVISOR, "1101")
        for login, name in NAMES.items():
            new = NewUser(login, name, Role.AGENT, login)
            await create_user(opened.database, opened.passwords, new, PASSWORD, by="test", now_us=now_us())
        await _prepaid(opened.database)
        yield opened


async def _prepaid(database: Database) -> None:
    store, now = CampaignStore(database, CENTRE), now_us()
    today = as_datetime(now, ZONE).date()
    new = monthly.prepaid_campaign(as_datetime(now, ZONE), CENTRE, None)
    assert new is not None
    wanted = replace(new.settings, window=Window(today, today + timedelta(days=6)), rules=rules(hours=ALWAYS).rules)
    for name in ("prepago-2026-09", "prepago-2026-10"):
        old = await store.create(NewCampaign(new.kind, name, wanted), by="dialer", now_us=now)
        assert old is not None
        await store.move(old.id, CampaignEvent.END, by="dialer", now_us=now)
    made = await store.create(NewCampaign(new.kind, new.name, wanted), by="dialer", now_us=now)
    assert made is not None
    for number in range(40):
        state = ContactState.READY if number % 3 else ContactState.OVER
        service = ("internet", "cable_tv", "both")[number % 3]
        outcome = OUTCOMES[number % 7] if state is ContactState.OVER else None
        fields = {"service": service, "attempts": 1 if outcome else 0}
        kept = await contact(database, made.id, f"c{number}", state, outcome=outcome, **fields)
        if outcome:
            await attempt(database, made.id, kept, 1, member=f"100{number % 2 + 1}", outcome=outcome)
    await store.move(made.id, CampaignEvent.LIST_LOADED, by="jefa", now_us=now)


@pytest.fixture
async def looking(browser: Browser, site: Site) -> AsyncIterator[Browsing]:
    """A browser in front of the site; nothing may be left in its console."""
    opened = Browsing(browser, str(site.http.base_url).rstrip("/"), lambda _login: PASSWORD)
    yield opened
    await opened.close()
    assert not opened.unexpected(), "\n".join(opened.unexpected())


async def prepaid_page(page: Page) -> None:
    """To the page of the campaign that stands, by its link."""
    await page.goto("/campanas")
    await page.get_by_role("link", name="Prepago: vencimientos").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Prepago: vencimientos")


async def test_a_general_campaign_is_made_changed_and_ended(looking: Browsing, site: Site) -> None:
    page = await looking.enter("jefa", NARROW)
    await page.get_by_role("link", name="Campañas", exact=True).click()
    await page.get_by_role("link", name="Nueva campaña").click()
    await expect(page.locator("#title")).to_be_focused()
    await page.keyboard.type("Corte programado zona sur")
    await expect(page.locator("[data-span]").first.locator("[data-opens]")).to_have_value("08:00")
    await page.get_by_role("button", name="Crear campaña").click()
    await page.wait_for_url("**/campanas")
    await expect(page.get_by_role("status").filter(has_text="cargue su lista")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Corte programado zona sur")
    await expect(row).to_contain_text("Sin lista")
    await expect(row).to_contain_text("Falta la lista de clientes.")

    await row.get_by_role("link", name="Corte programado zona sur").click()
    await page.get_by_role("link", name="Ajustes").click()
    await page.fill("#ring_seconds", "40")
    await page.fill("#segments", "Oro, Plata ,")
    await page.fill("#pausa-busy", "20")
    spare = page.locator("[data-span]").last
    await spare.locator('[data-day="sun"]').check()
    await spare.locator("[data-opens]").fill("10:00")
    await spare.locator("[data-closes]").fill("12:00")
    await page.get_by_role("button", name="Guardar").click()
    await page.wait_for_url(lambda url: "ajustes" not in url)
    await page.get_by_role("link", name="Ajustes").click()
    await expect(page.locator("#ring_seconds")).to_have_value("40")
    await expect(page.locator("#segments")).to_have_value("Oro, Plata")
    await expect(page.locator("#pausa-busy")).to_have_value("20")
    await expect(page.get_by_role("checkbox", name="Dom, horario 3")).to_be_checked()

    await page.get_by_role("link", name="Volver").click()
    await page.get_by_role("button", name="Terminar Corte programado zona sur").click()
    await page.get_by_role("button", name="Sí").click()
    await expect(page.locator("#marcha .badge")).to_have_text("Terminada")
    await page.goto("/campanas")
    ended = page.get_by_role("region", name="Terminadas")
    await expect(ended).to_contain_text("Corte programado zona sur")


async def test_a_campaign_is_started_paused_and_watched(looking: Browsing, site: Site) -> None:
    page = await looking.enter("jefa", NARROW)
    await page.goto("/campanas")
    listed = page.get_by_role("region", name="Campañas en pie")
    await listed.get_by_role("button", name="Iniciar").press("Enter")
    await expect(listed.locator(".badge")).to_have_text("En curso")
    await expect(listed).to_contain_text("El marcador no está funcionando.")
    await prepaid_page(page)
    campaign_id = int(page.url.rsplit("/", 1)[1])
    figures = {"ringing": 2, "talking": 3, "agents_available": 0, "live_answers_today": 200, "abandoned_today": 3}
    async with MemoryBus(site.broker, Service.DIALER, NODE) as bus:
        said = {"why_not": "no_agents", **figures, "as_of_us": now_us()}
        bus.publish(CampaignActivity(node=NODE, campaign_id=campaign_id, **said))  # type: ignore[arg-type]
        progress = page.locator("#marcha")
        await expect(progress).to_contain_text("No hay agentes libres para esta campaña.")
        await expect(progress).to_contain_text("3 (1,5 %)")
        await screenshot(page, "campaigns-one-live", whole=True)
    await page.get_by_role("button", name="Pausar").click()
    await expect(page.locator("#marcha .badge")).to_have_text("En pausa")
    await expect(page.get_by_role("button", name="Pausar")).to_have_count(0)


async def test_no_answer_to_the_question_leaves_it_as_it_is(looking: Browsing) -> None:
    page = await looking.enter("jefa", NARROW)
    await prepaid_page(page)
    await page.get_by_role("button", name="Terminar").click()
    await page.get_by_role("button", name="No", exact=True).click()
    await expect(page.locator("#marcha .badge")).to_have_text("Preparada")


async def test_it_is_asked_why_at_another_moment(looking: Browsing) -> None:
    page = await looking.enter("jefa", NARROW)
    await prepaid_page(page)
    answer = page.locator("#explicacion")
    await expect(page.locator("#marcha")).to_contain_text("Está preparada y todavía no se inició.")
    await expect(page.locator("#marcha")).to_contain_text("26 clientes por llamar")
    await page.get_by_role("button", name="Preguntar").click()
    await expect(answer).to_contain_text("Ahora:")
    await page.fill("#cuando", "2026-01-02T18:05")
    await page.press("#cuando", "Enter")
    await expect(answer).to_contain_text("El 02/01/2026 18:05:")
    await expect(answer).to_contain_text("Todavía no llegó su primer día.")
    await screenshot(page, "campaigns-explained")


async def test_what_is_refused_is_said_and_what_was_typed_stays(looking: Browsing) -> None:
    looking.expect("status of 409")
    page = await looking.enter("jefa", NARROW)
    await prepaid_page(page)
    await page.get_by_role("link", name="Ajustes").click()
    await page.fill("#script", "Hola {cliente}")
    await page.get_by_role("button", name="Guardar").click()
    await expect(page.get_by_role("alert").filter(has_text="llaves que no se entienden")).to_be_visible()
    await expect(page.locator("#script")).to_have_value("Hola {cliente}")


async def test_of_two_supervisors_at_one_form_the_second_is_told(looking: Browsing) -> None:
    looking.expect("status of 409")
    first = await looking.enter("jefa", NARROW)
    await prepaid_page(first)
    second = await looking.enter("jefa", NARROW)
    path = f"{first.url}/ajustes"
    await first.goto(path)
    await second.goto(path)
    await first.fill("#ring_seconds", "30")
    await first.get_by_role("button", name="Guardar").click()
    await first.wait_for_url(lambda url: "ajustes" not in url)
    await second.fill("#ring_seconds", "20")
    await second.get_by_role("button", name="Guardar").click()
    await expect(second.get_by_role("alert").filter(has_text="Otra persona cambió la campaña")).to_be_visible()
    await second.goto(path)
    await expect(second.locator("#ring_seconds")).to_have_value("30")


async def test_agents_preview_the_service_that_they_are_given(looking: Browsing) -> None:
    page = await looking.enter("jefa", NARROW)
    await prepaid_page(page)
    await page.get_by_role("link", name="Agentes").click()
    service = page.get_by_label("Servicio de Ana Quispe")
    await expect(service).to_be_disabled()
    await page.get_by_role("checkbox", name="Ana Quispe").check()
    await service.select_option("internet")
    await screenshot(page, "campaigns-agents", whole=True)
    await page.get_by_role("button", name="Guardar").click()
    await page.wait_for_url(lambda url: "agentes" not in url)
    await page.get_by_role("link", name="Agentes").click()
    await expect(page.get_by_role("checkbox", name="Ana Quispe")).to_be_checked()
    await expect(service).to_have_value("internet")


async def test_every_page_of_an_administrator_stands_in_one_row(looking: Browsing, site: Site) -> None:
    await site.user("admin", Role.ADMIN, "1102")
    page = await looking.enter("admin", NARROW)
    await page.goto("/campanas")
    await expect(page.locator("#enlace")).to_have_text("Conectado.")
    await screenshot(page, "campaigns-admin")
    await page.wait_for_function("() => document.querySelector('header.top').clientHeight < 60")


@pytest.mark.parametrize(
    ("size", "dark"),
    [(DESK, False), (NARROW, True), (TABLET, False)],
    ids=["desk", "dark", "tablet"],
)
async def test_every_page_can_be_read_by_everybody(
    looking: Browsing, site: Site, size: tuple[int, int], dark: bool
) -> None:
    page = await looking.enter("jefa", size, dark=dark)
    await prepaid_page(page)
    own = page.url
    paths = {"/campanas": "list", own: "one", f"{own}/ajustes": "settings", f"{own}/agentes": "agents"}
    for path, name in {**paths, "/campanas/nueva": "new"}.items():
        await page.goto(path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await axe(page)
        await screenshot(page, f"campaigns-{name}-{size[0]}-{'dark' if dark else 'light'}", whole=True)
        await is_as_wide_as_its_window(page)
        await page.wait_for_function(TABLES_WITHIN)
