"""Pockets where no other system holds them. One writer: `backoffice.fijacom.store`. Money in centavos."""

from sqlalchemy import BigInteger, Column, Date, String, Table

from callcenter.records.metadata import metadata

fijacom_pockets = Table(
    "fijacom_pockets",
    metadata,
    Column("service_number", String(16), primary_key=True),
    Column("balance_centavos", BigInteger, nullable=False),
    Column("valid_until", Date, nullable=False),
)
