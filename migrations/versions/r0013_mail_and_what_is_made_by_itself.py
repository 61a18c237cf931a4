"""mail that waits, runs that are done, scheduled reports.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    _mail()
    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(40), nullable=False, comment="its name: att-month, say"),
        sa.Column("due_us", sa.BigInteger(), nullable=False, comment="which of its runs: the moment it was due"),
        sa.Column("done_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("job", "due_us", name=op.f("pk_job_runs")),
    )
    _scheduled_reports()


def downgrade() -> None:
    """Take it back."""
    for table in ("scheduled_reports", "job_runs", "outbox_attachments", "outbox_recipients", "outbox"):
        op.drop_table(table)


def _mail() -> None:
    state = "a callcenter.outbox.mail.MailState"
    op.create_table(
        "outbox",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(120), nullable=False, comment="of whoever asked: no mail is queued twice"),
        sa.Column("message_token", sa.String(32), nullable=False, comment="of its Message-ID, the same at every try"),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment=state),
        sa.Column("queued_us", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_us", sa.BigInteger(), nullable=False, comment="of a waiting one: not before"),
        sa.Column("problem", sa.String(300), nullable=False, comment="of the last try, in an operator's words"),
        sa.Column(
            "ended_us",
            sa.BigInteger(),
            comment="when nobody of it waited any more; of a sent one: when the server took it",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_state_next_try_us", "outbox", ["state", "next_try_us"])
    op.create_index("ix_outbox_state_ended_us", "outbox", ["state", "ended_us"])
    op.create_index("ix_outbox_queued_us", "outbox", ["queued_us"])
    op.create_table(
        "outbox_recipients",
        _mail_id("outbox_recipients"),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment=state),
        sa.Column("problem", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("mail_id", "address", name=op.f("pk_outbox_recipients")),
    )
    op.create_table(
        "outbox_attachments",
        _mail_id("outbox_attachments"),
        sa.Column("ordinal", sa.Integer(), nullable=False, comment="0, 1, ... their order"),
        sa.Column("name", sa.String(120), nullable=False, comment="of the file"),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("mail_id", "ordinal", name=op.f("pk_outbox_attachments")),
    )


def _mail_id(table: str) -> sa.Column[int]:
    of_outbox = sa.ForeignKey("outbox.id", ondelete="CASCADE", name=op.f(f"fk_{table}_mail_id"))
    return sa.Column("mail_id", _ID, of_outbox, nullable=False)


def _scheduled_reports() -> None:
    op.create_table(
        "scheduled_reports",
        sa.Column("id", _ID, nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False, comment="login"),
        sa.Column("report", sa.String(60), nullable=False, comment="name of the reports.kinds.kind.ReportKind"),
        sa.Column(
            *("asked", sa.Text()),
            nullable=False,
            comment="JSON: lines, queues, agents; the days follow from its time",
        ),
        sa.Column("every", sa.String(16), nullable=False, comment="a reports.scheduled.recurrence.Every"),
        sa.Column("hour", sa.Integer(), nullable=False, comment="0 to 23, in the centre's zone"),
        sa.Column("form", sa.String(8), nullable=False, comment="xlsx, pdf or csv"),
        sa.Column("recipients", sa.Text(), nullable=False, comment="JSON array of mail addresses"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column(
            *("changed_us", sa.BigInteger()),
            nullable=False,
            comment="by whoever made it; the first run is due after it",
        ),
        sa.Column("last_run_us", sa.BigInteger(), comment="the moment at which the last run that ended was due"),
        sa.Column(
            *("last_problem", sa.String(300)),
            nullable=False,
            comment="of the last try, Spanish; empty: none",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_reports")),
    )
    op.create_index("ix_scheduled_reports_made_by", "scheduled_reports", ["made_by"])
