"""The month for the ATT as a supervisor uses it: found, read, checked call by call, taken as files, and closed."""

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.roles import Role
from reports.att.closing import versions_of
from tests.agent_api.api_site import PASSWORD, Site, open_site
from tests.browser.browsing import TABLET, WALLBOARD, Browsing, axe, is_as_wide_as_its_window, screenshot
from tests.conftest import Databases
from tests.reports.att.test_golden_month import DAY, reported, with_rule
from tests.reports.recorded_month import ENDED, MONTH

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.timeout(120)]
NARROW = (1280, 720)
HIGHER = with_rule(target_percent=Decimal(85))
SIZES = pytest.mark.parametrize("size", [NARROW, WALLBOARD, TABLET], ids=["narrow", "wallboard", "tablet"])
PAGE = f"/informes/att?mes={MONTH}"
CALLS = f"/informes/att/llamadas?mes={MONTH}&cifra=registered"


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


def days_later(days: int) -> Callable[[], int]:
    """A clock that goes as others do, and begins so many days after the month."""
    ahead = (ENDED + days * DAY) * MICROSECONDS - now_us()
    return lambda: now_us() + ahead


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """An API with the month, three days after its end."""
    await reported(database, HIGHER, kept=True)
    async with open_site(database, SmartflexStore(database), HIGHER, clock=days_later(3)) as opened:
        await opened.linked()
        await opened.user("jefa", Role.SUPERVISOR)
        yield opened


@pytest.fixture
async def looking(browser: Browser, site: Site) -> AsyncIterator[Browsing]:
    """A browser in front of the site."""
    opened = Browsing(browser, str(site.http.base_url).rstrip("/"), lambda _login: PASSWORD)
    yield opened
    await opened.close()
    assert opened.unexpected() == []


async def at(looking: Browsing, path: str, size: tuple[int, int] = NARROW, *, dark: bool = False) -> Page:
    page = await looking.enter("jefa", size, dark=dark)
    await page.goto(path)
    return page


async def test_whoever_entered_has_the_document_to_sign_after_three_clicks(looking: Browsing) -> None:
    page = await looking.enter("jefa", NARROW)
    await page.get_by_role("navigation", name="Páginas").get_by_role("link", name="Informes").click()
    await page.locator(".report-main", has_text="Informe mensual para la ATT").click()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="PDF para firmar").click()
    taken = await downloading.value
    assert str(MONTH) in taken.suggested_filename
    assert taken.suggested_filename.endswith(".pdf")
    assert Path(await taken.path()).read_bytes()[:5] == b"%PDF-"  # noqa: ASYNC240 - a test of one page


async def test_a_figure_opens_its_calls(looking: Browsing) -> None:
    page = await at(looking, PAGE)
    by_line = page.get_by_role("region", name="Por línea (del 1 al 14)")
    await expect(by_line.get_by_role("row").nth(1)).to_contain_text("37,50 %")
    figure = by_line.get_by_role("row").nth(1).get_by_role("link", name="registradas, ver las llamadas")
    await figure.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("línea 101, octubre de 2026, parte 1")
    await expect(page.locator("tbody tr")).to_have_count(8)
    await page.get_by_role("link", name="Volver al mes").click()
    day = page.get_by_role("region", name="Por día (del 1 al 14)").get_by_role("row").nth(2)
    figure = day.get_by_role("link", name="registradas, ver las llamadas")
    number = 3
    await expect(figure).to_contain_text(f"{number} ")
    await figure.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("día 2")
    await expect(page.locator("tbody tr")).to_have_count(number)
    await page.get_by_role("link", name="Volver al mes").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("ATT")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@SIZES
async def test_the_month_and_its_calls_are_read_by_everybody(
    looking: Browsing, size: tuple[int, int], dark: bool
) -> None:
    page = await at(looking, PAGE, size, dark=dark)
    for name, path in (("att", PAGE), ("att-calls", CALLS)):
        await page.goto(path)
        await screenshot(page, f"{name}-{size[0]}{'-dark' if dark else ''}", whole=True)
        await axe(page)
        await is_as_wide_as_its_window(page)


async def test_charts_say_their_numbers_in_words_too(looking: Browsing) -> None:
    page = await at(looking, PAGE)
    chart = page.get_by_role("figure").filter(has=page.get_by_role("heading", name="Nivel por día (1 al 14)"))
    await expect(chart.get_by_role("img", name="Nivel por día (1 al 14), líneas medidas")).to_be_visible()
    await chart.get_by_text("Los números").click()
    numbers = page.get_by_role("region", name="Nivel por día (1 al 14), líneas medidas: los números")
    await expect(numbers.get_by_role("row").nth(1)).to_have_text("1100,00 %")
    bars = page.get_by_role("figure").filter(has=page.get_by_role("heading", name="Nivel por hora (1 al 14)"))
    await expect(bars.get_by_role("row").first.locator(".number")).to_have_text("100,00 %")


async def test_a_workbook_says_how_far_it_is_and_ends_with_a_link(looking: Browsing) -> None:
    page = await at(looking, PAGE)
    await page.get_by_role("button", name="Planilla (XLSX)").click()
    await expect(page.get_by_role("progressbar").or_(page.get_by_role("link", name="Descargar att"))).to_be_visible()
    link = page.get_by_role("link", name="Descargar att")
    async with page.expect_download() as downloading:
        await link.click()
    taken = await downloading.value
    assert str(MONTH) in taken.suggested_filename
    assert Path(await taken.path()).read_bytes()[:2] == b"PK"  # noqa: ASYNC240 - a test of one page


async def test_a_month_is_closed_once_by_whoever_clicks_twice(looking: Browsing, site: Site) -> None:
    page = await at(looking, PAGE)
    await page.get_by_role("button", name="Cerrar el mes").dblclick()
    await expect(page.locator(".page-title")).to_contain_text("versión 1, cerrada el")
    await expect(page.get_by_role("button", name="Cerrar")).to_have_count(0)
    await screenshot(page, "att-closed", whole=True)
    versions = await site.database.read(lambda connection: versions_of(connection, MONTH))
    assert [(each.version, each.closed_by) for each in versions] == [(1, "jefa")]
