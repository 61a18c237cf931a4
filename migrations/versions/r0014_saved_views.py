"""reports as supervisors want them again.

Revision 0014, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision: str | None = "0013"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "saved_views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("owner", sa.String(40), nullable=False, comment="a login; outlives the user"),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("report", sa.String(60), nullable=False, comment="the name of a report of the catalogue"),
        sa.Column("asked", sa.JSON(), nullable=False, comment="a reports.kinds.request.ReportRequest"),
        sa.Column("shared", sa.Boolean(), nullable=False, comment="seen by every supervisor"),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_saved_views_owner_name", "saved_views", ["owner", "name"], unique=True)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("saved_views")
