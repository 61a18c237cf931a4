"""A supervisor loads a list: sees what is wrong with it, drops it, uploads it mended, loads, undoes and loads it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.background import background
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.roles import Role
from callcenter.settings import PROJECT
from dialer.campaigns.model import CampaignKind
from dialer.lists.reader import ListReader
from dialer.lists.work import ListTerms
from tests.agent_api.api_site import PASSWORD, open_site
from tests.backoffice.extracts.made_files import HEADINGS, text_file, workbook
from tests.browser.browsing import TABLET, Browsing, axe, is_as_wide_as_its_window, screenshot
from tests.conftest import SqliteDatabases
from tests.dialer.lists.loads import Loads, row

pytestmark = [pytest.mark.database, pytest.mark.slow, pytest.mark.timeout(240)]
SIZE = (1280, 800)
WRONG = [row(3, telephone="70x12"), row(4, expires="31/02/2027"), row(1), ("5", "C5", "CLIENTE 5", "", "INTERNET", "")]


class Supervised:
    """A browser before a centre's pages whose lists are read."""

    def __init__(self, browsing: Browsing, loads: Loads, folder: Path) -> None:
        self.browsing, self.loads, self._folder = browsing, loads, folder

    def file(self, name: str, content: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(content)
        return path


@pytest.fixture
def url(sqlite_databases: SqliteDatabases) -> str:
    """A centre's database."""
    return sqlite_databases.migrated()


@pytest.fixture
async def supervised(browser: Browser, url: str, tmp_path: Path) -> AsyncIterator[Supervised]:
    centre = load(PROJECT / "centre.yaml")
    database = Database(url)
    reader = ListReader(database, url, ListTerms.of(centre), now_us)
    async with open_site(database, SmartflexStore(database), centre) as site:
        await site.user("jefa", Role.SUPERVISOR)
        browsing = Browsing(browser, str(site.http.base_url), lambda _: PASSWORD)
        async with background(reader.run(), failure="no list is read any more"):
            yield Supervised(browsing, Loads(database), tmp_path)
        await browsing.close()
        assert not browsing.unexpected(), "\n".join(browsing.unexpected())
    await database.close()


async def upload(page: Page, file: Path) -> None:
    await page.set_input_files("#archivo", file)
    await page.get_by_role("button", name="Subir y revisar").click()
    await page.wait_for_url("**/campanas/listas/*")


async def state_is(page: Page, word: str) -> None:
    await expect(page.locator("#carga-estado .badge")).to_have_text(word)


async def confirm(page: Page, button: str) -> None:
    await page.get_by_role("button", name=button).click()
    await page.get_by_role("button", name="Sí").click()


async def test_a_list_with_mistakes_is_dropped_and_the_mended_one_loaded(supervised: Supervised) -> None:
    supervised.browsing.expect("status of 409")
    campaign = await supervised.loads.campaign(held_out_percent=10, held_out_seed=3)
    good = [row(number) for number in range(1, 120)] + [row(7, service="TV CABLE")]
    page = await supervised.browsing.enter("jefa", SIZE)
    await page.goto(f"/campanas/{campaign}/listas")
    await axe(page)
    await screenshot(page, "lists-empty", whole=True)
    await upload(page, supervised.file("prepago noviembre.xlsx", workbook(Hoja1=[HEADINGS, row(1), row(2), *WRONG])))
    await state_is(page, "Por confirmar")
    problems = page.get_by_role("table", name="Problemas, en el orden de las filas")
    await expect(problems.get_by_role("row")).to_have_count(6)
    await expect(problems).to_contain_text("la fecha no existe en el calendario")
    await axe(page)
    await is_as_wide_as_its_window(page)
    await screenshot(page, "lists-previewed-with-mistakes", whole=True)
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Bajar para Excel").click()
    assert (await downloading.value).suggested_filename.endswith(".csv")
    await confirm(page, "Descartar")
    await state_is(page, "Descartada")
    await page.get_by_role("link", name="Listas de Prepago").click()
    mended = supervised.file("prepago noviembre corregido.csv", text_file(HEADINGS, *good))
    await upload(page, mended)
    await state_is(page, "Por confirmar")
    for button, going in (("Cargar en la campaña", "Cargada"), ("Deshacer la carga", "Deshecha")):
        await confirm(page, button)
        await state_is(page, going)
        await screenshot(page, f"lists-{going.lower()}", whole=True)
    await page.get_by_role("link", name="Listas de Prepago").click()
    await upload(page, mended)
    await state_is(page, "Por confirmar")
    await page.get_by_role("button", name="Cargar en la campaña").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Enter")
    await state_is(page, "Cargada")
    assert len(await supervised.loads.contacts()) == 119
    await page.get_by_role("link", name="Listas de Prepago").click()
    await expect(page.get_by_role("row")).to_have_count(4)
    await screenshot(page, "lists-history", whole=True)
    await upload_refused(page, mended)


async def upload_refused(page: Page, file: Path) -> None:
    """The same file again: by its name and when it was loaded."""
    await page.set_input_files("#archivo", file)
    await page.get_by_role("button", name="Subir y revisar").click()
    await expect(page.get_by_role("alert").filter(has_text="ya está cargado")).to_be_visible()
    await screenshot(page, "lists-same-file", whole=True)


async def test_a_person_says_which_column_is_what(supervised: Supervised) -> None:
    supervised.browsing.expect("status of 409")
    campaign = await supervised.loads.campaign("general", kind=CampaignKind.GENERAL, title="Cobranza")
    odd = ("Nº", "Contr.", "Quién es", "A dónde llamar", "Qué tiene", "Hasta cuándo")
    page = await supervised.browsing.enter("jefa", TABLET, dark=True)
    await page.goto(f"/campanas/{campaign}/listas")
    await upload(page, supervised.file("lista.csv", text_file(odd, row(1), row(2))))
    await state_is(page, "Faltan columnas")
    await page.get_by_label("Quién es").select_option("name")
    await page.get_by_label("A dónde llamar").select_option("telephones")
    await page.get_by_role("button", name="Guardar y leer de nuevo").click()
    await expect(page.get_by_role("alert").filter(has_text="Falta indicar")).to_be_visible()
    await page.get_by_label("Nº").select_option("customer_code")
    await page.get_by_label("Qué tiene").select_option("service")
    await page.get_by_label("Hasta cuándo").select_option("expires_on")
    await axe(page)
    await screenshot(page, "lists-columns", whole=True)
    await page.get_by_role("button", name="Guardar y leer de nuevo").click()
    await state_is(page, "Por confirmar")
    await is_as_wide_as_its_window(page)
    await screenshot(page, "lists-columns-said", whole=True)


async def test_a_number_is_put_on_the_do_not_call_list_and_taken_off(supervised: Supervised) -> None:
    page = await supervised.browsing.enter("jefa", SIZE)
    await page.goto("/campanas/listas/no-llamar")
    await page.get_by_label("Número", exact=True).fill("707 12345")
    await page.get_by_label("Por qué", exact=True).fill("Pidió que no lo llamen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("row")).to_have_count(2)
    await page.locator("summary").click()
    await axe(page)
    await screenshot(page, "do-not-call", whole=True)
    await page.get_by_label("Por qué se lo quita").fill("Se anotó por error")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("La lista está vacía.")).to_be_visible()
