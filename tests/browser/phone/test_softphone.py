"""A caller of the public network and an agent whose phone is a page: what each of them hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from playwright.async_api import Route, expect

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
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]
AGENT = "1001"


@dataclass
class Conversation:
    """A caller who was answered in the page."""

    window: PhoneWindow
    leg: Leg
    caller: SpeakingSound


@pytest.fixture
async def window(centre: RunningCentre) -> AsyncIterator[PhoneWindow]:
    """The phone of an agent who serves queue 102."""
    async with speaking_browser(centre) as browsing:
        window = await open_phone(browsing, AGENT)
        async with in_queues(centre, AGENT, "102"):
            yield window


@pytest.fixture
async def conversation(centre: RunningCentre, window: PhoneWindow) -> AsyncIterator[Conversation]:
    """Caller and agent are connected."""
    async with AsyncExitStack() as stack:
        leg, caller = await stack.enter_async_context(calling(centre, "102"))
        await window.answer()
        await heard_by(caller, OWN_TONE)
        yield Conversation(window, leg, caller)


async def test_caller_and_agent_hear_each_other(conversation: Conversation) -> None:
    await expect(conversation.window.page.locator(".call-peer")).to_have_text("717 00001")
    before = await conversation.window.received()
    await conversation.window.hears(CALLERS_TONE)
    assert await conversation.window.received() > before
    assert not conversation.caller.hears(CALLERS_TONE)
    await conversation.window.do("hangup")
    await conversation.leg.until(conversation.leg.ended)
    await conversation.window.has_no_calls()


async def test_the_end_of_the_caller_is_the_end_in_the_page(conversation: Conversation) -> None:
    await conversation.leg.hang_up()
    await conversation.window.has_no_calls()
    await screenshot(conversation.window.page, "phone-idle")


async def test_a_muted_agent_hears_and_is_not_heard(conversation: Conversation) -> None:
    await conversation.window.do("mute")
    await eventually(lambda: conversation.caller.hears_no(OWN_TONE), 5, "the caller hears nothing of the agent")
    await conversation.window.hears(CALLERS_TONE)
    await screenshot(conversation.window.page, "phone-muted")
    await conversation.window.do("mute")
    await heard_by(conversation.caller, OWN_TONE)


async def test_a_caller_on_hold_hears_music_and_the_agent_nothing(conversation: Conversation) -> None:
    await conversation.window.do("hold")
    await conversation.window.stage("held")
    await eventually(
        lambda: conversation.caller.hears_no(OWN_TONE) and conversation.caller.is_loud(), 5, "the caller hears music"
    )
    before = await conversation.window.received()
    await heard_nothing_for_a_second(conversation.window, before)
    await screenshot(conversation.window.page, "phone-held")
    await conversation.window.do("hold")
    await heard_by(conversation.caller, OWN_TONE)
    await conversation.window.hears(CALLERS_TONE)


async def heard_nothing_for_a_second(window: PhoneWindow, before: int) -> None:
    """A second of the page's own clock passes without a packet: it cannot be waited for by a condition."""
    await window.page.evaluate("new Promise((resolve) => setTimeout(resolve, 1000))")  # at once: waits
    assert await window.received() - before <= 1


async def test_keys_of_the_keypad_arrive(conversation: Conversation) -> None:
    page = conversation.window.page
    await page.keyboard.press("Alt+K")
    await page.keyboard.press("4")
    await page.locator("[data-press='2']").click()
    await page.keyboard.press("#")
    await eventually(lambda: conversation.caller.keys == "42#", 5, "42# arrives")
    await screenshot(page, "phone-keypad", whole=True)
    await axe(page)


# Two keys in one task of the page, as fast as no hand is: the second one finds the keypad that the first one opened.
OPENS_AND_IS_THERE = """() => {
  const alt = { key: 'k', code: 'KeyK', altKey: true, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new KeyboardEvent('keydown', alt));
  return document.activeElement.matches('[data-press]');
}"""


async def test_the_keypad_has_the_focus_before_the_next_key_comes(conversation: Conversation) -> None:
    assert await conversation.window.page.evaluate(OPENS_AND_IS_THERE)  # at once: measure


async def test_the_line_is_judged_during_the_conversation(conversation: Conversation) -> None:
    shown = conversation.window.page.locator(".call-quality")
    await shown.wait_for(state="visible", timeout=8000)
    await expect(shown).to_contain_text("Línea buena")
    await screenshot(conversation.window.page, "phone-connected")


