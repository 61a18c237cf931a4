"""the desk and the floor.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False, comment="shown to who comes later, up to then"),
        sa.Column("said_by", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=280), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=True, comment="for the agents of this queue; NONE: for all"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.create_index("ix_announcements_until_us", ["until_us"], unique=False)

    op.create_table(
        "contact_notes",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column(
            "uniqueid", sa.String(length=150), nullable=False, comment="the caller's channel, as in queue_entries"
        ),
        sa.Column("member", sa.String(length=80), nullable=False, comment="the agent's login"),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column(
            "disposition", sa.String(length=40), nullable=False, comment="code of centre.yaml; empty: not yet given"
        ),
        sa.Column("notes", sa.Text(), nullable=False, comment="as typed; saved while the agent types"),
        sa.Column(
            "customer_number",
            sa.BigInteger(),
            nullable=True,
            comment="the customer the agent confirmed; NONE when unknown",
        ),
        sa.Column("saved_us", sa.BigInteger(), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True, comment="NONE while the agent has not finished"),
        sa.PrimaryKeyConstraint("node", "uniqueid", "member", name=op.f("pk_contact_notes")),
    )
    with op.batch_alter_table("contact_notes", schema=None) as batch_op:
        batch_op.create_index("ix_contact_notes_member_saved_us", ["member", "saved_us"], unique=False)

    op.create_table(
        "lost_callers",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("uniqueid", sa.String(length=150), nullable=False),
        sa.Column("entered_us", sa.BigInteger(), nullable=False, comment="of the queue entry that nobody answered"),
        sa.Column(
            "state",
            sa.String(length=16),
            nullable=False,
            comment="taken, reached, not_reached, discarded; no row: open",
        ),
        sa.Column("owner", sa.String(length=40), nullable=False, comment="login of who took it"),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("node", "uniqueid", "entered_us", name=op.f("pk_lost_callers")),
    )
    with op.batch_alter_table("lost_callers", schema=None) as batch_op:
        batch_op.create_index("ix_lost_callers_owner", ["owner"], unique=False)

    op.create_table(
        "recordings",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("uniqueid", sa.String(length=150), nullable=False, comment="the caller's channel, as in calls"),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False, comment="relative to the node's folder of recordings"),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column(
            "bytes",
            sa.BigInteger(),
            nullable=True,
            comment="of its file; 0: there is none; NULL until the call is over",
        ),
        sa.Column(
            "deleted_us",
            sa.BigInteger(),
            nullable=True,
            comment="when its time was over, or no word was in it; the row stays",
        ),
        sa.PrimaryKeyConstraint("node", "uniqueid", "started_us", name=op.f("pk_recordings")),
    )
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.create_index("ix_recordings_started_us", ["started_us"], unique=False)

    op.create_table(
        "wall_links",
        sa.Column(
            "digest", sa.LargeBinary(length=32), nullable=False, comment="sha256 of the link's secret; never the secret"
        ),
        sa.Column("name", sa.String(length=60), nullable=False, comment="which screen it is for"),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_wall_links")),
    )
    op.create_table(
        "user_queues",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("penalty", sa.Integer(), nullable=False, comment="0 is asked first"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_queues_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "queue", name=op.f("pk_user_queues")),
    )
    with op.batch_alter_table("queue_entries", schema=None) as batch_op:
        batch_op.create_index("ix_queue_entries_call", ["call"], unique=False)

    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.String(length=8),
                server_default="token",
                nullable=False,
                comment="cookie: of a browser; token: of a program",
            )
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.drop_column("kind")

    with op.batch_alter_table("queue_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_queue_entries_call")

    op.drop_table("user_queues")
    op.drop_table("wall_links")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_index("ix_recordings_started_us")

    op.drop_table("recordings")
    with op.batch_alter_table("lost_callers", schema=None) as batch_op:
        batch_op.drop_index("ix_lost_callers_owner")

    op.drop_table("lost_callers")
    with op.batch_alter_table("contact_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_notes_member_saved_us")

    op.drop_table("contact_notes")
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.drop_index("ix_announcements_until_us")

    op.drop_table("announcements")
