"""Two days of records that chance makes, the same every time: every table that the reports read."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Table

from callcenter.audit import AuditAction
from callcenter.callbacks.rules import CallbackReason, CallbackState
from callcenter.calls import EndedBy, FinalStage, OfferResult, Outcome, PeriodKind
from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.outgoing_calls import OutgoingResult
from callcenter.recalls.rules import RecallState
from callcenter.records.callbacks import callbacks
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from callcenter.records.contacts import contact_notes, recall_list
from callcenter.records.ivr import survey_answers
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.records.recordings import recordings
from callcenter.records.users import audit_log, users
from tests.reports.made_records import NODE, Rows, S, at, call, entry, offer, period

FIRST_DAY, LAST_DAY = date(2026, 10, 31), date(2026, 11, 2)
MEMBERS, QUEUES = ("1001", "1002", "1003", "ana"), ("101", "102", "tv", "gone")
_UNANSWERED = [each for each in Outcome if each is not Outcome.ANSWERED]


def generated(number: int = 600) -> Rows:
    """So many calls and what belongs to them."""
    chance = random.Random(20261130)
    return [row for make in (_calls, _agents, _others, _afterwards, _campaign) for row in make(chance, number)]


def _calls(chance: random.Random, number: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    for each in range(number):
        name, queue = f"c{each}", chance.choice(QUEUES)
        arrived_us = at(chance.uniform(-2, 74), FIRST_DAY) + each
        known: dict[str, Any] = {
            "caller": chance.choice(["", *(f"7071{n:04}" for n in range(40))]),
            "line": chance.choice(["101", "102"]),
        }
        inside: dict[str, Any] = {"internal": chance.random() < 0.05}
        yield from call(name, arrived_us, **known, **inside, final_stage=chance.choice(list(FinalStage)).value)
        talk_us = chance.choice([None, chance.randrange(600 * S)])
        yield from entry(
            name,
            arrived_us + S,
            wait_us=chance.choice([5 * S, 20 * S, 20 * S + 1, chance.randrange(120 * S)]),
            talk_us=talk_us,
            queue=queue,
            member=None if talk_us is None else chance.choice(MEMBERS),
            **known,
            **inside,
            outcome=(chance.choice(_UNANSWERED) if talk_us is None else Outcome.ANSWERED).value,
            ended_by=chance.choice(list(EndedBy)).value,
            transferred_to=chance.choice([None, "2000"]),
            entered_position=each % 14 or None,
            left_position=None if talk_us is not None else each % 5 or None,
        )
        result = chance.choice(list(OfferResult))
        if talk_us is None and each % 4 == 0:
            mark = {"uniqueid": name, "entered_us": arrived_us + S, "node": NODE, "owner": "ana", "note": "nota"}
            state = chance.choice(list(RecallState)[1:])
            yield recall_list, {**mark, "state": state.value, "changed_us": arrived_us + chance.randrange(9999 * S)}
        yield from offer(name, arrived_us + 2 * S, result, chance.choice(MEMBERS), queue=queue)


def _agents(chance: random.Random, number: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    for member in MEMBERS:
        for each in range(number // 10):
            began_us = at(chance.uniform(-5, 74), FIRST_DAY) + each
            kind = chance.choice(list(PeriodKind))
            ended_us = chance.choice([None, began_us + chance.randrange(7200 * S)]) if each % 20 == 0 else began_us + S
            queue, reason = chance.choice(["101", "102", "NONE"]), chance.choice(["", "Almuerzo", "Descanso"])
            yield from period(kind, began_us, ended_us, member, queue=queue, reason=reason)


def _others(chance: random.Random, number: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    user = {"password_hash": "", "role": "agent", "active": True}
    yield users, {**user, "login": "ana", "display_name": "Ana Rojas", "extension": "1004"}
    for each in range(0, number, 7):
        recorded = {"uniqueid": f"c{each}", "node": NODE, "started_us": at(9), "file": "f.wav", "queue": "101"}
        yield recordings, {**recorded, "bytes": each, "deleted_us": chance.choice([None, at(20)])}
    for each in range(3, number, 50):
        dialled = {"uniqueid": f"c{each}", "node": NODE, "purpose": "campaign", "reference": "", "number": "7"}
        yield outgoing_calls, {**dialled, "dialled_us": at(0, FIRST_DAY), "rang": True}


def _afterwards(chance: random.Random, number: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    """What people did about calls: callbacks, notes, marks of the recall list, playbacks, answers to the survey."""
    for each in range(0, number, 5):
        yield callbacks, _callback(chance, each)
    for each in range(number):
        note = {"uniqueid": f"c{each}", "member": chance.choice(MEMBERS), "node": NODE, "queue": chance.choice(QUEUES)}
        yield contact_notes, {**note, "disposition": chance.choice(["", "resuelto", "gone"]), "saved_us": at(9)}
    for call_rows in range(0, number, 9):
        played = {"node": NODE, "uniqueid": f"c{call_rows}"}
        what = {"who": "ana", "what": AuditAction.RECORDING_PLAYED.value, "details": played}
        yield audit_log, {**what, "when_us": at(30, FIRST_DAY) + call_rows}
    for each in range(0, number, 3):
        answer = {"uniqueid": f"c{each}", "node": NODE, "question": chance.choice(["atencion", "solucion"])}
        member = chance.choice([None, *MEMBERS])
        where = {"at_us": at(30, FIRST_DAY) + each, "queue": chance.choice(QUEUES), "member": member}
        yield survey_answers, {**answer, **where, "answer": chance.randrange(10)}


def _callback(chance: random.Random, each: int) -> dict[str, Any]:
    requested_us, state = at(chance.uniform(0, 72), FIRST_DAY), chance.choice(list(CallbackState))
    is_over = state not in (CallbackState.PENDING, CallbackState.CALLING)
    return {
        **{"node": NODE, "number": str(70_000_000 + each), "line": "101", "queue": chance.choice(QUEUES)},
        **{"uniqueid": f"c{each}", "entered_us": requested_us, "priority": 0, "requested_us": requested_us},
        **{"reason": chance.choice(list(CallbackReason)).value, "state": state.value, "tries": chance.randrange(4)},
        **{"next_try_us": requested_us, "ended_us": requested_us + chance.randrange(7200 * S) if is_over else None},
    }


def _campaign(chance: random.Random, number: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    known = {"id": 1, "name": "prepago-2026-11", "title": "Prepago", "kind": "prepaid_expiry", "mode": "progressive"}
    days = {"state": "ended", "first_day": LAST_DAY, "last_day": LAST_DAY, "queue": "prepago", "line": "102"}
    rules = {"rules": '{"hours": [], "paid_within_days": 15, "ceiling_percent": 3.0}', "created_us": 1, "changed_us": 1}
    yield campaigns, {**known, **days, **rules, "created_by": "dialer"}
    for each in range(1, number // 10):
        customer = {"id": each, "campaign_id": 1, "customer": f"who:{each}", "numbers": "[]", "services": "[]"}
        yield campaign_contacts, {**customer, "state": ContactState.OVER.value, "rank": 1, "changed_us": 1}
        if each % 3:
            begun_us = at(chance.uniform(8, 20), LAST_DAY)
            attempt = {"reference": f"campaign-{each}-1", "contact_id": each, "campaign_id": 1, "number": "7"}
            result, outcome = chance.choice(list(OutgoingResult)[1:]), chance.choice(list(CallOutcome))
            moments = {"begun_us": begun_us, "epoch": 1, "ends_us": begun_us, "closed_us": begun_us}
            said = {"result": result.value, "outcome": outcome.value, "member": chance.choice(MEMBERS)}
            yield campaign_attempts, {**attempt, "mode": "progressive", **moments, **said}
