"""Campaigns at the agent's desk: a customer with preview, and one whom the dialer called, both without a mouse."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from backoffice.smartflex.customers import ProductKind
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.settings import PROJECT
from dialer.campaigns.model import Campaign, CampaignState, DialMode
from dialer.campaigns.window import Window
from dialer.contacts.model import ListedService, services_as_json
from tests.browser.browsing import axe, is_as_wide_as_its_window, screenshot
from tests.browser.phone.phone_window import PhoneWindow, calling, open_beside, speaking_browser
from tests.dialer.campaign_rows import ALWAYS, EXPIRES, ZONE, add_contact, make_campaign
from tests.telephony.campaigns.network import Reaction, network
from tests.telephony.phones.duty import TRUNK_HOST, on_duty
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import eventually
from troncal.machines.ports import free_ports

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]

AGENT, FIRST, SECOND = "1003", "70712340", "70712341"
NARROW = (1280, 720)
SCRIPT = (
    "Buenos días, ¿hablo con {nombre}? Le llamo de {centro}. Su servicio de {servicio} vence el {vencimiento}; "
    "el monto es {monto}. ¿Desea renovarlo?"
)


# Which tones the phone's window plays by itself.
_TONES = """
window.tones = [];
const Plain = window.OscillatorNode;
window.OscillatorNode = class extends Plain {
  constructor(context, options) { super(context, options); window.tones.push(options.frequency); }
};
"""
RING, ANSWERED_BY_ITSELF = 440, 880


@dataclass
class Desk:
    """An agent's desk with the phone's window beside it, logged in to the queues."""

    page: Page
    window: PhoneWindow
    centre: RunningCentre

    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)

    async def opened_again(self) -> None:
        """The page anew, with its campaigns: they come after it, and a key that is pressed before is nobody's."""
        await self.page.reload()
        await self.shows("Siguiente cliente")

    async def shows(self, text: str) -> None:
        await expect(self.page.locator("#campana")).to_contain_text(text)

    async def outcome(self, text: str) -> None:
        await expect(self.page.locator(".outcome-said")).to_contain_text(text)

    async def talks(self) -> None:
        """Connected, and no key was pressed for it."""
        await expect(self.page.locator("#telefono-llamadas").get_by_text("En conversación")).to_be_visible()

    async def is_over(self) -> None:
        """The call, as the desk sees it: who has one dials no other, and the network hears of its end first."""
        await expect(self.page.locator(".state-label")).not_to_have_text("En llamada")

    async def sounds(self, tone_hz: int) -> None:
        await self.window.page.wait_for_function("(tone) => window.tones.includes(tone)", arg=tone_hz)

    async def photographed(self, name: str) -> None:
        await is_as_wide_as_its_window(self.page)
        await axe(self.page)
        await screenshot(self.page, name)

    def outcomes(self) -> list[tuple[object, ...]]:
        return self.centre.rows("SELECT number, outcome, said_by FROM campaign_attempts ORDER BY begun_us")


@pytest.fixture(scope="module")
def outside_port() -> int:
    """Where the public network takes the centre's calls."""
    return free_ports(1, host=TRUNK_HOST, udp=True)[0]


@pytest.fixture(scope="module")
def calling_centre(outside_port: int) -> Iterator[RunningCentre]:
    """A centre whose line 104 ends in the campaigns' queue, as a caller does whom a supervisor moves there."""
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8").replace("127.0.0.2:5060", f"127.0.0.2:{outside_port}")
    line = 'name: Informaciones, queue: "104"'
    assert line in text
    text = text.replace(line, "name: Informaciones, queue: prepago")
    with centre_open(text) as running:
        yield running


@pytest.fixture
async def database(calling_centre: RunningCentre) -> AsyncIterator[Database]:
    """That of the centre, in which no campaign of another test runs."""
    opened = Database(f"sqlite+aiosqlite:///{calling_centre.state / 'troncal.sqlite'}")
    async with opened.transaction() as connection:
        await connection.execute(update(campaigns).values(state=CampaignState.ENDED.value))
        await connection.execute(campaign_attempts.delete())
        await connection.execute(outgoing_calls.delete())
    yield opened
    await opened.close()


