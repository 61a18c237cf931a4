"""nobody waits behind a scan.

Revision 0006, after 0005.

Keys began with `node`, which is the same in all rows: without statistics SQLite took them for look-ups and read every
row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"

# Table, its key now and before.
_KEYS = (
    ("calls", ["uniqueid", "node"], ["node", "uniqueid"]),
    (
        "queue_entries",
        ["uniqueid", "node", "boot_us", "queue", "ordinal"],
        ["node", "boot_us", "queue", "uniqueid", "ordinal"],
    ),
    (
        "offers",
        ["uniqueid", "node", "boot_us", "queue", "entry_ordinal", "ordinal"],
        ["node", "boot_us", "queue", "uniqueid", "entry_ordinal", "ordinal"],
    ),
    (
        "agent_periods",
        ["member", "started_us", "kind", "queue", "node"],
        ["node", "member", "kind", "queue", "started_us"],
    ),
    ("contact_notes", ["uniqueid", "member", "node"], ["node", "uniqueid", "member"]),
    ("recall_list", ["uniqueid", "entered_us", "node"], ["node", "uniqueid", "entered_us"]),
    (
        "call_steps",
        ["uniqueid", "node", "at_us", "step", "detail"],
        ["node", "uniqueid", "at_us", "step", "detail"],
    ),
    ("survey_answers", ["uniqueid", "node", "question"], ["node", "uniqueid", "question"]),
    ("recordings", ["uniqueid", "node", "started_us"], ["node", "uniqueid", "started_us"]),
)
_INDEXES = (
    ("ix_queue_entries_caller_entered_us", "queue_entries", ["caller", "entered_us"]),
    ("ix_queue_entries_member_entered_us", "queue_entries", ["member", "entered_us"]),
    ("ix_contact_notes_member_closed_us", "contact_notes", ["member", "closed_us"]),
    ("ix_callbacks_ended_us", "callbacks", ["ended_us"]),
    ("ix_callbacks_uniqueid_node", "callbacks", ["uniqueid", "node"]),
    ("ix_callbacks_returned_uniqueid_node", "callbacks", ["returned_uniqueid", "node"]),
)
_INDEXES_BEFORE = (
    ("ix_queue_entries_caller", "queue_entries", ["caller"]),
    ("ix_queue_entries_ended_us", "queue_entries", ["ended_us"]),
)


def upgrade() -> None:
    """Make the change. SQLite copies each table: about half a minute for a million queue entries."""
    _drop(_INDEXES_BEFORE)
    op.add_column(
        "queue_entries",
        sa.Column(
            "reading", sa.BigInteger(), nullable=False, server_default="0", comment="the reading that changed it last"
        ),
    )
    for table, key, _ in _KEYS:
        _change_key(table, key)
    _create(_INDEXES)
    recorded = sa.text("reading <> 0")
    op.create_index(
        "ix_queue_entries_node_reading",
        "queue_entries",
        ["node", "reading"],
        unique=False,
        sqlite_where=recorded,
        postgresql_where=recorded,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_queue_entries_node_reading", table_name="queue_entries")
    _drop(_INDEXES)
    for table, _, key in _KEYS:
        _change_key(table, key)
    op.drop_column("queue_entries", "reading")
    _create(_INDEXES_BEFORE)


def _change_key(table: str, columns: list[str]) -> None:
    # A table that was renamed keeps the old name of its key on SQLite.
    before = sa.inspect(op.get_bind()).get_pk_constraint(table)["name"]
    assert before is not None
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(before), type_="primary")
        batch.create_primary_key(op.f(f"pk_{table}"), columns)


def _create(indexes: tuple[tuple[str, str, list[str]], ...]) -> None:
    for name, table, columns in indexes:
        op.create_index(name, table, columns, unique=False)


def _drop(indexes: tuple[tuple[str, str, list[str]], ...]) -> None:
    for name, table, _ in indexes:
        op.drop_index(name, table_name=table)
