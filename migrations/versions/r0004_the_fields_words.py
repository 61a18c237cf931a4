"""the field's words.

Revision 0004, after 0003.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"

_STEPS = (
    ("callback_asked", "callback_requested"),
    ("called_back", "callback_answered"),
    ("received", "transferred"),
)
_ACTIONS = (
    ("announcement.taken_back", "announcement.withdrawn"),
    ("wall_link.made", "wallboard_link.made"),
    ("wall_link.revoked", "wallboard_link.revoked"),
)
# Of columns that only have another comment: table, column, type, whether it may be NULL, old and new comment.
_COMMENTS: tuple[tuple[str, str, sa.types.TypeEngine[Any], bool, str, str], ...] = (
    (
        "callbacks",
        "entered_us",
        sa.BigInteger(),
        False,
        "the place kept: since when the caller has waited",
        "the position kept: since when the caller has waited",
    ),
    ("callbacks", "priority", sa.Integer(), False, "the place kept: QUEUE_PRIO", "the position kept: QUEUE_PRIO"),
    (
        "callbacks",
        "last_result",
        sa.String(length=24),
        True,
        "of the last try: an ivr.callback.TryResult",
        "of the last try: a callcenter.callbacks.rules.TryResult",
    ),
    (
        "callbacks",
        "returned_uniqueid",
        sa.String(length=150),
        True,
        "the channel of the call back that reached the queue",
        "the channel of the callback that reached the queue",
    ),
    (
        "outage_contacts",
        "number",
        sa.String(length=16),
        False,
        "who wants to be told of the repair",
        "who wants to hear of the repair",
    ),
)
_MOVED, _REDIRECTED = '"move_waiting"', '"redirect_queued_call"'


def upgrade() -> None:
    """Make the change."""
    _rename_table("lost_callers", "recall_list")
    _rename_table("wall_links", "wallboard_links")
    _rename_index("recall_list", "ix_lost_callers_owner", "ix_recall_list_owner", "owner")
    _rename_column("calls", "handled", "final_stage")
    _comment("calls", "final_stage", sa.String(length=16), True, "a callcenter.calls.FinalStage; NULL while it goes on")
    for table, column, kind, nullable, _, new in _COMMENTS:
        _comment(table, column, kind, nullable, new)
    _rename_column("callbacks", "asked_us", "requested_us")
    _rename_index("callbacks", "ix_callbacks_asked_us", "ix_callbacks_requested_us", "requested_us")
    with op.batch_alter_table("call_steps", schema=None) as batch_op:
        batch_op.alter_column(
            "step", existing_type=sa.String(length=16), type_=sa.String(length=24), existing_nullable=False
        )
    for old, new in _STEPS:
        _change_value("call_steps", "step", old, new)
    for old, new in _ACTIONS:
        _change_value("audit_log", "what", old, new)
    _change_commands(_MOVED, _REDIRECTED)


def downgrade() -> None:
    """Take it back."""
    _change_commands(_REDIRECTED, _MOVED)
    for old, new in _ACTIONS:
        _change_value("audit_log", "what", new, old)
    for old, new in _STEPS:
        _change_value("call_steps", "step", new, old)
    with op.batch_alter_table("call_steps", schema=None) as batch_op:
        batch_op.alter_column(
            "step", existing_type=sa.String(length=24), type_=sa.String(length=16), existing_nullable=False
        )
    _rename_index("callbacks", "ix_callbacks_requested_us", "ix_callbacks_asked_us", "requested_us")
    _rename_column("callbacks", "requested_us", "asked_us")
    for table, column, kind, nullable, old, _ in _COMMENTS:
        _comment(table, column, kind, nullable, old)
    _comment("calls", "final_stage", sa.String(length=16), True, "a callcenter.calls.Handled; NULL while it goes on")
    _rename_column("calls", "final_stage", "handled")
    _rename_index("recall_list", "ix_recall_list_owner", "ix_lost_callers_owner", "owner")
    _rename_table("wallboard_links", "wall_links")
    _rename_table("recall_list", "lost_callers")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _rename_table(old: str, new: str) -> None:
    op.rename_table(old, new)
    if _is_postgresql():  # SQLite keeps the name of a primary key in the text of the table only
        op.execute(sa.text(f"ALTER TABLE {new} RENAME CONSTRAINT pk_{old} TO pk_{new}"))


def _rename_column(table: str, old: str, new: str) -> None:
    op.execute(sa.text(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}"))


def _rename_index(table: str, old: str, new: str, column: str) -> None:
    """An index follows the renamed column; only its name is old."""
    op.drop_index(old, table_name=table)
    op.create_index(new, table, [column], unique=False)


def _comment(table: str, column: str, kind: sa.types.TypeEngine[Any], nullable: bool, comment: str) -> None:
    """SQLite keeps no comments."""
    if _is_postgresql():
        op.alter_column(table, column, existing_type=kind, existing_nullable=nullable, comment=comment)


def _change_value(table: str, column: str, old: str, new: str) -> None:
    changed = sa.table(table, sa.column(column, sa.String))
    op.execute(changed.update().where(changed.c[column] == old).values({column: new}))


def _change_commands(old: str, new: str) -> None:
    """The kind of a command stands in the details of the audit log, which are JSON."""
    log = sa.table("audit_log", sa.column("what", sa.String), sa.column("details", sa.JSON))
    text = sa.cast(log.c.details, sa.Text) if _is_postgresql() else sa.type_coerce(log.c.details, sa.Text)
    replaced = sa.func.replace(text, old, new)
    value = sa.cast(replaced, sa.JSON) if _is_postgresql() else replaced
    of_commands = log.c.what.in_(["command", "command.failed"])
    op.execute(log.update().where(of_commands, text.contains(old)).values(details=value))
