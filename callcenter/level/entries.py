"""Which queue entries are counted: those of a period, of callers from outside, not of calls that the centre made."""

from sqlalchemy import and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from callcenter.calls import LONGEST_CALL_US, REFUSALS, StepKind
from callcenter.level.formulas import Period
from callcenter.records.calls import queue_entries
from callcenter.records.ivr import call_steps
from callcenter.records.outgoing_calls import outgoing_calls

# One column: SQLite looks a pair up in a sub-query by reading through all of it, for every row.
CALL = queue_entries.c.node + "/" + queue_entries.c.call


def entered_in(period: Period) -> ColumnElement[bool]:
    """Entries that entered, or were refused, in the period."""
    entered = queue_entries.c.entered_us
    return and_(entered >= period.since_us, entered < period.until_us)


def are_outgoing(period: Period) -> ColumnElement[bool]:
    """Whether an entry of the period is of a call that the centre made, so that it is no registered one.

    The steps are those of callbacks of before there were rows of outgoing calls. A call may seem to be dialled after it
    entered: where the clock was set back meanwhile, or the entry's moment is known by the file alone.
    """
    step, call = call_steps.c, outgoing_calls.c
    since_us, until_us = period.since_us - LONGEST_CALL_US, period.until_us + LONGEST_CALL_US
    returned = select(step.node + "/" + step.uniqueid).where(
        step.step == StepKind.CALLBACK_ANSWERED.value, step.at_us >= since_us, step.at_us < until_us
    )
    dialled = select(call.node + "/" + call.uniqueid).where(call.dialled_us >= since_us, call.dialled_us < until_us)
    return or_(CALL.in_(returned), CALL.in_(dialled))


def are_refused() -> ColumnElement[bool]:
    """Whether the queue did not let the caller in: it was full, or had no agents."""
    return queue_entries.c.outcome.in_([outcome.value for outcome in REFUSALS])


def of_the_public(period: Period) -> ColumnElement[bool]:
    """Entries of the period by callers from outside: neither calls that the centre made nor calls from inside."""
    return and_(entered_in(period), ~queue_entries.c.internal, ~are_outgoing(period))
