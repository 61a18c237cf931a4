"""`troncal mail`: what waits, what was not sent, and sending it again."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.outbox.mail import Answer
from callcenter.outbox.store import MailStore
from tests.conftest import SqliteDatabases
from troncal.cli import app
from troncal.commands.mail import NoAddress, NoSuchMail
from troncal.installation import state_folder

RUN = CliRunner()


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_databases: SqliteDatabases) -> str:
    made = sqlite_databases.migrated()
    monkeypatch.setenv("TRONCAL_STATE", str(tmp_path))
    monkeypatch.setenv("TRONCAL_DATABASE_URL", made)
    monkeypatch.setenv("COLUMNS", "200")
    state_folder.make_secrets(tmp_path)
    return made


async def refuse(url: str) -> None:
    database = Database(url)
    await MailStore(database, now_us).finish(1, Answer({"jefa@example.bo": "550 [no] such user"}), ("jefa@example.bo",))
    await database.close()


@pytest.mark.database
def test_a_mail_waits_is_refused_and_is_sent_again(url: str) -> None:
    assert RUN.invoke(app, ["mail", "test", "jefa@example.bo"]).exit_code == 0
    waits = RUN.invoke(app, ["mail", "list"])
    assert waits.exit_code == 0 and "waiting" in waits.output
    asyncio.run(refuse(url))
    refused = RUN.invoke(app, ["mail", "list"])
    assert refused.exit_code == 1 and "550 [no] such user" in refused.output
    assert RUN.invoke(app, ["mail", "again", "1"]).exit_code == 0
    again = RUN.invoke(app, ["mail", "again", "1"])
    assert isinstance(again.exception, NoSuchMail)


@pytest.mark.database
def test_what_is_no_address_gets_no_mail(url: str) -> None:
    assert isinstance(RUN.invoke(app, ["mail", "test", "jefa"]).exception, NoAddress)
