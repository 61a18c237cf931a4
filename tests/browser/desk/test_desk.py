"""An agent's desk in a real browser, a plain telephone beside it, and real calls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from callcenter.centre.phone_secrets import phone_password
from tests.browser.browsing import DESK, TABLET, Browsing, axe, screenshot, this_contact
from tests.telephony.phones.duty import PHONES_HOST, STRAIGHT_HOST, caller, settings_of
from tests.telephony.phones.sip_leg import Leg, Manner
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]

WRAP_UP_MS = 15_000
LINE, AGENT, COLLEAGUE = "102", "1001", "1003"


@asynccontextmanager
async def telephone(centre: RunningCentre, extension: str, manner: Manner = Manner.RING) -> AsyncIterator[SipPhone]:
    """A desk telephone of an extension."""
    where = centre.where
    assert where is not None
    secret = phone_password(settings_of(centre), extension)
    server = (where.sip_host, where.sip_port)
    phone = await SipPhone.open(extension, server, host=PHONES_HOST, password=secret, manner=manner)
    try:
        yield phone
    finally:
        await phone.close()


@asynccontextmanager
async def at_work(browsing: Browsing, centre: RunningCentre) -> AsyncIterator[tuple[Page, SipPhone]]:
    """Agent 1001 at the desk and in the queues, by keyboard alone; at the end out of them again."""
    async with telephone(centre, AGENT) as phone:
        page = await browsing.enter(AGENT)
        await page.keyboard.press("F10")
        await expect(page.locator(".state-label")).to_have_text("Disponible", timeout=WRAP_UP_MS)
        try:
            yield page, phone
        finally:
            await out_of_queues(page)


async def out_of_queues(page: Page) -> None:
    await page.locator("#salir-colas").click()
    await page.get_by_role("dialog").get_by_role("button", name="Sí").click()
    await expect(page.locator(".state-label")).to_have_text("Fuera de colas")


@asynccontextmanager
async def calling(centre: RunningCentre, number: str) -> AsyncIterator[Leg]:
    """Somebody who called the line; hangs up at the end."""
    phone = await caller(centre, number, host=STRAIGHT_HOST)
    try:
        yield await phone.call(LINE)
    finally:
        await phone.close()


def customers_number(centre: RunningCentre) -> tuple[str, str]:
    """A mobile that one customer has, and the customer's name."""
    ((number, name),) = centre.rows(
        "SELECT t.number, c.name FROM customer_telephones t JOIN customers c ON c.id = t.customer_id"
        " WHERE t.number LIKE '7%' GROUP BY t.number HAVING count(*) = 1 ORDER BY t.number LIMIT 1"
    )
    return str(number), str(name)


async def test_a_call_is_served_and_written_up_by_keyboard_alone(browsing: Browsing, centre: RunningCentre) -> None:
    number, name = customers_number(centre)
    async with at_work(browsing, centre) as (page, phone):
        await screenshot(page, "desk-available")
        async with calling(centre, number):
            ringing = await phone.offered()
            await expect(page.locator(".customer-name")).to_have_text(name)
            await expect(page.locator(".pop")).to_have_attribute("data-stage", "ringing")
            assert not ringing.answered.is_set()
            await axe(page)
            await screenshot(page, "desk-ringing")
            await ringing.answer()
            contact = await this_contact(page)
            await contact.get_by_label("Notas").press_sequentially("Pidió el saldo <b>por correo</b>")
            await expect(contact.locator("[data-part=saved]")).to_contain_text("Guardado a las")
            await page.keyboard.press("Tab")
            await page.keyboard.type("Informaci")
            await axe(page)
            await screenshot(page, "desk-connected")
        await expect(page.locator(".state-label")).to_have_text("Cierre de llamada")
        await screenshot(page, "desk-wrap-up")
        await page.keyboard.press("F10")
        await expect(page.locator(".state-label")).to_have_text("Trabajo posterior")
        await page.keyboard.press("Control+Enter")
        await expect(contact).to_have_count(0)
        await expect(page.locator(".state-label")).to_have_text("Disponible", timeout=WRAP_UP_MS)
    ((notes, disposition, closed),) = centre.rows(  # at once: settled
        "SELECT notes, disposition, closed_us FROM contact_notes JOIN queue_entries USING (node, uniqueid, member)"
        f" WHERE caller = '{number}' AND member = '{AGENT}' ORDER BY saved_us DESC LIMIT 1"
    )
    assert (notes, disposition) == ("Pidió el saldo <b>por correo</b>", "informado") and closed


