"""Calls of one month into the records, as the ledger has them."""

from collections.abc import Sequence
from pathlib import Path

from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.recorder import resume
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.settings import PROJECT
from migrations.tables import complete_metadata
from reports.periods.month import Month
from tests.ami_bridge.ledger.queue_log_rows import NODE, row

CENTRE = load(PROJECT / "centre.yaml")
MONTH = Month(2026, 10)
BEGAN = MONTH.span_us(CENTRE.zone)[0] // MICROSECONDS
ENDED = MONTH.span_us(CENTRE.zone)[1] // MICROSECONDS
LOG = Path("queue_log")


async def record(database: Database, rows: Sequence[Row]) -> None:
    """What a bridge records of these rows; called again, one that goes on where the records end."""
    recorder, _ = await resume(NODE, database, Fold(NODE), "table", now_us)
    await recorder.record(list(rows), [])


async def empty(database: Database) -> None:
    """Take every record away."""
    async with database.transaction() as connection:
        for table in reversed(complete_metadata().sorted_tables):
            await connection.execute(table.delete())


def caller(number: int, kind: str, line: str = "102", begins: int = BEGAN) -> list[Row]:
    """The rows of one caller of that kind; two minutes belong to each number."""
    at, call = begins + 120 * number, f"c{number}"
    return [row(at + second, text.format(c=call, q=line, n=number)) for second, text in enumerate(KINDS[kind])]


_ARRIVED = ("{c}|NONE|NONE|ARRIVED|{q}|70712345|{c}", "{c}|NONE|NONE|INFO|IVRSTART|{q}|70712345")
_KEY = ("{c}|NONE|NONE|INFO|IVRAPPEND|1|principal|Monto",)
_SERVED = ("{c}|NONE|NONE|INFO|IVRGOAL|amount_owed|told",)
_ENTER = ("{c}|NONE|NONE|ROUTED|queue|none|0|{q}", "{c}|{q}|NONE|ENTERQUEUE||70712345|1")
_TALK = ("{c}|{q}|1001|CONNECT|1|a{n}|1", "{c}|{q}|1001|COMPLETECALLER|1|1|1")
_GONE = ("{c}|NONE|NONE|DEPARTED|16|by:",)
_BACK = ("b{n}|{q}|NONE|CALLBACK|returned|{n}", "b{n}|{q}|NONE|ENTERQUEUE||70712345|1")
KINDS = {
    "open": _ARRIVED,
    "menu": (*_ARRIVED, *_KEY, *_GONE),
    "welcome": (*_ARRIVED, *_GONE),
    "served": (*_ARRIVED, *_KEY, *_SERVED, *_GONE),
    "closed": (*_ARRIVED, *_SERVED, "{c}|NONE|NONE|ROUTED|closed|hours|0", *_GONE),
    "answered": (*_ARRIVED, *_ENTER, *_TALK, *_GONE, "{c}|{q}|1001|SURVEYED|atencion|5"),
    "served then answered": (*_ARRIVED, *_SERVED, *_ENTER, *_TALK, *_GONE),
    "abandoned": (*_ARRIVED, *_ENTER, "{c}|{q}|NONE|ABANDON|1|1|1", *_GONE),
    "waiting": (*_ARRIVED, *_ENTER),
    "full": (*_ARRIVED, "{c}|{q}|NONE|FULL|70712345", *_GONE),
    "nobody there": (*_ARRIVED, "{c}|{q}|NONE|JOINEMPTY|70712345", *_GONE),
    "moved": (
        *(*_ARRIVED, *_ENTER, "{c}|{q}|NONE|EXITWITHTIMEOUT|1|1|1", "{c}|101|NONE|ENTERQUEUE||70712345|1"),
        *("{c}|101|NONE|ABANDON|1|1|1", *_GONE),
    ),
    "called back": (
        *(*_ARRIVED, *_ENTER, "{c}|{q}|NONE|EXITWITHKEY|1|1|1|1", "{c}|{q}|NONE|CALLBACK|asked|{n}|70712345|key"),
        *(*_GONE, *_BACK, "b{n}|{q}|1001|CONNECT|1|a{n}|1", "b{n}|{q}|1001|COMPLETECALLER|1|1|1"),
    ),
    "callback not answered": (
        *(*_ARRIVED, "{c}|{q}|NONE|FULL|70712345", "{c}|{q}|NONE|CALLBACK|asked|{n}|70712345|full", *_GONE),
        *(*_BACK, "b{n}|{q}|NONE|ABANDON|1|1|1"),
    ),
    "asked at once": (*_ARRIVED, "{c}|{q}|NONE|CALLBACK|asked|{n}|70712345|disconnected", *_GONE),
}
