"""The tables of the records, one file a subject: what happened in, rows that reports and pages read out.

Each table names its one writer in the docstring of its file.

A primary key begins with what tells rows apart, never with `node`: of that there is one, or a handful, and a database
that takes such a key for a look-up reads every row.

A back-office system keeps its tables with itself (`backoffice/*/`); `migrations.tables` knows them all.
"""

# The last revision in migrations/versions: what the tables must be at. Revisions sort as text.
SCHEMA_VERSION = "0015"
