"""A mail as it goes over the wire. Pure."""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from callcenter.instants import as_datetime
from callcenter.outbox.mail import Attachment

# Not every server takes bytes above 127 in a mail's text.
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom mails come from: a name for people, and an address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A mail of the outbox. `recipients`: all of them; `waiting`: those who do not have it yet."""

    id: int
    token: str
    recipients: tuple[str, ...]
    waiting: tuple[str, ...]
    subject: str
    text: str
    queued_us: int
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)


def written(mail: QueuedMail, sender: Sender) -> bytes:
    """The message: for whoever gets it twice, its Message-ID is the same."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = [Address(addr_spec=each) for each in mail.recipients]
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(as_datetime(mail.queued_us))
    message["Message-ID"] = f"<{mail.token}@{sender.address.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    for each in mail.attachments:
        main, _, sub = each.media_type.partition("/")
        charset = {"charset": "utf-8"} if main == "text" else None
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name, params=charset)
    return message.as_bytes()
