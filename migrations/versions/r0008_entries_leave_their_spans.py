"""entries leave their spans.

Revision 0008, after 0007.

Whoever counts entries by when they entered must know where one was before a late row corrected it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "entry_corrections",
        sa.Column(
            "reading",
            sa.BigInteger(),
            nullable=False,
            comment="the reading whose rows corrected an entry's `entered_us`",
        ),
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("entered_us", sa.BigInteger(), nullable=False, comment="what it was before"),
        sa.PrimaryKeyConstraint("reading", "node", "entered_us", name=op.f("pk_entry_corrections")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("entry_corrections")
