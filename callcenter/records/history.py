"""The rows of an old system's queue log that were imported. Only `ami_bridge.history` writes here.

They are kept, so that an import that is repeated, or brings more, knows what there is: the records of such a node are
what the fold makes of these rows.
"""

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, String, Table, Text

from callcenter.records.metadata import metadata

history_days = Table(
    "history_days",
    metadata,
    Column("day", BigInteger, primary_key=True, comment="days since 1970, UTC"),
    Column("node", String(16), primary_key=True, comment="the name that the old system has here"),
    Column("lines", LargeBinary, nullable=False, comment="its rows in order, as text, packed by zlib"),
)

history_nodes = Table(
    "history_nodes",
    metadata,
    Column("node", String(16), primary_key=True),
    Column("names", Text, nullable=False, comment="JSON: what its agents and queues are called here"),
    Column("folded_from", BigInteger, comment="the day from which on `state` is to be folded; NULL: from the first"),
    Column("state", LargeBinary, comment="what goes on when that day begins: a checkpoint, as of the ledger"),
    Column("finished", Boolean, nullable=False, comment="the records have all that the lines say"),
)
