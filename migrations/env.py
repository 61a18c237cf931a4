"""Alembic's entry: over the connection of `migrations.upgrade`, or one of its own from the command line."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from callcenter.database.transactions import Database
from migrations.tables import complete_metadata


def migrate(connection: Connection) -> None:
    """Run the revisions asked for, or compare, over an open transaction."""
    context.configure(
        connection=connection,
        target_metadata=complete_metadata(),
        render_as_batch=True,  # SQLite changes a table by copying it
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_from_command_line() -> None:
    """For developers: the address is in TRONCAL_DATABASE_URL."""
    database = Database(os.environ["TRONCAL_DATABASE_URL"], foreign_keys=False)
    database.create()
    async with database.transaction() as connection:
        await connection.run_sync(migrate)
    await database.close()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(migrate_from_command_line())
else:
    migrate(given)
