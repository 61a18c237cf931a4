"""A supervisor at work: the floor `/piso`, the phone's window that it opened, and an agent's page beside it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.browser.phone.phone_window import (
    OWN_TONE,
    PhoneWindow,
    in_queues,
    open_beside,
    open_phone,
    speaking_browser,
)
from tests.telephony.running_centre import RunningCentre

SUPERVISOR, SUPERVISORS_TONE = "1101", 450
# The queue lets an agent rest for ten seconds after each call.
STATE_MS = 20_000


@dataclass
class Floor:
    """The supervisor's two windows."""

    page: Page
    phone: PhoneWindow

    async def panel(self, agent: str) -> Locator:
        """What can be done about an agent."""
        await self.page.locator(f"#actuar-{agent}").click()
        panel = self.page.locator("#panel")
        await expect(panel).to_be_visible()
        return panel

    async def act(self, agent: str, button: str) -> None:
        """Press a button of an agent's panel."""
        await (await self.panel(agent)).get_by_role("button", name=button, exact=True).click()

    async def spy(self, agent: str, button: str) -> None:
        """Into an agent's call, as soon as the page knows of it."""
        await self.shows(agent, "En llamada")
        await self.act(agent, button)
        await self.phone.answer()

    async def hang_up(self) -> None:
        await self.phone.do("hangup")
        await self.phone.has_no_calls()

    async def shows(self, agent: str, state: str) -> None:
        """The agent's state as it is on the floor."""
        await expect(self.page.locator(f"#agente-{agent} .badge")).to_have_text(state, timeout=STATE_MS)

    def waiting(self, number: str) -> Locator:
        """A caller's line among those who wait."""
        return self.page.locator("#espera li").filter(has_text=number)


@asynccontextmanager
async def supervising(centre: RunningCentre) -> AsyncIterator[Floor]:
    """The supervisor is there, in a browser of its own whose microphone is a tone."""
    async with speaking_browser(centre, SUPERVISORS_TONE) as browsing:
        page = await browsing.enter(SUPERVISOR)
        yield Floor(page, await open_beside(page, browsing, SUPERVISOR))


@asynccontextmanager
async def serving(centre: RunningCentre, agent: str, *queues: str) -> AsyncIterator[PhoneWindow]:
    """An agent's phone in a browser, in these queues."""
    async with AsyncExitStack() as stack:
        browsing = await stack.enter_async_context(speaking_browser(centre, OWN_TONE))
        window = await open_phone(browsing, agent)
        await stack.enter_async_context(in_queues(centre, agent, *queues))
        yield window
