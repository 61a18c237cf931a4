"""What the interface says and hears, apart from the pop. Instants in microseconds since 1970, UTC."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from callcenter.messages.facts import AgentStatus, RecordingStatus
from callcenter.roles import Role


def shown_as(**fields: Any) -> ConfigDict:
    """The settings of a frozen form with one example for the interface's description."""
    return ConfigDict(frozen=True, json_schema_extra={"examples": [fields]})


class Detail(BaseModel):
    """What happened, in Spanish, for the person at the desk."""

    model_config = shown_as(detail="Hecho.")

    detail: str


class Credentials(BaseModel):
    """Who wants in."""

    model_config = shown_as(login="1001", password="una frase larga")  # noqa: S106 - an example

    login: Annotated[str, Field(min_length=1, max_length=40)]
    password: Annotated[str, Field(min_length=1, max_length=128)]


class Me(BaseModel):
    """The user whose session it is."""

    model_config = shown_as(
        login="1001", display_name="Agente 1001", role="agent", extension="1001", expires_us=1790043200000000
    )

    login: str
    display_name: str
    role: Role
    extension: str | None
    expires_us: int


class Opened(Me):
    """A session just opened. Send the token as `Authorization: Bearer ...`."""

    model_config = shown_as(
        token="n1b0kq3v7o4rJ2mH8sQYc0T5wXzLrEfUa6dPgViKtBM",  # noqa: S106 - an example
        **{"login": "1001", "display_name": "Agente 1001", "role": "agent", "extension": "1001"},
        expires_us=1790043200000000,
    )

    token: str


class LogInOrder(BaseModel):
    """Which queues to serve; all that the centre gives the extension when left out."""

    model_config = shown_as(queues=["101", "102"])

    queues: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)] | None = None


class PauseOrder(BaseModel):
    """Why: one of the centre's reasons."""

    model_config = shown_as(reason="Descanso")

    reason: Annotated[str, Field(min_length=1, max_length=40)]


class Done(BaseModel):
    """The bridge confirmed it."""

    model_config = shown_as(detail="Hecho.", command_id="0d2f6a52-6b0e-4a53-9c1d-5c6a4c4f3f10")

    detail: str
    command_id: str


_LINK: dict[str, Any] = {
    **{"node": "central", "state": "up", "since_us": 1790000000000000},
    "text": "La central telefónica responde.",
}
_AGENT: dict[str, Any] = {
    **{"member": "1001", "state": "paused", "reason": "Descanso", "since_us": 1790000000000000},
    **{"queues": ["101", "102"], "uniqueid": None, "received": None, "known": True},
    **{"recording": None, "recording_since_us": None},
}
_QUEUE: dict[str, Any] = {
    **{"node": "central", "queue": "101", "title": "Reclamos técnicos"},
    "waiting": [{"uniqueid": "1790000000.7", "caller": "707 00012", "position": 1, "joined_us": 1790000000000000}],
    **{"logged_in": 4, "available": 0, "talking": 3, "paused": 1, "as_of_us": 1790000012000000},
}


class Link(BaseModel):
    """The way to one node's telephony: `up` or `lost`, since when, and what that means."""

    model_config = shown_as(**_LINK)

    node: str
    state: str
    since_us: int
    text: str


class Agent(BaseModel):
    """One agent now. `recording` of the call: null where there is none, or nothing is known of it.

    `uniqueid`: the queue's caller who rings or talks. `received`: a caller whom the agent got by a transfer.
    """

    model_config = shown_as(**_AGENT)

    member: str
    state: AgentStatus
    reason: str
    since_us: int | None
    queues: tuple[str, ...]
    uniqueid: str | None
    received: str | None
    known: bool
    recording: RecordingStatus | None
    recording_since_us: int | None


class AgentNow(BaseModel):
    """The agent's own state, and whether it can be trusted (`link`)."""

    model_config = shown_as(
        agent=_AGENT,
        link=_LINK,
        pause_reasons=["Descanso", "Almuerzo"],
    )

    agent: Agent
    link: Link
    pause_reasons: tuple[str, ...]


class Waiting(BaseModel):
    """A caller who waits. `caller` as people read it."""

    uniqueid: str
    caller: str
    position: int
    joined_us: int


class QueueNow(BaseModel):
    """One queue now."""

    model_config = shown_as(**_QUEUE)

    node: str
    queue: str
    title: str
    waiting: tuple[Waiting, ...]
    logged_in: int
    available: int
    talking: int
    paused: int
    as_of_us: int


class Floor(BaseModel):
    """Everything on the floor now. `fresh` is false when a link is lost: then it is the last that was heard."""

    model_config = shown_as(
        fresh=True,
        links=[_LINK],
        queues=[_QUEUE],
        agents=[_AGENT],
    )

    fresh: bool
    links: tuple[Link, ...]
    queues: tuple[QueueNow, ...]
    agents: tuple[Agent, ...]


class Part(BaseModel):
    """Whether a part of the service works, in Spanish what is wrong."""

    ok: bool
    detail: str


class Health(BaseModel):
    """Whether requests can be served. `status` is `ok`, `degraded` (no live telephony) or `down`."""

    model_config = shown_as(
        status="ok",
        database={"ok": True, "detail": "Responde."},
        bus={"ok": True, "detail": "Conectado."},
        bridge={"ok": True, "detail": "La central telefónica responde."},
    )

    status: str
    database: Part
    bus: Part
    bridge: Part
