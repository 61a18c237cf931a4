"""The command line. Exit codes: 0 done, 1 a difference or fault was found, 2 wrong use, 3 something is missing."""

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from ami_bridge.replay import replay_ami, replay_queue_log
from callcenter.centre import Centre, CentreFileError, load
from callcenter.clock import as_datetime, now_us
from callcenter.database import Database
from callcenter.database_problems import DatabaseProblem
from callcenter.settings import Settings
from reports.att import AttReport, att_report
from reports.month import BadMonth, Month
from reports.render.att_table import as_csv, as_json, headings, notes, table
from troncal import cli_centre, installation
from troncal.installation import SettingsError
from troncal.machines.supervisor import ChildFailed
from troncal.places import NoMachines
from troncal.simulation import NotCarriedOut
from troncal.simulator.sipp import SimulationError

FAULT, MISSING = 1, 3

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Call-centre telephony and IVR on Asterisk 22.")
report_app = typer.Typer(no_args_is_help=True, help="Monthly and other reports.")
asterisk_app = typer.Typer(no_args_is_help=True, help="Asterisk's configuration.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
app.add_typer(cli_centre.app)
app.add_typer(report_app, name="report")
app.add_typer(asterisk_app, name="asterisk")
app.add_typer(db_app, name="db")
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


def main() -> None:
    """Entry point of the `troncal` command. Faults are told in one line; only defects show a trace."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        app()
    except CentreFileError as error:
        _stop("\n".join([f"{error.path}:", *(f"  {fault}" for fault in error.faults)]), FAULT)
    except (SettingsError, DatabaseProblem, NoMachines, ChildFailed, SimulationError, NotCarriedOut) as error:
        _stop(str(error), MISSING)
    except OSError as error:
        _stop(str(error), FAULT)


def _stop(text: str, code: int) -> NoReturn:
    err.print(text, style="red", markup=False)
    sys.exit(code)


def _centre(settings: Settings) -> Centre:
    return load(settings.centre)


@app.command()
def replay(
    ami: Annotated[list[Path] | None, typer.Option(help="raw AMI text as it came off the wire")] = None,
    queue_log: Annotated[list[Path] | None, typer.Option(help="an Asterisk queue_log file")] = None,
) -> None:
    """Fold recordings without a database; print one JSON object a queue entry, then one an anomaly."""
    if not ami and not queue_log:
        _stop("name at least one recording: --ami FILE or --queue-log FILE", 2)
    for path in ami or []:
        _print_objects(replay_ami(path))
    for path in queue_log or []:
        _print_objects(replay_queue_log(path))


def _print_objects(objects: list[dict[str, object]]) -> None:
    for each in objects:
        sys.stdout.write(json.dumps(each, ensure_ascii=False) + "\n")


@report_app.command("att")
def report_att(
    month: Annotated[str, typer.Argument(help="year and month, 2026-10")],
    csv: Annotated[bool, typer.Option("--csv", help="as CSV")] = False,
    json_: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """The monthly service level for the ATT, per line and in total."""
    settings = installation.settings()
    centre = _centre(settings)
    try:
        wanted = Month.parse(month, as_datetime(now_us(), centre.zone).date())
    except BadMonth as error:
        _stop(str(error), 2)
    try:
        report = asyncio.run(_att(settings, centre, wanted))
    except LookupError as error:
        _stop(str(error), FAULT)
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
    grid = Table(title=f"Nivel de servicio para la ATT - {report.month}  (* línea medida)")
    for index, heading in enumerate(headings(report)):
        grid.add_column(heading, justify="left" if index < 2 else "right")
    for row in table(report):
        grid.add_row(*row)
    out.print(grid)
    aside = Table(show_header=False, title="Aparte (líneas medidas / todo el centro)")
    for (name, measured), (_, everything) in zip(
        notes(report, report.measured), notes(report, report.everything), strict=True
    ):
        aside.add_row(name, measured, everything)
    out.print(aside)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to what this version needs; makes a SQLite file where there is none."""
    from migrations import upgrade

    settings = installation.settings()
    asyncio.run(upgrade(settings.database))
    out.print(f"the database is up to date: {Database(settings.database)}")


if __name__ == "__main__":
    main()
