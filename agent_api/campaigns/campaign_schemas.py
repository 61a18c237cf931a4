"""Requests and answers about campaigns. Days are the centre's; instants in microseconds since 1970, UTC."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, Field, StringConstraints

from agent_api.schemas import PRINTABLE, with_example
from callcenter.campaign_outcomes import CallOutcome
from dialer.campaigns.model import CampaignKind, CampaignState, DialMode, OrderBy

CampaignId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[7])]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Figure = Annotated[int, Field(ge=0, le=100_000)]
Text = Annotated[str, StringConstraints(max_length=80, pattern=PRINTABLE, strip_whitespace=True)]

_FIELDS: dict[str, Any] = {
    **{"title": "Corte programado de diciembre", "mode": "preview", "queue": "prepago", "line": "102"},
    **{"first_day": "2026-12-01", "last_day": "2026-12-05", "script": "Buenos días, {nombre}."},
    "hours": [{"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:00", "closes": "20:00"}],
    **{"order": ["expiry", "segment", "attempts"], "segments": ["Oro"], "ceiling_percent": 3.0},
    **{"paid_within_days": 15, "number_a_day": 3, "customer_a_day": 3, "number_in_all": 6, "customer_in_all": 9},
    **{"ring_seconds": 25, "pause_minutes": {"busy": 15, "no_answer": 180}, "held_out_percent": 0},
    "detects_machines": False,
}
_PROGRESS = {
    **{"customers": 1200, "called": 640, "contacted": 410, "promised": 280, "left": 700, "held_out": 0},
    "set_aside": 0,
}
_ACTIVITY = {
    **{"ringing": 0, "talking": 3, "agents_available": 0, "live_answers_today": 214, "abandoned_today": 2},
    "as_of_us": 1790000012000000,
}
_ROW: dict[str, Any] = {
    **{"id": 7, "name": "corte-programado-20261201", "kind": "general", "title": "Corte programado de diciembre"},
    **{"state": "running", "mode": "preview", "first_day": "2026-12-01", "last_day": "2026-12-05"},
    **{"progress": _PROGRESS, "why_not": "no_agents", "why": "No hay agentes libres para esta campaña."},
    **{"remedy": "Mire en «Piso» quién está en pausa o fuera de colas.", "activity": _ACTIVITY},
}


class CallingSpan(BaseModel):
    """Days of the week and the hours in which customers are called. `24:00` is the end of the day."""

    model_config = with_example(days=["mon", "tue"], opens="08:00", closes="20:00")

    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)]
    opens: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    closes: Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]


class CampaignFields(BaseModel):
    """What supervisors decide of a campaign. No field of it is a number that is called: those come from lists alone.

    `line`: the centre's number that customers see. `pause_minutes`: after such an outcome the customer is left alone.
    """

    model_config = with_example(**_FIELDS)

    title: Annotated[Text, Field(min_length=1)]
    mode: DialMode
    first_day: date
    last_day: date
    queue: Annotated[Text, Field(min_length=1)]
    line: Annotated[Text, Field(min_length=1)]
    script: Annotated[str, Field(max_length=4000)] = ""
    hours: Annotated[tuple[CallingSpan, ...], Field(max_length=20)]
    order: Annotated[tuple[OrderBy, ...], Field(max_length=3)]
    segments: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    ceiling_percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    paid_within_days: Figure
    number_a_day: Figure
    customer_a_day: Figure
    number_in_all: Figure
    customer_in_all: Figure
    ring_seconds: Figure
    pause_minutes: dict[CallOutcome, Figure] = {}
    held_out_percent: Figure = 0
    detects_machines: bool = False


class CampaignChange(CampaignFields):
    """Other settings. `seen`: those that they were made from, refused where they are others by now; null: whatever."""

    model_config = with_example(**_FIELDS, seen=None)

    seen: CampaignFields | None = None


class ProgressView(BaseModel):
    """The customers of a campaign; `contacted`: a person was talked to at the last attempt; `left`: may be called.

    `set_aside`: cannot be called because of what is written of them.
    """

    model_config = with_example(**_PROGRESS)

    customers: int
    called: int
    contacted: int
    promised: int
    left: int
    held_out: int
    set_aside: int


class ActivityView(BaseModel):
    """What the dialer said last of a campaign."""

    model_config = with_example(**_ACTIVITY)

    ringing: int
    talking: int
    agents_available: int
    live_answers_today: int
    abandoned_today: int
    as_of_us: int


class CampaignRow(BaseModel):
    """A campaign among others. `why_not` null: it may call now; `why` and `remedy` say it in Spanish.

    `activity` null: the dialer says nothing of it.
    """

    model_config = with_example(**_ROW)

    id: int
    name: str
    kind: CampaignKind
    title: str
    state: CampaignState
    mode: DialMode
    first_day: date
    last_day: date
    progress: ProgressView
    why_not: str | None
    why: str
    remedy: str
    activity: ActivityView | None


class CampaignList(BaseModel):
    """Campaigns; `older`: where there may be more that ended, the number to ask for them with."""

    model_config = with_example(campaigns=[_ROW], older=None)

    campaigns: tuple[CampaignRow, ...]
    older: int | None


class CampaignView(CampaignRow):
    """A campaign with its settings."""

    model_config = with_example(**_ROW, settings=_FIELDS)

    settings: CampaignFields


class AttemptCountView(BaseModel):
    """Attempts that have an outcome, an agent or a service in common; `name` empty: none, or not known."""

    model_config = with_example(name="promised", attempts=280, contacted=280, promised=280)

    name: str
    attempts: int
    contacted: int
    promised: int


class AttemptCountsView(BaseModel):
    """A campaign's calls, counted in three ways. Outcomes are the agent's word, else the telephone's."""

    model_config = with_example(
        by_outcome=[{"name": "no_answer", "attempts": 230, "contacted": 0, "promised": 0}],
        by_member=[{"name": "1001", "attempts": 120, "contacted": 80, "promised": 61}],
        by_service=[{"name": "internet", "attempts": 400, "contacted": 260, "promised": 190}],
    )

    by_outcome: tuple[AttemptCountView, ...]
    by_member: tuple[AttemptCountView, ...]
    by_service: tuple[AttemptCountView, ...]


