"""Callbacks: requested by callers instead of waiting.

One writer: `callcenter.callbacks.store`; the second, `reports.retention`, deletes what is too old and empties persons'
data. Instants in microseconds, UTC.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, text

from callcenter.records.metadata import RowId, metadata

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("node", String(16), nullable=False),
    Column("number", String(16), nullable=False, comment="as `callcenter.numbers` writes it"),
    Column("line", String(16), nullable=False, comment="the line that was called"),
    Column("queue", String(64), nullable=False),
    Column("uniqueid", String(150), nullable=False, comment="the caller's channel when it was asked for"),
    Column("entered_us", BigInteger, nullable=False, comment="the position kept: since when the caller has waited"),
    Column("priority", Integer, nullable=False, default=0, comment="the position kept: QUEUE_PRIO"),
    Column("requested_us", BigInteger, nullable=False),
    Column("reason", String(16), nullable=False, comment="key, full, empty, timeout, disconnected"),
    Column("state", String(16), nullable=False, comment="pending, calling, done, given_up, cancelled"),
    Column("tries", Integer, nullable=False, default=0),
    Column("next_try_us", BigInteger, nullable=False, comment="not before; of a try under way: its end"),
    Column("last_result", String(24), comment="of the last try: a callcenter.callbacks.rules.TryResult"),
    Column("ended_us", BigInteger),
    Column("returned_uniqueid", String(150), comment="the channel of the callback that reached the queue"),
    Index(
        "uq_callbacks_one_open_a_number",
        "number",
        unique=True,
        sqlite_where=text("ended_us IS NULL"),
        postgresql_where=text("ended_us IS NULL"),
    ),
    Index("ix_callbacks_requested_us", "requested_us"),
    Index("ix_callbacks_ended_us", "ended_us"),
    Index("ix_callbacks_uniqueid_node", "uniqueid", "node"),
    Index("ix_callbacks_returned_uniqueid_node", "returned_uniqueid", "node"),
)
