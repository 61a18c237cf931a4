"""What supervisors set for the routing: days that are not as the calendar says, and mass outages.

Writers, of `callcenter.routing`: calendar_store (calendar_days); outage_store (outages, outage_contacts).
Instants in microseconds, UTC.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, String, Table, text

from callcenter.records.metadata import RowId, metadata

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("day", Date, primary_key=True, comment="in the centre's own time zone"),
    Column("holiday", Boolean, nullable=False, comment="False: a working day although the rules say a holiday"),
    Column("name", String(80), nullable=False, comment="as it is shown, in Spanish"),
    Column("set_by", String(40), nullable=False),
    Column("set_us", BigInteger, nullable=False),
)

outages = Table(
    "outages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("zone", String(60), nullable=False, comment="as customers have it; empty: everywhere"),
    Column("product", String(16), nullable=False, comment="a kind of product; empty: all of them"),
    Column("began_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger, comment="NULL while the notice is played"),
    Column("set_by", String(40), nullable=False),
    Column("ended_by", String(40)),
    Index("ix_outages_ended_us", "ended_us"),
    Index(
        "uq_outages_one_open_a_place",
        "zone",
        "product",
        unique=True,
        sqlite_where=text("ended_us IS NULL"),
        postgresql_where=text("ended_us IS NULL"),
    ),
)

outage_contacts = Table(
    "outage_contacts",
    metadata,
    Column("outage_id", ForeignKey("outages.id", ondelete="CASCADE"), primary_key=True),
    Column("number", String(16), primary_key=True, comment="who wants to hear of the repair"),
    Column("uniqueid", String(150), nullable=False, comment="the call in which the number was left"),
    Column("at_us", BigInteger, nullable=False),
)
