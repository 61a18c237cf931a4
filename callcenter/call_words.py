"""How people read what became of a call, in Spanish."""

from callcenter.calls import EndedBy, FinalStage, Outcome

OUTCOMES = {
    Outcome.OPEN: "En curso",
    Outcome.ANSWERED: "Atendida",
    Outcome.ABANDONED: "Abandonada",
    Outcome.TIMEOUT: "Espera máxima",
    Outcome.KEY_EXIT: "Salió por opción",
    Outcome.LEFT_EMPTY: "Cola sin agentes",
    Outcome.FULL: "Cola llena",
    Outcome.JOIN_REFUSED: "No admitida",
    Outcome.WITHDRAWN: "Retirada",
    Outcome.INTERRUPTED: "Interrumpida",
}
ENDED_BY = {
    EndedBy.CALLER: "cliente",
    EndedBy.AGENT: "agente",
    EndedBy.TRANSFER: "transferencia",
    EndedBy.UNKNOWN: "",
}
FINAL_STAGES = {
    FinalStage.OPEN: "En curso",
    FinalStage.MENU: "Colgó en el menú",
    FinalStage.INTERRUPTED: "Interrumpida",
    FinalStage.IVR: "Atendida por el IVR",
    FinalStage.CALLBACK: "Pidió devolución",
    FinalStage.CLOSED: "Fuera de horario",
    FinalStage.QUEUE: "Cola",
}
