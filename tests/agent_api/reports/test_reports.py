"""The reports of the catalogue through the interface: their list, their forms, refusals, and what is written down."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from agent_api.web import reports as asked_by_address
from callcenter.audit import AuditAction
from callcenter.records.users import audit_log
from callcenter.roles import Role
from reports.catalogue import CATALOGUE, find
from reports.export import running
from tests.agent_api.api_site import Site
from tests.agent_api.web.browser_like import browser_of
from tests.conftest import Databases
from tests.reports.recorded_month import caller, record

pytestmark = pytest.mark.database
OCTOBER = "from=2026-10-01&to=2026-10-31"


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: that both give the same is each report's own test."""
    return sqlite_databases


async def get(site: Site, path: str, headers: dict[str, str] | None = None) -> Any:
    return await site.http.get(path, headers=headers or await site.supervisor())


async def taken(site: Site) -> list[tuple[str, Any]]:
    """Who took which report, by the audit log."""
    noted = select(audit_log.c.who, audit_log.c.details).where(audit_log.c.what == AuditAction.REPORT_TAKEN.value)
    async with site.database.reading() as connection:
        return [(row.who, row.details) for row in (await connection.execute(noted.order_by(audit_log.c.id))).all()]


async def test_the_list_has_every_report_with_what_it_takes(site: Site) -> None:
    listed = (await get(site, "/api/reports")).json()["reports"]
    assert [each["name"] for each in listed] == [kind.name for kind in CATALOGUE]
    [menus] = [each for each in listed if each["name"] == "menus"]
    assert (menus["days"], menus["filters"], "last_month" in menus["periods"]) == ("days", ["line"], True)


async def test_a_report_is_taken_as_data_as_a_workbook_a_pdf_and_csv(site: Site) -> None:
    await record(site.database, [*caller(1, "served"), *caller(2, "menu"), *caller(3, "answered", line="101")])
    headers = await site.supervisor()
    answers = {
        form: await get(site, f"/api/reports/menus.{form}?{OCTOBER}&line=102", headers)
        for form in ("json", "xlsx", "pdf", "csv")
    }
    for form, answer in answers.items():
        assert answer.status_code == 200, answer.text
        named = f'attachment; filename="menus-2026-10-01-2026-10-31.{form}"'
        assert answer.headers["content-disposition"] == named
        assert answer.headers["cache-control"] == "no-store"
    data = answers["json"].json()
    assert {each["key"]: each["value"] for each in data["key_figures"]}["llamadas"] == 2
    book = CalamineWorkbook.from_filelike(io.BytesIO(answers["xlsx"].content))
    assert book.get_sheet_by_name("Menús").to_python()[1][:3] == ["102", "Facturación", 2]
    assert "Octubre de 2026; línea 102" in PdfReader(io.BytesIO(answers["pdf"].content)).pages[0].extract_text()
    rows = list(csv.reader(answers["csv"].text.splitlines(), delimiter=";"))
    assert ["102", "Facturación", "2", "2", "1", "50,00%"] in rows
    assert await taken(site) == []


