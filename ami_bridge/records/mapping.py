"""Facts as rows of the records. Pure."""

from collections.abc import Iterator
from typing import Any

from ami_bridge.ledger.changes import Changes
from callcenter.calls import (
    AgentPeriod,
    Anomaly,
    Call,
    CallStep,
    EntryKey,
    Interruption,
    QueueEntry,
    Recording,
    StepKind,
    SurveyAnswer,
)
from callcenter.moments import Moment
from callcenter.outgoing_calls import OutgoingCall
from callcenter.recording_files import file_of


def call_row(call: Call) -> dict[str, Any]:
    """A row of `calls`."""
    return {
        "node": call.node,
        "uniqueid": call.uniqueid,
        "line": call.line,
        "caller": call.caller,
        "arrived_us": call.arrived.earliest_us,
        "ended_us": _us(call.ended),
        "final_stage": call.final_stage.value or None,
        "internal": call.internal,
    }


def step_row(step: CallStep) -> dict[str, Any]:
    """A row of `call_steps`."""
    return {
        "node": step.node,
        "uniqueid": step.uniqueid,
        "at_us": step.at.earliest_us,
        "step": step.step.value,
        "detail": step.detail,
    }


def answer_row(answer: SurveyAnswer) -> dict[str, Any]:
    """A row of `survey_answers`."""
    return {
        "node": answer.node,
        "uniqueid": answer.uniqueid,
        "question": answer.question,
        "answer": answer.answer,
        "at_us": answer.at.earliest_us,
        "queue": answer.queue,
        "member": answer.member or None,
    }


def recording_row(recording: Recording) -> dict[str, Any]:
    """A row of `recordings`, without what the retention fills in later."""
    return {
        "node": recording.node,
        "uniqueid": recording.uniqueid,
        "started_us": recording.started.earliest_us,
        "file": file_of(recording.day, recording.uniqueid),
        "queue": recording.queue,
    }


def outgoing_row(call: OutgoingCall) -> dict[str, Any]:
    """A row of `outgoing_calls`."""
    return {
        "node": call.node,
        "uniqueid": call.uniqueid,
        "purpose": call.purpose.value,
        "reference": call.reference,
        "number": call.number,
        "member": call.member or None,
        "dialled_us": call.dialled.earliest_us,
        "answered_us": _us(call.answered),
        "answered_by": call.answered_by.value or None,
        "told": call.told or None,
        "pressed": call.pressed or None,
        "handed_us": _us(call.handed),
        "handed_to": call.handed_to or None,
        "ended_us": _us(call.ended),
        "rang": call.rang,
        "cause": call.cause,
        "ended_by_customer": call.ended_by_customer,
        "result": call.result.value or None,
    }


_COUNTED_STEPS = (StepKind.CALLBACK_REQUESTED, StepKind.CALLBACK_ANSWERED)


def counted_instants(changes: Changes) -> Iterator[int]:
    """When what changed is counted, in microseconds: entries where they entered, calls where they arrived."""
    for entry in changes.entries:
        yield _us(entry.entered) or 0
    yield from (call.arrived.earliest_us for call in changes.calls)
    yield from (step.at.earliest_us for step in changes.steps if step.step in _COUNTED_STEPS)
    for made in changes.outgoing:  # an entry of theirs is no caller's
        yield from filter(None, (made.dialled.earliest_us, _us(made.handed)))


def entry_row(entry: QueueEntry) -> dict[str, Any]:
    """A row of `queue_entries`."""
    return {
        **_key(entry.key),
        "ordinal": entry.key.ordinal,
        "call": entry.call,
        "line": entry.line,
        "caller": entry.caller,
        "entered_us": _us(entry.entered) or 0,
        **_timed("joined", entry.joined),
        **_timed("answered", entry.answered),
        **_timed("ended", entry.ended),
        "wait_min_us": entry.wait.least_us,
        "wait_max_us": entry.wait.most_us,
        "outcome": entry.outcome.value,
        "member": entry.member or None,
        "agent_channel": entry.agent_channel or None,
        "ended_by": entry.ended_by.value,
        "transferred_to": entry.transferred_to or None,
        "internal": entry.internal,
        "entered_position": entry.entered_position,
        "left_position": entry.left_position,
    }


def offer_rows(entry: QueueEntry) -> list[dict[str, Any]]:
    """Rows of `offers` of one entry. An offer that no row reported began when it ended."""
    return [
        {
            **_key(entry.key),
            "entry_ordinal": entry.key.ordinal,
            "ordinal": ordinal,
            "member": offer.member,
            "agent_channel": offer.channel or None,
            "offered_us": _us(offer.offered) or _us(offer.ended) or 0,
            "ended_us": _us(offer.ended),
            "result": offer.result.value,
        }
        for ordinal, offer in enumerate(entry.offers)
    ]


def period_row(period: AgentPeriod) -> dict[str, Any]:
    """A row of `agent_periods`."""
    return {
        "node": period.node,
        "member": period.member,
        "kind": period.kind.value,
        "queue": period.queue,
        "started_us": period.started.earliest_us,
        "ended_us": _us(period.ended),
        "reason": period.reason,
    }


def interruption_row(interruption: Interruption) -> dict[str, Any]:
    """A row of `interruptions`."""
    return {
        "node": interruption.node,
        "restarted_us": interruption.restarted.earliest_us,
        "last_sign_us": _us(interruption.last_sign),
        "interrupted_entries": interruption.interrupted_entries,
    }


def anomaly_row(node: str, source: str, number: int, ordinal: int, anomaly: Anomaly) -> dict[str, Any]:
    """A row of `ledger_anomalies`: of that reading, the how-manieth in it."""
    return {
        "node": node,
        "number": number,
        "ordinal": ordinal,
        "source": source,
        "position": anomaly.position,
        "kind": anomaly.kind.value,
        "at_us": _us(anomaly.at),
        "detail": anomaly.detail,
    }


def _key(key: EntryKey) -> dict[str, Any]:
    return {"node": key.node, "boot_us": key.boot_us, "queue": key.queue, "uniqueid": key.uniqueid}


def _us(moment: Moment | None) -> int | None:
    return moment.earliest_us if moment else None


def _timed(name: str, moment: Moment | None) -> dict[str, int | None]:
    slack = moment.latest_us - moment.earliest_us if moment else 0
    return {f"{name}_us": _us(moment), f"{name}_slack_us": slack}
