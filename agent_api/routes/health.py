"""Whether this process can serve, for whoever watches over it. No session needed, nothing private in it."""

from fastapi import APIRouter, Response
from sqlalchemy import literal, select

from agent_api.live.live_state import LinkStanding
from agent_api.schemas import ComponentHealth, HealthView
from agent_api.web.errors import EXAMPLES
from agent_api.web.parts import Parts, Wired
from callcenter.bus.presence import Presence
from callcenter.database.problems import DatabaseProblem

router = APIRouter(tags=["health"])

_EXAMPLE = {
    "status": "down",
    "database": {"ok": False, "detail": EXAMPLES[503]},
    "bus": {"ok": True, "detail": "Conectado."},
    "bridge": {"ok": True, "detail": "La central telefónica responde."},
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
    """`degraded` serves requests but shows no live telephony; `down` (503) serves none."""
    database, bus, bridge = await _database(parts), _bus(parts), _bridge(parts)
    status = "down" if not database.ok else "ok" if bus.ok and bridge.ok else "degraded"
    response.status_code = 503 if status == "down" else 200
    return HealthView(status=status, database=database, bus=bus, bridge=bridge)


async def _database(parts: Parts) -> ComponentHealth:
    try:
        await parts.database.read(lambda connection: connection.execute(select(literal(1))).all())
    except DatabaseProblem:
        return ComponentHealth(ok=False, detail=EXAMPLES[503])
    return ComponentHealth(ok=True, detail="Responde.")


def _bus(parts: Parts) -> ComponentHealth:
    if not parts.live.works:
        return ComponentHealth(ok=False, detail="El lector de eventos se detuvo: reinicie el servicio.")
    if parts.bus.state.presence is Presence.AWAY:
        return ComponentHealth(ok=False, detail="No hay conexión con el servidor de mensajes.")
    return ComponentHealth(ok=True, detail="Conectado.")


def _bridge(parts: Parts) -> ComponentHealth:
    link = parts.live_state.link(parts.home)
    return ComponentHealth(ok=link.state is LinkStanding.UP, detail=link.text)
