"""The recording left out by the agent at the desk: what the panel says, and what is in the file."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.browsing import Browsing, axe, screenshot
from tests.browser.desk.test_desk import AGENT, LINE, at_work, calling
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.running_centre import RunningCentre
from tests.telephony.test_recordings import AGENT as AGENTS_TONE
from tests.telephony.test_recordings import ASIDE, CALLER, PART, lasts, put_in_queue, recorded

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]


def panel(page: Page) -> Locator:
    return page.locator("#telefono-llamadas")


async def says(page: Page, text: str) -> None:
    await expect(panel(page).locator(".call-recording .badge")).to_have_text(text)


async def test_a_pause_is_seen_in_every_tab_and_after_a_reload_and_is_silent_in_the_file(
    browsing: Browsing, centre: RunningCentre
) -> None:
    number = "70745001"
    async with at_work(browsing, centre) as (page, phone), put_in_queue(centre, number, LINE) as leg:
        taken = await phone.offered(60)
        leg.sound.hush()
        await taken.answer()
        leg.sound.play(CALLER)
        await says(page, "Grabando")
        await lasts(taken.sound, 2.0)
        await page.keyboard.press("Alt+G")
        await says(page, "Grabación en pausa")
        leg.sound.play(ASIDE)
        await lasts(taken.sound, 2.0)
        await expect(panel(page).locator(".call-recording .figure")).to_have_text("00:02")
        await axe(page)
        await screenshot(page, "desk-recording-paused")
        await page.reload()
        await says(page, "Grabación en pausa")
        other = await page.context.new_page()
        await other.goto(page.url)
        await says(other, "Grabación en pausa")
        leg.sound.play(CALLER)
        await lasts(taken.sound, 0.5)
        await panel(other).get_by_role("button", name="Reanudar grabación").click()
        await says(other, "Grabando")
        await says(page, "Grabando")
        await lasts(taken.sound, 3.0)
        await other.close()
        await page.keyboard.press("Alt+G")
        await says(page, "Grabación en pausa")
        assert (await taken.transfer(AGENT)).status == 202
        await left_out_of_what_came_by_transfer(page, await phone.offered(20), leg)
        await panel(page).get_by_role("button", name="Colgar").click()
        await expect(panel(page).locator(".call")).to_have_count(0)
        await leg.until(leg.ended)
    sound = await recorded(centre, number)
    assert sound.silent_seconds() > 2.5
    assert sound.loudest_share(ASIDE) < 0.05
    assert sound.share(CALLER, 0.5, 1.0) > PART
    assert sound.share(CALLER, sound.seconds - 2, 1.5) > PART


async def left_out_of_what_came_by_transfer(page: Page, passed: Leg, leg: Leg) -> None:
    """The pause of before is over; this call is left out and recorded again as the queue's own."""
    await passed.answer()
    passed.sound.play(AGENTS_TONE)
    await says(page, "Grabando")
    await page.keyboard.press("Alt+G")
    await says(page, "Grabación en pausa")
    leg.sound.play(ASIDE)
    await lasts(leg.sound, 1.5)
    leg.sound.play(CALLER)
    await lasts(leg.sound, 0.5)
    await page.keyboard.press("Alt+G")
    await says(page, "Grabando")
    await lasts(leg.sound, 3.0)


async def test_of_a_call_that_is_not_recorded_the_desk_says_so_and_has_no_button(
    browsing: Browsing, centre: RunningCentre
) -> None:
    async with at_work(browsing, centre) as (page, phone), calling(centre, "70745002") as leg:
        taken = await phone.offered(60)
        await taken.answer()
        await says(page, "No se graba")
        await expect(panel(page).get_by_role("button", name="Pausar grabación")).to_be_hidden()
        await leg.hang_up()
