"""Announcements: on whose desks one is, and that it goes when it is withdrawn."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.browsing import Browsing, axe, screenshot

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

SUPERVISOR, IN_SCOPE, ELSEWHERE = "1101", "1006", "1001"
TO_ONE_QUEUE, TO_ALL = "Corte de fibra en Quillacollo <b>hasta las 18:00</b>", "Reunión de turno a las 14:30"
SOON_MS = 3000


async def announce(floor: Page, text: str, to: str) -> None:
    await floor.keyboard.press("F8")
    await floor.keyboard.type(text)
    await floor.get_by_label("Para", exact=True).select_option(label=to)
    await floor.get_by_role("button", name="Avisar", exact=True).click()
    await expect(standing(floor, text)).to_be_visible(timeout=SOON_MS)


def standing(floor: Page, text: str) -> Locator:
    return floor.locator("#avisos-vigentes .notice").filter(has_text=text)


async def take_back(floor: Page, text: str) -> None:
    await standing(floor, text).get_by_role("button", name="Retirar").click()
    await expect(standing(floor, text)).to_have_count(0)


async def test_a_message_is_on_the_desks_of_its_queue_until_it_is_withdrawn(browsing: Browsing) -> None:
    floor = await browsing.enter(SUPERVISOR)
    desk, other = await browsing.enter(IN_SCOPE), await browsing.enter(ELSEWHERE)
    await announce(floor, TO_ONE_QUEUE, "Informaciones")
    said = desk.locator(".announcement")
    await expect(said).to_have_count(1, timeout=SOON_MS)
    await expect(said).to_contain_text(TO_ONE_QUEUE)
    await expect(said).to_contain_text("Supervisión 1101, a Informaciones")

    await announce(floor, TO_ALL, "Todas las colas")
    await expect(other.locator(".announcement")).to_have_count(1, timeout=SOON_MS)
    await expect(other.locator(".announcement")).to_contain_text(TO_ALL)
    await expect(said).to_have_count(2, timeout=SOON_MS)
    for page, name in ((desk, "desk-announcements"), (floor, "floor-announcements")):
        await axe(page)
        await screenshot(page, name)

    await take_back(floor, TO_ONE_QUEUE)
    await expect(said).to_have_count(1, timeout=SOON_MS)
    await expect(said).to_contain_text(TO_ALL)
    await take_back(floor, TO_ALL)
    for page in (desk, other):
        await expect(page.locator(".announcement")).to_have_count(0, timeout=SOON_MS)
