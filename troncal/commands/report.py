"""`troncal report`: figures on the terminal, as CSV or as JSON."""

import asyncio
import json
import sys

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table

from callcenter.centre import Centre
from callcenter.centre_file import load
from callcenter.clock import as_datetime, now_us
from callcenter.database import Database
from callcenter.problems import OperatorProblem
from callcenter.settings import Settings
from reports.att import AttReport, att_report
from reports.month import BadMonth, Month
from reports.render.att_table import as_csv, as_json, headings, notes, table
from troncal import installation

out = Console(highlight=False)


class WrongMonth(OperatorProblem):
    """No month, or one that has not begun."""

    exit_code = 2


class NoRule(OperatorProblem):
    """The centre file has no service-level rule for that month."""

    exit_code = 1


def att(month: str, *, csv: bool, json_: bool) -> None:
    """Print the month's report for the ATT. Raises OperatorProblem."""
    settings = installation.settings()
    centre = load(settings.centre)
    try:
        wanted = Month.parse(month, as_datetime(now_us(), centre.zone).date())
        report = asyncio.run(_att(settings, centre, wanted))
    except BadMonth as error:
        raise WrongMonth(str(error)) from error
    except LookupError as error:
        raise NoRule(str(error)) from error
    if csv:
        sys.stdout.write(as_csv(report))
    elif json_:
        sys.stdout.write(json.dumps(as_json(report), ensure_ascii=False, indent=2) + "\n")
    else:
        _print_report(report)


async def _att(settings: Settings, centre: Centre, month: Month) -> AttReport:
    database = Database(settings.database)
    try:
        await database.require_current_schema()
        return await att_report(database, centre, month)
    finally:
        await database.close()


def _print_report(report: AttReport) -> None:
    title = f"Nivel de servicio para la ATT - {report.month}  (* línea medida)"
    grid = Table(title=title, box=box.SIMPLE_HEAD, padding=0)
    for index, heading in enumerate(headings(report)):
        least = 12 if index == 1 else max(9 if index in (0, 7) else 0, len(heading))
        side: JustifyMethod = "left" if index < 2 else "right"
        most = 20 if index == 1 else None
        grid.add_column(heading, justify=side, no_wrap=True, overflow="ellipsis", min_width=least, max_width=most)
    for row in table(report):
        grid.add_row(*row)
    out.print(grid)
    aside = Table(title="Contado aparte", box=box.SIMPLE_HEAD, padding=0)
    for heading in ("", "líneas medidas", "todo el centro"):
        aside.add_column(heading, justify="right" if heading else "left")
    for (name, measured), (_, everything) in zip(
        notes(report, report.measured), notes(report, report.everything), strict=True
    ):
        aside.add_row(name, measured, everything)
    out.print(aside)
