"""The process that makes reports: what it makes, what it says, and that it ends with whoever asked."""

import asyncio
import io
import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from callcenter.clock import now_us
from callcenter.database.problems import DatabaseUnavailable
from callcenter.database.transactions import Database
from callcenter.operator_problem import OperatorProblem
from reports.export import running
from reports.export.files import ReportFiles
from reports.export.mailed_files import MailedFiles
from reports.export.order import ExportForm, ExportOrder, KindOrder, as_json, order_of
from reports.export.progress import READING, ExportProgress
from reports.export.running import NoRoomForReport, ReportNotMade, ReportNotPossible, run_export
from reports.kinds.days import RelativePeriod
from reports.kinds.request import BadRequest, ReportRequest
from tests.conftest import Databases
from tests.reports.recorded_month import CENTRE
from tests.waiting import eventually

pytestmark = pytest.mark.database
REQUEST = ReportRequest(period=RelativePeriod.LAST_MONTH, lines=("101",), compare=True)


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@dataclass
class Run:
    """One run: what it heard, what it wrote."""

    heard: list[ExportProgress] = field(default_factory=list)
    written: bytes = b""


async def run(
    address: str, form: ExportForm = ExportForm.JSON, name: str = "menus", request: ReportRequest = REQUEST
) -> Run:
    made = Run()
    with TemporaryFile() as out:
        order = ExportOrder(address, KindOrder(name, request), form, CENTRE, now_us(), out.fileno())
        await run_export(order, made.heard.append)
        out.seek(0)
        made.written = out.read()
    return made


def test_an_order_is_read_back_as_it_was_with_the_whole_centre() -> None:
    order = ExportOrder("sqlite://", KindOrder("menus", REQUEST), ExportForm.PDF, CENTRE, 1, 7)
    assert order_of(as_json(order)) == order


async def test_the_report_that_was_asked_for_is_made(database: Database) -> None:
    made = await run(database.address)
    data = json.loads(made.written)
    assert [row["linea"] for row in data["tables"][0]["rows"]] == ["101"]
    assert data["key_figures"][0]["before"] == 0
    assert made.heard[0] == READING


async def test_a_database_that_is_away_is_said_to_be() -> None:
    with pytest.raises(DatabaseUnavailable, match="nowhere"):
        await run("sqlite:////nowhere/records.sqlite")


@pytest.mark.parametrize(
    ("name", "request_", "why"),
    [
        ("nada", REQUEST, "no existe el informe"),
        ("menus", ReportRequest(period=RelativePeriod.TODAY, lines=("999",)), "no existe la línea"),
        ("satisfaccion", ReportRequest(period=RelativePeriod.LAST_MONTH), "semestre entero"),
    ],
)
async def test_what_cannot_be_made_says_why(database: Database, name: str, request_: ReportRequest, why: str) -> None:
    with pytest.raises(ReportNotPossible, match=why):
        await run(database.address, name=name, request=request_)


@pytest.mark.parametrize("form", [ExportForm.XLSX, ExportForm.PDF, ExportForm.CSV, ExportForm.PAGE])
async def test_a_full_disk_is_no_defect(database: Database, form: ExportForm) -> None:
    full = os.open("/dev/full", os.O_RDWR)
    order = ExportOrder(database.address, KindOrder("menus", REQUEST), form, CENTRE, now_us(), full)
    with pytest.raises(NoRoomForReport, match="No space left"):
        await run_export(order)
    os.close(full)


async def test_a_defect_says_what_the_process_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "COMMAND", ("/bin/sh", "-c", "echo no reason >&2; exit 9"))
    with pytest.raises(ReportNotMade, match="exit 9: no reason"):
        await run("sqlite://")


async def test_the_process_ends_with_whoever_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    begun = tmp_path / "pid"
    command = ("/bin/sh", "-c", f"echo $$ > {begun}.new; mv {begun}.new {begun}; exec sleep 600")
    monkeypatch.setattr(running, "COMMAND", command)
    asked = asyncio.create_task(run("sqlite://"))
    await eventually(begun.exists)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


async def test_what_a_process_wrote_beside_its_file_goes_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(running, "COMMAND", ("/bin/sh", "-c", 'echo rows > "$TMPDIR/rows"; exec sleep 600'))
    asked = asyncio.create_task(run("sqlite://"))
    await eventually(lambda: any(tmp_path.rglob("rows")))
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await eventually(lambda: not any(tmp_path.iterdir()))


async def test_a_file_to_send_on_is_made_of_what_was_kept(database: Database) -> None:
    asked: dict[str, Any] = {"period": "last_month"}
    content = await ReportFiles(database, CENTRE, now_us).make_file("menus", asked, "xlsx")
    assert "Menús" in CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names


async def test_a_full_disk_is_told_to_the_operator_where_nobody_waits_for_the_file(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "COMMAND", ("/bin/sh", "-c", "cat > /dev/null; echo no room for the file >&2; exit 5"))
    with pytest.raises(OperatorProblem, match="no room"):
        await MailedFiles(ReportFiles(database, CENTRE, now_us))("menus", '{"period": "last_month"}', "xlsx")


async def test_what_was_kept_and_is_no_request_is_refused(database: Database) -> None:
    with pytest.raises(BadRequest, match="no se entiende"):
        await ReportFiles(database, CENTRE, now_us).make_file("menus", {"period": "algún día"}, "xlsx")
