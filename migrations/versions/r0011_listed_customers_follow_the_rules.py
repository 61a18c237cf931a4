"""listed customers follow a campaign's rules, and who has paid stays out.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"

# Of those who were skipped before, nobody wrote down until when they have paid.
_PAID_FOR_GOOD = "'2199-12-31'"
_SKIPPED = "SELECT contact_id FROM contact_skips WHERE reason = '{reason}'"


def upgrade() -> None:
    """Make the change."""
    op.add_column(
        "campaigns",
        sa.Column(
            "followed_to",
            sa.String(length=80),
            nullable=True,
            comment="its customers up to this one follow its rules as they are now; NULL: all do",
        ),
    )
    op.add_column(
        "campaign_contacts",
        sa.Column("paid_until", sa.Date(), nullable=True, comment="skipped as paid: what expires up to then"),
    )
    op.add_column(
        "campaign_contacts",
        sa.Column(
            "wrong_data",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="skipped for that: not called until they are listed anew",
        ),
    )
    paid, wrong = _SKIPPED.format(reason="already_paid"), _SKIPPED.format(reason="wrong_data")
    op.execute(f"UPDATE campaign_contacts SET paid_until = {_PAID_FOR_GOOD} WHERE id IN ({paid})")  # noqa: S608
    op.execute(f"UPDATE campaign_contacts SET wrong_data = true WHERE state = 'over' AND id IN ({wrong})")  # noqa: S608
    _comment_recordings("the caller's channel, as in calls, or that to the customer who was called")


def _comment_recordings(comment: str) -> None:
    """SQLite keeps no comments."""
    if op.get_bind().dialect.name == "postgresql":
        kind = sa.String(length=150)
        op.alter_column("recordings", "uniqueid", existing_type=kind, existing_nullable=False, comment=comment)


def downgrade() -> None:
    """Take it back."""
    _comment_recordings("the caller's channel, as in calls")
    with op.batch_alter_table("campaign_contacts") as batch_op:
        batch_op.drop_column("wrong_data")
        batch_op.drop_column("paid_until")
    with op.batch_alter_table("campaigns") as batch_op:
        batch_op.drop_column("followed_to")
