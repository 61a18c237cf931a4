"""Reports as a supervisor uses them: found, filtered, compared, kept as views, and taken as files."""

import re
import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.roles import Role
from reports.export import running
from tests.agent_api.api_site import PASSWORD, Site, open_site
from tests.agent_api.reports.scheduled_store import MemoryScheduledReports
from tests.browser.browsing import TABLET, WALLBOARD, Browsing, axe, is_as_wide_as_its_window, lists_nothing, screenshot
from tests.conftest import Databases
from tests.reports.recorded_month import CENTRE, caller, record

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.timeout(120)]
NARROW = (1280, 720)
SIZES = pytest.mark.parametrize("size", [NARROW, WALLBOARD, TABLET], ids=["narrow", "wallboard", "tablet"])
# Writes what a page shows, and of a file 400 of 1,000 rows before it goes on for ever.
SLOW = r"""
import json, os, subprocess, sys
order = json.loads(sys.stdin.buffer.read())
if order["form"] == "page":
    done = subprocess.run([sys.executable, "-m", "reports.export.process"], input=json.dumps(order).encode(),
                          pass_fds=(order["file"],), capture_output=True)
    sys.exit(done.returncode)
print("[0, 0]\n[400, 1000]", flush=True)
os.execvp("sleep", ["sleep", "600"])
"""


# Pages in the header that stand below the first one.
SECOND_ROW = """() => [...document.querySelectorAll('header nav a')]
  .filter((each, _, all) => each.getBoundingClientRect().top > all[0].getBoundingClientRect().bottom)
  .map((each) => each.textContent)"""


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


def yesterday() -> date:
    return as_datetime(now_us(), CENTRE.zone).date() - timedelta(days=1)


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """An API with the calls of yesterday."""
    async with open_site(database, SmartflexStore(database), CENTRE, scheduled=MemoryScheduledReports()) as opened:
        await opened.linked()
        noon = as_datetime(now_us(), CENTRE.zone).replace(hour=12) - timedelta(days=1)
        begins = int(noon.timestamp())
        kinds = ("served", "menu", "answered", "welcome", "closed", "served", "answered")
        lines = ("101", "102", "102", "4522222", "101", "4639999", "102")
        rows = [
            each
            for at, (kind, line) in enumerate(zip(kinds, lines, strict=True))
            for each in caller(at, kind, line, begins)
        ]
        await record(opened.database, rows)
        await opened.user("jefa", Role.SUPERVISOR)
        yield opened


def page_of(document: str) -> tuple[str, ...]:
    """A process that writes the page of a document, which it finds by that name."""
    told = "import json, os, sys; order = json.loads(sys.stdin.buffer.read())"
    wrote = f"os.write(order['file'], json.dumps(shown({document})).encode())"
    found = "from reports.render.shown import shown; from tests.reports.render.made_documents import DOCUMENT"
    return (sys.executable, "-c", f"{told}; {found}; {wrote}")


@pytest.fixture
async def looking(browser: Browser, site: Site) -> AsyncIterator[Browsing]:
    """A browser in front of the site."""
    opened = Browsing(browser, str(site.http.base_url).rstrip("/"), lambda _login: PASSWORD)
    yield opened
    await opened.close()
    assert opened.unexpected() == []


async def at(looking: Browsing, path: str, size: tuple[int, int] = NARROW) -> Page:
    page = await looking.enter("jefa", size)
    await page.goto(path)
    return page


@SIZES
async def test_every_page_is_read_by_everybody_at_each_size(looking: Browsing, size: tuple[int, int]) -> None:
    page = await at(looking, "/informes/menus?period=yesterday&compare=true", size)
    await page.locator("summary", has_text="Líneas").click()
    await axe(page)
    await screenshot(page, f"report-{size[0]}-filter")
    await page.locator("summary", has_text="Líneas").click()
    for name, path in (("report", page.url), ("catalogue", "/informes"), ("glossary", "/informes/glosario")):
        await page.goto(path)
        await screenshot(page, f"{name}-{size[0]}", whole=True)
        await axe(page)
        await is_as_wide_as_its_window(page)


@SIZES
async def test_every_part_of_a_report_is_read_by_everybody(
    looking: Browsing, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "COMMAND", page_of("DOCUMENT"))
    page = await at(looking, "/informes/menus", size)
    await page.get_by_text("Los números").click()
    await expect(page.get_by_role("region", name="Llamadas: los números").get_by_role("row").nth(2)).to_have_text(
        "martes140sin datos"
    )
    await screenshot(page, f"report-parts-{size[0]}", whole=True)
    await axe(page)
    await is_as_wide_as_its_window(page)


async def test_a_report_is_found_by_the_keyboard(looking: Browsing) -> None:
    page = await at(looking, "/informes")
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("menus IVR")
    await expect(page.locator("#hallados-informes")).to_have_text(re.compile(r"^1 de \d+$"))
    await expect(page.get_by_role("heading", name="Indicadores de los procedimientos")).to_be_hidden()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/informes/menus")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Recorrido por los menús")


async def test_figures_are_those_of_the_days_and_lines_that_are_chosen(looking: Browsing) -> None:
    page = await at(looking, "/informes/menus")
    figures = page.locator(".report-figures .figure")
    await expect(figures).to_have_text(["7", "7", "2", "28,57 %"])
    await page.locator("summary", has_text="Líneas").press("Enter")
    await page.get_by_label("102 Facturación").check()
    await page.get_by_label("Comparar con el período anterior").check()
    await page.get_by_role("button", name="Ver", exact=True).click()
    await expect(figures).to_have_text(["3", "3", "0", "0,00 %"])
    await expect(page.locator(".report-before").first).to_have_text("antes 0 (+3)")
    await expect(page.locator("summary", has_text="Líneas")).to_have_text("Líneas: 102")
    await page.get_by_role("link", name="Hoy").click()
    await expect(figures).to_have_text(["0", "0", "0", "sin datos"])
    await expect(page.locator("summary", has_text="Líneas")).to_have_text("Líneas: 102")


