"""The outbox's tables: mails are put in, tried, and end. The one writer of them. Instants in microseconds, UTC."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from callcenter.database.leases import Lease, is_held
from callcenter.database.transactions import Database, put_missing
from callcenter.instants import MICROSECONDS
from callcenter.operator_problem import OperatorProblem
from callcenter.outbox.mail import TRY_SECONDS, Answer, Attachment, Mail, MailState, pause_us, state_after, state_of_all
from callcenter.outbox.message import QueuedMail
from callcenter.records.outbox import outbox, outbox_attachments, outbox_recipients

WAITING_AT_MOST = 1000
ALARM_DAYS = 7
_ALARM_US = ALARM_DAYS * 86_400 * MICROSECONDS
# With the span their few rows are found by the index, whatever the database thinks of the state alone.
_WAITS = (outbox.c.state == MailState.WAITING, outbox.c.next_try_us > 0)
_FAILED = (MailState.REFUSED, MailState.GIVEN_UP)
# A try that is under way is nobody else's, however long the server takes; after a crash it is waited out.
_BUSY_WHILE_TRIED_US = int((TRY_SECONDS + 60) * MICROSECONDS)


class OutboxFull(OperatorProblem):
    """So many mails wait that no more is taken."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox stands. `failed`: mails of the last week that somebody did not get; `tries`: of the oldest."""

    waiting: int
    failed: int
    tries: int = 0
    problem: str = ""


def put_in(connection: Connection, mail: Mail, now_us: int) -> bool:
    """Queue a mail in the transaction of whoever asks; whether it is new: one of that key may be there already.

    Raises OutboxFull: whoever asks tries again later.
    """
    key = {"key": mail.key, "message_token": token_hex(16)}
    what = {"subject": mail.subject, "text": mail.text, "state": MailState.WAITING, "problem": "", "tries": 0}
    if not put_missing(connection, outbox, [{**key, **what, "queued_us": now_us, "next_try_us": now_us}]):
        return False
    if _count(connection, *_WAITS) > WAITING_AT_MOST:
        raise OutboxFull(f"{WAITING_AT_MOST} mails wait already: see to the mail server, TRONCAL_SMTP_HOST")
    mail_id = connection.execute(select(outbox.c.id).where(outbox.c.key == mail.key)).scalar_one()
    to = {"mail_id": mail_id, "state": MailState.WAITING, "problem": ""}
    connection.execute(outbox_recipients.insert(), [{**to, "address": each} for each in mail.recipients])
    files = [
        {"mail_id": mail_id, "ordinal": at, "name": it.name, "media_type": it.media_type, "content": it.content}
        for at, it in enumerate(mail.attachments)
    ]
    if files:
        connection.execute(outbox_attachments.insert(), files)
    return True


