"""Facts as rows of the records and back. Pure."""

from collections.abc import Iterable
from typing import Any, Protocol

from ami_bridge.ledger.entry import EntryInProgress
from ami_bridge.ledger.entry_conversation import Conversation
from ami_bridge.ledger.entry_offers import EntryOffers
from ami_bridge.ledger.entry_states import recorded_state
from callcenter.calls import (
    AgentPeriod,
    Anomaly,
    Call,
    CallStep,
    EndedBy,
    EntryKey,
    FinalStage,
    Interruption,
    Offer,
    OfferResult,
    Outcome,
    PeriodKind,
    QueueEntry,
    Recording,
    StepKind,
    SurveyAnswer,
)
from callcenter.moments import Moment
from callcenter.recording_files import file_of


class Record(Protocol):
    """A row of the records, its columns by name."""

    def __getitem__(self, column: str, /) -> Any:
        """The value of that column. Raises KeyError."""


def call_row(call: Call) -> dict[str, Any]:
    """A row of `calls`."""
    return {
        "node": call.node,
        "uniqueid": call.uniqueid,
        "line": call.line[:16],
        "caller": call.caller[:64],
        "arrived_us": call.arrived.earliest_us,
        "ended_us": _us(call.ended),
        "final_stage": call.final_stage.value or None,
    }


def call_from(row: Record) -> Call:
    """The call of a row."""
    return Call(
        node=row["node"],
        uniqueid=row["uniqueid"],
        line=row["line"],
        caller=row["caller"],
        arrived=Moment.exact(row["arrived_us"]),
        ended=_moment(row["ended_us"]),
        final_stage=FinalStage(row["final_stage"] or ""),
    )


def step_row(step: CallStep) -> dict[str, Any]:
    """A row of `call_steps`."""
    return {
        "node": step.node,
        "uniqueid": step.uniqueid[:150],
        "at_us": step.at.earliest_us,
        "step": step.step.value,
        "detail": step.detail,
    }


def step_from(row: Record) -> CallStep:
    """The step of a row."""
    return CallStep(
        node=row["node"],
        uniqueid=row["uniqueid"],
        at=Moment.exact(row["at_us"]),
        step=StepKind(row["step"]),
        detail=row["detail"],
    )


def answer_row(answer: SurveyAnswer) -> dict[str, Any]:
    """A row of `survey_answers`."""
    return {
        "node": answer.node,
        "uniqueid": answer.uniqueid[:150],
        "question": answer.question,
        "answer": answer.answer,
        "at_us": answer.at.earliest_us,
        "queue": answer.queue[:64],
        "member": answer.member[:80] or None,
    }


def recording_row(recording: Recording) -> dict[str, Any]:
    """A row of `recordings`, without what the retention fills in later."""
    return {
        "node": recording.node,
        "uniqueid": recording.uniqueid,
        "started_us": recording.started.earliest_us,
        "file": file_of(recording.day, recording.uniqueid),
        "queue": recording.queue[:64],
    }


def entry_row(entry: QueueEntry) -> dict[str, Any]:
    """A row of `queue_entries`."""
    return {
        **_key(entry.key),
        "ordinal": entry.key.ordinal,
        "call": entry.call,
        "line": entry.line[:16],
        "caller": entry.caller[:64],
        "entered_us": _us(entry.entered) or 0,
        **_timed("joined", entry.joined),
        **_timed("answered", entry.answered),
        **_timed("ended", entry.ended),
        "wait_min_us": entry.wait.least_us,
        "wait_max_us": entry.wait.most_us,
        "outcome": entry.outcome.value,
        "member": entry.member[:80] or None,
        "agent_channel": entry.agent_channel or None,
        "ended_by": entry.ended_by.value,
        "transferred_to": entry.transferred_to[:80] or None,
    }


