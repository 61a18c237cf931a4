"""`troncal mail`: looks into the outbox, and puts mails into it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.operator_problem import OperatorProblem
from callcenter.outbox.mail import BadMail, Mail, MailState
from callcenter.outbox.store import MailStore, put_in
from callcenter.settings import Settings
from troncal.installation import state_folder

T = TypeVar("T")
_TEXT = "Este correo dice que los correos del centro llegan. Lo pidió operación con `troncal mail test`.\n"


class NoSuchMail(OperatorProblem):
    """No mail of that number waits to be sent again."""

    exit_code = 1


class NoAddress(OperatorProblem):
    """What is named is no mail address."""

    exit_code = 2


def listed(most: int) -> bool:
    """Print the last mails; False when somebody did not get one of them. Raises OperatorProblem."""
    settings = state_folder.settings()
    zone = load(settings.centre).zone
    rows = asyncio.run(_with_database(settings, lambda database: MailStore(database, now_us).latest(most)))
    table = Table("number", "queued", "subject", "state", "tries", "problem")
    for row in rows:
        queued = as_datetime(row.queued_us, zone).strftime("%Y-%m-%d %H:%M")
        table.add_row(str(row.id), queued, escape(row.subject), row.state, str(row.tries), escape(row.problem))
    Console().print(table)
    return not any(row.state in (MailState.REFUSED, MailState.GIVEN_UP) for row in rows)


def again(number: int) -> None:
    """Have a mail sent once more. Raises OperatorProblem."""
    settings = state_folder.settings()
    found = asyncio.run(_with_database(settings, lambda database: MailStore(database, now_us).send_again(number)))
    if not found:
        raise NoSuchMail(f"nobody waits for mail {number}: `troncal mail list` has those that were not sent")
    typer.echo(f"mail {number} is sent again by `troncal reports`")


def test(address: str) -> None:
    """Queue a mail to somebody. Raises OperatorProblem."""
    settings = state_folder.settings()
    try:
        mail = Mail(f"test:{uuid4().hex}", (address,), "Prueba de correo", _TEXT)
    except BadMail as error:
        raise NoAddress(str(error)) from error

    async def queue(database: Database) -> bool:
        return await database.write(lambda connection: put_in(connection, mail, now_us()))

    asyncio.run(_with_database(settings, queue))
    typer.echo("queued: `troncal reports` sends it, `troncal mail list` says what became of it")


async def _with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    database = Database(settings.database)
    try:
        await database.require_current_schema()
        return await work(database)
    finally:
        await database.close()
