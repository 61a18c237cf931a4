"""Mails from the transaction in which they are asked for to a mail server on loopback, over both kinds of database."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from callcenter.database.leases import Lease, Leases
from callcenter.database.problems import DatabaseUnavailable
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.envelope import Service
from callcenter.messages.facts import ServiceState
from callcenter.outbox import store as outbox_store
from callcenter.outbox.mail import GIVEN_UP_AFTER_US, TRY_SECONDS, Answer, Attachment, Mail, MailState
from callcenter.outbox.message import Sender
from callcenter.outbox.sender import MailSender
from callcenter.outbox.smtp import MailServer, SmtpServer, is_this_machine
from callcenter.outbox.store import MailStore, OutboxFull, put_in
from callcenter.records.outbox import outbox_attachments
from tests.callcenter.outbox.smtp_stage import SmtpStage, smtp_stage

START = 1_795_000_000 * MICROSECONDS
MINUTE_US = 60 * MICROSECONDS
ELSEWHERE = "127.1"  # loopback, by a name that does not say so
JEFA, ATT = "jefa@example.bo", "att@example.bo"
PDF = Attachment("informe.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)) * 40)
SENDER = Sender("Centro", "centro@example.bo")


def mail(key: str = "report:1", *to: str) -> Mail:
    return Mail(key, to or (JEFA, ATT), "Informe del mes", "Adjunto el informe.\n", (PDF,))


@dataclass
class Post:
    """The outbox of a test, whose clock the test moves."""

    database: Database
    server: MailServer | None
    now_us: int = START
    holder: str = "one"
    lost: bool = False
    leases: Leases = field(init=False)

    def __post_init__(self) -> None:
        self.leases = Leases(self.database, "reports", lambda: START, seconds=3600)
        self.store = MailStore(self.database, lambda: self.now_us)

    async def sender(self, server: MailServer | None = None) -> MailSender:
        """A process that has just started."""
        lease = await Leases(self.database, "reports", lambda: self.now_us, seconds=30 * 86_400).take("one")
        assert lease is not None
        return MailSender(self.store, server or self.server, SENDER, lambda: None if self.lost else lease)

    async def ask(self, wanted: Mail) -> bool:
        return await self.database.write(lambda connection: put_in(connection, wanted, self.now_us))

    async def look(self) -> MailSender:
        sender = await self.sender()
        await sender.look()
        return sender

    async def state(self) -> str:
        (only,) = await self.store.latest(10)
        return str(only.state)

    def pass_minutes(self, minutes: float) -> None:
        self.now_us += round(minutes * MINUTE_US)


@pytest.fixture
async def server() -> AsyncIterator[SmtpStage]:
    async with smtp_stage() as stage:
        yield stage


@pytest.fixture
def post(database: Database, server: SmtpStage) -> Post:
    return Post(database, SmtpServer("127.0.0.1", server.port))


async def test_a_mail_is_sent_once_and_its_files_are_not_kept(post: Post, server: SmtpStage) -> None:
    assert await post.ask(mail()) and not await post.ask(mail())
    await post.look()
    await post.look()
    (taken,) = server.taken
    assert set(taken.recipients) == {JEFA, ATT} and await post.state() == MailState.SENT
    (attached,) = taken.message.iter_attachments()
    assert attached.get_content() == PDF.content
    async with post.database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(outbox_attachments)) == 0


async def test_a_mail_is_asked_for_with_what_it_belongs_to_or_not_at_all(post: Post) -> None:
    def fails(connection: Connection) -> None:
        put_in(connection, mail(), START)
        raise KeyError("what it belongs to")

    with pytest.raises(KeyError):
        await post.database.write(fails)
    assert await post.store.latest(10) == []


async def test_while_no_server_is_set_mails_wait_and_it_is_said(post: Post, server: SmtpStage) -> None:
    await post.ask(mail())
    post.server, there = None, post.server
    assert "no mail server is set: 1 mails wait" in (await post.look()).problem
    assert await post.state() == MailState.WAITING
    post.server = there
    assert (await post.look()).problem == "" and len(server.taken) == 1


async def test_a_server_that_is_away_is_tried_again_after_longer_and_longer(post: Post, server: SmtpStage) -> None:
    server.data = "451 try later"
    await post.ask(mail())
    for minutes in (1, 5, 15):
        await post.look()
        post.pass_minutes(minutes - 0.1)
        asked = server.connections
        await post.look()
        assert server.connections == asked
        post.pass_minutes(0.1)
    assert (await post.look()).problem == "1 mails wait: 451 try later"
    post.pass_minutes(60)
    server.data = f"451 {'long ' * 80}"
    reason, at = (await post.look()).problem, {"since_us": 1, "as_of_us": 1}
    state = ServiceState(node="central", service=Service.REPORTS, reason=reason, **at)
    assert state.reason.startswith("1 mails wait: 451 long long")
    server.data = "250 taken"
    post.pass_minutes(60)
    assert (await post.look()).problem == "" and len(server.taken) == 1


async def test_after_three_days_it_is_given_up_and_said_until_somebody_has_it_sent_again(
    post: Post, server: SmtpStage
) -> None:
    server.sender = "550 we do not know you"
    await post.ask(mail())
    await post.look()
    post.now_us += GIVEN_UP_AFTER_US
    assert "1 mails of the last 7 days" in (await post.look()).problem
    (given_up,) = await post.store.latest(10)
    assert (given_up.state, given_up.problem) == (MailState.GIVEN_UP, "550 we do not know you")
    server.sender = "250 good"
    assert await post.store.send_again(given_up.id)
    assert (await post.look()).problem == "" and await post.state() == MailState.SENT
    (attached,) = server.taken[0].message.iter_attachments()
    assert attached.get_content() == PDF.content
    assert not await post.store.send_again(given_up.id)


async def test_who_is_refused_for_good_is_not_tried_again_and_the_others_get_it_once(
    post: Post, server: SmtpStage
) -> None:
    server.refuses = {JEFA: "550 no such user", ATT: "450 greylisted"}
    await post.ask(mail("report:1", JEFA, ATT, "otra@example.bo"))
    await post.look()
    assert [each.recipients for each in server.taken] == [("otra@example.bo",)]
    assert await post.state() == MailState.WAITING
    server.refuses = {}
    post.pass_minutes(1)
    assert "did not get to everybody" in (await post.look()).problem
    assert [each.recipients for each in server.taken] == [("otra@example.bo",), (ATT,)]
    assert await post.state() == MailState.REFUSED


async def test_a_message_that_the_server_never_takes_is_refused(post: Post, server: SmtpStage) -> None:
    server.data = "552 too large"
    await post.ask(mail())
    await post.look()
    assert await post.state() == MailState.REFUSED


async def test_a_server_that_leaves_before_it_answers_gets_the_same_message_again(
    post: Post, server: SmtpStage
) -> None:
    server.leaves = True
    await post.ask(mail())
    await post.look()
    assert await post.state() == MailState.WAITING
    server.leaves = False
    post.pass_minutes(1)
    await post.look()
    first, second = (each.message["Message-ID"] for each in server.taken)
    assert first == second and await post.state() == MailState.SENT


async def test_a_process_that_dies_in_the_middle_of_sending_loses_no_mail(post: Post, server: SmtpStage) -> None:
    await post.ask(mail())
    reached = asyncio.Event()
    server.on_data, server.leaves = reached.set, True
    dying = asyncio.create_task((await post.sender(Silent(reached))).look())
    await asyncio.wait_for(reached.wait(), 10)
    dying.cancel()
    await asyncio.wait([dying])
    server.on_data, server.leaves = lambda: None, False
    await post.look()
    assert server.taken == []  # the try may still be under way: nobody can know
    post.now_us += int((TRY_SECONDS + 60) * MICROSECONDS)
    await post.look()
    assert len(server.taken) == 1 and await post.state() == MailState.SENT


class Silent:
    """A server that has the mail, and says nothing."""

    def __init__(self, reached: asyncio.Event) -> None:
        self._reached = reached

    async def send(self, sender: str, recipients: tuple[str, ...], message: bytes) -> Answer:
        self._reached.set()
        await asyncio.Event().wait()
        raise AssertionError


class Defective:
    """A server that fails at the first mail as nobody foresaw."""

    def __init__(self, server: MailServer) -> None:
        self._server, self.asked = server, 0

    async def send(self, sender: str, recipients: tuple[str, ...], message: bytes) -> Answer:
        self.asked += 1
        if self.asked == 1:
            raise KeyError("a defect")
        return await self._server.send(sender, recipients, message)


async def test_a_mail_with_which_something_is_wrong_does_not_hold_up_the_others(post: Post, server: SmtpStage) -> None:
    await post.ask(mail("report:1"))
    await post.ask(mail("report:2"))
    assert post.server is not None
    await (await post.sender(Defective(post.server))).look()
    later, first = await post.store.latest(10)
    assert (first.state, first.problem) == (MailState.WAITING, "KeyError, see log/reports.log")
    assert later.state == MailState.SENT and len(server.taken) == 1


async def test_what_the_server_said_is_written_down_once_the_database_is_back(
    post: Post, server: SmtpStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> MailState:
        raise DatabaseUnavailable("away")

    await post.ask(mail())
    sender = await post.sender()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(post.store, "finish", away)
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable):
                await sender.look()
    post.pass_minutes(60)
    await sender.look()
    assert len(server.taken) == 1 and await post.state() == MailState.SENT


async def test_without_the_lease_nothing_is_sent(post: Post, server: SmtpStage) -> None:
    await post.ask(mail())
    sender = await post.sender()
    post.lost = True
    await sender.look()
    assert server.connections == 0
    assert await post.store.begin(1, Lease("reports", "another", 99)) is None


async def test_a_full_outbox_takes_no_more_until_mails_went_out(
    post: Post, server: SmtpStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_store, "WAITING_AT_MOST", 3)
    for number in range(3):
        await post.ask(mail(f"report:{number}"))
    with pytest.raises(OutboxFull):
        await post.ask(mail("report:3"))
    assert not await post.ask(mail("report:0"))  # it is queued, however full
    await post.look()
    assert len(server.taken) == 3 and await post.ask(mail("report:3"))


async def test_a_server_elsewhere_that_offers_no_encryption_gets_nothing(post: Post, server: SmtpStage) -> None:
    post.server = SmtpServer(ELSEWHERE, server.port, "user", "a secret")
    await post.ask(mail())
    await post.look()
    (waits,) = await post.store.latest(10)
    assert server.taken == [] and waits.state == MailState.WAITING
    assert "STARTTLS" in waits.problem and "a secret" not in waits.problem


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """That of a server at ELSEWHERE, of an authority whom this process trusts."""
    command = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=stage")
    files = ("-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem"))
    subprocess.run([*command, *files, "-addext", f"subjectAltName=DNS:{ELSEWHERE}"], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nobody here makes a certificate")
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "not trusted"])
async def test_a_server_elsewhere_gets_mails_and_the_login_encrypted_once_its_certificate_is_good(
    post: Post, server: SmtpStage, certificate: ssl.SSLContext, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not trusted:
        monkeypatch.delenv("SSL_CERT_FILE")
    server.tls, post.server = certificate, SmtpServer(ELSEWHERE, server.port, "centro", "a secret")
    await post.ask(mail())
    await post.look()
    assert (len(server.taken), len(server.logins)) == ((1, 1) if trusted else (0, 0))
    assert await post.state() == (MailState.SENT if trusted else MailState.WAITING)


async def test_where_everybody_is_refused_each_is_for_a_reason_of_their_own(post: Post, server: SmtpStage) -> None:
    server.refuses = {JEFA: "550 no such user", ATT: "450 greylisted"}
    await post.ask(mail())
    await post.look()
    server.refuses = {}
    post.pass_minutes(1)
    await post.look()
    assert [each.recipients for each in server.taken] == [(ATT,)] and await post.state() == MailState.REFUSED


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_no_encryption(host: str) -> None:
    assert is_this_machine(host) and not is_this_machine("mail.example.bo") and not is_this_machine("10.0.0.1")


async def test_the_key_of_a_mail_is_kept_for_good(post: Post) -> None:
    await post.ask(mail())
    await post.look()
    assert not await post.ask(mail())
    assert len(await post.store.latest(10)) == 1
