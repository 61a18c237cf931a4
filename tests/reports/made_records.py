"""Rows of the records for the operational reports: short ways to write them, and a large set that chance makes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table

from callcenter.calls import EndedBy, FinalStage, OfferResult, Outcome, PeriodKind
from callcenter.centre.file import load
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_us
from callcenter.records.agents import agent_periods
from callcenter.records.calls import calls, offers, queue_entries
from callcenter.settings import PROJECT
from reports.kinds.asked import Asked, Scene
from reports.kinds.kind import Make
from reports.render.document import ReportDocument, Row
from reports.render.document import Table as DocumentTable

CENTRE = load(PROJECT / "centre.yaml")
ZONE = CENTRE.zone
NODE = "central"
DAY = date(2026, 11, 2)
MADE = datetime(2026, 12, 3, 8, 0, tzinfo=ZONE)
ASKED, SCENE = Asked(DAY, DAY), Scene(CENTRE, MADE)
S = MICROSECONDS
Rows = list[tuple[Table, dict[str, Any]]]


def at(hour: float, day: date = DAY) -> int:
    """The instant of an hour of the day in the centre's zone."""
    return as_us(datetime(day.year, day.month, day.day, tzinfo=ZONE)) + round(hour * 3600 * S)


def entry(name: str, entered_us: int, *, wait_us: int = 0, talk_us: int | None = None, **given: Any) -> Rows:
    """A queue entry; answered where it has a `talk_us`."""
    answered_us = None if talk_us is None else entered_us + wait_us
    outcome = Outcome.ABANDONED if talk_us is None else Outcome.ANSWERED
    row = {
        **{"uniqueid": name, "node": NODE, "boot_us": 1, "queue": "101", "ordinal": 0, "call": name, "line": "101"},
        **{"caller": "70712345", "entered_us": entered_us, "joined_us": entered_us, "answered_us": answered_us},
        **{"joined_slack_us": 0, "answered_slack_us": 0, "ended_slack_us": 0, "outcome": outcome.value},
        **{"ended_us": entered_us + wait_us + (talk_us or 0), "wait_min_us": wait_us, "wait_max_us": wait_us},
        **{"member": None if talk_us is None else "1001", "agent_channel": None, "transferred_to": None},
        **{"ended_by": EndedBy.CALLER.value, "reading": 0, "internal": False},
        **{"entered_position": None, "left_position": None},
    }
    return [(queue_entries, {**row, **given})]


def call(name: str, arrived_us: int, **given: Any) -> Rows:
    """A call to line 101 of a minute that was for a queue."""
    row = {
        **{"uniqueid": name, "node": NODE, "line": "101", "caller": "70712345", "arrived_us": arrived_us},
        **{"ended_us": arrived_us + 60 * S, "final_stage": FinalStage.QUEUE.value, "internal": False},
    }
    return [(calls, {**row, **given})]


def offer(name: str, offered_us: int, result: OfferResult, member: str = "1001", **given: Any) -> Rows:
    """An offer of five seconds to a member."""
    row = {
        **{"uniqueid": name, "node": NODE, "boot_us": 1, "queue": "101", "entry_ordinal": 0, "ordinal": 0},
        **{"member": member, "agent_channel": None, "offered_us": offered_us, "ended_us": offered_us + 5 * S},
        "result": result.value,
    }
    return [(offers, {**row, **given})]


def period(kind: PeriodKind, started_us: int, ended_us: int | None, member: str = "1001", **given: Any) -> Rows:
    """What a member did."""
    row = {
        **{"member": member, "started_us": started_us, "kind": kind.value, "queue": "101", "node": NODE},
        **{"ended_us": ended_us, "reason": ""},
    }
    return [(agent_periods, {**row, **given})]


async def insert(database: Database, rows: Iterable[tuple[Table, Mapping[str, Any]]]) -> None:
    """Put the rows into the records."""
    by_table: dict[Table, list[dict[str, Any]]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(dict(row))
    async with database.transaction() as connection:
        for table, of_table in by_table.items():
            await connection.execute(table.insert(), of_table)


async def made(database: Database, make: Make, asked: Asked = ASKED, scene: Scene = SCENE) -> ReportDocument:
    """The document that a kind makes of the records."""
    return await database.long_read(lambda connection: make(connection, asked, scene))


def figures(document: ReportDocument) -> dict[str, Any]:
    """The key figures by their labels."""
    return {figure.label: figure.value for figure in document.key_figures}


def table(document: ReportDocument, title: str) -> DocumentTable:
    """The table of that title."""
    (found,) = (each for each in document.tables if each.title == title)
    return found


def rows(document: ReportDocument, title: str) -> dict[str, dict[str, Any]]:
    """The rows of a table by their first value: heading to value. The totals are under `Total`."""
    found = table(document, title)
    every: list[Row] = [*found.rows, *([found.totals] if found.totals is not None else [])]
    headings = [column.heading for column in found.columns]
    return {str(row[0]): dict(zip(headings[1:], row[1:], strict=True)) for row in every}
