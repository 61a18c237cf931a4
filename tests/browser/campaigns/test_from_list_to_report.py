"""One campaign from its list to its report: a supervisor and two agents in real browsers, real calls to customers."""

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from callcenter.settings import PROJECT
from tests.backoffice.extracts.made_files import HEADINGS, text_file, workbook
from tests.browser.browsing import Browsing, axe, is_as_wide_as_its_window, screenshot
from tests.browser.campaigns.test_lists_page import confirm, state_is, upload
from tests.browser.desk.test_campaigns import Desk
from tests.browser.phone.phone_window import open_beside, speaking_browser
from tests.dialer.lists.loads import row
from tests.telephony.campaigns.network import Network, Reaction, network
from tests.telephony.phones.duty import TRUNK_HOST
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import eventually
from troncal.machines.ports import free_ports

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]

SUPERVISOR, SIZE = "1101", (1366, 768)
TITLE = "Prepago de fin de mes"
PREVIEWED, BUSY, DIALLED = "70712351", "70712352", "70712353"
REACTIONS = {PREVIEWED: Reaction.ANSWERS, BUSY: Reaction.BUSY, DIALLED: Reaction.ANSWERS}
GOOD = [row(code, telephone=number) for code, number in enumerate(REACTIONS, start=1)]
WRONG = [row(2, telephone="70x12"), row(3, expires="31/02/2027")]


@pytest.fixture
def outside_port() -> int:
    """Where the public network takes the centre's calls."""
    return free_ports(1, host=TRUNK_HOST, udp=True)[0]


@pytest.fixture
def calling_centre(outside_port: int) -> Iterator[RunningCentre]:
    """A centre whose trunk leads there."""
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
    with centre_open(text.replace("127.0.0.2:5060", f"127.0.0.2:{outside_port}")) as running:
        yield running


@pytest.fixture
async def people(calling_centre: RunningCentre) -> AsyncIterator[Browsing]:
    """Browsers of the centre's people, with microphones."""
    async with speaking_browser(calling_centre) as browsing:
        yield browsing


async def test_a_list_becomes_calls_and_the_calls_a_report(
    people: Browsing, calling_centre: RunningCentre, outside_port: int, tmp_path: Path
) -> None:
    page = await people.enter(SUPERVISOR, SIZE)
    await make_campaign(page)
    await load_list(page, tmp_path)
    await start(page)
    async with network(calling_centre, outside_port, REACTIONS) as outside:
        await preview(people, calling_centre, outside)
        await change_mode(page)
        await take_a_call(people, calling_centre, outside)
    assert outside.called == dict.fromkeys(REACTIONS, 1)
    await read_report(page)


async def make_campaign(page: Page) -> None:
    """A general one, which calls at every hour of every day; its page is open."""
    await page.goto("/campanas/nueva")
    await page.fill("#title", TITLE)
    first, second = page.locator("[data-span]").nth(0), page.locator("[data-span]").nth(1)
    for day in ("sat", "sun"):
        await first.locator(f'[data-day="{day}"]').check()
    for field, hour in (("opens", "00:00"), ("closes", "24:00")):
        await first.locator(f"[data-{field}]").fill(hour)
        await second.locator(f"[data-{field}]").fill("")
    await second.locator('[data-day="sat"]').uncheck()
    await page.get_by_role("button", name="Crear campaña").click()
    await page.get_by_role("link", name=TITLE).click()
    await expect(page.locator("#marcha")).to_contain_text("Falta la lista de clientes.")


async def load_list(page: Page, folder: Path) -> None:
    """One with mistakes is looked at and dropped; the mended one is loaded, undone, and loaded."""
    wrong, mended = folder / "prepago.xlsx", folder / "prepago corregido.csv"
    wrong.write_bytes(workbook(Hoja1=[HEADINGS, GOOD[0], *WRONG]))
    mended.write_bytes(text_file(HEADINGS, *GOOD))
    await page.get_by_role("link", name="Listas", exact=True).click()
    await upload(page, wrong)
    await state_is(page, "Por confirmar")
    problems = page.get_by_role("table", name="Problemas, en el orden de las filas")
    await expect(problems).to_contain_text("la fecha no existe en el calendario")
    await screenshot(page, "chain-1-row-errors", whole=True)
    await confirm(page, "Descartar")
    await state_is(page, "Descartada")
    for last in (False, True):
        await page.get_by_role("link", name=f"Listas de {TITLE}").click()
        await upload(page, mended)
        await state_is(page, "Por confirmar")
        await confirm(page, "Cargar en la campaña")
        await state_is(page, "Cargada")
        if not last:
            await confirm(page, "Deshacer la carga")
            await state_is(page, "Deshecha")
    await screenshot(page, "chain-2-loaded", whole=True)


