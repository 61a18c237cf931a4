"""What was imported, by days, as the database keeps it; and what the centre's own bridges have recorded of a day."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, or_, select

from ami_bridge.history.comparison import RecordedElsewhere
from ami_bridge.history.lines import DAY_SECONDS, HistoryNames
from ami_bridge.records.journal import unpacked_folded
from callcenter.calls import LONGEST_CALL_US, StepKind
from callcenter.clock import now_us
from callcenter.database.transactions import put
from callcenter.instants import MICROSECONDS
from callcenter.level.half_hours import HALF_HOUR_US
from callcenter.level.rollup import note_changes
from callcenter.records.agents import agent_periods
from callcenter.records.calls import calls, interruptions, offers, queue_entries
from callcenter.records.history import history_days, history_nodes
from callcenter.records.ivr import call_steps, survey_answers
from callcenter.records.ledger import anomalies, cursors, readings
from callcenter.records.outgoing_calls import outgoing_calls

DAY_US = DAY_SECONDS * MICROSECONDS
# A thousand rows of a backlog, of a centre where little happens.
_LONGEST_READING_US = 40 * DAY_US


@dataclass(frozen=True, slots=True)
class NodeState:
    """`folded_from` None: nothing of it is folded, or all of it is to be folded again."""

    names: HistoryNames = field(default_factory=HistoryNames)
    folded_from: int | None = None
    state: bytes | None = None
    finished: bool = False


def state_of(connection: Connection, node: str) -> NodeState | None:
    """How far that node is imported; None where nothing of it is."""
    row = connection.execute(select(history_nodes).where(history_nodes.c.node == node)).one_or_none()
    return (
        None
        if row is None
        else NodeState(HistoryNames(**json.loads(row.names)), row.folded_from, row.state, row.finished)
    )


def put_state(connection: Connection, node: str, state: NodeState) -> None:
    """Keep it."""
    names = json.dumps(asdict(state.names), ensure_ascii=False, sort_keys=True)
    row = {"names": names, "folded_from": state.folded_from, "state": state.state, "finished": state.finished}
    put(connection, history_nodes, [{"node": node, **row}])


def is_of_a_bridge(connection: Connection, node: str) -> bool:
    """Whether a bridge writes under that name."""
    return connection.execute(select(cursors.c.node).where(cursors.c.node == node).limit(1)).first() is not None


def days_of(connection: Connection, node: str) -> list[int]:
    """The days that are kept, in order."""
    query = select(history_days.c.day).where(history_days.c.node == node).order_by(history_days.c.day)
    return list(connection.scalars(query))


def lines_of(connection: Connection, node: str, day: int) -> list[str]:
    """The lines of a day; none where it is not kept."""
    table = history_days.c
    packed = connection.scalar(select(table.lines).where(table.day == day, table.node == node))
    return [] if packed is None else zlib.decompress(packed).decode().split("\n")


def put_days(connection: Connection, node: str, days: Sequence[tuple[int, bytes]]) -> None:
    """Keep these lines (`packed`) as all that there is of these days."""
    put(connection, history_days, [{"day": day, "node": node, "lines": lines} for day, lines in days])


def packed(lines: Sequence[str]) -> bytes:
    """Lines as they are kept."""
    return zlib.compress("\n".join(lines).encode())


def recorded_elsewhere(connection: Connection, node: str, day: int) -> RecordedElsewhere:
    """What bridges have recorded of the time of that day: other nodes with a cursor."""
    others = connection.scalars(select(cursors.c.node).where(cursors.c.node != node).distinct()).all()
    if not others:
        return RecordedElsewhere()
    since_us, until_us = day * DAY_US, (day + 1) * DAY_US
    found: dict[int, list[tuple[int, bool]]] = {}
    for other in others:
        for rows in connection.scalars(_readings_of(other, since_us - DAY_US, until_us + DAY_US)):
            for row in unpacked_folded(rows):
                found.setdefault(row.digest, []).append((row.at_us, row.exact))
    return RecordedElsewhere(found, _calls_of(connection, others, since_us, until_us))


def _readings_of(node: str, since_us: int, until_us: int) -> Select[Any]:
    """By the index: of rows that a bridge read at once, the last is not much later than the first."""
    table = readings.c
    return select(table.rows).where(
        table.node == node,
        table.latest_us >= since_us,
        table.latest_us < until_us + _LONGEST_READING_US,
        table.earliest_us < until_us,
    )


def _calls_of(connection: Connection, nodes: Sequence[str], since_us: int, until_us: int) -> frozenset[str]:
    earliest_us, latest_us = since_us - LONGEST_CALL_US, until_us + LONGEST_CALL_US
    of_entries = select(queue_entries.c.uniqueid, queue_entries.c.call).where(
        queue_entries.c.entered_us >= earliest_us,
        queue_entries.c.entered_us < latest_us,
        queue_entries.c.node.in_(nodes),
    )
    of_calls = select(calls.c.uniqueid).where(
        calls.c.arrived_us >= earliest_us, calls.c.arrived_us < latest_us, calls.c.node.in_(nodes)
    )
    names = {name for row in connection.execute(of_entries) for name in row}
    return frozenset(names.union(connection.scalars(of_calls)))


def delete_records(connection: Connection, node: str, since_us: int, until_us: int) -> None:
    """Delete what the records have of that node and time: all of it is made again from the lines."""
    note_changes(connection, node, now_us(), range(since_us, until_us, HALF_HOUR_US))
    e, o = queue_entries, offers
    within = and_(e.c.entered_us >= since_us, e.c.entered_us < until_us, e.c.node == node)
    channels = select(e.c.uniqueid).where(within)
    connection.execute(delete(o).where(o.c.uniqueid.in_(channels), o.c.node == node))
    connection.execute(delete(e).where(within))
    for table, column in (
        (calls, calls.c.arrived_us),
        (survey_answers, survey_answers.c.at_us),
        (outgoing_calls, outgoing_calls.c.dialled_us),
        (agent_periods, agent_periods.c.started_us),
        (interruptions, interruptions.c.restarted_us),
    ):
        connection.execute(delete(table).where(column >= since_us, column < until_us, table.c.node == node))
    steps = call_steps.c
    of_steps = or_(*(steps.step == step.value for step in StepKind))
    at_that_time = and_(steps.at_us >= since_us, steps.at_us < until_us)
    connection.execute(delete(call_steps).where(of_steps, at_that_time, steps.node == node))


def delete_anomalies(connection: Connection, node: str, since_day: int) -> None:
    """Those of that day and later."""
    connection.execute(delete(anomalies).where(anomalies.c.node == node, anomalies.c.number >= since_day))
