"""The one MetaData that every table belongs to.

Core tables only, no mapped classes: a look-up or an insert through the ORM costs many times its SQL,
and the records are rows, not objects with a life of their own.
"""

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A key that the database counts up: SQLite does that for INTEGER only.
RowId = BigInteger().with_variant(Integer(), "sqlite")
