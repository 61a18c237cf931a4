"""The floor and one agent now, as screens and programs read them. Instants in microseconds since 1970, UTC."""

from typing import Any

from pydantic import BaseModel

from agent_api.schemas import with_example
from callcenter.messages.facts import AgentStatus, RecordingStatus

_LINK: dict[str, Any] = {
    **{"node": "central", "state": "up", "since_us": 1790000000000000},
    "text": "La central telefónica responde.",
}


_AGENT: dict[str, Any] = {
    **{"member": "1001", "state": "paused", "reason": "Descanso", "since_us": 1790000000000000},
    **{"queues": ["101", "102"], "uniqueid": None, "transferred": None, "known": True},
    **{"recording": None, "recording_since_us": None},
}


_QUEUE: dict[str, Any] = {
    **{"node": "central", "queue": "101", "title": "Reclamos técnicos"},
    "waiting": [{"uniqueid": "1790000000.7", "caller": "707 00012", "position": 1, "joined_us": 1790000000000000}],
    **{"logged_in": 4, "available": 0, "on_call": 3, "paused": 1, "as_of_us": 1790000012000000},
}


class NodeLinkView(BaseModel):
    """The link to one node's Asterisk: `up`, `degraded` or `lost`, since when, and what that means."""

    model_config = with_example(**_LINK)

    node: str
    state: str
    since_us: int
    text: str


class AgentView(BaseModel):
    """One agent now. `recording` of the call: null where there is none, or nothing is known of it.

    `uniqueid`: the queue's caller, ringing or connected. `transferred`: a caller whom the agent got by a transfer.
    """

    model_config = with_example(**_AGENT)

    member: str
    state: AgentStatus
    reason: str
    since_us: int | None
    queues: tuple[str, ...]
    uniqueid: str | None
    transferred: str | None
    known: bool
    recording: RecordingStatus | None
    recording_since_us: int | None


class AgentNow(BaseModel):
    """The agent's own state, and whether it can be trusted (`link`)."""

    model_config = with_example(
        agent=_AGENT,
        link=_LINK,
        pause_reasons=["Descanso", "Almuerzo"],
    )

    agent: AgentView
    link: NodeLinkView
    pause_reasons: tuple[str, ...]


class Waiting(BaseModel):
    """A caller who waits. `caller` as people read it."""

    uniqueid: str
    caller: str
    position: int
    joined_us: int


class QueueNow(BaseModel):
    """One queue now."""

    model_config = with_example(**_QUEUE)

    node: str
    queue: str
    title: str
    waiting: tuple[Waiting, ...]
    logged_in: int
    available: int
    on_call: int
    paused: int
    as_of_us: int


class FloorView(BaseModel):
    """Everything on the floor now. `fresh` is false when a link is lost: then it is the last that was heard."""

    model_config = with_example(
        fresh=True,
        links=[_LINK],
        queues=[_QUEUE],
        agents=[_AGENT],
    )

    fresh: bool
    links: tuple[NodeLinkView, ...]
    queues: tuple[QueueNow, ...]
    agents: tuple[AgentView, ...]


class CampaignMoved(BaseModel):
    """The dialer said something of a campaign: whoever shows it reads it again."""

    model_config = with_example(id=7)

    id: int
