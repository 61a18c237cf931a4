"""Calls and callbacks from the records, for a bridge that goes on after a restart. Reads only."""

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ami_bridge.records.mapping import call_from, step_from
from callcenter.calls import LONGEST_CALL_US, Call, CallStep, StepKind
from callcenter.instants import MICROSECONDS
from callcenter.records.calls import calls
from callcenter.records.ivr import call_steps

# A callback is given up after two days at most; its row in the ledger comes that much later than the request.
LONGEST_CALLBACK_US = 72 * 3600 * MICROSECONDS


async def known_calls(connection: AsyncConnection, node: str, since_us: int) -> list[Call]:
    """The calls of a node that may still go on, and those that arrived after `since_us`; oldest first."""
    table = calls.c
    goes_on = table.ended_us.is_(None) & (table.arrived_us > since_us - LONGEST_CALL_US)
    wanted = and_(table.node == node, or_(goes_on, table.arrived_us > since_us))
    found = await connection.execute(select(calls).where(wanted).order_by(table.arrived_us))
    return [call_from(row) for row in found.mappings()]


async def callbacks(connection: AsyncConnection, node: str, since_us: int) -> list[tuple[CallStep, str]]:
    """Steps of recent callbacks, requested or answered, oldest first, each with the line of its call or nothing."""
    step = call_steps.c
    kinds = (StepKind.CALLBACK_REQUESTED.value, StepKind.CALLBACK_ANSWERED.value)
    of_call = (calls.c.node == step.node) & (calls.c.uniqueid == step.uniqueid)
    query = (
        select(call_steps, calls.c.line)
        .outerjoin(calls, of_call)
        .where(step.step.in_(kinds), step.at_us > since_us - LONGEST_CALLBACK_US, step.node == node)
        .order_by(step.at_us)
    )
    found = await connection.execute(query)
    return [(step_from(row), row["line"] or "") for row in found.mappings()]