async def start(page: Page) -> None:
    await page.goto("/campanas")
    await page.get_by_role("button", name=f"Iniciar {TITLE}").click()
    await page.get_by_role("link", name=TITLE).click()
    await expect(page.locator("#marcha .badge")).to_have_text("En curso")
    await page.get_by_role("button", name="Preguntar").click()
    await expect(page.locator("#explicacion")).to_contain_text("Ahora:")
    await seen(page, "chain-3-started")


async def preview(people: Browsing, centre: RunningCentre, outside: Network) -> None:
    """An agent looks at a customer, calls and says what it came to; the next one's telephone is busy."""
    desk = await desk_of(people, centre, "1003")
    await desk.shows("Siguiente cliente")
    await desk.press("Alt+S")
    await desk.shows("CLIENTE 1")
    await desk.press("F8")
    await desk.talks()
    await eventually(lambda: PREVIEWED in outside.answered, 10, "the customer's telephone was answered")
    await desk.photographed("chain-4-preview")
    await desk.press("2")
    await desk.outcome("Promete pagar")
    await desk.press("F9")
    await outside.answered[PREVIEWED].until(outside.answered[PREVIEWED].ended)
    await desk.is_over()
    await desk.shows("Siguiente cliente")
    await desk.press("Alt+S")
    await desk.shows("CLIENTE 2")
    await desk.press("F8")
    await desk.outcome("Ocupado")
    await desk.page.locator("#salir-colas").click()
    await desk.page.get_by_role("dialog").get_by_role("button", name="Sí").click()
    await expect(desk.page.locator(".state-label")).to_have_text("Fuera de colas")


async def change_mode(page: Page) -> None:
    """From now on the dialer calls; it waits, for nobody is there, and says so."""
    await page.get_by_role("link", name="Ajustes").click()
    await page.select_option("#mode", "progressive")
    await page.get_by_role("button", name="Guardar").click()
    await expect(page.locator("#marcha")).to_contain_text("No hay agentes libres para esta campaña.")
    await expect(page.locator("#intentos")).to_contain_text("Promete pagar")
    await seen(page, "chain-5-waits")


async def take_a_call(people: Browsing, centre: RunningCentre, outside: Network) -> None:
    """Another agent enters, and the dialer has the next customer for them."""
    desk = await desk_of(people, centre, "1004")
    await desk.talks()
    await desk.shows("CLIENTE 3")
    await desk.photographed("chain-6-progressive")
    await desk.press("1")
    await desk.outcome("Contactado")
    await outside.answered[DIALLED].hang_up()
    await expect(desk.page.locator("#telefono-llamadas")).to_be_empty()


async def read_report(page: Page) -> None:
    """Page, workbook and PDF have both agents' calls, and the one that was busy."""
    await page.reload()
    await expect(page.locator("#intentos")).to_contain_text("Agente 1004")
    await seen(page, "chain-7-called")
    await page.get_by_role("link", name="Informe", exact=True).click()
    await expect(page.locator(".page-title")).to_contain_text(TITLE)
    for outcome in ("Promete pagar", "Contactado", "Ocupado"):
        await expect(page.locator("main")).to_contain_text(outcome)
    await seen(page, "chain-8-report")
    book = CalamineWorkbook.from_filelike(io.BytesIO((await taken(page, "Planilla (XLSX)")).read_bytes()))
    managed = book.get_sheet_by_name("Clientes gestionados").to_python()
    assert {row[0] for row in managed[1:]} >= {"1", "2", "3"}
    pages = PdfReader(await taken(page, "PDF")).pages
    text = "".join(each.extract_text() for each in pages)
    assert all(each in text for each in ("Promete pagar", "Contactado", "Ocupado"))


async def taken(page: Page, link: str) -> Path:
    """The file behind a link, kept beside the screenshots."""
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name=link, exact=True).click()
    download = await downloading.value
    path = PROJECT / ".troncal" / "screenshots" / f"chain-report{Path(download.suggested_filename).suffix}"
    await download.save_as(path)
    return path


async def desk_of(people: Browsing, centre: RunningCentre, agent: str) -> Desk:
    """An agent's desk with its phone, in the queues."""
    page = await people.enter(agent, SIZE)
    window = await open_beside(page, people, agent)
    await page.keyboard.press("F10")
    await expect(page.locator(".state-label")).not_to_have_text("Fuera de colas")
    return Desk(page, window, centre)


async def seen(page: Page, name: str) -> None:
    """Nothing is cut off, axe finds nothing, and a picture of it is kept."""
    await is_as_wide_as_its_window(page)
    await axe(page)
    await screenshot(page, name, whole=True)
