"""What the pages of campaigns say in Spanish of states, modes, outcomes and services. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from agent_api.campaigns.campaign_schemas import ActivityView, CampaignRow
from callcenter import spanish
from callcenter.campaign_outcomes import OUTCOMES_IN_SPANISH, CallOutcome
from callcenter.outgoing_calls import OutgoingResult
from dialer.campaigns.model import CampaignEvent, CampaignState, DialMode, OrderBy, after

# What a state is called, and the colour of its badge.
STATES: Mapping[str, tuple[str, str]] = {
    CampaignState.DRAFT: ("Sin lista", ""),
    CampaignState.READY: ("Preparada", "accent"),
    CampaignState.RUNNING: ("En curso", "good"),
    CampaignState.PAUSED: ("En pausa", "warn"),
    CampaignState.ENDED: ("Terminada", ""),
}
MODES: Mapping[str, str] = {
    DialMode.PREVIEW.value: "Vista previa: el agente ve al cliente y marca",
    DialMode.PROGRESSIVE.value: "Progresivo: se marca por cada agente libre",
    DialMode.PREDICTIVE.value: "Predictivo: se marca por adelantado",
    DialMode.AGENTLESS.value: "Sin agente: mensaje grabado",
}
DAYS: Mapping[str, str] = {
    **{"mon": "Lun", "tue": "Mar", "wed": "Mié", "thu": "Jue", "fri": "Vie", "sat": "Sáb", "sun": "Dom"},
}
ORDERS: Mapping[str, str] = {
    OrderBy.EXPIRY.value: "Vencimiento",
    OrderBy.SEGMENT.value: "Segmento",
    OrderBy.ATTEMPTS.value: "Menos intentos",
}
SERVICES: Mapping[str, str] = {
    **{"": "Todos los servicios", "internet": "Internet", "cable_tv": "TV cable", "both": "Internet y TV cable"},
}
# The outcomes after which a customer is left alone for a while.
PAUSES = tuple(
    each.value
    for each in (
        *(CallOutcome.BUSY, CallOutcome.NO_ANSWER, CallOutcome.MACHINE, CallOutcome.ABANDONED, CallOutcome.FAILED),
        CallOutcome.WRONG_NUMBER,
    )
)
_OUTCOMES: Mapping[str, str] = {
    **{outcome.value: text for outcome, text in OUTCOMES_IN_SPANISH.items()},
    OutgoingResult.ANSWERED: "Contestó, sin resultado",
    OutgoingResult.REJECTED: "Rechazada por el teléfono",
    OutgoingResult.CONGESTION: "Sin canal",
    OutgoingResult.CANCELLED: "Cancelada",
    OutgoingResult.UNPLACED: "No salió",
    OutgoingResult.INTERRUPTED: "Interrumpida",
    OutgoingResult.OPEN: "En curso",
}


def can(campaign: CampaignRow, event: str) -> bool:
    """Whether a supervisor may order this now."""
    return after(campaign.state, CampaignEvent(event)) is not None


def outcome(name: str) -> str:
    """What an attempt came to."""
    return _OUTCOMES.get(name, name)


def service(name: str) -> str:
    """The service that customers are called about."""
    return SERVICES.get(name, name) if name else "Sin indicar"


def percent(value: float) -> str:
    """`3 %`, `2,5 %`."""
    return spanish.percentage(Decimal(str(value)), 0 if value == int(value) else 1)


def abandoned(now: ActivityView) -> str:
    """`2 (0,9 %)`."""
    if not now.live_answers_today:
        return str(now.abandoned_today)
    share = Decimal(100 * now.abandoned_today) / now.live_answers_today
    return f"{spanish.whole(now.abandoned_today)} ({spanish.percentage(share, 1)})"
