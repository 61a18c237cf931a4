"""Customers, their contracts, products, faults and contacts, where no other system holds them.

One writer: `backoffice.smartflex.customer_store`; of faults also `backoffice.smartflex.fault_store`.
Money in centavos of boliviano, instants in microseconds, UTC.
"""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table

from callcenter.records.metadata import RowId, metadata

customers = Table(
    "customers",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="the customer's number"),
    Column("name", String(120), nullable=False),
    Column("ci_number", String(20), index=True, comment="identity card, without complement and place"),
    Column("ci_complement", String(5), nullable=False, default=""),
    Column("ci_issued", String(4), nullable=False, default="", comment="place of issue: CB, LP, SC ..."),
    Column("nit", String(20), index=True, comment="tax number of a company"),
    Column("segment", String(16), nullable=False),
    Column("zone", String(60), nullable=False),
    Column("address", String(160), nullable=False),
)

customer_telephones = Table(
    "customer_telephones",
    metadata,
    Column("number", String(16), primary_key=True, comment="as `callcenter.numbers` writes it"),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, index=True),
)

contracts = Table(
    "contracts",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("signed_on", Date, nullable=False),
    Column("balance_centavos", BigInteger, nullable=False, default=0, comment="what is owed"),
    Column("due_on", Date, comment="of the oldest unpaid bill; NONE when nothing is owed"),
)

products = Table(
    "products",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("contract", ForeignKey("contracts.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(24), nullable=False),
    Column("plan", String(60), nullable=False),
    Column("service_number", String(16), nullable=False, default="", comment="empty without a telephone"),
)

faults = Table(
    "faults",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("product_id", ForeignKey("products.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("state", String(24), nullable=False),
    Column("opened_us", BigInteger, nullable=False),
    Column("solved_us", BigInteger),
    Column("repetitions", Integer, nullable=False, default=0, comment="times it was reported again"),
)

customer_contacts = Table(
    "customer_contacts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("line", String(16), nullable=False, comment="the service called"),
    Column("summary", String(400), nullable=False),
    Index("ix_customer_contacts_customer_id_at_us", "customer_id", "at_us"),
)
