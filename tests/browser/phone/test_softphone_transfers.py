"""From one agent's page to another's: who hears whom afterwards. Each browser says a tone of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from tests.browser.browsing import axe, screenshot, this_contact
from tests.browser.phone.phone_window import (
    CALLERS_TONE,
    COLLEAGUES_TONE,
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
AGENT, COLLEAGUE = "1002", "1003"


@dataclass
class Served:
    """A caller who is connected to an agent, and a colleague at the ready."""

    agent: PhoneWindow
    colleague: PhoneWindow
    leg: Leg
    caller: SpeakingSound


@pytest.fixture
async def served(centre: RunningCentre) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(speaking_browser(centre, hz)) for hz in (OWN_TONE, COLLEAGUES_TONE)]
        agent, colleague = await open_phone(pages[0], AGENT), await open_phone(pages[1], COLLEAGUE)
        await stack.enter_async_context(in_queues(centre, AGENT, "102"))
        await stack.enter_async_context(in_queues(centre, COLLEAGUE, "103"))
        leg, caller = await stack.enter_async_context(calling(centre, "102"))
        await agent.answer()
        await heard_by(caller, OWN_TONE)
        yield Served(agent, colleague, leg, caller)


async def test_a_blind_transfer_leaves_the_caller_with_the_colleague(served: Served) -> None:
    await served.agent.transfer(COLLEAGUE, "transfer")
    await served.colleague.answer()
    await served.agent.has_no_calls()
    await heard_by(served.caller, COLLEAGUES_TONE)
    await served.colleague.hears(CALLERS_TONE)
    await served.colleague.do("hangup")
    await served.leg.until(served.leg.ended)


async def test_an_attended_transfer_joins_the_caller_with_the_colleague_who_agreed(served: Served) -> None:
    await consult(served)
    await served.agent.do("complete")
    await heard_by(served.caller, COLLEAGUES_TONE)
    await served.colleague.hears(CALLERS_TONE)
    await served.agent.has_no_calls()
    desk = await sees_who_it_is(served.colleague)
    await served.leg.hang_up()
    await served.colleague.has_no_calls()
    await expect(desk.locator(".pop")).to_have_attribute("data-stage", "over")


async def sees_who_it_is(colleague: PhoneWindow) -> Page:
    """The desk of who took the transferred caller: whose number it is, who had them before, and room for notes."""
    desk = await colleague.page.context.new_page()
    await desk.goto("/escritorio")
    pop = desk.locator(".pop")
    await expect(pop).to_have_attribute("data-stage", "talking")
    await expect(pop.locator(".pop-caller")).to_have_text("717 00001")
    await (await this_contact(desk)).locator("textarea").fill("Viene de un colega")
    await expect(desk.locator("form.contact")).to_contain_text("Guardado a las")
    await screenshot(desk, "desk-received", whole=True)
    return desk


async def consult(served: Served) -> None:
    """Agent and colleague are connected while the caller hears music."""
    await served.agent.transfer(COLLEAGUE, "consult")
    await served.colleague.rings()
    await screenshot(served.agent.page, "phone-consult-ringing", whole=True)
    await served.colleague.answer()
    await served.colleague.hears(OWN_TONE)
    await eventually(lambda: served.caller.hears_no(OWN_TONE) and served.caller.is_loud(), 5, "the caller hears music")
    await screenshot(served.agent.page, "phone-consult", whole=True)
    await axe(served.agent.page)


async def test_who_asked_a_colleague_goes_back_to_the_caller(served: Served) -> None:
    await consult(served)
    await served.agent.do("cancel")
    await served.colleague.has_no_calls()
    await heard_by(served.caller, OWN_TONE)
    await served.agent.hears(CALLERS_TONE)


async def test_a_colleague_who_hangs_up_leaves_the_agent_with_the_caller(served: Served) -> None:
    await consult(served)
    await served.colleague.do("hangup")
    await heard_by(served.caller, OWN_TONE)
    await expect(served.agent.page.locator(".call")).to_have_count(1)


async def test_a_colleague_whose_phone_still_rings_gets_the_caller_blind(served: Served) -> None:
    await served.agent.transfer(COLLEAGUE, "consult")
    await served.colleague.rings()
    await served.agent.do("complete")
    await served.agent.has_no_calls()
    await served.colleague.answer()
    await served.colleague.hears(CALLERS_TONE)
    await heard_by(served.caller, COLLEAGUES_TONE)


async def test_a_transfer_to_nowhere_leaves_the_caller_with_the_agent(served: Served) -> None:
    await served.agent.transfer("9999", "transfer")
    await expect(served.agent.page.locator("#avisos-faltas")).to_contain_text("No se pudo transferir")
    await heard_by(served.caller, OWN_TONE)
    await served.agent.hears(CALLERS_TONE)


async def test_a_number_is_dialled_and_a_wrong_one_is_reported(served: Served) -> None:
    await served.agent.do("hangup")
    page = served.agent.page
    await page.locator("#numero").fill("9998")
    await page.keyboard.press("Enter")
    await expect(page.locator("#avisos-faltas")).to_contain_text("9998")
    await page.locator("#numero").fill(COLLEAGUE)
    await page.keyboard.press("Enter")
    await served.colleague.answer()
    await served.colleague.hears(OWN_TONE)
    await served.agent.hears(COLLEAGUES_TONE)
