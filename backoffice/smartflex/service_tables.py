"""What customers owe, ordered and paid in advance, where no other system holds it: bills, orders, prepaid expiries.

One writer: `backoffice.smartflex.service_store`; of fault_reports `backoffice.smartflex.fault_store`.
Money in centavos of boliviano, instants in microseconds, UTC.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, String, Table

from callcenter.records.metadata import metadata

unpaid_bills = Table(
    "unpaid_bills",
    metadata,
    Column("contract", ForeignKey("contracts.number", ondelete="CASCADE"), primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("amount_centavos", BigInteger, nullable=False),
)

# Under which a call that asks again is answered as the first time.
fault_reports = Table(
    "fault_reports",
    metadata,
    Column("call", String(150), primary_key=True, comment="uniqueid of the call in which it was reported"),
    Column("product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("fault", BigInteger, nullable=False, comment="number of the fault"),
    Column("repetitions", Integer, nullable=False, comment="of the fault with this report: 0 registered it"),
    Column("at_us", BigInteger, nullable=False),
)

work_orders = Table(
    "work_orders",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("contract", ForeignKey("contracts.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False, comment="installation, transfer"),
    Column("product", String(16), nullable=False, comment="kind of product"),
    Column("state", String(16), nullable=False, comment="registered, assigned, annulled, executed, closed"),
    Column("cause", String(24), comment="of an annulment: technical_data, subscriber_absent, wrong_address"),
    Column("registered_us", BigInteger, nullable=False),
    Column("working", Boolean, nullable=False, default=False, comment="a closed order left a working service"),
)

prepaid = Table(
    "prepaid",
    metadata,
    Column("product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    Column("expires_on", Date, nullable=False, index=True),
)