def entry_from(row: Record, offers: Iterable[Record]) -> EntryInProgress:
    """The entry of a row, to go on with, and those of the offers that belong to it."""
    key = _key_from(row, ordinal=row["ordinal"])
    outcome, ended = Outcome(row["outcome"]), _timed_from(row, "ended")
    of_entry = [offer for offer in offers if _offer_of(offer) == key]
    return EntryInProgress(
        key=key,
        call=row["call"],
        line=row["line"],
        caller=row["caller"],
        joined=_timed_from(row, "joined"),
        state=recorded_state(outcome, has_end=ended is not None),
        outcome=outcome,
        conversation=_conversation_from(row),
        ended=ended,
        ended_by=EndedBy(row["ended_by"]),
        transferred_to=row["transferred_to"] or "",
        offers=EntryOffers(_offer_from(offer) for offer in sorted(of_entry, key=lambda offer: int(offer["ordinal"]))),
    )


def _conversation_from(row: Record) -> Conversation:
    return Conversation(
        answered=_timed_from(row, "answered"),
        member=row["member"] or "",
        channel=row["agent_channel"] or "",
    )


def offer_rows(entry: QueueEntry) -> list[dict[str, Any]]:
    """Rows of `offers` of one entry. An offer that no row reported began when it ended."""
    return [
        {
            **_key(entry.key),
            "entry_ordinal": entry.key.ordinal,
            "ordinal": ordinal,
            "member": offer.member[:80],
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
        "member": period.member[:80],
        "kind": period.kind.value,
        "queue": period.queue[:64],
        "started_us": period.started.earliest_us,
        "ended_us": _us(period.ended),
        "reason": period.reason[:80],
    }


def period_from(row: Record) -> AgentPeriod:
    """The period of a row."""
    return AgentPeriod(
        node=row["node"],
        member=row["member"],
        kind=PeriodKind(row["kind"]),
        queue=row["queue"],
        started=Moment.exact(row["started_us"]),
        ended=_moment(row["ended_us"]),
        reason=row["reason"],
    )


def interruption_row(interruption: Interruption) -> dict[str, Any]:
    """A row of `interruptions`."""
    return {
        "node": interruption.node,
        "restarted_us": interruption.restarted.earliest_us,
        "last_sign_us": _us(interruption.last_sign),
        "interrupted_entries": interruption.interrupted_entries,
    }


def anomaly_row(node: str, source: str, anomaly: Anomaly) -> dict[str, Any]:
    """A row of `ledger_anomalies`."""
    return {
        "node": node,
        "source": source,
        "position": anomaly.position,
        "kind": anomaly.kind.value,
        "at_us": _us(anomaly.at),
        "detail": anomaly.detail,
    }


def _key(key: EntryKey) -> dict[str, Any]:
    return {"node": key.node, "boot_us": key.boot_us, "queue": key.queue[:64], "uniqueid": key.uniqueid[:150]}


def _key_from(row: Record, ordinal: int) -> EntryKey:
    return EntryKey(
        node=row["node"], boot_us=row["boot_us"], queue=row["queue"], uniqueid=row["uniqueid"], ordinal=ordinal
    )


def _offer_of(row: Record) -> EntryKey:
    return _key_from(row, ordinal=row["entry_ordinal"])


def _offer_from(row: Record) -> Offer:
    return Offer(
        member=row["member"],
        channel=row["agent_channel"] or "",
        offered=_moment(row["offered_us"]),
        ended=_moment(row["ended_us"]),
        result=OfferResult(row["result"]),
    )


def _us(moment: Moment | None) -> int | None:
    return moment.earliest_us if moment else None


def _moment(instant_us: int | None) -> Moment | None:
    return None if instant_us is None else Moment.exact(instant_us)


def _timed(name: str, moment: Moment | None) -> dict[str, int | None]:
    slack = moment.latest_us - moment.earliest_us if moment else 0
    return {f"{name}_us": _us(moment), f"{name}_slack_us": slack}


def _timed_from(row: Record, name: str) -> Moment | None:
    instant_us = row[f"{name}_us"]
    return None if instant_us is None else Moment(instant_us, instant_us + row[f"{name}_slack_us"])