async def test_what_is_wrong_with_the_days_is_said_where_they_are(looking: Browsing) -> None:
    looking.expect("status of 422")
    page = await at(looking, f"/informes/menus?from={yesterday()}&to=2026-01-01")
    await expect(page.get_by_role("alert").filter(has_text="es anterior al primero")).to_be_visible()
    await expect(page.get_by_label("Hasta")).to_have_value("2026-01-01")
    await axe(page)


async def test_a_file_is_asked_for_and_taken(looking: Browsing) -> None:
    page = await at(looking, "/informes/menus")
    await page.get_by_role("button", name="Planilla (XLSX)").click()
    link = page.get_by_role("link", name=f"Descargar menus-{yesterday()}.xlsx")
    await expect(link).to_be_visible()
    await expect(page.locator("#archivos").get_by_role("status")).to_have_text("1 para descargar")
    await screenshot(page, "report-file-ready")
    async with page.expect_download() as downloading:
        await link.click()
    taken = await downloading.value
    assert taken.suggested_filename == f"menus-{yesterday()}.xlsx"
    assert Path(await taken.path()).read_bytes()[:2] == b"PK"  # noqa: ASYNC240 - a test of one page
    await page.get_by_role("button", name="Quitar").click()
    await expect(link).to_have_count(0)


async def test_how_far_a_file_is_survives_another_page_and_it_is_given_up(
    looking: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "COMMAND", (sys.executable, "-c", SLOW))
    page = await at(looking, "/informes/menus")
    await page.get_by_role("button", name="PDF").click()
    bar = page.get_by_role("progressbar")
    await expect(bar).to_have_js_property("value", 400)
    await page.goto("/informes")
    await expect(bar).to_have_js_property("value", 400)
    await expect(page.locator("#archivos")).to_contain_text("Escribiendo 400 de 1.000 filas")
    await screenshot(page, "catalogue-export", whole=True)
    await axe(page)
    await page.get_by_role("button", name="Cancelar").click()
    await expect(bar).to_have_count(0)
    await expect(page.locator("#archivos")).to_contain_text("Ninguno")


async def test_what_was_chosen_is_kept_as_a_view_renamed_and_removed(looking: Browsing) -> None:
    page = await at(looking, "/informes/menus?period=last_month&line=102")
    await page.get_by_text("Guardar esta vista").click()
    await page.get_by_label("Nombre").fill("Facturación, mes pasado")
    await page.get_by_role("button", name="Guardar", exact=True).click()
    await expect(page.locator("#avisos-hechos")).to_contain_text("La vista se guardó.")
    await page.goto("/informes")
    await page.locator("summary", has_text="Cambiar").click()
    await screenshot(page, "catalogue-view", whole=True)
    await axe(page)
    await page.get_by_label("Nombre").fill("Facturación")
    await page.get_by_role("button", name="Guardar").click()
    await page.get_by_role("link", name="Facturación", exact=True).click()
    await expect(page.get_by_role("link", name="El mes pasado")).to_have_attribute("aria-current", "true")
    await page.goto("/informes")
    await page.locator("summary", has_text="Cambiar").click()
    await page.get_by_role("button", name="Borrar").click()
    await page.get_by_role("button", name="Sí").click()
    await expect(page.get_by_text("Todavía no hay ninguna")).to_be_visible()


@SIZES
async def test_a_view_is_sent_by_mail_stopped_and_removed(looking: Browsing, size: tuple[int, int]) -> None:
    page = await at(looking, "/informes/menus?period=last_month&line=102", size)
    await page.get_by_text("Guardar esta vista").click()
    await page.get_by_role("button", name="Guardar", exact=True).click()
    await expect(page.locator("#avisos-hechos")).to_contain_text("La vista se guardó.")
    await page.goto("/informes")
    await page.get_by_role("link", name="Informes por correo").click()
    await page.get_by_label("A quién").fill("jefa@cooperativa.bo\notra@cooperativa.bo")
    await page.get_by_role("button", name="Programar").click()
    row = page.get_by_role("row").nth(1)
    await expect(row).to_contain_text("jefa@cooperativa.bo,otra@cooperativa.bo")
    await page.get_by_role("button", name="Detener").click()
    await expect(row).to_contain_text("detenido")
    await screenshot(page, f"scheduled-{size[0]}", whole=True)
    await axe(page)
    await is_as_wide_as_its_window(page)
    await page.get_by_role("button", name="Borrar").click()
    await page.get_by_role("button", name="Sí").click()
    await expect(page.get_by_text("Todavía no hay ninguno")).to_be_visible()


@pytest.mark.parametrize("size", [NARROW, (1366, 768)], ids=["narrow", "desk"])
async def test_all_pages_of_an_administrator_with_a_telephone_stand_in_one_row(
    looking: Browsing, site: Site, size: tuple[int, int]
) -> None:
    await site.user("admin", Role.ADMIN, "1001")
    page = await looking.enter("admin", size)
    await page.goto("/informes")
    await screenshot(page, f"header-{size[0]}")
    links = page.locator("header nav a")
    await expect(links).to_have_count(8)
    await lists_nothing(page, SECOND_ROW)
