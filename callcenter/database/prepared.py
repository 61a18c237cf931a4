"""The same upsert of many rows, again and again: what can be done beforehand is, so that the database is held short.

PostgreSQL looks at each row of a statement with parameters by itself; by COPY into a table of the transaction's own it
gets many at once, and one statement puts them in their place.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect as SqlDialect
from sqlalchemy import Table

from callcenter.database.engines import Dialect
from callcenter.database.transactions import Database, upsert_statement

_GIVEN = "given"


class PreparedUpsert:
    """Inserts rows of these columns, or overwrites those with the same primary key."""

    def __init__(self, table: Table, dialect: SqlDialect, columns: tuple[str, ...]) -> None:
        self._table, self._copies = table.name, dialect.name == Dialect.POSTGRESQL
        statement = upsert_statement(table, dialect.name, columns, ())
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self._text, self._names = str(compiled), tuple(compiled.positiontup)
        listed = ", ".join(f'"{name}"' for name in self._names)
        conflict = self._text[self._text.index(" ON CONFLICT") :]
        self._make_given = (
            f"CREATE TEMP TABLE {_GIVEN} ON COMMIT DROP AS SELECT {listed} FROM {self._table} WITH NO DATA"  # noqa: S608
        )
        self._from_given = f"INSERT INTO {self._table} ({listed}) SELECT {listed} FROM {_GIVEN}{conflict}"  # noqa: S608
        # A column that the rows have not gets what the table says.
        self._defaults = {name: table.c[name].default.arg for name in self._names if name not in columns}

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """The rows as the driver takes them. To be made before the transaction begins."""
        names = self._names
        if self._defaults:
            return [tuple({**self._defaults, **row}[name] for name in names) for row in rows]
        return [tuple([row[name] for name in names]) for row in rows]

    async def write(self, database: Database, values: list[tuple[Any, ...]]) -> None:
        """Write them in one transaction. No two may have the same key. Raises DatabaseProblem."""
        if not self._copies:
            await database.write(lambda connection: connection.exec_driver_sql(self._text, values))
            return
        async with database.transaction() as connection:
            await connection.exec_driver_sql(self._make_given)
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.copy_records_to_table(_GIVEN, records=values, columns=self._names)
            await connection.exec_driver_sql(self._from_given)


@lru_cache(maxsize=64)
def prepared_upsert(table: Table, dialect: SqlDialect, columns: tuple[str, ...]) -> PreparedUpsert:
    """One for each table, dialect and set of columns."""
    return PreparedUpsert(table, dialect, columns)
