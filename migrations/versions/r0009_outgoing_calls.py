"""outgoing calls.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "outgoing_calls",
        sa.Column("uniqueid", sa.String(length=150), nullable=False, comment="the channel to the outside telephone"),
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column(
            "purpose",
            sa.String(length=16),
            nullable=False,
            comment="a callcenter.outgoing_calls.OutgoingPurpose",
        ),
        sa.Column(
            "reference",
            sa.String(length=64),
            nullable=False,
            comment="the attempt of whoever asked for it, empty for none",
        ),
        sa.Column("number", sa.String(length=16), nullable=False, comment="as it was dialled"),
        sa.Column("member", sa.String(length=80), nullable=True, comment="the agent who dialled"),
        sa.Column("dialled_us", sa.BigInteger(), nullable=False),
        sa.Column("answered_us", sa.BigInteger(), nullable=True),
        sa.Column(
            "answered_by",
            sa.String(length=16),
            nullable=True,
            comment="person or machine, where that was looked at",
        ),
        sa.Column("told", sa.String(length=64), nullable=True, comment="the message that was played to its end"),
        sa.Column("handed_us", sa.BigInteger(), nullable=True),
        sa.Column(
            "handed_to", sa.String(length=64), nullable=True, comment="the queue or extension that it was given to"
        ),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("rang", sa.Boolean(), nullable=False, comment="the network reported ringing"),
        sa.Column("cause", sa.Integer(), nullable=True, comment="Q.850, of the end"),
        sa.Column("ended_by_customer", sa.Boolean(), nullable=True),
        sa.Column(
            "result",
            sa.String(length=16),
            nullable=True,
            comment="a callcenter.outgoing_calls.OutgoingResult; NULL while it goes on",
        ),
        sa.PrimaryKeyConstraint("uniqueid", "node", name=op.f("pk_outgoing_calls")),
    )
    op.create_index("ix_outgoing_calls_reference", "outgoing_calls", ["reference"])
    op.create_index("ix_outgoing_calls_dialled_us", "outgoing_calls", ["dialled_us"])
    op.create_index("ix_outgoing_calls_number_dialled_us", "outgoing_calls", ["number", "dialled_us"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("outgoing_calls")
