"""Calls to the outside that the centre made: what the ledger says of each.

One writer: `ami_bridge.records.recorder`; the second, `reports.retention`, deletes what is too old and empties
persons' data. Instants in microseconds, UTC, by Asterisk's clock.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, text

from callcenter.records.metadata import metadata

outgoing_calls = Table(
    "outgoing_calls",
    metadata,
    Column("uniqueid", String(150), primary_key=True, comment="the channel to the outside telephone"),
    Column("node", String(16), primary_key=True),
    Column("purpose", String(16), nullable=False, comment="a callcenter.outgoing_calls.OutgoingPurpose"),
    Column("reference", String(64), nullable=False, comment="the attempt of whoever asked for it, empty for none"),
    Column("number", String(16), nullable=False, comment="as it was dialled"),
    Column("member", String(80), comment="the agent who dialled"),
    Column("dialled_us", BigInteger, nullable=False),
    Column("answered_us", BigInteger),
    Column("answered_by", String(16), comment="person or machine, where that was looked at"),
    Column("told", String(64), comment="the message that was played to its end"),
    Column("pressed", String(1), comment="a callcenter.outgoing_calls.CustomerKey"),
    Column("handed_us", BigInteger),
    Column("handed_to", String(64), comment="the queue or extension that it was given to"),
    Column("ended_us", BigInteger),
    Column("rang", Boolean, nullable=False, comment="the network reported ringing"),
    Column("cause", Integer, comment="Q.850, of the end"),
    Column("ended_by_customer", Boolean),
    Column("result", String(16), comment="a callcenter.outgoing_calls.OutgoingResult; NULL while it goes on"),
    Index("ix_outgoing_calls_reference", "reference"),
    Index(
        *("ix_outgoing_calls_open", "dialled_us"),
        sqlite_where=text("ended_us IS NULL"),
        postgresql_where=text("ended_us IS NULL"),
    ),
    Index("ix_outgoing_calls_dialled_us", "dialled_us"),
    Index("ix_outgoing_calls_number_dialled_us", "number", "dialled_us"),
)
