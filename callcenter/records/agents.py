"""What agents did: one row a period. One writer: `ami_bridge.records.recorder`; the second,
`reports.retention`, deletes what is too old. Instants in microseconds, UTC.
"""

from sqlalchemy import BigInteger, Column, Index, String, Table

from callcenter.records.metadata import metadata

agent_periods = Table(
    "agent_periods",
    metadata,
    Column("member", String(80), primary_key=True),
    Column("started_us", BigInteger, primary_key=True),
    Column("kind", String(16), primary_key=True, comment="logged_in, paused, on_call, wrap_up"),
    Column("queue", String(64), primary_key=True, comment="NONE for all queues"),
    Column("node", String(16), primary_key=True),
    Column("ended_us", BigInteger),
    Column("reason", String(80), nullable=False, default=""),
    Index("ix_agent_periods_started_us", "started_us"),
)
