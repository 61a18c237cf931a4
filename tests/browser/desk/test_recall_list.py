"""A queue that wants a disposition, and callers nobody answered, called back from the page."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import expect

from callcenter.settings import PROJECT
from tests.browser.browsing import Browsing, axe, chromium_running, looking_at, screenshot
from tests.telephony.phones.duty import STRAIGHT_HOST, TRUNK_HOST, caller, on_duty, public_phone
from tests.telephony.phones.sip_leg import Manner
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import eventually
from troncal.machines.ports import free_ports

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]

LINE, AGENT, CUSTOMER = "102", "1001", "70099980"


@pytest.fixture(scope="module")
def outside_port() -> int:
    """Where the public network takes the centre's calls."""
    return free_ports(1, host=TRUNK_HOST, udp=True)[0]


@pytest.fixture(scope="module")
def strict_centre(outside_port: int) -> Iterator[RunningCentre]:
    """A centre whose line 102 wants a disposition of every contact."""
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8").replace("127.0.0.2:5060", f"127.0.0.2:{outside_port}")
    billing = '{name: "102", title: Facturación'
    assert billing in text
    text = text.replace(billing, f"{billing}, disposition_required: true, wrap_up_seconds: 1")
    with centre_open(text) as running:
        yield running


@pytest.fixture
async def strict(strict_centre: RunningCentre) -> AsyncIterator[Browsing]:
    """Pages of that centre."""
    async with chromium_running() as browser, looking_at(browser, strict_centre) as opened:
        yield opened


async def test_without_a_disposition_the_agent_gets_no_next_call(
    strict: Browsing, strict_centre: RunningCentre
) -> None:
    page = await strict.enter(AGENT)
    async with on_duty(strict_centre, AGENT, LINE, manner=Manner.ANSWER) as phone:
        outside = await caller(strict_centre, "70099981", host=STRAIGHT_HOST)
        await outside.call(LINE)
        await phone.offered()
        await expect(page.locator("form.contact")).to_be_visible()
        await outside.close()
        await expect(page.locator(".state-label")).to_have_text("Trabajo posterior")
        await expect(page.locator(".state-detail")).to_contain_text("Falta el resultado")
        await expect(page.locator("#listo")).to_have_count(0)
        await page.get_by_label("Notas", exact=True).press("Control+Enter")
        await expect(page.locator("select[name=disposition]")).to_be_focused()
        await axe(page)
        await screenshot(page, "desk-disposition-missing")
        await page.keyboard.type("Resuelto")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".state-label")).to_have_text("Disponible")
        await expect(page.locator("form.contact")).to_have_count(0)


async def test_an_abandoned_call_is_called_back_in_one_click(
    strict: Browsing, strict_centre: RunningCentre, outside_port: int
) -> None:
    async with public_phone(strict_centre, CUSTOMER, outside_port) as customer:
        impatient = await caller(strict_centre, CUSTOMER, host=STRAIGHT_HOST)
        leg = await impatient.call(LINE)
        await leg.until(leg.answered)
        await eventually(lambda: waits(strict_centre), 10, "the caller waits in the queue")
        await impatient.close()
        page = await strict.enter(AGENT)
        await eventually(lambda: is_abandoned(strict_centre), 10, "the records have the abandoned call")
        await page.goto("/perdidas")
        async with on_duty(strict_centre, AGENT, LINE, manner=Manner.RING) as phone:
            await page.get_by_role("button", name="Tomar y llamar").click()
            await (await phone.offered()).answer()
            answered = await customer.offered()
            await answered.answer()
            await screenshot(page, "recall-claimed")
            await page.get_by_role("button", name="Anotar resultado").click()
            await page.get_by_label("Nota").fill("Se le dijo el saldo <i>hoy</i>")
            await axe(page)
            await screenshot(page, "recall-result")
            await page.keyboard.press("Enter")
            await expect(page.get_by_text("Devuelta")).to_be_visible()
            await expect(page.get_by_text("Se le dijo el saldo <i>hoy</i>")).to_be_visible()
            await answered.hang_up()


def waits(centre: RunningCentre) -> bool:
    return has_entry(centre, "open")


def is_abandoned(centre: RunningCentre) -> bool:
    return has_entry(centre, "abandoned")


def has_entry(centre: RunningCentre, outcome: str) -> bool:
    return bool(centre.rows(f"SELECT 1 FROM queue_entries WHERE caller = '{CUSTOMER}' AND outcome = '{outcome}'"))
