"""Imports files into a database as the command does, and reads the records of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from ami_bridge.history.folding import TABLES
from ami_bridge.history.importing import Compared, HistoryImport
from ami_bridge.history.lines import HistoryNames
from ami_bridge.history.spool import opened_spool
from ami_bridge.history.survey import survey
from callcenter.database.transactions import Database
from callcenter.records.history import history_days
from tests.ami_bridge.history.old_system import LA_PAZ

NODE = "historia"
NAMES = HistoryNames({"SIP/1001": "1001"}, {"ventas": "102"})
Records = dict[str, list[tuple[Any, ...]]]


async def bring(
    database: Database,
    files: Sequence[Path],
    *,
    names: HistoryNames = NAMES,
    zone: ZoneInfo = LA_PAZ,
    node: str = NODE,
    aside: bool = False,
) -> Compared:
    """Import the files; what was new of them."""
    with opened_spool() as spool:
        survey(files, zone, spool, lambda _rows: None, lambda _path, _row: None)
        importing = HistoryImport(database, node)
        await importing.begin(names)
        compared = await importing.compare(spool, lambda _done, _of: None)
        if compared.has_work:
            await importing.carry_out(spool, compared, lambda _done, _of: None, aside=aside)
    return compared


async def records(database: Database, node: str = NODE) -> Records:
    """What the records have of the node, and the lines they are made of."""
    async with database.reading() as connection:
        found = {}
        for table in (*TABLES, history_days):
            rows = await connection.execute(_ordered(table, node))
            found[table.name] = [tuple(row) for row in rows]
        return found


def _ordered(table: Table, node: str) -> Any:
    return select(table).where(table.c.node == node).order_by(*table.primary_key.columns)
