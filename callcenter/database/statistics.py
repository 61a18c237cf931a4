"""Statistics for the planner. PostgreSQL's autovacuum keeps them; SQLite has them only where somebody makes them.

Nobody's look-up depends on them (`tests/waited_for.py`): searches and reports, which ask for many things at once, are
quicker with them. The bridge keeps them, beside its records.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy import Connection, inspect

from callcenter.database.engines import Dialect
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
# Of each index so many rows are looked at, however large it is: some milliseconds, in which others' commits wait.
ROWS_OF_AN_INDEX = 400


async def keep_statistics(database: Database, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Make them anew every hour, until cancelled; what fails is tried again in the next."""
    while True:
        await pause(EVERY_SECONDS)
        try:
            await refresh_statistics(database)
        except DatabaseProblem as problem:
            log.warning("statistics stay as they were, nothing else depends on it: %s", problem)


async def refresh_statistics(database: Database) -> None:
    """Make them anew, a table at a time, so that commits come between. Raises DatabaseProblem."""
    if database.dialect is Dialect.SQLITE:
        for table in await database.read(lambda connection: inspect(connection).get_table_names()):
            await database.write(partial(_analyse, table=table))


def _analyse(connection: Connection, table: str) -> None:
    connection.exec_driver_sql(f"PRAGMA analysis_limit={ROWS_OF_AN_INDEX}")
    connection.exec_driver_sql(f"ANALYZE {connection.dialect.identifier_preparer.quote(table)}")


async def autovacuum_is_on(database: Database) -> bool:
    """Whether PostgreSQL keeps its own; of SQLite True. Raises DatabaseProblem."""
    if database.dialect is Dialect.SQLITE:
        return True
    names = ("autovacuum", "track_counts")
    return await database.read(lambda c: all(c.exec_driver_sql(f"SHOW {name}").scalar() == "on" for name in names))
