"""What every page shares: the header, parts that are read again, figures that are never cut."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from agent_api.accounts.user_store import NewUser, create_user
from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.roles import Role
from callcenter.settings import PROJECT
from tests.agent_api.api_site import PASSWORD, Site, open_site
from tests.agent_api.contacts.test_recall_list import recorded, wait
from tests.agent_api.floor_site import agent
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
from tests.browser.floor.busy_floor import DOING, fill
from tests.conftest import Databases

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.timeout(120)]
MORE = 32
LONG_NAME = "María Fernanda Villarroel de la Barra Montenegro"
# What is wider inside than its frame is cut or must be scrolled: the first few of them.
CUT = """() => [...document.querySelectorAll('main, main .card, main .table-frame, main dl, main ul')]
  .filter((each) => each.checkVisibility() && each.clientWidth > 1 && each.scrollWidth > each.clientWidth)
  .map((each) => `${each.id} ${each.className}: ${each.scrollWidth} > ${each.clientWidth}`).slice(0, 5)"""


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """An API with a floor of forty agents, some with long names."""
    centre = load(PROJECT / "centre.yaml")
    more = [
        centre.agents[number % len(DOING)].model_copy(update={"extension": str(1201 + number)})
        for number in range(MORE)
    ]
    full = centre.model_copy(update={"agents": (*centre.agents, *more)})
    async with open_site(database, SmartflexStore(database), full) as opened:
        await opened.linked()
        await fill(opened)
        await crowd(opened, full)
        yield opened


async def crowd(site: Site, centre: Centre) -> None:
    """The agents that are not of the busy floor, in every state, for up to half an hour."""
    states = list(DOING.values())
    for number, each in enumerate(centre.agents[-MORE:]):
        name = LONG_NAME if number % 4 == 0 else f"Agente {each.extension}"
        new = NewUser(each.extension, name, Role.AGENT, each.extension)
        await create_user(site.database, site.passwords, new, PASSWORD, by="test", now_us=now_us())
        state, reason, seconds = states[number % len(states)]
        since_us = now_us() - (seconds + 61 * number) * MICROSECONDS
        site.bridge.bus.publish(agent(each.extension, state, *each.queues, since_us=since_us, reason=reason))


@pytest.fixture
async def looking(browser: Browser, site: Site) -> AsyncIterator[Browsing]:
    """A browser in front of the site."""
    opened = Browsing(browser, str(site.http.base_url).rstrip("/"), lambda _login: PASSWORD)
    yield opened
    await opened.close()
    assert opened.unexpected() == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, WALLBOARD, TABLET], ids=["desk", "wallboard", "tablet"])
async def test_nothing_on_a_crowded_floor_is_cut(looking: Browsing, size: tuple[int, int], dark: bool) -> None:
    page = await looking.enter("jefa", size, dark=dark)
    await page.locator("#agente-1232").wait_for()
    await page.locator("#alarmas li").first.wait_for()
    await screenshot(page, f"floor-crowded-{size[0]}-{'dark' if dark else 'light'}", whole=True)
    await lists_nothing(page, CUT)
    await axe(page)


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["desk", "tablet"])
async def test_nothing_on_the_recall_list_is_cut(looking: Browsing, site: Site, size: tuple[int, int]) -> None:
    await recorded(site, wait("1.1", 50, queue="101", caller="70700001"), wait("2.1", 40, caller="44250101"))
    page = await looking.enter("1001", size)
    await page.goto("/perdidas")
    await page.get_by_role("button", name="Tomar y llamar").first.wait_for()
    await screenshot(page, f"recall-list-{size[0]}", whole=True)
    await lists_nothing(page, CUT)
    await is_as_wide_as_its_window(page)


async def test_who_waits_stays_in_sight_while_a_long_list_of_agents_is_read(looking: Browsing) -> None:
    page = await looking.enter("jefa")
    await page.locator("#agente-1226").scroll_into_view_if_needed()
    await expect(page.get_by_role("button", name="Mover a 707 55440")).to_be_in_viewport()


async def test_the_header_leads_to_ones_password_and_tells_where_one_is(looking: Browsing, site: Site) -> None:
    await site.user("admin", Role.ADMIN)
    page = await looking.enter("admin")
    await page.goto("/usuarios/1001")
    here = page.locator("header [aria-current]")
    await expect(here).to_have_text(["Usuarios"])
    await page.get_by_role("link", name="Contraseña").click()
    await page.wait_for_url("**/clave")
    await expect(here).to_have_text(["Contraseña"])


async def test_a_part_whose_session_is_over_leads_to_the_entrance_and_back(looking: Browsing, site: Site) -> None:
    looking.expect("status of 401")
    await site.user("sin-anexo")
    page = await looking.enter("sin-anexo")
    await page.wait_for_url("**/perdidas")
    await site.app.state.parts.users.set_password("sin-anexo", PASSWORD, by="test")
    await wake(page, "recalls")
    await page.wait_for_url("**/ingresar?de=*perdidas")


async def test_a_list_that_is_read_again_leaves_the_focus_at_its_caller(looking: Browsing, site: Site) -> None:
    await recorded(site, wait("1.1", 50, caller="70700001"), wait("2.1", 40, caller="70700002"))
    page = await looking.enter("1001")
    await page.goto("/perdidas")
    rows = page.locator("#lista-perdidas tbody tr")
    await rows.first.wait_for()
    last = rows.last
    known = await last.get_attribute("id")  # at once: given
    await last.get_by_role("button").last.focus()
    await recorded(site, wait("3.1", 5, caller="70700003"))
    await wake(page, "recalls")
    await expect(rows).to_have_count(3)
    await expect(page.locator(f"#{known}").get_by_role("button").last).to_be_focused()


async def test_a_customer_is_looked_for_without_leaving_the_desk(looking: Browsing) -> None:
    page = await looking.enter("1001")
    await page.fill("#buscar-dato", "nadie")
    await page.press("#buscar-dato", "Enter")
    await expect(page.locator("#hallados")).to_contain_text("Ningún cliente tiene nadie")
    assert page.url.endswith("/escritorio")


async def wake(page: Page, event: str) -> None:
    """What the stream does with an event."""
    send = "name => document.body.dispatchEvent(new CustomEvent(`troncal:${name}`))"
    await page.evaluate(send, event)  # at once: act
