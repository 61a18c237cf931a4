"""An agent's phone in a browser: its window, what it hears, and the desk's log-in to queues beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from playwright.async_api import Page, expect

from tests.browser.browsing import Browsing, chromium_running, looking_at
from tests.browser.phone.microphones import microphone
from tests.browser.phone.speaking import SpeakingPhone, SpeakingSound
from tests.telephony.phones.duty import STRAIGHT_HOST, settings_of
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually
from troncal.installation import demo

WINDOW = (480, 760)
# The queue lets an agent rest for ten seconds after each call.
RING_MS = 25_000
HEARD_SECONDS = 8
OWN_TONE, COLLEAGUES_TONE, CALLERS_TONE = 600, 700, 1000
# The connections of the page within reach, and a microphone whose steady tone is not taken for noise.
_PREPARED = """
window.connections = [];
const Plain = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Plain {
  constructor(...given) { super(...given); window.connections.push(this); }
};
if (location.protocol === 'http:') localStorage['troncal-audio'] ??= '{"cleaning":false}';
"""
_HEARD = """async (tones) => {
  const stream = document.querySelector('#sonidos audio')?.srcObject;
  if (!stream) return { loudest: 0, decibel: -200, of: tones.map(() => -200) };
  const context = new AudioContext();
  const meter = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(stream).connect(meter);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const levels = new Float32Array(meter.frequencyBinCount);
  meter.getFloatFrequencyData(levels);
  const first = 4; // below it is only the direct current
  const loudest = levels.reduce((best, level, bin) => (bin >= first && level > levels[best] ? bin : best), first);
  const width = context.sampleRate / meter.fftSize;
  await context.close();
  const near = (hertz) => Math.max(...levels.slice(Math.round(hertz / width) - 1, Math.round(hertz / width) + 2));
  return { loudest: loudest * width, decibel: levels[loudest], of: tones.map(near) };
}"""
_RECEIVED = """async () => {
  let packets = 0;
  for (const connection of window.connections) {
    if (connection.connectionState === 'closed') continue;
    for (const each of (await connection.getStats()).values()) {
      if (each.type === 'inbound-rtp') packets += each.packetsReceived;
    }
  }
  return packets;
}"""
AUDIBLE_DECIBEL, SILENT_DECIBEL = -60, -80


@dataclass
class PhoneWindow:
    """The window, ready or about to be."""

    page: Page
    browsing: Browsing
    extension: str

    async def ready(self, seconds: float = 20) -> None:
        """Registered at Asterisk."""
        await expect(self.page.locator("#linea")).to_have_text("Listo", timeout=seconds * 1000)

    async def rings(self) -> None:
        await self.stage("ringing", RING_MS)

    async def stage(self, stage: str, limit_ms: float = 5000) -> None:
        """A call at this stage is shown: ringing, talking or held."""
        await expect(self.page.locator(f".call[data-stage={stage}]").first).to_be_visible(timeout=limit_ms)

    async def answer(self) -> None:
        """Wait for the ring and answer."""
        await self.rings()
        await self.do("answer")
        await self.stage("talking")

    async def do(self, what: str) -> None:
        """Press a button of a call's card."""
        await self.page.locator(f"[data-do={what}]:visible").click()

    async def transfer(self, number: str, how: str) -> None:
        """`how`: transfer (blind) or consult."""
        await self.page.locator(".call-transfer:visible summary").click()
        await self.page.locator(".call-transfer:visible input").fill(number)
        await self.page.locator(f".call-transfer:visible button[value={how}]").click()

    async def has_no_calls(self) -> None:
        await expect(self.page.locator(".call")).to_have_count(0)

    async def hears(self, tone_hz: int) -> None:
        """The loudest tone that comes in is this one. Raises AssertionError."""
        heard_so_far: list[str] = []
        for _ in range(12):
            heard = await self.page.evaluate(_HEARD, [])  # at once: polled
            if heard["decibel"] > AUDIBLE_DECIBEL and abs(heard["loudest"] - tone_hz) < 15:
                return
            heard_so_far.append(f"{heard['loudest']:.0f} Hz at {heard['decibel']:.0f} dB")
        raise AssertionError(f"the page does not hear {tone_hz} Hz: {heard_so_far}")

    async def hears_all(self, *tones_hz: int) -> None:
        """Each of these tones is in what comes in. Raises AssertionError."""
        heard_so_far: list[list[str]] = []
        for _ in range(12):
            levels = (await self.page.evaluate(_HEARD, tones_hz))["of"]  # at once: polled
            if min(levels) > AUDIBLE_DECIBEL:
                return
            heard_so_far.append([f"{level:.0f} dB" for level in levels])
        raise AssertionError(f"the page does not hear all of {tones_hz} Hz: {heard_so_far}")

    async def level(self, tone_hz: int) -> float:
        """How loud a tone is in what comes in, in decibel."""
        (level,) = (await self.page.evaluate(_HEARD, [tone_hz]))["of"]  # at once: measure
        return float(level)

    async def received(self) -> int:
        """How many packets of sound came in by the calls that are up."""
        return int(await self.page.evaluate(_RECEIVED))  # at once: measure


