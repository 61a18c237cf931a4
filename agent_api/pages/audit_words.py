"""The audit log in Spanish: what was done, and its particulars."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from agent_api.accounts.audit_log import Deed
from callcenter import spanish
from callcenter.audit import RoutingDeed
from callcenter.clock import as_datetime
from callcenter.roles import Role

ROLES: Mapping[str, str] = {Role.AGENT: "Agente", Role.SUPERVISOR: "Supervisión", Role.ADMIN: "Administración"}
DEEDS: Mapping[str, str] = {
    Deed.SESSION_ATTEMPT: "Intento de ingreso",
    Deed.SESSION_OPENED: "Ingreso",
    Deed.SESSION_CLOSED: "Salida",
    Deed.COMMAND: "Orden a la central",
    Deed.COMMAND_FAILED: "Orden no cumplida",
    Deed.PHONE_REFUSED: "Teléfono ajeno rechazado",
    Deed.RECORDING_PLAYED: "Grabación escuchada",
    Deed.RECORDING_DELETED: "Grabación borrada",
    Deed.ANNOUNCED: "Mensaje enviado",
    Deed.ANNOUNCEMENT_TAKEN_BACK: "Mensaje retirado",
    Deed.WALL_LINK_MADE: "Enlace de pantalla creado",
    Deed.WALL_LINK_REVOKED: "Enlace de pantalla anulado",
    Deed.USER_CREATED: "Usuario creado",
    Deed.USER_CHANGED: "Usuario cambiado",
    Deed.PASSWORD_CHANGED: "Contraseña cambiada",
    RoutingDeed.DAY_SET: "Horario de un día cambiado",
    RoutingDeed.DAY_UNSET: "Horario de un día repuesto",
    RoutingDeed.OUTAGE_BEGUN: "Corte anunciado",
    RoutingDeed.OUTAGE_ENDED: "Corte cerrado",
}
_NAMES = {
    **{"address": "dirección", "login": "usuario", "role": "rol", "extension": "anexo", "changes": "cambios"},
    **{"kind": "orden", "node": "nodo", "member": "agente", "queues": "colas", "queue": "cola", "reason": "motivo"},
    **{"status": "respuesta", "why": "por qué", "user": "usuario", "display_name": "nombre", "active": "activo"},
    **{"interface": "teléfono", "penalty": "prioridad", "uniqueid": "llamada", "to": "destino", "name": "nombre"},
    **{"exten": "destino", "muted": "silenciado", "mode": "modo"},
    **{"text": "texto", "link": "enlace", "announcement": "mensaje", "day": "día", "zone": "zona"},
}
# Orders and the ways of listening, as the records name them.
_ORDERS: Mapping[str, str] = {
    **{"log_in": "ingresar a colas", "log_out": "salir de colas", "set_queues": "cambiar colas"},
    **{"pause": "pausar", "unpause": "poner disponible", "release": "colgar", "hang_up": "colgar"},
    **{"transfer": "transferir", "mute": "silenciar", "originate": "llamar", "redirect": "desviar"},
    **{"spy": "entrar en una llamada", "move_waiting": "mover una llamada en espera"},
    **{"recording_pause": "pausar la grabación", "recording_resume": "reanudar la grabación"},
    **{"listen": "escuchar", "whisper": "hablar al oído", "barge": "entrar en la llamada"},
}
# Who reads the log looks for persons; programs look for these in the tables.
_LEFT_OUT = frozenset({"command_id"})


def deed(what: str) -> str:
    """What was done; a deed that has no words here, as it is written."""
    return DEEDS.get(what, what)


def particulars(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and values, of what a reader looks at."""
    for name, value in details.items():
        if name not in _LEFT_OUT and value not in (None, ""):
            yield _NAMES.get(name, name), _changes(value) if name == "changes" else _told(value, name)


def moment(instant_us: int, zone: tzinfo) -> str:
    """Day and time to the second."""
    at = as_datetime(instant_us, zone)
    return f"{spanish.short_date(at)} {at:%H:%M:%S}"


def _changes(value: Any) -> str:
    if not isinstance(value, Mapping):
        return _told(value)
    return "; ".join(
        f"{_NAMES.get(name, name)}: {_told(was, name)} → {_told(now, name)}" for name, (was, now) in value.items()
    )


def _told(value: Any, name: str = "") -> str:
    match value:
        case str() if name == "role":
            return ROLES.get(value, value)
        case str() if name in ("kind", "mode"):
            return _ORDERS.get(value, value)
        case None:
            return "nada"
        case bool():
            return "sí" if value else "no"
        case Mapping():
            return ", ".join(f"{_NAMES.get(name, name)} {_told(each, name)}" for name, each in value.items())
        case list() | tuple():
            return ", ".join(_told(each) for each in value)
    return str(value)
