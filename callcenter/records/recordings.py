"""Calls that were recorded. Instants in microseconds, UTC.

Two writers, each of its own columns: `ami_bridge.records.recorder` adds the row (from the ledger's RECORDED row),
`ami_bridge.records.recording_retention` fills in `bytes` and `deleted_us`. The third, `reports.retention`, deletes the
rows of files that are gone, with the detail of their calls.
"""

from sqlalchemy import BigInteger, Column, Index, String, Table

from callcenter.records.metadata import metadata

recordings = Table(
    "recordings",
    metadata,
    Column(
        "uniqueid",
        String(150),
        primary_key=True,
        comment="the caller's channel, as in calls, or that to the customer who was called",
    ),
    Column("node", String(16), primary_key=True),
    Column("started_us", BigInteger, primary_key=True),
    Column("file", String(200), nullable=False, comment="relative to the node's folder of recordings"),
    Column("queue", String(64), nullable=False),
    Column("bytes", BigInteger, comment="of its file; 0: there is none; NULL until the call is over"),
    Column("deleted_us", BigInteger, comment="when its time was over, or no word was in it; the row stays"),
    Index("ix_recordings_started_us", "started_us"),
)
