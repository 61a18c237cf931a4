from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

import migrations
from callcenter.database.problems import SchemaMismatch
from callcenter.database.transactions import Database
from callcenter.records import SCHEMA_VERSION
from migrations.tables import complete_metadata


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, complete_metadata()))


def table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def set_version(database: Database, version: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})


def test_the_program_knows_the_last_revision() -> None:
    assert migrations.head() == SCHEMA_VERSION


async def test_the_migrated_tables_are_those_the_code_describes(database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(table_names) == set(complete_metadata().tables)


async def test_every_revision_can_be_taken_back(database: Database, database_url: str) -> None:
    await migrations.downgrade(database_url)
    async with database.reading() as connection:
        assert await connection.run_sync(table_names) == set()
    assert await database.schema_version() is None


async def test_upgrading_twice_changes_nothing(database: Database, database_url: str) -> None:
    await migrations.upgrade(database_url)
    await database.require_current_schema()


async def test_the_upgrade_works_from_any_folder(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await migrations.upgrade(empty_database_url)
    database = Database(empty_database_url)
    assert await database.schema_version() == SCHEMA_VERSION
    await database.close()


async def test_older_tables_are_refused_with_the_remedy(database: Database) -> None:
    await set_version(database, "0000")
    with pytest.raises(SchemaMismatch, match="run `troncal db upgrade`"):
        await database.require_current_schema()


async def test_newer_tables_are_refused_also_by_the_upgrade(database: Database, database_url: str) -> None:
    await set_version(database, "9999")
    with pytest.raises(SchemaMismatch, match="newer Troncal"):
        await database.require_current_schema()
    with pytest.raises(SchemaMismatch, match="newer Troncal"):
        await migrations.upgrade(database_url)


async def test_a_new_sqlite_file_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "with space %41?#.sqlite"
    await migrations.upgrade(f"sqlite:///{quote(str(path))}")
    assert path.stat().st_mode & 0o077 == 0
