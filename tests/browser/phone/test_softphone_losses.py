"""What is lost and taken: a second window, a service that dies, a window that closes, a page that lies."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from time import monotonic

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.browsing import axe, screenshot
from tests.browser.phone.phone_window import (
    CALLERS_TONE,
    OWN_TONE,
    PhoneWindow,
    calling,
    heard_by,
    in_queues,
    open_phone,
    speaking_browser,
)
from tests.browser.phone.speaking import SpeakingSound
from tests.telephony.phones.heard import Heard
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(150)]
AGENT, NEXT_AGENT, CALLER = "1004", "1003", "71700077"
BACK_SECONDS = 5.0


@pytest.fixture(scope="module")
def centre() -> Iterator[RunningCentre]:
    """A centre of this file's own: its API dies."""
    with centre_open() as running:
        yield running


@asynccontextmanager
async def connected(centre: RunningCentre, window: PhoneWindow) -> AsyncIterator[tuple[Leg, SpeakingSound]]:
    """A caller who is connected to the agent of that window."""
    async with in_queues(centre, window.extension, "102"), calling(centre, "102", CALLER) as (leg, caller):
        await window.answer()
        await heard_by(caller, OWN_TONE)
        yield leg, caller


async def test_a_second_window_takes_the_phone_and_the_first_says_so(centre: RunningCentre) -> None:
    async with speaking_browser(centre) as first_browser, speaking_browser(centre) as second_browser:
        first = await open_phone(first_browser, AGENT)
        second = await open_phone(second_browser, AGENT)
        await expect(first.page.locator("#tomado")).to_be_visible()
        await screenshot(first.page, "phone-taken-over")
        await axe(first.page)
        async with connected(centre, second):
            await second.hears(CALLERS_TONE)
            await first.has_no_calls()


async def test_a_call_goes_on_in_the_window_that_lost_the_phone(centre: RunningCentre) -> None:
    async with speaking_browser(centre) as first_browser, speaking_browser(centre) as second_browser:
        first = await open_phone(first_browser, AGENT)
        async with connected(centre, first) as (leg, caller):
            second = await open_phone(second_browser, AGENT)
            await expect(first.page.locator("#tomado-llamada")).to_be_visible()
            await heard_by(caller, OWN_TONE)
            await first.hears(CALLERS_TONE)
            await first.do("hangup")
            await leg.until(leg.ended)
            await second.ready()


async def test_the_phone_is_reclaimed_by_one_click(centre: RunningCentre) -> None:
    async with speaking_browser(centre) as first_browser, speaking_browser(centre) as second_browser:
        first, second = await open_phone(first_browser, AGENT), await open_phone(second_browser, AGENT)
        await first.page.get_by_role("button", name="Usar el teléfono aquí").click()
        await first.ready()
        await expect(second.page.locator("#tomado")).to_be_visible()


async def test_a_call_outlives_the_death_of_the_service(centre: RunningCentre) -> None:
    async with speaking_browser(centre) as browsing:
        browsing.expect("WebSocket connection to", "ERR_CONNECTION_REFUSED", "Failed to load resource")
        window = await open_phone(browsing, AGENT)
        async with connected(centre, window) as (leg, caller):
            centre.child("troncal.cli", "api").kill()
            await expect(window.page.locator("#linea")).to_contain_text("Sin conexión")
            await screenshot(window.page, "phone-without-service")
            await heard_by(caller, OWN_TONE, seconds=1)
            await until_it_answers(centre)
            began = monotonic()
            await window.ready(BACK_SECONDS)
            print(f"registered {monotonic() - began:.1f} s after the service was back")
            await heard_by(caller, OWN_TONE)
            await window.hears(CALLERS_TONE)
            await leg.hang_up()
            await window.has_no_calls()


async def test_the_page_works_its_call_after_the_service_came_back(centre: RunningCentre) -> None:
    async with speaking_browser(centre) as browsing:
        browsing.expect("WebSocket connection to", "ERR_CONNECTION_REFUSED", "Failed to load resource")
        window = await open_phone(browsing, AGENT)
        async with connected(centre, window) as (leg, caller):
            centre.child("troncal.cli", "api").kill()
            await expect(window.page.locator("#linea")).to_contain_text("Sin conexión")
            await window.ready(30)
            await window.do("hold")
            await window.stage("held")
            await eventually(lambda: caller.hears_no(OWN_TONE), 5, "the caller is on hold")
            await window.do("hangup")
            await leg.until(leg.ended)


async def until_it_answers(centre: RunningCentre) -> None:
    where = centre.where
    assert where is not None

    def answers() -> bool:
        try:
            return httpx.get(f"{where.http}/api/health", timeout=1, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    await eventually(answers, 30, "the API answers again")


async def test_the_caller_of_a_window_that_is_closed_goes_to_the_next_agent(centre: RunningCentre) -> None:
    heard = Heard(centre)
    async with speaking_browser(centre) as browsing, speaking_browser(centre, 700) as other_browser:
        window, other = await open_phone(browsing, AGENT), await open_phone(other_browser, NEXT_AGENT)
        async with connected(centre, window) as (_, caller), in_queues(centre, NEXT_AGENT, "102"):
            await close_for_good(window.page)
            await heard.until(CALLER, "troncal/telefono-perdido", 5)
            await other.answer()
            await heard_by(caller, 700)
            await other.hears(CALLERS_TONE)


async def close_for_good(page: Page) -> None:
    """As a person does who is asked whether and says yes."""
    page.once("dialog", lambda dialog: dialog.accept())
    await page.close(run_before_unload=True)


async def test_a_page_that_crashes_is_noticed_as_soon_as_one_that_is_closed(centre: RunningCentre) -> None:
    heard = Heard(centre)
    async with speaking_browser(centre) as browsing:
        window = await open_phone(browsing, AGENT)
        async with connected(centre, window):
            await window.page.close()
            await heard.until(CALLER, "troncal/telefono-perdido", 5)


async def test_a_page_cannot_register_another_agents_phone(centre: RunningCentre) -> None:
    async with speaking_browser(centre) as browsing:
        page = await browsing.enter(AGENT)
        assert await page.evaluate(_REGISTER_AS, "1001-web") == 1008  # at once: waits
    written = "SELECT who FROM audit_log WHERE what = 'phone.refused' AND details LIKE '%1001-web%'"
    await eventually(lambda: centre.rows(written) == [(AGENT,)], 10, "the refusal is written down")


_REGISTER_AS = """(user) => new Promise((resolve) => {
  const line = new WebSocket(`ws://${location.host}/telefono/ws`, 'sip');
  line.onclose = ({ code }) => resolve(code);
  line.onopen = () => line.send([
    'REGISTER sip:troncal.invalid SIP/2.0', 'Via: SIP/2.0/WS x.invalid;branch=z9hG4bK1', 'Max-Forwards: 70',
    `From: <sip:${user}@troncal.invalid>;tag=a`, `To: <sip:${user}@troncal.invalid>`, 'Call-ID: a', 'CSeq: 1 REGISTER',
    `Contact: <sip:${user}-1@x.invalid;transport=ws>;expires=300`, 'Content-Length: 0', '', '',
  ].join('\\r\\n'));
})"""
