"""The audit log in Spanish: what was done, and its particulars."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from agent_api.campaigns.agent_words import OUTCOMES
from callcenter import spanish
from callcenter.audit import AuditAction
from callcenter.instants import as_datetime
from callcenter.roles import Role
from reports.att.calls import FIGURES

ROLES: Mapping[str, str] = {Role.AGENT: "Agente", Role.SUPERVISOR: "Supervisión", Role.ADMIN: "Administración"}
ACTIONS: Mapping[str, str] = {
    AuditAction.SESSION_ATTEMPT: "Intento de ingreso",
    AuditAction.SESSION_OPENED: "Ingreso",
    AuditAction.SESSION_CLOSED: "Salida",
    AuditAction.COMMAND: "Orden a la central",
    AuditAction.COMMAND_FAILED: "Orden no cumplida",
    AuditAction.PHONE_REFUSED: "Teléfono ajeno rechazado",
    AuditAction.RECORDING_PLAYED: "Grabación escuchada",
    AuditAction.RECORDING_DELETED: "Grabación borrada",
    AuditAction.ANNOUNCED: "Mensaje enviado",
    AuditAction.ANNOUNCEMENT_WITHDRAWN: "Mensaje retirado",
    AuditAction.WALLBOARD_LINK_MADE: "Enlace de pantalla creado",
    AuditAction.WALLBOARD_LINK_REVOKED: "Enlace de pantalla anulado",
    AuditAction.USER_CREATED: "Usuario creado",
    AuditAction.USER_CHANGED: "Usuario cambiado",
    AuditAction.PASSWORD_CHANGED: "Contraseña cambiada",
    AuditAction.DAY_SET: "Horario de un día cambiado",
    AuditAction.DAY_UNSET: "Horario de un día repuesto",
    AuditAction.OUTAGE_BEGUN: "Corte anunciado",
    AuditAction.OUTAGE_ENDED: "Corte cerrado",
    AuditAction.LIST_UPLOADED: "Lista subida",
    AuditAction.LIST_COLUMNS_SAID: "Columnas de una lista indicadas",
    AuditAction.LIST_LOADED: "Lista cargada",
    AuditAction.LIST_CANCELLED: "Lista descartada",
    AuditAction.LIST_UNDONE: "Carga de una lista deshecha",
    AuditAction.DO_NOT_CALL_ADDED: "Número agregado a no llamar",
    AuditAction.DO_NOT_CALL_REMOVED: "Número quitado de no llamar",
    AuditAction.CAMPAIGN_CREATED: "Campaña creada",
    AuditAction.CAMPAIGN_CHANGED: "Campaña cambiada",
    AuditAction.CAMPAIGN_AGENTS_SET: "Agentes de una campaña cambiados",
    AuditAction.CAMPAIGN_READY: "Campaña lista para llamar",
    AuditAction.CAMPAIGN_EMPTIED: "Campaña sin lista",
    AuditAction.CAMPAIGN_STARTED: "Campaña iniciada",
    AuditAction.CAMPAIGN_PAUSED: "Campaña en pausa",
    AuditAction.CAMPAIGN_ENDED: "Campaña terminada",
    AuditAction.NEVER_AGAIN: "Número anotado para no llamar más",
    AuditAction.CAMPAIGN_REPORT_TAKEN: "Informe de campaña descargado",
    AuditAction.REPORT_TAKEN: "Informe con datos de personas visto o descargado",
    AuditAction.CAMPAIGN_CUSTOMER_SHOWN: "Cliente de campaña consultado",
    AuditAction.CAMPAIGN_OUTCOME: "Resultado de campaña anotado",
    AuditAction.MONTH_CLOSED: "Mes de la ATT cerrado",
    AuditAction.REPORT_SCHEDULED: "Informe por correo programado",
    AuditAction.REPORT_UNSCHEDULED: "Informe por correo quitado",
    AuditAction.REPORT_MAILED: "Informe enviado por correo",
    AuditAction.CALL_DETAIL_DELETED: "Detalle de llamadas borrado",
    AuditAction.PERSONAL_DATA_EMPTIED: "Datos de personas vaciados",
    AuditAction.CALLS_LISTED: "Detalle de llamadas consultado",
}
_NAMES = {
    **{"address": "dirección", "login": "usuario", "role": "rol", "extension": "anexo", "changes": "cambios"},
    **{"kind": "orden", "node": "nodo", "member": "agente", "queues": "colas", "queue": "cola", "reason": "motivo"},
    **{"pause_reason": "en pausa por", "month": "mes", "version": "versión", "figure": "cifra", "after": "desde la"},
    **{"status": "respuesta", "why": "por qué", "user": "usuario", "display_name": "nombre", "active": "activo"},
    **{"interface": "teléfono", "penalty": "prioridad", "uniqueid": "llamada", "to": "destino", "name": "nombre"},
    **{"exten": "destino", "muted": "silenciado", "mode": "modo"},
    **{"campaign": "campaña", "title": "título", "line": "línea", "script": "guion", "hours": "horario"},
    **{"first_day": "desde", "last_day": "hasta", "order": "orden", "segments": "segmentos"},
    **{"held_out_percent": "sin llamar (%)", "detects_machines": "detecta contestadores", "agents": "agentes"},
    **{"ceiling_percent": "tope de abandono (%)", "paid_within_days": "días para contar un pago"},
    **{"number_a_day": "por número y día", "customer_a_day": "por cliente y día"},
    **{"number_in_all": "por número en total", "customer_in_all": "por cliente en total"},
    **{"ring_seconds": "segundos de timbre", "pauses_seconds": "esperas (s)"},
    **{"busy": "ocupado", "no_answer": "no contesta", "machine": "contestador", "abandoned": "abandonada"},
    **{"failed": "falló", "wrong_number": "número equivocado"},
    **{"number": "número", "attempt": "intento", "reference": "intento", "form": "formato"},
    **{"customer": "cliente", "outcome": "resultado", "report": "informe"},
    **{"text": "texto", "link": "enlace", "announcement": "mensaje", "day": "día", "zone": "zona"},
    **{"list": "lista", "file": "archivo", "campaign": "campaña", "number": "número", "note": "nota"},
    **{"scheduled": "envío", "every": "cada cuánto", "hour": "hora", "recipients": "a quiénes", "enabled": "se envía"},
    **{"asked": "pedido", "lines": "líneas", "part": "parte"},
}
# Commands, the modes of supervision and of dialling, and calling orders, as the audit log names them.
_COMMANDS: Mapping[str, str] = {
    **{"log_in": "ingresar a colas", "log_out": "salir de colas", "set_queues": "cambiar colas"},
    **{"pause": "pausar", "unpause": "poner disponible", "release": "colgar", "hang_up": "colgar"},
    **{"transfer": "transferir", "mute": "silenciar", "originate": "llamar", "redirect": "desviar"},
    **{"spy": "entrar en una llamada", "redirect_queued_call": "mover una llamada en espera"},
    **{"recording_pause": "pausar la grabación", "recording_resume": "reanudar la grabación"},
    **{"preview": "vista previa", "progressive": "progresivo", "predictive": "predictivo", "agentless": "sin agente"},
    **{"expiry": "vencimiento", "segment": "segmento", "attempts": "menos intentos"},
    **{"listen": "escuchar", "whisper": "hablar al oído", "barge": "entrar en la llamada"},
}
_EVERY: Mapping[str, str] = {"daily": "cada día", "weekly": "cada lunes", "monthly": "el 1 de cada mes"}
_OUTCOMES: Mapping[str, str] = {outcome.value: text for outcome, text in OUTCOMES.items()}
# Who reads the log looks for persons; programs look for these in the tables.
_LEFT_OUT = frozenset({"command_id"})


def action(what: str) -> str:
    """What was done; an action that has no words here, as it is written."""
    return ACTIONS.get(what, what)


def particulars(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and values, of what a reader looks at."""
    for name, value in details.items():
        if name not in _LEFT_OUT and value not in (None, ""):
            yield _NAMES.get(name, name), _changes(value) if name == "changes" else _worded(value, name)


def moment(instant_us: int, zone: tzinfo) -> str:
    """Day and time to the second."""
    at = as_datetime(instant_us, zone)
    return f"{spanish.short_date(at)} {at:%H:%M:%S}"


def _changes(value: Any) -> str:
    if not isinstance(value, Mapping):
        return _worded(value)
    return "; ".join(
        f"{_NAMES.get(name, name)}: {_worded(was, name)} → {_worded(now, name)}" for name, (was, now) in value.items()
    )


def _worded(value: Any, name: str = "") -> str:
    match value:
        case str() if name == "role":
            return ROLES.get(value, value)
        case str() if name in ("kind", "mode", "order"):
            return _COMMANDS.get(value, value)
        case str() if name == "outcome":
            return _OUTCOMES.get(value, value)
        case str() if name == "figure":
            return FIGURES.get(value, value)
        case str() if name == "every":
            return _EVERY.get(value, value)
        case None:
            return "nada"
        case bool():
            return "sí" if value else "no"
        case Mapping():
            return ", ".join(f"{_NAMES.get(name, name)} {_worded(each, name)}" for name, each in value.items())
        case list() | tuple():
            return ", ".join(_worded(each, name) for each in value)
    return str(value)
