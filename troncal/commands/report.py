"""`troncal report`: figures on the terminal, as CSV or as JSON, or in files for people."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from enum import Enum, auto
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table

from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.operator_problem import OperatorProblem
from reports.att import sheet as att_sheet
from reports.att.figures import AttReport
from reports.att.queries import read_att_report
from reports.campaign.document import Made, campaign_document
from reports.campaign.order import CampaignNotFound
from reports.campaign.queries import read_campaign_report
from reports.ivr_paths import sheet as ivr_sheet
from reports.ivr_paths.figures import IvrReport
from reports.ivr_paths.queries import read_ivr_report
from reports.periods.half_year import BadHalfYear, HalfYear
from reports.periods.month import BadMonth, Month
from reports.render.document import ReportDocument
from reports.render.files import UnknownForm, write_file, writer_of
from reports.render.terminal import printed
from reports.satisfaction import sheet as satisfaction_sheet
from reports.satisfaction.document import satisfaction_document
from reports.satisfaction.figures import SatisfactionReport
from reports.satisfaction.queries import read_satisfaction_report
from troncal.installation import state_folder

out = Console(highlight=False)
T = TypeVar("T")
R = TypeVar("R", contravariant=True)


class WrongMonth(OperatorProblem):
    """No month or half-year, or one that has not begun."""

    exit_code = 2


class NoRule(OperatorProblem):
    """There is no rule for that month or half-year."""

    exit_code = 1


class WrongCampaign(OperatorProblem):
    """There is no campaign of that name."""

    exit_code = 1


class TwoForms(OperatorProblem):
    """A report was asked for in two forms at once."""

    exit_code = 2


class WrongFile(OperatorProblem):
    """The name of a file does not say in which form the report is to be written."""

    exit_code = 2


class Form(Enum):
    """How a report is printed."""

    TABLE = auto()
    CSV = auto()
    JSON = auto()


def form_of(*, csv: bool, json: bool) -> Form:
    """The form that was asked for. Raises TwoForms."""
    if csv and json:
        raise TwoForms("a report is printed as CSV or as JSON: --csv or --json")
    return Form.CSV if csv else Form.JSON if json else Form.TABLE


def att(month: str, form: Form) -> None:
    """Print the month's report for the ATT. Raises OperatorProblem."""
    report = _made(month, Month.parse, read_att_report)
    _print(report, form, _print_att, att_sheet)


def ivr(month: str, form: Form) -> None:
    """Print what callers did in the menus in the month. Raises OperatorProblem."""
    report = _made(month, Month.parse, read_ivr_report)
    _print(report, form, _print_ivr, ivr_sheet)


def satisfaction(half_year: str, form: Form, files: Sequence[Path] = ()) -> None:
    """Print the half-year's satisfaction by survey (COM-DSC-P01), or write it to files. Raises OperatorProblem."""
    _check(files, form)
    report, document = _made(half_year, HalfYear.parse, _read_satisfaction)
    if files:
        _write(document, files)
    else:
        _print(report, form, lambda _: out.print(printed(document)), satisfaction_sheet)


def campaign(name: str, files: Sequence[Path] = ()) -> None:
    """Print what a campaign came to (GC-PRC-OPE-ASE-02, K), or write it to files. Raises OperatorProblem."""
    _check(files, Form.TABLE)
    document = _made(name, lambda text, _: text, _read_campaign)
    if files:
        _write(document, files)
    else:
        out.print(printed(document))


# -- out of the records ------------------------------------------------------------------------------------

P = TypeVar("P")
Maker = Callable[[Database, Centre, P], Awaitable[T]]


def _made(text: str, parse: Callable[[str, date], P], make: Maker[P, T]) -> T:
    """The report of the period or campaign that the text names."""
    settings = state_folder.settings()
    centre = load(settings.centre)
    try:
        period = parse(text, as_datetime(now_us(), centre.zone).date())
        return asyncio.run(_with_database(settings.database, centre, period, make))
    except (BadMonth, BadHalfYear) as error:
        raise WrongMonth(str(error)) from error
    except CampaignNotFound as error:
        raise WrongCampaign(str(error)) from error
    except LookupError as error:
        raise NoRule(str(error)) from error


