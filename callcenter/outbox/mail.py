"""What a mail is, what may become of it, and when it is tried again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from callcenter.instants import MICROSECONDS
from callcenter.mail_addresses import is_mail_address

LONGEST_SUBJECT, LONGEST_KEY, LONGEST_NAME, LONGEST_PROBLEM = 200, 120, 120, 300
LARGEST_BYTES = 20_000_000
"""All attachments of a mail together. Servers take 25 MB or more of what is a third longer in the mail."""
TRY_SECONDS = 600.0
"""The longest that a try at sending lasts."""
_MINUTE_US = 60 * MICROSECONDS
_PAUSES_US = (1 * _MINUTE_US, 5 * _MINUTE_US, 15 * _MINUTE_US, 60 * _MINUTE_US)
GIVEN_UP_AFTER_US = 3 * 24 * 60 * _MINUTE_US


class BadMail(ValueError):
    """What is asked for is no mail that can be sent; says why."""


class MailTooLarge(BadMail):
    """Its attachments are larger than servers take."""


class MailState(StrEnum):
    """Where a mail, or one recipient of it, stands. Waiting goes to any of the others; those are ends.

    `refused`: the server said that it never will. `given_up`: it did not take it for three days.
    """

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail. Raises BadMail for a name or a media type that cannot stand in a header."""

    name: str
    media_type: str
    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not (0 < len(self.name) <= LONGEST_NAME and self.name.isprintable()) or set(self.name) & set('/\\"'):
            raise BadMail(f"{self.name[:40]!r} is no name of a file that can be attached")
        main, _, sub = self.media_type.partition("/")
        if not all(
            part and part.isascii() and part.replace("-", "").replace(".", "").isalnum() for part in (main, sub)
        ):
            raise BadMail(f"{self.media_type[:40]!r} is no media type")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent. `key`: the asker's own name for it; of mails with one key only the first is queued.

    Raises BadMail: recipients must be plain addresses, each once, and the subject one line; MailTooLarge.
    """

    key: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        wrong = [each for each in self.recipients if not is_mail_address(each)]
        if wrong:
            raise BadMail(f"{wrong[0][:60]!r} is no mail address")
        if not self.recipients or len(set(self.recipients)) < len(self.recipients):
            raise BadMail("a mail goes to somebody, and to each of them once")
        if not (0 < len(self.key) <= LONGEST_KEY):
            raise BadMail(f"its key has {len(self.key)} characters")
        if not (0 < len(self.subject) <= LONGEST_SUBJECT and self.subject.isprintable()):
            raise BadMail("its subject is not one line of text")
        size = sum(len(each.content) for each in self.attachments)
        if size > LARGEST_BYTES:
            raise MailTooLarge(f"{size / 1_000_000:.1f} MB are attached: a mail holds {LARGEST_BYTES / 1_000_000:g} MB")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said of a try: whom it refused for good and whom for now, and why. The others got the mail."""

    refused: Mapping[str, str] = field(default_factory=dict)
    postponed: Mapping[str, str] = field(default_factory=dict)


def pause_us(tries: int) -> int:
    """After so many tries the next one is so much later: 1, 5, 15 and 60 minutes, then every hour."""
    return _PAUSES_US[min(tries, len(_PAUSES_US)) - 1]


def state_after(answer: Answer, recipient: str, age_us: int) -> MailState:
    """Where a recipient of that try stands now. `age_us`: of the mail since it was queued."""
    if recipient in answer.refused:
        return MailState.REFUSED
    if recipient in answer.postponed:
        return MailState.GIVEN_UP if age_us >= GIVEN_UP_AFTER_US else MailState.WAITING
    return MailState.SENT


_WORST_FIRST = (MailState.WAITING, MailState.GIVEN_UP, MailState.REFUSED, MailState.SENT)


def state_of_all(recipients: frozenset[MailState]) -> MailState:
    """Where the mail stands: waiting while anybody waits, sent once everybody has it."""
    return min(recipients, key=_WORST_FIRST.index)
