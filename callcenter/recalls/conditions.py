"""Which callers nobody answered are to be called back, and who no longer is: the rule of the recall list.

A caller is off the list when a later call of the same number was answered or is under way, or a callback was asked for
in the menus (the service calls those by itself). For expressions of SQL on `queue_entries`.
"""

from sqlalchemy import and_, exists
from sqlalchemy.sql.elements import ColumnElement

from callcenter.calls import LONGEST_CALL_US, Outcome
from callcenter.recalls.rules import RECALLED_OUTCOMES
from callcenter.records.callbacks import callbacks
from callcenter.records.calls import queue_entries
from callcenter.records.contacts import recall_list

_LATER = queue_entries.alias("later")
_entry, _mark = queue_entries.c, recall_list.c
Instant = ColumnElement[int] | int
OF_MARK = and_(_mark.node == _entry.node, _mark.uniqueid == _entry.uniqueid, _mark.entered_us == _entry.entered_us)
"""Joins an entry with what was done for it."""


def is_recalled() -> ColumnElement[bool]:
    """Whether an entry is one of a caller whom nobody answered and who can be called."""
    return and_(_entry.outcome.in_([each.value for each in RECALLED_OUTCOMES]), _entry.caller != "")


def served_later(since_us: Instant, until_us: Instant) -> ColumnElement[bool]:
    """Whether a later call of that number, entered between both, was answered or is under way.

    That it is later follows from the entry's own moment; said with bounds, no table is read further back than them.
    """
    return exists().where(
        _LATER.c.caller == _entry.caller,
        _LATER.c.entered_us > _entry.entered_us,
        _LATER.c.entered_us.between(since_us, until_us),
        _LATER.c.outcome.in_([Outcome.ANSWERED.value, Outcome.OPEN.value]),
    )


def has_a_callback(since_us: Instant, until_us: Instant) -> ColumnElement[bool]:
    """Whether the caller asked for a callback in that call, which is between both."""
    return exists().where(
        callbacks.c.node == _entry.node,
        callbacks.c.uniqueid == _entry.uniqueid,
        callbacks.c.requested_us.between(since_us - LONGEST_CALL_US, until_us),
    )
