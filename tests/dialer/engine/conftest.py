"""One kind of database is enough here: the tables have tests of their own over both."""

from collections.abc import AsyncIterator

import pytest

from callcenter.database.transactions import Database
from tests.conftest import SqliteDatabases


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    """A SQLite file with every table."""
    return sqlite_databases.migrated()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """That file."""
    opened = Database(database_url)
    yield opened
    await opened.close()