@pytest.fixture
async def desk(calling_centre: RunningCentre) -> AsyncIterator[Desk]:
    """Agent 1003 with the browser's phone in the queues, by keyboard."""
    async with speaking_browser(calling_centre) as browsing:
        page = await browsing.enter(AGENT, NARROW)
        await page.context.add_init_script(_TONES)
        window = await open_beside(page, browsing, AGENT)
        await page.keyboard.press("F10")
        await expect(page.locator(".state-label")).to_have_text("Disponible")
        yield Desk(page, window, calling_centre)
        await page.locator("#salir-colas").click()
        await page.get_by_role("dialog").get_by_role("button", name="Sí").click()
        await expect(page.locator(".state-label")).to_have_text("Fuera de colas")


async def test_a_customer_with_preview_is_handled_without_a_mouse(
    desk: Desk, database: Database, outside_port: int
) -> None:
    campaign = await campaign_of(database, DialMode.PREVIEW)
    await customer(database, campaign, "Ana Quispe Mamani", FIRST, "44123456")
    await customer(database, campaign, "Bruno Flores", SECOND)
    async with network(desk.centre, outside_port, {FIRST: Reaction.ANSWERS, SECOND: Reaction.BUSY}) as outside:
        await desk.opened_again()
        await desk.press("Alt+S")
        await desk.shows("¿hablo con Ana Quispe Mamani?")
        await desk.photographed("campaign-preview")
        await desk.press("F8")
        await desk.talks()
        await eventually(lambda: FIRST in outside.answered, 10, "the customer's telephone was answered")
        await desk.shows("En curso: 707 12340")
        await desk.photographed("campaign-talking")
        await desk.press("2")
        await desk.outcome("Promete pagar")
        await desk.press("F9")
        await outside.answered[FIRST].until(outside.answered[FIRST].ended)
        await desk.photographed("campaign-said")
        await desk.is_over()
        await desk.press("Alt+S")
        await desk.shows("Bruno Flores")
        await desk.press("F8")
        await desk.outcome("Ocupado")
    assert outside.called == {FIRST: 1, SECOND: 1}
    assert desk.outcomes() == [(FIRST, "promised", AGENT), (SECOND, "busy", None)]


async def test_an_unsaid_outcome_survives_the_reload_and_a_number_key_in_a_field_is_a_number(
    desk: Desk, database: Database, outside_port: int
) -> None:
    campaign = await campaign_of(database, DialMode.PREVIEW)
    await customer(database, campaign, "Ana Quispe Mamani", FIRST)
    async with network(desk.centre, outside_port, {FIRST: Reaction.ANSWERS}) as outside:
        await desk.opened_again()
        await desk.press("Alt+S")
        await desk.shows("Ana Quispe Mamani")
        await desk.press("F8")
        await desk.talks()
        await eventually(lambda: FIRST in outside.answered, 10, "the customer's telephone was answered")
        await desk.press("Alt+K")
        await desk.press("1")
        await expect(desk.page.locator(".call-pressed").first).to_have_text("1")
        await desk.press("F9")
        await outside.answered[FIRST].until(outside.answered[FIRST].ended)
        await desk.shows("Falta el resultado")
        await desk.page.reload()
        await desk.shows("Falta el resultado")
        await desk.page.get_by_label("Nota", exact=True).fill("9 meses")
        await desk.page.get_by_label("Nota", exact=True).press("9")
        await desk.press("Enter")
        await desk.press("0")
        await expect(desk.page.locator("[name=day]")).to_be_focused()
        await desk.photographed("campaign-call-again")
        await desk.page.locator("[name=hour]").fill("00:00")
        desk.window.browsing.expect("422")
        await desk.page.locator("[name=hour]").press("Enter")
        await expect(desk.page.locator("#avisos-faltas")).to_contain_text("ya pasó")
        assert [outcome for _, outcome, _ in desk.outcomes()] == [None]
        await desk.page.evaluate("document.activeElement.blur()")  # at once: act
        await desk.press("8")
        await desk.outcome("Rechaza")
    assert desk.outcomes() == [(FIRST, "refused", AGENT)]
    assert desk.centre.rows("SELECT note FROM campaign_attempts") == [("9 meses9",)]  # at once: settled


