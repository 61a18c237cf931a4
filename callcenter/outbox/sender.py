"""Sends what the outbox has, one mail after the other, as long as this process holds the lease."""

import asyncio
import logging
from collections.abc import Callable

from callcenter.database.leases import Lease
from callcenter.database.problems import DatabaseProblem
from callcenter.outbox.mail import Answer, MailState
from callcenter.outbox.message import QueuedMail, Sender, written
from callcenter.outbox.smtp import MailServer
from callcenter.outbox.store import ALARM_DAYS, MailStore, Standing

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
NO_SERVER = "no mail server is set: {waiting} mails wait; set TRONCAL_SMTP_HOST and TRONCAL_MAIL_FROM"
# Four tries take 21 minutes: a server that is started again is back by then.
_TRIES_UNTIL_ALARM = 4
# What a `service_state` says at most.
_LONGEST_REASON = 300


class MailSender:
    """The process's part in sending. `server`: None while none is set; `lease`: None while another process acts."""

    def __init__(
        self, store: MailStore, server: MailServer | None, sender: Sender, lease: Callable[[], Lease | None]
    ) -> None:
        self._store, self._server, self._sender, self._lease = store, server, sender, lease
        # What the server said and the database does not have yet: the mail must not go out again for that.
        self._unwritten: list[tuple[QueuedMail, Answer]] = []
        self.problem = ""

    async def run(self) -> None:
        """For as long as the service lives."""
        while True:
            try:
                await self.look()
            except DatabaseProblem as problem:
                log.warning("mails wait for the database: %s", problem)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Send what is due. Raises DatabaseProblem."""
        await self._write_down()
        while self._server is not None and (lease := self._lease()) is not None:
            mail_id = await self._store.due()
            mail = await self._store.begin(mail_id, lease) if mail_id is not None else None
            if mail is None:
                break
            self._unwritten.append((mail, await self._try(self._server, mail)))
            await self._write_down()
        self.problem = _problem(await self._store.standing(), self._server is not None)

    async def _try(self, server: MailServer, mail: QueuedMail) -> Answer:
        try:
            message = await asyncio.to_thread(written, mail, self._sender)
            return await server.send(self._sender.address, mail.waiting, message)
        except Exception as defect:  # whatever is wrong with one mail, the others are sent
            log.exception("mail %d cannot be sent for now", mail.id)
            return Answer(postponed=dict.fromkeys(mail.waiting, f"{type(defect).__name__}, see log/reports.log"))

    async def _write_down(self) -> None:
        while self._unwritten:
            mail, answer = self._unwritten[0]
            state = await self._store.finish(mail.id, answer, mail.waiting)
            del self._unwritten[0]
            _report(mail, answer, state)


def _report(mail: QueuedMail, answer: Answer, state: MailState) -> None:
    for address, said in answer.refused.items():
        log.error("mail %d «%s» is refused for %s: %s", mail.id, mail.subject, address, said)
    for address, said in answer.postponed.items():
        if state is MailState.GIVEN_UP:
            log.error("mail %d «%s» for %s is given up after three days: %s", mail.id, mail.subject, address, said)
        else:
            log.warning("mail %d «%s» for %s waits: %s", mail.id, mail.subject, address, said)
    if state is MailState.SENT:
        log.info("mail %d «%s» is sent", mail.id, mail.subject)


def _problem(standing: Standing, has_server: bool) -> str:
    """What an operator should know; empty: nothing."""
    if standing.waiting and not has_server:
        return NO_SERVER.format(waiting=standing.waiting)
    if standing.failed:
        return (
            f"{standing.failed} mails of the last {ALARM_DAYS} days did not get to everybody: see `troncal mail list`"
        )
    if standing.tries >= _TRIES_UNTIL_ALARM:
        return f"{standing.waiting} mails wait: {standing.problem}"[:_LONGEST_REASON]
    return ""
