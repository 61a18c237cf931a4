"""whether a call came from the public, where in the queue it was, and the counts of the level by half-hours.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"

# What there is already is counted by the first process that does.
_MARK = """
INSERT INTO level_changes (half_hour, node, reading)
SELECT DISTINCT at_us / 1800000000, '', 0 FROM ({instants}) AS instants WHERE true
ON CONFLICT DO NOTHING
"""
_ENTRY_COUNTS = (
    *("entries", "answered", "within", "undetermined", "abandoned", "abandoned_within", "abandoned_under_5_seconds"),
    *("still_open", "interrupted", "interrupted_unanswered", "full", "join_refused"),
)
_TABLES = (
    *("att_files", "att_months", "centre_editions"),
    *("level_callbacks", "level_calls", "level_reentries", "level_entries", "level_settled", "level_changes"),
)
_INTERNAL = {"calls": "not by a trunk of the public", "queue_entries": "as its call: not of the public"}
# Of entries from before nothing says it: their rows are no longer there.
_POSITIONS = {
    "entered_position": "in the queue at the joining, 1 is next",
    "left_position": "in the queue where the wait ended without an answer",
}


def upgrade() -> None:
    """Make the change."""
    for table, comment in _INTERNAL.items():
        op.add_column(
            table, sa.Column("internal", sa.Boolean(), nullable=False, server_default=sa.false(), comment=comment)
        )
    for name, comment in _POSITIONS.items():
        op.add_column("queue_entries", sa.Column(name, sa.Integer(), comment=comment))
    _make_counts()
    for instants in (
        "SELECT entered_us AS at_us FROM queue_entries",
        "SELECT arrived_us AS at_us FROM calls",
        "SELECT at_us FROM call_steps WHERE step IN ('callback_requested', 'callback_answered')",
    ):
        op.execute(_MARK.format(instants=instants))


def _make_counts() -> None:
    op.create_table(
        "level_changes",
        sa.Column("half_hour", sa.Integer(), nullable=False, comment="what is counted of it may have changed"),
        sa.Column("node", sa.String(16), nullable=False, comment="of the reading that changed it; empty: no reading"),
        sa.Column("reading", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("half_hour", "node", "reading", name=op.f("pk_level_changes")),
    )
    op.create_table(
        "level_settled",
        sa.Column("first", sa.Integer(), autoincrement=False, nullable=False, comment="half-hour from which on"),
        sa.Column(
            *("last", sa.Integer()),
            nullable=False,
            comment="and up to which counts stay: their records are deleted",
        ),
        sa.PrimaryKeyConstraint("first", name=op.f("pk_level_settled")),
    )
    op.create_table(
        "level_entries",
        *_half_hour_and_queue(),
        sa.Column("line", sa.String(16), nullable=False, comment="the number dialled, empty when unknown"),
        sa.Column("origin", sa.String(16), nullable=False, comment="a callcenter.level.summed.CallOrigin"),
        sa.Column("threshold_us", sa.BigInteger(), nullable=False, comment="the threshold that it was counted by"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _ENTRY_COUNTS),
        sa.PrimaryKeyConstraint("half_hour", "queue", "line", "origin", name=op.f("pk_level_entries")),
    )
    op.create_table(
        "level_reentries",
        *_half_hour_and_queue(),
        sa.Column("line", sa.String(16), nullable=False),
        sa.Column(
            *("after", sa.Text()),
            nullable=False,
            comment="JSON: queues and lines that the same calls entered before",
        ),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("half_hour", "queue", "line", "after", name=op.f("pk_level_reentries")),
    )
    op.create_table(
        "level_calls",
        sa.Column("half_hour", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(16), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("final_stage", sa.String(16), nullable=False, comment="a callcenter.calls.FinalStage"),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("half_hour", "line", "internal", "final_stage", name=op.f("pk_level_calls")),
    )
    op.create_table(
        "level_callbacks",
        *_half_hour_and_queue(),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("requested", "by_key", "returned", "answered")),
        sa.PrimaryKeyConstraint("half_hour", "queue", name=op.f("pk_level_callbacks")),
    )
    op.create_table(
        "centre_editions",
        sa.Column(
            "since_us",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="since then the centre file says it",
        ),
        sa.Column("edition", sa.Text(), nullable=False, comment="JSON: lines and queues"),
        sa.PrimaryKeyConstraint("since_us", name=op.f("pk_centre_editions")),
    )
    op.create_table(
        "att_months",
        sa.Column("month", sa.String(7), nullable=False, comment="2026-10"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, ...: the last one is in force"),
        sa.Column("closed_us", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.String(40), nullable=False, comment="a login; empty: by itself"),
        sa.Column("reason", sa.String(200), nullable=False, comment="of a later version"),
        sa.Column("report", sa.Text(), nullable=False, comment="JSON: the figures, whole"),
        sa.Column("fingerprint", sa.String(80), nullable=False),
        sa.Column("details", sa.String(80), nullable=False, comment="fingerprint of the entries behind the figures"),
        sa.Column("entries", sa.Integer(), nullable=False, comment="how many those are"),
        sa.Column(
            *("corrections", sa.Text()),
            nullable=False,
            comment="JSON: what is otherwise than in the version before",
        ),
        sa.PrimaryKeyConstraint("month", "version", name=op.f("pk_att_months")),
    )
    op.create_table(
        "att_files",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="0: of a month that was not closed"),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_att_files")),
    )


def _half_hour_and_queue() -> tuple[sa.Column[int], sa.Column[str]]:
    return sa.Column("half_hour", sa.Integer(), nullable=False), sa.Column("queue", sa.String(64), nullable=False)


def downgrade() -> None:
    """Take it back."""
    for table in _TABLES:
        op.drop_table(table)
    with op.batch_alter_table("queue_entries") as batch_op:
        for name in _POSITIONS:
            batch_op.drop_column(name)
    for table in _INTERNAL:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("internal")
