"""What an operator does now and then: render the configuration, upgrade the database, add users, run the doctor."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

import migrations
from agent_api.accounts.passwords import AccountError, Passwords
from agent_api.accounts.user_store import NewUser, create_user
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.operator_problem import OperatorProblem
from callcenter.roles import Role
from callcenter.settings import Settings
from ivr.menus import file as menu_file
from ivr.menus.dialplan import compile_menus
from troncal.installation import doctor, state_folder
from troncal.installation import menus as installed_menus
from troncal.installation.findings import Health
from troncal.installation.places import Places
from troncal.machines import asterisk_conf

out = Console(highlight=False)
COLOURS = {Health.GOOD: "green", Health.NOTE: "yellow", Health.FAULT: "red"}


class NotAdded(OperatorProblem):
    """The user cannot be made; says why."""

    exit_code = 1


def render(folder: Path | None) -> None:
    """Check the centre file, render Asterisk's configuration, and write it where a folder is given."""
    settings = state_folder.settings()
    centre = load(settings.centre)
    places = Places.found(settings, centre)
    menus = compile_menus(menu_file.load(settings.menus, installed_menus.known(centre)), tuple(centre.lines_by_number))
    files = asterisk_conf.render(centre, places.node_conf(as_datetime(now_us(), centre.zone).date(), menus))
    if folder is not None:
        asterisk_conf.write(files, folder)
    where = f" in {folder}" if folder is not None else ""
    out.print(f"{settings.centre.name} is right: {len(files)} files{where}", markup=False)


def upgrade() -> None:
    """Bring the tables up to date."""
    settings = state_folder.settings()
    asyncio.run(migrations.upgrade(settings.database))
    out.print(f"the database is up to date: {Database(settings.database)}", markup=False)


def add_user(login: str, role: Role, name: str, extension: str | None, password: str) -> None:
    """Make a user. Raises NotAdded."""
    settings = state_folder.settings()
    try:
        asyncio.run(_add_user(settings, NewUser(login, name or login, role, extension), password))
    except AccountError as error:
        raise NotAdded(str(error)) from error
    out.print(f"{login} may now log in as {role}", markup=False)


async def _add_user(settings: Settings, new: NewUser, password: str) -> None:
    database = Database(settings.database)
    try:
        await database.require_current_schema()
        await create_user(database, Passwords(), new, password, by="troncal", now_us=now_us())
    finally:
        await database.close()


def examine() -> bool:
    """Print every finding; False when one of them is a fault."""
    findings = asyncio.run(doctor.examine())
    grid = Table(title="troncal doctor")
    for heading in ("what", "found", "to do"):
        grid.add_column(heading, overflow="fold")
    for finding in findings:
        what = f"[{COLOURS[finding.health]}]{finding.what}[/]"
        grid.add_row(what, escape(finding.found), escape(finding.to_do))
    out.print(grid)
    return all(finding.health is not Health.FAULT for finding in findings)