async def test_a_shift_of_the_phone_without_a_mouse(centre: RunningCentre, window: PhoneWindow) -> None:
    page = window.page
    async with calling(centre, "102") as (leg, caller):
        await window.rings()
        await screenshot(page, "phone-ringing")
        await page.keyboard.press("F2")
        await heard_by(caller, OWN_TONE)
        await axe(page)
        await page.keyboard.press("Alt+R")
        await window.stage("held")
        await page.keyboard.press("Alt+R")
        await window.stage("talking")
        await page.keyboard.press("F9")
        await leg.until(leg.ended)


async def test_who_is_refused_in_the_page_is_not_answered_by_it(centre: RunningCentre, window: PhoneWindow) -> None:
    async with calling(centre, "102") as (leg, _):
        await window.rings()
        await window.do("reject")
        await window.has_no_calls()
        await eventually(lambda: bool(centre.ledger(_REFUSED)), 10, "the queue has noticed")
        assert not leg.ended.is_set()


_REFUSED = f"SELECT 1 FROM queue_log WHERE event = 'RINGNOANSWER' AND agent = '{AGENT}'"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_devices_are_chosen_and_tried(centre: RunningCentre, dark: bool) -> None:
    async with speaking_browser(centre) as browsing:
        page = (await open_phone(browsing, "1005", dark=dark)).page
        await page.get_by_text("Audio: micrófono, altavoces y prueba").click()
        await expect(page.locator("#microfono option")).not_to_have_count(1)
        await page.wait_for_function("() => document.getElementById('nivel').value > 0.1")
        await page.locator("#microfono").select_option(label="Fake Audio Input 2")
        await page.get_by_role("button", name="Grabar 3 segundos y escuchar").click()
        await expect(page.locator("#prueba")).to_have_text("Así lo oyen a usted.", timeout=8000)
        await axe(page)
        await screenshot(page, f"phone-devices-{'dark' if dark else 'light'}", whole=True)
        opened = asyncio.Event()
        await page.route("**/api/phone", lambda route: _after(opened, route))
        await page.reload()
        await page.get_by_text("Audio: micrófono, altavoces y prueba").click()
        await expect(page.locator("#marcar button")).to_be_disabled()
        opened.set()
        await expect(page.locator("#marcar button")).to_be_enabled()
        await expect(page.locator("#microfono option:checked")).to_have_text("Fake Audio Input 2")


async def _after(moment: asyncio.Event, route: Route) -> None:
    await moment.wait()
    await route.continue_()


async def test_another_microphone_is_taken_in_the_middle_of_a_call(conversation: Conversation) -> None:
    page = conversation.window.page
    await page.get_by_text("Audio: micrófono, altavoces y prueba").click()
    await expect(page.locator("#microfono option")).not_to_have_count(1)
    await page.locator("#microfono").select_option(index=1)
    await heard_by(conversation.caller, OWN_TONE)
    await page.wait_for_function("() => window.connections.at(-1).getSenders()[0].track.readyState === 'live'")
    await conversation.window.do("mute")
    await eventually(lambda: conversation.caller.hears_no(OWN_TONE), 5, "the new microphone is muted too")


async def test_a_microphone_that_is_refused_is_explained(centre: RunningCentre) -> None:
    async with speaking_browser(centre) as browsing:
        page = await browsing.enter("1005", (480, 760))
        await page.add_init_script(_NO_MICROPHONE)
        await page.goto("/telefono")
        await expect(page.locator("#sin-microfono")).to_contain_text("no permite usar el micrófono")
        await screenshot(page, "phone-without-microphone")
        await axe(page)


_NO_MICROPHONE = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
"""


async def test_colleagues_and_lines_are_offered_to_call(centre: RunningCentre) -> None:
    async with speaking_browser(centre) as browsing:
        page = (await open_phone(browsing, "1005")).page
        for offered, times in (("1004", 1), ("102", 1), ("1005", 0)):
            await expect(page.locator(f"#destinos option[value='{offered}']")).to_have_count(times)


async def test_a_withheld_number_is_said_to_be_one(centre: RunningCentre, window: PhoneWindow) -> None:
    async with calling(centre, "102", "anonymous"):
        await window.answer()
        await expect(window.page.locator(".call-peer")).to_have_text("Número privado")
