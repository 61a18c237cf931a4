"""Answers that are the same for every subject: what was done, and whether the service works."""

from typing import Any

from pydantic import BaseModel, ConfigDict

NO_TELEPHONE = "No es un número de teléfono."
PRINTABLE = r"^[^\x00-\x1f\x7f]+$"


def with_example(**fields: Any) -> ConfigDict:
    """The configuration of a frozen model, with one example for the OpenAPI description."""
    return ConfigDict(frozen=True, json_schema_extra={"examples": [fields]})


class Detail(BaseModel):
    """What happened, in Spanish, for the person at the desk."""

    model_config = with_example(detail="Hecho.")

    detail: str


class CommandDone(BaseModel):
    """The bridge carried the command out."""

    model_config = with_example(detail="Hecho.", command_id="0d2f6a52-6b0e-4a53-9c1d-5c6a4c4f3f10")

    detail: str
    command_id: str


class ComponentHealth(BaseModel):
    """Whether a part of the service works: `detail` in Spanish for screens, `reason` in English for operators."""

    ok: bool
    detail: str
    reason: str = ""


class RecordsHealth(ComponentHealth):
    """Whether the records follow the queue log. `state` is null while the bridge has not reported it.

    `seconds_behind`: the age of the oldest row of the queue log that is not recorded.
    """

    state: str | None
    rows_behind: int
    seconds_behind: float


RECORDS_EXAMPLE: dict[str, Any] = {
    **{"ok": True, "detail": "Al día.", "reason": "", "state": "following"},
    **{"rows_behind": 0, "seconds_behind": 0.0},
}


class HealthView(BaseModel):
    """Whether requests can be served. `status`: `ok`, `degraded` (something in it is not `ok`) or `down`."""

    model_config = with_example(
        status="ok",
        database={"ok": True, "detail": "Responde."},
        bus={"ok": True, "detail": "Conectado."},
        bridge={"ok": True, "detail": "La central telefónica responde."},
        records=RECORDS_EXAMPLE,
        self_services={"ok": True, "detail": "Sin fallas."},
        dialer={"ok": True, "detail": "Sin fallas."},
        disk={"ok": True, "detail": "Sin fallas."},
    )

    status: str
    database: ComponentHealth
    bus: ComponentHealth
    bridge: ComponentHealth
    records: RecordsHealth
    self_services: ComponentHealth
    dialer: ComponentHealth
    reports: ComponentHealth
    disk: ComponentHealth
