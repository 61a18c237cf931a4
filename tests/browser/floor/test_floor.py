"""The supervisors' floor and the wallboard in a real browser: what is seen, what a click does, what is away."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.bus.presence import Presence
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.call_commands import RedirectQueuedCall, Spy
from callcenter.messages.commands import SetQueues
from callcenter.messages.facts import AgentStatus
from callcenter.settings import PROJECT
from tests.agent_api.api_site import PASSWORD, Site, open_site
from tests.agent_api.floor_site import agent, waits
from tests.browser.browsing import (
    DESK,
    TABLET,
    WALLBOARD,
    Browsing,
    axe,
    is_as_wide_as_its_window,
    lists_nothing,
    screenshot,
)
from tests.browser.floor.busy_floor import fill
from tests.conftest import Databases

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.timeout(120)]


# The columns of buttons under which a notice stands, wherever the page is scrolled to.
COVERED = """() => {
  const notice = document.querySelector('.notices .notice').getBoundingClientRect();
  return [...document.querySelectorAll('.floor-lists .button')].filter((each) => {
    const { left, right } = each.getBoundingClientRect();
    return left < notice.right && right > notice.left;
  }).map((each) => each.textContent);
}"""
TABLE_WITHIN = "() => (frame => frame.scrollWidth <= frame.clientWidth)(document.querySelector('.table-frame'))"
# Neither the page nor its table is scrolled to either side.
WITHIN = """() => [document.documentElement, ...document.querySelectorAll('.table-frame')].every(
  each => each.scrollWidth <= each.clientWidth && each.scrollHeight <= each.clientHeight)"""

SCREENS = [WALLBOARD, DESK, (1024, 768), (1280, 1024), (1080, 1920)]


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """An API with a busy floor."""
    async with open_site(database, SmartflexStore(database), load(PROJECT / "centre.yaml")) as opened:
        await opened.linked()
        await fill(opened)
        yield opened


@pytest.fixture
async def looking(browser: Browser, site: Site) -> AsyncIterator[Browsing]:
    """A browser in front of the site."""
    opened = Browsing(browser, str(site.http.base_url).rstrip("/"), lambda _login: PASSWORD)
    yield opened
    await opened.close()
    assert opened.unexpected() == []


async def wallboard_page(
    looking: Browsing, site: Site, size: tuple[int, int] = WALLBOARD, *, dark: bool = False
) -> Page:
    headers = await site.token("jefa")
    made = (await site.http.post("/api/walls", headers=headers, json={"name": "Sala principal"})).json()
    page = await (await looking.person(size, dark=dark)).new_page()
    await page.goto(made["path"])
    return page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, WALLBOARD, TABLET], ids=["desk", "wallboard", "tablet"])
async def test_the_floor_can_be_read_by_everybody(looking: Browsing, size: tuple[int, int], dark: bool) -> None:
    page = await looking.enter("jefa", size, dark=dark)
    await page.locator("#alarmas li").first.wait_for()
    await page.locator("#agente-1001").wait_for()
    await axe(page)
    await screenshot(page, f"floor-{size[0]}-{'dark' if dark else 'light'}", whole=True)
    await is_as_wide_as_its_window(page)
    await page.wait_for_function(TABLE_WITHIN)
    await expect(page.locator("#cola-103")).to_contain_text("faltan 10")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_wallboard_fits_its_screen(looking: Browsing, site: Site, dark: bool) -> None:
    page = await wallboard_page(looking, site, dark=dark)
    await page.locator("#alarmas li").first.wait_for()
    await axe(page)
    for width, height in SCREENS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_function(WITHIN)
        await screenshot(page, f"wallboard-{width}-{'dark' if dark else 'light'}")


async def test_the_wallboard_fits_its_screen_in_a_wider_typeface(looking: Browsing, site: Site) -> None:
    page = await wallboard_page(looking, site)
    await page.locator("#alarmas li").first.wait_for()
    # In one step: with the next change of the board it fits again, and its clocks change every second.
    widened = f"() => {{ document.body.style.letterSpacing = '0.15em'; return ({WITHIN})(); }}"
    assert not await page.evaluate(widened)  # at once: measure
    await page.wait_for_function(WITHIN)
    for width, height in SCREENS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_function(WITHIN)
        await screenshot(page, f"wallboard-{width}-wide")


async def test_a_change_is_on_the_floor_within_a_second(looking: Browsing, site: Site) -> None:
    page = await looking.enter("jefa")
    await page.locator("#agente-1005 .badge", has_text="Disponible").wait_for()
    site.bridge.bus.publish(agent("1005", AgentStatus.ON_CALL, "103", "104"))
    await page.locator("#agente-1005 .badge", has_text="En llamada").wait_for(timeout=1000)
    site.bridge.bus.publish(waits("104", ("70700001", now_us())))
    await page.locator("#cola-104 td").first.filter(has_text="1").wait_for(timeout=1000)
    await page.locator("#espera li", has_text="707 00001").wait_for(timeout=1000)


async def test_the_focus_stays_where_it_is_while_everything_changes(looking: Browsing, site: Site) -> None:
    page = await looking.enter("jefa")
    await page.locator("#actuar-1005").focus()
    site.bridge.bus.publish(agent("1003", AgentStatus.ON_CALL, "102"))
    site.bridge.bus.publish(agent("1005", AgentStatus.ON_CALL, "103"))
    await page.locator("#agente-1005 .badge", has_text="En llamada").wait_for()
    await expect(page.locator("#actuar-1005")).to_be_focused()


async def test_an_agent_is_heard_and_paused_from_the_panel(looking: Browsing, site: Site) -> None:
    page = await looking.enter("jefa")
    await page.locator("#actuar-1001").press("Enter")
    panel = page.get_by_role("dialog", name="Ana Quispe")
    await panel.wait_for()
    await axe(page)
    await screenshot(page, "floor-agent-panel")
    await panel.get_by_role("button", name="Escuchar").click()
    await page.get_by_role("status").filter(has_text="Suena su teléfono").wait_for()
    await lists_nothing(page, COVERED)
    await expect(panel).to_be_hidden()
    assert isinstance(site.bridge.carried_out[0], Spy)
    await page.locator("#actuar-1001").click()
    await panel.get_by_role("button", name="Supervisión").click()
    await page.locator("#agente-1001 .badge", has_text="En pausa: Supervisión").wait_for()


async def test_an_agents_queues_are_changed_from_the_panel(looking: Browsing, site: Site) -> None:
    page = await looking.enter("jefa")
    await page.locator("#actuar-1001").click()
    panel = page.get_by_role("dialog", name="Ana Quispe")
    await panel.get_by_label("Facturación", exact=True).uncheck()
    await panel.get_by_label("Prioridad en Reclamos técnicos").fill("2")
    await panel.get_by_role("button", name="Guardar colas").click()
    await page.get_by_role("status").filter(has_text="Hecho.").wait_for()
    (sent,) = site.bridge.carried_out
    assert isinstance(sent, SetQueues) and [(each.queue, each.penalty) for each in sent.queues] == [("101", 2)]


async def test_a_waiting_caller_is_moved_from_the_panel(looking: Browsing, site: Site) -> None:
    page = await looking.enter("jefa")
    await page.get_by_role("button", name="Mover a 707 55440").click()
    panel = page.get_by_role("dialog", name="Mover a 707 55440")
    await panel.get_by_label("A otra cola").select_option("102")
    await axe(page)
    await screenshot(page, "floor-move-panel")
    await panel.get_by_role("button", name="Mover", exact=True).click()
    await page.get_by_role("status").filter(has_text="Hecho.").wait_for()
    (sent,) = site.bridge.carried_out
    assert isinstance(sent, RedirectQueuedCall) and sent.queue == "102"


async def test_an_announcement_is_said_and_withdrawn(looking: Browsing) -> None:
    page = await looking.enter("jefa")
    await page.keyboard.press("F8")
    await page.keyboard.type("Corte de fibra en la zona sur <b>hoy</b>")
    await screenshot(page, "floor-announce")
    await axe(page)
    await page.get_by_role("button", name="Avisar", exact=True).click()
    said = page.locator("#avisos-vigentes .notice")
    await said.filter(has_text="zona sur <b>hoy</b>").wait_for()
    await screenshot(page, "floor-announced")
    await said.get_by_role("button", name="Retirar").click()
    await said.wait_for(state="detached")


async def test_a_wallboard_link_is_seen_once_and_revoked(looking: Browsing, site: Site) -> None:
    page = await looking.enter("jefa")
    await page.get_by_role("button", name="Pantallas de pared").click()
    await page.get_by_label("Pantalla nueva").fill("Sala principal")
    await page.keyboard.press("Enter")
    link = page.locator("#mural-enlace")
    await link.wait_for()
    await axe(page)
    await screenshot(page, "floor-wallboards")
    wallboard = await page.context.new_page()
    await wallboard.goto(await link.get_attribute("href") or "")  # at once: given
    await wallboard.locator("#cola-101").wait_for()
    looking.expect("status of 404")
    await page.get_by_role("button", name="Anular el enlace de Sala principal").click()
    site.bridge.bus.publish(agent("1005", AgentStatus.ON_CALL, "104"))
    await page.get_by_text("No hay enlaces vigentes").wait_for()


async def test_what_is_away_is_said_and_since_when_and_goes_when_it_is_back(looking: Browsing, site: Site) -> None:
    page, wallboard = await looking.enter("jefa"), await wallboard_page(looking, site)
    site.broker.stop()
    for shown in (page, wallboard):
        await shown.locator(".floor-away", has_text="No hay conexión con el servidor de mensajes").wait_for()
    await expect(page.locator("#enlace")).to_be_hidden()
    await axe(page)
    await screenshot(page, "floor-bus-away")
    await screenshot(wallboard, "wallboard-bus-away")
    site.broker.start()
    await site.api_bus.until(Presence.CONNECTED)
    site.bridge.link()
    for shown in (page, wallboard):
        await shown.locator(".floor-away").wait_for(state="detached")
