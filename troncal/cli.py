"""The command line. Exit codes: 0 done, 1 a difference or fault was found, 2 wrong use, 3 something is missing."""

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich import box
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table

from agent_api.accounts import AccountError, NewUser, Passwords, create_user
from ami_bridge.replay import replay_ami, replay_queue_log
from callcenter.centre import Centre, CentreFileError, load
from callcenter.clock import as_datetime, now_us
from callcenter.database import Database
from callcenter.database_problems import DatabaseProblem
from callcenter.records.people import Role
from callcenter.settings import Settings
from reports.att import AttReport, att_report
from reports.month import BadMonth, Month
from reports.render.att_table import as_csv, as_json, headings, notes, table
from troncal import asterisk_conf, cli_centre, doctor, installation
from troncal.installation import SettingsError
from troncal.machines.supervisor import ChildFailed
from troncal.places import NoMachines, Places
from troncal.simulation import NotCarriedOut
from troncal.simulator.sipp import SimulationError

FAULT, MISSING = 1, 3

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Call-centre telephony and IVR on Asterisk 22.")
report_app = typer.Typer(no_args_is_help=True, help="Monthly and other reports.")
asterisk_app = typer.Typer(no_args_is_help=True, help="Asterisk's configuration.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
user_app = typer.Typer(no_args_is_help=True, help="Users of the desk and the floor.")
app.add_typer(cli_centre.app)
app.add_typer(user_app, name="user")
app.add_typer(report_app, name="report")
app.add_typer(asterisk_app, name="asterisk")
app.add_typer(db_app, name="db")
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


def main() -> None:
    """Entry point of the `troncal` command. Faults are told in one line; only defects show a trace."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
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


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to what this version needs; makes a SQLite file where there is none."""
    from migrations import upgrade

    settings = installation.settings()
    asyncio.run(upgrade(settings.database))
    out.print(f"the database is up to date: {Database(settings.database)}")


@asterisk_app.command("render")
def asterisk_render(
    folder: Annotated[Path | None, typer.Option("--to", help="write the files into this folder")] = None,
) -> None:
    """Check the centre file and render Asterisk's configuration from it; without --to only check."""
    settings = installation.settings()
    centre = _centre(settings)
    places = Places.found(settings, centre)
    files = asterisk_conf.render(centre, places.node_conf(as_datetime(now_us(), centre.zone).date()))
    if folder is not None:
        asterisk_conf.write(files, folder)
    where = f" in {folder}" if folder is not None else ""
    out.print(f"{settings.centre.name} is right: {len(files)} files{where}", markup=False)


@user_app.command("add")
def user_add(
    login: Annotated[str, typer.Argument()],
    role: Annotated[Role, typer.Option(help="what the user may do")] = Role.AGENT,
    name: Annotated[str, typer.Option(help="as shown to others")] = "",
    extension: Annotated[str | None, typer.Option(help="of an agent's phone")] = None,
    password: Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)] = "",
) -> None:
    """Make a user of the desk and the floor."""
    settings = installation.settings()
    try:
        asyncio.run(_add_user(settings, NewUser(login, name or login, role, extension), password))
    except AccountError as error:
        _stop(str(error), FAULT)
    out.print(f"{login} may now log in as {role.value}", markup=False)


async def _add_user(settings: Settings, new: NewUser, password: str) -> None:
    database = Database(settings.database)
    try:
        await database.require_current_schema()
        await create_user(database, Passwords(), new, password, by="troncal", now_us=now_us())
    finally:
        await database.close()


@app.command("doctor")
def doctor_command() -> None:
    """Check what the centre needs, and say of each fault what to do about it."""
    grid = Table(title="troncal doctor")
    for heading in ("what", "found", "to do"):
        grid.add_column(heading, overflow="fold")
    findings = asyncio.run(doctor.examine())
    for finding in findings:
        mark = {doctor.Health.GOOD: "green", doctor.Health.NOTE: "yellow", doctor.Health.FAULT: "red"}[finding.health]
        grid.add_row(f"[{mark}]{finding.what}[/]", escape(finding.found), escape(finding.to_do))
    out.print(grid)
    if any(finding.health is doctor.Health.FAULT for finding in findings):
        raise typer.Exit(FAULT)


if __name__ == "__main__":
    main()
