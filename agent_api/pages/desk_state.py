"""The state bar of the agent's desk: the state in words, its clock, and what the agent may do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from agent_api.live.live_schemas import AgentView
from callcenter.centre.model import Centre
from callcenter.centre.pause_reasons import AFTER_CALL_WORK, CALL_REJECTED, CALL_UNANSWERED, PHONE_AWAY
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentStatus

Tone = Literal["", "good", "accent", "warn", "bad", "ring"]

_LABELS: Mapping[AgentStatus, tuple[str, Tone]] = {
    AgentStatus.LOGGED_OUT: ("Fuera de colas", ""),
    AgentStatus.AVAILABLE: ("Disponible", "good"),
    AgentStatus.RINGING: ("Suena su teléfono", "ring"),
    AgentStatus.ON_CALL: ("En llamada", "accent"),
    AgentStatus.PAUSED: ("En pausa", "warn"),
    AgentStatus.WRAP_UP: ("Cierre de llamada", "warn"),
    AgentStatus.UNREACHABLE: ("Su teléfono no está conectado", "bad"),
}
# Pauses that nobody chose: why, and what ends them.
_WHY = {
    PHONE_AWAY: "Su teléfono se desconectó. La pausa termina sola cuando vuelva.",
    CALL_REJECTED: "Rechazó una llamada. Pulse Listo para volver a recibir.",
    CALL_UNANSWERED: "No contestó una llamada. Pulse Listo para volver a recibir.",
}
_UNREACHABLE = "Abra el teléfono del navegador o revise el suyo: las llamadas no le llegan."
_DISPOSITION_PENDING = (
    "Falta el resultado de un contacto. Elíjalo y termine el contacto para volver a recibir llamadas."
)
_WITH_A_CALL = frozenset({AgentStatus.RINGING, AgentStatus.ON_CALL})


@dataclass(frozen=True, slots=True)
class StateView:
    """The state bar. One of `since_us` (runs up) and `until_us` (counts down) at most; microseconds, UTC."""

    after_call_work: ClassVar[str] = AFTER_CALL_WORK
    label: str
    tone: Tone
    since_us: int | None
    until_us: int | None
    detail: str
    queues: tuple[str, ...]
    logged_out: bool
    may_be_ready: bool
    may_take_time: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LastConversation:
    """The conversation whose wrap-up time runs: its queue, and when it ended, where that is known already."""

    queue: str
    ended_us: int | None


def state_view(
    agent: AgentView, centre: Centre, last: LastConversation | None, *, pending_disposition: bool
) -> StateView:
    """What the bar says."""
    label, tone = _LABELS[agent.state]
    wrapping = agent.state is AgentStatus.WRAP_UP
    until_us = _wrap_up_ends_us(agent, centre, last) if wrapping else None
    logged_out = agent.state is AgentStatus.LOGGED_OUT
    return StateView(
        label=_paused(agent.reason) if agent.state is AgentStatus.PAUSED else label,
        tone=tone,
        since_us=None if until_us or logged_out else agent.since_us,
        until_us=until_us,
        detail=_detail(agent, pending_disposition),
        queues=tuple(_title(centre, name) for name in agent.queues),
        logged_out=logged_out,
        may_be_ready=bool(agent.reason) and not logged_out and not pending_disposition,
        may_take_time=wrapping and AFTER_CALL_WORK in centre.pause_reasons,
        reason=agent.reason,
    )


def _paused(reason: str) -> str:
    return AFTER_CALL_WORK if reason == AFTER_CALL_WORK else f"En pausa: {reason}" if reason else "En pausa"


def _detail(agent: AgentView, pending_disposition: bool) -> str:
    if agent.state in _WITH_A_CALL:
        return f"Al terminar la llamada: {agent.reason}." if agent.reason else ""
    if pending_disposition:
        return _DISPOSITION_PENDING
    if agent.state is AgentStatus.UNREACHABLE:
        return _UNREACHABLE
    return _WHY.get(agent.reason, "") if agent.state is AgentStatus.PAUSED else ""


def _wrap_up_ends_us(agent: AgentView, centre: Centre, last: LastConversation | None) -> int | None:
    """A pause in between does not lengthen it: it counts from the end of the conversation."""
    queue = centre.queues_by_name.get(last.queue) if last else None
    began_us = (last.ended_us if last else None) or agent.since_us
    return began_us + queue.wrap_up_seconds * MICROSECONDS if queue and began_us else None


def _title(centre: Centre, name: str) -> str:
    queue = centre.queues_by_name.get(name)
    return queue.title if queue else name
