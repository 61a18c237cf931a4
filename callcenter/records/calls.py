"""Calls, queue entries and offers: what the ledger says happened.

One writer: `ami_bridge.records.recorder`; the second, `reports.retention`, deletes what is too old and empties
persons' data. Instants are microseconds since 1970, UTC; a `_slack_us` is how much
later than the instant the event may have been (0 when it is known to the microsecond, up to a second
when only the plain queue log file reported it).
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, false, text

from callcenter.records.metadata import metadata

calls = Table(
    "calls",
    metadata,
    Column("uniqueid", String(150), primary_key=True, comment="Asterisk's name of the caller's channel"),
    Column("node", String(16), primary_key=True),
    Column("line", String(16), nullable=False, comment="the number dialled"),
    Column("caller", String(64), nullable=False, comment="digits as received, empty when withheld"),
    Column("arrived_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("final_stage", String(16), comment="a callcenter.calls.FinalStage; NULL while it goes on"),
    Column("internal", Boolean, nullable=False, server_default=false(), comment="not by a trunk of the public"),
    Index("ix_calls_arrived_us", "arrived_us"),
)

queue_entries = Table(
    "queue_entries",
    metadata,
    Column("uniqueid", String(150), primary_key=True, comment="the channel that joined"),
    Column("node", String(16), primary_key=True),
    Column("boot_us", BigInteger, primary_key=True, comment="the start of Asterisk it belongs to"),
    Column("queue", String(64), primary_key=True),
    Column("ordinal", Integer, primary_key=True, comment="0, 1, ... the how-manieth entry of this channel here"),
    Column("call", String(150), nullable=False, comment="uniqueid of the call it is part of"),
    Column("line", String(16), nullable=False, comment="the number dialled, empty when unknown"),
    Column("caller", String(64), nullable=False),
    Column("entered_us", BigInteger, nullable=False, comment="joined, or refused: decides the month"),
    Column("joined_us", BigInteger),
    Column("joined_slack_us", BigInteger, nullable=False, default=0),
    Column("answered_us", BigInteger),
    Column("answered_slack_us", BigInteger, nullable=False, default=0),
    Column("ended_us", BigInteger),
    Column("ended_slack_us", BigInteger, nullable=False, default=0),
    Column("wait_min_us", BigInteger, nullable=False),
    Column("wait_max_us", BigInteger, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("member", String(80)),
    Column("agent_channel", String(150), comment="uniqueid of the answering phone's channel"),
    Column("ended_by", String(16), nullable=False),
    Column("transferred_to", String(80)),
    Column("reading", BigInteger, nullable=False, server_default="0", comment="the reading that changed it last"),
    Column("internal", Boolean, nullable=False, server_default=false(), comment="as its call: not of the public"),
    Column("entered_position", Integer, comment="in the queue at the joining, 1 is next"),
    Column("left_position", Integer, comment="in the queue where the wait ended without an answer"),
    Index("ix_queue_entries_entered_us", "entered_us"),
    Index("ix_queue_entries_caller_entered_us", "caller", "entered_us"),
    Index("ix_queue_entries_member_entered_us", "member", "entered_us"),
    # Of use to those alone who write its condition: whoever asks for a node and something else shall not take it.
    Index(
        *("ix_queue_entries_node_reading", "node", "reading"),
        sqlite_where=text("reading <> 0"),
        postgresql_where=text("reading <> 0"),
    ),
    Index("ix_queue_entries_call", "call"),
)

entry_corrections = Table(
    "entry_corrections",
    metadata,
    Column("reading", BigInteger, primary_key=True, comment="the reading whose rows corrected an entry's `entered_us`"),
    Column("node", String(16), primary_key=True),
    Column("entered_us", BigInteger, primary_key=True, comment="what it was before"),
)

offers = Table(
    "offers",
    metadata,
    Column("uniqueid", String(150), primary_key=True, comment="as in queue_entries"),
    Column("node", String(16), primary_key=True),
    Column("boot_us", BigInteger, primary_key=True),
    Column("queue", String(64), primary_key=True),
    Column("entry_ordinal", Integer, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("member", String(80), nullable=False),
    Column("agent_channel", String(150)),
    Column("offered_us", BigInteger, nullable=False, comment="the agent's phone begins to ring"),
    Column("ended_us", BigInteger),
    Column("result", String(16), nullable=False),
    Index("ix_offers_member_offered_us", "member", "offered_us"),
)

interruptions = Table(
    "interruptions",
    metadata,
    Column("node", String(16), primary_key=True),
    Column("restarted_us", BigInteger, primary_key=True, comment="Asterisk began again"),
    Column("last_sign_us", BigInteger, comment="last row before it"),
    Column("interrupted_entries", Integer, nullable=False),
    Column("announced", Boolean, nullable=False, default=False, comment="stopped on purpose"),
)