async def test_each_key_figure_is_compared_with_the_time_before(site: Site) -> None:
    await record(site.database, [*caller(1, "served"), *caller(2, "menu")])
    path = "/api/reports/menus.json?from=2026-11-01&to=2026-11-30&compare=true"
    calls = (await get(site, path)).json()["key_figures"][0]
    assert (calls["value"], calls["before"], calls["difference"]) == (0, 2, -2)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "diga de qué días es el informe"),
        ("from=ayer&to=2026-10-31", "«ayer», no es una fecha"),
        ("from=2026-10-31&to=2026-10-01", "es anterior al primero"),
        ("from=2001-01-01&to=2026-10-01", "abarca 367 como mucho"),
        (f"{OCTOBER}&line=999", "no existe la línea «999»"),
        (f"{OCTOBER}&queue=101", "no se limita por cola"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused_in_spanish(site: Site, query: str, why: str) -> None:
    answer = await get(site, f"/api/reports/menus.json?{query}")
    assert answer.status_code == 422 and why in answer.json()["detail"]


@pytest.mark.parametrize("asked", ["nada.json", "menus.docx", "menus.page", "menus.JSON"])
async def test_what_is_not_there_is_not_found(site: Site, asked: str) -> None:
    answer = await get(site, f"/api/reports/{asked}?{OCTOBER}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "No existe esta dirección."})


async def test_a_database_that_does_not_answer_is_said_to_be_away(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = await site.supervisor()
    monkeypatch.setattr(type(site.database), "address", "sqlite:////nowhere/records.sqlite")
    answer = await get(site, f"/api/reports/menus.json?{OCTOBER}", headers)
    assert answer.status_code == 503 and "base de datos" in answer.json()["detail"]


async def test_who_sees_or_takes_data_of_persons_is_written_down(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    personal = replace(find("menus"), personal=True)
    monkeypatch.setattr(asked_by_address, "find", lambda _name: personal)
    monkeypatch.setattr(running, "COMMAND", ("/bin/sh", "-c", "cat > /dev/null"))
    headers = await site.supervisor()
    assert (await get(site, f"/api/reports/menus.csv?{OCTOBER}", headers)).status_code == 200
    order = {"report": "menus", "form": "pdf", "asked": {"period": "yesterday"}}
    assert (await site.http.post("/api/reports/exports", json=order, headers=headers)).status_code == 200
    noted = await taken(site)
    assert [who for who, _ in noted] == ["jefa", "jefa"]
    october = {"first_day": "2026-10-01", "last_day": "2026-10-31"}
    assert noted[0][1] == {"report": "menus", "form": "csv", **october}
    assert noted[1][1]["form"] == "pdf"


async def test_every_kind_of_the_list_is_on_every_surface(site: Site) -> None:
    """None of them names one: a kind that is added to the list needs no other line."""
    listed = [each["name"] for each in (await get(site, "/api/reports")).json()["reports"]]
    page = await browser_of(site, "jefa")
    catalogue, glossary = (await page.page("/informes")).text, (await page.page("/informes/glosario")).text
    for kind in CATALOGUE:
        assert kind.name in listed
        assert f'href="/informes/{kind.name}"' in catalogue and f'id="{kind.name}"' in glossary


async def test_the_page_shows_figures_charts_and_tables_of_the_days_that_are_chosen(site: Site) -> None:
    await record(site.database, [*caller(1, "served"), *caller(2, "menu")])
    await site.user("jefa", Role.SUPERVISOR)
    page = await browser_of(site, "jefa")
    shown = await page.page(f"/informes/menus?{OCTOBER}&line=102&compare=true")
    assert shown.status_code == 200
    for said in (
        "Octubre de 2026; línea 102",
        "50,00 %",
        "antes 0 (+2)",
        "Facturación",
        "Llamadas en los menús",
        "<rect",
    ):
        assert said in shown.text, said
    assert 'name="from" value="2026-10-01"' in shown.text
    assert 'value="102" checked' in shown.text


async def test_without_days_the_page_shows_those_that_are_over(site: Site) -> None:
    await site.user("jefa", Role.SUPERVISOR)
    page = await browser_of(site, "jefa")
    shown = await page.page("/informes/satisfaccion")
    assert shown.status_code == 200 and 'aria-current="true">El semestre pasado' in shown.text


async def test_the_page_says_what_is_wrong_beside_what_was_filled_in(site: Site) -> None:
    await site.user("jefa", Role.SUPERVISOR)
    page = await browser_of(site, "jefa")
    shown = await page.page("/informes/menus?from=2026-10-31&to=2026-10-01&line=102")
    assert shown.status_code == 422 and "es anterior al primero" in shown.text
    assert 'value="2026-10-31"' in shown.text and 'value="102" checked' in shown.text
    assert (await page.page("/informes/nada")).status_code == 404


async def test_agents_may_not(site: Site) -> None:
    headers = await site.agent("1003")
    assert (await get(site, f"/api/reports/menus.csv?{OCTOBER}", headers)).status_code == 403
    assert (await (await browser_of(site, "1003")).page("/informes")).status_code == 403
