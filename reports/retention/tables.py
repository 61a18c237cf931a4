"""Which tables have the detail of calls, by which moment a row of each is old, and what in it is of persons.

What reports need of closed months is not here: `level_*`, `att_*`. A new table with persons' data gets its line
here, or in `KEPT` with the reason why it stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Row, Table, and_, or_

from callcenter.calls import LONGEST_CALL_US, StepKind
from callcenter.outbox.mail import MailState
from callcenter.records.agents import agent_periods
from callcenter.records.callbacks import callbacks
from callcenter.records.calls import calls, offers, queue_entries
from callcenter.records.contacts import contact_notes, recall_list
from callcenter.records.ivr import call_steps, survey_answers
from callcenter.records.ledger import anomalies
from callcenter.records.outbox import outbox
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.records.recordings import recordings

# Of another table, whose rows go with the first: its columns and those of the first that they are equal to.
Following = tuple[Table, Mapping[str, str]]
Emptied = Callable[[Row[Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class DetailRows:
    """Rows of a table that grow old together. `moment`: an indexed instant, or one of few rows; `which`: if not all.

    `source`: the table, joined with that of its `moment`; without it the moment is its own. `longer_us`: how much
    longer they are kept, because entries of so long afterwards are counted by them.
    """

    table: Table
    moment: Column[int]
    which: tuple[ColumnElement[bool], ...] = ()
    following: tuple[Following, ...] = ()
    source: FromClause | None = None
    longer_us: int = 0


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What is of persons in a table. `source`: it, joined with the table of its `moment`; `named`: rows that have any.

    `emptied`: columns as they are without it, made of the row's key.
    """

    table: Table
    source: FromClause
    moment: Column[int]
    named: ColumnElement[bool]
    emptied: Emptied


_OF_CALL = {"uniqueid": "uniqueid", "node": "node"}
_NOTES: Following = (contact_notes, _OF_CALL)
_OF_ENTRY = {"uniqueid": "uniqueid", "node": "node", "boot_us": "boot_us", "queue": "queue", "entry_ordinal": "ordinal"}
_RECALL: Following = (recall_list, {"uniqueid": "uniqueid", "entered_us": "entered_us", "node": "node"})

DETAIL: tuple[DetailRows, ...] = (
    DetailRows(queue_entries, queue_entries.c.entered_us, following=((offers, _OF_ENTRY), _RECALL, _NOTES)),
    DetailRows(calls, calls.c.arrived_us, following=(_NOTES,)),
    *(
        DetailRows(call_steps, call_steps.c.at_us, (call_steps.c.step == kind.value,), longer_us=LONGEST_CALL_US)
        for kind in StepKind
    ),
    DetailRows(survey_answers, survey_answers.c.at_us),
    DetailRows(outgoing_calls, outgoing_calls.c.dialled_us, following=(_NOTES,), longer_us=LONGEST_CALL_US),
    DetailRows(callbacks, callbacks.c.ended_us),
    DetailRows(agent_periods, agent_periods.c.started_us),
    # Of a recording whose file is still kept by its own rule the row stays.
    DetailRows(recordings, recordings.c.started_us, (recordings.c.deleted_us.is_not(None),)),
    DetailRows(anomalies, anomalies.c.at_us),
    *(
        DetailRows(outbox, outbox.c.ended_us, (outbox.c.state == state.value,))
        for state in MailState
        if state is not MailState.WAITING
    ),
)

KEPT: Mapping[str, str] = {
    "audit_log": "what users did has to outlive what they did it to",
    "do_not_call": "who is never to be called says so for good",
    "campaigns": "of nobody: their settings",
    "campaign_agents": "of agents, as long as the campaign",
    "list_loads": "of nobody: which files were loaded",
    "list_files": "gone once it is read",
    "outage_contacts": "as long as the outage, whose callers are told of the repair",
    "announcements": "of agents: one a day",
    "scheduled_reports": "as long as somebody wants them",
    "outbox_recipients": "goes with its mail",
    "outbox_attachments": "goes with its mail",
    "ledger_journal": "until the next checkpoint",
    "ledger_checkpoints": "of what goes on",
    "users": "as long as they are users",
}


def _notes_of(parent: Table, moment: Column[int]) -> PersonalData:
    notes = contact_notes.c
    same = and_(notes.uniqueid == parent.c.uniqueid, notes.node == parent.c.node)
    named = or_(notes.notes != "", notes.customer_number.is_not(None))
    empty = {"notes": "", "customer_number": None}
    return PersonalData(contact_notes, contact_notes.join(parent, same), moment, named, lambda _: empty)


def _number_of(table: Table, column: str, moment: Column[int]) -> PersonalData:
    return PersonalData(table, table, moment, table.c[column] != "", lambda _: {column: ""})


def _without_telephone(row: Row[Any]) -> Mapping[str, Any]:
    """See `StepKind.CALLBACK_REQUESTED`: its number, telephone, reason, queue."""
    number, _, *rest = row.detail.split("|")
    return {"detail": "|".join((number, "", *rest))}


_recalled = and_(recall_list.c.uniqueid == queue_entries.c.uniqueid, recall_list.c.node == queue_entries.c.node)
PERSONAL: tuple[PersonalData, ...] = (
    _notes_of(queue_entries, queue_entries.c.entered_us),
    _notes_of(calls, calls.c.arrived_us),
    _notes_of(outgoing_calls, outgoing_calls.c.dialled_us),
    PersonalData(
        recall_list,
        recall_list.join(queue_entries, and_(_recalled, recall_list.c.entered_us == queue_entries.c.entered_us)),
        queue_entries.c.entered_us,
        recall_list.c.note != "",
        lambda _: {"note": ""},
    ),
    _number_of(queue_entries, "caller", queue_entries.c.entered_us),
    _number_of(calls, "caller", calls.c.arrived_us),
    _number_of(outgoing_calls, "number", outgoing_calls.c.dialled_us),
    _number_of(callbacks, "number", callbacks.c.ended_us),
    PersonalData(
        call_steps,
        call_steps,
        call_steps.c.at_us,
        and_(
            call_steps.c.step == StepKind.CALLBACK_REQUESTED.value,
            *(call_steps.c.detail.like("%|%|%"), call_steps.c.detail.not_like("%||%")),
        ),
        _without_telephone,
    ),
)
