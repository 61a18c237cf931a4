"""The frame and every component that pages are built of, in both colour schemes and at each size."""

from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI, Request, Response
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.async_api import Browser, expect

from agent_api.accounts.sessions import SessionUser
from agent_api.pages import rendering
from callcenter.clock import now_us
from callcenter.roles import Role
from tests.browser.browsing import DESK, TABLET, WALLBOARD, Browsing, axe, is_as_wide_as_its_window, screenshot
from tests.browser.frame.serving import served

pytestmark = [pytest.mark.slow]
LOST_AND_DONE = """() => {
  const say = (id, tone, text) => document.getElementById(id).append(
    Object.assign(document.createElement('p'), {className: `notice ${tone}`, textContent: text}));
  const link = document.getElementById('enlace');
  link.dataset.state = 'lost';
  link.textContent = 'Sin conexión desde las 14:32.';
  say('avisos-hechos', 'good', 'Se guardó.');
  say('avisos-faltas', 'bad', 'La central no responde.');
}"""
BOSS = SessionUser("jefa", "Elena Vargas", Role.ADMIN, "1101", b"", 0)


def gallery() -> FastAPI:
    """One page that shows every component, as an administrator would see it."""
    app = FastAPI(openapi_url=None)
    rendering.install(app, ZoneInfo("America/La_Paz"), now_us)
    templates = app.state.pages.environment
    templates.loader = ChoiceLoader([templates.loader, FileSystemLoader(Path(__file__).parent)])

    @app.get("/piso")
    def show(request: Request) -> Response:
        request.state.visitor, request.state.csrf = BOSS, "a token"
        return rendering.render(request, "gallery.html")

    return app


@pytest.fixture
async def looking(browser: Browser) -> AsyncIterator[Browsing]:
    """A browser in front of the gallery."""
    async with served(gallery()) as url:
        opened = Browsing(browser, url)
        yield opened
        await opened.close()
    assert opened.unexpected() == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, WALLBOARD, TABLET], ids=["desk", "wallboard", "tablet"])
async def test_every_component_can_be_read_by_everybody(looking: Browsing, size: tuple[int, int], dark: bool) -> None:
    page = await (await looking.person(size, dark=dark)).new_page()
    await page.goto("/piso")
    await axe(page)
    await screenshot(page, f"gallery-{size[0]}-{'dark' if dark else 'light'}", whole=True)
    await is_as_wide_as_its_window(page)


async def test_a_lost_connection_and_what_was_done_are_seen_and_heard(looking: Browsing) -> None:
    page = await (await looking.person()).new_page()
    await page.goto("/piso")
    await page.evaluate(LOST_AND_DONE)  # at once: act
    await expect(page.get_by_role("status")).to_have_text(["Sin conexión desde las 14:32.", "Se guardó."])
    await expect(page.get_by_role("alert")).to_have_text("La central no responde.")
    await axe(page)
    await screenshot(page, "gallery-link-lost")


async def test_the_first_key_leads_past_the_header(looking: Browsing) -> None:
    page = await (await looking.person()).new_page()
    await page.goto("/piso")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#principal")).to_be_focused()


async def test_what_is_bundled_is_kept_for_ever_and_comes_packed(looking: Browsing) -> None:
    context = await looking.person()
    page = await context.new_page()
    async with page.expect_response("**/estatico/troncal-*.css") as style:
        await page.goto("/piso")
    headers = await (await style.value).all_headers()
    assert "immutable" in headers["cache-control"]
    assert headers["content-encoding"] == "gzip"
