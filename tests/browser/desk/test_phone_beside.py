"""The desk and the phone's window beside it, worked from the desk by keyboard: what caller and agent hear."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.browsing import axe, screenshot
from tests.browser.phone.phone_window import CALLERS_TONE, OWN_TONE, PhoneWindow, calling, heard_by, speaking_browser
from tests.telephony.phones.duty import on_duty
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]

LINE, AGENT, COLLEAGUE = "102", "1001", "1005"
WRAP_UP_MS = 15_000


@dataclass
class Workplace:
    """An agent's workplace: the desk, and the phone's window that it opened."""

    desk: Page
    window: PhoneWindow

    @property
    def bar(self) -> Locator:
        return self.desk.locator("#telefono-llamadas")

    async def state(self, label: str) -> None:
        await expect(self.desk.locator(".state-label")).to_have_text(label, timeout=WRAP_UP_MS)

    async def answered(self) -> None:
        """The call that rings is answered from the desk."""
        await expect(self.bar.get_by_text("Llamada entrante")).to_be_visible()
        await self.desk.keyboard.press("F2")
        await expect(self.bar.get_by_text("En conversación")).to_be_visible()


@pytest.fixture
async def workplace(centre: RunningCentre) -> AsyncIterator[Workplace]:
    """Agent 1001 in the queues with the browser's phone, all by keyboard."""
    async with speaking_browser(centre) as browsing:
        desk = await browsing.enter(AGENT)
        await desk.evaluate("localStorage.setItem('troncal-audio', '{\"cleaning\":false}')")  # at once: act
        async with desk.context.expect_page() as opened:
            await desk.keyboard.press("F4")
        made = Workplace(desk, PhoneWindow(await opened.value, browsing, AGENT))
        await made.window.ready()
        await desk.bring_to_front()
        await expect(desk.locator("#telefono-estado")).to_have_text("Teléfono del navegador listo.")
        await desk.keyboard.press("F10")
        await made.state("Disponible")
        yield made
        await desk.locator("#salir-colas").click()
        await desk.get_by_role("dialog").get_by_role("button", name="Sí").click()
        await made.state("Fuera de colas")


async def test_a_call_is_worked_from_the_desk_and_outlives_its_reload(
    workplace: Workplace, centre: RunningCentre
) -> None:
    async with calling(centre, LINE) as (leg, heard):
        await workplace.answered()
        await heard_by(heard, OWN_TONE)
        await workplace.window.hears(CALLERS_TONE)
        await workplace.desk.reload()
        await expect(workplace.bar.get_by_text("En conversación")).to_be_visible()
        await heard_by(heard, OWN_TONE)
        await axe(workplace.desk)
        await screenshot(workplace.desk, "desk-connected-in-the-browser")
        await workplace.desk.keyboard.press("Alt+M")
        await eventually(lambda: heard.hears_no(OWN_TONE), 5, "the caller hears nothing of a muted agent")
        await workplace.desk.keyboard.press("Alt+M")
        await heard_by(heard, OWN_TONE)
        await workplace.desk.keyboard.press("F9")
        await leg.until(leg.ended)
    await expect(workplace.bar).to_be_empty()


async def test_a_colleague_is_asked_first_and_gets_the_caller(workplace: Workplace, centre: RunningCentre) -> None:
    async with on_duty(centre, COLLEAGUE, "104") as colleague, calling(centre, LINE) as (leg, _):
        await workplace.answered()
        await workplace.desk.keyboard.press("Alt+T")
        await expect(workplace.bar.get_by_label("A quién")).to_be_focused()
        await workplace.desk.keyboard.type(COLLEAGUE)
        await workplace.desk.keyboard.press("Tab")
        await workplace.desk.keyboard.press("Tab")
        await workplace.desk.keyboard.press("Enter")
        asked = await colleague.offered()
        await expect(workplace.bar.get_by_text("Consulta", exact=True)).to_be_visible()
        await screenshot(workplace.desk, "desk-consulting")
        await workplace.desk.keyboard.press("Alt+C")
        await expect(workplace.bar).to_be_empty()
        assert not leg.ended.is_set() and not asked.ended.is_set()


async def test_a_call_refused_at_the_desk_pauses_its_agent(workplace: Workplace, centre: RunningCentre) -> None:
    async with calling(centre, LINE):
        await expect(workplace.bar.get_by_text("Llamada entrante")).to_be_visible()
        await workplace.desk.keyboard.press("F9")
        await workplace.state("En pausa: Rechazo")
        await expect(workplace.bar).to_be_empty()
    await workplace.desk.keyboard.press("F10")
    await workplace.state("Disponible")


async def test_the_phones_window_is_found_again_not_opened_twice(workplace: Workplace) -> None:
    pages = len(workplace.desk.context.pages)
    await workplace.desk.reload()
    await expect(workplace.desk.locator("#telefono-abrir")).to_contain_text("Ver teléfono")
    await workplace.desk.keyboard.press("F4")
    await workplace.window.ready()
    assert len(workplace.desk.context.pages) == pages and "/telefono" in workplace.window.page.url
