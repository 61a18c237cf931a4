"""contacts follow from the records.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"

# What was recorded before is left as it is: its dispositions are nobody's to give any more.
_BEGIN = """
    INSERT INTO contact_readings (node, reading)
    SELECT node, MAX(number) FROM ledger_readings GROUP BY node"""


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "contact_readings",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column(
            "reading",
            sa.BigInteger(),
            nullable=False,
            comment="every conversation up to this reading has its contact",
        ),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_contact_readings")),
    )
    op.execute(sa.text(_BEGIN))


def downgrade() -> None:
    """Take it back."""
    op.drop_table("contact_readings")
