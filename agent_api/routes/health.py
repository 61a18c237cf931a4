"""Whether this process can serve, for whoever watches over it. No session needed, nothing private told."""

from fastapi import APIRouter, Response
from sqlalchemy import literal, select

from agent_api.live.live_state import Bridge
from agent_api.schemas import Health, Part
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
            "model": Health,
            "description": "Requests cannot be served",
            "content": {"application/json": {"example": _EXAMPLE}},
        }
    },
)
async def health(parts: Wired, response: Response) -> Health:
    """`degraded` serves requests but shows no live telephony; `down` (503) serves none."""
    database, bus, bridge = await _database(parts), _bus(parts), _bridge(parts)
    status = "down" if not database.ok else "ok" if bus.ok and bridge.ok else "degraded"
    response.status_code = 503 if status == "down" else 200
    return Health(status=status, database=database, bus=bus, bridge=bridge)


async def _database(parts: Parts) -> Part:
    try:
        await parts.database.read(lambda connection: connection.execute(select(literal(1))).all())
    except DatabaseProblem:
        return Part(ok=False, detail=EXAMPLES[503])
    return Part(ok=True, detail="Responde.")


def _bus(parts: Parts) -> Part:
    if not parts.live.works:
        return Part(ok=False, detail="El lector de eventos se detuvo: reinicie el servicio.")
    if parts.bus.state.presence is Presence.AWAY:
        return Part(ok=False, detail="No hay conexión con el servidor de mensajes.")
    return Part(ok=True, detail="Conectado.")


def _bridge(parts: Parts) -> Part:
    link = parts.picture.link(parts.home)
    return Part(ok=link.state is Bridge.UP, detail=link.text)
