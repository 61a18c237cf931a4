"""Reports as supervisors want them again: which one, of which days, limited to what.

One writer: `agent_api.reports.saved_views`. Instants in microseconds, UTC.
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, String, Table

from callcenter.records.metadata import RowId, metadata

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("owner", String(40), nullable=False, comment="a login; outlives the user"),
    Column("name", String(80), nullable=False),
    Column("report", String(60), nullable=False, comment="the name of a report of the catalogue"),
    Column("asked", JSON, nullable=False, comment="a reports.kinds.request.ReportRequest"),
    Column("shared", Boolean, nullable=False, default=False, comment="seen by every supervisor"),
    Column("changed_us", BigInteger, nullable=False),
    Index("ix_saved_views_owner_name", "owner", "name", unique=True),
)
