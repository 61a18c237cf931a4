"""Changes of the tables, one file a revision in `versions/`; run from code, from any folder.

The revisions are numbered texts (`0001`, `0002`, ...): `callcenter.records.SCHEMA_VERSION` is the last one.
"""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from callcenter.database.engines import Dialect
from callcenter.database.problems import SchemaMismatch
from callcenter.database.transactions import Database
from callcenter.records import SCHEMA_VERSION

_ONE_AT_A_TIME = 4_200_224  # any number, the same in every process that migrates


async def upgrade(url: str) -> None:
    """Bring the tables up to this program, all or nothing; makes the SQLite file where there is none.

    Raises ValueError for a wrong address, SchemaMismatch where a newer program made the tables, and
    what `Database` raises.
    """
    database = Database(url, answer_seconds=None, foreign_keys=False)
    try:
        database.create()
        found = await database.schema_version()
        if found is not None and found > SCHEMA_VERSION:
            await database.require_current_schema()
        await _run(database, lambda config: command.upgrade(config, "head"))
    finally:
        await database.close()


async def downgrade(url: str, revision: str = "base") -> None:
    """Take the tables back to a revision; `base` removes them with everything in them."""
    database = Database(url, answer_seconds=None, foreign_keys=False)
    try:
        await _run(database, lambda config: command.downgrade(config, revision))
    finally:
        await database.close()


def head() -> str:
    """The last revision there is a file for."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


async def _run(database: Database, work: Callable[[Config], None]) -> None:
    async with database.transaction() as connection:
        if database.dialect is Dialect.POSTGRESQL:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        await connection.run_sync(_with_config, work)
        if database.dialect is Dialect.SQLITE:
            broken = (await connection.execute(text("PRAGMA foreign_key_check"))).first()
            if broken is not None:
                raise SchemaMismatch(f"{database}: rows of {broken[0]} would point nowhere: left as it was")


def _with_config(connection: Connection, work: Callable[[Config], None]) -> None:
    config = _config()
    config.attributes["connection"] = connection
    work(config)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
