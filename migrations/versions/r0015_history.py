"""the history of an old system.

Revision 0015, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "history_days",
        sa.Column("day", sa.BigInteger(), nullable=False, comment="days since 1970, UTC"),
        sa.Column("node", sa.String(length=16), nullable=False, comment="the name that the old system has here"),
        sa.Column("lines", sa.LargeBinary(), nullable=False, comment="its rows in order, as text, packed by zlib"),
        sa.PrimaryKeyConstraint("day", "node", name=op.f("pk_history_days")),
    )
    op.create_table(
        "history_nodes",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("names", sa.Text(), nullable=False, comment="JSON: what its agents and queues are called here"),
        sa.Column(
            "folded_from",
            sa.BigInteger(),
            nullable=True,
            comment="the day from which on `state` is to be folded; NULL: from the first",
        ),
        sa.Column(
            "state",
            sa.LargeBinary(),
            nullable=True,
            comment="what goes on when that day begins: a checkpoint, as of the ledger",
        ),
        sa.Column("finished", sa.Boolean(), nullable=False, comment="the records have all that the lines say"),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_history_nodes")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("history_nodes")
    op.drop_table("history_days")