class ExplanationView(BaseModel):
    """Why a campaign calls or does not at `at_us`. `sentences` are for people; `why_not` null: it may call."""

    model_config = with_example(
        at_us=1795817100000000,
        is_now=False,
        why_not="out_of_hours",
        sentences=["Está fuera de su horario de llamadas.", "Espere, o cambie el horario en los ajustes."],
        ready=12,
        waiting=3,
        next_due_us=1795817100000000,
        opens_us=1795953600000000,
    )

    at_us: int
    is_now: bool
    why_not: str | None
    sentences: tuple[str, ...]
    ready: int
    waiting: int
    next_due_us: int | None
    opens_us: int | None


class CampaignAgent(BaseModel):
    """An agent who previews the customers of a service; empty: of all services."""

    model_config = with_example(member="1001", service="internet")

    member: Annotated[str, Field(min_length=1, max_length=40, pattern=PRINTABLE)]
    service: Literal["", "internet", "cable_tv", "both"] = ""


class CampaignAgents(BaseModel):
    """A campaign's agents; none: all agents of its service preview all of its customers."""

    model_config = with_example(agents=[{"member": "1001", "service": "internet"}])

    agents: Annotated[tuple[CampaignAgent, ...], Field(max_length=1000)]


class CampaignDone(BaseModel):
    """What was done to a campaign, in Spanish, and its state since."""

    model_config = with_example(detail="Campaña iniciada.", id=7, state="running")

    detail: str
    id: int
    state: CampaignState