async def test_a_reload_in_mid_call_loses_neither_pop_nor_notes_nor_the_call(
    browsing: Browsing, centre: RunningCentre
) -> None:
    number, name = customers_number(centre)
    async with at_work(browsing, centre) as (page, phone), calling(centre, number) as call:
        ringing = await phone.offered()
        await ringing.answer()
        contact = await this_contact(page)
        await contact.get_by_label("Notas").fill("Empieza a contar que")
        await page.reload()
        await expect(contact.get_by_label("Notas")).to_have_value("Empieza a contar que")
        await expect(page.locator(".customer-name")).to_have_text(name)
        await expect(page.locator(".pop")).to_have_attribute("data-stage", "talking")
        assert not call.ended.is_set() and not ringing.ended.is_set()


async def test_a_pop_leaves_the_form_in_use_alone_and_comes_once(browsing: Browsing, centre: RunningCentre) -> None:
    async with at_work(browsing, centre) as (page, phone):
        await page.keyboard.press("Alt+B")
        await page.keyboard.type("20000")
        async with calling(centre, "70099999"):
            ringing = await phone.offered()
            await expect(page.locator(".pop-caller")).to_have_text("700 99999")
            await page.keyboard.type("06")
            await expect(page.locator("#buscar-dato")).to_have_value("2000006")
            await expect(page.locator("#buscar-dato")).to_be_focused()
            await page.locator(".pop").evaluate("pop => { pop.seen = true; }")  # at once: act
            await ringing.answer()
            await expect(page.locator(".pop")).to_have_attribute("data-stage", "talking")
            assert await page.locator(".pop").evaluate("pop => pop.seen")  # at once: settled
            await page.keyboard.press("Enter")
            await page.locator("#hallados .customer").get_by_role("button", name="Es este cliente").click()
            await expect(page.locator("#hallados").get_by_text("Confirmado")).to_be_visible()
            await screenshot(page, "desk-unknown-caller", whole=True)
    await eventually(lambda: confirmed(centre, "70099999"), 10, "the customer is kept with the contact")


def confirmed(centre: RunningCentre, number: str) -> bool:
    rows = centre.rows(
        "SELECT n.customer_number FROM contact_notes n JOIN queue_entries q ON q.uniqueid = n.uniqueid"
        f" WHERE q.caller = '{number}' AND n.customer_number IS NOT NULL"
    )
    return bool(rows)


async def test_the_desk_works_a_plain_telephones_call_through_asterisk(
    browsing: Browsing, centre: RunningCentre
) -> None:
    async with (
        at_work(browsing, centre) as (page, phone),
        telephone(centre, COLLEAGUE) as other,
        calling(centre, "70099998") as call,
    ):
        await (await phone.offered()).answer()
        bar = page.locator("#telefono-llamadas")
        await expect(bar.get_by_text("En conversación")).to_be_visible()
        await page.keyboard.press("Alt+M")
        await expect(bar.get_by_text("Silenciado")).to_be_visible()
        await page.keyboard.press("Alt+M")
        await expect(bar.get_by_text("Silenciado")).to_be_hidden()
        await page.keyboard.press("Alt+T")
        await expect(bar.get_by_label("A quién")).to_be_focused()
        await page.keyboard.type(COLLEAGUE)
        await page.keyboard.press("Enter")
        passed_on = await other.offered()
        await passed_on.answer()
        await expect(bar).to_be_empty()
        assert not call.ended.is_set()
        await passed_on.hang_up()


async def test_the_call_is_hung_up_with_one_key(browsing: Browsing, centre: RunningCentre) -> None:
    async with at_work(browsing, centre) as (page, phone), calling(centre, "70099997") as call:
        await (await phone.offered()).answer()
        await expect(page.locator("#telefono-llamadas").get_by_text("En conversación")).to_be_visible()
        await page.keyboard.press("F9")
        await call.until(call.ended)


async def test_a_pause_has_its_reason_and_its_running_time(browsing: Browsing, centre: RunningCentre) -> None:
    async with at_work(browsing, centre) as (page, _):
        await page.keyboard.press("Alt+2")
        await expect(page.locator(".state-label")).to_have_text("En pausa: Almuerzo")
        await expect(page.locator("[data-since-us].state-clock")).to_have_text("00:01")
        await axe(page)
        await screenshot(page, "desk-paused")
        await page.keyboard.press("F10")
        await expect(page.locator(".state-label")).to_have_text("Disponible")


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_desk_can_be_read_by_everybody(browsing: Browsing, size: tuple[int, int], dark: bool) -> None:
    page = await browsing.enter("1002", size, dark=dark)
    await axe(page)
    await screenshot(page, f"desk-{size[0]}-{'dark' if dark else 'light'}", whole=True)
    await page.goto("/perdidas")
    await axe(page)
    await screenshot(page, f"recall-list-{size[0]}-{'dark' if dark else 'light'}")
