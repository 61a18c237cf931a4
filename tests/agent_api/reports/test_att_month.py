"""The month for the ATT as a supervisor sees it: every figure opens as many calls as it says."""

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest
from sqlalchemy import select

from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.audit import AuditAction
from callcenter.database.transactions import Database
from callcenter.records.users import audit_log
from callcenter.roles import Role
from tests.agent_api.api_site import Site, open_site
from tests.agent_api.web.browser_like import BrowserLike, browser_of
from tests.reports.att.test_golden_month import HIGHER, STRICTER, reported
from tests.reports.recorded_month import MONTH, caller, record

pytestmark = pytest.mark.database
_LINK = re.compile(r'<a href="(/informes/att/llamadas\?[^"]+)">([\d.]+)<')


@pytest.fixture
async def golden(site: Site) -> AsyncIterator[Site]:
    """An interface to a centre with the golden month."""
    await reported(site.database, STRICTER, kept=False)
    yield site


async def supervisor(site: Site) -> BrowserLike:
    await site.user("jefa", Role.SUPERVISOR)
    return await browser_of(site, "jefa")


async def page_of(browser: BrowserLike, path: str) -> str:
    answer = await browser.page(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def every_twelfth_opens(browser: BrowserLike, page: str) -> list[str]:
    """The addresses behind the page's figures, after some of them were opened."""
    links = _LINK.findall(page)
    assert len(links) > 40
    for address, figure in links[::12]:
        listed = await page_of(browser, unescape(address))
        assert listed.count("<time>") == int(figure), address
        assert f'<p class="muted">{figure} llamada' in listed
    return [address for address, _ in links]


async def test_figures_open_as_many_calls_as_they_say(golden: Site) -> None:
    browser = await supervisor(golden)
    await every_twelfth_opens(browser, await page_of(browser, f"/informes/att?mes={MONTH}"))


async def test_figures_of_each_part_open_its_calls(database: Database, directory: SmartflexStore) -> None:
    await reported(database, HIGHER, kept=False)
    async with open_site(database, directory, HIGHER) as site:
        browser = await supervisor(site)
        page = await page_of(browser, f"/informes/att?mes={MONTH}")
        assert "del 1 al 14" in page
        assert "del 15 al 31" in page
        opened = await every_twelfth_opens(browser, page)
    assert all("parte=" in address for address in opened if "internal" not in address)


async def test_whoever_lists_calls_is_written_down(golden: Site) -> None:
    browser = await supervisor(golden)
    for more in ("", "&dia=2"):
        await page_of(browser, f"/informes/att/llamadas?mes={MONTH}&cifra=within&linea=101{more}")
    async with golden.database.reading() as connection:
        query = select(audit_log.c.who, audit_log.c.details).where(audit_log.c.what == AuditAction.CALLS_LISTED.value)
        noted = (await connection.execute(query.order_by(audit_log.c.id))).all()
    of_month = {"month": "2026-10", "figure": "within", "line": "101", "after": 0}
    assert [tuple(each) for each in noted] == [("jefa", of_month), ("jefa", {**of_month, "day": 2})]


async def test_a_month_is_closed_on_its_page_and_then_says_so(golden: Site) -> None:
    browser = await supervisor(golden)
    form = {"csrf": browser.csrf, "mes": str(MONTH), "motivo": ""}
    answer = await browser.send("POST", "/informes/att/cierre", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/informes/att?mes=2026-10")
    assert "versión 1, cerrada el" in await page_of(browser, f"/informes/att?mes={MONTH}")


async def test_a_closed_month_whose_records_changed_says_what_and_wants_a_reason(golden: Site) -> None:
    browser = await supervisor(golden)
    form = {"csrf": browser.csrf, "mes": str(MONTH)}
    await browser.send("POST", "/informes/att/cierre", data=form)
    await record(golden.database, caller(900, "abandoned", "101"))
    assert "Los registros cambiaron" in await page_of(browser, f"/informes/att?mes={MONTH}")
    answer = await browser.send("POST", "/informes/att/cierre", data=form)
    assert "Escriba por qué" in await page_of(browser, answer.headers["location"])
    answer = await browser.send("POST", "/informes/att/cierre", data={**form, "motivo": "Faltaba una llamada"})
    assert "versión 2, cerrada el" in await page_of(browser, answer.headers["location"])


@pytest.mark.parametrize("asked", ["mes=2026-13", "mes=2199-01", "mes=x"])
async def test_what_is_no_month_is_refused_in_words(site: Site, asked: str) -> None:
    browser = await supervisor(site)
    answer = await browser.page(f"/informes/att?{asked}")
    assert answer.status_code == 422
    assert "mes" in answer.text


async def test_a_month_before_the_first_rule_has_no_report(site: Site) -> None:
    browser = await supervisor(site)
    assert (await browser.page("/informes/att?mes=2018-01")).status_code == 404
    assert (await browser.page("/informes/att/llamadas?mes=2018-01&cifra=within")).status_code == 404
    assert (await browser.page(f"/informes/att/llamadas?mes={MONTH}&cifra=nada")).status_code == 404
