"""Contacts as agents write them down, the recall list (abandoned calls), and supervisors' announcements to agents.

One writer: `agent_api`; the second, `reports.retention`, deletes what is too old and empties persons' data.
Instants in microseconds, UTC.
"""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from callcenter.records.metadata import RowId, metadata

contact_notes = Table(
    "contact_notes",
    metadata,
    Column("uniqueid", String(150), primary_key=True, comment="the caller's channel, as in queue_entries"),
    Column("member", String(80), primary_key=True, comment="the agent's login"),
    Column("node", String(16), primary_key=True),
    Column("queue", String(64), nullable=False),
    Column("disposition", String(40), nullable=False, default="", comment="code of centre.yaml; empty: not yet given"),
    Column("notes", Text, nullable=False, default="", comment="as typed; saved while the agent types"),
    Column("customer_number", BigInteger, comment="the customer the agent confirmed; NONE when unknown"),
    Column("saved_us", BigInteger, nullable=False),
    Column("closed_us", BigInteger, comment="NONE while the agent has not finished"),
    Index("ix_contact_notes_member_saved_us", "member", "saved_us"),
    Index("ix_contact_notes_member_closed_us", "member", "closed_us"),
)

contact_readings = Table(
    "contact_readings",
    metadata,
    Column("node", String(16), primary_key=True),
    Column("reading", BigInteger, nullable=False, comment="every conversation up to this reading has its contact"),
)

recall_list = Table(
    "recall_list",
    metadata,
    Column("uniqueid", String(150), primary_key=True),
    Column("entered_us", BigInteger, primary_key=True, comment="of the queue entry that nobody answered"),
    Column("node", String(16), primary_key=True),
    Column("state", String(16), nullable=False, comment="taken, reached, not_reached, discarded; no row: open"),
    Column("owner", String(40), nullable=False, comment="login of who took it"),
    Column("note", String(200), nullable=False, default=""),
    Column("changed_us", BigInteger, nullable=False),
    Index("ix_recall_list_owner", "owner"),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False, comment="shown to who comes later, up to then"),
    Column("said_by", String(40), nullable=False),
    Column("text", String(280), nullable=False),
    Column("queue", String(64), comment="for the agents of this queue; NONE: for all"),
    Index("ix_announcements_until_us", "until_us"),
)
