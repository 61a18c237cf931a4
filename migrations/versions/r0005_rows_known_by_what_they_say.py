"""rows known by what they say.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"

_OLD_CURSOR = "which file: device, inode and first bytes"
_NEW_CURSOR = "what stands before the position, as a digest; of ami the boot"


def upgrade() -> None:
    """Make the change. A cursor without a mark is believed until its copy has been read on."""
    op.execute("ALTER TABLE ledger_cursors RENAME COLUMN identity TO mark")
    op.execute("UPDATE ledger_cursors SET mark = '' WHERE source <> 'ami'")
    _comment(_NEW_CURSOR)
    op.create_table(
        "ledger_readings",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column(
            "number", sa.BigInteger(), nullable=False, comment="1, 2, ...: two bridges of one node cannot both write it"
        ),
        sa.Column(
            "writer", sa.String(length=16), nullable=False, comment="which bridge, by a number of its own at each start"
        ),
        sa.Column("earliest_us", sa.BigInteger(), nullable=False, comment="of its rows"),
        sa.Column("latest_us", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False, comment="digest, moment and copy of each, 17 bytes a row"),
        sa.PrimaryKeyConstraint("node", "number", name=op.f("pk_ledger_readings")),
    )
    op.create_index("ix_ledger_readings_node_latest_us", "ledger_readings", ["node", "latest_us"], unique=False)
    op.create_table(
        "ledger_journal",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="of the reading"),
        sa.Column("rows", sa.LargeBinary(), nullable=False, comment="its rows, whole: JSON"),
        sa.PrimaryKeyConstraint("node", "number", name=op.f("pk_ledger_journal")),
    )
    op.create_table(
        "ledger_checkpoints",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="the last reading in it"),
        sa.Column("state", sa.LargeBinary(), nullable=False, comment="what goes on, and the rows it came from: JSON"),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_ledger_checkpoints")),
    )
    _anomalies_anew(
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="of the reading"),
        sa.Column("ordinal", sa.Integer(), nullable=False, comment="0, 1, ... within it"),
        sa.Column("source", sa.String(length=16), nullable=False, comment="table or ami"),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="row or byte"),
        key=("node", "number", "ordinal"),
        taken="""
            INSERT INTO ledger_anomalies
            SELECT node, 0, ROW_NUMBER() OVER (ORDER BY position), source, position, kind, at_us, detail
            FROM ledger_anomalies_before""",
    )
    op.create_index("ix_ledger_anomalies_at_us", "ledger_anomalies", ["at_us"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_ledger_anomalies_at_us", table_name="ledger_anomalies")
    _anomalies_anew(
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False, comment="table, file or ami"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        key=("node", "source", "position"),
        taken="""
            INSERT INTO ledger_anomalies
            SELECT node, source, number * 100000 + ordinal, kind, at_us, detail
            FROM ledger_anomalies_before""",
    )
    op.drop_table("ledger_checkpoints")
    op.drop_table("ledger_journal")
    op.drop_table("ledger_readings")
    op.execute("ALTER TABLE ledger_cursors RENAME COLUMN mark TO identity")
    _comment(_OLD_CURSOR)


def _anomalies_anew(*columns: sa.Column[object], key: tuple[str, ...], taken: str) -> None:
    """The table with another key; what it held is taken over."""
    op.rename_table("ledger_anomalies", "ledger_anomalies_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE ledger_anomalies_before DROP CONSTRAINT pk_ledger_anomalies")
    op.create_table(
        "ledger_anomalies",
        *columns,
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_ledger_anomalies")),
    )
    op.execute(sa.text(taken))
    op.drop_table("ledger_anomalies_before")


def _comment(comment: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(
            "ledger_cursors",
            "mark" if comment == _NEW_CURSOR else "identity",
            existing_type=sa.String(length=64),
            existing_nullable=False,
            comment=comment,
        )
