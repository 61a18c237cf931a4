"""The directory where no other system holds it. One writer: `backoffice.guiatel.store`."""

from sqlalchemy import Boolean, Column, Index, String, Table

from callcenter.records.metadata import metadata

directory_entries = Table(
    "directory_entries",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("name", String(120), primary_key=True, comment="surnames first, as a directory has it"),
    Column("keys", String(120), nullable=False, comment="the name on the keys of a telephone: 2 to 9"),
    Column("reserved", Boolean, nullable=False, comment="the number is never given out, under no name"),
    Index("ix_directory_entries_keys", "keys"),
)
