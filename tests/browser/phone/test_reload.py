"""The phone's window begins anew: what becomes of its caller, and of a registration that nobody answers."""

from time import monotonic

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.browsing import screenshot
from tests.browser.floor.supervising import serving
from tests.browser.phone.phone_window import (
    CALLERS_TONE,
    OWN_TONE,
    WINDOW,
    PhoneWindow,
    calling,
    heard_by,
    speaking_browser,
)
from tests.telephony.phones.heard import Heard
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

AGENT, LINE, NUMBER = "1005", "103", "70740001"
REGISTERED_SECONDS = 10
# Between the words of the apology, and before the music.
SILENCE_SECONDS = 2.0


async def test_the_caller_of_a_window_that_is_loaded_anew_hears_why_and_comes_back(centre: RunningCentre) -> None:
    heard = Heard(centre)
    async with serving(centre, AGENT, LINE) as window, calling(centre, LINE, NUMBER) as (leg, caller):
        await window.answer()
        await heard_by(caller, OWN_TONE)
        await window.hears(CALLERS_TONE)
        window.page.on("dialog", lambda dialog: dialog.accept())
        caller.forget()
        began = monotonic()
        await window.page.reload()
        await heard.until(NUMBER, "troncal/telefono-perdido", 5)
        apology = monotonic() - began
        await window.ready()
        await expect(window.page.locator(".call")).to_have_count(0)
        await screenshot(window.page, "phone-after-reload")
        await window.answer()
        silence = caller.longest_silence
        print(f"apology after {apology:.1f} s, answered after {monotonic() - began:.1f} s, silence {silence:.1f} s")
        await heard_by(caller, OWN_TONE)
        await window.hears(CALLERS_TONE)
        assert silence < SILENCE_SECONDS
        await leg.hang_up()
    rows = f"SELECT outcome, transferred_to FROM queue_entries WHERE caller = '{NUMBER}' ORDER BY ordinal"
    wanted = [("answered", "lost-phone"), ("answered", None)]
    await eventually(lambda: centre.rows(rows) == wanted, 10, "both conversations are recorded")


async def test_a_registration_that_is_not_answered_is_tried_anew(centre: RunningCentre) -> None:
    """As while Asterisk starts: its websocket is there before what answers."""
    swallowed: list[str] = []

    def relay(line: WebSocketRoute) -> None:
        asterisk = line.connect_to_server()

        def up(message: str | bytes) -> None:
            text = message if isinstance(message, str) else message.decode()
            if text.startswith("REGISTER") and not swallowed:
                swallowed.append(text)
            else:
                asterisk.send(message)

        line.on_message(up)

    async with speaking_browser(centre) as browsing:
        page = await browsing.enter(AGENT, WINDOW)
        await page.route_web_socket("**/telefono/ws", relay)
        await page.goto("/telefono")
        await PhoneWindow(page, browsing, AGENT).ready(REGISTERED_SECONDS)
        assert swallowed
