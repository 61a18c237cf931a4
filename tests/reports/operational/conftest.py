"""These run over SQLite alone: that PostgreSQL says the same is tested once, of all reports (`test_all_kinds.py`)."""

import pytest

from tests.conftest import SqliteDatabases


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.database)])
def database_url(sqlite_databases: SqliteDatabases) -> str:
    """The address of a fresh SQLite database with every table."""
    return sqlite_databases.migrated()
