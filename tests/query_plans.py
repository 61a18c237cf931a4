"""What a statement reads, by the plan of the database: a table that grows is never read through while somebody waits.

Without statistics SQLite's plan does not depend on what is in the tables: a look-up that has a bad one on a large
database has it in every test.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, event

from callcenter.database.lanes import Lane
from migrations.tables import complete_metadata

# These stay small, whatever happens: every other table grows.
SMALL = {
    *("campaigns", "campaign_agents"),
    *("users", "user_queues", "wallboard_links", "calendar_days", "outages", "announcements"),
    *("campaigns", "leases", "list_loads", "column_mappings", "scheduled_reports"),  # a few a month
    *("ledger_cursors", "ledger_checkpoints", "contact_readings", "interruptions", "alembic_version", "history_nodes"),
    *("centre_editions", "level_settled"),  # one each time that the centre file, or what is kept, changes
}
GROWING = set(complete_metadata().tables) - SMALL
# An index that is entered by what has a handful of values is read through.
_SQLITE = re.compile(r"^(?P<how>SCAN|SEARCH) (?P<table>\w+)(?P<rest>.*)$")
_BY_FEW = re.compile(r"\((node|step|queue|kind|outcome|state)=\?( AND (node|step|queue|kind|outcome|state)=\?)*\)$")
_PLANNED = re.compile(r"\s*(SELECT|WITH|UPDATE|DELETE)", re.IGNORECASE)
_ALIAS = re.compile(r"(?:FROM|JOIN|,)\s+(\w+) AS (\w+)")


# What SQLite's machine does for a row that is looked up, joined and sorted, amply; and how often it is counted.
_STEPS_A_ROW, _STEPS_AT_ONCE = 60, 100


def is_planned(statement: str) -> bool:
    """Whether the statement looks rows up."""
    return _PLANNED.match(statement) is not None


def sqlite_scans(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The lines of SQLite's plan that read all rows of a table that grows."""
    names = {alias: table for table, alias in _ALIAS.findall(statement)}
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plan = [row[3] for row in cursor.fetchall()]
    finally:
        cursor.close()
    return [line for line in plan if _reads_all(line, names)]


def sqlite_work(connection: Connection, statement: str, parameters: Any, most_rows: int) -> list[str]:
    """That the statement takes more steps of SQLite's machine than so many rows need. It is executed."""
    steps = count()
    driver: Any = connection.connection.driver_connection
    cursor = connection.connection.cursor()
    driver.set_progress_handler(lambda: next(steps) < 0, _STEPS_AT_ONCE)
    try:
        cursor.execute(statement, parameters)
        cursor.fetchall()
    finally:
        cursor.close()
        driver.set_progress_handler(None, 0)
    taken = next(steps) * _STEPS_AT_ONCE
    return [f"{taken} steps: {statement}"] if taken > most_rows * _STEPS_A_ROW else []


def _reads_all(line: str, names: dict[str, str]) -> bool:
    found = _SQLITE.match(line)
    if found is None or names.get(found["table"], found["table"]) not in GROWING:
        return False
    # An automatic index is made anew for each execution, out of the whole table.
    made_for_it = "AUTOMATIC" in found["rest"]
    return found["how"] == "SCAN" or made_for_it or _BY_FEW.search(found["rest"]) is not None


def postgresql_scans(connection: Connection, statement: str, parameters: Any, most_rows: int) -> list[str]:
    """The steps of PostgreSQL's plan that read a table that grows through, or more of it than so many rows."""
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).one()
    steps = _steps((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return [_line(step) for step in steps if step.get("Relation Name") in GROWING and _rows(step) > most_rows]


def _line(step: dict[str, Any]) -> str:
    return f"{step['Node Type']} {step['Relation Name']} {step.get('Index Name', '')}: {_rows(step):.0f} rows"


def _steps(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {name: value for name, value in step.items() if name != "Plans"}
    for each in step.get("Plans", ()):
        yield from _steps(each)


def _rows(step: dict[str, Any]) -> float:
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return float(sum(step.get(name, 0) for name in names) * step["Actual Loops"])


class Watch:
    """Looks at the plan of everything that is executed in the quick lanes of SQLite, each statement once."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self.scans: list[str] = []

    def install(self) -> None:
        """From now on."""
        event.listen(Engine, "before_cursor_execute", self._look)

    def _look(self, connection: Connection, _cursor: Any, statement: str, parameters: Any, _c: Any, many: bool) -> None:
        if connection.engine.logging_name not in (Lane.QUICK_READS, Lane.WRITES) or statement in self._known:
            return
        self._known.add(statement)
        if is_planned(statement):
            found = sqlite_scans(connection, statement, parameters[0] if many else parameters)
            self.scans += [f"{line}\n{statement}" for line in found]


@contextmanager
def statements_of(engine_of: type[Engine] = Engine) -> Iterator[dict[str, Any]]:
    """What is executed meanwhile that looks rows up, with its parameters."""
    seen: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if is_planned(statement) and "pg_catalog" not in statement:
            seen.setdefault(statement, parameters[0] if many else parameters)

    event.listen(engine_of, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine_of, "before_cursor_execute", note)
