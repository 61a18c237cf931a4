"""What the desk says while parts of the service are away, and that it is right again when they are back."""

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.browsing import Browsing, screenshot, this_contact
from tests.telephony.phones.duty import STRAIGHT_HOST, caller, on_duty
from tests.telephony.phones.sip_leg import Manner
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]

LINE, AGENT = "102", "1001"
BACK_MS = 5000
RESTART_SECONDS = 40


async def says(page: Page, text: str, limit_ms: float = 10_000) -> None:
    await expect(page.locator("#enlace")).to_contain_text(text, timeout=limit_ms)


async def answers_again(centre: RunningCentre) -> None:
    """Wait until the interface serves requests."""
    assert centre.where is not None
    url = f"{centre.where.http}/api/health"

    def up() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    await eventually(up, RESTART_SECONDS, "the interface answers")


async def test_desks_come_back_by_themselves_and_show_what_happened_meanwhile(
    browsing: Browsing, centre: RunningCentre
) -> None:
    browsing.expect("Failed to load resource", "ERR_")
    page = await browsing.enter(AGENT)
    async with on_duty(centre, AGENT, LINE, manner=Manner.ANSWER) as phone:
        outside = await caller(centre, "70099990", host=STRAIGHT_HOST)
        call = await outside.call(LINE)
        ringing = await phone.offered()
        await expect(page.locator(".pop")).to_have_attribute("data-stage", "talking")
        contact = await this_contact(page)
        await contact.get_by_label("Notas").fill("Antes del corte")
        centre.child("troncal.cli", "api").kill()
        await says(page, "Sin conexión con Troncal")
        await screenshot(page, "desk-without-service")
        await contact.get_by_label("Notas").fill("Antes del corte, y durante")
        assert not call.ended.is_set() and not ringing.ended.is_set()
        await outside.close()
        await answers_again(centre)
        await says(page, "Conectado", BACK_MS)
        await expect(page.locator(".pop")).to_have_attribute("data-stage", "over")
        await expect(contact.locator("[data-part=saved]")).to_contain_text("Guardado a las")
        await expect(page.locator(".state-label")).not_to_have_text("En llamada")
        await page.reload()
        await expect(contact.get_by_label("Notas")).to_have_value("Antes del corte, y durante")


async def test_the_desk_says_that_the_telephony_is_away_and_since_when(
    browsing: Browsing, centre: RunningCentre
) -> None:
    page = await browsing.enter(AGENT)
    await says(page, "Conectado")
    centre.bridge().kill()
    await says(page, "Se perdió el enlace con la central telefónica")
    await says(page, "Desde las")
    await screenshot(page, "desk-without-bridge")
    await says(page, "Conectado", RESTART_SECONDS * 1000)
    broker = centre.broker()
    broker.kill()
    await says(page, "No hay conexión con el servidor de mensajes")
    await says(page, "Conectado", RESTART_SECONDS * 1000)


async def test_a_service_behind_the_screens_that_hangs_is_said_and_the_desk_goes_on(
    browsing: Browsing, centre: RunningCentre
) -> None:
    page = await browsing.enter(AGENT)
    await says(page, "Conectado")
    with centre.frozen("agi"):
        await says(page, "El autoservicio no responde", 30_000)
        await expect(page.locator("#enlace")).to_have_attribute("data-state", "degraded")
        await screenshot(page, "desk-degraded")
    await says(page, "Conectado", 20_000)
    await expect(page.locator("#enlace")).to_have_attribute("data-state", "up")
