"""Whether this process can serve, for whoever watches over it. No session needed, nothing private in it."""

from fastapi import APIRouter, Response
from sqlalchemy import literal, select

from agent_api.live.live_state import LinkStanding
from agent_api.live.service_health import ServiceFault, seconds_behind
from agent_api.schemas import RECORDS_EXAMPLE, ComponentHealth, HealthView, RecordsHealth
from agent_api.web.errors import EXAMPLES
from agent_api.web.parts import Parts, Wired
from callcenter.bus.presence import Presence
from callcenter.database.problems import DatabaseProblem

router = APIRouter(tags=["health"])

_UP = "La central telefónica responde."
_READER_ENDED = "El lector de eventos se detuvo: reinicie el servicio."
_NO_READER = "the reader of the bus ended: restart this service"
_NO_BROKER = "no connection to the broker"
_NO_BRIDGE = "the bridge does not follow Asterisk, or is not heard"
_NOT_HEARD = "Todavía no se ha presentado."
_EXAMPLE = {
    "status": "down",
    "database": {"ok": False, "detail": EXAMPLES[503]},
    "bus": {"ok": True, "detail": "Conectado."},
    "bridge": {"ok": True, "detail": _UP},
    "records": RECORDS_EXAMPLE,
    "self_services": {"ok": True, "detail": "Sin fallas."},
    "dialer": {"ok": True, "detail": "Sin fallas."},
    "reports": {"ok": True, "detail": "Sin fallas."},
    "disk": {"ok": True, "detail": "Sin fallas."},
}


@router.get(
    "/api/health",
    responses={
        503: {
            "model": HealthView,
            "description": "Requests cannot be served",
            "content": {"application/json": {"example": _EXAMPLE}},
        }
    },
)
async def health(parts: Wired, response: Response) -> HealthView:
    """`degraded` serves requests, but something behind them is not `ok`: live telephony, records, self-services; `down`
    (503) serves none.
    """
    database, bus, bridge = await _database(parts), _bus(parts), _bridge(parts)
    services, home = parts.live_state.health, parts.home
    records, self_services = _records(parts), _component(services.fault_of_self_services(home))
    dialer, disk = _component(services.fault_of_dialer(home)), _component(services.fault_of_disk(home))
    reports = _component(services.fault_of_reports(home))
    works = all(each.ok for each in (bus, bridge, records, self_services, dialer, reports, disk))
    status = "down" if not database.ok else "ok" if works else "degraded"
    response.status_code = 503 if status == "down" else 200
    return HealthView(
        status=status,
        database=database,
        bus=bus,
        bridge=bridge,
        records=records,
        self_services=self_services,
        dialer=dialer,
        reports=reports,
        disk=disk,
    )


async def _database(parts: Parts) -> ComponentHealth:
    try:
        await parts.database.read(lambda connection: connection.execute(select(literal(1))).all())
    except DatabaseProblem as problem:
        return ComponentHealth(ok=False, detail=EXAMPLES[503], reason=problem.brief)
    return ComponentHealth(ok=True, detail="Responde.")


def _bus(parts: Parts) -> ComponentHealth:
    if not parts.live.works:
        return ComponentHealth(ok=False, detail=_READER_ENDED, reason=_NO_READER)
    if parts.bus.state.presence is Presence.AWAY:
        return ComponentHealth(ok=False, detail="No hay conexión con el servidor de mensajes.", reason=_NO_BROKER)
    return ComponentHealth(ok=True, detail="Conectado.")


def _bridge(parts: Parts) -> ComponentHealth:
    link = parts.live_state.link(parts.home)
    lost = link.state is LinkStanding.LOST
    return ComponentHealth(ok=not lost, detail=link.text if lost else _UP, reason=_NO_BRIDGE if lost else "")


def _records(parts: Parts) -> RecordsHealth:
    health = parts.live_state.health
    state, fault = health.records(parts.home), health.fault_of_records(parts.home)
    return RecordsHealth(
        ok=fault is None,
        detail=fault.text if fault else "Al día." if state else _NOT_HEARD,
        reason=fault.reason if fault else "",
        state=state.state.value if state else None,
        rows_behind=state.rows_behind if state else 0,
        seconds_behind=seconds_behind(state) if state else 0.0,
    )


def _component(fault: ServiceFault | None) -> ComponentHealth:
    if fault is not None:
        return ComponentHealth(ok=False, detail=fault.text, reason=fault.reason)
    return ComponentHealth(ok=True, detail="Sin fallas.")
