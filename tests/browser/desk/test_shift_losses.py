"""Parts of the service are killed in the middle of a shift: what desk and floor say, what caller and agent hear."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from time import monotonic

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.browsing import axe, screenshot
from tests.browser.phone.phone_window import (
    CALLERS_TONE,
    OWN_TONE,
    PhoneWindow,
    calling,
    heard_by,
    open_beside,
    speaking_browser,
)
from tests.browser.phone.speaking import SpeakingSound
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(180)]

AGENT, SUPERVISOR, LINE = "1001", "1101", "102"
BACK_MS, PHONE_SECONDS, RESTART_SECONDS = 5000, 15, 40
STATE_MS = 20_000
NO_STREAM = "Sin conexión con Troncal"
NO_BRIDGE = "Se perdió el enlace con la central telefónica"
NO_BUS = "No hay conexión con el servidor de mensajes"
# What a browser writes into its console when the service is not there.
AWAY = ("WebSocket connection to", "Failed to load resource", "ERR_", "htmx:sendError", "htmx:afterRequest")


@pytest.fixture(scope="module")
def centre() -> Iterator[RunningCentre]:
    """A centre of this file's own: all of it dies, one after the other."""
    with centre_open() as running:
        yield running


@dataclass
class Shift:
    """An agent's desk and phone, and the supervisor's floor, all in one Chromium."""

    centre: RunningCentre
    desk: Page
    phone: PhoneWindow
    floor: Page

    async def away(self, on_desk: str, on_floor: str, live_state: str) -> None:
        """Both pages say what is away, and since when."""
        await asyncio.gather(
            expect(self.desk.locator("#enlace")).to_contain_text(on_desk),
            expect(self._said_on_floor(on_floor)).to_contain_text(on_floor),
        )
        for status in (self.desk.locator("#enlace"), self._said_on_floor(on_floor)):
            await expect(status).to_contain_text("Desde las ")
        await screenshot(self.desk, f"shift-desk-{live_state}")
        await screenshot(self.floor, f"shift-floor-{live_state}")
        await axe(self.floor)

    def _said_on_floor(self, text: str) -> Locator:
        return self.floor.locator("#enlace" if text == NO_STREAM else ".floor-away")

    async def back(self, limit_ms: float = RESTART_SECONDS * 1000) -> None:
        """Nothing is away any more, on neither page."""
        for page in (self.desk, self.floor):
            await expect(page.locator("#enlace")).to_have_text("Conectado.", timeout=limit_ms)
        await expect(self.floor.locator(".floor-away")).to_have_count(0, timeout=limit_ms)

    async def state(self, on_desk: str, on_floor: str) -> None:
        """What both pages say that the agent does."""
        await expect(self.desk.locator(".state-label")).to_have_text(on_desk, timeout=STATE_MS)
        await expect(self.floor.locator(f"#agente-{AGENT} .badge")).to_have_text(on_floor, timeout=STATE_MS)

    async def both_hear(self, caller: SpeakingSound) -> None:
        await heard_by(caller, OWN_TONE)
        await self.phone.hears(CALLERS_TONE)


@pytest.fixture
async def shift(centre: RunningCentre) -> AsyncIterator[Shift]:
    async with speaking_browser(centre) as browsing:
        browsing.expect(*AWAY)
        desk = await browsing.enter(AGENT)
        made = Shift(centre, desk, await open_beside(desk, browsing, AGENT), await browsing.enter(SUPERVISOR))
        await desk.keyboard.press("F10")
        await made.state("Disponible", "Disponible")
        yield made
        await desk.locator("#salir-colas").click()
        await desk.get_by_role("dialog").get_by_role("button", name="Sí").click()
        await expect(desk.locator(".state-label")).to_have_text("Fuera de colas")


async def answers_again(centre: RunningCentre) -> None:
    """The interface serves requests."""
    assert centre.where is not None
    url = f"{centre.where.http}/api/health"

    def up() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    await eventually(up, RESTART_SECONDS, "the interface answers")


async def test_a_call_outlives_bridge_broker_and_interface_and_the_pages_say_so(
    centre: RunningCentre, shift: Shift
) -> None:
    async with calling(centre, LINE, "70730001") as (leg, caller):
        await shift.phone.answer()
        await shift.both_hear(caller)

        centre.bridge().kill()
        await shift.away(NO_BRIDGE, NO_BRIDGE, "without-bridge")
        await shift.both_hear(caller)
        await shift.back()
        await shift.state("En llamada", "En llamada")
        await expect(shift.desk.locator("#telefono-llamadas .call-peer")).to_have_text("707 30001")

        centre.broker().kill()
        await shift.away(NO_BUS, NO_BUS, "without-broker")
        await shift.both_hear(caller)
        await shift.back()
        await shift.state("En llamada", "En llamada")

        centre.child("troncal.cli", "api").kill()
        await shift.away(NO_STREAM, NO_STREAM, "without-service")
        await heard_by(caller, OWN_TONE)
        await leg.hang_up()
        await answers_again(centre)
        began = monotonic()
        await shift.back(BACK_MS)
        print(f"desk and floor were back {monotonic() - began:.1f} s after the interface")
        await shift.phone.has_no_calls()
        await expect(shift.desk.locator(".state-label")).not_to_have_text("En llamada")
        await expect(shift.floor.locator(f"#agente-{AGENT} .badge")).not_to_have_text("En llamada")
        await shift.state("Disponible", "Disponible")


async def test_after_asterisk_was_killed_the_shift_goes_on(centre: RunningCentre, shift: Shift) -> None:
    async with calling(centre, LINE, "70730002") as (leg, caller):
        await shift.phone.answer()
        await shift.both_hear(caller)
        centre.asterisk().kill()
        await shift.away(NO_BRIDGE, NO_BRIDGE, "without-asterisk")
        await expect(shift.phone.page.locator("#linea")).to_contain_text("Sin conexión desde las ")
        await screenshot(shift.phone.page, "shift-phone-without-asterisk")
        leg.end()  # nobody is there to say goodbye to
    began = monotonic()
    await shift.back()
    await shift.phone.ready(PHONE_SECONDS)
    print(f"all was back {monotonic() - began:.1f} s after it was said to be away")
    await shift.phone.has_no_calls()
    await shift.state("Disponible", "Disponible")
    async with calling(centre, LINE, "70730003") as (leg, caller):
        await shift.phone.answer()
        await shift.both_hear(caller)
        await leg.hang_up()
    await shift.state("Disponible", "Disponible")