async def _with_database(url: str, centre: Centre, period: P, make: Maker[P, T]) -> T:
    database = Database(url)
    try:
        await database.require_current_schema()
        return await make(database, centre, period)
    finally:
        await database.close()


async def _read_satisfaction(
    database: Database, centre: Centre, half_year: HalfYear
) -> tuple[SatisfactionReport, ReportDocument]:
    report = await read_satisfaction_report(database, centre, half_year)
    return report, satisfaction_document(report, centre, as_datetime(now_us(), centre.zone))


async def _read_campaign(database: Database, centre: Centre, name: str) -> ReportDocument:
    read = await read_campaign_report(database, centre.zone, name)
    made = Made(centre.about.name, centre.zone, as_datetime(now_us(), centre.zone), read.agents)
    return campaign_document(read.report, made)


# -- to files ----------------------------------------------------------------------------------------------


def _check(files: Sequence[Path], form: Form) -> None:
    """Before anything is read. Raises TwoForms and WrongFile."""
    if files and form is not Form.TABLE:
        raise TwoForms("a report is printed or written to files: --csv and --json print, --to writes")
    try:
        for path in files:
            writer_of(path)
    except UnknownForm as error:
        raise WrongFile(str(error)) from error


def _write(document: ReportDocument, files: Sequence[Path]) -> None:
    for path in files:
        write_file(document, path)
        out.print(f"written: {path}", markup=False, soft_wrap=True)


# -- on the terminal ---------------------------------------------------------------------------------------


class _Rendering(Protocol[R]):
    """The sheet module of a report."""

    @property
    def as_csv(self) -> Callable[[R], str]: ...
    @property
    def as_json(self) -> Callable[[R], dict[str, Any]]: ...


def _print(report: R, form: Form, print_table: Callable[[R], None], rendering: _Rendering[R]) -> None:
    match form:
        case Form.TABLE:
            print_table(report)
        case Form.CSV:
            sys.stdout.write(rendering.as_csv(report))
        case Form.JSON:
            sys.stdout.write(json.dumps(rendering.as_json(report), ensure_ascii=False, indent=2) + "\n")


def _print_att(report: AttReport) -> None:
    title = f"Nivel de servicio para la ATT - {report.month}  (* línea medida)"
    grid = Table(title=title, box=box.SIMPLE_HEAD, padding=0)
    for index, heading in enumerate(att_sheet.headings(report)):
        least = 12 if index == 1 else max(9 if index in (0, 7) else 0, len(heading))
        side: JustifyMethod = "left" if index < 2 else "right"
        most = 20 if index == 1 else None
        grid.add_column(heading, justify=side, no_wrap=True, overflow="ellipsis", min_width=least, max_width=most)
    for row in att_sheet.table(report):
        grid.add_row(*row)
    out.print(grid)
    _print_table("Contado aparte, por línea", att_sheet.ASIDE_HEADINGS, att_sheet.aside(report), left=1)
    rows = [
        (name, measured, everything)
        for (name, measured), (_, everything) in zip(
            att_sheet.notes(report, report.measured), att_sheet.notes(report, report.everything), strict=True
        )
    ]
    _print_table("Contado aparte", ("", "líneas medidas", "todo el centro"), rows, left=1)


def _print_ivr(report: IvrReport) -> None:
    _print_table(f"Menús - {report.month}", ivr_sheet.HEADINGS, ivr_sheet.table(report), left=2)
    _print_table("Teclas", ivr_sheet.KEY_HEADINGS, ivr_sheet.keys(report), left=4)
    _print_table("Autoservicios", ivr_sheet.SERVICE_HEADINGS, ivr_sheet.services(report), left=3)
    _print_table("Colgaron en el menú", ivr_sheet.HANG_UP_HEADINGS, ivr_sheet.hang_ups(report), left=4)


def _print_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, left: int) -> None:
    """A table whose first `left` columns are words and the rest figures; nothing without rows."""
    rows = list(rows)
    if not rows:
        return
    grid = Table(title=title, box=box.SIMPLE_HEAD, padding=0)
    for index, heading in enumerate(headings):
        grid.add_column(heading, justify="left" if index < left else "right", no_wrap=index >= left)
    for row in rows:
        grid.add_row(*row)
    out.print(grid)
