from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text, update

import migrations
from callcenter.database.problems import SchemaMismatch
from callcenter.database.transactions import Database
from callcenter.records import SCHEMA_VERSION
from callcenter.records.agents import agent_periods
from callcenter.records.calls import offers, queue_entries
from migrations.tables import complete_metadata
from tests.query_plans import SMALL


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


def keys(connection: Connection) -> dict[str, list[str]]:
    found = inspect(connection)
    return {name: found.get_pk_constraint(name)["constrained_columns"] for name in complete_metadata().tables}


def described_keys() -> dict[str, list[str]]:
    tables = complete_metadata().tables.items()
    return {name: [column.name for column in table.primary_key] for name, table in tables}


async def test_the_columns_of_the_migrated_keys_are_in_the_order_of_the_code(database: Database) -> None:
    described = {
        name: [column.name for column in table.primary_key] for name, table in complete_metadata().tables.items()
    }
    async with database.reading() as connection:
        assert await connection.run_sync(keys) == described


def test_no_key_begins_with_what_is_the_same_in_all_rows() -> None:
    by_node = {name for name, (first, *_) in described_keys().items() if first == "node"}
    # The bridge asks these for one node and a number; of the others there are a few rows a node.
    assert by_node - SMALL == {"ledger_readings", "ledger_journal", "ledger_anomalies"}


async def test_queue_entries_and_periods_are_kept_when_their_keys_change(database: Database, database_url: str) -> None:
    await migrations.downgrade(database_url, "0005")
    before = (
        "INSERT INTO queue_entries VALUES ('a', 1, '101', '1.1', 0, '1.1', '101', '70755440', 5, 5, 0, 6, 0, 7, 0,"
        " 1, 1, 'answered', '1001', NULL, 'caller', NULL)",
        "INSERT INTO agent_periods VALUES ('a', '1001', 'paused', '101', 5, 6, 'almuerzo')",
        "INSERT INTO offers VALUES ('a', 1, '101', '1.1', 0, 0, '1001', NULL, 5, 6, 'answered')",
    )
    async with database.transaction() as connection:
        for row in before:
            await connection.execute(text(row))
    await migrations.upgrade(database_url)
    async with database.reading() as connection:
        entry = (await connection.execute(select(queue_entries))).mappings().one()
        period = (await connection.execute(select(agent_periods))).mappings().one()
        offer = (await connection.execute(select(offers))).mappings().one()
    assert (entry["uniqueid"], entry["caller"], entry["member"], entry["reading"]) == ("1.1", "70755440", "1001", 0)
    assert (period["member"], period["started_us"], period["reason"]) == ("1001", 5, "almuerzo")
    assert (offer["uniqueid"], offer["member"], offer["result"]) == ("1.1", "1001", "answered")


async def test_entries_from_before_positions_were_kept_have_none_and_stay_when_they_go(
    database: Database, database_url: str
) -> None:
    positions = select(queue_entries.c.entered_position, queue_entries.c.left_position)
    await migrations.downgrade(database_url, "0011")
    kept = (
        "INSERT INTO queue_entries (node, boot_us, queue, uniqueid, ordinal, call, line, caller, entered_us,"
        " joined_slack_us, answered_slack_us, ended_slack_us, wait_min_us, wait_max_us, outcome, ended_by)"
        " VALUES ('a', 1, '101', '1.1', 0, '1.1', '101', '70755440', 5, 0, 0, 0, 1, 1, 'abandoned', 'caller')"
    )
    async with database.transaction() as connection:
        await connection.execute(text(kept))
    await migrations.upgrade(database_url)
    async with database.transaction() as connection:
        assert (await connection.execute(positions)).all() == [(None, None)]
        await connection.execute(update(queue_entries).values(entered_position=4, left_position=2))
    await migrations.downgrade(database_url, "0011")
    async with database.reading() as connection:
        (entry,) = (await connection.execute(text("SELECT * FROM queue_entries"))).mappings()
    assert entry["caller"] == "70755440"
    assert not [name for name in entry if name.endswith("position")]


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
