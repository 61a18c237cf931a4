"""`troncal report`: figures on the terminal, as CSV or as JSON, or in files for people."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rich.console import Console

from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import as_datetime
from callcenter.operator_problem import OperatorProblem
from reports.att import sheet as att_sheet
from reports.att.making import MonthNow
from reports.campaign.document import Made, campaign_document
from reports.campaign.queries import CampaignNotFound, read_campaign_report
from reports.ivr_paths import sheet as ivr_sheet
from reports.ivr_paths.document import ivr_document
from reports.ivr_paths.figures import IvrReport
from reports.ivr_paths.queries import ivr_report_in
from reports.kinds.asked import Asked, Scene
from reports.kinds.days import last_of_month
from reports.periods.half_year import BadHalfYear, HalfYear
from reports.periods.month import BadMonth, Month
from reports.render.document import ReportDocument
from reports.render.files import UnknownForm, write_file, writer_of
from reports.render.terminal import printed
from reports.satisfaction import sheet as satisfaction_sheet
from reports.satisfaction.document import satisfaction_document
from reports.satisfaction.figures import SatisfactionReport
from reports.satisfaction.queries import satisfaction_report_in
from troncal.commands.att_months import write_month
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


def att(month: str, form: Form, files: Sequence[Path] = ()) -> None:
    """Print the month's report for the ATT, or write it to files. Raises OperatorProblem."""
    refuse_files(files, form)

    async def written(database: Database, centre: Centre, found: Month) -> tuple[MonthNow, ReportDocument]:
        return await write_month(database, centre, found, files)

    now, document = _made(month, Month.parse, written)
    report = now.report
    for path in files:
        out.print(f"written: {path}", markup=False, soft_wrap=True)
    if not files:
        _print(report, form, lambda _: out.print(printed(document)), att_sheet)


def ivr(month: str, form: Form) -> None:
    """Print what callers did in the menus in the month. Raises OperatorProblem."""
    report, document = _made(month, Month.parse, _read_ivr)
    _print(report, form, lambda _: out.print(printed(document)), ivr_sheet)


def satisfaction(half_year: str, form: Form, files: Sequence[Path] = ()) -> None:
    """Print the half-year's satisfaction by survey (COM-DSC-P01), or write it to files. Raises OperatorProblem."""
    refuse_files(files, form)
    report, document = _made(half_year, HalfYear.parse, _read_satisfaction)
    if files:
        write_files(document, files)
    else:
        _print(report, form, lambda _: out.print(printed(document)), satisfaction_sheet)


def campaign(name: str, files: Sequence[Path] = ()) -> None:
    """Print what a campaign came to (GC-PRC-OPE-ASE-02, K), or write it to files. Raises OperatorProblem."""
    refuse_files(files, Form.TABLE)
    document = _made(name, lambda text, _: text, _read_campaign)
    if files:
        write_files(document, files)
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
    work = partial(satisfaction_report_in, centre=centre, half_year=half_year)
    report = await database.long_read(work, limit_seconds=REPORT_SECONDS)
    return report, satisfaction_document(report, centre, as_datetime(now_us(), centre.zone))


async def _read_ivr(database: Database, centre: Centre, month: Month) -> tuple[IvrReport, ReportDocument]:
    asked = Asked(month.first_day, last_of_month(month.first_day))
    work = partial(ivr_report_in, centre=centre, asked=asked)
    report = await database.long_read(work, limit_seconds=REPORT_SECONDS)
    return report, ivr_document(report, asked, Scene(centre, as_datetime(now_us(), centre.zone)))


async def _read_campaign(database: Database, centre: Centre, name: str) -> ReportDocument:
    read = await read_campaign_report(database, centre.zone, name)
    made = Made(centre.about.name, centre.zone, as_datetime(now_us(), centre.zone), read.agents)
    return campaign_document(read.report, made)


# -- to files ----------------------------------------------------------------------------------------------


def refuse_files(files: Sequence[Path], form: Form) -> None:
    """Before anything is read. Raises TwoForms and WrongFile."""
    if files and form is not Form.TABLE:
        raise TwoForms("a report is printed or written to files: --csv and --json print, --to writes")
    try:
        for path in files:
            writer_of(path)
    except UnknownForm as error:
        raise WrongFile(str(error)) from error


def write_files(document: ReportDocument, files: Sequence[Path]) -> None:
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
