"""The phone's window is loaded anew in mid-call: what its caller hears, and how soon the two talk again."""

from time import monotonic

import pytest
from playwright.async_api import expect

from tests.browser.browsing import screenshot
from tests.browser.phone_window import CALLERS_TONE, OWN_TONE, calling, heard_by
from tests.browser.supervising import serving
from tests.telephony.heard import Heard
from tests.telephony.running_centre import RunningCentre

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

AGENT, LINE, NUMBER = "1005", "103", "70740001"
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
    assert centre.rows(rows) == [("answered", "lost-phone"), ("answered", None)]