@asynccontextmanager
async def speaking_browser(centre: RunningCentre, tone_hz: int = OWN_TONE) -> AsyncIterator[Browsing]:
    """A Chromium whose microphone is a tone."""
    with TemporaryDirectory(prefix="troncal-mic-") as folder:
        spoken = microphone(Path(folder) / "tone.wav", tone_hz)
        async with chromium_running(microphone=spoken) as browser, looking_at(browser, centre) as browsing:
            yield browsing


async def open_phone(browsing: Browsing, login: str, *, dark: bool = False) -> PhoneWindow:
    """An agent enters and opens the phone's window."""
    page = await browsing.enter(login, WINDOW, dark=dark)
    await page.context.add_init_script(_PREPARED)
    await page.goto("/telefono")
    window = PhoneWindow(page, browsing, login)
    await window.ready()
    return window


async def open_beside(page: Page, browsing: Browsing, extension: str) -> PhoneWindow:
    """The phone's window as a page opens it: by F4."""
    await page.context.add_init_script(_PREPARED)
    async with page.context.expect_page() as opened:
        await page.keyboard.press("F4")
    window = PhoneWindow(await opened.value, browsing, extension)
    await window.ready()
    await page.bring_to_front()
    return window


@asynccontextmanager
async def in_queues(centre: RunningCentre, extension: str, *queues: str) -> AsyncIterator[None]:
    """The agent serves these queues, at the phone that is registered."""
    where, settings = centre.where, settings_of(centre)
    assert where is not None
    async with httpx.AsyncClient(base_url=where.http, timeout=30, trust_env=False) as desk:
        credentials = {"login": extension, "password": demo.password(settings, extension)}
        made = (await desk.post("/api/session", json=credentials)).raise_for_status()
        desk.headers["Authorization"] = f"Bearer {made.json()['token']}"
        (await desk.post("/api/agent/log-in", json={"queues": queues})).raise_for_status()
        try:
            yield
        finally:
            await desk.post("/api/agent/log-out")


@asynccontextmanager
async def calling(
    centre: RunningCentre, line: str, number: str = "71700001"
) -> AsyncIterator[tuple[Leg, SpeakingSound]]:
    """Somebody calls a line and says 1000 Hz all the time."""
    where = centre.where
    assert where is not None
    phone = await SpeakingPhone.open(number, (where.sip_host, where.sip_port), host=STRAIGHT_HOST)
    try:
        yield await phone.speak_to(line, CALLERS_TONE)
    finally:
        await phone.close()


async def heard_by(sound: SpeakingSound, tone_hz: int, seconds: float = HEARD_SECONDS) -> None:
    """Wait until the caller hears a tone. Raises AssertionError."""
    sound.forget()
    await eventually(lambda: sound.hears(tone_hz), seconds, f"the caller hears {tone_hz} Hz: {sound.described()}")
