"""Who may use each address of the application. A new route has no place in the product before it has one here."""

from collections.abc import Iterator
from enum import Enum, auto

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


class Who(Enum):
    """The least that one must be."""

    EVERYBODY = auto()
    USERS = auto()
    USERS_WITH_PHONE = auto()
    SUPERVISORS = auto()
    ADMINS = auto()


RECALL = "/api/lost-callers/{node}/{uniqueid}/{entered_us}"
RECORDING = "/api/recordings/{node}/{uniqueid}/{started_us}"
AGENT = "/api/supervision/agents/{login}"
CAMPAIGN = "/api/campaigns/{campaign_id}"
WEBSOCKET = "WEBSOCKET"

WHO_MAY: dict[tuple[str, str], Who] = {
    ("POST", "/api/session"): Who.EVERYBODY,
    ("GET", "/api/health"): Who.EVERYBODY,
    ("GET", "/openapi.json"): Who.EVERYBODY,
    ("GET", "/ingresar"): Who.EVERYBODY,
    ("POST", "/ingresar"): Who.EVERYBODY,
    ("POST", "/salir"): Who.EVERYBODY,
    ("GET", "/estatico/{name}"): Who.EVERYBODY,
    # The secret is in the address: without it there is nothing there.
    ("GET", "/mural/{secret}"): Who.EVERYBODY,
    ("GET", "/mural/{secret}/parte"): Who.EVERYBODY,
    ("GET", "/mural/{secret}/eventos"): Who.EVERYBODY,
    ("GET", "/"): Who.USERS,
    ("GET", "/clave"): Who.USERS,
    ("GET", "/perdidas"): Who.USERS,
    ("GET", "/perdidas/lista"): Who.USERS,
    ("DELETE", "/api/session"): Who.USERS,
    ("GET", "/api/me"): Who.USERS,
    ("PUT", "/api/me/password"): Who.USERS,
    ("GET", "/api/customers"): Who.USERS,
    ("GET", "/api/announcements"): Who.USERS,
    ("GET", "/api/lost-callers"): Who.USERS,
    ("POST", f"{RECALL}/take"): Who.USERS,
    ("POST", f"{RECALL}/give-back"): Who.USERS,
    ("POST", f"{RECALL}/finish"): Who.USERS,
    ("POST", "/api/agent/log-in"): Who.USERS_WITH_PHONE,
    ("POST", "/api/agent/log-out"): Who.USERS_WITH_PHONE,
    ("POST", "/api/agent/pause"): Who.USERS_WITH_PHONE,
    ("POST", "/api/agent/ready"): Who.USERS_WITH_PHONE,
    ("GET", "/api/agent/state"): Who.USERS_WITH_PHONE,
    ("GET", "/api/agent/call"): Who.USERS_WITH_PHONE,
    ("GET", "/api/agent/events"): Who.USERS_WITH_PHONE,
    ("GET", "/api/agent/campaign"): Who.USERS_WITH_PHONE,
    ("POST", "/api/agent/campaign/next"): Who.USERS_WITH_PHONE,
    ("POST", "/api/agent/campaign/dial"): Who.USERS_WITH_PHONE,
    ("POST", "/api/agent/campaign/skip"): Who.USERS_WITH_PHONE,
    ("POST", "/api/agent/campaign/outcome"): Who.USERS_WITH_PHONE,
    ("GET", "/api/contacts"): Who.USERS_WITH_PHONE,
    ("PUT", "/api/contacts/{node}/{uniqueid}"): Who.USERS_WITH_PHONE,
    ("POST", "/api/contacts/{node}/{uniqueid}/close"): Who.USERS_WITH_PHONE,
    ("POST", "/api/call/hang-up"): Who.USERS_WITH_PHONE,
    ("POST", "/api/call/transfer"): Who.USERS_WITH_PHONE,
    ("POST", "/api/call/mute"): Who.USERS_WITH_PHONE,
    ("POST", "/api/call/dial"): Who.USERS_WITH_PHONE,
    ("POST", "/api/call/recording/pause"): Who.USERS_WITH_PHONE,
    ("POST", "/api/call/recording/resume"): Who.USERS_WITH_PHONE,
    ("GET", "/api/phone"): Who.USERS_WITH_PHONE,
    ("POST", "/api/phone/closed"): Who.USERS_WITH_PHONE,
    ("GET", "/escritorio"): Who.USERS_WITH_PHONE,
    ("GET", "/escritorio/parte/{name}"): Who.USERS_WITH_PHONE,
    ("GET", "/escritorio/clientes"): Who.USERS_WITH_PHONE,
    ("GET", "/telefono"): Who.USERS_WITH_PHONE,
    (WEBSOCKET, "/telefono/ws"): Who.USERS_WITH_PHONE,
    ("GET", "/api/floor"): Who.SUPERVISORS,
    ("GET", "/api/floor/events"): Who.SUPERVISORS,
    ("GET", "/api/floor/board"): Who.SUPERVISORS,
    ("POST", f"{AGENT}/spy"): Who.SUPERVISORS,
    ("POST", f"{AGENT}/pause"): Who.SUPERVISORS,
    ("POST", f"{AGENT}/ready"): Who.SUPERVISORS,
    ("POST", f"{AGENT}/log-out"): Who.SUPERVISORS,
    ("PUT", f"{AGENT}/queues"): Who.SUPERVISORS,
    ("POST", "/api/supervision/waiting/{uniqueid}/move"): Who.SUPERVISORS,
    ("POST", "/api/supervision/waiting/{uniqueid}/pick"): Who.SUPERVISORS,
    ("GET", "/api/walls"): Who.SUPERVISORS,
    ("POST", "/api/walls"): Who.SUPERVISORS,
    ("DELETE", "/api/walls/{key}"): Who.SUPERVISORS,
    ("POST", "/api/announcements"): Who.SUPERVISORS,
    ("DELETE", "/api/announcements/{number}"): Who.SUPERVISORS,
    ("GET", "/api/recordings"): Who.SUPERVISORS,
    ("GET", RECORDING): Who.SUPERVISORS,
    ("GET", f"{RECORDING}/peaks"): Who.SUPERVISORS,
    ("GET", f"{RECORDING}/sound"): Who.SUPERVISORS,
    ("GET", "/piso"): Who.SUPERVISORS,
    ("GET", "/piso/parte/{name}"): Who.SUPERVISORS,
    ("GET", "/piso/agente/{login}"): Who.SUPERVISORS,
    ("GET", "/piso/espera/{uniqueid}"): Who.SUPERVISORS,
    ("GET", "/grabaciones"): Who.SUPERVISORS,
    ("POST", "/api/lists"): Who.SUPERVISORS,
    ("GET", "/api/lists/{number}"): Who.SUPERVISORS,
    ("POST", "/api/lists/{number}/load"): Who.SUPERVISORS,
    ("POST", "/api/lists/{number}/cancel"): Who.SUPERVISORS,
    ("POST", "/api/lists/{number}/undo"): Who.SUPERVISORS,
    ("PUT", "/api/lists/{number}/columns"): Who.SUPERVISORS,
    ("POST", "/api/do-not-call"): Who.SUPERVISORS,
    ("POST", "/api/do-not-call/remove"): Who.SUPERVISORS,
    ("GET", "/campanas/{campaign}/listas"): Who.SUPERVISORS,
    ("GET", "/campanas/listas/pagos"): Who.SUPERVISORS,
    ("GET", "/campanas/listas/no-llamar"): Who.SUPERVISORS,
    ("GET", "/campanas/listas/{number}"): Who.SUPERVISORS,
    ("GET", "/campanas/listas/{number}/parte"): Who.SUPERVISORS,
    ("GET", "/campanas/listas/{number}/problemas.csv"): Who.SUPERVISORS,
    ("GET", "/campanas"): Who.SUPERVISORS,
    ("GET", "/campanas/parte/en-pie"): Who.SUPERVISORS,
    ("GET", "/campanas/nueva"): Who.SUPERVISORS,
    ("GET", "/campanas/{campaign_id}"): Who.SUPERVISORS,
    ("GET", "/campanas/{campaign_id}/parte/{name}"): Who.SUPERVISORS,
    ("GET", "/campanas/{campaign_id}/explicacion"): Who.SUPERVISORS,
    ("GET", "/campanas/{campaign_id}/ajustes"): Who.SUPERVISORS,
    ("GET", "/campanas/{campaign_id}/agentes"): Who.SUPERVISORS,
    ("GET", "/api/campaigns"): Who.SUPERVISORS,
    ("POST", "/api/campaigns"): Who.SUPERVISORS,
    ("GET", CAMPAIGN): Who.SUPERVISORS,
    ("PUT", CAMPAIGN): Who.SUPERVISORS,
    ("POST", f"{CAMPAIGN}/start"): Who.SUPERVISORS,
    ("POST", f"{CAMPAIGN}/pause"): Who.SUPERVISORS,
    ("POST", f"{CAMPAIGN}/end"): Who.SUPERVISORS,
    ("GET", f"{CAMPAIGN}/attempts"): Who.SUPERVISORS,
    ("GET", f"{CAMPAIGN}/explanation"): Who.SUPERVISORS,
    ("GET", f"{CAMPAIGN}/agents"): Who.SUPERVISORS,
    ("PUT", f"{CAMPAIGN}/agents"): Who.SUPERVISORS,
    ("GET", "/campanas/{campaign_id}/informe"): Who.SUPERVISORS,
    ("GET", "/informes/att"): Who.SUPERVISORS,
    ("POST", "/informes/att/cierre"): Who.SUPERVISORS,
    ("GET", "/informes/att/llamadas"): Who.SUPERVISORS,
    ("GET", "/api/campaigns/{campaign_id}/report.{form}"): Who.SUPERVISORS,
    ("GET", "/informes"): Who.SUPERVISORS,
    ("GET", "/informes/glosario"): Who.SUPERVISORS,
    ("GET", "/informes/parte/archivos"): Who.SUPERVISORS,
    ("GET", "/informes/{name}"): Who.SUPERVISORS,
    ("GET", "/api/reports"): Who.SUPERVISORS,
    ("GET", "/api/reports/{name}.{form}"): Who.SUPERVISORS,
    ("GET", "/api/reports/exports"): Who.SUPERVISORS,
    ("POST", "/api/reports/exports"): Who.SUPERVISORS,
    ("GET", "/api/reports/exports/{key}"): Who.SUPERVISORS,
    ("DELETE", "/api/reports/exports/{key}"): Who.SUPERVISORS,
    ("GET", "/api/reports/exports/{key}/file"): Who.SUPERVISORS,
    ("GET", "/api/saved-views"): Who.SUPERVISORS,
    ("POST", "/api/saved-views"): Who.SUPERVISORS,
    ("PUT", "/api/saved-views/{view_id}"): Who.SUPERVISORS,
    ("DELETE", "/api/saved-views/{view_id}"): Who.SUPERVISORS,
    ("GET", "/informes/correo"): Who.SUPERVISORS,
    ("GET", "/api/scheduled-reports"): Who.SUPERVISORS,
    ("POST", "/api/scheduled-reports"): Who.SUPERVISORS,
    ("PUT", "/api/scheduled-reports/{number}"): Who.SUPERVISORS,
    ("DELETE", "/api/scheduled-reports/{number}"): Who.SUPERVISORS,
    ("GET", "/api/calendar"): Who.SUPERVISORS,
    ("PUT", "/api/calendar/{day}"): Who.SUPERVISORS,
    ("DELETE", "/api/calendar/{day}"): Who.SUPERVISORS,
    ("GET", "/api/outages"): Who.SUPERVISORS,
    ("POST", "/api/outages"): Who.SUPERVISORS,
    ("POST", "/api/outages/{number}/end"): Who.SUPERVISORS,
    ("GET", "/api/outages/{number}/numbers"): Who.SUPERVISORS,
    ("GET", "/api/users"): Who.ADMINS,
    ("POST", "/api/users"): Who.ADMINS,
    ("PUT", "/api/users/{login}"): Who.ADMINS,
    ("PUT", "/api/users/{login}/password"): Who.ADMINS,
    ("GET", "/usuarios"): Who.ADMINS,
    ("GET", "/usuarios/nuevo"): Who.ADMINS,
    ("GET", "/usuarios/{login}"): Who.ADMINS,
    ("GET", "/auditoria"): Who.ADMINS,
}


def served(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route of the application, pages and websockets too."""
    for route in iter_route_contexts(app.routes):
        for method in getattr(route, "methods", None) or {WEBSOCKET}:
            if method != "HEAD":
                yield method, str(route.path)
