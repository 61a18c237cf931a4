"""A campaign's report through the interface: the page, the files, who may have them, and that it is written down."""

import asyncio
import csv
import io
import os
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from agent_api.reports.campaign_reports import CampaignName
from agent_api.reports.making import pieces
from callcenter.audit import AuditAction
from callcenter.records.users import audit_log
from callcenter.roles import Role
from reports.export import running
from reports.export.order import FILES, ExportForm
from reports.export.running import ReportNotMade
from reports.render.media import MEDIA_TYPES
from tests.agent_api.api_site import Site
from tests.agent_api.web.browser_like import browser_of
from tests.reports.campaign.made_campaigns import ABOUT
from tests.reports.campaign.recorded_campaign import CAMPAIGN_ID, record_campaign
from tests.waiting import eventually

pytestmark = pytest.mark.database
CAMPAIGN = CampaignName(CAMPAIGN_ID, ABOUT.name, ABOUT.title)


@pytest.fixture
async def called(site: Site) -> AsyncIterator[Site]:
    """An interface to a centre with a campaign."""
    await record_campaign(site.database)
    yield site


def path(form: str, campaign_id: int = CAMPAIGN_ID) -> str:
    return f"/api/campaigns/{campaign_id}/report.{form}"


async def taken(site: Site) -> list[tuple[str, Any]]:
    """Who took which report, by the audit log."""
    noted = select(audit_log.c.who, audit_log.c.details).where(
        audit_log.c.what == AuditAction.CAMPAIGN_REPORT_TAKEN.value
    )
    async with site.database.reading() as connection:
        return [(row.who, row.details) for row in (await connection.execute(noted.order_by(audit_log.c.id))).all()]


async def test_supervisors_take_the_report_as_a_workbook_a_pdf_and_csv(called: Site) -> None:
    headers = await called.supervisor()
    answers = {form: await called.http.get(path(form), headers=headers) for form in ("xlsx", "pdf", "csv")}
    for form, answer in answers.items():
        assert answer.status_code == 200, answer.text
        name = rf'attachment; filename="{ABOUT.name}-\d{{4}}-\d\d-\d\d\.{form}"'
        assert re.fullmatch(name, answer.headers["content-disposition"])
        assert (answer.headers["cache-control"], int(answer.headers["content-length"])) == (
            "no-store",
            len(answer.content),
        )
    book = CalamineWorkbook.from_filelike(io.BytesIO(answers["xlsx"].content))
    assert [row[0] for row in book.get_sheet_by_name("Clientes gestionados").to_python()] == ["Código", "C1", "", "C3"]
    pages = PdfReader(io.BytesIO(answers["pdf"].content)).pages
    assert "Ana Rojas" in "".join(page.extract_text() for page in pages)
    assert ["C1", "Cliente 1"] in [row[:2] for row in csv.reader(answers["csv"].text.splitlines(), delimiter=";")]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_each_file_that_is_taken_is_written_down_with_who_took_it(called: Site) -> None:
    headers = await called.supervisor()
    for form in ("csv", "pdf"):
        assert (await called.http.get(path(form), headers=headers)).status_code == 200
    assert await taken(called) == [("jefa", {"campaign": ABOUT.name, "form": form}) for form in ("csv", "pdf")]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("asked", [path("xlsx", 999), path("page"), path("docx"), path("XLSX")])
async def test_what_is_not_there_is_not_found_and_not_written_down(called: Site, asked: str) -> None:
    answer = await called.http.get(asked, headers=await called.supervisor())
    assert (answer.status_code, answer.json()) == (404, {"detail": "No existe esta dirección."})
    assert await taken(called) == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_agents_may_not(called: Site) -> None:
    headers = await called.agent("1003")
    assert (await called.http.get(path("csv"), headers=headers)).status_code == 403
    assert (await called.http.get(path("csv"))).status_code == 401
    assert await taken(called) == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_page_shows_figures_charts_and_tables_and_names_no_customer(called: Site) -> None:
    await called.user("jefa", Role.SUPERVISOR)
    shown = await (await browser_of(called, "jefa")).page(f"/campanas/{CAMPAIGN_ID}/informe")
    assert shown.status_code == 200
    for said in ("Informe de campaña", ABOUT.title, "Efectividad", "100,00 %", "Por agente", "Ana Rojas", "<polyline"):
        assert said in shown.text, said
    for form in ("xlsx", "pdf", "csv"):
        assert f'href="{path(form)}"' in shown.text
    assert "Cliente 1" not in shown.text
    assert await taken(called) == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_campaign_that_is_not_there_has_no_page(called: Site) -> None:
    await called.user("jefa", Role.SUPERVISOR)
    assert (await (await browser_of(called, "jefa")).page("/campanas/999/informe")).status_code == 404


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_database_that_does_not_answer_is_said_to_be_away(
    called: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = await called.supervisor()
    monkeypatch.setattr(type(called.database), "address", "sqlite:////nowhere/records.sqlite")
    answer = await called.http.get(path("csv"), headers=headers)
    assert answer.status_code == 503 and "base de datos" in answer.json()["detail"]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_report_that_cannot_be_made_is_a_defect_that_says_why(
    called: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "COMMAND", ("/bin/sh", "-c", "echo no reason >&2; exit 9"))
    with pytest.raises(ReportNotMade, match="exit 9: no reason"):
        await called.app.state.parts.reports.campaigns.shown(CAMPAIGN)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_process_ends_with_whoever_asked(
    called: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    begun = tmp_path / "pid"
    command = ("/bin/sh", "-c", f"echo $$ > {begun}.new; mv {begun}.new {begun}; exec sleep 600")
    monkeypatch.setattr(running, "COMMAND", command)
    asked = asyncio.create_task(called.app.state.parts.reports.campaigns.shown(CAMPAIGN))
    await eventually(begun.exists)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


def test_a_file_is_sent_in_pieces_and_closed() -> None:
    file = io.BytesIO(bytes(600_000))
    assert [len(each) for each in pieces(file)] == [262_144, 262_144, 75_712]
    assert file.closed


def test_each_form_of_a_file_has_its_media_type() -> None:
    assert set(MEDIA_TYPES) == FILES | {ExportForm.JSON}
