"""The service level's counts by half-hours, so that a month is summed and not scanned.

Beside them closed months, and the centre as it was.

What moved is noted in `level_changes`, in the transaction of what moved, by each writer of calls and entries. The
counts have one writer, `callcenter.level.rollup`, editions `callcenter.level.editions`, and closed months and their
files `reports.att.closing`. `half_hour` is the number of half-hours since 1970, UTC.
"""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text

from callcenter.records.metadata import metadata

level_changes = Table(
    "level_changes",
    metadata,
    Column("half_hour", Integer, primary_key=True, comment="what is counted of it may have changed"),
    Column("node", String(16), primary_key=True, comment="of the reading that changed it; empty: no reading"),
    Column("reading", BigInteger, primary_key=True),
)

level_settled = Table(
    "level_settled",
    metadata,
    Column("first", Integer, primary_key=True, autoincrement=False, comment="half-hour from which on"),
    Column("last", Integer, nullable=False, comment="and up to which counts stay: their records are deleted"),
)

_ENTRY_COUNTS = (
    *("entries", "answered", "within", "undetermined", "abandoned", "abandoned_within", "abandoned_under_5_seconds"),
    *("still_open", "interrupted", "interrupted_unanswered", "full", "join_refused"),
)

level_entries = Table(
    "level_entries",
    metadata,
    Column("half_hour", Integer, primary_key=True),
    Column("queue", String(64), primary_key=True),
    Column("line", String(16), primary_key=True, comment="the number dialled, empty when unknown"),
    Column("origin", String(16), primary_key=True, comment="a callcenter.level.summed.CallOrigin"),
    Column("threshold_us", BigInteger, nullable=False, comment="the threshold that it was counted by"),
    *(Column(name, Integer, nullable=False) for name in _ENTRY_COUNTS),
)

level_reentries = Table(
    "level_reentries",
    metadata,
    Column("half_hour", Integer, primary_key=True),
    Column("queue", String(64), primary_key=True),
    Column("line", String(16), primary_key=True),
    Column("after", Text, primary_key=True, comment="JSON: queues and lines that the same calls entered before"),
    Column("entries", Integer, nullable=False),
)

level_calls = Table(
    "level_calls",
    metadata,
    Column("half_hour", Integer, primary_key=True),
    Column("line", String(16), primary_key=True),
    Column("internal", Boolean, primary_key=True),
    Column("final_stage", String(16), primary_key=True, comment="a callcenter.calls.FinalStage"),
    Column("calls", Integer, nullable=False),
)

level_callbacks = Table(
    "level_callbacks",
    metadata,
    Column("half_hour", Integer, primary_key=True),
    Column("queue", String(64), primary_key=True),
    *(Column(name, Integer, nullable=False) for name in ("requested", "by_key", "returned", "answered")),
)

centre_editions = Table(
    "centre_editions",
    metadata,
    Column("since_us", BigInteger, primary_key=True, autoincrement=False, comment="since then the centre file says it"),
    Column("edition", Text, nullable=False, comment="JSON: lines and queues"),
)

att_months = Table(
    "att_months",
    metadata,
    Column("month", String(7), primary_key=True, comment="2026-10"),
    Column("version", Integer, primary_key=True, comment="1, 2, ...: the last one is in force"),
    Column("closed_us", BigInteger, nullable=False),
    Column("closed_by", String(40), nullable=False, comment="a login; empty: by itself"),
    Column("reason", String(200), nullable=False, comment="of a later version"),
    Column("report", Text, nullable=False, comment="JSON: the figures, whole"),
    Column("fingerprint", String(80), nullable=False),
    Column("details", String(80), nullable=False, comment="fingerprint of the entries behind the figures"),
    Column("entries", Integer, nullable=False, comment="how many those are"),
    Column("corrections", Text, nullable=False, comment="JSON: what is otherwise than in the version before"),
)

att_files = Table(
    "att_files",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("month", String(7), nullable=False),
    Column("version", Integer, nullable=False, comment="0: of a month that was not closed"),
    Column("form", String(8), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("fingerprint", String(80), nullable=False),
)
