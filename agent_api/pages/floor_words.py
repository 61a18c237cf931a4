"""What the floor's pages say in Spanish of agents and figures. Pure."""

from collections.abc import Mapping

from agent_api.board.board_schemas import AgentRow, LevelView
from callcenter.messages.facts import AgentStatus

STATES: Mapping[AgentStatus, tuple[str, str]] = {
    AgentStatus.LOGGED_OUT: ("Fuera de colas", ""),
    AgentStatus.AVAILABLE: ("Disponible", "good"),
    AgentStatus.RINGING: ("Suena", "ring"),
    AgentStatus.ON_CALL: ("En llamada", "accent"),
    AgentStatus.WRAP_UP: ("Cierre", "warn"),
    AgentStatus.PAUSED: ("En pausa", "warn"),
    AgentStatus.UNREACHABLE: ("Sin teléfono", "bad"),
}


def state_label(agent: AgentRow) -> str:
    """`En pausa: Almuerzo`."""
    label, _ = STATES[agent.state]
    return f"{label}: {agent.reason}" if agent.state is AgentStatus.PAUSED and agent.reason else label


def state_tone(agent: AgentRow) -> str:
    """The colour of its badge: that of the alarm, if there is one."""
    return agent.tone.value or STATES[agent.state][1]


def level_text(level: LevelView) -> str:
    """`81,13 %`, `—` without calls."""
    return "—" if level.percent is None else f"{level.percent}".replace(".", ",") + " %"


def needed_text(level: LevelView) -> str:
    """What the level still needs."""
    match level.still_needed:
        case None:
            return "no alcanza"
        case 0:
            return "—" if level.percent is None else "cumple"
        case number:
            return f"faltan {number:,}".replace(",", ".")
