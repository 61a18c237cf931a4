"""A supervisor in a browser of its own and real calls: who hears whom, known by tones; who waits, and who serves."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.browser.browsing import axe, screenshot
from tests.browser.floor.supervising import SUPERVISORS_TONE, Floor, serving, supervising
from tests.browser.phone.phone_window import CALLERS_TONE, OWN_TONE, SILENT_DECIBEL, PhoneWindow, calling, heard_by
from tests.browser.phone.speaking import LISTENED, SpeakingSound
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(150)]
AGENT, LINE, TITLE, OTHER_LINE, OTHER_TITLE = "1006", "104", "Informaciones", "109", "Fijacom 4G"
LISTENED_TO = 4 * LISTENED


@pytest.fixture
async def floor(centre: RunningCentre) -> AsyncIterator[Floor]:
    async with supervising(centre) as floor:
        yield floor


@pytest.fixture
async def agent(centre: RunningCentre) -> AsyncIterator[PhoneWindow]:
    async with serving(centre, AGENT, LINE) as window:
        yield window


async def never_hears(caller: SpeakingSound, tone_hz: int) -> None:
    """Two seconds of what comes in from now on are without that tone, half a second at a time."""
    for _ in range(LISTENED_TO // LISTENED):
        caller.forget()
        await eventually(lambda: caller.hears(OWN_TONE), 5, f"the caller hears the agent: {caller.described()}")
        assert caller.hears_no(tone_hz), caller.described()


async def test_a_supervisor_listens_whispers_and_barges(
    centre: RunningCentre, floor: Floor, agent: PhoneWindow
) -> None:
    async with calling(centre, LINE, "70710001") as (leg, caller):
        await agent.answer()
        await heard_by(caller, OWN_TONE)

        await floor.spy(AGENT, "Escuchar")
        await floor.phone.hears_all(CALLERS_TONE, OWN_TONE)
        await expect(floor.phone.page.locator(".call-stage")).to_have_text("Escucha: nadie lo oye")
        await expect(floor.page.get_by_role("button", name="Ver teléfono")).to_be_visible()
        assert await agent.level(SUPERVISORS_TONE) < SILENT_DECIBEL
        await never_hears(caller, SUPERVISORS_TONE)
        await screenshot(floor.phone.page, "phone-listening")
        await floor.hang_up()

        await floor.spy(AGENT, "Hablarle al oído")
        await agent.hears_all(CALLERS_TONE, SUPERVISORS_TONE)
        await never_hears(caller, SUPERVISORS_TONE)
        await floor.phone.hears_all(CALLERS_TONE, OWN_TONE)
        await screenshot(floor.page, "floor-real-call", whole=True)
        await floor.hang_up()

        await floor.spy(AGENT, "Entrar en la llamada")
        await agent.hears_all(CALLERS_TONE, SUPERVISORS_TONE)
        await heard_by(caller, SUPERVISORS_TONE)
        await heard_by(caller, OWN_TONE)
        await leg.hang_up()
        await floor.phone.has_no_calls()
        await agent.has_no_calls()


async def test_a_waiting_caller_is_picked_by_the_supervisor(centre: RunningCentre, floor: Floor) -> None:
    async with calling(centre, OTHER_LINE, "70710002") as (leg, caller):
        who = floor.waiting("707 10002")
        await expect(who).to_be_visible()
        await axe(floor.page)
        await screenshot(floor.page, "floor-real-waiting", whole=True)
        await who.get_by_role("button", name="Atender yo").click()
        await floor.phone.answer()
        await heard_by(caller, SUPERVISORS_TONE)
        await floor.phone.hears(CALLERS_TONE)
        await expect(who).to_have_count(0)
        await floor.hang_up()
        await leg.until(leg.ended)


async def test_a_waiting_caller_is_moved_to_where_an_agent_is(
    centre: RunningCentre, floor: Floor, agent: PhoneWindow
) -> None:
    async with calling(centre, OTHER_LINE, "70710003") as (leg, caller):
        await floor.waiting("707 10003").get_by_role("button", name="Mover").click()
        panel = floor.page.locator("#panel")
        await panel.get_by_label("A otra cola").select_option(LINE)
        await screenshot(floor.page, "floor-real-move")
        await panel.get_by_role("button", name="Mover", exact=True).click()
        await agent.answer()
        await heard_by(caller, OWN_TONE)
        await agent.hears(CALLERS_TONE)
        await leg.hang_up()


async def test_an_agent_is_paused_and_set_to_other_queues_by_the_supervisor(
    centre: RunningCentre, floor: Floor, agent: PhoneWindow
) -> None:
    await floor.shows(AGENT, "Disponible")
    await floor.act(AGENT, "Supervisión")
    await floor.shows(AGENT, "En pausa: Supervisión")
    async with calling(centre, OTHER_LINE, "70710004") as (_, caller):
        await expect(floor.waiting("707 10004")).to_be_visible()
        panel = await floor.panel(AGENT)
        await panel.get_by_label(TITLE, exact=True).uncheck()
        await panel.get_by_label(OTHER_TITLE, exact=True).check()
        await screenshot(floor.page, "floor-real-agent-panel")
        await panel.get_by_role("button", name="Guardar colas").click()
        await expect(floor.page.locator(f"#agente-{AGENT} .floor-served")).to_have_text(OTHER_LINE)
        await agent.has_no_calls()
        await floor.act(AGENT, "Poner disponible")
        await agent.answer()
        await heard_by(caller, OWN_TONE)
        await agent.hears(CALLERS_TONE)
        await agent.do("hangup")
    await floor.act(AGENT, "Sacar de las colas")
    await floor.page.get_by_role("button", name="Sí", exact=True).click()
    await expect(floor.page.locator("#agentes-fuera")).to_contain_text(f"Agente {AGENT}")
