"""Mail that waits to be sent, and what became of it. One writer: `callcenter.outbox`; the second, `reports.retention`,
deletes what is too old. Instants in microseconds, UTC.

Attachments have a table of their own, which only the try at sending reads: they may have megabytes, and are gone once
the mail has ended as sent.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from callcenter.records.metadata import RowId, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", String(120), nullable=False, unique=True, comment="of whoever asked: no mail is queued twice"),
    Column("message_token", String(32), nullable=False, comment="of its Message-ID, the same at every try"),
    Column("subject", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(16), nullable=False, comment="a callcenter.outbox.mail.MailState"),
    Column("queued_us", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("next_try_us", BigInteger, nullable=False, comment="of a waiting one: not before"),
    Column("problem", String(300), nullable=False, default="", comment="of the last try, in an operator's words"),
    Column("ended_us", BigInteger, comment="when nobody of it waited any more; of a sent one: when the server took it"),
    Index("ix_outbox_state_next_try_us", "state", "next_try_us"),
    Index("ix_outbox_state_ended_us", "state", "ended_us"),
    Index("ix_outbox_queued_us", "queued_us"),
)

outbox_recipients = Table(
    "outbox_recipients",
    metadata,
    Column("mail_id", ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    Column("address", String(254), primary_key=True),
    Column("state", String(16), nullable=False, comment="a callcenter.outbox.mail.MailState"),
    Column("problem", String(300), nullable=False, default=""),
)

outbox_attachments = Table(
    "outbox_attachments",
    metadata,
    Column("mail_id", ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, comment="0, 1, ... their order"),
    Column("name", String(120), nullable=False, comment="of the file"),
    Column("media_type", String(100), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
