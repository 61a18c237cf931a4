"""What is made by itself when its time comes: which runs are done, and the reports that people have sent to them.

Writers: `reports.scheduled.runs` of job_runs, `reports.scheduled.store` of scheduled_reports. Instants in
microseconds, UTC.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from callcenter.records.metadata import RowId, metadata

job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(40), primary_key=True, comment="its name: att-month, say"),
    Column("due_us", BigInteger, primary_key=True, comment="which of its runs: the moment it was due"),
    Column("done_us", BigInteger, nullable=False),
)

scheduled_reports = Table(
    "scheduled_reports",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("made_by", String(40), nullable=False, comment="login"),
    Column("report", String(60), nullable=False, comment="name of the reports.kinds.kind.ReportKind"),
    Column("asked", Text, nullable=False, comment="JSON: lines, queues, agents; the days follow from its time"),
    Column("every", String(16), nullable=False, comment="a reports.scheduled.recurrence.Every"),
    Column("hour", Integer, nullable=False, comment="0 to 23, in the centre's zone"),
    Column("form", String(8), nullable=False, comment="xlsx, pdf or csv"),
    Column("recipients", Text, nullable=False, comment="JSON array of mail addresses"),
    Column("enabled", Boolean, nullable=False),
    Column("changed_us", BigInteger, nullable=False, comment="by whoever made it; the first run is due after it"),
    Column("last_run_us", BigInteger, comment="the moment at which the last run that ended was due"),
    Column("last_problem", String(300), nullable=False, default="", comment="of the last try, Spanish; empty: none"),
    Index("ix_scheduled_reports_made_by", "made_by"),
)
