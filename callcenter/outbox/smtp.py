"""The mail server. The door to aiosmtplib: a connection a mail, which a silent server cannot hold for ever."""

import asyncio
import ipaddress
import logging
from collections.abc import Iterable
from typing import Protocol

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from callcenter.outbox.mail import LONGEST_PROBLEM, TRY_SECONDS, Answer
from callcenter.settings import Settings

log = logging.getLogger(__name__)

_TLS_FROM_THE_START = 465
_STEP_SECONDS, _GOODBYE_SECONDS = 60.0, 5.0
_NEVER, _TOO_LARGE = 500, 552


class MailServer(Protocol):
    """Whoever takes mails."""

    async def send(self, sender: str, recipients: tuple[str, ...], message: bytes) -> Answer:
        """What it says of each recipient. A server that is away, or leaves, says `postponed` of all."""


class SmtpServer:
    """A mail server over SMTP. Encrypted, with a certificate that is checked, unless it is this very machine."""

    def __init__(self, host: str, port: int, user: str = "", password: str = "") -> None:
        self._host, self._port, self._user, self._password = host, port, user, password

    async def send(self, sender: str, recipients: tuple[str, ...], message: bytes) -> Answer:
        """See `MailServer`."""
        try:
            async with asyncio.timeout(TRY_SECONDS):
                return await self._send(sender, recipients, message)
        except SMTPRecipientsRefused as refused:
            return _answer((each.recipient, each.code, each.message) for each in refused.recipients)
        except SMTPDataError as error:
            return _answer((each, error.code, error.message) for each in recipients)
        except SMTPSenderRefused as error:
            said = dict.fromkeys(recipients, _in_one_line(f"{error.code} {error.message}"))
            # A sender that is refused is a setting to be mended; only a mail that is too large stays so.
            return Answer(refused=said) if error.code == _TOO_LARGE else Answer(postponed=said)
        except (SMTPException, OSError, TimeoutError) as error:
            return Answer(postponed=dict.fromkeys(recipients, self._away(error)))

    async def _send(self, sender: str, recipients: tuple[str, ...], message: bytes) -> Answer:
        client = self._client()
        try:
            await client.connect()
            refused, _ = await client.sendmail(sender, recipients, message)
            await self._say_goodbye(client)
        finally:
            client.close()
        return _answer((address, said.code, said.message) for address, said in refused.items())

    def _client(self) -> SMTP:
        encrypted, at_once = not is_this_machine(self._host), self._port == _TLS_FROM_THE_START
        return SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user or None,
            password=self._password or None,
            timeout=_STEP_SECONDS,
            use_tls=at_once,
            start_tls=encrypted and not at_once,
        )

    async def _say_goodbye(self, client: SMTP) -> None:
        """The server has the mail by now: how it parts changes nothing."""
        try:
            await client.quit(timeout=_GOODBYE_SECONDS)
        except (SMTPException, OSError, TimeoutError) as error:
            log.debug("the mail server took the mail and left without a goodbye: %s", error)

    def _away(self, error: Exception) -> str:
        code = f"{error.code} " if isinstance(error, SMTPResponseException) else ""
        what = getattr(error, "message", None) or str(error) or type(error).__name__
        return _in_one_line(f"{self._host}:{self._port}: {code}{what}")


def server_of(settings: Settings) -> SmtpServer | None:
    """The mail server that is set; None: none is."""
    if not settings.smtp_host:
        return None
    password = settings.smtp_password.get_secret_value() if settings.smtp_password is not None else ""
    return SmtpServer(settings.smtp_host, settings.smtp_port, settings.smtp_user, password)


def is_this_machine(host: str) -> bool:
    """Whether what is said to it leaves this machine not at all."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _answer(refusals: Iterable[tuple[str, int, str]]) -> Answer:
    """`refusals`: whom the server refused, with which code and in which words."""
    refused, postponed = dict[str, str](), dict[str, str]()
    for address, code, said in refusals:
        (refused if code >= _NEVER else postponed)[address] = _in_one_line(f"{code} {said}")
    return Answer(refused, postponed)


def _in_one_line(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)[:LONGEST_PROBLEM]
