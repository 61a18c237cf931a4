"""Lists that people load: their files until they are loaded, what each says of whom, and payments.

One writer: `dialer.lists`; the second, `reports.retention`, deletes what is too old. Instants in microseconds, UTC;
dates are the centre's. What is listed and paid counts while its load is `loaded`, and not before.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    Text,
)

from callcenter.records.metadata import RowId, metadata

# The state of a list that stands: what it says counts.
LOADED = "loaded"

list_loads = Table(
    "list_loads",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", String(24), nullable=False, comment="a dialer.lists.model.ListKind"),
    Column("campaign_id", ForeignKey("campaigns.id"), comment="whom its customers are called by"),
    Column("file_name", String(120), nullable=False),
    Column("file_hash", String(64), nullable=False, comment="SHA-256, so that no file is loaded twice"),
    Column("state", String(16), nullable=False, comment="a dialer.lists.model.LoadState"),
    Column("uploaded_us", BigInteger, nullable=False),
    Column("uploaded_by", String(40), nullable=False),
    Column("header", Text, comment="JSON: the header, where a person must say which column is what"),
    Column("refusal", String(600), nullable=False, default="", comment="Spanish, why it cannot be loaded"),
    Column("rows_read", Integer, nullable=False, default=0, comment="so far"),
    Column("rows_in_all", Integer, comment="as far as it is known"),
    Column("counts", Text, nullable=False, default="{}", comment="JSON: what will change, or changed"),
    Column("changed_us", BigInteger, nullable=False),
    Column("loaded_us", BigInteger),
    Column("loaded_by", String(40)),
    Column("undone_us", BigInteger),
    Column("undone_by", String(40)),
    Index("ix_list_loads_campaign", "campaign_id", "id"),
    Index("ix_list_loads_state", "state"),
)

list_files = Table(
    "list_files",
    metadata,
    Column("load_id", ForeignKey("list_loads.id", ondelete="CASCADE"), primary_key=True),
    Column("part", Integer, primary_key=True, comment="from 0"),
    Column("content", LargeBinary, nullable=False, comment="as it was uploaded; gone once it is read"),
)

listed_customers = Table(
    "listed_customers",
    metadata,
    Column("load_id", ForeignKey("list_loads.id", ondelete="CASCADE"), primary_key=True),
    Column("customer", String(80), primary_key=True),
    Column("customer_code", String(40), nullable=False, default=""),
    Column("row_number", Integer, nullable=False, comment="the first of the list"),
    Column("name", String(120), nullable=False, default=""),
    Column("numbers", Text, nullable=False, comment="JSON array"),
    Column("services", Text, nullable=False, comment="JSON, one entry a service"),
    Column("service", String(16), nullable=False, default=""),
    Column("segment", String(40), nullable=False, default=""),
    Column("expires_on", Date),
    Column("amount", Numeric(14, 2)),
    Column("rank", BigInteger, nullable=False),
    Column("held_out", Boolean, nullable=False),
    Column("barred", Boolean, nullable=False, comment="all of its numbers are never to be called"),
    Index("ix_listed_customers_customer", "customer"),
)

list_problems = Table(
    "list_problems",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("load_id", ForeignKey("list_loads.id", ondelete="CASCADE"), nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("column_title", String(120), nullable=False, default=""),
    Column("value", String(60), nullable=False, default=""),
    Column("wrong", String(200), nullable=False),
    Column("remedy", String(200), nullable=False),
    Column("kept", Boolean, nullable=False, comment="the row goes on without this value"),
    Index("ix_list_problems_load", "load_id", "row_number"),
)

column_mappings = Table(
    "column_mappings",
    metadata,
    Column("kind", String(24), primary_key=True),
    Column("signature", String(64), primary_key=True, comment="of the header"),
    Column("mapping", Text, nullable=False, comment="JSON"),
    Column("saved_us", BigInteger, nullable=False),
    Column("saved_by", String(40), nullable=False),
)

payments = Table(
    "payments",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("load_id", ForeignKey("list_loads.id", ondelete="CASCADE"), nullable=False),
    Column(
        "customer_code", String(40), nullable=False, default="", comment="of the customer or the contract one is there"
    ),
    Column("contract", String(40), nullable=False, default=""),
    Column("paid_on", Date, nullable=False),
    Column("amount", Numeric(14, 2), nullable=False),
    Column("service", String(16), nullable=False, default=""),
    Index("ix_payments_paid_on", "paid_on"),
    Index("ix_payments_load", "load_id"),
)