async def test_a_customer_is_skipped_by_keyboard_with_a_reason(desk: Desk, database: Database) -> None:
    campaign = await campaign_of(database, DialMode.PREVIEW)
    await customer(database, campaign, "Ana Quispe Mamani", FIRST)
    await desk.opened_again()
    await desk.press("Alt+S")
    await desk.shows("Ana Quispe Mamani")
    await desk.press("3")  # of the reasons that are not open yet: nothing
    await desk.press("Alt+O")
    await desk.photographed("campaign-skip")
    await desk.press("2")
    await desk.shows("Siguiente cliente")
    desk.window.browsing.expect("409")
    await desk.press("Alt+S")
    await expect(desk.page.locator("#avisos-faltas")).to_contain_text("No hay más clientes")
    assert desk.centre.rows("SELECT reason FROM contact_skips") == [("already_paid",)]  # at once: settled
    assert desk.outcomes() == []


async def test_a_call_of_the_dialer_is_answered_at_once_and_shown_and_said_by_one_key(
    desk: Desk, database: Database, outside_port: int
) -> None:
    async with network(desk.centre, outside_port, {FIRST: Reaction.ANSWERS}) as outside:
        campaign = await campaign_of(database, DialMode.PROGRESSIVE)
        await customer(database, campaign, "Ana Quispe Mamani", FIRST)
        await desk.talks()
        await expect(desk.page.locator("#ficha .pop-caller")).to_have_text("707 12340")
        await desk.shows("Su servicio de Internet vence el 30/11/2026")
        await desk.sounds(ANSWERED_BY_ITSELF)
        await desk.photographed("campaign-dialer")
        await desk.press("1")
        await desk.outcome("Contactado")
        await outside.answered[FIRST].hang_up()
        await expect(desk.page.locator("#telefono-llamadas")).to_be_empty()
        await expect(desk.page.locator("form.contact")).to_have_count(0)
    assert desk.outcomes() == [(FIRST, "contacted", AGENT)]


@pytest.mark.parametrize("line", ["102", "104"])
async def test_a_call_of_a_line_is_never_answered_by_itself(desk: Desk, line: str) -> None:
    async with calling(desk.centre, line):
        await desk.window.rings()
        await desk.sounds(RING)
        await expect(desk.page.locator("#ficha .pop[data-stage=ringing]")).to_be_visible()
        await desk.press("F2")
        await desk.talks()
        await desk.press("F9")
        await desk.window.has_no_calls()
    assert ANSWERED_BY_ITSELF not in await desk.window.page.evaluate("window.tones")  # at once: settled


async def test_the_desk_of_an_agent_of_lines_asks_for_no_campaign(calling_centre: RunningCentre) -> None:
    """A pop costs it what it did before there were campaigns."""
    async with speaking_browser(calling_centre) as browsing, on_duty(calling_centre, "1001", "102"):
        page, asked = await browsing.enter("1001", NARROW), list[str]()
        page.on("request", lambda request: asked.append(request.url))
        async with calling(calling_centre, "102"):
            await expect(page.locator("#ficha .pop[data-stage=talking]")).to_be_visible()
        await expect(page.locator("#ficha .pop[data-stage=over]")).to_be_visible()
    assert any("/escritorio/parte/llamada" in url for url in asked)
    assert not [url for url in asked if url.endswith(("/parte/campana", "/parte/resultado"))]


async def campaign_of(database: Database, mode: DialMode) -> Campaign:
    """A campaign that calls at every hour of today, without customers."""
    today = as_datetime(now_us(), ZONE).date()
    window = Window(today - timedelta(days=1), today + timedelta(days=1))
    made = await make_campaign(database, window, mode=mode, hours=ALWAYS, ring_seconds=15)
    async with database.transaction() as connection:
        values = {"script": SCRIPT, "title": "Prepago de fin de mes"}
        await connection.execute(update(campaigns).where(campaigns.c.id == made.id).values(values))
    return made


async def customer(database: Database, campaign: Campaign, name: str, *numbers: str) -> None:
    """One whose turn it is, with a service and what it costs."""
    listed = ListedService(ProductKind.INTERNET, EXPIRES, "2000006", Decimal("120.50"))
    contact_id = await add_contact(database, campaign, *numbers)
    values = {"name": name, "amount": listed.amount, "services": services_as_json([listed]), "segment": "Masivo"}
    async with database.transaction() as connection:
        changed = update(campaign_contacts).where(campaign_contacts.c.id == contact_id)
        await connection.execute(changed.values({**values, "numbers": json.dumps(numbers)}))