class MailStore:
    """The outbox of whoever sends and whoever looks at it. Every method raises DatabaseProblem."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database, self._clock = database, clock

    async def due(self) -> int | None:
        """The id of the mail that is to be tried next; None: none is due."""
        wanted = (outbox.c.state == MailState.WAITING) & (outbox.c.next_try_us <= self._clock())
        query = select(outbox.c.id).where(wanted).order_by(outbox.c.next_try_us, outbox.c.id).limit(1)
        return await self._database.read(lambda connection: connection.execute(query).scalar())

    async def begin(self, mail_id: int, lease: Lease) -> QueuedMail | None:
        """Write down that it is tried now, so that whoever comes after a crash waits; None: it is not ours to try."""
        now_us = self._clock()
        if not await self._database.write(lambda connection: _begin(connection, mail_id, lease, now_us)):
            return None
        return await self._database.long_read(lambda connection: _read(connection, mail_id))

    async def finish(self, mail_id: int, answer: Answer, tried: tuple[str, ...]) -> MailState:
        """Write down what became of a try; where the mail stands now. `tried`: the recipients of it."""
        now_us = self._clock()
        return await self._database.write(lambda connection: _finish(connection, mail_id, answer, tried, now_us))

    async def standing(self) -> Standing:
        """How the outbox stands now."""
        since_us = self._clock() - _ALARM_US
        return await self._database.read(lambda connection: _standing(connection, since_us))

    async def latest(self, most: int) -> Sequence[Row[Any]]:
        """The mails that were queued last, newest first: the columns of the table."""
        query = select(outbox).order_by(outbox.c.queued_us.desc(), outbox.c.id.desc()).limit(most)
        return await self._database.long_read(lambda connection: connection.execute(query).all())

    async def send_again(self, mail_id: int) -> bool:
        """Have those who did not get a mail wait for it once more, from now on; whether there was anybody."""
        now_us = self._clock()
        return await self._database.write(lambda connection: _send_again(connection, mail_id, now_us))


def _begin(connection: Connection, mail_id: int, lease: Lease, now_us: int) -> bool:
    if not is_held(connection, lease, now_us):
        return False
    due = (outbox.c.id == mail_id, outbox.c.state == MailState.WAITING, outbox.c.next_try_us <= now_us)
    trying = {"tries": outbox.c.tries + 1, "next_try_us": now_us + _BUSY_WHILE_TRIED_US}
    return connection.execute(update(outbox).where(*due).values(**trying)).rowcount == 1


def _read(connection: Connection, mail_id: int) -> QueuedMail:
    found = connection.execute(select(outbox).where(outbox.c.id == mail_id)).one()
    to, files = outbox_recipients.c, outbox_attachments.c
    of_mail = select(to.address, to.state).where(to.mail_id == mail_id).order_by(to.address)
    recipients = connection.execute(of_mail).all()
    attached = select(files.name, files.media_type, files.content).where(files.mail_id == mail_id)
    return QueuedMail(
        found.id,
        found.message_token,
        tuple(each.address for each in recipients),
        tuple(each.address for each in recipients if each.state == MailState.WAITING),
        found.subject,
        found.text,
        found.queued_us,
        tuple(Attachment(*each) for each in connection.execute(attached.order_by(files.ordinal))),
    )


def _finish(connection: Connection, mail_id: int, answer: Answer, tried: tuple[str, ...], now_us: int) -> MailState:
    found = connection.execute(select(outbox.c.queued_us, outbox.c.tries).where(outbox.c.id == mail_id)).one()
    said = {**answer.postponed, **answer.refused}
    to = outbox_recipients.c
    for each in tried:
        state = state_after(answer, each, now_us - found.queued_us)
        of_one = update(outbox_recipients).where(to.mail_id == mail_id, to.address == each)
        connection.execute(of_one.values(state=state, problem=said.get(each, "")))
    states = connection.scalars(select(to.state).where(to.mail_id == mail_id))
    state = state_of_all(frozenset(map(MailState, states)))
    values: dict[str, Any] = {"state": state, "problem": next(iter(said.values()), "")}
    values |= {
        "next_try_us": now_us + pause_us(found.tries),
        "ended_us": None if state is MailState.WAITING else now_us,
    }
    connection.execute(update(outbox).where(outbox.c.id == mail_id).values(**values))
    if state is MailState.SENT:
        connection.execute(delete(outbox_attachments).where(outbox_attachments.c.mail_id == mail_id))
    return state


def _send_again(connection: Connection, mail_id: int, now_us: int) -> bool:
    to = outbox_recipients.c
    failed = update(outbox_recipients).where(to.mail_id == mail_id, to.state.in_(_FAILED))
    if not connection.execute(failed.values(state=MailState.WAITING)).rowcount:
        return False
    anew = {"state": MailState.WAITING, "queued_us": now_us, "next_try_us": now_us, "tries": 0, "ended_us": None}
    connection.execute(update(outbox).where(outbox.c.id == mail_id).values(**anew))
    return True


def _standing(connection: Connection, since_us: int) -> Standing:
    waiting = _count(connection, *_WAITS)
    failed = sum(_count(connection, outbox.c.state == state, outbox.c.ended_us >= since_us) for state in _FAILED)
    tried = select(outbox.c.tries, outbox.c.problem).where(*_WAITS)
    worst = connection.execute(tried.order_by(outbox.c.tries.desc(), outbox.c.id).limit(1)).one_or_none()
    return Standing(waiting, failed) if worst is None else Standing(waiting, failed, worst.tries, worst.problem)


def _count(connection: Connection, *conditions: Any) -> int:
    query = select(func.count()).select_from(outbox).where(*conditions)
    return int(connection.execute(query).scalar_one())
