"""Chromium, and a centre to look at: `browsing.enter("1001")`, `screenshot(page, "desk")`, `axe(page)`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from playwright.async_api import Browser, Page

from tests.browser.browsing import Browsing, chromium_running, looking_at
from tests.telephony.last_words import pytest_runtest_makereport
from tests.telephony.running_centre import RunningCentre, centre_open

__all__ = ["pytest_runtest_makereport"]


@pytest.fixture(scope="session")
def centre() -> Iterator[RunningCentre]:
    """A centre that is open, with demo data, for all tests of a process that do no lasting harm to it."""
    with centre_open() as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    async with chromium_running() as running:
        yield running


@pytest.fixture
async def browsing(browser: Browser, centre: RunningCentre) -> AsyncIterator[Browsing]:
    """Pages of the centre; afterwards nothing may be left in their consoles, and nobody else was asked."""
    async with looking_at(browser, centre) as opened:
        yield opened


@pytest.fixture
def agent_page(browsing: Browsing) -> Callable[[str], Awaitable[Page]]:
    """`page = await agent_page("1001")`: logged in."""
    return browsing.enter
