"""Records of a large centre: so many queue entries in a month, with all that is recorded beside them.

The database makes the rows itself, out of their numbers, and they are the same every time.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from callcenter.calls import StepKind
from callcenter.database.engines import Dialect
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS

NODE, AGENTS = "central", 40
MONTH_US = 28 * 86_400 * MICROSECONDS


@dataclass(frozen=True, slots=True)
class LargeRecords:
    """`entries` of which the last entered at `until_us`. Entry `i` is of caller `caller(i)`, channel `uniqueid(i)`.

    They are spread over `span_us`.
    """

    entries: int
    until_us: int
    span_us: int = MONTH_US

    @property
    def since_us(self) -> int:
        """When the first entered."""
        return self.until_us - self.entries * self.apart_us

    @property
    def apart_us(self) -> int:
        """From one entry to the next."""
        return self.span_us // self.entries

    def entered_us(self, number: int) -> int:
        """When an entry entered; they have the numbers 1 to `entries`."""
        return self.since_us + number * self.apart_us

    def uniqueid(self, number: int) -> str:
        """The channel of an entry."""
        return f"{self.entered_us(number) // MICROSECONDS}.{number}"

    def caller(self, number: int) -> str:
        """The caller of an entry: each calls some three times."""
        return str(70_000_000 + number * 7919 % max(1, self.entries // 3))

    @staticmethod
    def member(number: int) -> str:
        """The agent who answered it, if one did."""
        return str(1001 + number % AGENTS)


async def fill(database: Database, records: LargeRecords) -> None:
    """Into an empty database, in one transaction. Statistics are not made."""
    async with database.transaction() as connection:
        await connection.run_sync(_fill, records)


def _fill(connection: Connection, records: LargeRecords) -> None:
    asked = {
        **{"n": records.entries, "since": records.since_us, "apart": records.apart_us},
        **{"routed": StepKind.ROUTED.value, "callback_answered": StepKind.CALLBACK_ANSWERED.value},
    }
    blob = "BYTEA" if connection.dialect.name == Dialect.POSTGRESQL else "BLOB"
    for statement in (_NUMBERS, *_ROWS, "DROP TABLE entry_numbers"):
        query = text(statement.replace("{blob}", blob))
        connection.execute(query, {name: asked[name] for name in query.compile().params})


_NUMBERS = """
    CREATE TEMPORARY TABLE entry_numbers AS
    WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < CAST(:n AS BIGINT))
    SELECT i,
        CAST((CAST(:since AS BIGINT) + i * CAST(:apart AS BIGINT)) / 1000000 AS VARCHAR(16)) || '.' || i AS uniqueid,
        CAST(70000000 + CAST(i AS BIGINT) * 7919 % (CAST(:n AS BIGINT) / 3) AS VARCHAR(16)) AS caller,
        CAST(1001 + i % 40 AS VARCHAR(16)) AS member, CAST(101 + i % 4 AS VARCHAR(16)) AS queue,
        CAST(:since AS BIGINT) + i * CAST(:apart AS BIGINT) AS entered_us, (i % 37) * 1000000 AS wait_us,
        CASE WHEN i % 10 = 0 THEN 'abandoned' WHEN i % 50 = 1 THEN 'timeout' ELSE 'answered' END AS outcome
    FROM numbers"""

_USERS = """
    INSERT INTO users (login, password_hash, display_name, role, extension, active)
    SELECT member, '', 'Agente ' || member, 'agent', member, true FROM entry_numbers WHERE i <= 40"""
_CALLS = """
    INSERT INTO calls (node, uniqueid, line, caller, arrived_us, ended_us, final_stage)
    SELECT 'central', uniqueid, queue, caller, entered_us - 9000000, entered_us + 200000000, 'queue'
    FROM entry_numbers"""
_ENTRIES = """
    INSERT INTO queue_entries (node, boot_us, queue, uniqueid, ordinal, call, line, caller, entered_us, joined_us,
        joined_slack_us, answered_us, answered_slack_us, ended_us, ended_slack_us, wait_min_us, wait_max_us, outcome,
        member, agent_channel, ended_by, reading, entered_position, left_position)
    SELECT 'central', 1, queue, uniqueid, 0, uniqueid, queue, caller, entered_us, entered_us, 0,
        CASE WHEN outcome = 'answered' THEN entered_us + wait_us END, 0, entered_us + wait_us + 90000000, 0,
        wait_us, wait_us, outcome, CASE WHEN outcome = 'answered' THEN member END, NULL, 'caller', i / 5 + 1,
        i % 13 + 1, CASE WHEN outcome <> 'answered' THEN i % 3 + 1 END
    FROM entry_numbers"""
_OFFERS = """
    INSERT INTO offers (node, boot_us, queue, uniqueid, entry_ordinal, ordinal, member, offered_us, ended_us, result)
    SELECT 'central', 1, queue, uniqueid, 0, 0, member, entered_us, entered_us + wait_us, 'answered'
    FROM entry_numbers WHERE outcome = 'answered'"""
_STEPS = """
    INSERT INTO call_steps (node, uniqueid, at_us, step, detail)
    SELECT 'central', uniqueid, entered_us - 1000000, :routed, 'accepted|none|0|' || queue
    FROM entry_numbers"""
_STEPS_OF_CALLBACKS = """
    INSERT INTO call_steps (node, uniqueid, at_us, step, detail)
    SELECT 'central', uniqueid, entered_us - 500000, :callback_answered, '1|' || queue
    FROM entry_numbers WHERE i % 100 = 7"""
_PERIODS = """
    INSERT INTO agent_periods (node, member, kind, queue, started_us, ended_us, reason)
    SELECT 'central', member, 'on_call', queue, entered_us + wait_us, entered_us + wait_us + 90000000, ''
    FROM entry_numbers WHERE outcome = 'answered'"""
_CONTACTS = """
    INSERT INTO contact_notes (node, uniqueid, member, queue, disposition, notes, saved_us, closed_us)
    SELECT 'central', uniqueid, member, queue, 'consulta', '', entered_us + 90000000, entered_us + 95000000
    FROM entry_numbers WHERE outcome = 'answered'"""
_RECALLED = """
    INSERT INTO recall_list (node, uniqueid, entered_us, state, owner, note, changed_us)
    SELECT 'central', uniqueid, entered_us, 'reached', member, '', entered_us + 600000000
    FROM entry_numbers WHERE i % 40 = 0"""
_CALLBACKS = """
    INSERT INTO callbacks (node, number, line, queue, uniqueid, entered_us, priority, requested_us, reason, state,
        tries, next_try_us, last_result, ended_us, returned_uniqueid)
    SELECT 'central', caller, queue, queue, uniqueid, entered_us, 0, entered_us + 60000000, 'key', 'done',
        1, entered_us, 'answered', entered_us + 600000000, 'back-' || uniqueid
    FROM entry_numbers WHERE i % 4 = 0"""
_RECORDINGS = """
    INSERT INTO recordings (node, uniqueid, started_us, file, queue, bytes)
    SELECT 'central', uniqueid, entered_us + wait_us, uniqueid || '.wav', queue, 100000
    FROM entry_numbers WHERE i % 10 = 3"""
_READINGS = """
    INSERT INTO ledger_readings (node, number, writer, earliest_us, latest_us, rows)
    SELECT 'central', i / 5, 'bench', entered_us - 10000000, entered_us, CAST('' AS {blob})
    FROM entry_numbers WHERE i % 5 = 0"""
_AUDIT = """
    INSERT INTO audit_log (when_us, who, what, details)
    SELECT entered_us, member, 'session.opened', '{}' FROM entry_numbers WHERE i % 2 = 0"""
_CURSORS = """
    INSERT INTO ledger_cursors (node, source, mark, position)
    SELECT 'central', 'table', '', i FROM entry_numbers WHERE i = 1"""
_CHANGES = """
    INSERT INTO level_changes (half_hour, node, reading)
    SELECT DISTINCT entered_us / 1800000000, 'central', 1 FROM entry_numbers
    UNION SELECT DISTINCT (entered_us - 9000000) / 1800000000, 'central', 1 FROM entry_numbers"""
_ROWS = (
    *(_USERS, _CALLS, _ENTRIES, _OFFERS, _STEPS, _STEPS_OF_CALLBACKS, _PERIODS, _CONTACTS, _RECALLED, _CALLBACKS),
    *(_RECORDINGS, _READINGS, _AUDIT, _CURSORS, _CHANGES),
)
