"""What the operational reports read: which queue entries, lengths, ranks, local days and hours. Expressions of SQL.

In: what was asked; out: conditions and columns that say the same on SQLite and PostgreSQL.
"""
