"""How far the ledger has been read, what was folded, and what did not fit. Only `ami_bridge.records` writes here;
`reports.retention` deletes anomalies that are too old.

A reading is what one commit folded. Its rows are kept twice: as what each says (`ledger_readings`, for good, so that a
restored or replaced copy of the queue log counts no row again), and whole (`ledger_journal`), until the next checkpoint
takes them up: a bridge that starts goes on from the checkpoint and the journal after it.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from callcenter.records.metadata import metadata

cursors = Table(
    "ledger_cursors",
    metadata,
    Column("node", String(16), primary_key=True),
    Column("source", String(16), primary_key=True, comment="table, file or ami"),
    Column("mark", String(64), nullable=False, comment="what stands before the position, as a digest; of ami the boot"),
    Column("position", BigInteger, nullable=False, comment="rows or bytes read and recorded"),
)

readings = Table(
    "ledger_readings",
    metadata,
    Column("node", String(16), primary_key=True),
    Column("number", BigInteger, primary_key=True, comment="1, 2, ...: two bridges of one node cannot both write it"),
    Column("writer", String(16), nullable=False, comment="which bridge, by a number of its own at each start"),
    Column("earliest_us", BigInteger, nullable=False, comment="of its rows"),
    Column("latest_us", BigInteger, nullable=False),
    Column("rows", LargeBinary, nullable=False, comment="digest, moment and copy of each, 17 bytes a row"),
    Index("ix_ledger_readings_node_latest_us", "node", "latest_us"),
)

journal = Table(
    "ledger_journal",
    metadata,
    Column("node", String(16), primary_key=True),
    Column("number", BigInteger, primary_key=True, comment="of the reading"),
    Column("rows", LargeBinary, nullable=False, comment="its rows, whole: JSON"),
)

checkpoints = Table(
    "ledger_checkpoints",
    metadata,
    Column("node", String(16), primary_key=True),
    Column("number", BigInteger, nullable=False, comment="the last reading in it"),
    Column("state", LargeBinary, nullable=False, comment="what goes on, and the rows it came from: JSON"),
)

anomalies = Table(
    "ledger_anomalies",
    metadata,
    Column("node", String(16), primary_key=True),
    Column("number", BigInteger, primary_key=True, comment="of the reading"),
    Column("ordinal", Integer, primary_key=True, comment="0, 1, ... within it"),
    Column("source", String(16), nullable=False, comment="table or ami"),
    Column("position", BigInteger, nullable=False, comment="row or byte"),
    Column("kind", String(32), nullable=False),
    Column("at_us", BigInteger),
    Column("detail", Text, nullable=False),
    Index("ix_ledger_anomalies_at_us", "at_us"),
)
