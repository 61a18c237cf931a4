"""The board as it is read. Instants in microseconds since 1970, UTC; percentages with two decimals, as in reports."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from agent_api.schemas import with_example
from callcenter.centre.alarm_rules import Tone
from callcenter.level.formulas import LevelVerdict
from callcenter.messages.facts import AgentStatus

_LEVEL: dict[str, Any] = {
    **{"registered": 50, "answered": 46, "within": 40, "abandoned": 4, "still_open": 1},
    **{"percent": "80.00", "verdict": "accepted", "still_needed": 0, "tone": ""},
}
_AGENTS: dict[str, Any] = {
    **{"logged_in": 4, "available": 1, "ringing": 0, "on_call": 2},
    **{"wrap_up": 0, "paused": 1, "unreachable": 0},
}
_NOW: dict[str, Any] = {"waiting": 2, "longest_since_us": 1790000000000000, "agents": _AGENTS}
_QUEUE: dict[str, Any] = {
    **{"queue": "101", "title": "Reclamos técnicos", "measured": True, "today": _LEVEL, "month": _LEVEL},
    **{"waiting_tone": "", "longest_tone": "warn", **_NOW},
}
_TOTAL: dict[str, Any] = {"name": "Medidas por la ATT", **_NOW, "today": _LEVEL, "month": _LEVEL}
_ALARM: dict[str, Any] = {
    **{"key": "wait 101", "tone": "warn", "subject": "Reclamos técnicos"},
    **{"text": "hay quien espera más de 20 s", "since_us": 1790000000000000, "of_agent": False},
}


class LevelView(BaseModel):
    """The service level of a day or a month. `percent` null: without calls.

    `still_needed`: how many more calls, each answered in time, reach the target; null: none do.
    """

    model_config = with_example(**_LEVEL)

    registered: int
    answered: int
    within: int
    abandoned: int
    still_open: int
    percent: Decimal | None
    verdict: LevelVerdict
    still_needed: int | None
    tone: Tone = Tone.CALM


class AgentsByState(BaseModel):
    """How many agents do what."""

    model_config = with_example(**_AGENTS)

    logged_in: int
    available: int
    ringing: int
    on_call: int
    wrap_up: int
    paused: int
    unreachable: int


class QueueRow(BaseModel):
    """One queue. `measured`: it counts for the ATT. `longest_since_us`: since when the first one waits."""

    model_config = with_example(**_QUEUE)

    queue: str
    title: str
    measured: bool
    waiting: int
    longest_since_us: int | None
    agents: AgentsByState
    today: LevelView
    month: LevelView
    waiting_tone: Tone
    longest_tone: Tone


class TotalRow(BaseModel):
    """Several queues together; every call and every agent counted once."""

    model_config = with_example(**_TOTAL)

    name: str
    waiting: int
    longest_since_us: int | None
    agents: AgentsByState
    today: LevelView
    month: LevelView


class AgentRow(BaseModel):
    """One agent. `known` is false for who was in no queue since this process began."""

    login: str
    name: str
    extension: str
    state: AgentStatus
    reason: str
    since_us: int | None
    queues: tuple[str, ...]
    tone: Tone
    known: bool


class WaitingRow(BaseModel):
    """A caller who waits. `position` in that queue."""

    node: str
    uniqueid: str
    caller: str
    queue: str
    title: str
    position: int
    joined_us: int
    tone: Tone


class Alarm(BaseModel):
    """What calls for attention. `key` stays the same while it lasts; `since_us` null where it is no matter of time."""

    model_config = with_example(**_ALARM)

    key: str
    tone: Tone
    subject: str
    text: str
    since_us: int | None
    of_agent: bool = False


class SourceAway(BaseModel):
    """A source of figures that is away: which, since when, and what that means."""

    source: str
    text: str
    since_us: int


class BoardView(BaseModel):
    """The floor in figures. `away` is empty while every source is there; `target_percent` null: no rule is in force."""

    model_config = with_example(
        as_of_us=1790000012000000,
        target_percent="80",
        threshold_seconds=20,
        away=[],
        alarms=[_ALARM],
        measured=_TOTAL,
        centre=_TOTAL,
        queues=[_QUEUE],
        agents=[],
        waiting=[],
    )

    as_of_us: int
    target_percent: Decimal | None
    threshold_seconds: int | None
    away: tuple[SourceAway, ...]
    alarms: tuple[Alarm, ...]
    measured: TotalRow
    centre: TotalRow
    queues: tuple[QueueRow, ...]
    agents: tuple[AgentRow, ...]
    waiting: tuple[WaitingRow, ...]


class BoardMoved(BaseModel):
    """The board is another: read it again."""
