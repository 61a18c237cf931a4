"""The recordings in a browser: looked for, heard, moved about in, by keyboard; and not by agents."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.recording_files import HEADER_BYTES
from callcenter.settings import Settings
from tests.agent_api.recordings.recorded_calls import RecordedCall, tone, write_file, write_rows
from tests.browser.browsing import TABLET, Browsing, axe, is_as_wide_as_its_window, looking_at, screenshot
from tests.telephony.phones.duty import settings_of
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(180)]

SECONDS = 30.0
PLAYING = "() => document.getElementById('sonido').currentTime > {}"


def sound() -> bytes:
    """Two who take turns, and a pause between."""
    turns = (tone(4, 440, 9000), bytes(8000), tone(3, 700, 16000), bytes(16_000), tone(2, 500, 5000))
    once = b"".join(turns)
    return (once * 4)[: round(SECONDS * 16_000)]


@pytest.fixture(scope="module")
def calls(centre: RunningCentre) -> list[RecordedCall]:
    """Three recorded calls of the last hour."""
    settings, now = settings_of(centre), now_us()
    agents = [("1003", "102", "70755440"), ("1001", "101", "44250101"), ("1006", "109", "70712345")]
    made = [
        RecordedCall(f"central-{now // MICROSECONDS}.{at}", now - (at + 1) * 60 * MICROSECONDS, *agents[at], SECONDS)
        for at in range(3)
    ]
    for call in made:
        write_file(settings.recordings_of("central").parent, call, sound=sound())
    asyncio.run(_write_down(settings, made))
    return made


async def _write_down(settings: Settings, calls: list[RecordedCall]) -> None:
    database = Database(settings.database)
    await write_rows(database, *calls, size=HEADER_BYTES + round(SECONDS * 16_000))
    await database.close()


@pytest.fixture
async def looking(browser: Browser, centre: RunningCentre) -> AsyncIterator[Browsing]:
    async with looking_at(browser, centre) as opened:
        yield opened


def found(page: Page) -> Locator:
    """The numbers in the list."""
    return page.locator(".recordings-number")


async def test_a_supervisor_finds_a_call_hears_it_and_moves_about_in_it_by_keyboard(
    looking: Browsing, centre: RunningCentre, calls: list[RecordedCall]
) -> None:
    page = await looking.enter("supervisor")
    await page.goto("/grabaciones")
    for number in ("707 55440", "4 425 0101", "707 12345"):
        await expect(found(page).filter(has_text=number).first).to_be_visible()
    await screenshot(page, "recordings-list")
    await axe(page)
    await page.fill("#numero", "425 0101")
    await page.press("#numero", "Enter")
    await page.wait_for_url("**/grabaciones?**")
    await expect(found(page)).to_have_text(["4 425 0101"])

    await page.locator("[data-recording]").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_function(PLAYING.format(0.5))
    await expect(page.locator("#total")).to_have_text("00:30")
    await expect(page.locator("#onda canvas").first).to_be_visible()
    await page.keyboard.press("F9")
    await page.wait_for_function(PLAYING.format(10.5))
    await page.keyboard.press("F2")
    await expect(page.locator("#escuchar-que")).to_have_text("Escuchar")
    await screenshot(page, "recordings-player")
    await axe(page)
    await page.locator("#onda").click(position={"x": 10, "y": 20})
    await page.wait_for_function("() => document.getElementById('sonido').currentTime < 1")
    await page.keyboard.press("Escape")
    await expect(page.locator("#reproductor")).to_be_hidden()
    await expect(page.locator("[data-recording]")).to_be_focused()
    heard = f"SELECT who FROM audit_log WHERE what = 'recording.played' AND details LIKE '%{calls[1].uniqueid}%'"
    await eventually(lambda: centre.rows(heard) == [("supervisor",)], 10, "who heard it is written down")


@pytest.mark.parametrize("dark", [False, True])
async def test_the_player_is_clear_on_a_tablet_and_in_the_dark(
    looking: Browsing, calls: list[RecordedCall], dark: bool
) -> None:
    page = await looking.enter("supervisor", TABLET, dark=dark)
    await page.goto("/grabaciones")
    await page.locator("[data-recording]").first.click()
    await page.wait_for_function(PLAYING.format(0.2))
    await axe(page)
    await screenshot(page, f"recordings-tablet-{'dark' if dark else 'light'}")
    await is_as_wide_as_its_window(page)


async def test_a_search_that_finds_nothing_or_is_not_understood_says_so(
    looking: Browsing, calls: list[RecordedCall]
) -> None:
    page = await looking.enter("supervisor")
    tomorrow = as_datetime(now_us()) + timedelta(days=1)
    await page.goto(f"/grabaciones?desde={tomorrow:%Y-%m-%dT%H:%M}")
    await expect(page.locator(".empty")).to_contain_text("No hay grabaciones")
    await page.goto("/grabaciones?numero=hola")
    await expect(page.locator(".fault")).to_have_text("No es un número de teléfono.")
    await page.goto("/grabaciones?desde=ayer")
    await expect(page.locator(".fault")).to_contain_text("No se entiende la fecha")
    await screenshot(page, "recordings-not-understood")


async def test_an_agent_has_no_way_to_them(looking: Browsing) -> None:
    page = await looking.enter("1001")
    await expect(page.locator("nav a[href='/grabaciones']")).to_have_count(0)
    looking.expect("403")
    answer = await page.goto("/grabaciones")
    assert answer is not None
    assert answer.status == 403
